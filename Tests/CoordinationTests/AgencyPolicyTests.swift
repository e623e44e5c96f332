import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

@testable import Coordination

/// Agencies' own policies, from the wire to the lines of the record.
@Suite("Policies of agencies", .tags(.medium))
struct AgencyPolicyTests {
    private static let bundle: JSONObject = [
        "id": "city-limits", "version": 1, "title": "Limits", "citations": ["City Code 7"],
        "effective": 1_924_992_000_000_000,
        "rules": [
            [
                "id": "no-data-to-leads", "effect": "deny", "object": "data", "purposes": ["CRIM_INVEST"],
                "counterpart": ["agencies": ["FIB-MB"]], "citation": "City Code 7-2", "message": "The city says no.",
            ]
        ],
    ]
    private static let version: JSONObject = ["agency": "MPD-VT", "version": "city-limits/1"]
    private static let entry: JSONObject = ["case": "Alder", "entry": "E-1"]

    /// Alder with E-1 by MPD-VT, whose counsel is agent.mpd1.
    private static func world() throws -> (Bench, Cast) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry())
        try bench.must(
            cast["liaison.mpd"],
            "Registry.GrantRole",
            ["member": "agent.mpd1", "role": "legal", "scope": "agency", "expiresAt": 1_940_000_000_000_000]
        )
        return (bench, cast)
    }

    private static func policies(_ bench: Bench) throws -> [(kind: String, policy: Digest)] {
        try bench.lines().map { event in
            let line = try #require(try bench.shelf.record.line(at: event.seq))
            return (event.event.kind, try LogLine(parsing: line.bytes).policy)
        }
    }

    @Test func `each line carries the digest of the policies under which it was decided`() throws {
        let (bench, cast) = try Self.world()
        try bench.must(cast["liaison.mpd"], "Policy.ProposeBundle", ["bundle": .object(Self.bundle)])
        try bench.must(cast["agent.mpd1"], "Policy.ActivateBundle", Self.version)
        try bench.must(cast["agent.mpd1"], "Entry.Get", Self.entry)
        var retirement = Self.version
        retirement["reason"] = "enjoined"
        try bench.must(cast["liaison.mpd"], "Policy.RetireBundle", retirement)
        try bench.must(cast["agent.mpd1"], "Policy.RetireBundle", retirement)
        try bench.must(cast["agent.mpd1"], "Entry.Get", Self.entry)
        let lines = try Self.policies(bench).suffix(6)
        #expect(
            lines.map(\.kind) == [
                "jurisdiction_policy.proposed", "jurisdiction_policy.activated", "access.read",
                "jurisdiction_policy.retirement_proposed", "jurisdiction_policy.retired", "access.read",
            ]
        )
        let table = RuleTable.digest
        let bundle = try JurisdictionForm.bundle(Self.bundle, of: #require(AgencyID("MPD-VT"))).digest
        let text = "\(table.hex)\nMPD-VT city-limits/1 \(bundle.hex)\n"
        let inForce = Digest.sha256(Array(text.utf8))
        #expect(lines.map(\.policy) == [table, table, inForce, inForce, inForce, table])
        #expect(try bench.isAsRecorded())
    }

    @Test func `whoever is refused is told the agency's own rule, and the record names its row`() throws {
        let (bench, cast) = try Self.world()
        #expect(try bench.answer(cast["lead.fib"], "Entry.Get", Self.entry).error == nil)
        try bench.must(cast["liaison.mpd"], "Policy.ProposeBundle", ["bundle": .object(Self.bundle)])
        try bench.must(cast["agent.mpd1"], "Policy.ActivateBundle", Self.version)
        let refused = try bench.answer(cast["lead.fib"], "Entry.Get", Self.entry)
        #expect(refused.code == "E-PURPOSE")
        #expect(refused.parameters["rule"] == "P03J")
        #expect(refused.parameters["citation"] == "City Code 7-2 (city-limits/1, no-data-to-leads)")
        #expect(refused.parameters["message"] == "MPD-VT: The city says no.")
        #expect(try bench.lines().last?.rule == "P03J")
        let list = bench.call(cast["lead.fib"], "Entry.List", ["case": "Alder"], more: true)
        try bench.writeAll()
        let shown = bench.answers(to: list).first?.parameters["entry"]?.object
        #expect(shown?["id"]?.string == "E-1", "that it is there is shown")
        #expect(shown?["text"]?.string == nil)
    }

    @Test func `policies are listed as they stand, and a question to one is answered`() throws {
        let (bench, cast) = try Self.world()
        func states(_ name: String) throws -> [String] {
            let list = bench.call(cast[name], "Policy.ListBundles", ["agency": "MPD-VT"], more: true)
            try bench.writeAll()
            return bench.answers(to: list).compactMap { $0.parameters["bundle"]?.object?["state"]?.string }
        }
        try bench.must(cast["liaison.mpd"], "Policy.ProposeBundle", ["bundle": .object(Self.bundle)])
        #expect(try states("agent.mpd1") == ["proposed"])
        #expect(try states("agent.tcp1").isEmpty)
        try bench.must(cast["agent.mpd1"], "Policy.ActivateBundle", Self.version)
        #expect(try states("agent.tcp1") == ["in-force"])
        let question: JSONObject = [
            "agency": "MPD-VT", "object": "data", "purpose": "CRIM_INVEST", "counterpart": "FIB-MB",
        ]
        let answer = try bench.must(cast["agent.tcp1"], "Policy.Explain", ["question": .object(question)])
        #expect(answer.parameters["allowed"] == false)
        let because = answer.parameters["steps"]?.array?.first?.object?["because"]?.string
        #expect(because?.contains("no-data-to-leads: deny. The city says no. (City Code 7-2)") == true)
        #expect(answer.parameters["policy"]?.string == bench.inside { $0.state.jurisdiction.digest.hex })
    }

    @Test func `a bundle with a rule that no policy may have is refused, and its rejection is on the record`() throws {
        let (bench, cast) = try Self.world()
        var rule = Self.bundle["rules"]?.array?.first?.object ?? [:]
        rule["object"] = "immigration-status"
        var bundle = Self.bundle
        bundle["rules"] = [.object(rule)]
        let refused = try bench.answer(cast["liaison.mpd"], "Policy.ProposeBundle", ["bundle": .object(bundle)])
        #expect(refused.code == "E-1373-CARVE-OUT")
        let line = try #require(try bench.lines().last)
        #expect(line.event.kind == "policy.bundle_rejected")
        #expect(line.rule == "P31")
        #expect(try bench.isAsRecorded())
    }
}
