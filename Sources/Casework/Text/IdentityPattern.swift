/// What identifies a person and can be told from its form: a lint for free text in which nobody is to be identified.
///
/// It is cautious, so that hardly anything is refused that should not be; who wants to write down a name is not hindered by it.
enum IdentityPattern: CaseIterable {
    case birthDate
    case socialSecurityNumber
    case documentNumber
    case phoneNumber
    case mailAddress

    /// For refusals, which say the kind and never what was found.
    var words: String {
        switch self {
        case .birthDate: "a date of birth"
        case .socialSecurityNumber: "a social security number"
        case .documentNumber: "the number of a passport or an alien file"
        case .phoneNumber: "a phone number"
        case .mailAddress: "an e-mail address"
        }
    }

    /// The first kind that a text seems to hold; nil if none.
    static func first(in text: String) -> IdentityPattern? {
        let folded = FoldedText(text)
        return allCases.first { $0.isFound(in: folded) }
    }

    private func isFound(in text: FoldedText) -> Bool {
        switch self {
        case .birthDate: text.holdsBirthDate
        case .socialSecurityNumber: text.holdsSocialSecurityNumber
        case .documentNumber: text.holdsDocumentNumber
        case .phoneNumber: text.holdsPhoneNumber
        case .mailAddress: text.holdsMailAddress
        }
    }
}

/// A text in small ASCII letters: digits, dashes and spaces of whatever script are the plain ones, all else is one letter.
private struct FoldedText {
    /// A run of digits.
    struct Run {
        let start: Int
        let end: Int
        let value: Int
        var count: Int { end - start }
    }

    private static let other: UInt8 = 0x7F
    private let bytes: [UInt8]
    private let runs: [Run]

    init(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { bytes.append(Self.folded(scalar)) }
        var runs: [Run] = []
        var place = 0
        while place < bytes.count {
            guard Self.isDigit(bytes[place]) else {
                place += 1
                continue
            }
            let start = place
            var value = 0
            while place < bytes.count, Self.isDigit(bytes[place]) {
                if place - start < 6 { value = value * 10 + Int(bytes[place] - 0x30) }
                place += 1
            }
            runs.append(Run(start: start, end: place, value: value))
        }
        self.bytes = bytes
        self.runs = runs
    }

