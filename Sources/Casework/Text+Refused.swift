/// Kinds of data that have no place here, where free text would carry them in: immigration file numbers, and items of a form.
///
/// It looks for little, so that what is written about such things is hardly ever refused: a label with a value, or a number
/// of that very form.
extension Text {
    static func namesRefusedKind(_ bytes: [UInt8]) -> Bool {
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x41 where isFileNumber(bytes, at: index): return true
            case 0x3A, 0x3D: if isItem(bytes, colon: index) { return true }
            default: continue
            }
        }
        return false
    }

    /// An immigration file number: `A123456789`, `A-123456789`, `A#123-456-789`, `A12-345-678`.
    private static func isFileNumber(_ bytes: [UInt8], at start: Int) -> Bool {
        guard start == 0 || !isWord(bytes[start - 1]) else { return false }
        var rest = bytes[(start + 1)...]
        if rest.first == 0x2D || rest.first == 0x23 { rest = rest.dropFirst() }
        let number = rest.prefix { isDigit($0) || $0 == 0x2D }
        guard rest.dropFirst(number.count).first.map(isWord) != true else { return false }
        var groups = number.split(separator: 0x2D, omittingEmptySubsequences: false).map(\.count)
        if groups.last == 0 { groups.removeLast() }
        return groups == [9] || groups == [3, 3, 3] || groups == [2, 3, 3]
    }

    /// Labels that nobody writes but for a value.
    private static let labels = [
        "country of birth", "country of citizenship", "immigration status", "alien number", "risk score",
        "threat score",
        "facial recognition", "face recognition", "face template", "faceprint", "biometric", "biometrics",
        "fingerprint",
        "fingerprints", "fingerprint classification", "voiceprint", "iris scan", "retina scan", "dna profile",
        "political views", "political affiliation", "religious views", "religious affiliation",
        "victim name", "victim's name", "name of victim", "name of the victim",
    ].map { Array($0.utf8) }

    /// Words that a sentence may hold too: a label where a line or an item of a list begins.
    private static let words = ["nationality", "citizenship", "religion", "ethnicity"].map { Array($0.utf8) }

    /// A label, and something behind its colon on the same line.
    private static func isItem(_ bytes: [UInt8], colon: Int) -> Bool {
        let value = bytes[(colon + 1)...].first { $0 != 0x20 && $0 != 0x09 }
        guard let value, value != 0x0A else { return false }
        let before = bytes[..<colon]
        let spaces = before.reversed().prefix { $0 == 0x20 }.count
        let label = before.dropLast(spaces)
        func ends(with words: [UInt8]) -> ArraySlice<UInt8>? {
            guard label.count >= words.count else { return nil }
            let tail = label.suffix(words.count)
            let isSame = zip(tail, words).allSatisfy { ((0x41...0x5A).contains($0) ? $0 | 0x20 : $0) == $1 }
            return isSame ? label.dropLast(words.count) : nil
        }
        for label in labels {
            if let head = ends(with: label), head.last.map(isWord) != true { return true }
        }
        for word in words {
            guard let head = ends(with: word) else { continue }
            let mark = head.reversed().first { $0 != 0x20 && $0 != 0x09 }
            if mark == nil || [0x0A, 0x2C, 0x3B, 0x7C, 0x2D, 0x2A].contains(mark) { return true }
        }
        return false
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
    }
}
