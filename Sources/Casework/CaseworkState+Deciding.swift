package import Policy
import StrictJSON

extension CaseworkState {
    /// Decides on values alone.
    ///
    /// A refusal is a decision whose event says that it was refused.
    package consuming func decide(_ command: Command) -> Decision {
        var steps: [Step]?
        return decide(command, steps: &steps)
    }

    /// The rules as they would be applied, in order, up to the first that refuses.
    package func explain(_ command: Command) -> (steps: [Step], refusal: Refusal?) {
        var steps: [Step]? = []
        let decision = decide(command, steps: &steps)
        return (steps ?? [], decision.refusal)
    }

    private consuming func decide(_ command: Command, steps: inout [Step]?) -> Decision {
        guard let member = member(by: command.actor.by) else {
            let refusal = Refusal(row: "V02")
            steps?.append(
                Step(rule: "V02", code: refusal.recordedCode, fired: true, because: "Nobody is enrolled as that.")
            )
            return denial(of: command.act.name, by: command.actor, refusal, act: command.act)
        }
        let agency = agencies[member.agency]
        var gate = Gate(state: self, command: command, steps: steps, member: member)
        defer { steps = gate.steps }
        do throws(Refusal) {
            try gate.require(
                "V05",
                !(agency?.keyRequired ?? false) || !command.actor.by.utf8.starts(with: "uid:".utf8),
                "The agency's members prove a key, or need not."
            )
            var decision = try gate.decide()
            if gate.knownCase?.id == decision.event.caseID { decision.knownCase = gate.knownCase }
            if let rule = gate.state.signingRule(for: decision.event, command.act) {
                decision.needsSignature = true
                try gate.require(
                    "V08",
                    command.isSigned,
                    "The author signs it (\(rule.words)).",
                    message: "This needs your own signature (\(rule.words))."
                )
            }
            return decision
        } catch {
            // What an act says that cannot be is no row's test, and refuses like one.
            if gate.steps?.last?.fired == false || gate.steps?.isEmpty == true {
                gate.steps?.append(
                    Step(
                        rule: error.recordedRule,
                        code: error.recordedCode,
                        fired: true,
                        because: error.outward.message
                    )
                )
            }
            let purpose = command.purpose.flatMap { Purpose(rawValue: $0) }
            return gate.state.denial(of: command.act.name, by: command.actor, error, act: command.act, for: purpose)
        }
    }

    /// Which rules reject a bundle of an agency's policy (domain.md 2.6).
    private static let bundleRules: Set<String> = ["P31", "P32"]

    /// What a refusal is called: some are looked for by their own names.
    private static func kind(of refusal: Refusal) -> String {
        if bundleRules.contains(refusal.recordedRule) { return "policy.bundle_rejected" }
        return ["P21", "P21B", "P21E"].contains(refusal.recordedRule) ? "decon.query_denied" : "access.denied"
    }

    /// What the record says of a refusal: who, what, for which purpose if he stated one, under which rule; never what was refused.
    package func denial(
        of act: String,
        by actor: Actor,
        _ refusal: Refusal,
        act asked: Act? = nil,
        in caseName: String? = nil,
        for purpose: Purpose? = nil
    ) -> Decision {
        let member = member(by: actor.by)
        var caseID = (asked?.caseName ?? caseName).flatMap { anyCase(named: $0) } ?? .system
        if case .deconfliction = asked, let member { caseID = .deconfliction(of: member.agency) }
        return Decision(
            event: Event(
                kind: Self.kind(of: refusal),
                caseID: caseID,
                agency: member?.agency,
                member: member?.id,
                role: nil,
                purpose: purpose,
                body: .access(act: act, item: asked?.item, code: refusal.recordedCode)
            ),
            refusal: refusal
        )
    }
}

extension Gate {
    mutating func decide() throws(Refusal) -> Decision {
        // A word that is no purpose is refused whatever it was stated for; whether the purpose is allowed depends on the act.
        _ = try purpose(.administration)
        return try decideAct()
    }

