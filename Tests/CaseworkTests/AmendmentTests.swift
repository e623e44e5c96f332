import Policy
import StrictJSON
import Testing

@testable import Casework

/// A changed predicate, and what agencies contributed before they agreed to it (domain.md 3 row 12, 6.7.3).
@Suite("A changed predicate")
struct AmendmentTests {
    static let propose = Act.amendment(
        "Alder",
        .propose(predicate: "Money of the same ring is moved.", offences: ["18 USC 1956"], reason: "It came up.")
    )
    static let approve = Act.amendment("Alder", .decide(isApproved: true, reason: nil))
    static let consent = Act.amendment("Alder", .consent)

    /// Alder with an entry of the state police and one of the city's, before its predicate changes.
    static func world() -> World {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        return world
    }

    static func amended() -> World {
        var world = world()
        world.must("lead.fib", propose)
        world.must("liaison.fib", approve)
        return world
    }

    @Test func `the lead proposes, a second person approves, and the case is about something else`() {
        var world = Self.world()
        #expect(world.act(as: "agent.fib1", Self.propose).rule == "P05")
        #expect(world.act(as: "liaison.fib", Self.approve).rule == "L01")
        world.must("lead.fib", Self.propose)
        #expect(world.file("Alder").offences != ["18 USC 1956"])
        #expect(world.act(as: "lead.fib", Self.propose).rule == "L01")
        #expect(world.act(as: "lead.fib", Self.approve).rule == "P08")
        #expect(world.act(as: "liaison.mpd", Self.approve).rule == "P05")
        #expect(world.state.inbox(member("liaison.fib"), now: world.now).contains { $0.kind == "amendment" })
        world.must("liaison.fib", Self.approve)
        #expect(world.file("Alder").offences == ["18 USC 1956"])
        #expect(world.file("Alder").predicate == "Money of the same ring is moved.")
        #expect(world.file("Alder").amendment == nil)
    }

    @Test func `what is declined changes nothing, and may be proposed again`() {
        var world = Self.world()
        let before = world.file("Alder")
        world.must("lead.fib", Self.propose)
        world.must("liaison.spo", .amendment("Alder", .decide(isApproved: false, reason: "Too wide.")))
        #expect(world.file("Alder").predicate == before.predicate)
        #expect(world.file("Alder").unconsented == [])
        world.must("lead.fib", Self.propose)
    }

    @Test func `until an agency agrees, what it contributed is a header to others, and its own to itself`() {
        var world = Self.amended()
        #expect(world.file("Alder").unconsented == [id("SPO-OC"), id("MPD-VT"), id("LSD-WH"), id("DAO-SV")])
        #expect(world.act(as: "lead.fib", .getEntry("Alder", "E-1")).rule == "P34")
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-1")).rule == "P34")
        #expect(world.act(as: "agent.mpd1", .releaseEntry("Alder", "E-1", id("HCS-MAR"), reason: "r")).rule == "P34")
        #expect(world.act(as: "agent.spo1", .getEntry("Alder", "E-1")).isDone)
        let list = world.act(as: "lead.fib", .listEntries("Alder", after: -1, limit: 9))
        let scope = list.reading?.scope
        #expect(scope?.visibility(of: 1, origin: id("SPO-OC"), compartment: .ordinary) == .header)
        // What is contributed from now on by who has agreed is read as ever.
        world.must("liaison.spo", Self.consent)
        #expect(world.act(as: "lead.fib", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "lead.fib", .getEntry("Alder", "E-2")).rule == "P34")
        #expect(world.act(as: "liaison.spo", Self.consent).rule == "L01")
        #expect(world.act(as: "agent.mpd1", Self.consent).rule == "P05")
    }

    @Test func `a liaison's permission opens one entry to one agency, and nothing else`() {
        var world = Self.amended()
        world.must("agent.mpd1", .requestPermission("Alder", "E-1", id("MPD-VT"), reason: "The same van."))
        world.must("liaison.spo", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "lead.fib", .getEntry("Alder", "E-1")).rule == "P34")
    }

    @Test func `who approves speaks for his agency, and who joins later joins what the case is by then`() {
        var world = Self.world()
        world.must("lead.fib", Self.propose)
        world.must("liaison.spo", Self.approve)
        #expect(!world.file("Alder").unconsented.contains(id("SPO-OC")))
        world.must("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .information, nil))
        world.must("liaison.hcs", .joinCase("Alder", conditions: nil))
        #expect(!world.file("Alder").unconsented.contains(id("HCS-MAR")))
        // Who left agreed to nothing; joining again is agreeing.
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "Other work."))
        #expect(world.act(as: "lead.fib", .getEntry("Alder", "E-2")).rule == "P34")
        world.must("lead.fib", .inviteAgency("Alder", id("MPD-VT"), .participation, nil))
        world.must("liaison.mpd", .joinCase("Alder", conditions: nil))
        #expect(world.act(as: "lead.fib", .getEntry("Alder", "E-2")).isDone)
    }

    @Test func `each liaison who has not agreed is asked, with both answers`() {
        let world = Self.amended()
        for (name, isAsked) in [("liaison.mpd", true), ("liaison.spo", true), ("liaison.fib", false)] {
            let tasks = world.state.inbox(member(name), now: world.now).filter { $0.kind == "consent" }
            #expect(tasks.count == (isAsked ? 1 : 0), "\(name)")
            #expect(tasks.allSatisfy { $0.command.contains("consent") && $0.command.contains("withdraw") })
        }
    }

    @Test func `it is shown with who has not agreed, and oversight sees that there is one`() {
        var world = Self.world()
        world.must("lead.fib", Self.propose)
        let shown = world.state.json(world.file("Alder"), for: member("agent.mpd1"), inFull: true, now: world.now)
        #expect(shown["amendment"]?.object?["member"]?.string == "lead.fib")
        world.must("liaison.fib", Self.approve)
        let overseen = world.state.json(world.file("Alder"), for: member("auditor.rob"), inFull: true, now: world.now)
        #expect(overseen["amendment"] == nil)
        #expect(overseen["unconsented"]?.array?.count == 4)
    }

    @Test func `a snapshot keeps what is proposed and who has not agreed`() throws {
        var world = Self.amended()
        world.must("lead.fib", Self.propose)
        let read = try CaseworkState(decoding: world.state.encode())
        let file = read.cases.values.first { $0.title == "Alder" }
        #expect(file?.amendment == world.file("Alder").amendment)
        #expect(file?.unconsented == world.file("Alder").unconsented)
        #expect(read.encode() == world.state.encode())
    }

    @Test func `the lines lead back to the acts`() throws {
        var world = Self.amended()
        world.must("liaison.mpd", Self.consent)
        world.must("lead.fib", Self.propose)
        world.must("liaison.spo", .amendment("Alder", .decide(isApproved: false, reason: "No.")))
        try DecisionReplayTests.expectAgreement(world, "a changed predicate")
    }
}
