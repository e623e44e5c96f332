import Dispatch

/// A moment on the clock that never goes back, in nanoseconds since the machine started.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Nanoseconds.
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// This moment.
    package static var now: MonotonicTime { MonotonicTime(nanoseconds: DispatchTime.now().uptimeNanoseconds) }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// How long ago an earlier moment was; zero for a later one.
    package func since(_ earlier: MonotonicTime) -> Duration {
        .nanoseconds(nanoseconds > earlier.nanoseconds ? Int64(clamping: nanoseconds - earlier.nanoseconds) : 0)
    }

    /// The moment after a span; a negative span counts as none, one of more than a century as a century.
    package func advanced(by span: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds &+ Self.nanoseconds(span))
    }

    /// A span in nanoseconds, from none to a century.
    package static func nanoseconds(_ span: Duration) -> UInt64 {
        let (seconds, attoseconds) = span.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let bounded = min(UInt64(seconds), 100 * 366 * 86_400)
        return bounded * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
    }
}
