import ArgumentParser
import Foundation
import Policy
import StrictJSON
import Testing

@testable import accord

@Suite("Policies of agencies in YAML")
struct PolicyFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Config/policies").path(percentEncoded: false)

    private static let fixtures = [
        "admin", "city-limits", "civil", "cooperative-B", "legal", "open-criminal", "oversight", "regulatory",
        "state-limits-A", "voca-provider",
    ]

    private static let good = """
        id: city-limits
        version: 1
        title: Limits
        citations: [City Code 7]
        effective: 2031-01-01
        rules:
          - id: no-civil-data
            effect: deny
            object: data
            purposes: [CIV_IMM]
            citation: City Code 7-2
            message: Not for that.
        examples:
          - ask: {object: data, purpose: CIV_IMM}
            expect: deny
            rule: no-civil-data
        """

    /// The file with one line another.
    private static func with(_ line: Int, _ text: String) -> String {
        var lines = good.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[line - 1] = text
        return lines.joined(separator: "\n")
    }

    private func source(_ text: String) throws -> PolicySource {
        let path = "/tmp/accord-policy-\(UInt64.random(in: 0...UInt64.max)).yaml"
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try PolicySource(path: path)
    }

    private static func placed(_ line: String) -> String {
        line.range(of: ".yaml:").map { String(line[$0.upperBound...]) } ?? line
    }

    /// What is wrong, without the path: `7: write …`.
    private func faults(_ text: String) -> [String] {
        do {
            return try source(text).warnings.map { Self.placed($0) }
        } catch let failure as Failure {
            return failure.message.split(separator: "\n").map { Self.placed(String($0)) }
        } catch {
            return ["\(error)"]
        }
    }

    // MARK: The examples that are shipped

    @Test func `all example policies are here, and say at their head that they are no law`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(names.sorted() == Self.fixtures.map { "\($0).yaml" }.sorted())
        for name in names {
            let text = try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8)
            #expect(text.hasPrefix("# A teaching example. It states no jurisdiction's law"), "\(name)")
        }
    }

    @Test(arguments: fixtures) func `each example policy is in its form, and answers its examples`(name: String) throws
    {
        let source = try PolicySource(path: "\(Self.folder)/\(name).yaml")
        let bundle = try source.checked()
        #expect(bundle.id == name)
        #expect(source.warnings.isEmpty)
        #expect(source.examples.count >= 4)
        for (line, example) in source.examples {
            #expect(example.failure(under: bundle) == nil, "\(name).yaml:\(line)")
        }
        // What is decided by a rule is decided by it alone: without rules most examples fail.
        var empty = bundle
        empty.rules = []
        #expect(source.examples.contains { $0.example.failure(under: empty) != nil })
        #expect(try JurisdictionForm.bundle(source.form, of: bundle.agency) == bundle)
    }

    @Test func `restrictive and cooperative policies can both be said`() throws {
        func verdict(_ name: String) throws -> JurisdictionAnswer.Verdict {
            let bundle = try PolicySource(path: "\(Self.folder)/\(name).yaml").checked()
            let question = JurisdictionQuestion(
                agency: bundle.agency,
                object: .data,
                purpose: .civilImmigration,
                counterpart: Counterpart(
                    id: try #require(AgencyID("FRO-MB")),
                    level: .federal,
                    missions: [.civilImmigration]
                )
            )
            return question.answer(under: [bundle], now: bundle.effectiveAt).verdict
        }
        #expect(try verdict("state-limits-A") == .deny)
        #expect(try verdict("cooperative-B") == .allow)
    }

    // MARK: What is wrong

    @Test func `a file in its form has nothing wrong`() throws {
        let source = try source(Self.good)
        #expect(source.warnings.isEmpty)
        #expect(try source.checked().rules.map(\.id) == ["no-civil-data"])
        #expect(source.examples.map(\.line) == [14])
        #expect(source.form["effective"] == 1_924_992_000_000_000)
    }

    private static let wrong: [(String, String)] = [
        (with(2, "version: one"), "2: write a number"), (with(2, "edition: 1"), "2: no such key here"),
        (with(5, "effective: 2031-02-30"), "5: write a day"), (with(4, "citations: City Code 7"), "4: write a list"),
        (with(8, "    effect: forbid"), "8: write one of allow, deny, require"),
        (with(8, "    efect: deny"), "8: no such key here"),
        (with(9, "    object: people"), "9: write one of data"),
        (with(10, "    purposes: [CIV-IMM]"), "10: write one of"),
        (with(11, "    message: x"), "11: “message” stands there twice"),
        (with(11, "    conditions: [consent]"), "7: missing: name the law or order that the rule comes from"),
        (with(12, "    message: ''"), "12: write a text"),
        (with(14, "  - ask: {object: data}"), "14: missing: write one of CRIM_INVEST"),
        (with(15, "    expect: refuse"), "15: write one of allow"), (with(16, "    rules: x"), "16: no such key"),
        (with(3, "title: [a"), ": it is not YAML"), (with(3, "title: *x"), "3: it is not YAML"),
        ("- a", "1: write id, version"),
    ]

    @Test(arguments: wrong) func `what is wrong is told with its line`(text: String, said: String) {
        let faults = faults(text)
        #expect(faults.contains { said.hasPrefix(":") ? $0.contains(said) : $0.hasPrefix(said) }, "\(faults)")
    }

    @Test func `a plain word is a text, whatever YAML would make of it`() throws {
        #expect(
            try YAMLText("a: no\nb: 2031-01-01\nc: '7'\nd: 7\ne: true\nf:").value == [
                "a": "no", "b": "2031-01-01", "c": "7", "d": 7, "e": true, "f": nil,
            ]
        )
    }

    @Test func `anchors that make much of little are refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...6 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(throws: YAMLText.Fault.self) { try YAMLText(text) }
    }

    @Test func `a rule that no policy may have is left for the daemon to refuse and record, and not tested`() throws {
        let source = try source(Self.with(9, "    object: citizenship"))
        #expect(source.warnings.contains { $0.contains(".yaml:9: leave it out") && $0.contains("8 USC 1373") })
        #expect(source.form["effective"] == 1_924_992_000_000_000)
        #expect(source.form.objects("rules").first?.text("object") == "citizenship")
        #expect(throws: Failure.self) { try source.checked() }
        let notice = try self.source(Self.with(9, "    object: decon-notice"))
        #expect(notice.warnings.contains { $0.contains(".yaml:8: a safety notice is never suppressed") })
    }

    @Test func `a text that speaks of immigration status is shown to counsel with its line`() {
        #expect(
            faults(Self.with(12, "    message: Not on immigration status.")).first?.hasPrefix("12: speaks of") == true
        )
    }

    @Test func `an example that fails is told with its line, and by which rule`() throws {
        let source = try source(Self.with(15, "    expect: allow"))
        let failure = source.examples.first?.example.failure(under: try source.checked())
        #expect(failure == "expected allow, and it says deny, by no-civil-data")
        let other = try self.source(Self.with(16, "    rule: another"))
        #expect(
            other.examples.first?.example.failure(under: try other.checked())?.contains("decided by another") == true
        )
        #expect(source.examples.first?.line == 14)
    }

    // MARK: Commands

    @Test func `a question to a policy becomes the parameters of Explain`() throws {
        let words = [
            "policy", "explain", "--object", "participation", "--purpose", "CIV_IMM", "--counterpart", "FRO-MB",
            "--instrument", "detainer",
        ]
        let command = try #require(try Accord.parseAsRoot(words) as? PolicyCommand.Explain)
        #expect(
            try command.parameters() == [
                "question": [
                    "object": "participation", "purpose": "CIV_IMM", "counterpart": "FRO-MB", "instrument": "detainer",
                ]
            ]
        )
        for wrong in [
            ["--object", "data"], ["--of", "MPD-VT"], ["entry.read", "--object", "data", "--purpose", "ADMIN"],
        ] {
            #expect(throws: (any Error).self) { try Accord.parseAsRoot(["policy", "explain"] + wrong) }
        }
    }

    @Test func `what counsel reads is one table: the rules for all, then each agency's`() throws {
        let bundle = try source(Self.good).form
        let state: JSONObject = [
            "agency": "MPD-VT", "bundle": .object(bundle), "digest": "0123456789abcdef", "state": "in-force",
            "proposer": "liaison.mpd",
        ]
        let fixed: JSONObject = [
            "id": "P03", "code": "E-PURPOSE", "test": "The purpose is allowed.", "citation": "28 CFR 23.20(e)",
            "message": "m", "ask": "a",
        ]
        var page = Page(Terminal(width: 200, isColoured: false))
        PolicyTable.show([fixed], [state], on: &page)
        let lines = page.gathered.split(separator: "\n")
        #expect(
            lines.contains { $0.contains("city-limits/1") && $0.contains("in-force") && $0.contains("0123456789ab") }
        )
        #expect(lines.contains { $0.hasPrefix("all") && $0.contains("P03") && $0.contains("E-PURPOSE") })
        #expect(lines.contains { $0.contains("no-civil-data") && $0.contains("deny") })
        #expect(page.gathered.contains("City Code 7-2"))
    }

    @Test func `two versions are compared rule by rule`() throws {
        let before = try source(Self.good).form
        let after = try source(Self.with(10, "    purposes: [CIV_IMM, ADMIN]")).form
        #expect(PolicyTable.changes(from: before, to: before).isEmpty)
        #expect(
            PolicyTable.changes(from: before, to: after) == [
                [
                    "change": "changed", "place": "no-civil-data purposes", "before": "CIV_IMM",
                    "after": "CIV_IMM, ADMIN",
                ]
            ]
        )
        #expect(PolicyTable.changes(from: nil, to: after).map { $0.text("change") } == ["added"])
        var empty = before
        empty["rules"] = []
        #expect(PolicyTable.changes(from: before, to: empty).map { $0.text("change") } == ["removed"])
    }
}
