import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// A request number makes a retry safe: the act is done once, and its receipt is the asker's alone.
@Suite("A request that is repeated", .tags(.medium))
struct RepeatTests {
    static let number = String(repeating: "ab", count: 16)

    @Test func `it gets the first receipt, before, while and after the first is written`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        let other = bench.connect("agent.mpd1")
        let before = try bench.lines().count
        let busy = bench.call(by["lead.fib"], "Case.Get", ["case": "Alder"])
        let entry = Bench.entry("Once.", request: Self.number)
        // Decided and not yet on its way, twice from two connections of the same person.
        let calls = [bench.call(agent, "Entry.Record", entry), bench.call(other, "Entry.Record", entry)]
        try bench.write()
        #expect(bench.answers(to: busy).first?.isLast == true)
        // On its way.
        let during = bench.call(other, "Entry.Record", entry)
        #expect((calls + [during]).allSatisfy { bench.answers(to: $0).isEmpty })
        try bench.write()
        let after = bench.call(agent, "Entry.Record", entry)
        try bench.writeAll()
        let answers = (calls + [during, after]).compactMap { bench.answers(to: $0).first }
        #expect(answers.map(\.isDuplicate) == [false, true, true, true])
        #expect(Set(answers.compactMap(\.leaf)).count == 1)
        #expect(answers.allSatisfy { $0.receipt?["item"]?.string == "E-1" })
        #expect(answers.allSatisfy { $0.receipt?["case"]?.string == answers[0].receipt?["case"]?.string })
        #expect(try bench.lines().count == before + 2)
    }

    @Test func `more repetitions than a batch has room for are all found`() throws {
        let bench = try Bench(batchLimit: 2)
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        let entries = ["aa", "bb", "cc", "dd"].map {
            Bench.entry("Once.", request: String(repeating: $0, count: 16))
        }
        for entry in entries { try bench.must(agent, "Entry.Record", entry) }
        let before = try bench.lines().count
        // One batch is on its way and the next is full, so that the repetitions wait for one another.
        let busy = (0..<3).map { _ in bench.call(by["lead.fib"], "Case.Get", ["case": "Alder"]) }
        let repeated = entries.map { bench.call(agent, "Entry.Record", $0) }
        try bench.writeAll()
        #expect(busy.allSatisfy { bench.answers(to: $0).first?.isLast == true })
        #expect(repeated.map { bench.answers(to: $0).first?.isDuplicate } == [true, true, true, true])
        #expect(try bench.lines().count == before + 3)
    }

    @Test func `the same number from somebody else is an act of his own`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let entry = Bench.entry("Mine.", request: Self.number)
        let first = try bench.must(by["agent.mpd1"], "Entry.Record", entry)
        let second = try bench.must(by["agent.fib1"], "Entry.Record", entry)
        #expect(second.isDuplicate == false)
        #expect(second.leaf != first.leaf)
        // And to whom the case is not open it tells nothing.
        #expect(try bench.answer(by["agent.tcp1"], "Entry.Record", entry).code == "E-NOT-MEMBER")
    }

    @Test func `the same number for something else is refused, and nothing is done`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        try bench.must(agent, "Entry.Record", Bench.entry("First.", request: Self.number))
        let before = try bench.lines().count
        let withdrawal: JSONObject = [
            "case": "Alder", "entry": "E-1", "reason": "r", "context": ["request": .string(Self.number)],
        ]
        let answer = try bench.answer(agent, "Entry.Withdraw", withdrawal)
        #expect(answer.receipt == nil && answer.code == "E-TAKEN")
        // On its way to the disk as well.
        let second = String(repeating: "cd", count: 16)
        let calls = [
            bench.call(agent, "Entry.Record", Bench.entry("Second.", request: second)),
            bench.call(
                agent,
                "Entry.Acknowledge",
                ["case": "Alder", "entry": "E-1", "context": ["request": .string(second)]]
            ),
        ]
        try bench.writeAll()
        #expect(calls.compactMap { bench.answers(to: $0).first?.code } == ["E-TAKEN"])
        #expect(try bench.lines().count == before + 1)
    }

    @Test func `a refusal takes no number`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let entry = Bench.entry("Later.", request: Self.number)
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        #expect(try bench.answer(by["agent.mpd1"], "Entry.Record", entry).code == "E-NOT-MEMBER")
        try bench.must(by["liaison.mpd"], "Case.Assign", ["case": "Alder", "member": "agent.mpd1"])
        #expect(try bench.must(by["agent.mpd1"], "Entry.Record", entry).isDuplicate == false)
    }

    @Test func `somebody who was disabled gets no receipt, and a uid's next holder not that of the last`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let entry = Bench.entry("Before.", request: Self.number)
        try bench.must(by["agent.mpd1"], "Entry.Record", entry)
        try bench.must(by["liaison.mpd"], "Registry.DisableMember", ["member": "agent.mpd1", "reason": "r"])
        let again = bench.connect("agent.mpd1")
        #expect(try bench.answer(again, "Entry.Record", entry).code == "E-NOT-ENROLLED")
        let uid = try #require(Bench.uids["agent.mpd1"])
        try bench.must(
            by["liaison.mpd"],
            "Registry.EnrolMember",
            ["id": "agent.mpd2", "agency": "MPD-VT", "uids": [.integer(Int64(uid))], "keys": []]
        )
        let answer = try bench.answer(again, "Entry.Record", entry)
        #expect(answer.receipt == nil)
        #expect(answer.code == "E-TAKEN")
    }
}
