import Policy
import StrictJSON
import Testing

@testable import Casework

/// Deadlines are those of domain.md 6.11, each overridable downward by the policy of who owes what is due.
@Suite("Deadlines that a policy shortens")
struct ShorteningTests {
    private static func bundle(_ hours: KeyValuePairs<String, Int64>, id: String = "short") -> JSONObject {
        var bundle = World.bundle([World.rule("allow participation")], id: id)
        bundle["deadlines"] = .array(hours.map { ["clock": .string($0), "hours": .integer($1)] })
        return bundle
    }

    private static func due(_ world: World, _ kind: ClockKind, _ item: String = "") -> UTCTime? {
        world.state.clocks.clock(kind, world.file("Alder").id, item)?.dueAt
    }

    private static func send(_ world: inout World, _ urgency: String) {
        let asked: JSONObject = ["to": "MPD-VT", "need": "Was it stopped?", "urgency": .string(urgency)]
        #expect(world.work(as: "agent.fib1", "io.accord.Request.Send", asked).isDone)
    }

    @Test func `a question is late when the law of who is asked says so, and no part of an answer moves that`() {
        var world = World.joined()
        world.adopt(id("MPD-VT"), "liaison.mpd", Self.bundle(["rfi": 24]))
        let before = world.now
        Self.send(&world, "normal")
        Self.send(&world, "urgent")
        #expect(Self.due(world, .requestAnswer, "Q-1") == before.adding(hours: 24))
        #expect(Self.due(world, .requestSoon, "Q-1") == before.adding(hours: 18))
        let second = UTCTime(milliseconds: before.milliseconds + 1_000)
        #expect(Self.due(world, .requestAnswer, "Q-2") == second.adding(hours: 8), "what is shorter stays")
        world.now = before.adding(hours: 5)
        let part: JSONObject = ["item": "Q-1", "text": "It was.", "handling": "H0"]
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.AnswerInPart", part).isDone)
        #expect(Self.due(world, .requestAnswer, "Q-1") == before.adding(hours: 24))
        world.now = before.adding(hours: 24)
        #expect(world.crossDueClocks().contains("rfi.overdue"))
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.AnswerInPart", part).isDone)
        #expect(world.state.clocks.overdue.contains { $0.item == "Q-1" }, "what is late stays late")
    }

    @Test func `it is the policy of who owes it, and of nobody else`() {
        var world = World.joined()
        world.adopt(id("SPO-OC"), "liaison.spo", Self.bundle(["rfi": 1, "case-review": 24]))
        let before = world.now
        Self.send(&world, "normal")
        #expect(Self.due(world, .requestAnswer, "Q-1") == before.adding(hours: 168))
        world.must("lead.fib", .moveCase("Alder", .review, reason: "r"))
        #expect(Self.due(world, .caseReview).map { $0 > before.adding(days: 89) } ?? false)
        world.adopt(id("FIB-MB"), "liaison.fib", Self.bundle(["case-review": 24]))
        let reviewed = world.now
        world.must("lead.fib", .moveCase("Alder", .review, reason: "r"))
        #expect(Self.due(world, .caseReview) == reviewed.adding(hours: 24))
    }

    @Test(
        arguments: [
            (["rfi": 169], false), (["rfi": 0], false), (["exigency": 5], false), (["rfi": 168], true),
            (["exigency": 4], true),
            (["custody-person": 24], true), (["session": 1], false), (["rfi": 4, "subject": 24], true),
        ] as [(KeyValuePairs<String, Int64>, Bool)]
    )
    func `a policy shortens a clock that it knows, and never lengthens one`(
        hours: KeyValuePairs<String, Int64>,
        isTaken: Bool
    ) throws {
        var world = World.joined()
        let outcome = world.act(as: "liaison.mpd", .jurisdiction(.propose(Self.bundle(hours))))
        #expect(outcome.isDone == isTaken)
        guard isTaken else { return }
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.jurisdiction == world.state.jurisdiction)
    }

    @Test func `replaying the record finds the same ends`() {
        var world = World.joined()
        world.adopt(id("MPD-VT"), "liaison.mpd", Self.bundle(["rfi": 24]))
        Self.send(&world, "normal")
        world.now = world.now.adding(hours: 25)
        world.crossDueClocks()
        var replay = DecisionReplay()
        for line in DecisionReplayTests.lines(of: world) {
            if case .differs(let difference) = replay.take(line) { Issue.record("\(difference)") }
        }
    }
}
