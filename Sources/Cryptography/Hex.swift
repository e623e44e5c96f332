/// Lower-case hexadecimal digits, the only form that the record knows.
public enum Hex {
    /// Two digits for each byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe String(unsafeUninitializedCapacity: 2 * bytes.count) { output in
                unsafe write(bytes, to: output)
                return 2 * bytes.count
            }
        }
    }

    /// The bytes; nil if there is an odd digit or anything but `0-9` and `a-f`, so that bytes have one spelling.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { unsafe decode($0) }
    }

    /// The same of the digits themselves.
    static func decode(_ digits: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var isSound = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: digits.count / 2) { output, count in
            for index in 0..<digits.count / 2 {
                let high = unsafe digit(digits[2 * index])
                let low = unsafe digit(digits[2 * index + 1])
                isSound = isSound && high | low < 16
                unsafe output.initializeElement(at: index, to: high << 4 | low & 15)
            }
            count = digits.count / 2
        }
        return isSound ? bytes : nil
    }

    /// Writes two digits for each byte to a place that is large enough.
    static func write(_ bytes: UnsafeRawBufferPointer, to output: UnsafeMutableBufferPointer<UInt8>) {
        for index in 0..<bytes.count {
            unsafe output[2 * index] = character(bytes[index] >> 4)
            unsafe output[2 * index + 1] = character(bytes[index] & 0xF)
        }
    }

    private static func character(_ digit: UInt8) -> UInt8 {
        digit &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// The value of a digit; more than 15 for anything else.
    private static func digit(_ character: UInt8) -> UInt8 {
        let number = character &- UInt8(ascii: "0")
        if number < 10 { return number }
        let letter = character &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : .max
    }
}
