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

/// The rules that sessions, the record and exports apply, each with an act that it refuses and the nearest that it lets pass.
@Suite("Rules beside the gate", .tags(.medium))
struct SessionRuleTests {
    @Test func `P24: a session that was idle for longer than it may is locked, and says so in the record`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.pass(1_800_000)
        #expect(try bench.answer(agent, "Case.Get", ["case": "Alder"]).error == nil)
        bench.pass(1_800_001)
        for _ in 1...2 {
            let refused = try bench.answer(agent, "Entry.Record", Bench.entry())
            #expect(refused.code == "E-LOCKED")
            #expect(refused.parameters["rule"]?.string == "P24")
        }
        #expect(try bench.lines().last?.rule == "P24")
        #expect(try bench.answer(bench.connect("agent.mpd1"), "Case.Get", ["case": "Alder"]).error == nil)
    }

    @Test func `V04: an act of a client that saw another record is refused`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.post(.tick)
        let note = try #require(try bench.must(agent, "Audit.GetCheckpoint").parameters["note"]?.string)
        let seen = try UnverifiedCheckpoint(parsing: Array(note.utf8)).claim
        func entry(_ size: UInt64, _ root: String) -> JSONObject {
            var entry = Bench.entry()
            entry["context"] = ["sawSize": .integer(Int64(size)), "sawRoot": .string(root)]
            return entry
        }
        #expect(try bench.answer(agent, "Entry.Record", entry(seen.size, seen.root.hex)).error == nil)
        let other = Digest.sha256([1]).hex
        #expect(try bench.answer(agent, "Entry.Record", entry(seen.size, other)).code == "E-CHECKPOINT")
        #expect(try bench.answer(agent, "Entry.Record", entry(seen.size + 1_000, other)).code == "E-CHECKPOINT")
        #expect(try bench.lines().last?.rule == "V04")
    }

    @Test func `P25: what cannot be recorded is neither done nor shown`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        #expect(try bench.answer(agent, "Case.Get", ["case": "Alder"]).error == nil)
        let read = bench.call(agent, "Case.Get", ["case": "Alder"])
        try bench.fail(.full)
        let answer = try #require(bench.answers(to: read).first)
        #expect(answer.isUnavailable && answer.parameters["case"] == nil)
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
