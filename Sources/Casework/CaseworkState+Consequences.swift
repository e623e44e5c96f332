package import Policy

extension CaseworkState {
    /// Everything that the daemon itself records with an event that the state has followed, in the same batch: the notices of a
    /// purge, what a link says in the other case, what each side of a conflict is told, and what ends with a clock.
    ///
    /// - Parameters:
    ///   - event: which the state has followed already.
    ///   - now: the moment of its line.
    /// - Returns: In the order in which they are recorded.
    package func consequences(after event: Event, now: UTCTime) -> [Decision] {
        guard event.mayHaveConsequences else { return [] }
        // What else the daemon records by itself is what follows already.
        if case .clock(let clock) = event.body {
            return disablings(after: clock, now) + deconflictionConsequences(after: event, now)
        }
        guard event.member != nil else { return [] }
        let told: [Decision] =
            switch event.body {
            case .removal: notices(after: event)
            case .caseLink(let number, _): links(after: event, number)
            default: retaliations(after: event)
            }
        return told + deconflictionConsequences(after: event, now)
    }
}

extension Event {
    /// False of entries, which most lines are: nothing follows from one, and who asks need not reach for the state.
    package var mayHaveConsequences: Bool {
        if case .entryRecorded = body { return false }
        return true
    }
}
