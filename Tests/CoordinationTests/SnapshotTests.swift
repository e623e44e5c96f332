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
}
