import Cryptography

/// The name of a case in the record: 16 random bytes that mean nothing.
///
/// All zeros name the registry.
package struct CaseID: Hashable, Sendable, Comparable {
    private let high: UInt64
    private let low: UInt64

    /// The registry: agencies, agreements, members.
    package static let system = CaseID(high: 0, low: 0)

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless there are 16 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    package var bytes: [UInt8] {
        [UInt8](bigEndian: high, low)
    }

    /// 32 lowercase hexadecimal digits.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Nil unless there are 32 lowercase hexadecimal digits.
    package init?(hex: String) {
        var bytes: [UInt8] = []
        var half: UInt8?
        for digit in hex.utf8 {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x57
            default: return nil
            }
            if let first = half {
                bytes.append(first << 4 | value)
                half = nil
            } else {
                half = value
            }
        }
        guard half == nil else { return nil }
        self.init(bytes: bytes)
    }

    /// True if the id in hexadecimal digits begins so.
    func begins(withHex start: [UInt8]) -> Bool {
        guard start.count <= 32 else { return false }
        for (index, digit) in start.enumerated() {
            let word = index < 16 ? high : low
            let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 15
            guard digit == (nibble < 10 ? 0x30 + nibble : 0x57 + nibble) else { return false }
        }
        return true
    }

    package static func < (left: CaseID, right: CaseID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
