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

    @Test func `wide letters count twice and marks not at all`() {
        #expect(DisplayWidth.columns(of: "ab") == 2)
        #expect(DisplayWidth.columns(of: "漢字") == 4)
        #expect(DisplayWidth.columns(of: "e\u{301}") == 1)
        #expect(Table.wrapped("漢字漢字", to: 4) == ["漢字", "漢字"])
    }
}
