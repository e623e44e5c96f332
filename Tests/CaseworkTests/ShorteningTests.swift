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
            (["minor-notice": 25], false), (["consent": 181 * 24], false), (["conflict": 1, "target": 24], true),
            (["op-decon": 1], false), (["retention": 5 * 365 * 24], true),
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

    @Test func `two sides of a conflict are in touch as soon as their own law has it, whatever the other's is`() throws
    {
        var world = World.joined()
        world.adopt(id("MPD-VT"), "liaison.mpd", Self.bundle(["conflict": 2]))
        _ = world.submit("agent.tcp1", World.plan(from: 240, until: 244))
        let asked = world.now
        let own = world.submit("agent.mpd1", World.plan(from: 240, until: 244))
        let name = try #require(own.found.first).word("conflict")
        func due(_ agency: String) -> UTCTime? {
            world.state.clocks.clock(.conflictContact, .deconfliction(of: id(agency)), name)?.dueAt
        }
        #expect(due("MPD-VT") == asked.adding(hours: 2))
        #expect(due("TCP-NAR") == World.at(hours: 239.5), "the other's law tells it nothing")
        // What is amended meanwhile gives no more time, but the quarter of an hour that there always is.
        world.now = asked.adding(hours: 1)
        world.must("agent.mpd1", World.amend(own.name, PlaceAndTime(radius: 700)))
        #expect(due("MPD-VT") == asked.adding(hours: 2))
        world.now = asked.adding(hours: 2)
        #expect(world.crossDueClocks().contains("decon.unresolved"))
        let amended = world.now
        world.must("agent.mpd1", World.amend(own.name, PlaceAndTime(radius: 600)))
        #expect(due("MPD-VT").map { $0 <= UTCTime(milliseconds: amended.milliseconds + World.hour / 4) } ?? true)
    }

    @Test func `a target matches, and a consent lasts, no longer than the law of who recorded it has it`() throws {
        var world = World.joined()
        world.adopt(id("FIB-MB"), "liaison.fib", Self.bundle(["target": 48]))
        let now = world.now
        func end(_ name: String) -> UTCTime? {
            world.state.clocks.clock(.targetValidity, .deconfliction(of: id("FIB-MB")), name)?.dueAt
        }
        let target = world.submit("agent.fib1", World.target()).name
        #expect(end(target) == now.adding(hours: 48))
        let late = Act.deconfliction(.validateTarget(target, until: now.adding(hours: 60), basis: "b"))
        #expect(world.act(as: "agent.fib1", late).code == "E-INVALID")
        world.now = now.adding(hours: 24)
        let again = world.now
        world.must("agent.fib1", .deconfliction(.validateTarget(target, until: nil, basis: "b")))
        #expect(end(target) == again.adding(hours: 48))
        world.now = again.adding(hours: 48)
        _ = world.crossDueClocks()
        #expect(world.submit("agent.tcp1", World.target()).found.isEmpty, "it matches nothing any more")
    }

    @Test func `a minor's notice, a consent and a review are due when the law of whose they are has it`() throws {
        var world = World.cared()
        world.adopt(id("SPS"), "liaison.sps", Self.bundle(["minor-notice": 6, "consent": 240]))
        world.adopt(id("SPO-OC"), "liaison.spo", Self.bundle(["retention": 240]))
        world.mint()
        let flagged = world.now
        #expect(world.victim("FlagMinor").isDone)
        #expect(Self.due(world, .minorNotice, "V-0001") == flagged.adding(hours: 6))
        #expect(world.consent(["needs"], to: ["MPD-VT"], days: 11).code == "E-INVALID")
        #expect(world.consent(["needs"], to: ["MPD-VT"], days: 9).isDone)
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        func retain(_ entry: String, days: Int64) -> Act {
            let until = world.now.adding(days: days)
            return .removal("Alder", .review([entry], .retain, until: until, explanation: "Still needed."))
        }
        let late = world.act(as: "lead.fib", retain("E-1", days: 11))
        #expect(late.code == "E-INVALID" && late.refusal?.outward.message.contains("SPO-OC") ?? false)
        world.must("lead.fib", retain("E-1", days: 10))
        world.must("lead.fib", retain("E-2", days: 300))
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
