import Casework
import Policy
import Varlink

/// A flood of refusals costs whoever causes it an answer each, and the record one line with a count.
extension Sequencer {
    /// Owes a refusal without a line if its speaker had too many of late.
    ///
    /// What was refused makes no difference, so that absent and forbidden stay the same.
    ///
    /// - Returns: True if that is all that is to be done; false if it is to be recorded.
    func countsOnly(_ refusal: Refusal, of call: Call, _ asker: Asker) -> Bool {
        let now = surroundings.clock()
        if refusals.isOver(at: now) { recordRefusalCounts() }
        guard !refusals.records(speaker(asker), at: now) else { return false }
        prepared.debts.append(Debt(caller: call.caller, payment: .refusal(refusal)))
        return true
    }

    /// A key that nobody enrolled says nothing of who speaks, and anybody can make as many as he likes.
    private func speaker(_ asker: Asker) -> String {
        guard state.member(by: asker.by) == nil, let uid = asker.uid else { return asker.by }
        return "uid:\(uid)"
    }

    /// Ends the window of counting and puts the counts on the record.
    func recordRefusalCounts() {
        guard mode == .running else { return }
        for (speaker, count) in refusals.end() { recordSystem(.refusalsCounted(by: speaker, count: count)) }
    }

    /// What is due at each tick: counts whose window is over.
    func recordRefusalCountsIfDue() {
        if refusals.isOver(at: surroundings.clock()) { recordRefusalCounts() }
    }
}
