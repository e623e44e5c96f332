import Cryptography

/// The stream of a case in the record: 16 bytes without meaning, 32 hexadecimal digits as text.
public struct CaseKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// All bytes zero: the stream of the registry and of the daemon itself.
    public static let system = CaseKey(high: 0, low: 0)

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A key from its bytes; nil unless there are 16.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The key that 32 lower-case hexadecimal digits stand for; nil for anything else.
    public init?(hex: String) {
        self.init(hex: Array(hex.utf8))
    }

    init?(hex digits: [UInt8]) {
        guard digits.count == 32, let high = Hex.word(digits.span.extracting(0..<16)),
            let low = Hex.word(digits.span.extracting(16..<32))
        else { return nil }
        self.init(high: high, low: low)
    }

    /// Whether this is the system's stream.
    public var isSystem: Bool { self == .system }

    /// The 16 bytes.
    public var bytes: [UInt8] {
        [UInt8](bigEndian: high, low)
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String {
        var digits: [UInt8] = []
        writeHex(into: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the 32 digits.
    public func writeHex(into output: inout [UInt8]) {
        Hex.append(high, to: &output)
        Hex.append(low, to: &output)
    }
}

extension CaseKey: Comparable {
    /// Orders by bytes.
    public static func < (left: CaseKey, right: CaseKey) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension CaseKey: CustomStringConvertible {
    /// The hexadecimal form.
    public var description: String { hex }
}
