import CaseViews
import Casework
import RecordStore
import StrictJSON
import TestSupport
import Testing

@testable import Coordination

/// A start after a crash replays what came after the state that was kept last.
@Suite("States that are kept", .tags(.medium, .g1))
struct SnapshotTests {
    /// The state that the first lines of the record give, with no help from any that was kept.
    private static func state(of bench: Bench, after lines: UInt64) throws -> [UInt8] {
        var state = CaseworkState()
        for event in try bench.lines() where event.seq < lines { state.evolve(event.event, at: event.place) }
        return state.encode()
    }

    @Test func `a kept state is that of its lines, whatever was decided meanwhile`() throws {
        let bench = try Bench(batchLimit: 2, linesPerSnapshot: 3)
        let agent = try bench.openAlder()["agent.mpd1"]
        for number in 1...20 { bench.call(agent, "Entry.Record", Bench.entry("\(number)")) }
        var positions: Set<UInt64> = []
        while bench.heldWrites > 0 {
            try bench.write()
            let kept = try #require(try bench.shelf.keptState())
            #expect(kept.position <= bench.shelf.record.head.size)
            #expect(try kept.state.encode() == Self.state(of: bench, after: kept.position))
            positions.insert(kept.position)
        }
        #expect(positions.count >= 5)
        #expect(try bench.isAsRecorded())
    }

    /// Facts stand in the order of the act while the daemon runs, and in that of their line when it is read again.
    @Test func `the state with shared work in it is the one that its lines give, to the byte`() throws {
        let bench = try Bench(linesPerSnapshot: 1)
        let agent = try bench.openAlder()["agent.fib1"]
        let due = JSONValue.integer((bench.now + 86_400_000) * 1_000)
        let steps: [(String, JSONObject)] = [
            ("Task.Assign", ["to": "MPD-VT", "need": "Canvass.", "blocking": true, "dueAt": due]),
            ("Request.Send", ["to": "MPD-VT", "need": "Seen?", "urgency": "normal", "offence": "18 USC 1591"]),
            (
                "Subject.Register",
                ["kind": "person", "criminality": "trafficking", "basis": "Two complaints.", "lawfullyObtained": true]
            ),
        ]
        for (method, fields) in steps {
            var parameters = fields
            parameters["case"] = "Alder"
            try bench.must(agent, method, parameters)
            let kept = try #require(try bench.shelf.keptState())
            #expect(try kept.state.encode() == Self.state(of: bench, after: kept.position), "\(method)")
            #expect(try bench.isAsRecorded(), "\(method)")
        }
    }

    @Test func `no state is kept of a batch that was not recorded`() throws {
        let bench = try Bench(linesPerSnapshot: 1)
        let agent = try bench.openAlder()["agent.mpd1"]
        let before = try #require(try bench.shelf.keptState()).position
        bench.call(agent, "Entry.Record", Bench.entry("lost"))
        try bench.fail(.full)
        #expect(try bench.shelf.keptState()?.position == before)
        bench.post(.tick)
        try bench.writeAll()
        let kept = try #require(try bench.shelf.keptState())
        #expect(kept.position == bench.shelf.record.head.size)
        #expect(try kept.state.encode() == Self.state(of: bench, after: kept.position))
    }

    /// After how many lines the block of each case's first entries was kept, by the case's title.
    private static func positions(_ bench: Bench) throws -> [String: UInt64] {
        let state = try #require(try bench.shelf.keptState()).state
        let places = try bench.shelf.views.snapshot { _, _, block in
            try state.casesInOrder.map { ($0.title, try block($0.id, 0)?.position) }
        }
        return Dictionary(
            uniqueKeysWithValues: try #require(places).compactMap { title, place in place.map { (title, $0) } }
        )
    }

    /// Alder without an entry, and Birch with one; each line's state is kept.
    private static func twoCases() throws -> (Bench, Cast) {
        let bench = try Bench(linesPerSnapshot: 1)
        let cast = try bench.openAlder()
        try bench.openBirch(cast)
        try bench.must(cast["agent.fib1"], "Entry.Record", Bench.entry("Birch.", of: "Birch"))
        return (bench, cast)
    }

    @Test func `of a case whose entries did not change nothing is written again`() throws {
        let (bench, cast) = try Self.twoCases()
        try bench.must(cast["agent.fib1"], "Entry.Record", Bench.entry("1"))
        let before = try Self.positions(bench)
        try bench.must(cast["agent.fib1"], "Entry.Record", Bench.entry("2"))
        try bench.must(cast["lead.fib"], "Case.Suspend", ["case": "Birch", "reason": "r"])
        let after = try Self.positions(bench)
        #expect(before.count == 2 && after["Birch"] == before["Birch"])
        #expect(try #require(before["Birch"]) < #require(before["Alder"]))
        #expect(try #require(before["Alder"]) < #require(after["Alder"]))
        // What a start reads is known to be there.
        let again = try Bench(linesPerSnapshot: 1, after: bench)
        again.post(.record(.started(version: "bench")))
        try again.writeAll()
        #expect(try Self.positions(again) == after)
        #expect(try again.isAsRecorded())
    }

    @Test func `what is kept after the views were made anew is whole`() throws {
        let (bench, cast) = try Self.twoCases()
        try ViewsFeeding.remake(bench.shelf, through: bench.shelf.record.head.size - 1)
        #expect(try bench.shelf.views.snapshot { _, _, _ in true } == nil)
        try bench.must(cast["agent.fib1"], "Entry.Record", Bench.entry("1"))
        let kept = try #require(try bench.shelf.keptState())
        #expect(kept.position == bench.shelf.record.head.size)
        #expect(try kept.state.encode() == Self.state(of: bench, after: kept.position))
    }

    @Test func `an older block is taken for no newer one, whatever place is written beside it`() throws {
        let bench = try Bench(linesPerSnapshot: 1)
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("1"))
        func kept() throws -> (head: [UInt8], position: UInt64, block: KeptBlock)? {
            let id = try #require(bench.inside { $0.state.casesInOrder.first?.id })
            return try bench.shelf.views.snapshot { head, position, block in
                (head, position, try #require(try block(id, 0)))
            }
        }
        let old = try #require(try kept()).block
        let change: JSONObject = ["case": "Alder", "entry": "E-1", "handling": "H2", "reason": "r"]
        try bench.must(cast["agent.mpd1"], "Entry.ChangeHandling", change)
        let (head, position, new) = try #require(try kept())
        #expect(new.position > old.position)
        let forged = KeptBlock(caseID: old.caseID, number: 0, position: new.position, bytes: old.bytes)
        for block in [old, forged] {
            try bench.shelf.views.keep(snapshot: head, position: position, blocks: [block])
            #expect(try bench.shelf.keptState() == nil)
            #expect(try bench.isAsRecorded())
        }
        try bench.shelf.views.keep(snapshot: head, position: position, blocks: [new])
        #expect(try bench.shelf.keptState()?.position == position)
    }
}
