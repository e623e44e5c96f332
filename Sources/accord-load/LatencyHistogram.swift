/// How long answers took: counts in buckets that are at most 1/64 wide, so that a million cost no more than ten.
struct LatencyHistogram: Sendable {
    /// Buckets of each doubling.
    private static let buckets: UInt64 = 64
    private static let bits = 6

    /// Index to count.
    ///
    /// Below 64 ns each nanosecond has its own.
    private var counts = [UInt64](repeating: 0, count: 64 * 59)
    private(set) var count: UInt64 = 0
    /// The longest, exactly.
    private(set) var maximum: Duration = .zero

    mutating func add(_ duration: Duration) {
        let nanoseconds = UInt64(clamping: Int64(max(0, duration / .nanoseconds(1))))
        counts[Self.index(nanoseconds)] += 1
        count += 1
        maximum = max(maximum, duration)
    }

    mutating func add(_ other: LatencyHistogram) {
        for (index, number) in other.counts.enumerated() { counts[index] += number }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The time within which this share of the answers came, rounded up to the end of its bucket; zero without any.
    func quantile(_ share: Double) -> Duration {
        let wanted = UInt64((Double(count) * min(max(share, 0), 1)).rounded(.up))
        var seen: UInt64 = 0
        for (index, number) in counts.enumerated() where number > 0 {
            seen += number
            if seen >= wanted { return min(maximum, .nanoseconds(Int64(clamping: Self.lowerBound(index + 1)))) }
        }
        return maximum
    }

    /// Answers that took at least `from` and less than `until`.
    struct Row: Hashable, Sendable {
        let from: Duration
        let until: Duration
        let count: UInt64
    }

    /// One row for each doubling between the first and the last that has any.
    var rows: [Row] {
        let size = Int(Self.buckets)
        let sums = stride(from: 0, to: counts.count, by: size).map { start in
            counts[start..<start + size].reduce(0, +)
        }
        guard let first = sums.firstIndex(where: { $0 > 0 }), let last = sums.lastIndex(where: { $0 > 0 }) else {
            return []
        }
        return (first...last).map { group in
            Row(
                from: .nanoseconds(Int64(clamping: Self.lowerBound(group * size))),
                until: .nanoseconds(Int64(clamping: Self.lowerBound((group + 1) * size))),
                count: sums[group]
            )
        }
    }

    private static func index(_ value: UInt64) -> Int {
        guard value >= buckets else { return Int(value) }
        let shift = (UInt64.bitWidth - 1 - value.leadingZeroBitCount) - bits
        return (shift + 1) * Int(buckets) + Int((value >> UInt64(shift)) - buckets)
    }

    private static func lowerBound(_ index: Int) -> UInt64 {
        let (group, place) = index.quotientAndRemainder(dividingBy: Int(buckets))
        guard group > 0 else { return UInt64(place) }
        let value = UInt64(place) + buckets
        return value.leadingZeroBitCount < group ? .max : value << UInt64(group - 1)
    }
}
