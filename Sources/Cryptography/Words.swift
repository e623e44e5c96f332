extension [UInt8] {
    /// The 16 bytes of two words, the highest first: the form of identifiers that are kept as two words.
    public init(bigEndian high: UInt64, _ low: UInt64) {
        self = unsafe [UInt8](unsafeUninitializedCapacity: 16) { bytes, count in
            for place in 0..<8 {
                unsafe bytes[place] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * place))
                unsafe bytes[place + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * place))
            }
            count = 16
        }
    }
}
