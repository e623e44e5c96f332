/// Pieces of JSON text, for writers that build a message without a value.
public enum JSONText {
    /// Appends a string with its quotes.
    ///
    /// Only quotes, backslashes and control characters are escaped, as RFC 8785 section 3.2.2.2 wants it. A U+0000 is
    /// written as an escape, which the parser does not read back.
    public static func writeString(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        if unsafe text.utf8.withContiguousStorageIfAvailable({ unsafe writeBytes($0, into: &output) }) == nil {
            var native = text
            native.withUTF8 { unsafe writeBytes($0, into: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends a key with its quotes and the colon.
    public static func writeKey(_ key: String, into output: inout [UInt8]) {
        writeString(key, into: &output)
        output.append(UInt8(ascii: ":"))
    }

    /// Appends an integer in decimal digits.
    public static func writeInteger(_ value: Int64, into output: inout [UInt8]) {
        if value < 0 { output.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        guard rest >= 10 else {
            output.append(UInt8(ascii: "0") + UInt8(rest))
            return
        }
        let start = output.count
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            output.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        }
        output[start...].reverse()
    }

    /// Appends a double with as few digits as read back to the same double; JSON has no other than finite numbers, so
    /// that those become `null` as they do in ECMAScript.
    public static func writeNumber(_ value: Double, into output: inout [UInt8]) {
        output.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    }

    private static func writeBytes(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        var rest = unsafe bytes
        while true {
            let plain = unsafe PlainText.length(of: rest)
            unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<plain]))
            guard plain < rest.count else { return }
            unsafe writeEscape(of: rest[plain], into: &output)
            unsafe rest = UnsafeBufferPointer(rebasing: rest[(plain + 1)...])
        }
    }

    private static func writeEscape(of byte: UInt8, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            output.append(contentsOf: "u00".utf8)
            output.append(hexadecimal(byte >> 4))
            output.append(hexadecimal(byte & 0xF))
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
