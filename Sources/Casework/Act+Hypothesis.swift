import Policy

extension Act {
    /// The act that a question about the policy is about, with stand-ins for what no rule looks at; nil for an unknown act.
    package init?(hypothesis question: Hypothesis) {
        let name = question.caseName ?? ""
        let entry = question.entry ?? ""
        let agency = question.agency.flatMap { AgencyID($0) }
        let handling = question.handling.flatMap { Handling($0) } ?? .h0
        let compartment = question.compartment.flatMap { Compartment($0) } ?? .ordinary
        switch question.act {
        case "entry.record":
            self = .recordEntry(
                name,
                EntryProposal(
                    kind: "report",
                    text: "-",
                    handling: handling,
                    compartment: compartment,
                    asksAcknowledgement: false
                )
            )
        case "entry.read": self = .getEntry(name, entry)
        case "entry.list": self = .listEntries(name, after: -1, limit: 0)
        case "entry.correct": self = .correctEntry(name, entry, text: "-", reason: "-")
        case "entry.withdraw": self = .withdrawEntry(name, entry, reason: "-")
        case "entry.acknowledge": self = .acknowledgeEntry(name, entry)
        case "entry.handling": self = .changeHandling(name, entry, handling, reason: "-")
        case "case.show": self = .getCase(name)
        case "case.join": self = .joinCase(name, conditions: nil)
        case "case.link": self = .linkCase(name, "TF-0000-000000")
        case "case.withdraw": self = .withdrawAgency(name, reason: "-")
        case "case.invite":
            guard let agency else { return nil }
            self = .inviteAgency(name, agency, .information, nil)
        case "dissemination.release":
            guard let agency else { return nil }
            self = .releaseEntry(name, entry, agency, reason: "-")
        case "dissemination.request":
            guard let agency else { return nil }
            self = .requestPermission(name, entry, agency, reason: "-")
        case "breakglass.invoke":
            guard let agency else { return nil }
            self = .breakGlass(name, entry, agency, hours: 1, reason: "-")
        case "dissemination.list": self = .listRegister(name)
        case "audit.verify": self = .verify(known: [])
        case "audit.export": self = .export(question.caseName)
        default:
            guard let word = question.act, word.utf8.starts(with: "case.".utf8),
                let move = CaseMove(rawValue: String(word.dropFirst(5)))
            else { return nil }
            self = .moveCase(name, move, reason: "-")
        }
    }
}
