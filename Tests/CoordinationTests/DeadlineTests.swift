import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// What runs out says so at its time, once, whatever becomes of the daemon and of the machine's clock meanwhile.
@Suite("Deadlines", .tags(.medium, .g9))
struct DeadlineTests {
    private static let day: Int64 = 86_400_000

    private static func overdue(_ bench: Bench) throws -> [RecordedEvent] {
        try bench.lines().filter { $0.event.kind == "case.review_overdue" }
    }

    /// Alder, a week after it opened: oversight was told that it reviewed no readings yet, and the case is what is due next.
    private static func openAlder(_ bench: Bench) throws {
        try bench.openAlder()
        try bench.ring()
        #expect(try bench.lines().last?.event.kind == "audit.review_overdue")
    }

    /// When the case Alder is to be reviewed.
    private static func review(_ bench: Bench) throws -> Int64 {
        let opened = try #require(try bench.lines().first { $0.event.kind == "case.opened" })
        return opened.recordedAt + 90 * day
    }

    @Test func `the alarm is set for what is due next, and rings it onto the record`() throws {
        let bench = try Bench()
        try Self.openAlder(bench)
        let due = try Self.review(bench)
        #expect(bench.alarms.last == due)
        bench.pass(Self.day)
        bench.post(.alarm)
        #expect(try Self.overdue(bench).isEmpty, "rung too early it says nothing")
        try bench.ring()
        let line = try #require(try bench.lines().last)
        #expect(line.event.kind == "case.review_overdue" && line.recordedAt == due && line.by == "system")
        #expect(line.event.member == nil && line.outcome == .accepted)
        for _ in 1...3 {
            bench.post(.alarm)
            bench.post(.tick)
            bench.pass(Self.day)
            try bench.must(bench.connect("lead.fib"), "Entry.Record", Bench.entry())
        }
        #expect(try Self.overdue(bench).count == 1)
        let next = try #require(bench.alarms.last ?? nil)
        #expect(next > due)
        #expect(try bench.isAsRecorded())
    }

    @Test func `a review moves the alarm, and the old one rings for nothing`() throws {
        let bench = try Bench()
        try bench.openAlder()
        bench.pass(50 * Self.day)
        try bench.must(bench.connect("lead.fib"), "Case.Review", ["case": "Alder", "reason": "Work goes on."])
        let due = bench.now + 90 * Self.day
        bench.pass(41 * Self.day)
        bench.post(.alarm)
        try bench.writeAll()
        #expect(try Self.overdue(bench).isEmpty)
        bench.pass(49 * Self.day)
        bench.post(.alarm)
        try bench.writeAll()
        #expect(try Self.overdue(bench).map(\.recordedAt) == [due])
    }

    @Test func `a clock that was set forward finds it overdue before the next act is decided`() throws {
        let bench = try Bench()
        try bench.openAlder()
        bench.pass(91 * Self.day)
        try bench.must(bench.connect("lead.fib"), "Case.Review", ["case": "Alder", "reason": "Work goes on."])
        // Accounts that nobody used for 90 days are told of as well.
        let kinds = try bench.lines().map(\.event.kind).filter { $0.hasPrefix("case.review") }
        #expect(kinds == ["case.review_overdue", "case.reviewed"])
    }

    @Test func `a clock that was set back makes nothing late: the alarm is set anew at each tick`() throws {
        let bench = try Bench()
        try Self.openAlder(bench)
        let due = try Self.review(bench)
        for _ in 1...3 {
            let before = bench.alarms.count
            bench.pass(-3_600_000)
            bench.post(.tick)
            try bench.writeAll()
            #expect(bench.alarms.count > before && bench.alarms.last == due)
        }
        try bench.ring()
        #expect(try Self.overdue(bench).map(\.recordedAt) == [due])
    }

    @Test(arguments: [true, false])
    func `what ran out while nobody served is recorded at the next start, once`(keepsState: Bool) throws {
        let bench = try Bench(linesPerSnapshot: keepsState ? 1 : 50_000)
        try bench.openAlder()
        #expect(try (bench.shelf.keptState() != nil) == keepsState)
        bench.post(.stop { _, _ in })
        try bench.writeAll()
        bench.pass(91 * Self.day)
        let again = try Bench(linesPerSnapshot: keepsState ? 1 : 50_000, after: bench)
        again.post(.record(.started(version: "bench")))
        try again.writeAll()
        let sinceStart = try again.lines().map(\.event.kind).drop { $0 != "sys.started" }
        #expect(sinceStart.filter { $0 == "case.review_overdue" }.count == 1)
        again.post(.tick)
        try again.writeAll()
        let third = try Bench(after: again)
        third.post(.record(.started(version: "bench")))
        try third.writeAll()
        #expect(try Self.overdue(third).count == 1)
        #expect(try third.isAsRecorded())
    }

