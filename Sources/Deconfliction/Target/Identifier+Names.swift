/// Names.
extension Identifier {
    /// In small letters: hardly any provider tells capitals apart, and people do not.
    static func email(_ text: String) throws(Fault) -> String {
        let fault = Fault(message: "An e-mail address, such as name@example.org; other scripts as xn--….")
        let lowered = text.lowercased()
        let parts = lowered.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), (3...253).contains(parts[1].count),
            lowered.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw fault }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isLabel) else { throw fault }
        return lowered
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { isDigit($0) || isUpper(upper($0)) || $0 == hyphen }
    }

    /// Without the @ before it, in small letters.
    static func handle(_ text: String, on platform: String) throws(Fault) -> String {
        let name = (text.first == "@" ? String(text.dropFirst()) : text).lowercased()
        guard !name.isEmpty, name.unicodeScalars.allSatisfy(isPlain), !name.contains(" ") else {
            throw Fault(message: "The name of an account, without spaces.")
        }
        return "\(try code(platform))\u{1F}\(name)"
    }

    /// Letters in capitals, one space between words, and a date that exists.
    ///
    /// The words in one order, whichever name comes first: what is exact is that they are the same.
    static func person(_ name: String, born: String) throws(Fault) -> String {
        guard let date = date(born) else { throw Fault(message: "A date of birth, as YYYY-MM-DD.") }
        let separators = " -'’.,"
        let words = name.uppercased().split { separators.contains($0) }
        let letters = words.joined().unicodeScalars
        guard words.count >= 2, letters.allSatisfy({ isPlain($0) && $0.properties.isAlphabetic }) else {
            throw Fault(message: "A family name and a given name, in composed letters.")
        }
        let ordered = words.map { String($0) }.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        return "\(ordered.joined(separator: " "))\u{1F}\(date)"
    }

    /// No control, no mark that joins a letter: the same word would have two spellings.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .nonspacingMark, .spacingMark, .enclosingMark,
            .lineSeparator, .paragraphSeparator:
            false
        default: true
        }
    }

    /// A day of the Gregorian calendar.
    private static func date(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        let places = [4, 7]
        guard bytes.count == 10, places.allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
        let fields = text.split(separator: "-").map { $0.utf8.allSatisfy(isDigit) ? Int($0) ?? 0 : 0 }
        guard fields.count == 3, fields[0] >= 1_850, (1...12).contains(fields[1]) else { return nil }
        let isLeap = fields[0].isMultiple(of: 4) && (!fields[0].isMultiple(of: 100) || fields[0].isMultiple(of: 400))
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[fields[1] - 1]).contains(fields[2]) ? text : nil
    }
}
