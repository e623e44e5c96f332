import StrictJSON
import Testing

@testable import accord

struct TableTests {
    private static let columns: [Column] = [
        .text("ENTRY", "id"), .state("STATE", "state"), .number("AT", "at"), .text("WHAT", "what", wraps: true),
    ]

    private func page(_ objects: [JSONObject], width: Int, isColoured: Bool = false) -> [String] {
        var page = Page(Terminal(width: width, isColoured: isColoured))
        var listing = Listing(columns: Self.columns)
        for object in objects { listing.add(object, to: &page) }
        listing.end(on: &page, nothing: "Nothing.")
        return page.gathered.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    private static let object: JSONObject = [
        "id": "E-1", "state": "current", "at": 7, "what": "Two vans were seen at the loading dock in the evening.",
    ]

    @Test func `columns stand below their titles and numbers to the right`() {
        #expect(
            page([["id": "E-1", "state": "open", "at": 12, "what": "x"], ["id": "E-10", "at": 7]], width: 80) == [
                "ENTRY  STATE  AT  WHAT",
                "E-1    open   12  x",
                "E-10           7",
            ]
        )
    }

    @Test func `a text that does not fit goes on below itself and nothing is lost`() {
        #expect(
            page([Self.object], width: 40) == [
                "ENTRY  STATE    AT  WHAT",
                "E-1    current   7  Two vans were seen",
                "                    at the loading dock",
                "                    in the evening.",
            ]
        )
    }

    @Test func `every line fits every width from forty on`() {
        let long = String(repeating: "unbroken", count: 12)
        for width in 40...160 {
            for line in page(
                [Self.object, ["id": .string(long), "state": .string(long), "what": "漢字漢字"]],
                width: width
            ) {
                #expect(DisplayWidth.columns(of: line) <= width)
            }
        }
    }

    @Test func `where the columns do not fit, a row is a paragraph with each cell behind its title`() {
        var object = Self.object
        object["id"] = "TF-2026-872737-and-more"
        #expect(
            page([object], width: 40) == [
                "TF-2026-872737-and-more",
                "  state current  at 7",
                "  what Two vans were seen at the loading",
                "       dock in the evening.",
            ]
        )
    }

    @Test func `a paragraph leaves out what is empty and colours as a column does`() {
        let long = String(repeating: "unbroken", count: 4)
        let lines = page([["id": .string(long), "state": "current", "what": ""]], width: 30, isColoured: true)
        #expect(lines.last == "  \u{1B}[2mstate\u{1B}[0m \u{1B}[32mcurrent\u{1B}[0m")
    }

    @Test func `no word is cut at any width that could hold it`() {
        for width in 40...90 {
            for length in 1...30 {
                let words = ["a", "b", "c", "d"].enumerated().map { index, letter in
                    String(repeating: letter, count: 1 + (length + index * 7) % 30)
                }
                let object: JSONObject = [
                    "id": .string(words[0]), "state": .string(words[1]), "what": .string("\(words[2]) \(words[3])"),
                ]
                let shown = page([object], width: width).flatMap { $0.split(separator: " ").map(String.init) }
                #expect(Set(words).isSubset(of: shown), "width \(width), words \(words)")
            }
        }
    }

    @Test func `a number that says there is none is not shown`() {
        #expect(page([["id": "E-1", "state": "open", "at": -1, "what": "x"]], width: 80).last == "E-1    open       x")
    }

    @Test func `a list without rows says so`() {
        #expect(page([], width: 80) == ["Nothing."])
    }

    @Test func `two thousand rows come out in order`() {
        let lines = page((0..<2000).map { ["id": .string("E-\($0)")] }, width: 80)
        #expect(lines.count == 2001)
        #expect(lines.last == "E-1999")
    }

    @Test func `colour surrounds the word and takes no room`() {
        let plain = page([Self.object], width: 80)
        let coloured = page([Self.object], width: 80, isColoured: true)
        #expect(coloured[1].contains("\u{1B}[32mcurrent\u{1B}[0m"))
        #expect(coloured[1].replacing("\u{1B}[32m", with: "").replacing("\u{1B}[0m", with: "") == plain[1])
    }

    @Test(
        arguments: [
            (true, nil, "xterm", true), (true, "", "xterm", true), (true, "1", "xterm", false),
            (true, nil, "dumb", false),
            (false, nil, "xterm", false),
        ] as [(Bool, String?, String, Bool)]
    )
    func `colour is for terminals that want it`(isTerminal: Bool, noColour: String?, name: String, expected: Bool) {
        #expect(Terminal.wantsColour(isTerminal: isTerminal, noColour: noColour, terminalName: name) == expected)
    }

    @Test(arguments: [(nil, 80), ("76", 76), ("19", 80), ("1001", 80), ("wide", 80), ("", 80)] as [(String?, Int)])
    func `a pipe is as wide as COLUMNS says, if that can be`(columns: String?, width: Int) {
        #expect(Terminal.told(columns) == width)
    }

    @Test func `wide letters count twice and marks not at all`() {
        #expect(DisplayWidth.columns(of: "ab") == 2)
        #expect(DisplayWidth.columns(of: "漢字") == 4)
        #expect(DisplayWidth.columns(of: "e\u{301}") == 1)
        #expect(Table.wrapped("漢字漢字", to: 4) == ["漢字", "漢字"])
    }
}
