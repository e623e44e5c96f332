import Policy
import StrictJSON
import Testing

@testable import Casework

/// An agency is followed by another: what passes over, what does not, and by whose word (domain.md 3 row 12, 6.2).
@Suite("An agency is followed by another")
struct SuccessionTests {
    private static let new = id("MPD-OC")
    private static let propose = Act.succession(.propose(new, reason: "Ordinance 31-7."))
    private static let accept = Act.succession(.accept(id("MPD-VT")))

    /// Alder with an H2 entry of MPD-VT, and MPD-OC registered with a liaison of its own.
    private static func world(missions: [Mission] = [.criminal]) -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        let agency = Agency(
            id: new,
            name: "Metro Police, Organised Crime",
            level: .municipal,
            missions: missions,
            contact: "MPD-OC control desk",
            keyRequired: false
        )
        world.must("admin.ops", .registerAgency(agency))
        world.enrol("liaison.oc", new)
        world.give("liaison.oc", .liaison)
        return world
    }

    private static func followed() -> World {
        var world = world()
        world.must("liaison.mpd", propose)
        world.must("liaison.oc", accept)
        return world
    }

    @Test func `two liaisons of two agencies decide it, and no administrator`() {
        var world = Self.world()
        for name in ["admin.ops", "agent.mpd1", "lead.fib"] { #expect(world.act(as: name, Self.propose).rule == "P05") }
        #expect(world.act(as: "liaison.oc", Self.accept).rule == "P05")
        world.must("liaison.mpd", Self.propose)
        #expect(world.act(as: "liaison.mpd", Self.propose).rule == "L01")
        for name in ["liaison.mpd", "admin.ops", "liaison.spo", "auditor.rob"] {
            #expect(world.act(as: name, Self.accept).rule == "P05", "\(name)")
        }
        let task = world.state.inbox(member("liaison.oc"), now: world.now).first { $0.kind == "succession" }
        #expect(task?.command.contains("accept-succession MPD-VT") == true)
        world.must("liaison.oc", Self.accept)
        #expect(world.act(as: "liaison.oc", Self.accept).rule == "P05")
    }

    @Test func `it is declined, or taken back, and nothing changes`() {
        for name in ["liaison.oc", "liaison.mpd"] {
            var world = Self.world()
            world.must("liaison.mpd", Self.propose)
            world.must(name, .succession(.decline(id("MPD-VT"), reason: "Not yet.")))
            #expect(world.file("Alder").participants[id("MPD-VT")]?.standing == .joined)
            world.must("liaison.mpd", Self.propose)
        }
    }

    @Test func `criminal access is not handed to a civil component, and oversight passes to nobody`() {
        var civil = Self.world(missions: [.civilImmigration])
        #expect(civil.act(as: "liaison.mpd", Self.propose).rule == "P03")
        var both = Self.world(missions: [.criminal, .civilImmigration])
        #expect(both.act(as: "liaison.mpd", Self.propose).rule == "P03")
    }

    @Test func `the successor has the agency's part, its agreements and its lead`() {
        let world = Self.followed()
        let file = world.file("Alder")
        #expect(file.participants[id("MPD-VT")] == nil)
        #expect(file.participants[Self.new]?.standing == .joined)
        #expect(file.participants[Self.new]?.mode == .participation)
        #expect(world.state.agreements[mou("MOU-31-01")]?.parties.contains(Self.new) == true)
        #expect(world.state.agreements[mou("MOU-31-01")]?.parties.contains(id("MPD-VT")) == false)
        let shown = world.state.visibleAgencies().first { $0["id"] == "MPD-VT" }
        #expect(shown?["successor"] == "MPD-OC")
    }

    @Test func `what was contributed is the successor's to read and to permit, under the code word it was given`()
        throws
    {
        var world = Self.followed()
        #expect(world.act(as: "liaison.oc", .getEntry("Alder", "E-1")).isDone)
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "The same van."))
        #expect(
            world.act(as: "liaison.spo", .decidePermission("Alder", "R-1", isGranted: true, reason: nil)).rule != nil
        )
        world.must("liaison.oc", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        world.must("liaison.oc", .changeHandling("Alder", "E-1", .h1, reason: "It can go."))
        // The line goes on to name who wrote it; whoever reads lines by it still finds the successor's.
        let standing = try #require(
            world.state.members[member("liaison.oc")].map {
                world.state.standing(of: $0, in: world.file("Alder"), world.now)
            }
        )
        let scope = standing.scope(world.file("Alder"))
        #expect(scope.visibility(of: 1, origin: id("MPD-VT"), compartment: .ordinary) == .content)
        let line = try #require(world.record.first { $0.event.kind == "entry.recorded" }?.event)
        #expect(line.agency == id("MPD-VT"))
        var parts = PartsScope(standing, in: world.file("Alder"), of: world.state)
        #expect(parts.visibility(of: line) == .content)
    }

    @Test func `members do not pass over: their access ends, and their accounts are free for the successor to enrol`() {
        var world = Self.followed()
        #expect(world.act(as: "agent.mpd1", .getCase("Alder")).rule == "V02")
        #expect(world.act(as: "liaison.mpd", .listCases).rule == "V02")
        #expect(world.file("Alder").assignments[member("agent.mpd1")] == nil)
        let uids = world.state.members[member("agent.mpd1")]?.uids ?? []
        let again = Member(id: member("agent.oc1"), agency: Self.new, uids: uids, keys: [])
        world.must("liaison.oc", .enrolMember(again, keyLines: []))
        let late = Member(id: member("late.mpd"), agency: id("MPD-VT"), uids: [9_001], keys: [])
        #expect(world.act(as: "admin.ops", .enrolMember(late, keyLines: [])).rule == "V01")
    }

    @Test func `what does not pass over is ended first: submissions to deconfliction, and what victim services owe`() {
        var world = Self.world()
        let plan = world.submit("agent.mpd1", World.plan()).name
        #expect(world.act(as: "liaison.mpd", Self.propose).rule == "L01")
        world.must("agent.mpd1", .deconfliction(.cancelEvent(plan, reason: "Theirs.")))
        world.must("liaison.mpd", Self.propose)

        var cared = World.cared()
        cared.must("admin.ops", .registerAgency(Self.services))
        cared.enrol("liaison.new", Self.services.id)
        cared.give("liaison.new", .liaison)
        cared.mint()
        let follow = Act.succession(.propose(Self.services.id, reason: "Merged."))
        #expect(cared.act(as: "liaison.sps", follow).rule == "L01")
        cared.victim("GiveRightsNotice", ["rightsNotice": "2031-01", "language": "es"])
        cared.must("liaison.sps", follow)
        cared.must("liaison.new", .succession(.accept(id("SPS"))))
        // A reference stays with those whom the victim trusted: nobody reads it any more.
        #expect(cared.file("Alder").work["victim", 1]?.agency == id("SPS"))
    }

    private static let services = Agency(
        id: id("SPS-2"),
        name: "Safe Passage",
        level: .ngo,
        missions: [.service],
        contact: "desk",
        keyRequired: false
    )

    @Test func `a policy does not pass over: where there is one, the successor has its own first`() {
        var world = Self.world()
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny data CIV_IMM")]))
        #expect(world.act(as: "liaison.mpd", Self.propose).rule == "P03J")
    }

    @Test func `tasks and questions of the agency are the successor's`() {
        var world = Self.world()
        world.must("lead.fib", World.errand("task.assigned", ["to": "MPD-VT", "due_at": 1_990_000_000_000]))
        world.must("liaison.mpd", Self.propose)
        world.must("liaison.oc", Self.accept)
        #expect(world.file("Alder").work["task", 1]?.agency("to") == Self.new)
        world.must("liaison.oc", World.errand("task.completed", [:], of: "T-1"))
    }

    @Test func `the lines are decided again, and a snapshot says the same`() throws {
        var world = Self.followed()
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        try DecisionReplayTests.expectAgreement(world, "a succession")
        let read = try CaseworkState(decoding: world.state.encode())
        #expect(read.encode() == world.state.encode())
        #expect(read.successions == world.state.successions)
        let entry = read.cases.values.first { $0.title == "Alder" }?.facts(1)
        #expect(entry.flatMap { read.origin(of: $0) } == Self.new)
    }
}
