import Policy

/// Clocks of what an agency owes, as far as its own law has them run out sooner (domain.md 6.11).
extension CaseworkState {
    /// Starts a clock, shortened by the policies in force of who owes what it runs for.
    ///
    /// What has run out under them stays as it is: no later step of the same item gives it more time.
    mutating func start(_ clock: Clock) {
        let shortened = shortened(clock)
        guard shortened == clock || shortened.dueAt > clock.startedAt else { return }
        clocks.start(shortened)
    }

    /// Within how many hours an agency's own law has something done or ended; nil where it says nothing of that.
    func shortened(_ kind: ShortenedClock, of agency: AgencyID, _ now: UTCTime) -> Int64? {
        jurisdiction.inForce(of: agency, now).compactMap { $0.deadlines[kind] }.min()
    }

    private func shortened(_ clock: Clock) -> Clock {
        let isSoon = clock.kind == .requestSoon
        guard !jurisdiction.isEmpty,
            let kind = isSoon ? .request : ShortenedClock(rawValue: clock.kind.rawValue),
            let hours = parties(of: clock).compactMap({ shortened(kind, of: $0, clock.startedAt) }).min()
        else { return clock }
        // A request is late from when it was sent, whatever was said of it since.
        let item =
            kind == .request ? file(ofStream: clock.stream).flatMap { Workflows.item(clock.item, in: $0.work) } : nil
        let span = CaseworkState.hour * (isSoon ? hours * 3 / 4 : hours)
        let due = UTCTime(milliseconds: (item?.openedAt ?? clock.startedAt).milliseconds + span)
        return Clock(clock.kind, clock.stream, clock.item, startedAt: clock.startedAt, dueAt: min(clock.dueAt, due))
    }
}
