import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// Nothing leaves before its line is durable, whatever comes in between.
@Suite("Nothing is answered before it is durable", .tags(.medium, .g1, .g4))
struct DurableTests {
    @Test func `a receipt, a refusal and a reading wait for the batch that holds their line`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        let stranger = by["agent.tcp1"]
        let first = bench.call(agent, "Entry.Record", Bench.entry())
        #expect(bench.heldWrites == 1)
        let second = bench.call(stranger, "Case.Get", ["case": "Alder"])
        let third = bench.call(agent, "Case.Get", ["case": "Alder"])
        #expect(bench.heldWrites == 1)
        #expect([first, second, third].allSatisfy { bench.answers(to: $0).isEmpty })
        try bench.write()
        #expect(bench.answers(to: first).first?.receipt?["item"]?.string == "E-1")
        #expect([second, third].allSatisfy { bench.answers(to: $0).isEmpty })
        try bench.write()
        #expect(bench.answers(to: second).first?.code == "E-NOT-MEMBER")
        #expect(bench.answers(to: third).first?.parameters["case"]?.object?["title"]?.string == "Alder")
    }

    @Test func `a reading of text waits for its own line, and for the views to have caught up`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        bench.hold(.views)
        let written = bench.call(agent, "Entry.Record", Bench.entry("Two vans."))
        let read = bench.call(agent, "Entry.Get", ["case": "Alder", "entry": "E-1"])
        try bench.writeAll()
        #expect(bench.answers(to: written).first?.receipt != nil)
        #expect(bench.answers(to: read).isEmpty)
        bench.run(.views)
        #expect(bench.answers(to: read).first?.parameters["entry"]?.object?["text"]?.string == "Two vans.")
        let line = try #require(try bench.lines().last { $0.event.kind == "access.read" })
        #expect(bench.durableWhenAnswered(read).allSatisfy { $0 > line.seq })
    }

    @Test(arguments: Seeds.all)
    func `whatever is called and written in whatever order, no answer comes before its line`(seed: UInt64) throws {
        let bench = try Bench(seed: seed, batchLimit: 4)
        let by = try bench.openAlder()
        let callers = ["lead.fib", "agent.fib1", "agent.mpd1", "agent.tcp1", "admin.ops", "auditor.rob"].map { by[$0] }
        var dice = SplitMix64(seed: seed)
        let before = try bench.lines().count
        var calls: [CallID] = []
        for _ in 1...300 {
            let caller = callers[dice.below(callers.count)]
            switch dice.below(8) {
            case 0...2: calls.append(bench.call(caller, "Entry.Record", Bench.entry()))
            case 3: calls.append(bench.call(caller, "Case.Get", ["case": "Alder"]))
            case 4: calls.append(bench.call(caller, "Entry.Get", ["case": "Alder", "entry": "E-1"]))
            case 5: bench.post(.tick)
            default: if bench.heldWrites > 0 { try bench.write() }
            }
            // Each of these calls makes one line.
            let answered = calls.count { !bench.answers(to: $0).isEmpty }
            let durable = Int(bench.shelf.record.head.size) - before
            #expect(answered <= durable, "seed \(seed)")
            #expect(bench.heldWrites <= 1, "seed \(seed)")
        }
        try bench.writeAll()
        #expect(calls.allSatisfy { bench.answers(to: $0).last?.isLast ?? false }, "seed \(seed)")
        #expect(try bench.lines().count == before + calls.count, "seed \(seed)")
        #expect(try bench.isAsRecorded(), "seed \(seed)")
    }

    @Test func `stopping writes what was decided, refuses what waits, and then says so`() throws {
        let bench = try Bench(batchLimit: 2)
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        let inFlight = bench.call(agent, "Entry.Record", Bench.entry("1"))
        let decided = [
            bench.call(agent, "Entry.Record", Bench.entry("2")), bench.call(agent, "Entry.Record", Bench.entry("3")),
        ]
        let waiting = bench.call(agent, "Entry.Record", Bench.entry("4"))
        let stopped = Stopped()
        bench.post(.stop { stopped.set($0, $1) })
        let late = bench.call(agent, "Entry.Record", Bench.entry("5"))
        #expect(bench.answers(to: waiting).first?.parameters["reason"]?.string == "stopping")
        #expect(stopped.state == nil)
        #expect(bench.answers(to: inFlight).isEmpty)
        try bench.writeAll()
        #expect(bench.answers(to: late).first?.parameters["reason"]?.string == "stopping")
        for call in [inFlight] + decided { #expect(bench.answers(to: call).first?.receipt != nil) }
        let lines = try bench.lines()
        #expect(lines.last?.event.kind == "sys.stopped")
        #expect(stopped.state?.encode() == (try bench.recovery.recover(bench.shelf)).state.encode())
        #expect(stopped.size == UInt64(lines.count))
    }
}
