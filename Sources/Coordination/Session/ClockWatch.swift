/// Notices that the machine's clock was set: that changes neither order nor expiry here, and oversight should know.
struct ClockWatch: Sendable {
    /// What the clock did beside running on.
    enum Step: Equatable {
        /// By so many milliseconds.
        case back(Int64)
        case forward(Int64)
    }

    /// Steps back of fewer milliseconds are none: no time in use shows less than hundredths of a second (AU-8).
    static let tolerance: Int64 = 10
    /// Steps forward of fewer milliseconds are none: a clock that is slewed gains less between two looks.
    static let toleranceForward: Int64 = 1_000

    /// Milliseconds since the UNIX epoch, and on the clock that nobody sets; nil before the first look.
    private var last: (time: Int64, uptime: Int64)?

    /// Looks at the clock.
    ///
    /// - Parameters:
    ///   - now: What it says, in milliseconds since the UNIX epoch.
    ///   - uptime: What the clock says that nobody sets, in milliseconds.
    ///   - recorded: Time of the last line, which the first look is compared with.
    /// - Returns: How far it was set since the last look; nil if it was not.
    mutating func step(at now: Int64, uptime: Int64, recorded: Int64) -> Step? {
        let before = last ?? (recorded, uptime)
        let isFirst = last == nil
        last = (now, uptime)
        let (went, overflows) = now.subtractingReportingOverflow(before.time)
        guard !overflows else { return nil }
        if went < -Self.tolerance { return .back(-went) }
        // How long nobody looked before the first look, nobody knows.
        let (gained, isTooMuch) = went.subtractingReportingOverflow(max(0, uptime - before.uptime))
        return !isFirst && !isTooMuch && gained > Self.toleranceForward ? .forward(gained) : nil
    }
}
