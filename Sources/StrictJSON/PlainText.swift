/// Finds the first byte of a string that JSON cannot hold as it is: a control character, a quote, a backslash.
enum PlainText {
    /// The number of bytes before the first special one, looked at eight at a time.
    static func length(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let count = bytes.count
        guard let base = unsafe UnsafeRawPointer(bytes.baseAddress) else { return 0 }
        var index = 0
        while index &+ 8 <= count {
            let word = unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let found = specials(in: UInt64(littleEndian: word))
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            switch unsafe bytes[index] {
            case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): return index
            default: index &+= 1
            }
        }
        return count
    }

    /// Whether all bytes are below 0x80.
    static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = unsafe UnsafeRawPointer(bytes.baseAddress) else { return true }
        var all: UInt64 = 0
        var index = 0
        while index &+ 8 <= bytes.count {
            unsafe all |= base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < bytes.count {
            unsafe all |= UInt64(bytes[index])
            index &+= 1
        }
        return all & 0x8080_8080_8080_8080 == 0
    }

    /// A word whose lowest set bit lies in the first special byte, or zero.
    ///
    /// `x - 0x01…` borrows into the top bit of a byte that was zero. A borrow can spoil only bytes above the first hit,
    /// which is all that is used.
    private static func specials(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let control = (word &- ones &* 0x20) & ~word
        return (control | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)) & tops
    }
}
