import AccordInterface
import Cryptography
import StrictJSON
import TransparencyLog

/// What the daemon shows to be signed, compared with what its user asked for: a key signs nothing else.
///
/// The daemon composes the statement, for it knows the case, the numbers and the salts. What is checked here is that the
/// statement is this act, of this request, by this key, on the history that this client had seen; that it lists the parts
/// that came with it and no others; and that these say what the user said, and no word that he did not.
enum ShownStatement {
    /// Which kinds of event a method makes.
    static let kinds: [Method: [String]] = [
        .Case.draft: ["case.drafted"], .Case.propose: ["case.proposed"],
        .Case.approve: ["case.opened", "case.reopened"],
        .Case.abandon: ["case.abandoned"],
        .Case.decline: ["case.declined", "case.reopening_declined"], .Case.suspend: ["case.suspended"],
        .Case.resume: ["case.resumed"], .Case.refer: ["case.referred_to_prosecutor"],
        .Case.prosecute: ["case.prosecution_started"], .Case.recordOutcome: ["case.prosecution_outcome"],
        .Case.transferLead: ["case.lead_transfer_proposed"], .Case.acceptLead: ["case.lead_transferred"],
        .Case.amendPredicate: ["case.amendment_proposed"], .Case.approveAmendment: ["case.predicate_amended"],
        .Case.declineAmendment: ["case.amendment_declined"], .Case.consentToAmendment: ["case.amendment_consented"],
        .Case.declineLead: ["case.lead_transfer_declined"], .Case.close: ["case.closed"],
        .Case.proposeReopening: ["case.reopening_proposed"], .Case.invite: ["case.agency_invited"],
        .Case.join: ["case.agency_joined"], .Case.declineInvitation: ["case.agency_declined"],
        .Case.withdraw: ["case.agency_withdrawn"], .Case.assign: ["case.member_assigned"],
        .Case.link: ["case.link_proposed", "case.linked"], .Case.unlink: ["case.unlinked"],
        .Case.unassign: ["case.member_removed"], .Entry.record: ["entry.recorded", "restricted"],
        .Entry.correct: ["entry.corrected"], .Entry.withdraw: ["entry.withdrawn"],
        .Entry.acknowledge: ["entry.acknowledged"], .Entry.changeHandling: ["entry.handling_changed"],
        .Dissemination.release: ["dissemination.recorded"],
        .Dissemination.requestPermission: ["dissemination.permission_requested"],
        .Dissemination.grantPermission: ["dissemination.permission_granted"],
        .Dissemination.refusePermission: ["dissemination.permission_refused"],
        .Dissemination.breakGlass: ["breakglass.invoked"],
        .Dissemination.reviewBreakGlass: ["breakglass.reviewed"],
        .Registry.registerAgency: ["agency.registered"], .Registry.updateAgency: ["agency.updated"],
        .Registry.recordAgreement: ["agreement.recorded"], .Registry.renewAgreement: ["agreement.renewed"],
        .Registry.terminateAgreement: ["agreement.terminated"], .Registry.enrolMember: ["user.enrolled"],
        .Registry.addKey: ["user.key_added"], .Registry.revokeKey: ["user.key_revoked"],
        .Registry.grantRole: ["user.role_granted"], .Registry.revokeRole: ["user.role_revoked"],
        .Registry.disableMember: ["user.disabled"], .Registry.reviewMember: ["user.review_certified"],
        .Registry.unlockAccount: ["user.unlocked"],
        .Registry.proposeSuccessor: ["agency.succession_proposed"],
        .Registry.acceptSuccession: ["agency.succeeded_by"],
        .Registry.declineSuccession: ["agency.succession_declined"],
        .Registry.recordCalendar: ["calendar.recorded"], .Feed.acknowledge: ["notice.acknowledged"],
        .Case.review: ["case.reviewed"],
        .Removal.review: ["retention.reviewed"], .Removal.placeHold: ["legal.hold_placed"],
        .Removal.liftHold: ["legal.hold_lifted"], .Removal.recordOrder: ["court_order.received"],
        .Removal.proposePurge: ["purge.proposed"], .Removal.approvePurge: ["purge.approved"],
        .Removal.declinePurge: ["purge.declined"], .Removal.certifyPurge: ["purge.certified"],
        .Removal.seal: ["record.sealed"], .Removal.unseal: ["record.unsealed"],
        .Task.assign: ["task.assigned"], .Task.update: ["task.updated"], .Task.complete: ["task.completed"],
        .Task.cancel: ["task.cancelled"], .Request.send: ["rfi.sent"], .Request.acknowledge: ["rfi.acknowledged"],
        .Request.answer: ["rfi.answered"], .Request.answerInPart: ["rfi.partially_answered"],
        .Request.refuse: ["rfi.refused"], .Request.needAuthority: ["rfi.judicial_authority_needed"],
        .Request.holdNothing: ["rfi.no_information_held"], .Request.cancel: ["rfi.cancelled"],
        .Custody.inquire: ["custody.inquiry_sent"], .Custody.receive: ["custody.request_received"],
        .Custody.answer: ["custody.answered"], .Custody.notifyPerson: ["custody.subject_notified"],
        .Custody.notifyCounsel: ["custody.counsel_notified"], .Custody.notifyConsulate: ["custody.consular_notified"],
        .Custody.transfer: ["custody.transferred"], .Custody.release: ["custody.released"],
        .Custody.withdraw: ["custody.withdrawn"],
        .Subject.register: ["subject.registered"], .Subject.document: ["subject.suspicion_documented"],
        .Subject.validate: ["subject.validated"], .Subject.clear: ["subject.cleared"],
        .Operation.propose: ["op.proposed"], .Operation.amend: ["op.amended"],
        .Operation.recordSafeguards: ["op.safeguards_recorded"],
        .Operation.signOffLocation: ["op.protected_location_signed_off"],
        .Operation.adviseVictimServices: ["op.victim_services_advised"],
        .Operation.acknowledgeAdvisory: ["op.advisory_acknowledged"], .Operation.approve: ["op.agency_approved"],
        .Operation.setConditions: ["op.agency_set_conditions"], .Operation.decline: ["op.agency_declined"],
        .Operation.acceptTerms: ["op.terms_accepted"], .Operation.review: ["op.legal_reviewed"],
        .Operation.askAuthorisation: ["op.authorisation_asked"], .Operation.authorise: ["op.authorised"],
        .Operation.sendBack: ["op.sent_back"], .Operation.cancel: ["op.cancelled"], .Operation.start: ["op.started"],
        .Operation.complete: ["op.completed"], .Operation.abort: ["op.aborted"],
        .Operation.countArrests: ["op.arrests_counted"], .Operation.recordAfterAction: ["op.after_action"],
        .Deconfliction.submitEvent: ["decon.event_submitted"], .Deconfliction.amendEvent: ["decon.event_amended"],
        .Deconfliction.cancelEvent: ["decon.event_cancelled"],
        .Deconfliction.completeEvent: ["decon.event_completed"],
        .Deconfliction.declareExigent: ["decon.exigent_declared"],
        .Deconfliction.concur: ["decon.exigency_confirmed", "decon.exigency_disputed"],
        .Deconfliction.submitTarget: ["decon.target_submitted"],
        .Deconfliction.validateTarget: ["decon.target_validated"],
        .Deconfliction.withdrawTarget: ["decon.target_withdrawn"],
        .Deconfliction.acknowledge: ["decon.acknowledged"], .Deconfliction.resolve: ["decon.resolved"],
        .Report.certify: ["report.certified"], .Report.publish: ["report.published"],
        .Policy.requireSignature: ["policy.signature_required", "policy.signature_lifted"],
        .Policy.proposeBundle: ["jurisdiction_policy.proposed"],
        .Policy.activateBundle: ["jurisdiction_policy.activated"],
        .Policy.retireBundle: ["jurisdiction_policy.retired", "jurisdiction_policy.retirement_proposed"],
        .Victim.mint: ["victim.reference_minted"], .Victim.recordNeeds: ["victim.needs_recorded"],
        .Victim.flagMinor: ["victim.minor_flagged"], .Victim.fileMinorNotice: ["victim.minor_notice_filed"],
        .Victim.giveRightsNotice: ["victim.rights_notice_given"],
        .VictimConsent.record: ["victim.consent_recorded"], .VictimConsent.withdraw: ["victim.consent_withdrawn"],
        .VictimConsent.acknowledge: ["victim.consent_end_acknowledged"],
        .VictimReferral.request: ["victim.referral_requested"], .VictimReferral.consent: ["victim.referral_consented"],
        .VictimReferral.send: ["victim.referral_sent"], .VictimReferral.accept: ["victim.referral_accepted"],
        .VictimReferral.decline: ["victim.referral_declined"],
        .VictimReferral.haveNoCapacity: ["victim.referral_no_capacity"],
        .VictimReferral.complete: ["victim.referral_completed"],
        .VictimAlert.raise: ["victim.safety_alert"], .VictimAlert.acknowledge: ["victim.safety_alert_acknowledged"],
        .ProtectedVictim.flag: ["restricted"], .ProtectedVictim.requestPresence: ["restricted"],
        .ProtectedVictim.grantPresence: ["restricted"], .ProtectedVictim.declinePresence: ["restricted"],
        .ProtectedVictim.addRecipient: ["restricted"], .ProtectedVictim.requestCertification: ["restricted"],
        .ProtectedVictim.decideCertification: ["restricted"], .ProtectedVictim.reportIncident: ["restricted"],
        .ProtectedVictim.acknowledgeIncident: ["restricted"], .ProtectedVictim.recordOrder: ["restricted"],
        .ProtectedVictim.review: ["restricted"], .ProtectedVictim.proposePurge: ["restricted"],
        .ProtectedVictim.approvePurge: ["restricted"], .ProtectedVictim.declinePurge: ["restricted"],
        .ProtectedVictim.certifyPurge: ["restricted"],
        .Technique.disclose: ["technique.disclosed"], .Technique.acknowledge: ["technique.acknowledged"],
        .Evidence.note: ["evidence.noted"], .Evidence.transfer: ["evidence.transfer_offered"],
        .Evidence.acknowledge: ["evidence.custody_transferred"], .Evidence.refuse: ["evidence.transfer_refused"],
        .Discovery.open: ["discovery.opened"], .Discovery.review: ["discovery.item_reviewed"],
        .Discovery.produce: ["discovery.export_produced"], .Discovery.close: ["discovery.closed"],
        .Favourable.flag: ["discovery.favourable_flagged"], .Favourable.answer: ["discovery.favourable_answered"],
        .Favourable.unset: ["discovery.favourable_unset"],
        .HandlingConflict.raise: ["discovery.conflict_raised"],
        .HandlingConflict.permit: ["discovery.conflict_permitted"],
        .HandlingConflict.object: ["discovery.conflict_objected"],
    ].merging(
        // What stands before oversight does not say by its kind what it is.
        (Method.Complaint.all + Method.Incident.all + Method.Inspection.all + Method.Finding.all
            + Method.AuditReview.all).map {
                ($0, ["restricted"])
            }
    ) { $1 }

