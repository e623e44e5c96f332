import Policy
import StrictJSON
import Testing

@testable import Casework

/// An order or a review removes what 8 USC 1367 protects, by two persons, and to all others nothing has happened (domain.md 2.5,
/// 2.11, 6.8: P19, P20).
@Suite("Lawful removal of what 8 USC 1367 protects")
struct ProtectedRemovalTests {
    private static let others = [
        "lead.fib", "agent.fib1", "analyst.fib", "liaison.fib", "agent.mpd1", "inspector.lsd", "liaison.sps",
        "auditor.rob", "liaison.spo",
    ]

    /// W-1 about V-0001, of which the city's police was asked to certify.
    private static func world() -> World {
        var world = World.cared()
        world.mint()
        world.flag("RequestPresence")
        world.matter("GrantPresence", ["until": .integer(world.now.adding(days: 400).milliseconds * 1_000)])
        world.matter("RequestCertification", ["to": "MPD-VT"])
        world.matter("DecideCertification", as: "liaison.mpd", ["decision": "signed"])
        return world
    }

    /// The order's name.
    @discardableResult
    private static func order(_ world: inout World, about matter: String = "W-1", appealDays: Int64? = nil) -> String {
        var parameters: JSONObject = [
            "matter": .string(matter), "court": "Superior Court", "docket": "31-CV-7",
            "effectiveAt": .integer(World.start.milliseconds * 1_000),
        ]
        parameters["appealUntil"] = appealDays.map { .integer(world.now.adding(days: $0).milliseconds * 1_000) }
        return world.matter("RecordOrder", as: "counsel.dao", parameters).event?.item ?? "-"
    }

    private static func propose(
        _ world: inout World,
        _ order: String?,
        as name: String = "advocate.sps"
    ) -> World.Outcome {
        var parameters: JSONObject = ["text": "the court's order"]
        parameters["order"] = order.map { .string($0) }
        return world.matter("ProposePurge", as: name, parameters)
    }

    private static func purged() -> World {
        var world = world()
        let order = order(&world)
        #expect(propose(&world, order).isDone)
        #expect(world.matter("ApprovePurge", as: "counsel.dao").isDone)
        return world
    }

    /// As it comes back from a record of which the daemon destroyed what was said before the approval.
    private static func destroyed(_ world: inout World) throws -> [(event: Event, place: StreamPosition)] {
        let purge = try #require(world.state.pendingPurges.first)
        let due = try #require(world.state.destruction(of: purge))
        world.append(due.event)
        #expect(world.state.pendingPurges.isEmpty)
        return try world.record.map { line in
            let isGone =
                line.event.caseID == purge.caseID && Int64(clamping: line.place.caseSeq) < purge.approvalLine
                && line.event.kind == "restricted"
            return (try line.event.reread(without: isGone ? ["text"] : []), line.place)
        }
    }

    @Test func `an order is taken whether or not there is what it names, and looks the same to who records it`() {
        var world = Self.world()
        let there = world.matter("RecordOrder", as: "counsel.dao", Self.terms("W-1"))
        let absent = world.matter("RecordOrder", as: "counsel.dao", Self.terms("W-99"))
        #expect(there.isDone && absent.isDone)
        for outcome in [there, absent] {
            #expect(outcome.event?.kind == "restricted" && outcome.event?.parts().map(\.name) == ["details", "text"])
            let line = world.record.first { $0.event == outcome.event }
            #expect(line?.place.caseSeq == 0, "each stands in a stream of its own")
        }
        // Victim services are told of the one that is about something.
        #expect(world.waits(for: "advocate.sps", there.event?.item ?? "-"))
        #expect(!world.waits(for: "advocate.sps", absent.event?.item ?? "-"))
        for name in Self.others {
            #expect(world.matter("RecordOrder", as: name, Self.terms("W-1")).code == "E-ROLE", "\(name)")
        }
    }

    private static func terms(_ matter: String) -> JSONObject {
        [
            "matter": .string(matter), "court": "Superior Court", "docket": "31-CV-7",
            "effectiveAt": .integer(World.start.milliseconds * 1_000),
        ]
    }

    @Test func `P20: without an order or a review nothing is proposed, and before an appeal has ended neither`() {
        var world = Self.world()
        #expect(Self.propose(&world, nil).rule == "P20")
        #expect(Self.propose(&world, "W-77").rule == "P20")
        let other = Self.order(&world, about: "W-99")
        #expect(Self.propose(&world, other).rule == "P20")
        let early = Self.order(&world, appealDays: 30)
        #expect(Self.propose(&world, early).rule == "L01")
        world.pass(days: 31)
        #expect(Self.propose(&world, early).isDone)
        #expect(Self.propose(&world, early).rule == "L01")
    }

