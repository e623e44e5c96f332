import Policy
import StrictJSON

/// What is asked of subjects beyond who, when and from where (28 CFR Part 23).
extension Gate {
    /// There is a suspicion, and something on which it rests.
    mutating func suspected(_ check: WorkCheck) throws(Refusal) {
        try require(
            "P10",
            check.act.facts["entry"] != nil || check.act.parts["basis"] != nil,
            "The suspicion rests on an entry of the case, or on what is stated."
        )
    }

    /// Who registers it answers for how it was come by, and that it is about conduct; his name is on the line (28 CFR 23.20(b), (d)).
    mutating func attested(_ check: WorkCheck) throws(Refusal) {
        try require(
            "P10A",
            check.act.facts["lawfully_obtained"]?.bool ?? false,
            "The asker attests that what it rests on was lawfully obtained, and is about conduct."
        )
    }

    /// The entry on which a suspicion rests is one that all may read who see the subject.
    mutating func basis(_ check: WorkCheck) throws(Refusal) {
        guard let number = check.act.facts["entry"]?.integer else { return }
        let (_, facts) = try visibleEntry(check.file, check.standing, "E-\(number)", at: .content)
        guard facts.compartment == .ordinary else {
            throw .malformed(field: "entry", "one of CASE: whoever sees the subject may read it")
        }
        try current(number, facts)
    }

    /// No text says who somebody is: what identifies goes to target deconfliction, which keeps no more of it than a digest.
    mutating func unidentified(_ check: WorkCheck) throws(Refusal) {
        for (name, value) in check.act.parts.members {
            let found = IdentityPattern.first(in: value.string ?? "")
            try require(
                "P13S",
                found == nil,
                "No text about a subject holds what identifies a person.",
                message: found.map { "“\(name)” seems to hold \($0.words)." }
            )
        }
    }
}