    /// What goes with every act or names what the record calls by another name: the case, and where a role reaches.
    private static let daemonsWords: Set<String> = ["context", "case", "scope"]

    /// What names one line: that of the entry which is given, or of the emergency that is reviewed.
    private static let restsOnOne: Set<Method> = [
        .Dissemination.release, .Dissemination.breakGlass, .Dissemination.reviewBreakGlass,
    ]

    /// What an act is about, or whom it binds, in the details of the record: nothing stands there that its author did not name.
    private static let lists = ["entries", "items", "permitted", "uids", "keys"]

    /// Compares, and tells what is to be signed and for which purpose.
    ///
    /// - Parameters:
    ///   - shown: the answer of Session.Prepare.
    ///   - method: what was asked.
    ///   - parameters: with which parameters, the context among them.
    ///   - fingerprint: the key's, as the daemon named it when it was proved.
    ///   - domain: the domain of the deployment, as the proof of the key was made for it.
    /// - Returns: The statement, byte for byte, and the SSHSIG namespace.
    /// - Throws: ``Failure`` if anything is not as it was asked for.
    static func checked(
        _ shown: JSONObject,
        for method: Method,
        _ parameters: JSONObject,
        fingerprint: String,
        domain: String
    ) throws(Failure) -> (statement: String, namespace: String) {
        let text = shown.text("statement")
        guard let statement = try? JSONValue(parsing: Array(text.utf8), limits: .record).object,
            let canonical = try? JSONValue.object(statement).canonical(), canonical == Array(text.utf8)
        else { throw differs("it is no statement") }
        let context = parameters["context"]?.object ?? [:]
        func expect(_ key: String, _ value: JSONValue?) throws(Failure) {
            guard statement[key] == value else { throw differs("its \(key) is another") }
        }
        try expect("n", context["request"])
        try expect("by", .string(fingerprint))
        try expect("at", context["at"]?.integer.map { .integer($0 / 1_000_000) })
        try expect("saw_size", context["sawSize"] ?? 0)
        try expect("saw_root", context["sawRoot"] ?? .string(Digest.empty.hex))
        // Which lines an act rests on is the daemon's word, as the case is; which entries it is about stands in its details.
        if restsOnOne.contains(method) {
            guard let named = statement["ref"]?.array, named.count == 1, named[0].string?.contains(":") == false else {
                throw differs("it rests on other lines")
            }
        } else if !Method.Removal.all.contains(method) {
            try expect("ref", [])
        }
        if let kinds = kinds[method] {
            guard kinds.contains(statement.text("kind")) else { throw differs("it is another act") }
        }
        if let purpose = context["purpose"] { try expect("purpose", purpose) }
        let namespace = AuthorSignature.namespace(ofLog: statement.text("log"))
        guard namespace == "statement@\(domain)" else { throw differs("it is of another deployment") }
        try compare(statement, shown, parameters)
        return (text, namespace)
    }