    private mutating func decideAct() throws(Refusal) -> Decision {
        switch command.act {
        case .registerAgency, .updateAgency, .recordAgreement, .renewAgreement, .terminateAgreement, .enrolMember,
            .addKey,
            .revokeKey, .grantRole, .revokeRole, .disableMember, .reviewMember, .recordCalendar:
            try decideRegistry()
        case .succession(let act): try decideSuccession(act)
        case .unlockAccount(let uid, let reason): try unlock(uid, reason)
        case .draftCase(let proposal): try draft(proposal)
        case .moveCase(let name, let move, let reason): try self.move(name, move, reason)
        case .recordOutcome(let name, let outcome): try recordOutcome(name, outcome)
        case .transferLead(let name, let member, let reason): try transferLead(name, member, reason)
        case .answerTransfer(let name, let isAccepted, let reason):
            try answerTransfer(name, isAccepted: isAccepted, reason)
        case .amendment(let name, let act): try decideAmendment(name, act)
        case .inviteAgency, .joinCase, .declineInvitation, .withdrawAgency, .assignMember, .removeMember:
            try decideMembership()
        case .linkCase(let name, let other): try link(name, other)
        case .unlinkCase(let name, let other, let reason): try unlink(name, other, reason)
        case .recordEntry, .correctEntry, .withdrawEntry, .acknowledgeEntry, .changeHandling: try decideEntry()
        case .releaseEntry, .requestPermission, .decidePermission: try decideDissemination()
        case .breakGlass(let name, let entry, let agency, let hours, let reason):
            try breakGlass(name, entry, agency, hours, reason)
        case .reviewEmergency(let name, let text, let finding, let note):
            try reviewEmergency(name, text, finding, note)
        case .removal(let name, let act): try decideRemoval(name, act)
        case .work(let name, let act): try decideWork(name, act)
        case .listWork(let name, let kind): try listWork(name, kind)
        case .getWork(let name, let item): try getWork(name, item)
        case .docket(let act): try decideDocket(act)
        case .listDocket: try readDocket(nil)
        case .getDocket(let name): try readDocket(name)
        case .jurisdiction(let act): try decideJurisdiction(act)
        case .deconfliction(let act): try decideDeconfliction(act)
        case .report(let act): try decideReport(act)
        case .acknowledgeNotice(let name, let item): try acknowledgeNotice(name, item)
        case .requireSignature(let rule, let isRequired, let reason):
            try require(rule, isRequired: isRequired, reason: reason)
        default: try decideReading()
        }
    }

