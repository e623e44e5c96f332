import StrictJSON
import TestSupport
import Testing

@testable import Coordination

/// What was purged is nowhere in what the daemon keeps in memory.
///
/// Neither in the state, nor in what waits, nor in what is kept to explain a refusal. What the language frees is not overwritten, and
/// is no part of this.
@Suite("Memory after a purge", .tags(.medium, .g2))
struct PurgedMemoryTests {
    private static let word = "CANARY-2071"

    /// Where the word stands in what the sequencer keeps.
    private static func places(_ bench: Bench) -> [String] {
        bench.inside { sequencer in
            let kept: [(String, Any)] = [
                ("state", sequencer.state), ("due", sequencer.due as Any), ("last refused", sequencer.lastRefused),
                ("unfed", sequencer.unfed), ("unprojected", sequencer.unprojected), ("prepared", sequencer.prepared),
                ("in flight", sequencer.inFlight as Any), ("watches", sequencer.watches),
                ("exports", sequencer.exportWaiters), ("reports", sequencer.reportWaiters),
                ("warnings", sequencer.warnings), ("sessions", sequencer.sessions),
            ]
            return kept.filter { "\($0.1)".contains(word) }.map(\.0)
        }
    }

    @Test func `a text that is purged is not kept for who was refused with it, nor anywhere else`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        func move(_ method: String) throws {
            try bench.must(by["lead.fib"], "Case.\(method)", ["case": "Alder", "reason": "r"])
        }
        // Refused first, so that it is kept for who asks why.
        try move("Suspend")
        #expect(try bench.answer(agent, "Entry.Record", Bench.entry(Self.word)).code == "E-STATE")
        #expect(Self.places(bench) == ["last refused"])
        try move("Resume")
        _ = bench.call(by["lead.fib"], "Feed.Watch", ["case": "Alder"], more: true)
        try bench.must(agent, "Entry.Record", Bench.entry(Self.word))
        try bench.must(agent, "Entry.Get", ["case": "Alder", "entry": "E-1"])
        try bench.proposePurge(by)
        try bench.must(by["liaison.mpd"], "Removal.ApprovePurge", ["case": "Alder", "purge": "P-1"])
        try bench.writeAll()
        #expect(Self.places(bench) == [])
        // Why he was refused is told all the same, by what the record has.
        let steps = try bench.must(agent, "Policy.Explain").parameters["steps"]?.array
        #expect(steps?.last?.object?["rule"]?.string == "L01")
    }
}
