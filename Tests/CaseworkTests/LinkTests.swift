import Policy
import StrictJSON
import Testing

@testable import Casework

/// Cases are linked by agreement of both leads, and nobody learns before that there is another (domain.md 4.3 row 6).
struct LinkTests {
    /// Alder led by FIB-MB, with MPD-VT and SPO-OC in it, and Birch led by HCS-MAR.
    private static func world() -> World {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        return world
    }

    private static func number(_ world: World, _ title: String) -> String { world.file(title).number }

    private static func propose(_ world: inout World) {
        world.must("lead.fib", .linkCase("Alder", number(world, "Birch")))
    }

    private static func linked() -> World {
        var world = world()
        propose(&world)
        world.must("lead.hcs", .linkCase("Birch", number(world, "Alder")))
        return world
    }

    private static func links(_ world: World, _ title: String, _ name: String) -> [JSONObject] {
        let shown = world.state.json(world.file(title), for: member(name), inFull: true, now: world.now)
        return (shown["links"]?.array ?? []).compactMap(\.object)
    }

    @Test func `one lead proposes, the other agrees, and both cases say so`() {
        var world = Self.world()
        Self.propose(&world)
        #expect(world.inboxKinds("lead.hcs") == ["case-link"])
        #expect(Self.links(world, "Birch", "lead.hcs").first?["state"] == "waiting")
        #expect(Self.links(world, "Birch", "lead.hcs").first?["title"] == nil)
        let agreed = world.must("lead.hcs", .linkCase("Birch", Self.number(world, "Alder").lowercased()))
        #expect(agreed.kind == "case.linked")
        #expect(world.record.suffix(2).map(\.event.kind) == ["case.linked", "case.linked"])
        #expect(world.record.suffix(2).map(\.event.caseID) == [world.file("Birch").id, world.file("Alder").id])
        #expect(world.record.last?.event.member == nil)
        #expect(Self.links(world, "Alder", "lead.fib").first?["title"] == "Birch")
        #expect(Self.links(world, "Birch", "lead.hcs").first?["title"] == "Alder")
        #expect(world.inboxKinds("lead.hcs").isEmpty)
    }

