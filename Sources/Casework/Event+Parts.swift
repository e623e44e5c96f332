import Policy
package import StrictJSON

extension Event {
    /// The parts of the event's line, `details` first.
    package func parts() -> [(name: String, value: JSONValue)] {
        var texts: [(String, String?)] = []
        var details: JSONObject
        switch body {
        case .system(let facts): details = facts
        case .agency(let agency): details = agency.record
        case .succession(let done): (details, texts) = done.parts
        case .agreementRecorded(let agreement): details = agreement.record
        case .agreementRenewed(let id, let endsAt):
            details = ["id": .string(id.text), "ends_at": .integer(endsAt.milliseconds)]
        case .agreementTerminated(let id, let reason):
            details = ["id": .string(id.text)]
            texts = [("reason", reason)]
        case .memberEnrolled(let member): details = member.record
        case .keyAdded(let member, let fingerprint, let line):
            details = ["member": .string(member.text), "fingerprint": .string(fingerprint), "key": .string(line)]
        case .keyRevoked(let member, let fingerprint, let reason):
            details = ["member": .string(member.text), "fingerprint": .string(fingerprint)]
            texts = [("reason", reason)]
        case .roleGranted(let member, let grant):
            details = ["member": .string(member.text), "grant": .object(grant.record)]
        case .roleRevoked(let member, let grant, let reason):
            details = ["member": .string(member.text), "grant": .integer(grant)]
            texts = [("reason", reason)]
        case .memberDisabled(let member, let reason):
            details = ["member": .string(member.text)]
            texts = [("reason", reason)]
        case .memberReviewed(let member, let reason):
            details = ["member": .string(member.text)]
            texts = [("reason", reason)]
        case .lock(let uid, _, let reason):
            details = ["uid": .integer(Int64(uid))]
            texts = [("reason", reason)]
        case .calendarRecorded(let calendar): details = calendar.record
        case .signing(let rule, let reason):
            details = rule.json
            if kind == "policy.signature_required" { details["kinds"] = .strings(rule.kinds) }
            texts = [("reason", reason)]
        case .caseDrafted(let draft):
            details = [
                "number": .string(draft.number), "title": .string(draft.title), "offences": .strings(draft.offences),
                "primary_purpose": .string(draft.primaryPurpose.rawValue), "agreement": .string(draft.agreement.text),
                "lead_agency": .string(draft.leadAgency.text),
            ]
            texts = [("predicate", draft.predicate)]
        case .caseMoved(let reason):
            details = [:]
            texts = [("reason", reason)]
        case .prosecutionOutcome(let outcome): details = outcome.record
        case .leadTransfer(let member, let agency, let reason):
            details = ["member": .string(member.text), "agency": .string(agency.text)]
            texts = [("reason", reason)]
        case .amendment(let done): (details, texts) = done.parts
        case .agencyInvited(let agency, let mode, let agreement):
            details = [
                "agency": .string(agency.text), "mode": .string(mode.rawValue), "agreement": .string(agreement.text),
            ]
        case .agencyAnswered(let agency, let text):
            details = ["agency": .string(agency.text)]
            texts = [("text", text)]
        case .memberAssigned(let member, let agency):
            details = ["member": .string(member.text), "agency": .string(agency.text)]
        case .memberRemoved(let member, let reason):
            details = ["member": .string(member.text)]
            texts = [("reason", reason)]
        case .caseLink(let number, let reason):
            details = ["other": .string(number)]
            texts = [("reason", reason)]
        case .entryRecorded(let entry):
            // In the order of the canonical form, which then need not be made: most lines are these.
            details = [
                "acknowledge": .bool(entry.asksAcknowledgement), "compartment": .string(entry.compartment.text),
                "entry": .integer(entry.number), "handling": .string(entry.handling.text),
                "kind": .string(entry.kind.rawValue),
            ]
            if let superseded = entry.supersedes { details["supersedes"] = .integer(superseded) }
            texts = [("text", entry.text), ("reason", entry.reason)]
        case .submitted(let caseID, let entry):
            details = [
                "case": .string(caseID.hex), "entry": .integer(-entry.number), "kind": .string(entry.kind.rawValue),
                "handling": .string(entry.handling.text),
            ]
            texts = [("text", entry.text)]
        case .entryWithdrawn(let number, let reason):
            details = ["entry": .integer(number)]
            texts = [("reason", reason)]
        case .entryAcknowledged(let number): details = ["entry": .integer(number)]
        case .handlingChanged(let number, let from, let to, let reason):
            details = ["entry": .integer(number), "from": .string(from.text), "to": .string(to.text)]
            texts = [("reason", reason)]
        case .permissionRequested(let request):
            details = [
                "permission": .integer(request.number), "entry": .integer(request.entry),
                "origin": .string(request.origin.text), "recipient": .string(request.recipient.text),
            ]
            texts = [("reason", request.reason)]
        case .permissionDecided(let number, let isGranted, let reason):
            details = ["permission": .integer(number), "granted": .bool(isGranted)]
            texts = [("reason", reason)]
        case .disseminated(let line):
            details = .present([
                ("dissemination", .integer(line.number)), ("entry", .integer(line.entry)),
                ("origin", .string(line.origin.text)), ("recipient", .string(line.recipient.text)),
                ("handling", .string(line.handling.text)), ("permission", line.permission.map { .integer($0) }),
                ("means", line.emergencyHours == nil ? "in-system" : "break-glass"),
                ("hours", line.emergencyHours.map { .integer($0) }),
                ("overrides", line.overrides.map { .string($0) }),
            ])
            texts = [("reason", line.reason)]
        case .emergencyReviewed(let number, let finding, let note):
            details = ["dissemination": .integer(number), "finding": .string(finding.rawValue)]
            texts = [("note", note)]
        case .removal(let removal): (details, texts) = removal.parts
        case .work(let done): return done.recorded
        case .docket(let done): return done.recordedInDocket
        case .deconfliction(let done):
            let (details, others) = done.parts
            return [("details", .object(details))]
                + others.compactMap { name, value in value.map { (name, $0) } }
        case .clock(let clock):
            details = clock.record
            // As many parts as everything has that is restricted.
            if kind == "restricted" { texts = [("text", "")] }
        case .jurisdiction(let policy): (details, texts) = policy.parts
        case .report(let done): details = done.details
        case .noticeAcknowledged(let name): details = ["notice": .string(name)]
        case .access(let act, let item, let code):
            details = .present([
                ("act", .string(act)), ("item", item.map { .string($0) }), ("code", code.map { .string($0) }),
                ("holds", holds.map { .object($0) }),
            ])
        }
        return [("details", .object(details))]
            + texts.compactMap { name, text in text.map { (name, .string($0)) } }
    }

