import Policy

/// Who may give what to whom: originator control (domain.md 2.4).
extension Gate {
    mutating func decideDissemination() throws(Refusal) -> Decision {
        var opening = Opening.membership
        if case .decidePermission = command.act { opening = .question }
        let (file, standing) = try knownCase(command.act.caseName ?? "", through: opening)
        // Who only answers a question is not told how far the case has gone.
        if standing.mayKnow(file) { try fresh(file) }
        switch command.act {
        case .releaseEntry(_, let entry, let recipient, let reason):
            return try release(file, standing, entry, recipient, reason)
        case .requestPermission(_, let entry, let recipient, let reason):
            return try request(file, standing, entry, recipient, reason)
        case .decidePermission(_, let permission, let isGranted, let reason):
            return try answer(file, standing, permission, isGranted, reason)
        default: throw Refusal(row: "P05")
        }
    }

    private mutating func release(
        _ file: CaseFile,
        _ standing: Standing,
        _ entry: String,
        _ recipient: AgencyID,
        _ reason: String
    ) throws(Refusal) -> Decision {
        // Who gives it reads it as he always does; for what it is given is between its originator and the recipient.
        let (number, facts) = try visibleEntry(file, standing, entry, at: .content, for: file.purpose)
        try writable(file)
        let origin = state.origin(of: facts) ?? file.leadAgency
        let isOwn = origin == member.agency
        let role: Role? =
            standing.isLiaison && isOwn
            ? .liaison : standing.isCaseLead ? .lead : standing.worksInCase ? .contributor : nil
        try require("P05", role != nil, "The asker leads, contributes, or is a liaison of the originating agency.")
        try current(number, facts)
        try passable(file, number)
        // A permission is the asking agency's: what others asked is between them and the originator.
        let permission = file.permissions.first { permission in
            permission.entry == number && permission.recipient == recipient && permission.answer == .granted
                && permission.requesterAgency == member.agency
        }
        let isFree = isOwn && (role == .liaison || facts.handling == .h0)
        try require(
            "P06",
            isFree || permission != nil,
            "The originator gives it himself, or permitted it for this recipient.",
            message: "\(origin) has not permitted that this entry goes to \(recipient).",
            ask:
                "Ask \(contact(origin)): accord dissemination request \(file.number) E-\(number) \(recipient) --reason …"
        )
        let purpose = try purpose(file.purpose)
        try remarkable(file, number)
        let isApproved = permission != nil || (isOwn && role == .liaison)
        try receivable(file, facts, origin, recipient, purpose, isApproved: isApproved)
        var decision = event(
            "dissemination.recorded",
            file.id,
            role,
            purpose,
            .disseminated(
                Dissemination(
                    number: Int64(file.releases.count) + 1,
                    entry: number,
                    origin: origin,
                    recipient: recipient,
                    handling: facts.handling,
                    permission: isFree ? nil : permission?.number,
                    reason: reason
                )
            )
        )
        decision.references = [LineReference(line: Int64(facts.line))]
        return decision
    }

    /// The recipient is bound by a live agreement with the originator that allows the purpose and carries the handling.
    private mutating func receivable(
        _ file: CaseFile,
        _ facts: EntryFacts,
        _ origin: AgencyID,
        _ recipient: AgencyID,
        _ purpose: Purpose,
        isApproved: Bool
    ) throws(Refusal) {
        guard state.agencies[recipient] != nil else {
            throw .malformed(field: "agency", "one that is registered: `accord agency list`")
        }
        try outside(file, recipient)
        let joint = state.agreements.values.filter { $0.isLive(now) && $0.joins(origin, recipient) }
        try require(
            "P02",
            !joint.isEmpty,
            "A live agreement joins \(origin) and \(recipient).",
            ask: "Ask the administrator which agreements \(recipient) is a party to."
        )
        // A liaison of the originator gives it himself, or answered that it may be given.
        try require(
            policyOf: origin,
            allows: .data,
            purpose,
            counterpart: recipient,
            meeting: isApproved ? [.controlOfficialApproval] : [],
            ask: "Ask \(contact(origin)) for which purpose it may be given, and repeat with `--purpose`."
        )
        try require(
            "P03",
            joint.contains { $0.purposes.contains(purpose) && facts.handling <= $0.handlingCap },
            "An agreement between \(origin) and \(recipient) allows \(purpose.rawValue) and \(facts.handling.text).",
            ask: "Ask \(contact(origin)) for which purpose it may be given, and repeat with `--purpose`."
        )
    }

