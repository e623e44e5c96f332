import StrictJSON
import Testing

/// A row of a case's script: who types what, what comes of it, what the record then says, and what the answer shows.
///
/// Written as text, so that it can be read beside the tables of the specification:
///
///     11 | agent.mpd1 | dissemination release Alder E-1 TCP-NAR --reason "same van" | E-H2-ORIGINATOR | access.denied P06 |
///
/// A line such as `@ 2031-03-06 10:00` sets the clock for the rows that follow. The member `daemon` types nothing: the row waits
/// until the daemon by itself has recorded what it names, such as `12 | daemon | | - | rfi.overdue |`.
///
/// The outcome is `ok` or the code of a refusal. The record is the kind of the one line that the row adds, with the rule
/// if it is a refusal, or `-` for none. What is shown is a list, with semicolons, of the forms of ``Showing``.
package struct ScriptRow: Sendable, CustomTestStringConvertible {
    /// Its number in the specification, with a letter for further rows.
    package let number: String
    package let member: String
    package let words: [String]
    package let outcome: String
    package let recorded: String
    package let showings: [Showing]
    /// Where the clock stands, such as `2031-03-06 10:00`; nil: where it stood.
    package let moment: String?
    private let command: String

    package var testDescription: String { "\(number) \(member): accord \(command) -> \(outcome)" }

    /// Reads the rows of a table; lines that begin with `#` and empty ones are left out.
    package static func table(_ text: String) -> [ScriptRow] {
        var rows: [ScriptRow] = []
        var moment: String?
        for line in text.split(separator: "\n").map(\.trimmingSpaces) where !line.isEmpty && !line.hasPrefix("#") {
            if line.hasPrefix("@") {
                moment = line.dropFirst().trimmingSpaces
            } else {
                rows.append(ScriptRow(line, at: moment))
                moment = nil
            }
        }
        return rows
    }

    private init(_ line: String, at moment: String?) {
        self.moment = moment
        let columns = line.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmingSpaces)
        precondition(columns.count == 6, "a row has six columns: \(line)")
        number = columns[0]
        member = columns[1]
        command = columns[2]
        words = Self.words(columns[2])
        outcome = columns[3]
        recorded = columns[4]
        showings = columns[5].split(separator: ";").map { Showing($0.trimmingSpaces) }
    }

    /// The words of a command; double quotes hold some together.
    private static func words(_ command: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in command {
            if character == "\"" {
                isQuoted.toggle()
                word = word ?? ""
            } else if character == " ", !isQuoted {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}

/// Something that an answer must show.
///
/// - `path=value`: the first object has that value there, such as `case.state=open`.
/// - `2.path=value`: the same of the object at that place in a list, counted from 0.
/// - `*.path=value`: the same of any object of a list.
/// - `path?`: there is nothing at that path.
/// - `count=3`: so many objects were printed, without the last empty one of a list.
/// - `path->NAME`: whatever stands there is called {NAME} in the commands of later rows.
/// - `path~text`: the text that stands there contains that.
/// - `like 5`: the answer has the same bytes as that of row 5.
package struct Showing: Sendable {
    package let text: String

    /// Under which name later rows know what is shown; nil if they do not.
    let captured: String?

    init(_ text: String) {
        let sides = text.split(separator: "->", maxSplits: 1)
        self.text = sides.isEmpty ? text : String(sides[0])
        captured = sides.count == 2 ? String(sides[1]) : nil
    }

    /// What is shown at the path.
    func captured(by answer: Answer) -> String? {
        var path = text
        var place = 0
        if let digit = path.first?.wholeNumberValue, path.dropFirst().first == "." {
            place = digit
            path = String(path.dropFirst(2))
        }
        let objects = answer.objects.filter { !$0.isEmpty }
        guard objects.indices.contains(place) else { return nil }
        return switch objects[place].at(path) {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: nil
        }
    }

    /// Whether the answer shows it.
    package func holds(_ answer: Answer, earlier: [String: Answer]) -> Bool {
        let objects = answer.objects.filter { !$0.isEmpty }
        if text.hasPrefix("like ") { return earlier[String(text.dropFirst(5))]?.output == answer.output }
        if text.hasPrefix("count=") { return "\(objects.count)" == text.dropFirst(6) }
        if captured != nil { return captured(by: answer) != nil }
        if text.hasPrefix("*.") { return objects.contains { Self.holds(String(text.dropFirst(2)), $0) } }
        guard let place = text.first?.wholeNumberValue, text.dropFirst().first == "." else {
            return Self.holds(text, objects.first ?? [:])
        }
        return Self.holds(String(text.dropFirst(2)), objects.indices.contains(place) ? objects[place] : [:])
    }

    private static func holds(_ path: String, _ object: JSONObject) -> Bool {
        if let tilde = path.firstIndex(of: "~") {
            return object.text(String(path[..<tilde])).contains(path[path.index(after: tilde)...])
        }
        if path.hasSuffix("?") { return object.at(String(path.dropLast())) ?? .null == .null }
        guard let equals = path.firstIndex(of: "=") else { return false }
        let expected = String(path[path.index(after: equals)...])
        return switch object.at(String(path[..<equals])) {
        case .string(let text): Array(text.utf8) == Array(expected.utf8)
        case .integer(let number): "\(number)" == expected
        case .bool(let value): "\(value)" == expected
        default: false
        }
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
