extension Parser {
    /// A string, from its opening quote; nearly all have no escapes and are made in one go.
    mutating func parseString() throws(Malformed) -> String {
        position += 1
        let start = position
        let end = unsafe PlainText.length(of: UnsafeBufferPointer(rebasing: bytes[start...])) + start
        position = end
        guard let byte = next else { throw Malformed(.truncated, at: end) }
        switch byte {
        case UInt8(ascii: "\""):
            position += 1
            return try text(start..<end)
        case UInt8(ascii: "\\"):
            return try parseEscapedString(from: start)
        default:
            throw Malformed(byte == 0 ? .nulCharacter : .controlCharacter, at: end)
        }
    }

    /// The bytes as text; the standard library's validation refuses overlong forms, surrogates and all beyond U+10FFFF.
    ///
    /// It takes many times as long as making the text, so that ASCII, which is always sound, is told first.
    private func text(_ range: Range<Int>) throws(Malformed) -> String {
        let slice = unsafe UnsafeBufferPointer(rebasing: bytes[range])
        if unsafe PlainText.isASCII(slice) { return unsafe String(decoding: slice, as: UTF8.self) }
        guard let text = unsafe String(validating: slice, as: UTF8.self) else {
            throw Malformed(.encoding, at: range.lowerBound)
        }
        return text
    }

    /// Reads on at the first backslash, gathering the bytes that the escapes stand for.
    private mutating func parseEscapedString(from start: Int) throws(Malformed) -> String {
        var gathered: [UInt8] = []
        var runStart = start
        while true {
            unsafe gathered.append(contentsOf: bytes[runStart..<position])
            guard let byte = next else { throw Malformed(.truncated, at: position) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: gathered, as: UTF8.self) else {
                    throw Malformed(.encoding, at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                try takeEscape(into: &gathered)
            default:
                throw Malformed(byte == 0 ? .nulCharacter : .controlCharacter, at: position)
            }
            runStart = position
            position += unsafe PlainText.length(of: UnsafeBufferPointer(rebasing: bytes[position...]))
        }
    }

    private mutating func takeEscape(into gathered: inout [UInt8]) throws(Malformed) {
        let place = position
        position += 1
        guard let letter = next else { throw Malformed(.truncated, at: position) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): gathered.append(letter)
        case UInt8(ascii: "b"): gathered.append(0x08)
        case UInt8(ascii: "t"): gathered.append(0x09)
        case UInt8(ascii: "n"): gathered.append(0x0A)
        case UInt8(ascii: "f"): gathered.append(0x0C)
        case UInt8(ascii: "r"): gathered.append(0x0D)
        case UInt8(ascii: "u"): gathered.append(contentsOf: String(try takeScalar(from: place)).utf8)
        default:
            position = place + 1
            throw unexpected()
        }
    }

    /// A character after `\u`, which beyond U+FFFF is written as two surrogates (RFC 8259 section 7).
    private mutating func takeScalar(from place: Int) throws(Malformed) -> Unicode.Scalar {
        let unit = try takeHexadecimal()
        guard unit != 0 else { throw Malformed(.nulCharacter, at: place) }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), next == UInt8(ascii: "\\") else { throw Malformed(.encoding, at: place) }
        position += 1
        guard next == UInt8(ascii: "u") else { throw Malformed(.encoding, at: place) }
        position += 1
        let second = try takeHexadecimal()
        guard UTF16.isTrailSurrogate(second) else { throw Malformed(.encoding, at: place) }
        let value = 0x1_0000 + ((UInt32(unit) & 0x3FF) << 10) + (UInt32(second) & 0x3FF)
        guard let scalar = Unicode.Scalar(value) else { throw Malformed(.encoding, at: place) }
        return scalar
    }

    private mutating func takeHexadecimal() throws(Malformed) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw unexpected() }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw unexpected()
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
