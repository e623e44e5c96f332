import Policy
import StrictJSON
import Testing

@testable import Casework

/// Reviews, orders, holds and purges reach what is kept of victims, and tell nobody of it who does not know (28 CFR 94.115;
/// domain.md 2.5, 2.11).
@Suite("Lawful removal of what is kept of victims")
struct VictimRemovalTests {
    private static func removal(_ act: RemovalAct) -> Act { .removal("Alder", act) }

    /// V-0001 with needs, VC-1 under which the city's police read them, and a notice of rights.
    private static func world() -> World {
        var world = World.cared()
        world.mint()
        world.victim("RecordNeeds", ["needs": ["shelter", "interpreter"]])
        world.consent(["needs"], to: ["MPD-VT"])
        world.victim("GiveRightsNotice", ["rightsNotice": "2031-01", "language": "es"])
        return world
    }

    /// V-0001 and VC-1 purged under an order of which counsel knows the names alone.
    private static func purged() -> World {
        var world = world()
        RemovalTests.order(&world, .expunge, ["V-0001", "VC-1"])
        world.must("advocate.sps", RemovalTests.propose(["V-0001", "VC-1"]))
        world.approve("counsel.dao", "P-1")
        return world
    }

    private static func told(_ world: World, _ name: String) -> [String] {
        let inbox = world.state.inbox(member(name), now: world.now).flatMap { [$0.item ?? "", $0.summary, $0.command] }
        let feed = world.record.compactMap {
            world.state.feedSummary($0.event, for: member(name), now: world.now)
        }
        let list = world.state.removals(of: world.file("Alder"), for: member(name), now: world.now)
        return inbox + feed + list.map { "\($0)" }
    }

    private static func names(_ texts: [String]) -> [String] {
        texts.filter { $0.contains("V-0001") || $0.contains("VC-1") }
    }

