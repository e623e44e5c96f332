import ArgumentParser
import Cryptography
import Glibc

/// The name of one act, made here, so that repeating the act after a lost answer cannot record it twice.
///
/// 32 hexadecimal digits: twelve of the time in milliseconds, so that the daemon's index grows at its end, and twenty
/// that nobody can foresee.
struct RequestID: ExpressibleByArgument, Equatable {
    let hex: String

    /// Nil unless 32 lower-case hexadecimal digits.
    init?(argument: String) {
        guard argument.utf8.count == 32,
            argument.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        hex = argument
    }

    /// From a time and ten random bytes.
    init(milliseconds: Int64, random: [UInt8]) {
        let time = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * Int64($0))) }
        hex = Hex.encode(time + random.prefix(10))
    }

    /// A new one.
    ///
    /// The system's generator reads getrandom(2); libcrypto's would cost its start, some milliseconds.
    static func new() -> RequestID {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<10).map { _ in UInt8.random(in: .min...(.max), using: &generator) }
        return RequestID(milliseconds: Clock.microseconds / 1000, random: random)
    }
}

/// This host's clock.
enum Clock {
    /// Microseconds since 1970-01-01T00:00:00Z.
    static var microseconds: Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }
}
