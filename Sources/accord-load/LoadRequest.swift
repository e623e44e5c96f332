import Glibc

/// The id of one update: 48 bits of the time in milliseconds, so that the daemon's index grows at its end, and 80 that
/// nobody can foresee.
struct LoadRequest: Hashable, Sendable {
    private let milliseconds: UInt64
    private let high: UInt64
    private let low: UInt16

    /// Numbers that nobody foresees who does not know where they began: the system's own take a call each.
    struct Chance: RandomNumberGenerator {
        private var state = UInt64.random(in: .min ... .max)

        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    /// A new one.
    static func new(using generator: inout some RandomNumberGenerator) -> LoadRequest {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return LoadRequest(
            milliseconds: UInt64(clamping: Int64(now.tv_sec)) &* 1_000 &+ UInt64(clamping: now.tv_nsec / 1_000_000),
            high: generator.next(),
            low: generator.next()
        )
    }

    /// Appends 32 hexadecimal digits.
    func write(into output: inout [UInt8]) {
        Self.write(milliseconds, digits: 12, into: &output)
        Self.write(high, digits: 16, into: &output)
        Self.write(UInt64(low), digits: 4, into: &output)
    }

    private static func write(_ value: UInt64, digits: Int, into output: inout [UInt8]) {
        for place in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * place)) & 15
            output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