    /// The parts are those that are listed, and say what the user said.
    private static func compare(
        _ statement: JSONObject,
        _ shown: JSONObject,
        _ parameters: JSONObject
    ) throws(Failure) {
        let files = (shown["parts"]?.array ?? []).compactMap(\.string).map { Array($0.utf8) }
        guard statement["parts"] == .array(files.map { .string(Part.digest(of: $0).hex) }) else {
            throw differs("its parts are others than those that were shown")
        }
        var said = Words()
        for (key, value) in parameters.members where !daemonsWords.contains(key) { said.take(value) }
        var recorded = Words()
        for file in files {
            guard let part = try? Part(parsing: file) else { throw differs("a part of it is none") }
            recorded.take(part.value)
            for key in lists {
                guard (part.value.object?[key]?.array ?? []).allSatisfy({ said.names($0) }) else {
                    throw differs("it names what you did not")
                }
            }
            guard part.name == "details" || said.holds(part.value) else {
                throw differs("it holds words that you did not say")
            }
        }
        // Only what is written to oversight is not said to be, in its own stream.
        let isRestricted = statement.text("kind") == "restricted"
        for text in said.texts where !recorded.says(text) && !(isRestricted && text == "OVERSIGHT") {
            throw differs("it leaves out what you said")
        }
        for number in said.numbers where !recorded.numbers.contains(number) {
            // Times of the interface are in microseconds, those of the record in milliseconds.
            guard recorded.numbers.contains(number / 1_000) else { throw differs("it leaves out what you said") }
        }
    }

