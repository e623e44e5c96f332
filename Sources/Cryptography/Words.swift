extension [UInt8] {
    /// The 16 bytes of two words, the highest first: the form of identifiers that are kept as two words.
    public init(bigEndian high: UInt64, _ low: UInt64) {
        self = unsafe Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { unsafe [UInt8]($0) }
    }
}
