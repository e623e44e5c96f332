import Policy

/// Entries: recorded, corrected and withdrawn by adding.
extension Gate {
    mutating func decideEntry() throws(Refusal) -> Decision {
        switch command.act {
        case .recordEntry(let name, let proposal):
            let (file, standing) = try knownCase(name)
            try fresh(file)
            try writable(file)
            let kind = try Text.check(kind: proposal.kind)
            let role = try writer(standing, proposal.compartment)
            try liveParticipation(file, standing)
            let purpose = try casePurpose(file, standing)
            try capped(file, standing, proposal.handling)
            guard proposal.compartment != .oversight else { return try submit(file, proposal, kind, role, purpose) }
            return event(
                "entry.recorded",
                file.id,
                role,
                purpose,
                .entryRecorded(
                    EntryRecord(
                        number: Int64(file.entries.count) + 1,
                        kind: kind,
                        handling: proposal.handling,
                        compartment: proposal.compartment,
                        asksAcknowledgement: proposal.asksAcknowledgement,
                        supersedes: nil,
                        text: proposal.text,
                        reason: nil
                    )
                )
            )
        case .acknowledgeEntry(let name, let entry):
            let (file, standing) = try knownCase(name, through: .release)
            let (number, _) = try visibleEntry(file, standing, entry, at: .content)
            try require("P05", !standing.isOversight, "The asker is no oversight, which writes nothing in cases.")
            // Who was only given an entry is not told how the case stands.
            try require("L02", file.state != .closed || !standing.mayKnow(file), "The case is not closed.")
            let purpose = try readingPurpose(file, standing, number)
            try require(
                "L01",
                !(file.acknowledgements[number]?.contains(member.id) ?? false),
                "The asker has not acknowledged it yet.",
                message: "You have acknowledged it already."
            )
            return event("entry.acknowledged", file.id, nil, purpose, .entryAcknowledged(number))
        case .correctEntry(let name, let entry, let text, let reason):
            let (file, standing, number, facts) = try own(name, entry)
            try writable(file)
            let role = try writer(standing, facts.compartment)
            try liveParticipation(file, standing)
            let purpose = try casePurpose(file, standing)
            try Text.check(text, field: "text", limit: Text.entryLimit)
            try current(facts)
            return event(
                "entry.corrected",
                file.id,
                role,
                purpose,
                .entryRecorded(
                    EntryRecord(
                        number: Int64(file.entries.count) + 1,
                        kind: facts.kind,
                        handling: facts.handling,
                        compartment: facts.compartment,
                        asksAcknowledgement: facts.asksAcknowledgement,
                        supersedes: number,
                        text: text,
                        reason: reason
                    )
                )
            )
        case .withdrawEntry(let name, let entry, let reason):
            let (file, standing, number, facts) = try own(name, entry)
            try require("L02", file.state != .closed, "The case is not closed.")
            let role = try keeper(file, standing, facts)
            let purpose = try casePurpose(file, standing)
            try current(facts)
            try remarkable(file, number)
            return event("entry.withdrawn", file.id, role, purpose, .entryWithdrawn(number, reason: reason))
        case .changeHandling(let name, let entry, let handling, let reason):
            let (file, standing, number, facts) = try own(name, entry)
            try require("L02", file.state != .closed, "The case is not closed.")
            let role = try keeper(file, standing, facts)
            try require(
                "P05",
                handling >= facts.handling || standing.isLiaison,
                "The handling becomes stricter, or the asker is a liaison of the originating agency.",
                message: "An author may make the handling stricter; a liaison of the agency loosens it.",
                ask: "Ask your agency's liaison."
            )
            let purpose = try casePurpose(file, standing)
            try current(facts)
            try require(
                "L01",
                facts.handling != handling,
                "The handling changes.",
                message: "It is \(handling.text) already."
            )
            try capped(file, standing, handling)
            try remarkable(file, number)
            return event(
                "entry.handling_changed",
                file.id,
                role,
                purpose,
                .handlingChanged(number, from: facts.handling, to: handling, reason: reason)
            )
        default: throw Refusal(row: "P05")
        }
    }

