import StrictJSON
import Testing

@testable import accord

/// The live screen as values: what it shows, and what is sent to show it.
struct ScreenTests {
    private static let nasty = "x\u{1B}]52;c;aGk=\u{7}\u{202E}\r\ny"

    private static func content(_ text: String = "Two vans") -> ScreenContent {
        var content = ScreenContent(who: "lead.fib (FIB-MB)")
        content.cases = [["number": "TF-2031-014", "title": .string(text), "state": "open", "position": 12]]
        content.deadlines = [
            [
                "dueAt": 1_930_262_400_000_000, "state": "overdue", "case": "TF-2031-014", "item": "Q-2",
                "agencies": ["MPD-VT"], "duty": .string(text),
            ]
        ]
        content.tasks = [
            ["kind": "decon-conflict", "case": "", "item": "X-482913", "summary": .string(text)],
            ["kind": "rfi", "case": "TF-2031-014", "item": "Q-3", "summary": .string(text)],
        ]
        content.last = ["recordedAt": 1_930_262_400_000_000, "case": "TF-2031-014", "summary": .string(text)]
        return content
    }

    private static func texts(_ lines: [Shown]) -> [String] { lines.map { $0.text(isColoured: false) } }

    @Test func `it shows what is due, conflicts, inbox and cases, and who looks`() {
        #expect(
            Self.texts(Self.content().lines(width: 100, height: 12)) == [
                "Accord  lead.fib (FIB-MB)  live",
                "DUE  1", "  2031-03-03T00:00Z  overdue  TF-2031-014 Q-2  MPD-VT  Two vans",
                "CONFLICTS  1", "  X-482913  Two vans",
                "INBOX  1", "  TF-2031-014 Q-3  Two vans",
                "CASES  1", "  TF-2031-014  Two vans  open  12",
                "", "", "q quits  2031-03-03T00:00Z  TF-2031-014  Two vans",
            ]
        )
    }

    @Test func `a line that is dead says so, and since when`() {
        var content = Self.content()
        content.stale = .init(since: 1_930_262_400_000_000, why: "Nobody listens.")
        #expect(
            Self.texts(content.lines(width: 100, height: 5))[0].contains("STALE since 2031-03-03T00:00:00Z: Nobody")
        )
    }

    @Test(arguments: [(1, 1), (2, 2), (20, 3), (40, 7), (80, 24), (200, 60)])
    func `it fits whatever the terminal is, and nothing from the record moves the cursor`(_ width: Int, _ height: Int) {
        let lines = Self.content(Self.nasty).lines(width: width, height: height)
        #expect(lines.count == height)
        for line in lines {
            #expect(line.width <= width)
            #expect(line.text(isColoured: false).unicodeScalars.allSatisfy { !VisibleText.isHidden($0) })
        }
    }

    @Test(arguments: [
        ([2, 2, 2, 2], 8, [2, 2, 2, 2]), ([9, 2, 9, 2], 14, [5, 2, 5, 2]), ([9, 9], 3, [2, 1]), ([4, 4], 100, [4, 4]),
        ([3, 3], 0, [0, 0]),
    ])
    func `where there is little room each list keeps its title and a row`(_ wanted: [Int], _ room: Int, _ got: [Int]) {
        #expect(ScreenContent.heights(wanted, in: room) == got)
    }

    @Test func `only what changed is sent, from the first character that differs on`() {
        var drawing = ScreenDrawing(isColoured: false)
        #expect(drawing.bytes(for: ["abc", "def"]) == "\u{1B}[2J\u{1B}[1;1Habc\u{1B}[2;1Hdef")
        #expect(drawing.bytes(for: ["abc", "def"]) == "")
        #expect(drawing.bytes(for: ["abc", "dxfg"]) == "\u{1B}[2;2Hxfg")
        #expect(drawing.bytes(for: ["a", "dxfg"]) == "\u{1B}[1;2H\u{1B}[K")
        drawing.forget()
        #expect(drawing.bytes(for: ["a", "b"]).hasPrefix("\u{1B}[2J"))
    }

    @Test func `without colour there is none, and wide characters are counted as such`() {
        var plain = ScreenDrawing(isColoured: false)
        #expect(!plain.bytes(for: ["\("a", .bad)"]).contains("31m"))
        var coloured = ScreenDrawing(isColoured: true)
        #expect(coloured.bytes(for: ["\("a", .bad)"]).contains("\u{1B}[31ma\u{1B}[0m"))
        _ = plain.bytes(for: ["世界x"])
        #expect(plain.bytes(for: ["世界y"]) == "\u{1B}[1;5Hy")
        #expect(Shown("世界").cut(to: 3).text(isColoured: false) == "世…")
    }
}
