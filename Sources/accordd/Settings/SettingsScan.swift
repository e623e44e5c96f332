/// Reads a configuration file line by line and notes where each key stands.
struct SettingsScan {
    private(set) var lines: [String: Int] = [:]
    private(set) var faults: [SettingsFault] = []
    private let path: String
    private var number = 0
    private var section: Section?

    init(path: String) {
        self.path = path
    }

    mutating func take(_ line: Substring) {
        number += 1
        guard let content = Self.content(line) else { return }
        guard number > 1 || content != "---" else { return }
        let indentation = content.prefix { $0 == " " }.count
        let statement = content.dropFirst(indentation)
        guard let colon = statement.firstIndex(of: ":"), Self.isName(statement[..<colon]) else {
            return refuse("only lines of the form 'key: value' are understood here")
        }
        let name = String(statement[..<colon])
        let rest = statement[statement.index(after: colon)...]
        guard rest.isEmpty || rest.first == " " else { return refuse("a space is missing after '\(name):'") }
        let value = rest.drop { $0 == " " }
        if indentation == 0 {
            section = nil
            value.isEmpty ? open(name) : record(name, value)
        } else {
            nested(name, value, indentation)
        }
    }

    /// The line without comment and trailing spaces; nil if nothing is left.
    private static func content(_ line: Substring) -> Substring? {
        var content = line
        if content.first == "#" { return nil }
        // YAML begins a comment only after a space: `a#b` is a value.
        if let comment = content.firstRange(of: " #") { content = content[..<comment.lowerBound] }
        while let last = content.last, last == " " { content.removeLast() }
        return content.isEmpty ? nil : content
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private mutating func open(_ name: String) {
        guard Setting.table.contains(where: { $0.key.hasPrefix(name + ".") }) else {
            guard Setting.named(name) == nil else { return refuse("'\(name)' has no value: leave the line out") }
            section = Section(name: name, isKnown: false)
            return refuse(unknown(name))
        }
        section = Section(name: name, isKnown: true)
    }

    private mutating func nested(_ name: String, _ value: Substring, _ indentation: Int) {
        guard var open = section else { return refuse("'\(name)' is indented, but stands under no section") }
        // What stands under an unknown name was refused with it.
        guard open.isKnown else { return }
        guard open.indentation == nil || open.indentation == indentation else {
            return refuse("'\(name)' is not indented like the line above it")
        }
        open.indentation = indentation
        section = open
        record("\(open.name).\(name)", value)
    }

    private mutating func record(_ key: String, _ value: Substring) {
        guard Setting.named(key) != nil else { return refuse(unknown(key)) }
        guard !value.isEmpty else { return refuse("'\(key)' has no value: leave the line out") }
        if let first = lines[key] { return refuse("'\(key)' was set already on line \(first)") }
        lines[key] = number
        guard Self.isPlain(value) else { return refuse("'\(key)' should be one plain or quoted value") }
    }

    /// Whether YAML reads the value as one text: no list, mapping, anchor, alias, tag, block or open quote.
    private static func isPlain(_ value: Substring) -> Bool {
        guard let first = value.first, let last = value.last else { return false }
        if first == "\"" || first == "'" {
            guard value.count >= 2, last == first else { return false }
            return !value.dropFirst().dropLast().contains { $0 == first || $0 == "\\" }
        }
        // A dash begins an item of a list only with a space behind it; a number below zero is told what a number should be.
        if first == "-" { return value.dropFirst().allSatisfy { $0.isASCII && $0.isNumber } && value.count > 1 }
        return !"[]{}&*!|>%@`,?~".contains(first) && !value.contains(": ") && last != ":"
    }

    private func unknown(_ key: String) -> String {
        let below = Setting.table.map(\.key).filter { $0.hasPrefix(key + ".") }
        guard below.isEmpty else { return "'\(key)' is a section: indent below it \(names(below))" }
        let above = key.split(separator: ".").count > 1 ? key.prefix { $0 != "." } + "." : ""
        let near = Setting.table.map(\.key).filter { above.isEmpty || $0.hasPrefix(above) }
        return "'\(key)' is not a key of accordd; there are \(near.joined(separator: ", "))"
    }

    /// The last parts of nested keys.
    private func names(_ keys: [String]) -> String {
        keys.compactMap { $0.split(separator: ".").last.map(String.init) }.joined(separator: ", ")
    }

    private mutating func refuse(_ sentence: String) {
        faults.append(SettingsFault(place: "\(path):\(number)", sentence: sentence))
    }
}

extension SettingsScan {
    private struct Section {
        let name: String
        let isKnown: Bool
        /// Set by its first line.
        var indentation: Int?

        init(name: String, isKnown: Bool) {
            self.name = name
            self.isKnown = isKnown
        }
    }
}