    /// Reads an event back from its line's statement and parts.
    ///
    /// - Throws: ``EventFault`` if the parts do not say what the kind must say.
    package init(
        kind: String,
        caseID: CaseID,
        agency: String,
        member: String,
        role: String,
        purpose: String,
        parts: [(name: String, value: JSONValue)]
    ) throws(EventFault) {
        let details = try Fields(parts.first { $0.name == "details" }?.value)
        func text(_ name: String) -> String? { parts.first { $0.name == name }?.value.string }
        func needed(_ name: String) throws(EventFault) -> String {
            guard let found = text(name) else { throw EventFault(message: "the part \(name) is missing") }
            return found
        }
        /// A text that a purge may have destroyed: what the line did is known without it, and verification tells by whose
        /// order it is gone.
        func removable(_ name: String) -> String { text(name) ?? "" }
        self.init(
            kind: kind,
            caseID: caseID,
            agency: AgencyID(agency),
            member: MemberID(member),
            role: Role(rawValue: role),
            purpose: Purpose(rawValue: purpose),
            body: .system(details.object)
        )
        func aMember() throws(EventFault) -> MemberID { try details.word("member") { MemberID($0) } }
        func anAgency() throws(EventFault) -> AgencyID { try details.word("agency") { AgencyID($0) } }
        switch kind {
        case "entry.recorded", "entry.corrected":
            body = .entryRecorded(
                EntryRecord(
                    number: try details.ordinal("entry"),
                    kind: try details.word("kind") { EntryKind(rawValue: $0) },
                    handling: try details.word("handling") { Handling($0) },
                    compartment: try details.word("compartment") { Compartment($0) },
                    asksAcknowledgement: try details.bool("acknowledge"),
                    supersedes: details.optionalInteger("supersedes"),
                    text: removable("text"),
                    reason: text("reason")
                )
            )
        case "agency.registered", "agency.updated": body = .agency(try Agency(details))
        case let kind where SuccessionEvent.kinds.contains(kind):
            body = .succession(try SuccessionEvent(kind, details, reason: text("reason")))
        case "agreement.recorded": body = .agreementRecorded(try Agreement(details))
        case "agreement.renewed":
            body = .agreementRenewed(
                try details.word("id") { AgreementID($0) },
                endsAt: try details.time("ends_at")
            )
        case "agreement.terminated":
            body = .agreementTerminated(try details.word("id") { AgreementID($0) }, reason: try needed("reason"))
        case "user.enrolled": body = .memberEnrolled(try Member(details))
        case "user.key_added":
            body = .keyAdded(
                try aMember(),
                fingerprint: try details.string("fingerprint"),
                line: try details.string("key")
            )
        case "user.key_revoked":
            body = .keyRevoked(
                try aMember(),
                fingerprint: try details.string("fingerprint"),
                reason: try needed("reason")
            )
        case "user.role_granted": body = .roleGranted(try aMember(), try Grant(Fields(details.object["grant"])))
        case "user.role_revoked":
            body = .roleRevoked(try aMember(), grant: try details.ordinal("grant"), reason: try needed("reason"))
        case "user.disabled": body = .memberDisabled(try aMember(), reason: try needed("reason"))
        case "user.review_certified": body = .memberReviewed(try aMember(), reason: try needed("reason"))
        case "user.locked", "user.unlocked":
            let uid = UInt32(clamping: try details.integer("uid"))
            body = .lock(uid: uid, isLocked: kind == "user.locked", reason: text("reason"))
        case "calendar.recorded": body = .calendarRecorded(try BusinessCalendar(details))
        case "notice.acknowledged": body = .noticeAcknowledged(try details.string("notice"))
        case "policy.signature_required", "policy.signature_lifted":
            body = .signing(try SigningRule(details), reason: try needed("reason"))
        case "case.drafted":
            body = .caseDrafted(
                CaseDraft(
                    number: try details.string("number"),
                    title: try details.string("title"),
                    offences: try details.strings("offences"),
                    primaryPurpose: try details.word("primary_purpose") { PrimaryPurpose(rawValue: $0) },
                    predicate: try needed("predicate"),
                    agreement: try details.word("agreement") { AgreementID($0) },
                    leadAgency: try details.word("lead_agency") { AgencyID($0) }
                )
            )
        case "case.proposed", "case.opened", "case.declined", "case.abandoned", "case.suspended", "case.resumed",
            "case.referred_to_prosecutor", "case.prosecution_started", "case.closed",
            "case.reopening_proposed", "case.reopened", "case.reopening_declined", "case.reviewed":
            body = .caseMoved(reason: text("reason"))
        case "case.prosecution_outcome": body = .prosecutionOutcome(try ProsecutionOutcome(details))
        case "case.lead_transfer_proposed", "case.lead_transfer_declined", "case.lead_transferred":
            body = .leadTransfer(try aMember(), try anAgency(), reason: text("reason"))
        case let kind where AmendmentEvent.kinds.contains(kind):
            body = .amendment(try AmendmentEvent(kind, details, text: text))
        case "case.agency_invited":
            body = .agencyInvited(
                try anAgency(),
                try details.word("mode") { CooperationMode(rawValue: $0) },
                try details.word("agreement") { AgreementID($0) }
            )
        case "case.agency_joined", "case.agency_declined", "case.agency_withdrawn":
            body = .agencyAnswered(try anAgency(), text: text("text"))
        case "case.member_assigned": body = .memberAssigned(try aMember(), try anAgency())
        case "case.member_removed": body = .memberRemoved(try aMember(), reason: try needed("reason"))
        case "case.link_proposed", "case.linked", "case.unlinked":
            body = .caseLink(try details.word("other") { CaseLink.number($0) }, reason: text("reason"))
        case "restricted" where details.object["docket"] != nil: body = .docket(try WorkEvent(docket: details, parts))
        case "restricted":
            if details.object["clock"] != nil {
                body = .clock(try Clock(details, in: caseID))
                return
            }
            if let done = try WorkEvent(restricted: details, parts) {
                body = .work(done)
                return
            }
            body = .submitted(
                try details.word("case") { CaseID(hex: $0) },
                EntryRecord(
                    number: -(try details.ordinal("entry")),
                    kind: try details.word("kind") { EntryKind(rawValue: $0) },
                    handling: try details.word("handling") { Handling($0) },
                    compartment: .oversight,
                    asksAcknowledgement: false,
                    supersedes: nil,
                    text: try needed("text"),
                    reason: nil
                )
            )
        case "entry.withdrawn": body = .entryWithdrawn(try details.ordinal("entry"), reason: removable("reason"))
        case "entry.acknowledged": body = .entryAcknowledged(try details.ordinal("entry"))
        case "entry.handling_changed":
            body = .handlingChanged(
                try details.ordinal("entry"),
                from: try details.word("from") { Handling($0) },
                to: try details.word("to") { Handling($0) },
                reason: removable("reason")
            )
        case "dissemination.permission_requested":
            body = .permissionRequested(
                PermissionRequest(
                    number: try details.ordinal("permission"),
                    entry: try details.ordinal("entry"),
                    origin: try details.word("origin") { AgencyID($0) },
                    recipient: try details.word("recipient") { AgencyID($0) },
                    reason: removable("reason")
                )
            )
        case "dissemination.permission_granted", "dissemination.permission_refused":
            body = .permissionDecided(
                try details.ordinal("permission"),
                isGranted: try details.bool("granted"),
                reason: text("reason")
            )
        case "breakglass.reviewed":
            body = .emergencyReviewed(
                try details.ordinal("dissemination"),
                try details.word("finding") { EmergencyFinding(rawValue: $0) },
                note: removable("note")
            )
        case "dissemination.recorded", "breakglass.invoked":
            body = .disseminated(
                Dissemination(
                    number: try details.ordinal("dissemination"),
                    entry: try details.ordinal("entry"),
                    origin: try details.word("origin") { AgencyID($0) },
                    recipient: try details.word("recipient") { AgencyID($0) },
                    handling: try details.word("handling") { Handling($0) },
                    permission: details.optionalInteger("permission"),
                    emergencyHours: kind == "breakglass.invoked" ? try details.emergencyHours("hours") : nil,
                    overrides: details.optionalString("overrides"),
                    reason: removable("reason")
                )
            )
        case "access.read", "access.denied", "access.exported", "policy.bundle_rejected", "decon.query_denied":
            body = .access(
                act: try details.string("act"),
                item: details.optionalString("item"),
                code: details.optionalString("code")
            )
            holds = details.object["holds"]?.object
        default:
            if let removal = try RemovalEvent(kind, details, text) {
                body = .removal(removal)
                return
            }
            if let policy = try JurisdictionEvent(kind, details, text) {
                body = .jurisdiction(policy)
                return
            }
            if let done = try WorkEvent(kind, details, parts), !done.isDocket {
                body = .work(done)
                return
            }
            if let done = try DeconflictionEvent(kind, details, { name in parts.first { $0.name == name }?.value }) {
                body = .deconfliction(done)
                return
            }
            if let done = try ReportEvent(kind, details) {
                body = .report(done)
                return
            }
            let kinds = ClockKind.recorded(as: kind)
            if !kinds.isEmpty {
                let clock = try Clock(details, in: caseID)
                guard kinds.contains(clock.kind) else { throw EventFault(message: "the clock is not of this kind") }
                body = .clock(clock)
                return
            }
            // A word of a newer version is carried, not understood: it changes nothing here.
            break
        }
    }
}
