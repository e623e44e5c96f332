/// How often something came out at most so large, in the form of OpenMetrics: buckets that count all up to a bound.
package struct Histogram: Hashable, Sendable {
    /// The upper bounds, rising; what is larger counts in the last bucket, which has none.
    let bounds: [Int64]
    private(set) var counts: [UInt64]
    private(set) var sum: Int64 = 0

    package init(bounds: [Int64]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func observe(_ value: Int64) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum &+= value
    }

    var count: UInt64 { counts.reduce(0, +) }
}
