/// What makes an author's statement unlike every other of theirs: 16 bytes of chance, 32 hexadecimal digits as text.
///
/// The record takes each pair of author and nonce once, so that a statement cannot be replayed.
public struct Nonce: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A nonce from its bytes; nil unless there are 16.
    public init?(bytes: [UInt8]) {
        guard let key = CaseKey(bytes: bytes) else { return nil }
        self.init(high: key.high, low: key.low)
    }

    /// The nonce that 32 lower-case hexadecimal digits stand for; nil for anything else.
    public init?(hex: String) {
        guard let key = CaseKey(hex: hex) else { return nil }
        self.init(high: key.high, low: key.low)
    }

    /// The 16 bytes.
    public var bytes: [UInt8] { CaseKey(high: high, low: low).bytes }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { CaseKey(high: high, low: low).hex }

    /// Appends the 32 digits.
    public func writeHex(into output: inout [UInt8]) {
        CaseKey(high: high, low: low).writeHex(into: &output)
    }
}

extension Nonce: CustomStringConvertible {
    /// The hexadecimal form.
    public var description: String { hex }
}
