import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// The rules that sessions, signatures, the record and exports apply, each with an act that it refuses and the nearest that it lets pass.
@Suite("Rules beside the gate", .tags(.medium))
struct SessionRuleTests {
    /// What became of an act: the rule that refused it, by what was answered; nil where it was done.
    private typealias Case = @Sendable (Bench) throws -> String?

    private static let request = String(repeating: "0", count: 31) + "1"

    private static func entry(_ bench: Bench, seen: (UInt64, Digest) -> (UInt64, Digest)) throws -> String? {
        let agent = bench.connect("agent.mpd1")
        bench.post(.tick)
        let note = try #require(try bench.must(agent, "Audit.GetCheckpoint").parameters["note"]?.string)
        let claim = try UnverifiedCheckpoint(parsing: Array(note.utf8)).claim
        let (size, root) = seen(claim.size, claim.root)
        var entry = Bench.entry()
        entry["context"] = ["sawSize": .integer(Int64(size)), "sawRoot": .string(root.hex)]
        return try bench.answer(agent, "Entry.Record", entry).rule
    }

    private static func proof(_ bench: Bench, isBad: Bool, after bad: Int = 0) throws -> String? {
        try AccountLockTests.enrol(bench, "agent.mpd1", 9)
        for _ in 0..<bad { _ = try AccountLockTests.prove(bench, "agent.mpd1", 9, isBad: true) }
        return try AccountLockTests.prove(bench, "agent.mpd1", 9, isBad: isBad).rule
    }

    private static func signed(_ bench: Bench, isMine: Bool = true, isFaster: Bool = false) throws -> String? {
        let agent = try SigningMember(bench, "agent.mpd1", seed: 5)
        let asked = agent.parameters("Mine.", request: request)
        let shown = try agent.prepare(asked).parameters["statement"]?.string ?? ""
        if isFaster { try bench.must(bench.connect("agent.fib1"), "Entry.Record", Bench.entry("Faster.")) }
        return try agent.send(asked, signature: agent.signed(isMine ? Array(shown.utf8) : [1])).rule
    }

    private static func idle(_ bench: Bench, _ milliseconds: Int64) throws -> String? {
        let agent = bench.connect("agent.mpd1")
        #expect(try bench.answer(agent, "Case.Get", ["case": "Alder"]).error == nil)
        bench.pass(milliseconds)
        return try bench.answer(agent, "Case.Get", ["case": "Alder"]).rule
    }

    private static func read(_ bench: Bench, whileWritable: Bool) throws -> String? {
        let call = bench.call(bench.connect("agent.mpd1"), "Case.Get", ["case": "Alder"])
        if whileWritable { try bench.writeAll() } else { try bench.fail(.full) }
        let answer = try #require(bench.answers(to: call).first)
        #expect((answer.parameters["case"] != nil) == whileWritable)
        // What cannot be recorded has no refusal on the record either: that nothing can be is the answer.
        return answer.isUnavailable ? "P25" : answer.rule
    }

    private static func export(_ bench: Bench, more: Bool) throws -> String? {
        let call = bench.call(bench.connect("lead.fib"), "Audit.Export", ["case": "Alder"], more: more)
        #expect(bench.answers(to: call).isEmpty)
        try bench.writeAll()
        for _ in 1...3 { bench.drain(call) }
        return bench.answers(to: call).last?.rule
    }

    private static let cases: [(rule: String, fires: Case, passes: Case)] = [
        ("V04", { try entry($0) { ($0 + 1_000, $1) } }, { try entry($0) { ($0, $1) } }),
        ("V06", { try proof($0, isBad: true) }, { try proof($0, isBad: false) }),
        ("V09", { try signed($0, isMine: false) }, { try signed($0) }),
        ("V10", { try signed($0, isFaster: true) }, { try signed($0) }),
        ("V11", { try proof($0, isBad: false, after: 5) }, { try proof($0, isBad: false, after: 4) }),
        ("P24", { try idle($0, 1_800_001) }, { try idle($0, 1_800_000) }),
        ("P25", { try read($0, whileWritable: false) }, { try read($0, whileWritable: true) }),
        ("P29", { try export($0, more: false) }, { try export($0, more: true) }),
    ]

    private static func bench() throws -> Bench {
        let bench = try Bench()
        try bench.openAlder()
        return bench
    }

    @Test(arguments: cases.map(\.rule)) func `the rule refuses what it is for, on the record where there is one`(
        rule: String
    ) throws {
        let bench = try Self.bench()
        let fires = try #require(Self.cases.first { $0.rule == rule }?.fires)
        #expect(try fires(bench) == rule)
        if rule != "P25" { #expect(try bench.lines().last?.rule == rule) }
    }

    @Test(arguments: cases.map(\.rule)) func `the rule lets pass what it is not for`(rule: String) throws {
        let passes = try #require(Self.cases.first { $0.rule == rule }?.passes)
        #expect(try passes(Self.bench()) == nil)
    }

    @Test func `every rule beside the gate is seen to fire and not to fire`() {
        #expect(Set(Self.cases.map(\.rule)) == RulesBesideTheGate.all)
        #expect(RulesBesideTheGate.all.isSubset(of: RuleTable.rules.map(\.id)))
    }

    @Test func `P24: a locked session stays locked, and a new one is none`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.pass(1_800_001)
        for _ in 1...2 {
            let refused = try bench.answer(agent, "Entry.Record", Bench.entry())
            #expect(refused.code == "E-LOCKED")
            #expect(refused.parameters["rule"]?.string == "P24")
        }
        #expect(try bench.lines().last?.rule == "P24")
        #expect(try bench.answer(bench.connect("agent.mpd1"), "Case.Get", ["case": "Alder"]).error == nil)
    }

    @Test func `V04: another root of the same size is another record`() throws {
        let bench = try Self.bench()
        #expect(try Self.entry(bench) { size, _ in (size, Digest.sha256([1])) } == "V04")
    }

    @Test func `P29: an export is on the record before its first piece, and ends with its digest`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let export = bench.call(by["lead.fib"], "Audit.Export", ["case": "Alder"], more: true)
        #expect(bench.answers(to: export).isEmpty)
        try bench.writeAll()
        #expect(try bench.lines().last?.event.kind == "access.exported")
        for _ in 1...3 { bench.drain(export) }
        let answers = bench.answers(to: export)
        let bytes = answers.compactMap { $0.parameters["data"]?.string }.flatMap { Base64.decode($0) ?? [] }
        #expect(!bytes.isEmpty)
        #expect(answers.last?.parameters["digest"]?.string == Digest.sha256(bytes).hex)
        // Without the right there is no piece at all.
        let refused = bench.call(by["agent.mpd1"], "Audit.Export", ["case": "Alder"], more: true)
        try bench.writeAll()
        #expect(bench.answers(to: refused).map(\.code) == ["E-ROLE"])
    }
}

extension Answer {
    /// The rule that refused; nil where none did.
    fileprivate var rule: String? { error == nil ? nil : parameters["rule"]?.string ?? error }
}
