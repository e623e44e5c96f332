/// Base64 (RFC 4648 section 4) in the one spelling that each byte string has.
public enum Base64 {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// The text, padded to a multiple of four characters.
    public static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = alphabet
        let length = (bytes.count + 2) / 3 * 4
        return unsafe String(unsafeUninitializedCapacity: length) { output in
            var place = 0
            var index = 0
            while index < bytes.count {
                let left = bytes.count - index
                let first = UInt32(bytes[index])
                let second = left > 1 ? UInt32(bytes[index + 1]) : 0
                let third = left > 2 ? UInt32(bytes[index + 2]) : 0
                let group = first << 16 | second << 8 | third
                unsafe output[place] = alphabet[Int(group >> 18)]
                unsafe output[place + 1] = alphabet[Int(group >> 12 & 63)]
                unsafe output[place + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : padding
                unsafe output[place + 3] = left > 2 ? alphabet[Int(group & 63)] : padding
                index += 3
                place += 4
            }
            return length
        }
    }

    /// The bytes; nil for space, a missing or surplus `=`, another alphabet, or spare bits that are not zero.
    ///
    /// Two texts never stand for the same bytes, so that a signature has no second spelling.
    public static func decode(_ text: String) -> [UInt8]? {
        decode([UInt8](text.utf8))
    }

    /// The bytes that ASCII text stands for, see ``decode(_:)-(String)``.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        guard !text.isEmpty else { return [] }
        let pads = text.suffix(2) == [padding, padding] ? 2 : text.last == padding ? 1 : 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var bits = 0
        for character in text.dropLast(pads) {
            guard let value = value(of: character) else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
                group &= (1 << UInt32(bits)) - 1
            }
        }
        return group == 0 ? bytes : nil
    }

    static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