    /// What is written to oversight goes into a stream of its own, under a number that was drawn.
    private mutating func submit(
        _ file: CaseFile,
        _ proposal: EntryProposal,
        _ kind: EntryKind,
        _ role: Role,
        _ purpose: Purpose
    ) throws(Refusal) -> Decision {
        let number = Int64(command.minted.digits) + 1
        try require("V03", file.submissions[number] == nil, "The number that was drawn is free.", message: "Try again.")
        return event(
            "restricted",
            command.minted.caseID,
            role,
            purpose,
            .submitted(
                file.id,
                EntryRecord(
                    number: -number,
                    kind: kind,
                    handling: proposal.handling,
                    compartment: .oversight,
                    asksAcknowledgement: false,
                    supersedes: nil,
                    text: proposal.text,
                    reason: nil
                )
            )
        )
    }

    /// An entry that the asker may see.
    ///
    /// One that is not there and one that he may not know of answer the same. `reason` is what its text is read for, where that is
    /// not the purpose of the act.
    mutating func visibleEntry(
        _ file: CaseFile,
        _ standing: Standing,
        _ text: String,
        at least: Visibility,
        for reason: Purpose? = nil
    ) throws(Refusal) -> (Int64, EntryFacts) {
        let number = Reference.entry(text)
        let facts = number.flatMap { file.facts($0) }
        var seen = Visibility.none
        var purged: String?
        var isKept = false
        if let number, let facts {
            let scope = standing.scope(file)
            seen = scope.visibility(
                of: number,
                origin: state.origin(of: facts),
                compartment: facts.compartment
            )
            purged = scope.purged[number]
            isKept = scope.isKept(number, state.origin(of: facts))
            if seen < .content, state.releases(of: file, to: member, now).contains(where: { $0.entry == number }) {
                seen = .content
            }
        }
        try require(
            "P04",
            facts != nil && seen != .none,
            "The entry exists and is open to the asker.",
            // Of what was written to oversight not even the line of a refusal tells whether it is there: who is refused has it in an export.
            recorded: facts == nil && (number ?? 0) >= 0 ? "P04" : "P04C"
        )
        try require(
            "L01",
            purged == nil,
            "The entry is not purged.",
            message: "\(Reference.entryName(number ?? 0)) was purged: \(purged ?? "").",
            ask: "Nothing of it is left. `accord purge list` tells who ordered and approved it."
        )
        if least == .content, isKept, !standing.isOversight {
            let origin = facts.flatMap { state.origin(of: $0) }
            try require(
                "P06",
                seen == .content,
                "The agency that shared it under H2 is in the case, or gave it to the asker's.",
                message: "\(origin?.text ?? "-") has left the case, and what it shared under H2 stays with it.",
                ask:
                    "Ask \(contact(origin)): accord dissemination request \(file.number) E-\(number ?? 0) \(member.agency) --reason …"
            )
        }
        try require("P05", seen >= least, "The asker may read the text, not only know of the entry.")
        guard let number, let facts else { throw Refusal(row: "P04") }
        if least == .content {
            let isGiven = state.releases(of: file, to: member, now).contains { $0.entry == number }
            try agreed(file, number, from: state.origin(of: facts), isGiven: isGiven)
            try readable(file, standing, number, facts, for: reason)
        }
        return (number, facts)
    }

    /// The originator's own policy lets the asker's agency read it for the purpose.
    ///
    /// What its liaison permitted, or what was given, has the control official's approval.
    private mutating func readable(
        _ file: CaseFile,
        _ standing: Standing,
        _ number: Int64,
        _ facts: EntryFacts,
        for reason: Purpose?
    ) throws(Refusal) {
        guard let origin = state.origin(of: facts), origin != member.agency, state.jurisdiction.file(of: origin) else {
            return
        }
        let given = state.releases(of: file, to: member, now).filter { $0.entry == number }
        // What the policy says of it stands in the line of the emergency, which ends by itself.
        guard !given.contains(where: { $0.emergency != nil }) else { return }
        let isPermitted = file.permissions.contains { permission in
            permission.entry == number && permission.recipient == member.agency && permission.answer == .granted
        }
        var purpose = reason
        if purpose == nil {
            purpose = try self.purpose(standing.mayKnow(file) ? file.purpose : given.last?.purpose ?? file.purpose)
        }
        try require(
            policyOf: origin,
            allows: .data,
            purpose ?? file.purpose,
            counterpart: member.agency,
            meeting: isPermitted || !given.isEmpty ? [.controlOfficialApproval] : []
        )
    }