    @Test func `a proposal to a case that is not there looks like one that nobody has answered yet`() {
        var here = Self.world()
        var nowhere = Self.world()
        let absent = "TF-2031-999999"
        let first = here.act(as: "lead.fib", .linkCase("Alder", Self.number(here, "Birch")))
        let second = nowhere.act(as: "lead.fib", .linkCase("Alder", absent))
        #expect(first.event?.kind == second.event?.kind)
        #expect(here.record.count == nowhere.record.count)
        #expect(here.record.last?.place == nowhere.record.last?.place)
        func known(_ world: World, _ number: String) -> [JSONObject] {
            Self.links(world, "Alder", "lead.fib").map { link in
                var link = link
                #expect(link["number"]?.string == number)
                link["number"] = nil
                return link
            }
        }
        #expect(known(here, Self.number(here, "Birch")) == known(nowhere, absent))
        // Nor does it look different when the other lead has declined it, or the other case is closed.
        here.must("lead.hcs", .unlinkCase("Birch", Self.number(here, "Alder"), reason: "no"))
        nowhere.now = here.now
        #expect(known(here, Self.number(here, "Birch")) == known(nowhere, absent))
        #expect(here.inboxKinds("lead.fib") == nowhere.inboxKinds("lead.fib"))
        #expect(here.file("Alder").position == nowhere.file("Alder").position)
        let again = Act.linkCase("Alder", Self.number(here, "Birch"))
        #expect(
            here.act(as: "lead.fib", again).refusal == nowhere.act(as: "lead.fib", .linkCase("Alder", absent)).refusal
        )
    }

    @Test func `who declines is not asked again by the same proposal, and is by a new one`() {
        var world = Self.world()
        Self.propose(&world)
        let alder = Self.number(world, "Alder")
        world.must("lead.hcs", .unlinkCase("Birch", alder, reason: "no"))
        #expect(world.inboxKinds("lead.hcs").isEmpty && Self.links(world, "Birch", "lead.hcs").isEmpty)
        #expect(world.act(as: "lead.hcs", .unlinkCase("Birch", alder, reason: "no")).code == "E-STATE")
        world.must("lead.fib", .unlinkCase("Alder", Self.number(world, "Birch"), reason: "anew"))
        Self.propose(&world)
        #expect(world.inboxKinds("lead.hcs") == ["case-link"])
    }

    @Test func `a lead who agrees before he is asked makes a proposal of his own`() {
        var world = Self.world()
        Self.propose(&world)
        world.must("lead.fib", .unlinkCase("Alder", Self.number(world, "Birch"), reason: "wrong number"))
        #expect(world.inboxKinds("lead.hcs").isEmpty)
        #expect(world.must("lead.hcs", .linkCase("Birch", Self.number(world, "Alder"))).kind == "case.link_proposed")
        #expect(world.inboxKinds("lead.fib") == ["case-link"])
    }

    @Test func `number and code word are for leads, liaisons and oversight of the two cases, and nothing opens`() {
        let world = Self.linked()
        for name in ["lead.fib", "liaison.fib", "liaison.mpd", "auditor.rob"] {
            #expect(Self.links(world, "Alder", name).map { $0["title"] } == ["Birch"], "\(name)")
        }
        for name in [
            "agent.fib1", "analyst.fib", "agent.mpd1", "counsel.dao", "inspector.lsd", "agent.tcp1", "admin.ops",
        ] {
            #expect(Self.links(world, "Alder", name).isEmpty, "\(name)")
        }
        #expect(
            !world.sees("lead.fib", "Birch") && !world.sees("liaison.mpd", "Birch") && !world.sees("lead.hcs", "Alder")
        )
    }

    @Test func `what is only proposed is told to no liaison, and the feed shows what the case shows`() {
        var world = Self.world()
        Self.propose(&world)
        let proposed = world.record.last?.event
        #expect(Self.links(world, "Alder", "liaison.fib").isEmpty)
        world.must("lead.hcs", .linkCase("Birch", Self.number(world, "Alder")))
        let linked = world.record.last?.event
        func told(_ event: Event?, _ name: String) -> Bool {
            event.flatMap { world.state.feedSummary($0, for: member(name), now: world.now) } != nil
        }
        #expect(told(proposed, "lead.fib") && told(proposed, "auditor.rob") && !told(proposed, "liaison.fib"))
        #expect(told(linked, "lead.fib") && told(linked, "liaison.mpd") && !told(linked, "agent.fib1"))
        #expect(!told(linked, "counsel.dao") && !told(linked, "lead.hcs"))
    }

    @Test func `a link ends in both cases when one lead ends it`() {
        var world = Self.linked()
        world.must("lead.fib", .unlinkCase("Alder", Self.number(world, "Birch"), reason: "other people"))
        #expect(world.record.suffix(2).map(\.event.kind) == ["case.unlinked", "case.unlinked"])
        #expect(Self.links(world, "Alder", "lead.fib").isEmpty && Self.links(world, "Birch", "lead.hcs").isEmpty)
        #expect(world.must("lead.hcs", .linkCase("Birch", Self.number(world, "Alder"))).kind == "case.link_proposed")
    }

    @Test func `only the lead links, only by the whole number of another case, and only while the case is open`() {
        var world = Self.world()
        let birch = Self.number(world, "Birch")
        for name in ["agent.fib1", "liaison.fib", "agent.mpd1", "auditor.rob"] {
            #expect(world.act(as: name, .linkCase("Alder", birch)).code == "E-ROLE", "\(name)")
        }
        #expect(world.act(as: "lead.hcs", .linkCase("Alder", birch)).code == "E-NOT-MEMBER")
        for text in [
            "Birch", "TF-2031", String(birch.dropLast()), birch + "0", "", Self.number(world, "Alder"),
            "TF-2031-00000x",
        ] {
            #expect(world.act(as: "lead.fib", .linkCase("Alder", text)).code == "E-INVALID", "\(text)")
        }
        Self.propose(&world)
        #expect(world.act(as: "lead.fib", .linkCase("Alder", birch)).code == "E-STATE")
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
        #expect(world.inboxKinds("lead.hcs").isEmpty)
        #expect(world.act(as: "lead.fib", .linkCase("Alder", "TF-2031-999999")).code == "E-CLOSED")
    }

    @Test func `the agencies that lead the two cases are joined by an agreement that is live`() {
        var world = Self.world()
        Self.propose(&world)
        for name in ["MOU-31-01", "MOU-31-02"] {
            world.must("admin.ops", .terminateAgreement(mou(name), reason: "over"))
        }
        #expect(
            world.act(as: "lead.hcs", .linkCase("Birch", Self.number(world, "Alder"))).code == "E-AGREEMENT-EXPIRED"
        )
    }

    @Test func `no more proposals wait than sixteen, so that numbers are not tried out`() {
        var world = Self.world()
        for number in 100_000..<100_016 { world.must("lead.fib", .linkCase("Alder", "TF-2031-\(number)")) }
        let next = Act.linkCase("Alder", "TF-2031-200000")
        #expect(world.act(as: "lead.fib", next).code == "E-STATE")
        world.must("lead.fib", .unlinkCase("Alder", "TF-2031-100000", reason: "wrong"))
        #expect(world.act(as: "lead.fib", next).isDone)
    }

    @Test func `links and proposals survive a snapshot, and are read back as they were recorded`() throws {
        var world = Self.linked()
        world.must("lead.fib", .linkCase("Alder", "TF-2031-999999"))
        var again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases && again.encode() == world.state.encode())
        again = CaseworkState()
        for (event, place) in world.record {
            let read = try event.reread()
            #expect(read.body == event.body || event.kind.hasPrefix("access."))
            again.evolve(read, at: place)
        }
        #expect(again.linkProposals.filter { !$0.value.isEmpty } == ["TF-2031-999999": [world.file("Alder").id]])
        #expect(again.cases == world.state.cases)
    }
}
