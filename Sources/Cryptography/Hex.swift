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
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            guard let digit = digit(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
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

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
