import StrictJSON
import Testing

@testable import accord

struct VisibleTextTests {
    /// A way to act upon a terminal or a reader through text.
    struct Attack: CustomTestStringConvertible, Sendable {
        var name: String
        var text: String
        var shown: String
        var testDescription: String { name }
    }

    static let attacks = [
        Attack(name: "OSC 52 sets the clipboard", text: "a\u{1B}]52;c;QQ==\u{7}b", shown: "a\\u{1B}]52;c;QQ==\\u{07}b"),
        Attack(name: "C1 control sequence introducer", text: "\u{9B}31mred", shown: "\\u{9B}31mred"),
        Attack(name: "DEL", text: "a\u{7F}b", shown: "a\\u{7F}b"),
        Attack(name: "carriage return overwrites", text: "refused\raccepted", shown: "refused\\u{0D}accepted"),
        Attack(name: "line end forges a row", text: "a\nE-2", shown: "a\\u{0A}E-2"),
        Attack(name: "right-to-left override", text: "exe\u{202E}gpj", shown: "exe\\u{202E}gpj"),
        Attack(name: "isolates", text: "\u{2066}x\u{2069}", shown: "\\u{2066}x\\u{2069}"),
        Attack(name: "zero width space", text: "MPD\u{200B}-VT", shown: "MPD\\u{200B}-VT"),
        Attack(name: "line separator", text: "a\u{2028}b\u{2029}c", shown: "a\\u{2028}b\\u{2029}c"),
        Attack(name: "byte order mark", text: "\u{FEFF}a", shown: "\\u{FEFF}a"),
        Attack(name: "tag characters", text: "a\u{E0041}", shown: "a\\u{E0041}"),
        Attack(name: "soft hyphen", text: "a\u{AD}b", shown: "a\\u{AD}b"),
        Attack(name: "Hangul filler looks like a space", text: "a\u{3164}b", shown: "a\\u{3164}b"),
        Attack(name: "private use", text: "\u{E000}", shown: "\\u{E000}"),
    ]

    @Test(arguments: attacks)
    func `what acts without being seen is shown as an escape`(attack: Attack) {
        #expect(VisibleText.line(attack.text) == attack.shown)
    }

    @Test(arguments: ["plain", "Zoë Ångström", "漢字", "e\u{301}", "Ελλάδα", "עברית", "naïve — “quoted” …", "€ 12"])
    func `letters of any script stay as they are`(text: String) {
        #expect(VisibleText.line(text) == text)
        #expect(JSONLine.text(of: ["a": .string(text)]) == Array(#"{"a":"\#(text)"}"#.utf8))
    }

    @Test func `no text whatever puts a control character on the page`() {
        var random = SystemRandomNumberGenerator()
        var page = Page(Terminal(width: 80, isColoured: false))
        for _ in 0..<2000 {
            let scalars = (0..<12).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x3100, using: &random)) }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            page.line("\(text) and \(text, .bold)")
            page.quote(text, text)
            page.table([.text("X", "x", wraps: true)], [["x": .string(text)]])
            page.json(["x": .string(text)])
        }
        for scalar in page.gathered.unicodeScalars where scalar != "\n" {
            #expect(!VisibleText.isHidden(scalar), "U+\(String(scalar.value, radix: 16))")
        }
    }

    @Test func `lines of a text are cut at line ends only and tabs are widened`() {
        #expect(VisibleText.lines("a\tb\n\nc\r\n") == ["a    b", "", "c\\u{0D}", ""])
    }

    @Test func `what is escaped in JSON reads back as the same text`() throws {
        let text = Self.attacks.map(\.text).joined()
        let line = JSONLine.text(of: ["text": .string(text)])
        #expect(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let read = try JSONValue(parsing: line, limits: .wire)
        #expect(read.object?["text"]?.string.map { Array($0.utf8) } == Array(text.utf8))
        #expect(!String(decoding: line, as: UTF8.self).unicodeScalars.contains(where: VisibleText.isHidden))
    }
}
