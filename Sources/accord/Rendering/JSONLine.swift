import StrictJSON

/// An object on one line that is safe to look at: control characters, bidirectional controls and what has no width are
/// escaped as RFC 8259 section 7 allows, so that a reader of JSON gets the same text.
enum JSONLine {
    static func text(of object: JSONObject) -> [UInt8] {
        let plain = object.encoded
        if plain.allSatisfy({ (0x20...0x7E).contains($0) }) { return plain }
        var result: [UInt8] = []
        result.reserveCapacity(plain.count + 32)
        for scalar in String(decoding: plain, as: UTF8.self).unicodeScalars {
            guard VisibleText.isHidden(scalar) else {
                result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
                continue
            }
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                let digits = String(unit, radix: 16)
                result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            }
        }
        return result
    }
}
