import Policy
import StrictJSON

/// How a charge ended; a closed list, in which being let off stands beside being convicted (domain.md 6.5).
package enum Disposition: String, Hashable, Sendable, CaseIterable {
    case convicted
    case pleadedGuilty = "pleaded-guilty"
    case acquitted
    case dismissed
    /// The prosecutor brings no charge.
    case declined
    case deferred
    case transferred
}

/// What came of one charge.
package struct ProsecutionOutcome: Hashable, Sendable {
    /// The statute, such as 18 USC 1591; nobody is named.
    package var charge: String
    package var disposition: Disposition

    var record: JSONObject {
        ["charge": .string(charge), "disposition": .string(disposition.rawValue)]
    }

    init(charge: String, disposition: Disposition) {
        self.charge = charge
        self.disposition = disposition
    }

    init(_ fields: Fields) throws(EventFault) {
        charge = try fields.string("charge")
        disposition = try fields.word("disposition") { Disposition(rawValue: $0) }
    }
}

extension CaseState {
    /// Whether work goes on: entries are taken, and what agencies do together.
    var isWorked: Bool { self == .open || self == .referred || self == .prosecuting || self == .disposed }
}

extension Gate {
    /// Counsel says how a charge ended: once there is a prosecution, or instead of one that the prosecutor declines.
    mutating func recordOutcome(_ name: String, _ outcome: ProsecutionOutcome) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        try require("P05", standing.isCounsel, "The asker is counsel of the case.", ask: "Ask counsel of the case.")
        try require("L02", file.state != .closed, "The case is not closed.")
        let isProsecuted = file.state == .prosecuting || file.state == .disposed
        try require(
            "L01",
            isProsecuted || (file.state == .referred && outcome.disposition == .declined),
            "There is a prosecution, or the prosecutor declines it.",
            message: "The case is \(file.state.rawValue): outcomes are recorded once it is prosecuted."
        )
        let purpose = try casePurpose(file, standing)
        return event("case.prosecution_outcome", file.id, .legal, purpose, .prosecutionOutcome(outcome))
    }

    /// A case is referred to somebody.
    mutating func counselAssigned(_ file: CaseFile) throws(Refusal) {
        let counsel = file.assignments.keys.contains { id in
            state.members[id].map { state.standing(of: $0, in: file, now).isCounsel && !$0.isDisabled } ?? false
        }
        try require(
            "L01",
            counsel,
            "Counsel is assigned.",
            message: "No counsel is assigned to whom the case could be referred.",
            ask: "Invite the prosecutor's agency, and have its liaison assign counsel."
        )
    }
}

extension CaseworkState {
    mutating func evolve(_ outcome: ProsecutionOutcome, in id: CaseID) {
        guard let index = cases.index(forKey: id) else { return }
        cases.values[index].outcomes.append(outcome)
        cases.values[index].state = .disposed
    }
}
