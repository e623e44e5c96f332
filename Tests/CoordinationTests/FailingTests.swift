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

/// What cannot be recorded did not happen (rule P25, reliability.md 5.6).
@Suite("A write that fails", .tags(.medium, .g1, .g4))
struct FailingTests {
    /// One call under way, two decided, one that waits, all of which a failure concerns.
    private static func four(_ bench: Bench, _ agent: ConnectionID) -> [CallID] {
        (1...4).map { bench.call(agent, "Entry.Record", Bench.entry("\($0)")) }
    }

    @Test(arguments: [(RecordFault.Code.failed, "failed"), (.full, "diskFull")])
    func `everybody concerned is told, and the state is what the record has`(
        code: RecordFault.Code,
        reason: String
    ) throws {
        let bench = try Bench(batchLimit: 2)
        let agent = try bench.openAlder()["agent.mpd1"]
        let before = try bench.lines().count
        let calls = Self.four(bench, agent)
        try bench.fail(code)
        for call in calls {
            let answer = try #require(bench.answers(to: call).first)
            #expect(answer.isUnavailable && answer.isLast)
            #expect(answer.parameters["reason"]?.string == reason)
        }
        #expect(try bench.lines().count == before)
        #expect(try bench.isAsRecorded())
        #expect(bench.inside { $0.mode } == .readOnly)
        // Readings are refused as well, for they could not be recorded; health is told.
        #expect(try bench.answer(agent, "Case.Get", ["case": "Alder"]).isUnavailable)
        #expect(try bench.answer(agent, "Service.GetStatus").parameters["mode"]?.string == "readOnly")
    }

    @Test func `after an error nothing is tried again`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.call(agent, "Entry.Record", Bench.entry())
        try bench.fail(.failed)
        for _ in 1...3 { bench.post(.tick) }
        #expect(bench.heldWrites == 0)
        #expect(try bench.answer(agent, "Entry.Record", Bench.entry()).isUnavailable)
    }

    @Test func `after a full disk it goes on by itself, and the record says that there was a gap`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.call(agent, "Entry.Record", Bench.entry("lost"))
        try bench.fail(.full)
        // Still no room: the attempt itself is what fails, as often as it takes.
        for _ in 1...3 {
            bench.post(.tick)
            #expect(bench.heldWrites == 1)
            try bench.fail(.full)
            #expect(try bench.answer(agent, "Entry.Record", Bench.entry()).isUnavailable)
            #expect(try bench.isAsRecorded())
        }
        bench.post(.tick)
        try bench.writeAll()
        #expect(try bench.lines().last?.event.kind == "sys.sink_restored")
        #expect(try bench.must(agent, "Entry.Record", Bench.entry()).receipt?["item"]?.string == "E-1")
        #expect(try bench.isAsRecorded())
    }

    @Test(arguments: Seeds.all)
    func `with writes failing at random, who was promised something has it and nobody else`(seed: UInt64) throws {
        let bench = try Bench(seed: seed, batchLimit: 3)
        let agent = try bench.openAlder()["agent.mpd1"]
        var dice = SplitMix64(seed: seed)
        var calls: [CallID] = []
        for _ in 1...200 {
            switch dice.below(6) {
            case 0...2: calls.append(bench.call(agent, "Entry.Record", Bench.entry()))
            case 3: if bench.heldWrites > 0 { try bench.fail(.full) }
            case 4: bench.post(.tick)
            default: if bench.heldWrites > 0 { try bench.write() }
            }
        }
        bench.post(.tick)
        try bench.writeAll()
        let promised = Set(calls.compactMap { bench.answers(to: $0).first?.leaf })
        let kept = try bench.lines().filter { $0.event.kind == "entry.recorded" }.map(\.leaf.hex)
        #expect(promised == Set(kept), "seed \(seed)")
        #expect(calls.allSatisfy { bench.answers(to: $0).count == 1 }, "seed \(seed)")
        #expect(try bench.isAsRecorded(), "seed \(seed)")
    }
}