    @Test func `what is said of a victim stands in parts that can be destroyed, and the state keeps none of it`() throws
    {
        let world = Self.world()
        for kind in ["victim.needs_recorded", "victim.consent_recorded", "victim.rights_notice_given"] {
            let event = try #require(world.record.first { $0.event.kind == kind }?.event)
            let details = "\(try #require(event.parts().first { $0.name == "details" }?.value))"
            for word in ["shelter", "interpreter", "\"es\"", "2031-01"] {
                #expect(!details.contains(word), "\(kind): \(details)")
            }
            #expect(event.parts().count > 1, "\(kind)")
        }
        let snapshot = String(decoding: world.state.encode(), as: UTF8.self)
        for word in ["shelter", "interpreter", "\"es\""] { #expect(!snapshot.contains(word), "\(word)") }
    }

    @Test func `a line of before, which says it among its details, is read as one of today`() throws {
        let details: JSONObject = ["item": 1, "needs": ["shelter"]]
        let read = try #require(
            try WorkEvent("victim.needs_recorded", Fields(.object(details)), [("details", .object(details))])
        )
        #expect(read == WorkEvent(kind: "victim.needs_recorded", number: 1, facts: [:], parts: ["needs": ["shelter"]]))
        let other: JSONObject = ["item": 1, "needs": "shelter"]
        #expect(throws: EventFault.self) {
            try WorkEvent("victim.needs_recorded", Fields(.object(other)), [("details", .object(other))])
        }
    }

    @Test func `an order is carried out by victim services and counsel, and names every line for destruction`() {
        var world = Self.world()
        RemovalTests.order(&world, .expunge, ["V-0001", "VC-1"])
        let task = world.state.inbox(member("advocate.sps"), now: world.now).first { $0.kind == "order" }
        #expect(task?.command.hasSuffix(" VC-1 V-0001 --order C-1") == true)
        let proposal = world.command(as: "advocate.sps", RemovalTests.propose(["V-0001", "VC-1"]))
        let work = world.file("Alder").work
        let lines = (work["victim", 1]?.lines ?? []) + (work["consent", 1]?.lines ?? [])
        #expect(world.state.decide(proposal).references.filter(\.isOfTexts).map(\.line) == lines.sorted())
        world.take(proposal)
        #expect(world.act(as: "advocate.sps", RemovalTests.approve()).rule == "P20")
        #expect(world.act(as: "lead.fib", RemovalTests.approve()).rule == "P04")
        #expect(world.act(as: "specialist.mpd", RemovalTests.approve()).rule == "P04")
        #expect(world.state.inbox(member("liaison.sps"), now: world.now).contains { $0.kind == "purge-approval" })
        #expect(world.approve("counsel.dao", "P-1").isDone)
    }

    /// The same with VR-1, which an agent asked for and Safe Passage took up for V-0001.
    private static func referred() -> World {
        var world = world()
        world.consent(["referral"], to: ["MPD-VT"])
        world.referral("Request", as: "agent.fib1", ["needs": ["shelter"]])
        let consented: JSONObject = ["victim": "V-0001", "consent": "VC-2"]
        #expect(world.referral("Consent", as: "advocate.sps", consented).isDone)
        return world
    }

    @Test func `consents and referrals about a victim go with the reference, by the same order, or it stays`() {
        var world = Self.referred()
        RemovalTests.order(&world, .expunge, ["V-0001"])
        let task = world.state.inbox(member("advocate.sps"), now: world.now).first { $0.kind == "order" }
        #expect(task?.command.contains(" VC-1 VC-2 VR-1 V-0001 ") == true, "\(String(describing: task?.command))")
        let alone = world.act(as: "advocate.sps", RemovalTests.propose(["V-0001"]))
        #expect(alone.rule == "L01")
        let message = alone.refusal?.outward.message ?? ""
        for name in ["VC-1", "VC-2", "VR-1"] { #expect(message.contains(name), "\(message)") }
        let all = ["V-0001", "VC-1", "VC-2", "VR-1"]
        #expect(world.act(as: "advocate.sps", RemovalTests.propose(all)).isDone)
        #expect(world.approve("counsel.dao", "P-1").isDone)
        // Who asked for it is told.
        let told = world.file("Alder").removals.purges.first?.notices.map(\.recipient) ?? []
        #expect(Set(told) == [id("MPD-VT"), id("FIB-MB")])
        #expect(world.file("Alder").removals.orders.first?.isExecuted == false, "its bytes are still there")
        for name in all { #expect(world.act(as: "advocate.sps", .getWork("Alder", name)).rule == "L01", "\(name)") }
    }

    @Test func `what is purged before is not asked for again, and of another's order nothing is taken along`() {
        var world = Self.world()
        RemovalTests.order(&world, .expunge, ["VC-1"])
        #expect(world.act(as: "advocate.sps", RemovalTests.propose(["V-0001"])).rule == "L01")
        #expect(world.act(as: "advocate.sps", RemovalTests.propose(["V-0001", "VC-1"])).rule == "P20")
        world.must("advocate.sps", RemovalTests.propose(["VC-1"]))
        #expect(world.approve("counsel.dao", "P-1").isDone)
        RemovalTests.order(&world, .expunge, ["V-0001"])
        #expect(world.act(as: "advocate.sps", RemovalTests.propose(["V-0001"], "C-2")).isDone)
    }

    @Test func `who kept it is told that it was purged, and nothing is read under its consent any more`() {
        let world = Self.purged()
        for name in ["V-0001", "VC-1"] {
            var copy = world
            let read = copy.act(as: "advocate.sps", .getWork("Alder", name))
            #expect(read.rule == "L01")
            #expect(read.refusal?.outward.message == "\(name) was purged: P-1 under court order C-1.")
            #expect(world.shown("advocate.sps").contains { $0["id"]?.string == name && $0["facts"] == nil })
        }
        #expect(world.shown("specialist.mpd", item: "V-0001") == nil)
        var again = world
        #expect(again.consent(["needs"], to: ["MPD-VT"]).rule == "P04C")
        #expect(again.victim("RecordNeeds", ["needs": ["shelter"]]).rule == "L01")
    }

    @Test func `the agency that read it under a consent is told, certifies, and no other is`() {
        var world = Self.purged()
        #expect(world.file("Alder").removals.purges.first?.notices.map(\.recipient) == [id("MPD-VT")])
        let task = world.state.inbox(member("liaison.mpd"), now: world.now).first { $0.kind == "purge-notice" }
        #expect(task?.fromAgency == "SPS" && !(task?.summary.contains("V-0001") ?? true))
        #expect(world.act(as: "liaison.mpd", Self.removal(.certify("P-1"))).isDone)
    }

    @Test func `nobody else is told of which victim it was: not the lead, not who contributes, not other agencies`() {
        for world in [Self.world(), Self.purged()] {
            var world = world
            RemovalTests.order(&world, .suppress, ["V-0001"])
            world.must("counsel.dao", Self.removal(.placeHold(["V-0001"], reason: "trial")))
            for name in ["lead.fib", "agent.fib1", "agent.mpd1", "liaison.fib", "liaison.spo", "inspector.lsd"] {
                #expect(Self.names(Self.told(world, name)).isEmpty, "\(name): \(Self.names(Self.told(world, name)))")
            }
            #expect(!Self.names(Self.told(world, "counsel.dao")).isEmpty)
            #expect(!Self.names(Self.told(world, "liaison.sps")).isEmpty)
            var parts = world.act(as: "lead.fib", .export("Alder")).reading?.parts
            for line in world.record {
                guard case .removal = line.event.body else { continue }
                #expect(parts?.visibility(of: line.event) == .header, "\(line.event.kind)")
            }
        }
    }

    @Test
    func
        `an order about a reference is taken whether or not there is one, and names it where nothing else of counsel may`()
    {
        var world = Self.world()
        let there = world.act(as: "counsel.dao", Self.removal(.recordOrder(["V-0001"], RemovalTests.terms(.seal))))
        let absent = world.act(as: "counsel.dao", Self.removal(.recordOrder(["V-0A0A"], RemovalTests.terms(.seal))))
        #expect(there.isDone && absent.isDone)
        let hold = world.act(as: "counsel.dao", Self.removal(.placeHold(["V-0A0A"], reason: "trial")))
        #expect(hold.isDone)
        for (name, act) in [
            ("counsel.dao", RemovalAct.review(["V-0001"], .purge, until: nil, explanation: "e")),
            ("lead.fib", .review(["V-0001"], .purge, until: nil, explanation: "e")),
            ("liaison.sps", .proposePurge(["V-0001"], order: "C-1", reason: "r")),
            ("lead.fib", .seal(["V-0001"], order: "C-1")), ("counsel.dao", .seal(["V-0001"], order: "C-1")),
            ("counsel.dao", .recordOrder(["W-0001"], RemovalTests.terms(.seal))),
        ] {
            #expect(world.act(as: name, Self.removal(act)).code == "E-NOT-FOUND", "\(name) \(act)")
        }
        let mixed = Self.removal(.recordOrder(["V-0001", "V-0001", "E-1"], RemovalTests.terms(.seal)))
        #expect(!world.act(as: "counsel.dao", mixed).isDone)
        #expect(world.act(as: "advocate.sps", Self.removal(.seal(["V-0001"], order: "C-1"))).isDone)
        #expect(world.act(as: "advocate.sps", .getWork("Alder", "V-0001")).rule == "P04C")
    }

    @Test func `a review that decides for a purge takes the liaison of the agency that keeps it, and no counsel`() {
        var world = Self.world()
        let both = ["V-0001", "VC-1"]
        world.must("advocate.sps", Self.removal(.review(both, .purge, until: nil, explanation: "not needed")))
        world.must("advocate.sps", RemovalTests.propose(both, nil))
        #expect(world.act(as: "counsel.dao", RemovalTests.approve()).rule == "P04")
        #expect(world.act(as: "liaison.mpd", RemovalTests.approve()).rule == "P04")
        #expect(world.approve("liaison.sps", "P-1").isDone)
    }

    @Test func `what is retained is due for review again, and victim services alone are told of which`() {
        var world = Self.world()
        let until = world.now.adding(days: 80)
        let review = RemovalAct.review(["V-0001"], .retain, until: until, explanation: "still served")
        world.must("advocate.sps", Self.removal(review))
        world.pass(days: 81)
        let task = world.state.inbox(member("advocate.sps"), now: world.now).first { $0.item == "V-0001" }
        #expect(task?.command.contains("retention review") == true)
        #expect(!world.state.inbox(member("lead.fib"), now: world.now).contains { $0.item == "V-0001" })
    }

    @Test func `a hold keeps it, and a suppression makes it absent at once`() {
        var world = Self.world()
        RemovalTests.order(&world, .expunge, ["V-0001"])
        world.must("counsel.dao", Self.removal(.placeHold(["V-0001"], reason: "trial")))
        #expect(world.act(as: "advocate.sps", RemovalTests.propose(["V-0001"])).rule == "P19")
        world.must("counsel.dao", Self.removal(.liftHold("L-1", reason: "over")))
        RemovalTests.order(&world, .suppress, ["VC-1"])
        #expect(world.shown("specialist.mpd", item: "V-0001") == nil)
        #expect(world.act(as: "advocate.sps", .getWork("Alder", "VC-1")).rule == "P04C")
    }

    @Test func `who asks for a reference that is closed to him is recorded without its name`() {
        var world = Self.world()
        world.act(as: "lead.fib", .getWork("Alder", "V-0001"))
        #expect(world.record.last?.event.item == nil)
    }

    @Test func `a technique is named in an order by counsel, who sees it, and the lead is told nothing`() {
        var world = World.joined()
        let said: JSONObject = ["kind": "facial-recognition", "authority": "Order 31-CV-12", "text": "One still."]
        let name = world.work(as: "agent.mpd1", "io.accord.Technique.Disclose", said).event?.item ?? ""
        let order = RemovalAct.recordOrder([name], RemovalTests.terms(.expunge))
        #expect(world.act(as: "counsel.dao", Self.removal(order)).isDone)
        let other = RemovalAct.recordOrder(["TQ-11111112"], RemovalTests.terms(.expunge))
        #expect(world.act(as: "counsel.dao", Self.removal(other)).code == "E-NOT-FOUND")
        #expect(world.act(as: "lead.fib", RemovalTests.propose([name])).code == "E-NOT-FOUND")
        world.must("liaison.mpd", RemovalTests.propose([name]))
        #expect(!Self.told(world, "lead.fib").contains { $0.contains(name) })
        #expect(world.approve("counsel.dao", "P-1").isDone)
        #expect(world.file("Alder").removals.purges.first?.notices.map(\.recipient) == [id("DAO-SV")])
    }

    @Test func `it is decided again as it was, also where the parts are destroyed`() throws {
        let world = Self.purged()
        try world.expectDecidedAgain()
        var cut = world
        cut.record = world.record.map { line in
            guard case .work(let done) = line.event.body else { return line }
            var event = line.event
            event.body = .work(WorkEvent(kind: done.kind, number: done.number, facts: done.facts, parts: [:]))
            return (event, line.place)
        }
        try DecisionReplayTests.expectAgreement(cut, "without parts")
    }
}