    static func differs(_ how: String) -> Failure {
        Failure(
            code: Failure.notAsAsked,
            message: "The daemon shows something else to be signed than was asked for: \(how). Nothing was signed.",
            ask: "Keep your last checkpoint, and call oversight.",
            status: ExitStatus.wireProtocol
        )
    }

    /// The texts and numbers of a value, wherever they stand in it.
    private struct Words {
        var texts: Set<String> = []
        var numbers: Set<Int64> = []

        mutating func take(_ value: JSONValue) {
            if let text = value.string { texts.insert(text) }
            if let number = value.integer { numbers.insert(number) }
            for item in value.array ?? [] { take(item) }
            for (_, item) in value.object?.members ?? [] { take(item) }
        }

        /// Whether all words and numbers of a part were said.
        func holds(_ part: JSONValue) -> Bool {
            var words = Words()
            words.take(part)
            // Times of the interface are in microseconds, those of the record in milliseconds.
            let said = numbers.union(numbers.map { $0 / 1_000 })
            return words.texts.isSubset(of: texts) && words.numbers.isSubset(of: said)
        }

        /// Whether something that the record names was said: as it is, by its number, by its name such as `S-1`, or a key by its
        /// fingerprint.
        func names(_ recorded: JSONValue) -> Bool {
            if let number = recorded.integer {
                return numbers.contains(number)
                    || texts.contains { $0.utf8.count <= 16 && Int64($0.drop { !("0"..."9").contains($0) }) == number }
            }
            guard let text = recorded.string else { return false }
            return texts.contains { said in
                said == text || Self.isOneItem(said, text)
                    || (try? SSHPublicKey(authorizedKey: said))?.fingerprint == text
            }
        }

        /// Whether two texts are one name of a piece of work, such as `s1` and `S-1`.
        private static func isOneItem(_ said: String, _ recorded: String) -> Bool {
            func plain(_ name: String) -> String? {
                let name = name.uppercased()
                let letters = name.prefix { $0.isASCII && $0.isLetter }
                let digits = name.dropFirst(letters.count).drop { $0 == "-" }
                let isName = (1...3).contains(letters.count) && (1...12).contains(digits.count)
                return isName && digits.allSatisfy { $0.isASCII && $0.isNumber } ? "\(letters)-\(digits)" : nil
            }
            return plain(said).map { $0 == plain(recorded) } ?? false
        }

        /// Whether a text is said: as it is, as the number of a name such as `E-3`, or a key by its fingerprint.
        func says(_ text: String) -> Bool {
            if texts.contains(text) { return true }
            let digits = text.drop { !("0"..."9").contains($0) }
            if text.utf8.count <= 16, let number = Int64(digits), numbers.contains(number) { return true }
            if texts.contains(where: { Self.isOneItem(text, $0) }) { return true }
            guard let key = try? SSHPublicKey(authorizedKey: text) else { return false }
            return texts.contains(key.fingerprint)
        }
    }
}
