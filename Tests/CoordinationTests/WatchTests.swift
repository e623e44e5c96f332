import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// What a subscriber is told: each event once, in order, and nothing when it is not his any more.
@Suite("Watching", .tags(.medium, .g3))
struct WatchTests {
    private static func events(_ bench: Bench, _ watch: CallID) -> [Int64] {
        bench.answers(to: watch).compactMap { $0.parameters["event"]?.object?["position"]?.integer }
    }

    /// Follows Alder after a position; after its newest line if there is none.
    private static func follow(_ bench: Bench, _ who: ConnectionID, from after: Int64? = nil) throws -> CallID {
        let newest = try bench.lines().last { $0.event.caseID != .system }.map { Int64($0.caseSeq) }
        let positions: JSONValue = [["case": "Alder", "after": .integer(after ?? newest ?? -1)]]
        let watch = bench.call(who, "Feed.Watch", ["positions": positions], more: true)
        try bench.writeAll()
        return watch
    }

    @Test(arguments: Seeds.all)
    func `from the first line to the newest, over pages and live, none is left out and none comes twice`(
        seed: UInt64
    ) throws {
        let bench = try Bench(seed: seed, batchLimit: 64)
        let by = try bench.openAlder()
        for number in 1...300 { bench.call(by["agent.mpd1"], "Entry.Record", Bench.entry("\(number)")) }
        try bench.writeAll()
        let watch = try Self.follow(bench, by["lead.fib"], from: -1)
        var dice = SplitMix64(seed: seed)
        for number in 1...200 {
            switch dice.below(5) {
            case 0, 1: bench.call(by["agent.mpd1"], "Entry.Record", Bench.entry("\(number)"))
            case 2: if bench.heldWrites > 0 { try bench.write() }
            case 3: bench.call(by["agent.tcp1"], "Case.Get", ["case": "Alder"])
            default: bench.drain(watch)
            }
        }
        try bench.writeAll()
        for _ in 1...20 { bench.drain(watch) }
        let all = try bench.lines().filter { line in
            line.event.caseID != .system && line.outcome == .accepted && !line.event.kind.hasPrefix("access.")
        }
        #expect(Self.events(bench, watch) == all.map { Int64($0.caseSeq) }, "seed \(seed)")
        // From where it stopped, another watch goes on.
        let middle = Int64(all[all.count / 2].caseSeq)
        let rest = try Self.follow(bench, by["lead.fib"], from: middle)
        for _ in 1...10 { bench.drain(rest) }
        #expect(Self.events(bench, rest) == all.map { Int64($0.caseSeq) }.filter { $0 > middle }, "seed \(seed)")
    }

