/// How fast one user may make connections: a bucket of tokens that refills steadily.
///
/// A connection without a token is not refused but begins later, as long as that is within ``patience``; a user in a hurry
/// then waits for nobody but himself.
struct AcceptBudget: Sendable {
    /// The longest wait that is granted, in nanoseconds.
    static let patience: UInt64 = 1_000_000_000

    private let nanosecondsPerToken: UInt64
    private let burst: UInt64
    /// When the bucket will be full, in nanoseconds.
    private var full: UInt64 = 0

    init(perSecond: Int, burst: Int) {
        nanosecondsPerToken = 1_000_000_000 / UInt64(max(1, min(perSecond, 1_000_000_000)))
        self.burst = UInt64(max(1, min(burst, 1 << 20)))
    }

    /// Takes a token at a moment in nanoseconds.
    ///
    /// - Returns: how many nanoseconds to wait, nil if that would be too long.
    mutating func take(at now: UInt64) -> UInt64? {
        let due = max(full, now) + nanosecondsPerToken
        let ahead = due - now
        let allowed = burst * nanosecondsPerToken
        let wait = ahead > allowed ? ahead - allowed : 0
        guard wait <= Self.patience else { return nil }
        full = due
        return wait
    }

    /// Whether nothing is remembered at this moment.
    func isFull(at now: UInt64) -> Bool {
        full <= now
    }
}