    /// The purpose of the act: as stated, or the usual one.
    mutating func purpose(_ usual: Purpose) throws(Refusal) -> Purpose {
        guard let word = command.purpose else { return usual }
        guard let purpose = Purpose(rawValue: word) else {
            throw .malformed(
                field: "context.purpose",
                "one of \(Purpose.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return purpose
    }

    func event(
        _ kind: String,
        _ caseID: CaseID,
        _ role: Role?,
        _ purpose: Purpose,
        _ body: EventBody
    ) -> Decision {
        Decision(
            event: Event(
                kind: kind,
                caseID: caseID,
                agency: member.agency,
                member: member.id,
                role: role,
                purpose: purpose,
                body: body
            )
        )
    }

    /// Through what a case is open to somebody who may not know of it otherwise.
    enum Opening {
        case membership
        /// An entry of it that was given to his agency.
        case release
        /// A question about an entry of his own agency, which may have left the case since.
        case question
        /// A notice that something is purged which his agency was given.
        case notice
        /// A piece of work in which his agency has a part.
        case work
    }

    /// The case that is meant, if the asker may know of it.
    ///
    /// Absent and forbidden answer the same.
    mutating func knownCase(
        _ name: String,
        through opening: Opening = .membership
    ) throws(Refusal) -> (CaseFile, Standing) {
        let roles = member.roles(in: nil, now)
        try require("P09", !roles.contains(.administrator), "An administrator sees no cases.")
        guard let (file, standing) = openCase(name, through: opening) else {
            try unambiguous(name, through: opening)
            try require("P01", false, Self.isThere)
            throw Refusal(row: "P01")
        }
        try require("P01", true, Self.isThere)
        knownCase = KnownCase(id: file.id, number: file.number, isOpen: standing.mayKnow(file))
        if !command.act.isReading, !command.act.isDoneUnderSeal {
            try require(
                "L02",
                file.removals.caseSeal == nil,
                "The case is not sealed.",
                message: "The case is sealed: nothing is done in it until an order unseals it."
            )
        }
        // What was given from it is between the originator and who was given it.
        if opening != .release || standing.mayKnow(file) { try civilOnlyByPolicy(file) }
        return (file, standing)
    }

    private static let isThere = "The case exists and is open to the asker."

    private func openCase(_ name: String, through opening: Opening) -> (CaseFile, Standing)? {
        var seen: (id: CaseID, standing: Standing)?
        let file = state.resolve(
            name,
            for: member,
            now,
            knowsTitle: { knowsTitle($0, through: opening) },
            isOpen: { file in
                let standing = state.standing(of: member, in: file, now)
                seen = (file.id, standing)
                return isOpen(file, standing, through: opening)
            }
        )
        guard let file else { return nil }
        // Of several whose names begin so, another may have been looked at last.
        if let seen, seen.id == file.id { return (file, seen.standing) }
        return (file, state.standing(of: member, in: file, now))
    }

    /// A beginning that fits several cases is refused with their numbers: all of them are open to the asker.
    ///
    /// A code word is added for whom it is.
    private mutating func unambiguous(_ name: String, through opening: Opening) throws(Refusal) {
        let meanings = state.meanings(
            of: name,
            for: member,
            now,
            knowsTitle: { knowsTitle($0, through: opening) },
            isOpen: { isOpen($0, state.standing(of: member, in: $0, now), through: opening) }
        )
        guard meanings.count > 1 else { return }
        var named = meanings.prefix(Self.namedMeanings).map { file in
            state.standing(of: member, in: file, now).mayKnow(file) ? "\(file.number) (\(file.title))" : file.number
        }
        if meanings.count > named.count { named.append("and \(meanings.count - named.count) more") }
        try require(
            "V01",
            false,
            "The name fits one case alone.",
            message: "“\(name)” fits \(meanings.count) cases: \(named.joined(separator: ", ")).",
            ask: "Type more of the name, or the number."
        )
    }

    private static let namedMeanings = 5

    /// Who is in a case for an item alone knows it by its number, and does not find out its code word by guessing.
    private func knowsTitle(_ file: CaseFile, through opening: Opening) -> Bool {
        opening != .work || state.standing(of: member, in: file, now).mayKnow(file)
    }

    private func isOpen(_ file: CaseFile, _ standing: Standing, through opening: Opening) -> Bool {
        if standing.mayKnow(file) { return true }
        switch opening {
        case .membership: return false
        case .release: return !state.releases(of: file, to: member, now).isEmpty
        case .question:
            return standing.isLiaison && !standing.isSealedFrom
                && file.permissions.contains { $0.origin == member.agency }
        case .work: return file.work.all.contains { standing.visibility(of: $0, in: file) != .none }
        case .notice:
            let notices = file.removals.purges.flatMap(\.notices)
            let isToldOfOrder = file.removals.orders.contains { order in
                state.isNotice(order, in: file, member, standing)
            }
            return standing.isLiaison && (notices.contains { $0.recipient == member.agency } || isToldOfOrder)
        }
    }

    /// Nothing that concerns no case is done or shown for civil immigration enforcement.
    mutating func notCivil() throws(Refusal) {
        try require(
            "P03",
            command.purpose != Purpose.civilImmigration.rawValue,
            "The purpose is not civil immigration enforcement.",
            message: Self.nothingCivil,
            ask: Self.askForPurposes
        )
    }

    /// The purpose in a case: allowed by the case's agreement and by the one under which the asker's agency joined.
    ///
    /// Oversight is no party to an agreement and states its own. `takesPart`: false where the asker's agency says that it does not.
    mutating func casePurpose(
        _ file: CaseFile,
        _ standing: Standing,
        takesPart: Bool = true
    ) throws(Refusal) -> Purpose {
        let purpose = try purpose(file.purpose)
        let agreements = [file.agreement, standing.participant?.agreement ?? file.agreement]
        let allowed =
            agreements.allSatisfy { state.agreements[$0]?.purposes.contains(purpose) ?? false }
            || (standing.isOversight && purpose == .oversight)
        try require(
            "P03",
            allowed,
            "\(purpose.rawValue) is a purpose of the agreements concerned.",
            ask: allowed ? nil : Self.purposes(allowedBy: agreements.map { state.agreements[$0] })
        )
        if !standing.isOversight, takesPart {
            // What its policy requires was there when it joined; what it denies since ends its part.
            try require(
                policyOf: member.agency,
                allows: .participation,
                purpose,
                counterpart: standing.isLeadAgency ? nil : file.leadAgency,
                meeting: nil
            )
        }
        return purpose
    }

    /// Which purposes all of some agreements allow.
    private static func purposes(allowedBy agreements: [Agreement?]) -> String {
        let allowed = Purpose.allCases.filter { purpose in
            agreements.allSatisfy { $0?.purposes.contains(purpose) ?? false }
        }
        let names = agreements.compactMap { $0?.id.text }
        let both = Set(names).sorted().joined(separator: " and ")
        guard !allowed.isEmpty else { return "Ask the administrator: no purpose is allowed by \(both)." }
        return "Repeat with a `--purpose` that \(both) allows: \(allowed.map(\.rawValue).joined(separator: ", "))."
    }

    /// The asker's agency still takes part under a live agreement.
    mutating func liveParticipation(_ file: CaseFile, _ standing: Standing) throws(Refusal) {
        let isLive = standing.isAgreementLive
        let agreement = standing.participant?.agreement ?? file.agreement
        try require(
            "P02",
            isLive,
            "The agreement under which the agency takes part is live.",
            ask: isLive ? nil : "Ask the administrator to renew \(agreement)."
        )
    }

    /// The asker has seen the newest position, if he says which one he saw.
    mutating func fresh(_ file: CaseFile) throws(Refusal) {
        guard let expected = command.expectedPosition else { return }
        try require(
            "P23",
            expected == file.position,
            "The expected position is the present one.",
            message: "The case has moved on to position \(file.position)."
        )
    }

    /// The case takes changes at all.
    mutating func writable(_ file: CaseFile) throws(Refusal) {
        try require("L02", file.state != .closed, "The case is not closed.")
        try require(
            "L01",
            file.state.isWorked,
            "The case is open.",
            message: "The case is \(file.state.rawValue): entries are taken while it is open."
        )
    }
}

extension Act {
    /// Whether it is done in a sealed case, too: what the law asks for there, and that somebody took note of a notice.
    fileprivate var isDoneUnderSeal: Bool {
        switch self {
        case .removal, .acknowledgeNotice: true
        default: false
        }
    }
}