    @Test func `who asks for a list does not wait for watches that are behind`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        try bench.must(by["agent.mpd1"], "Entry.Record", Bench.entry("Two vans."))
        bench.hold(.pages)
        let watch = try Self.follow(bench, by["lead.fib"], from: -1)
        let list = bench.call(by["lead.fib"], "Entry.List", ["case": "Alder"], more: true)
        try bench.writeAll()
        #expect(bench.answers(to: list).contains { $0.parameters["entry"] != nil })
        #expect(Self.events(bench, watch).isEmpty)
        bench.run(.pages)
        #expect(!Self.events(bench, watch).isEmpty)
    }

    /// ipc.md 5.1: a client that was told of more than there is saw another record.
    @Test func `a watch from beyond the newest position is refused, to whom the case is known`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let newest = try #require(bench.lines().last { $0.event.caseID != .system }.map { Int64($0.caseSeq) })
        let goesOn = try Self.follow(bench, by["lead.fib"], from: newest)
        #expect(bench.answers(to: goesOn).last?.parameters["kind"]?.string == "live")
        let beyond = try #require(bench.answers(to: try Self.follow(bench, by["lead.fib"], from: newest + 500)).last)
        #expect(beyond.isLast && beyond.code == "E-CHECKPOINT")
        // Who may not know of the case is answered as if there were none, wherever he begins.
        let outside = [newest, newest + 500].map { after in
            (try? Self.follow(bench, by["agent.tcp1"], from: after)).flatMap { bench.answers(to: $0).last?.code }
        }
        #expect(outside[0] == outside[1] && outside[0] != nil && outside[0] != "E-CHECKPOINT")
    }

    @Test func `a watch of a case ends when the case is closed to the watcher`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let watch = try Self.follow(bench, by["agent.mpd1"])
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        let last = try #require(bench.answers(to: watch).last)
        #expect(last.isLast && last.code == "E-NOT-MEMBER")
        let heard = bench.answers(to: watch).count
        try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
        #expect(bench.answers(to: watch).count == heard)
    }

    @Test func `what was read ahead of a watcher is not sent once the case is closed to him`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        for number in 1...600 { bench.call(by["lead.fib"], "Entry.Record", Bench.entry("\(number)")) }
        try bench.writeAll()
        let watch = try Self.follow(bench, by["agent.mpd1"], from: -1)
        let heard = Self.events(bench, watch).count
        #expect((1...256).contains(heard))
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        for _ in 1...5 { bench.drain(watch) }
        let last = try #require(bench.answers(to: watch).last)
        #expect(last.isLast && last.code == "E-NOT-MEMBER")
        #expect(Self.events(bench, watch).count == heard)
    }

    @Test func `a watch of a case in which nothing happens ends with the watcher's role, at the next beat`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let watch = try Self.follow(bench, by["agent.mpd1"])
        bench.pass(301 * 86_400_000)
        bench.post(.tick)
        let last = try #require(bench.answers(to: watch).last)
        #expect(last.isLast && last.code == "E-NOT-MEMBER")
    }

    @Test func `a watch of everything says no more of a case that was closed to the watcher`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let watch = bench.call(by["agent.mpd1"], "Feed.Watch", [:], more: true)
        try bench.writeAll()
        #expect(bench.answers(to: watch).last?.parameters["positions"]?.array?.count == 1)
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        let heard = bench.answers(to: watch).count
        for beat in 1...3 {
            try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
            bench.pass(31_000)
            bench.post(.tick)
            try bench.writeAll()
            let last = try #require(bench.answers(to: watch).last)
            #expect(bench.answers(to: watch).count == heard + beat)
            #expect(last.parameters["kind"]?.string == "idle")
            #expect(last.parameters["positions"]?.array == [])
        }
        // Assigned again, he is told of what happens from then on.
        try bench.must(by["liaison.mpd"], "Case.Assign", ["case": "Alder", "member": "agent.mpd1"])
        #expect(bench.answers(to: watch).last?.parameters["event"]?.object?["kind"]?.string == "case.member_assigned")
    }

    @Test func `what an assignment opens is told once that is durable, and not if the disk refuses it`() throws {
        for isRefused in [true, false] {
            let bench = try Bench()
            let by = try bench.openAlder()
            try bench.must(
                by["liaison.mpd"],
                "Case.Unassign",
                ["case": "Alder", "member": "agent.mpd1", "reason": "r"]
            )
            let watch = bench.call(by["agent.mpd1"], "Feed.Watch", [:], more: true)
            try bench.writeAll()
            let heard = bench.answers(to: watch).count
            bench.call(by["lead.fib"], "Entry.Record", Bench.entry())
            bench.call(by["liaison.mpd"], "Case.Assign", ["case": "Alder", "member": "agent.mpd1"])
            // The entry becomes durable while the assignment is only decided.
            try bench.write()
            #expect(bench.answers(to: watch).count == heard)
            if isRefused { try bench.fail(.full) } else { try bench.writeAll() }
            let told = bench.answers(to: watch).dropFirst(heard).map { $0.parameters["event"]?.object?["kind"]?.string }
            #expect(told == (isRefused ? [] : ["entry.recorded", "case.member_assigned"]))
        }
    }

    @Test func `a member who is disabled loses his connections with that event, and is not told of it`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let watch = try Self.follow(bench, by["agent.mpd1"])
        let heard = bench.answers(to: watch).count
        try bench.must(by["liaison.mpd"], "Registry.DisableMember", ["member": "agent.mpd1", "reason": "r"])
        #expect(bench.closed == [by["agent.mpd1"]])
        try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
        #expect(bench.answers(to: watch).dropFirst(heard).allSatisfy { $0.code == "E-NOT-MEMBER" })
    }
}