    private static func folded(_ scalar: Unicode.Scalar) -> UInt8 {
        switch scalar.value {
        case 0x41...0x5A: return UInt8(scalar.value) | 0x20
        case 0x00...0x7E: return UInt8(scalar.value)
        case 0x2010...0x2015, 0x2212, 0xFF0D: return UInt8(ascii: "-")
        case 0xFF20: return UInt8(ascii: "@")
        case 0xFF0E: return UInt8(ascii: ".")
        case 0xFF0B: return UInt8(ascii: "+")
        default:
            if scalar.properties.isWhitespace { return UInt8(ascii: " ") }
            guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue,
                (0...9).contains(value)
            else { return other }
            return 0x30 + UInt8(value)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte == other }

    private static func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

    private func byte(_ place: Int) -> UInt8 { bytes.indices.contains(place) ? bytes[place] : 0x0A }

    private func isBetween(_ first: Run, _ second: Run, _ separators: String) -> Bool {
        second.start == first.end + 1 && separators.utf8.contains(bytes[first.end])
    }

    /// Places after each of the words, where it stands alone.
    private func ends(ofAny words: [String]) -> [(start: Int, end: Int)] {
        words.flatMap { word -> [(start: Int, end: Int)] in
            let word = Array(word.utf8)
            guard word.count <= bytes.count else { return [] }
            return (0...(bytes.count - word.count)).filter { start in
                bytes[start] == word[0] && !Self.isWord(byte(start - 1)) && !Self.isLetter(byte(start + word.count))
                    && bytes[start..<start + word.count].elementsEqual(word)
            }
            .map { ($0, $0 + word.count) }
        }
    }

    // MARK: What is looked for

    /// A word for birth with a date, or a year, right after it or a date right before it.
    var holdsBirthDate: Bool {
        let words = ["dob", "d.o.b", "d.o.b.", "date of birth", "birth date", "birthdate", "birthday", "born"]
        return ends(ofAny: words).contains { start, end in
            var last = end
            while last < min(end + 28, bytes.count), !endsClause(at: last) { last += 1 }
            let after = runs.enumerated().filter { $0.element.start >= end && $0.element.start < last }
            let hasYear = after.contains { $0.element.count == 4 && (1_900..<2_100).contains($0.element.value) }
            let before = runs.indices.filter { runs[$0].end <= start && runs[$0].end + 3 > start }
            return hasYear || after.contains { isDate(from: $0.offset) }
                || before.contains { $0 >= 2 && isDate(from: $0 - 2) }
        }
    }

    private func endsClause(at place: Int) -> Bool {
        let byte = bytes[place]
        return byte == 0x0A || byte == UInt8(ascii: ";")
            || (byte == UInt8(ascii: ".") && self.byte(place + 1) == UInt8(ascii: " ")
                && !Self.isDigit(self.byte(place - 1)))
    }

    /// Three numbers joined by the same mark: a day, a month and a year in some order.
    private func isDate(from first: Int) -> Bool {
        guard runs.indices.contains(first + 2) else { return false }
        let (one, two, three) = (runs[first], runs[first + 1], runs[first + 2])
        return ["-", "/", "."].contains { isBetween(one, two, $0) && isBetween(two, three, $0) }
            && (one.count <= 2 || one.count == 4) && two.count <= 2 && (three.count <= 2 || three.count == 4)
    }

    /// Three, two and four digits with hyphens; or nine digits after a word for it.
    var holdsSocialSecurityNumber: Bool {
        let isSpelled = runs.indices.dropLast(2).contains { first in
            let (one, two, three) = (runs[first], runs[first + 1], runs[first + 2])
            return one.count == 3 && two.count == 2 && three.count == 4 && isBetween(one, two, "-")
                && isBetween(two, three, "-") && standsAlone(one.start, three.end)
        }
        if isSpelled { return true }
        return ends(ofAny: ["ssn", "social security", "social security number"]).contains { _, end in
            digits(after: end, within: 14, joinedBy: "- .") == 9
        }
    }

    private func standsAlone(_ start: Int, _ end: Int) -> Bool {
        let before = byte(start - 1)
        let after = byte(end)
        return !Self.isWord(before) && before != UInt8(ascii: "-") && !Self.isWord(after) && after != UInt8(ascii: "-")
    }

    /// How many digits follow a place, joined by single marks; 0 if none begins within so many bytes.
    private func digits(after place: Int, within distance: Int, joinedBy separators: String) -> Int {
        guard let first = runs.firstIndex(where: { $0.start >= place }), runs[first].start < place + distance,
            !bytes[place..<runs[first].start].contains(0x0A), !isDate(from: first)
        else { return 0 }
        var last = first
        while last + 1 < runs.count, isBetween(runs[last], runs[last + 1], separators) { last += 1 }
        return runs[first...last].reduce(0) { $0 + $1.count }
    }

    /// An alien file (A and eight or nine digits), or what follows the word passport.
    var holdsDocumentNumber: Bool {
        let isAlienFile = runs.contains { run in
            let letter = byte(run.start - 1) == UInt8(ascii: "-") ? run.start - 2 : run.start - 1
            return (8...9).contains(run.count) && byte(letter) == UInt8(ascii: "a") && !Self.isWord(byte(letter - 1))
                && !Self.isWord(byte(run.end))
        }
        if isAlienFile { return true }
        return ends(ofAny: ["passport"]).contains { _, end in
            runs.contains { run in
                run.start >= end && run.start < end + 16 && run.count >= 6 && run.count <= 10
                    && !bytes[end..<run.start].contains(0x0A)
            }
        }
    }

    /// With a plus sign, after a word for it, or in groups as they are written in North America.
    var holdsPhoneNumber: Bool {
        let isInternational = runs.indices.contains { first in
            let sign = runs[first].start - 1
            guard byte(sign) == UInt8(ascii: "+"), !Self.isWord(byte(sign - 1)), !isDate(from: first) else {
                return false
            }
            var last = first
            while last + 1 < runs.count, isPhoneGap(runs[last], runs[last + 1]) { last += 1 }
            return (9...15).contains(runs[first...last].reduce(0) { $0 + $1.count })
        }
        if isInternational { return true }
        let isGrouped = runs.indices.dropLast(2).contains { first in
            let (one, two, three) = (runs[first], runs[first + 1], runs[first + 2])
            guard one.count == 3, two.count == 3, three.count == 4, one.value >= 200, two.value >= 200 else {
                return false
            }
            let isJoined = ["-", ".", " "].contains { isBetween(one, two, $0) && isBetween(two, three, $0) }
            let isBracketed =
                byte(one.start - 1) == UInt8(ascii: "(") && byte(one.end) == UInt8(ascii: ")")
                && isBetween(two, three, "-. ") && (two.start - one.end) <= 2
            return (isJoined || isBracketed) && !Self.isWord(byte(one.start - 1)) && !Self.isWord(byte(three.end))
        }
        if isGrouped { return true }
        let words = ["phone", "telephone", "tel", "mobile", "cell", "cellphone", "whatsapp", "fax"]
        return ends(ofAny: words).contains { _, end in
            (7...15).contains(digits(after: end, within: 12, joinedBy: "-. /"))
        }
    }

    /// One mark between two groups, or a closing bracket and a space.
    private func isPhoneGap(_ first: Run, _ second: Run) -> Bool {
        (1...2).contains(second.start - first.end)
            && bytes[first.end..<second.start].allSatisfy { " -.()/".utf8.contains($0) }
    }

    /// A local part, an at sign, and a domain with a full stop in it.
    var holdsMailAddress: Bool {
        bytes.indices.contains { place in
            guard bytes[place] == UInt8(ascii: "@") else { return false }
            let hasName = Self.isWord(byte(place - 1)) || "._%+-".utf8.contains(byte(place - 1))
            var end = place + 1
            while Self.isWord(byte(end)) || byte(end) == UInt8(ascii: "-") || byte(end) == UInt8(ascii: ".") {
                end += 1
            }
            let labels = bytes[(place + 1)..<end].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: true)
            return hasName && labels.count >= 2
                && labels.last.map { $0.count >= 2 && $0.allSatisfy(Self.isLetter) } ?? false
        }
    }
}
