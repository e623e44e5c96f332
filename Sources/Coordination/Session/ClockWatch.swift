/// Notices that the machine's clock went back: it changes neither order nor expiry here, and oversight should know.
struct ClockWatch: Sendable {
    /// Steps of fewer milliseconds are none: no time in use shows less than hundredths of a second (AU-8).
    static let tolerance: Int64 = 10

    /// Milliseconds since the UNIX epoch; nil before the first look.
    private var last: Int64?

    /// Looks at the clock.
    ///
    /// - Parameters:
    ///   - now: What it says, in milliseconds since the UNIX epoch.
    ///   - recorded: Time of the last line, which the first look is compared with.
    /// - Returns: How many milliseconds it went back since the last look; nil if it did not.
    mutating func stepBack(at now: Int64, recorded: Int64) -> Int64? {
        let before = last ?? recorded
        last = now
        let (step, overflows) = before.subtractingReportingOverflow(now)
        return step > Self.tolerance && !overflows ? step : nil
    }
}
