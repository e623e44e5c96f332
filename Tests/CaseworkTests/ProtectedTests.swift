import Policy
import StrictJSON
import Testing

@testable import Casework

/// What 8 USC 1367 protects: nobody but who deals with it learns that there is anything (domain.md 2.5, 6.3, 6.4).
@Suite("Protected by 8 USC 1367")
struct ProtectedTests {
    /// Who deals with nothing of it; the agent flagged it.
    private static let others = [
        "lead.fib", "agent.fib1", "analyst.fib", "liaison.fib", "agent.mpd1", "inspector.lsd", "liaison.sps",
        "auditor.rob", "counsel.dao", "liaison.mpd",
    ]

    /// Two worlds in which the same was done, but for a matter that is protected.
    private static func pair() -> (without: World, with: World) {
        var without = World.cared()
        without.mint()
        var with = without
        with.now = without.now
        with.flag("RequestPresence")
        without.now = with.now
        return (without, with)
    }

    @Test func `to all who do not deal with it a case is the same with it and without it`() {
        let (without, with) = Self.pair()
        #expect(with.record.count == without.record.count + 1)
        for name in Self.others {
            with.expectSame(
                as: without,
                to: name,
                [
                    .getWork("Alder", "W-1"), .listWork("Alder", workflow: "v1367"), .listWork("Alder", workflow: nil),
                    .export("Alder"), .moveCase("Alder", .suspend, reason: "r"),
                    .listDue("Alder", isOverdueOnly: false),
                    .acknowledgeNotice("Alder", "W-1"),
                    .breakGlass("Alder", "W-1", id("TCP-NAR"), hours: 1, reason: "r"),
                ]
            )
        }
        #expect(with.file("Alder").position == without.file("Alder").position)
    }

    @Test func `its line is one that says nothing, in a stream of its own, with two parts as all of them have`() {
        var (_, world) = Self.pair()
        let flagged = world.record.last?.event
        #expect(flagged?.kind == "restricted" && flagged?.caseID != world.file("Alder").id)
        #expect(flagged?.purpose == .criminalInvestigation && flagged?.role == .contributor)
        world.must("agent.fib1", .recordEntry("Alder", World.entry(.h0, .oversight)))
        let submitted = world.record.last?.event
        #expect(submitted?.purpose == flagged?.purpose && submitted?.role == flagged?.role)
        #expect(submitted?.parts().map(\.name) == flagged?.parts().map(\.name))
        world.matter("GrantPresence", ["until": .integer(world.now.adding(days: 91).milliseconds * 1_000)])
        #expect(world.record.last?.event.kind == "restricted")
        #expect(world.record.last?.event.parts().count == 2)
        world.pass(days: 1)
        let ranOut = world.record.last { if case .clock = $0.event.body { true } else { false } }?.event
        #expect(ranOut?.kind == "restricted" && ranOut?.parts().count == 2)
    }