    @Test func `more than fit into a batch run out before anything else is decided`() throws {
        let bench = try Bench(batchLimit: 4)
        let by = try bench.openAlder()
        try bench.pass(days: 270, atWork: by.by.keys.sorted())
        let asked = bench.call(bench.connect("lead.fib"), "Case.List", more: true)
        try bench.writeAll()
        let kinds = try bench.lines().suffix(9).map(\.event.kind)
        #expect(kinds.dropLast().allSatisfy { $0 == "user.role_ending" } && kinds.last == "access.read")
        #expect(bench.answers(to: asked).last?.isLast == true)
    }

    @Test func `while the disk is full nothing runs out, and when there is room it does, once`() throws {
        let bench = try Bench()
        try bench.openAlder()
        bench.pass(91 * Self.day)
        bench.post(.alarm)
        try bench.fail(.full)
        #expect(bench.alarms.last == .some(nil), "nothing is to be woken for")
        #expect(try Self.overdue(bench).isEmpty)
        bench.post(.alarm)
        #expect(bench.heldWrites == 0)
        bench.post(.tick)
        try bench.writeAll()
        #expect(try Self.overdue(bench).count == 1)
        #expect(try bench.must(bench.connect("lead.fib"), "Feed.Due", more: true).isLast)
        #expect(try bench.isAsRecorded())
    }

    @Test func `those concerned hear of it as it happens, and others do not`() throws {
        let bench = try Bench()
        try Self.openAlder(bench)
        var watches: [String: CallID] = [:]
        for name in ["lead.fib", "auditor.rob", "agent.fib1", "agent.mpd1"] {
            watches[name] = bench.call(bench.connect(name), "Feed.Watch", [:], more: true)
        }
        try bench.writeAll()
        for watch in watches.values { bench.drain(watch) }
        try bench.ring()
        for (name, watch) in watches {
            let heard = bench.answers(to: watch).compactMap { $0.parameters["event"]?.object?["kind"]?.string }
            #expect(heard == (["lead.fib", "auditor.rob"].contains(name) ? ["case.review_overdue"] : []), "\(name)")
        }
    }

    @Test func `what is due is listed, acknowledged, and gone from the inbox`() throws {
        let bench = try Bench()
        try Self.openAlder(bench)
        func listed(_ method: String, _ name: String, _ parameters: JSONObject = [:]) throws -> [JSONObject] {
            let call = bench.call(bench.connect(name), method, parameters, more: true)
            try bench.writeAll()
            return bench.answers(to: call).compactMap { ($0.parameters["deadline"] ?? $0.parameters["task"])?.object }
        }
        #expect(try listed("Feed.Due", "lead.fib").map { $0["state"]?.string } == ["due"])
        #expect(try listed("Feed.Due", "lead.fib", ["overdue": true]).isEmpty)
        try bench.ring()
        for sent in [["case": "Alder", "overdue": true], [:]] as [JSONObject] {
            let due = try listed("Feed.Due", "lead.fib", sent)
            #expect(due.map { $0["clock"]?.string } == ["case-review"])
            #expect(due.first?["command"]?.string?.hasPrefix("accord case review TF-") == true)
        }
        #expect(try listed("Feed.Due", "agent.mpd1").isEmpty)
        #expect(
            try bench.answer(bench.connect("agent.tcp1"), "Feed.Due", ["case": "Alder"], more: true).code
                == "E-NOT-MEMBER"
        )
        #expect(try listed("Feed.Inbox", "lead.fib").map { $0["kind"]?.string } == ["overdue"])
        try bench.must(bench.connect("lead.fib"), "Feed.Acknowledge", ["case": "Alder", "item": "case-review"])
        #expect(try listed("Feed.Inbox", "lead.fib").isEmpty)
        #expect(try listed("Feed.Due", "lead.fib", ["overdue": true]).count == 1)
        #expect(try bench.isAsRecorded())
    }
}