    /// The purpose for which an entry is read: one of the case, or the one for which it was given to the asker's agency.
    mutating func readingPurpose(_ file: CaseFile, _ standing: Standing, _ number: Int64) throws(Refusal) -> Purpose {
        guard !standing.mayKnow(file) else {
            let purpose = try casePurpose(file, standing)
            try usedForItsCase(purpose, file, standing, number)
            return purpose
        }
        let given = state.releases(of: file, to: member, now).filter { $0.entry == number }.map(\.purpose)
        let purpose = try purpose(given.last ?? file.purpose)
        try require(
            "P03",
            given.contains(purpose),
            "\(purpose.rawValue) is what the entry was given for.",
            ask: "Ask the agency that gave the entry."
        )
        return purpose
    }

    /// What others contributed is used for what its case states (domain.md 6.8, H0).
    ///
    /// Beside that it is used for the safety of officers, and for what a duty of the reader's is there for. What it is given for
    /// beyond that is its originator's to say; for civil immigration enforcement the policies of all concerned say it, and no is
    /// what they say without one.
    private mutating func usedForItsCase(
        _ purpose: Purpose,
        _ file: CaseFile,
        _ standing: Standing,
        _ number: Int64
    ) throws(Refusal) {
        let isOwn = file.facts(number).flatMap { state.origin(of: $0) } == member.agency
        let duties: [Purpose: Role] = [.oversight: .oversight, .discovery: .legal, .victimAssistance: .victimServices]
        try require(
            "P03",
            isOwn || [file.purpose, .criminalProsecution, .officerSafety, .civilImmigration].contains(purpose)
                || duties[purpose].map(standing.roles.contains) ?? false,
            "\(purpose.rawValue) is what the case states, or what a duty of the reader is there for.",
            message: "What others contributed to this case is used for what the case states: \(file.purpose.rawValue).",
            ask: "Repeat without `--purpose`, or ask the agency that contributed it for a release."
        )
    }

    /// An entry of the asker's own agency.
    private mutating func own(
        _ name: String,
        _ entry: String
    ) throws(Refusal) -> (CaseFile, Standing, Int64, EntryFacts) {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        let (number, facts) = try visibleEntry(file, standing, entry, at: .header)
        let origin = state.origin(of: facts)
        try require(
            "P07",
            origin == member.agency,
            "The asker's agency contributed the entry.",
            ask: "Ask \(contact(origin))."
        )
        return (file, standing, number, facts)
    }

    private mutating func writer(_ standing: Standing, _ compartment: Compartment) throws(Refusal) -> Role {
        let role = standing.writingRole(compartment)
        try require(
            "P05",
            role != nil,
            "A role of the asker, and the part his agency takes, let him write in \(compartment.text).",
            ask: "Ask the lead of the case, or your agency's liaison."
        )
        guard let role else { throw Refusal(row: "P05") }
        return role
    }

    /// The author, or a liaison of his agency.
    private mutating func keeper(
        _ file: CaseFile,
        _ standing: Standing,
        _ facts: EntryFacts
    ) throws(Refusal) -> Role {
        let isAuthor = state.author(of: facts) == member.id && standing.writingRole(facts.compartment) != nil
        try require(
            "P05",
            isAuthor || (standing.isLiaison && standing.participant != nil),
            "The asker wrote the entry, or is a liaison of the agency that did.",
            ask: "Ask the author, or your agency's liaison."
        )
        return isAuthor ? standing.writingRole(facts.compartment) ?? .contributor : .liaison
    }

    private mutating func current(_ facts: EntryFacts) throws(Refusal) {
        try require(
            "L01",
            facts.state == .current,
            "The entry is neither corrected nor withdrawn.",
            message: "The entry is \(facts.state.word) already: act on the one that is current."
        )
    }

    /// Nothing stricter is shared than the agreement can carry.
    mutating func capped(_ file: CaseFile, _ standing: Standing, _ handling: Handling) throws(Refusal) {
        let agreement = standing.participant?.agreement ?? file.agreement
        let isCarried = state.agreements[agreement].map { handling <= $0.handlingCap } ?? false
        try require(
            "P02",
            isCarried,
            "\(agreement) carries \(handling.text).",
            message: isCarried ? nil : "\(handling.text) is stricter than \(agreement) can carry."
        )
    }

    /// An agency and the desk where its control official is reached.
    func contact(_ agency: AgencyID?) -> String {
        guard let agency else { return "the originating agency" }
        return "the control official of \(agency) (\(state.agencies[agency]?.contact ?? "see the agency list"))"
    }
}
