/// What a text about a victim may not hold (rule P13): what identifies somebody by its form, a name or an address.
///
/// It is not cautious: where somebody may be in danger, a text that is refused for nothing is written anew.
enum VictimText {
    /// In words what a text seems to hold; nil if nothing.
    static func identifying(_ text: String) -> String? {
        if let found = IdentityPattern.first(in: text) { return found.words }
        let words = words(of: text)
        if holdsName(words) { return "a name" }
        if holdsAddress(words) { return "an address" }
        return nil
    }

    /// Whether a victim's reference such as V-7F3A stands in it.
    static func namesReference(_ text: String) -> Bool {
        let bytes = Array(text.uppercased().utf8)
        return bytes.indices.dropLast(5).contains { start in
            bytes[start] == 0x56 && bytes[start + 1] == 0x2D && bytes[start + 2..<start + 6].allSatisfy(isHex)
                && (start == 0 || !isWord(bytes[start - 1])) && (start + 6 == bytes.count || !isWord(bytes[start + 6]))
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || byte >= 0x80
    }

    /// A word, and whether a sentence begins with it.
    private struct Word {
        let text: Substring
        let beginsSentence: Bool
        /// Whether nothing but a space stands before it.
        let followsClosely: Bool
        var lower: String { text.lowercased() }
        var isCapitalised: Bool {
            text.count > 1 && (text.first?.isUppercase ?? false) && text.dropFirst().contains { $0.isLowercase }
        }
    }

    private static func words(of text: String) -> [Word] {
        var words: [Word] = []
        var rest = text[...]
        var begins = true
        while let start = rest.firstIndex(where: { $0.isLetter || $0.isNumber }) {
            let gap = rest[..<start]
            if !words.isEmpty { begins = gap.contains { ".!?;:\n".contains($0) } }
            let tail = rest[start...]
            let end = tail.firstIndex { !($0.isLetter || $0.isNumber || "'’-".contains($0)) } ?? tail.endIndex
            let isClose = !words.isEmpty && gap.allSatisfy { $0.isWhitespace && !$0.isNewline }
            words.append(Word(text: tail[..<end], beginsSentence: begins, followsClosely: isClose))
            rest = rest[end...]
        }
        return words
    }

    private static let titles: Set<String> = ["mr", "mrs", "ms", "miss", "mx", "señor", "señora", "sr", "sra"]
    private static let naming: Set<String> = ["name", "named", "called", "alias", "nickname", "aka", "surname"]
    /// Words that begin a sentence and are no name, and those that are written with a capital letter and are none.
    private static let plain: Set<String> = [
        "the", "a", "an", "this", "that", "these", "those", "she", "he", "they", "her", "his", "their", "it", "its",
        "at",
        "in", "on", "no", "one", "two", "three", "please", "do", "call", "tell", "someone", "somebody", "nobody", "if",
        "when", "after", "before", "and", "but", "or", "for", "from", "to", "of", "by", "not", "all", "any", "some",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
        "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]

    /// After a title or a word for it, or two words with capital letters in a row.
    private static func holdsName(_ words: [Word]) -> Bool {
        for (word, next) in zip(words, words.dropFirst()) where next.isCapitalised {
            if titles.contains(word.lower) { return true }
            let isName = !plain.contains(next.lower) && !plain.contains(word.lower)
            if naming.contains(word.lower) || (isName && next.followsClosely && word.isCapitalised) { return true }
        }
        // “Her name is Maria.”
        return zip(words, words.dropFirst(2)).contains { label, word in
            naming.contains(label.lower) && word.isCapitalised && !word.beginsSentence && !plain.contains(word.lower)
        }
    }

    private static let streets: Set<String> = [
        "street", "st", "road", "rd", "avenue", "ave", "boulevard", "blvd", "lane", "ln", "court", "drive", "highway",
        "apartment", "apt",
    ]

    /// A number, and a street's name right after it.
    private static func holdsAddress(_ words: [Word]) -> Bool {
        words.indices.contains { place in
            guard words[place].text.first?.isNumber ?? false, words[place].text.count <= 6 else { return false }
            let after = words[(place + 1)..<min(place + 5, words.count)].prefix { !$0.beginsSentence }
            return after.contains { streets.contains($0.lower) && $0.followsClosely }
                && after.contains { $0.isCapitalised }
        }
    }
}
