import Policy

/// Readings: recorded before they are answered, and only of what may be seen.
extension Gate {
    mutating func decideReading() throws(Refusal) -> Decision {
        let roles = member.roles(in: nil, now)
        switch command.act {
        case .getCase(let name):
            let (file, standing) = try knownCase(name)
            _ = try casePurpose(file, standing)
            return read(file.id, scope(file, standing))
        case .listEntries(let name, _, _), .listRegister(let name):
            let (file, standing) = try knownCase(name)
            _ = try casePurpose(file, standing)
            return read(file.id, scope(file, standing))
        case .getEntry(let name, let entry):
            let (file, standing) = try knownCase(name, through: .release)
            if let inspected = try inspected(file, standing, entry: entry) { return inspected }
            let (number, _) = try visibleEntry(file, standing, entry, at: .content)
            let purpose = try readingPurpose(file, standing, number)
            var decision = read(file.id, scope(file, standing), item: Reference.entryName(number))
            decision.event.purpose = purpose
            decision.reading?.entry = number
            if !standing.mayKnow(file), let line = releaseLine(file, number) {
                decision.references = [LineReference(line: line)]
            }
            return decision
        case .watch(let request):
            var watched: [CaseID] = []
            for (name, _) in request.positions ?? [] {
                let (file, standing) = try knownCase(name)
                _ = try casePurpose(file, standing)
                watched.append(file.id)
            }
            if request.positions == nil { try noAdministrator(roles) }
            try notCivil()
            // Who watches one case is recorded with it.
            return read(watched.count == 1 ? watched[0] : nil, .nothing)
        case .listDue(let name?, _):
            let (file, standing) = try knownCase(name, through: .notice)
            _ = try casePurpose(file, standing)
            return read(file.id, .nothing)
        case .listCases, .inbox:
            try noAdministrator(roles)
            try notCivil()
            return read(nil, .nothing)
        case .verify, .replay, .readLines:
            try oversees(roles)
            try notCivil()
            return read(nil, .nothing)
        case .hooks(let act):
            try require(
                "P05",
                roles.contains(.administrator) || (act.item == nil && roles.contains(.oversight)),
                "The asker is an administrator, or oversees and only looks.",
                ask: "Ask the administrator."
            )
            try notCivil()
            return read(nil, .nothing, item: act.item)
        case .export(let name):
            guard let name else {
                try oversees(roles)
                try notCivil()
                return read(nil, .nothing, kind: "access.exported")
            }
            let (file, standing) = try knownCase(name)
            _ = try casePurpose(file, standing)
            try require(
                "P05",
                standing.isOversight || standing.isCaseLead || (standing.isInCase && standing.roles.contains(.legal)),
                "The asker leads the case, is legal in it, or oversees it.",
                ask: "Ask the lead of the case."
            )
            var decision = read(file.id, scope(file, standing), kind: "access.exported")
            decision.reading?.parts = PartsScope(standing, scope(file, standing), in: file, of: state)
            return decision
        case .backUp:
            // It shows nothing to whoever asks for it.
            try require(
                "P05",
                roles.contains(.administrator),
                "The asker is an administrator.",
                ask: "Ask an administrator."
            )
            try notCivil()
            return read(nil, .nothing, kind: "access.exported")
        case .listAccess(let name, _, let ours, _):
            var caseID: CaseID?
            if let name { caseID = try knownCase(name).0.id }
            try notCivil()
            if ours {
                try require(
                    "P05",
                    roles.contains(.liaison) || roles.contains(.oversight),
                    "The asker is a liaison, who answers for what his agency contributed, or oversees.",
                    ask: "Ask your agency's liaison."
                )
            }
            var decision = read(caseID, .nothing)
            decision.reading?.audience =
                roles.contains(.oversight)
                ? .all : roles.contains(.liaison) ? (ours ? .information : .agency) : .own
            return decision
        default:
            try notCivil()
            return read(nil, .nothing)
        }
    }

    /// The line of the register under which somebody outside the case reads an entry: the newest that is of no emergency, else
    /// that of the emergency.
    private func releaseLine(_ file: CaseFile, _ number: Int64) -> Int64? {
        let releases = state.releases(of: file, to: member, now).filter { $0.entry == number }
        return (releases.last { $0.emergency == nil } ?? releases.last)?.line
    }

    private mutating func noAdministrator(_ roles: Roles) throws(Refusal) {
        try require("P09", !roles.contains(.administrator), "An administrator sees no cases.")
    }

    private mutating func oversees(_ roles: Roles) throws(Refusal) {
        try require("P05", roles.contains(.oversight), "The asker holds oversight.", ask: "Ask the oversight officer.")
    }

    func read(
        _ caseID: CaseID?,
        _ scope: EntryScope,
        item: String? = nil,
        kind: String = "access.read"
    ) -> Decision {
        var decision = event(
            kind,
            caseID ?? .system,
            nil,
            command.purpose.flatMap { Purpose(rawValue: $0) }
                ?? (caseID == nil ? .administration : .criminalInvestigation),
            .access(act: command.act.name, item: item, code: nil)
        )
        decision.reading = ReadingGrant(member: member.id, caseID: caseID, entry: nil, scope: scope, audience: .own)
        return decision
    }
}