    @Test func `P20: the second person is another: counsel where a court ordered it, by what is proposed alone`() {
        var world = World.cared()
        world.mint()
        world.flag()
        let order = Self.order(&world)
        #expect(world.shown("counsel.dao", item: "W-1") == nil)
        #expect(world.matter("ApprovePurge", as: "counsel.dao").code == "E-NOT-FOUND")
        #expect(Self.propose(&world, order).isDone)
        #expect(world.matter("ApprovePurge", as: "advocate.sps").rule == "P20")
        #expect(world.matter("ApprovePurge", as: "specialist.mpd").rule == "P20")
        for name in Self.others {
            #expect(world.matter("ApprovePurge", as: name).code == "E-NOT-FOUND", "\(name)")
        }
        #expect(world.waits(for: "counsel.dao", "W-1"))
        let shown = world.shown("counsel.dao", item: "W-1")?.shown
        #expect(shown.map { "\($0)".contains("V-0001") } == false)
        #expect(world.matter("DeclinePurge", as: "counsel.dao", ["text": "another docket"]).isDone)
        #expect(world.shown("counsel.dao", item: "W-1") == nil && !world.waits(for: "counsel.dao", "W-1"))
        #expect(Self.propose(&world, order).isDone)
        #expect(world.matter("ApprovePurge", as: "counsel.dao").isDone)
    }

    @Test func `after a review another of victim services decides, or counsel who may know of it`() {
        var world = World.cared()
        world.mint()
        world.flag()
        let kept: JSONObject = ["retention": "retain", "text": "needed"]
        #expect(world.matter("Review", kept).code == "E-INVALID")
        let next: JSONValue = .integer(world.now.adding(days: 300).milliseconds * 1_000)
        #expect(world.matter("Review", kept.with([("nextReview", next)])).isDone)
        #expect(Self.propose(&world, nil).rule == "P20")
        #expect(world.matter("Review", ["retention": "purge", "text": "granted elsewhere"]).isDone)
        #expect(Self.propose(&world, nil).isDone)
        #expect(world.matter("ApprovePurge", as: "counsel.dao").code == "E-NOT-FOUND")
        #expect(world.matter("ApprovePurge", as: "advocate.sps").rule == "P20")
        var copy = world
        #expect(copy.matter("ApprovePurge", as: "specialist.mpd").isDone)
        world.matter("RequestCertification", ["to": "MPD-VT"])
        #expect(world.matter("ApprovePurge", as: "counsel.dao").isDone)
    }

    @Test func `P19: a hold on all of the case keeps it`() {
        var world = Self.world()
        let order = Self.order(&world)
        world.must("counsel.dao", .removal("Alder", .placeHold([], reason: "trial")))
        #expect(Self.propose(&world, order).rule == "P19")
        world.must("counsel.dao", .removal("Alder", .liftHold("L-1", reason: "verdict")))
        #expect(Self.propose(&world, order).isDone)
        world.must("counsel.dao", .removal("Alder", .placeHold([], reason: "trial")))
        #expect(world.matter("ApprovePurge", as: "counsel.dao").rule == "P19")
    }

    @Test func `from the approval on nobody reads it, nothing runs for it, and the state keeps none of it`() {
        var world = Self.purged()
        for name in ["advocate.sps", "specialist.mpd", "counsel.dao", "liaison.mpd"] {
            #expect(world.shown(name, item: "W-1").map { $0.shown["facts"] == nil } ?? true, "\(name)")
        }
        let item = world.file("Alder").work["v1367", 1]
        #expect(item?.facts["victim"] == nil && item?.facts["recipients"] == nil && item?.facts["until"] == nil)
        #expect(!world.state.clocks.pending.contains { $0.item == "W-1" })
        #expect(world.matter("GrantPresence", ["until": 1]).isDone == false)
        // Who was asked to certify is told, and certifies that his copies are gone.
        #expect(world.waits(for: "liaison.mpd", "W-1"))
        #expect(world.matter("CertifyPurge", as: "liaison.mpd").isDone)
        #expect(world.matter("CertifyPurge", as: "liaison.mpd").rule == "L01")
        #expect(!world.waits(for: "liaison.mpd", "W-1"))
        #expect(!world.waits(for: "advocate.sps", "W-2"), "the order is carried out")
    }

