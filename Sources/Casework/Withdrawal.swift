import Policy
import StrictJSON

/// What becomes of an agency's information when it leaves a case: its entries are frozen and never deleted, and what it shared
/// under H2 stays with it (domain.md 6.6).
extension CaseworkState {
    /// Keeps in mind which entries stay with an agency that has left, whatever it is invited to since; none do of one that is
    /// there, again or still.
    mutating func keep(of agency: AgencyID, in id: CaseID) {
        guard let file = cases[id], let part = file.participants[agency] else { return }
        guard part.hasLeft || !file.kept.isEmpty else { return }
        for (place, facts) in file.entries.enumerated() where origin(of: facts) == agency {
            let number = Int64(place) + 1
            if part.hasLeft, facts.handling >= .h2 {
                cases[id]?.kept.insert(number)
            } else {
                cases[id]?.kept.remove(number)
            }
        }
    }
}

extension Participant {
    /// True of one that is not in the case: whoever said something there was.
    var hasLeft: Bool { standing != .joined }
}

extension CaseFile {
    /// The entries that stay with agencies that left, but for those that they gave to this one.
    func kept(from agency: AgencyID) -> Set<Int64> {
        guard !kept.isEmpty else { return [] }
        return kept.subtracting(
            permissions.filter { $0.recipient == agency && $0.answer == .granted }.map(\.entry)
        )
    }
}

extension WorkEvent {
    /// How what a step says is to be handled; H0 where it does not say.
    var handling: Handling { facts["handling"]?.string.flatMap { Handling($0) } ?? .h0 }
}