    /// The recipient does not take part in the case, or does no more there than deconflict.
    mutating func outside(_ file: CaseFile, _ recipient: AgencyID) throws(Refusal) {
        let participant = file.participants[recipient]
        try require(
            "L01",
            !(participant?.standing == .joined && participant?.mode != .deconflictOnly),
            "The recipient does not have it already.",
            message: "\(recipient) takes part in the case and has it already."
        )
    }

    private mutating func request(
        _ file: CaseFile,
        _ standing: Standing,
        _ entry: String,
        _ recipient: AgencyID,
        _ reason: String
    ) throws(Refusal) -> Decision {
        // For one's own agency is asked what its originator's policy keeps from it.
        let isForOwn = recipient == member.agency
        let (number, facts) = try visibleEntry(file, standing, entry, at: isForOwn ? .header : .content)
        try writable(file)
        try require("P05", standing.worksInCase, "The asker leads the case or contributes to it.")
        try current(number, facts)
        try passable(file, number)
        guard state.agencies[recipient] != nil else {
            throw .malformed(field: "agency", "one that is registered: `accord agency list`")
        }
        let isAsked = file.permissions.contains { permission in
            permission.entry == number && permission.recipient == recipient && permission.answer != .refused
                && permission.requesterAgency == member.agency
        }
        try require(
            "L01",
            !isAsked,
            "It was not asked yet.",
            message: "Your agency asked that already: see the inbox of the originator."
        )
        try remarkable(file, number)
        let purpose = try purpose(file.purpose)
        return event(
            "dissemination.permission_requested",
            file.id,
            standing.isCaseLead ? .lead : .contributor,
            purpose,
            .permissionRequested(
                PermissionRequest(
                    number: Int64(file.permissions.count) + 1,
                    entry: number,
                    origin: state.origin(of: facts) ?? file.leadAgency,
                    recipient: recipient,
                    reason: reason
                )
            )
        )
    }

    private mutating func answer(
        _ file: CaseFile,
        _ standing: Standing,
        _ text: String,
        _ isGranted: Bool,
        _ reason: String?
    ) throws(Refusal) -> Decision {
        let number = Reference.number(text, letter: "R")
        let permission = file.permissions.first { $0.number == number }
        let mayKnow = permission.map { permission in
            permission.requesterAgency == member.agency || (permission.origin == member.agency && standing.isLiaison)
        }
        try require("P04", mayKnow ?? false, "The request exists and concerns the asker.")
        guard let permission else { throw Refusal(row: "P04") }
        try require(
            "P08",
            permission.requester != member.id,
            "Who asked does not answer.",
            message: "Whoever asked for a permission does not grant it."
        )
        try require(
            "P05",
            standing.isLiaison && permission.origin == member.agency,
            "The asker is a liaison of the originating agency.",
            ask: "Ask \(contact(permission.origin))."
        )
        try require("L02", file.state != .closed, "The case is not closed.")
        let purpose = standing.mayKnow(file) ? try casePurpose(file, standing) : try purpose(file.purpose)
        try require(
            "L01",
            permission.answer == .open,
            "It was not answered yet.",
            message: "It is \(permission.answer.rawValue) already."
        )
        try require(
            "L01",
            file.removals.purged[.entry(permission.entry)] == nil,
            "The entry is not purged.",
            message: "E-\(permission.entry) is purged: there is nothing left to permit."
        )
        if isGranted { try passable(file, permission.entry) }
        if !isGranted { try remarkable(file, permission.entry) }
        return event(
            isGranted ? "dissemination.permission_granted" : "dissemination.permission_refused",
            file.id,
            .liaison,
            purpose,
            .permissionDecided(permission.number, isGranted: isGranted, reason: reason)
        )
    }

    mutating func current(_ number: Int64, _ facts: EntryFacts) throws(Refusal) {
        try require(
            "L01",
            facts.state != .withdrawn,
            "The entry was not withdrawn.",
            message: "E-\(number) was withdrawn."
        )
    }
}
