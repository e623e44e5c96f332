/// Sixteen hexadecimal digits at a time, read from and written into a line without any allocation.
enum HexDigits {
    /// The word that 16 lower-case digits stand for, the first digit in the highest place; nil for anything else.
    static func word(_ digits: [UInt8], at start: Int) -> UInt64? {
        guard start >= 0, digits.count - start >= 16 else { return nil }
        var word: UInt64 = 0
        for index in start..<start + 16 {
            let value = values[Int(digits[index])]
            guard value < 16 else { return nil }
            word = word << 4 | UInt64(value)
        }
        return word
    }

    /// Appends 16 digits.
    static func write(_ word: UInt64, into output: inout [UInt8]) {
        for place in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(place)) & 15
            output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Whether a byte is `0-9` or `a-f`.
    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        let isDecimal = byte &- UInt8(ascii: "0") < 10
        let isLetter = byte &- UInt8(ascii: "a") < 6
        return isDecimal != isLetter
    }

    /// The value of each byte as a digit, 255 for those that are none.
    private static let values: [UInt8] = (0...255).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(byte) - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt8(byte) - UInt8(ascii: "a") + 10
        default: 255
        }
    }
}