    @Test func `what its author said of it is a part of its own, which the purge destroys`() throws {
        var world = Self.purged()
        let stream = try #require(world.file("Alder").work["v1367", 1]?.stream)
        for line in world.record where line.event.caseID == stream && line.event.kind == "restricted" {
            let details = "\(try #require(line.event.parts().first { $0.name == "details" }?.value))"
            for word in ["V-0001", "recipients", "until", "signed"] { #expect(!details.contains(word), "\(details)") }
        }
        let lines = try Self.destroyed(&world)
        var again = CaseworkState()
        for line in lines { again.evolve(line.event, at: line.place) }
        #expect(again.encode() == world.state.encode())
        #expect(again.cases == world.state.cases)
    }

    @Test func `what is left of it is decided again, before its bytes are destroyed and after`() throws {
        var world = Self.world()
        world.act(as: "liaison.mpd", .getWork("Alder", "W-1"))
        let order = Self.order(&world)
        #expect(Self.propose(&world, order).isDone)
        #expect(world.matter("ApprovePurge", as: "counsel.dao").isDone)
        world.matter("CertifyPurge", as: "liaison.mpd")
        try world.expectDecidedAgain()
        let lines = try Self.destroyed(&world)
        try world.expectDecidedAgain()
        var replay = DecisionReplay()
        for (line, stored) in zip(DecisionReplayTests.lines(of: world), lines) {
            var read = line
            read.event = stored.event
            switch replay.take(read) {
            case .agreed, .refusal: continue
            case let other: Issue.record("\(other) of \(stored.event)")
            }
        }
        #expect(replay.missing == nil)
    }

    @Test func `a line of before, which says it among its details, is read as one of today`() throws {
        let world = Self.world()
        let flagged = try #require(world.record.first { $0.event.saidKind == "victim.cp_requested" }?.event)
        guard case .work(let done) = flagged.body else { return }
        let facts = done.facts.with([
            ("item", 1), ("case", .string(world.file("Alder").id.hex)), ("step", .string(done.kind)),
        ])
        let before = try WorkEvent(
            restricted: Fields(.object(facts)),
            [("details", .object(facts)), ("text", "")]
        )
        #expect(before == done)
        let text = try WorkEvent(
            restricted: Fields([
                "item": 2, "case": .string(world.file("Alder").id.hex), "step": "v1367.incident_reported",
            ]),
            [("details", [:]), ("text", "A list went to a wrong desk.")]
        )
        #expect(text?.parts == ["text": "A list went to a wrong desk."])
    }

    @Test func `to all who do not deal with it a case is the same after an order, a purge and its certificate`() throws
    {
        var without = Self.world()
        var with = without
        let order = Self.order(&with)
        #expect(Self.propose(&with, order).isDone)
        #expect(with.matter("ApprovePurge", as: "counsel.dao").isDone)
        _ = try Self.destroyed(&with)
        with.matter("CertifyPurge", as: "liaison.mpd")
        without.now = with.now
        for name in Self.others {
            with.expectSame(
                as: without,
                to: name,
                [
                    .getWork("Alder", "W-1"), .getWork("Alder", order), .listWork("Alder", workflow: "v1367"),
                    .export("Alder"), .moveCase("Alder", .suspend, reason: "r"),
                ]
            )
        }
        #expect(with.file("Alder").position == without.file("Alder").position)
        // The next order, hold and purge of the case bear the numbers that they would have borne.
        #expect(RemovalTests.order(&with, .seal, []).item == RemovalTests.order(&without, .seal, []).item)
        for line in with.record.dropFirst(without.record.count - 1) where line.event.kind == "restricted" {
            #expect(line.event.parts().map(\.name) == ["details", "text"])
        }
    }

    @Test func `it goes on in a closed case, and while the agreement of who purges has ended`() {
        var world = Self.world()
        world.victim("GiveRightsNotice", ["rightsNotice": "2031-01", "language": "es"])
        world.must("lead.fib", .moveCase("Alder", .close, reason: "over"))
        let order = Self.order(&world)
        #expect(world.waits(for: "advocate.sps", order))
        #expect(Self.propose(&world, order).isDone)
        #expect(world.waits(for: "counsel.dao", "W-1"))
        #expect(world.matter("ApprovePurge", as: "counsel.dao").isDone)
    }
}
