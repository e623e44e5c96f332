import RecordStore
import Synchronization
import TestSupport
import Testing

@testable import Coordination

/// The watchdog is fed by what moves (reliability.md 5.1).
@Suite("A pulse", .tags(.medium))
struct PulseTests {
    @Test func `an answer waits for the writer`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.call(agent, "Entry.Record", Bench.entry())
        let heard = Heard()
        bench.post(.pulse { heard.note($0) })
        #expect(heard.conditions.isEmpty)
        try bench.write()
        #expect(heard.conditions == [Condition(mode: .running, warnings: [])])
    }

    @Test func `a daemon that cannot record is alive, and says what is wrong`() throws {
        let bench = try Bench()
        let agent = try bench.openAlder()["agent.mpd1"]
        bench.call(agent, "Entry.Record", Bench.entry())
        try bench.fail(.full)
        let heard = Heard()
        bench.post(.pulse { heard.note($0) })
        #expect(heard.conditions.map(\.mode) == [.readOnly])
        #expect(heard.conditions.first?.sentence.hasPrefix("The disk is full") ?? false)
    }

    private final class Heard: Sendable {
        private let heard = Mutex<[Condition]>([])
        var conditions: [Condition] { heard.withLock { $0 } }
        func note(_ condition: Condition) { heard.withLock { $0.append(condition) } }
    }
}