    @Test func `victim services read it, and the agency that is to certify and counsel as soon as it is asked`() {
        var world = World.cared()
        world.mint()
        #expect(world.flag().event?.item == "W-1")
        for name in ["advocate.sps", "specialist.mpd"] { #expect(world.shown(name, item: "W-1") != nil, "\(name)") }
        for name in Self.others { #expect(world.shown(name, item: "W-1") == nil, "\(name)") }
        #expect(world.matter("RequestCertification", ["to": "MPD-VT"]).isDone)
        for name in ["liaison.mpd", "counsel.dao"] { #expect(world.shown(name, item: "W-1") != nil, "\(name)") }
        for name in ["lead.fib", "agent.fib1", "liaison.fib", "liaison.spo", "auditor.rob", "agent.mpd1"] {
            #expect(world.shown(name, item: "W-1") == nil, "\(name)")
        }
        #expect(world.waits(for: "liaison.mpd", "W-1"))
        let reading = world.act(as: "liaison.mpd", .getWork("Alder", "W-1")).event
        #expect(reading?.caseID == world.file("Alder").work["v1367", 1]?.stream)
    }

    @Test func `P14: a certification is asked of a listed recipient, and an exception lists one`() {
        var world = World.cared()
        world.mint()
        world.flag()
        #expect(world.matter("RequestCertification", ["to": "SPO-OC"]).code == "E-1367")
        let listed: JSONObject = ["recipient": "SPO-OC", "exception": "law-enforcement-purpose"]
        #expect(world.matter("AddRecipient", listed).isDone)
        #expect(world.matter("RequestCertification", ["to": "SPO-OC"]).isDone)
        #expect(world.matter("DecideCertification", as: "liaison.mpd", ["decision": "signed"]).code == "E-NOT-FOUND")
        #expect(world.matter("DecideCertification", as: "liaison.spo", ["decision": "declined"]).code == "E-INVALID")
        #expect(world.matter("DecideCertification", as: "liaison.spo", ["decision": "signed"]).isDone)
        #expect(world.matter("DecideCertification", as: "liaison.spo", ["decision": "signed"]).code == "E-STATE")
    }

    @Test func `a certification is due in 30 days, or as the agency's own policy has it, and its liaison is told`() {
        var world = World.cared()
        world.flag()
        let asked = world.now
        world.matter("RequestCertification", ["to": "MPD-VT"])
        #expect(world.state.clocks.pending.first { $0.kind == .certification }?.dueAt == asked.adding(days: 30))
        world.now = asked.adding(days: 31)
        world.crossDueClocks()
        let overdue = world.state.inbox(member("liaison.mpd"), now: world.now).filter { $0.item == "W-1" }
        #expect(overdue.contains { $0.kind == "overdue" && $0.caseNumber == world.file("Alder").number })
        // Victim services cannot end it, and nobody takes note of it on a line of the case: they are sent to it.
        let told = world.state.inbox(member("advocate.sps"), now: world.now).first { $0.item == "W-1" }
        #expect(told?.command == "accord victim protected show \(world.file("Alder").number) W-1")
        // As its own policy in force has it: nobody who asks types it.
        var other = World.cared()
        var bundle = World.bundle([World.rule("deny data CIV_IMM")])
        bundle["certificationDays"] = 127
        #expect(other.act(as: "liaison.mpd", .jurisdiction(.propose(bundle))).code == "E-INVALID")
        bundle["certificationDays"] = 7
        other.adopt(id("MPD-VT"), "liaison.mpd", bundle)
        other.flag()
        let then = other.now
        other.matter("RequestCertification", ["to": "MPD-VT"])
        #expect(other.state.clocks.pending.first { $0.kind == .certification }?.dueAt == then.adding(days: 7))
        for name in ["lead.fib", "auditor.rob", "agent.mpd1"] {
            #expect(
                world.state.due(member(name), in: nil, isOverdueOnly: true, now: world.now).allSatisfy {
                    $0["clock"] != "certification"
                }
            )
        }
    }

    @Test func `Continued Presence is to be renewed 90 days before it ends, and ends by itself`() {
        var world = World.cared()
        world.flag("RequestPresence")
        let until = world.now.adding(days: 120)
        #expect(world.matter("GrantPresence", ["until": .integer(until.milliseconds * 1_000)]).isDone)
        world.now = until.adding(days: -90)
        #expect(world.crossDueClocks().contains("restricted"))
        #expect(world.waits(for: "advocate.sps", "W-1") && !world.waits(for: "lead.fib", "W-1"))
        world.now = until
        world.crossDueClocks()
        #expect(world.file("Alder").work["v1367", 1]?.state == "presence-expired")
    }

    @Test func `an incident reaches oversight within the hour, and nobody else`() {
        var world = World.cared()
        #expect(world.matter("ReportIncident", as: "agent.mpd1", ["text": "Ms Lopez was named."]).rule == "P13")
        let reported = world.now
        #expect(world.matter("ReportIncident", as: "agent.mpd1", ["text": "A list went to a wrong desk."]).isDone)
        #expect(world.state.clocks.pending.first { $0.kind == .protectedIncident }?.dueAt == reported.adding(hours: 1))
        #expect(world.waits(for: "auditor.rob", "W-1"))
        for name in ["lead.fib", "agent.mpd1", "advocate.sps", "liaison.mpd"] {
            #expect(world.shown(name, item: "W-1") == nil, "\(name)")
        }
        #expect(world.matter("AcknowledgeIncident", as: "auditor.rob").isDone)
        #expect(!world.state.clocks.pending.contains { $0.kind == .protectedIncident })
    }

    @Test func `who has no part in it is told that there is nothing, and the record says why`() {
        var (without, with) = Self.pair()
        for refused in [
            with.act(as: "analyst.fib", .listWork("Alder", workflow: "v1367")),
            without.act(as: "analyst.fib", .listWork("Alder", workflow: "v1367")),
        ] {
            #expect(refused.code == "E-NOT-FOUND" && refused.refusal?.recordedCode == "E-COMPARTMENT")
        }
        #expect(with.act(as: "advocate.sps", .listWork("Alder", workflow: "v1367")).isDone)
    }

    @Test func `the line of a refusal is the same whether or not there is what was asked for`() {
        // Who is refused has his own lines in an export, and a line names its rule.
        var world = World.cared()
        world.mint()
        world.flag()
        let about = world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h0, .oversight))).item ?? "-"
        for act in [Act.getEntry("Alder", about), .getEntry("Alder", "O-1111111")] {
            #expect(world.act(as: "lead.fib", act).rule == "P04C", "\(act)")
        }
        for (name, there, absent) in [("agent.fib1", "W-1", "W-77"), ("lead.fib", "V-0001", "V-0A0A")] {
            let one = world.act(as: name, .getWork("Alder", there))
            let line = world.record.last
            let other = world.act(as: name, .getWork("Alder", absent))
            #expect(one.refusal == other.refusal && one.code == "E-NOT-FOUND", "\(there)")
            #expect(line?.place.rule == world.record.last?.place.rule && line?.place.rule == "P04C", "\(there)")
        }
        let act = RemovalAct.review(["V-0001"], .purge, until: nil, explanation: "e")
        let absent = RemovalAct.review(["V-0A0A"], .purge, until: nil, explanation: "e")
        let one = world.act(as: "lead.fib", .removal("Alder", act))
        #expect(one.refusal == world.act(as: "lead.fib", .removal("Alder", absent)).refusal)
    }

    @Test func `what was done about it is decided again, and stands in a snapshot`() throws {
        var world = World.cared()
        world.flag("RequestPresence")
        world.matter("GrantPresence", ["until": .integer(world.now.adding(days: 91).milliseconds * 1_000)])
        world.matter("RequestCertification", ["to": "MPD-VT"])
        world.act(as: "liaison.mpd", .getWork("Alder", "W-1"))
        world.pass(days: 2)
        world.matter("DecideCertification", as: "liaison.mpd", ["decision": "signed"])
        world.matter("ReportIncident", as: "agent.mpd1", ["text": "A list went to a wrong desk."])
        try world.expectDecidedAgain()
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.restrictedStreams == world.state.restrictedStreams)
    }
}

extension World {
    /// To somebody who does not deal with what is protected, a case is the same in two worlds: what is listed and counted, waits and is
    /// due, is removed, is fed and shown, and what these acts are answered.
    func expectSame(as other: World, to name: String, _ acts: [Act]) {
        func same(_ shown: (World) -> some Equatable, _ what: Comment) {
            #expect(shown(self) == shown(other), "\(name): \(what)")
        }
        same({ $0.shown(name) }, "list")
        same({ $0.counted(name) }, "counts")
        same({ $0.state.inbox(member(name), now: $0.now) }, "inbox")
        same({ $0.state.due(member(name), in: nil, isOverdueOnly: false, now: $0.now) }, "due")
        same({ $0.state.removals(of: $0.file("Alder"), for: member(name), now: $0.now) }, "purges")
        same(
            { world in
                world.record.compactMap { world.state.feedSummary($0.event, for: member(name), now: world.now) }
            },
            "feed"
        )
        same({ $0.state.json($0.file("Alder"), for: member(name), inFull: true, now: $0.now) }, "case")
        for act in acts {
            same(
                { world in
                    var copy = world
                    return copy.act(as: name, act).refusal?.outward
                },
                "\(act.name)"
            )
        }
    }
}
