import Testing

@testable import accordd

struct SettingsFileTests {
    private static func file(_ text: String) throws(SettingsRefused) -> SettingsFile {
        try SettingsFile(path: "a.yaml", bytes: Array(text.utf8))
    }

    @Test func `every key is found on its line`() throws {
        let file = try Self.file(
            "---\n# note\nstate-folder: /srv/a # why\r\n\nsocket:\n  path: '/run/a b'\n  mode: 0600\n"
        )
        #expect(file.lines == ["state-folder": 3, "socket.path": 6, "socket.mode": 7])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let line: Int
        let says: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Bad(
            name: "unknown key",
            text: "log:\n  level: info\n  colour: red",
            line: 3,
            says: "'log.colour' is not a key"
        ),
        Bad(name: "unknown section", text: "nonsense:\n  a: 1", line: 1, says: "'nonsense' is not a key"),
        Bad(name: "section as key", text: "socket: /run/s", line: 1, says: "'socket' is a section"),
        Bad(name: "twice", text: "state-folder: /a\nstate-folder: /b", line: 2, says: "set already on line 1"),
        Bad(name: "no value", text: "limits:\n  connections:", line: 2, says: "'limits.connections' has no value"),
        Bad(name: "tab", text: "log:\n\tlevel: info", line: 2, says: "'key: value'"),
        Bad(name: "flow mapping", text: "log: {level: info}", line: 1, says: "'log' is a section"),
        Bad(name: "list", text: "state-folder: [/a]", line: 1, says: "one plain or quoted value"),
        Bad(name: "anchor", text: "state-folder: &a /a", line: 1, says: "one plain or quoted value"),
        Bad(name: "second document", text: "state-folder: /a\n---\n", line: 2, says: "'key: value'"),
        Bad(
            name: "ragged",
            text: "limits:\n  connections: 1\n   connections-per-user: 1",
            line: 3,
            says: "not indented"
        ),
        Bad(name: "nowhere", text: "  level: info", line: 1, says: "stands under no section"),
        Bad(name: "no space", text: "state-folder:/a", line: 1, says: "a space is missing"),
        Bad(name: "a list's item", text: "state-folder: - a", line: 1, says: "one plain or quoted value"),
        Bad(name: "open quote", text: "state-folder: \"/a", line: 1, says: "one plain or quoted value"),
    ])
    func `a fault names the key and the line`(bad: Bad) throws {
        let refused = #expect(throws: SettingsRefused.self) { try Self.file(bad.text) }
        let fault = try #require(refused?.faults.first)
        #expect(fault.place == "a.yaml:\(bad.line)")
        #expect(fault.sentence.contains(bad.says), "\(fault.sentence)")
    }

    @Test func `a file of comments alone is all defaults`() throws {
        let effective = try EffectiveSettings(file: try Self.file("# nothing\n"), environment: [:], flags: [:])
        #expect(effective.origins.allSatisfy { $0 == .standard })
    }
}
