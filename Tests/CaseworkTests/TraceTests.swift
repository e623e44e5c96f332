import Policy
import StrictJSON
import Testing

@testable import Casework

/// What may not be known is not told by a trace either: by who took note, by whose question was answered, by a scope's name.
@Suite("Traces of what may not be known")
struct TraceTests {
    /// E-1 H0 by MPD, which MPD gave to TCP-NAR for officer safety; E-2 H2 by LSD.
    private static func world() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        world.must("inspector.lsd", .recordEntry("Alder", World.entry(.h2)))
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        world.must("liaison.mpd", release, purpose: "OFFICER_SAFETY")
        return world
    }

    @Test func `who took note of an entry does not tell to whom it was given`() throws {
        var world = Self.world()
        let taken = world.must("agent.tcp1", .acknowledgeEntry("Alder", "E-1"))
        let own = world.must("agent.spo1", .acknowledgeEntry("Alder", "E-1"))
        let file = world.file("Alder")
        for (name, knows) in [
            ("lead.fib", true), ("agent.mpd1", true), ("liaison.mpd", true), ("auditor.rob", true),
            ("agent.spo1", false), ("counsel.dao", false), ("inspector.lsd", false), ("analyst.fib", false),
        ] {
            let id = member(name)
            #expect((world.state.feedSummary(taken, for: id, now: world.now) != nil) == knows, "\(name)")
            #expect(world.state.feedSummary(own, for: id, now: world.now) != nil, "\(name)")
            let hidden = world.state.hiddenAcknowledgers(of: 1, in: file.id, for: id, now: world.now)
            #expect(hidden == (knows ? [] : ["agent.tcp1"]), "\(name)")
        }
        let spo = try #require(world.state.members[member("agent.spo1")])
        var scope = PartsScope(world.state.standing(of: spo, in: file, world.now), in: file, of: world.state)
        let shown = world.record.map(\.event).filter { $0.caseID == file.id && scope.visibility(of: $0) != .none }
        #expect(shown.contains(own))
        #expect(!shown.contains(taken))
    }

    @Test func `an answer to one agency's question neither serves nor shows another`() {
        var world = Self.world()
        world.must("agent.spo1", .requestPermission("Alder", "E-2", id("HCS-MAR"), reason: "r"))
        let ask = Act.requestPermission("Alder", "E-2", id("HCS-MAR"), reason: "r")
        var other = world
        #expect(other.act(as: "agent.spo1", ask).code == "E-STATE")
        #expect(other.act(as: "agent.mpd1", ask).isDone)
        world.must("liaison.lsd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        let onward = Act.releaseEntry("Alder", "E-2", id("HCS-MAR"), reason: "r")
        #expect(world.act(as: "agent.mpd1", onward).code == "E-H2-ORIGINATOR")
        #expect(world.act(as: "lead.fib", onward).code == "E-H2-ORIGINATOR")
        #expect(world.act(as: "agent.spo1", onward).isDone)
    }

    @Test func `a role for one case names the case to those who may know of it`() throws {
        var world = Self.world()
        let number = world.file("Alder").number
        let ends = world.now.adding(days: 9)
        world.must("liaison.mpd", .grantRole(member("agent.mpd1"), .analyst, scope: number, expiresAt: ends))
        world.enrol("other.mpd", id("MPD-VT"))
        let agent = try #require(world.state.members[member("agent.mpd1")])
        for (name, knows) in [
            ("agent.mpd1", true), ("liaison.mpd", true), ("auditor.rob", true), ("other.mpd", false),
            ("admin.ops", false),
        ] {
            let shown = world.state.json(agent, for: member(name), now: world.now)
            let scopes = shown["grants"]?.array?.compactMap { $0.object?["scope"]?.string }
            #expect(scopes == ["agency", knows ? number : "case"], "\(name)")
        }
    }

    @Test func `somebody legal whose agency is only invited exports nothing`() {
        var world = World.opened()
        world.must("lead.fib", .inviteAgency("Alder", id("DAO-SV"), .participation, nil))
        world.give("liaison.dao", .legal)
        #expect(world.act(as: "liaison.dao", .getCase("Alder")).isDone)
        #expect(world.act(as: "liaison.dao", .export("Alder")).code == "E-ROLE")
        world.must("liaison.dao", .joinCase("Alder", conditions: nil))
        #expect(world.act(as: "liaison.dao", .export("Alder")).code == "E-ROLE")
        world.must("liaison.dao", .assignMember("Alder", member("liaison.dao")))
        #expect(world.act(as: "liaison.dao", .export("Alder")).isDone)
    }

    @Test func `an export's lines are those of which its reader may know`() throws {
        var world = Self.world()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h0, .operations)))
        world.act(as: "officer.fro", .getCase("Alder"))
        world.act(as: "auditor.rob", .getCase("Alder"))
        world.must("agent.spo1", .requestPermission("Alder", "E-2", id("HCS-MAR"), reason: "r"))
        let file = world.file("Alder")
        func lines(_ name: String) throws -> [Event] {
            let reader = try #require(world.state.members[member(name)])
            var scope = PartsScope(world.state.standing(of: reader, in: file, world.now), in: file, of: world.state)
            return world.record.map(\.event).filter { $0.caseID == file.id && scope.visibility(of: $0) != .none }
        }
        for (name, kinds) in [
            ("lead.fib", ["entry.recorded", "entry.recorded", "entry.recorded", "dissemination.recorded"]),
            ("counsel.dao", ["entry.recorded", "entry.recorded", "entry.recorded", "dissemination.recorded"]),
            ("inspector.lsd", ["entry.recorded", "entry.recorded", "dissemination.recorded"]),
        ] {
            let found = try lines(name)
            #expect(found.filter { $0.kind.hasPrefix("access.") }.allSatisfy { $0.member == member(name) }, "\(name)")
            let told = found.map(\.kind).filter { $0.hasPrefix("entry.") || $0 == "dissemination.recorded" }
            #expect(told.sorted() == kinds.sorted(), "\(name)")
            let asked = found.contains { $0.kind == "dissemination.permission_requested" }
            #expect(asked == (name == "inspector.lsd"), "\(name)")
        }
        #expect(try lines("auditor.rob").count == world.record.count { $0.event.caseID == file.id })
    }

    /// A complaint about the lead must not show itself to the lead by a gap (domain.md 6.4).
    @Test func `what is written to oversight leaves no trace in the case`() throws {
        var world = Self.world()
        let untouched = world.file("Alder")
        let before = world.record.count
        let event = world.must("analyst.fib", .recordEntry("Alder", World.entry(.h1, .oversight, acknowledge: true)))
        let file = world.file("Alder")
        #expect(file.position == untouched.position && file.updatedAt == untouched.updatedAt)
        #expect(file.entries == untouched.entries && file.acknowledgements == untouched.acknowledgements)
        #expect(event.kind == "restricted")
        #expect(event.caseID != file.id && event.caseID != .system)
        #expect(!world.record[before...].contains { $0.event.caseID == file.id })
        #expect(world.must("lead.fib", .recordEntry("Alder", World.entry())).item == "E-3")
        let submitted = try #require(event.item)
        #expect(submitted.hasPrefix("O-"))
        for name in ["lead.fib", "liaison.fib", "analyst.fib", "counsel.dao", "agent.mpd1"] {
            let none = world.act(as: name, .getEntry("Alder", "O-999999")).refusal
            #expect(world.act(as: name, .getEntry("Alder", submitted)).refusal?.outward == none?.outward, "\(name)")
            #expect(world.state.feedSummary(event, for: member(name), now: world.now) == nil, "\(name)")
        }
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", submitted)).reading?.entry == world.submitted("Alder"))
        // The numbers of two tell neither who was first nor how many there are.
        let second = world.must("agent.spo1", .recordEntry("Alder", World.entry(.h0, .oversight)))
        #expect(second.item != submitted && second.caseID != event.caseID)
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases[file.id]?.submissions == world.file("Alder").submissions)
    }

    @Test func `oversight takes note of nothing in a case`() {
        var world = Self.world()
        world.must("analyst.fib", .recordEntry("Alder", World.entry(.h1, .oversight)))
        let submitted = Reference.entryName(world.submitted("Alder"))
        #expect(world.act(as: "auditor.rob", .acknowledgeEntry("Alder", submitted)).code == "E-ROLE")
    }

    @Test func `a watch of a case is for a purpose of the case, and stands with it in the record`() {
        var world = Self.world()
        let watch = Act.watch(WatchRequest(positions: [("Alder", -1)], follows: true, idleSeconds: 30))
        #expect(world.act(as: "agent.mpd1", watch, purpose: "EXERCISE").code == "E-PURPOSE")
        #expect(world.act(as: "agent.mpd1", watch).event?.caseID == world.file("Alder").id)
    }
}

/// The originating agency, its agreements and the purposes they allow decide to the end.
@Suite("What an agreement carries")
struct AgreementTests {
    private static func given() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        world.must("liaison.mpd", release, purpose: "OFFICER_SAFETY")
        return world
    }

    @Test func `what was given is read as long as an agreement joins giver and recipient`() {
        var world = Self.given()
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-02"), reason: "r"))
        let absent = world.act(as: "agent.tcp1", .getEntry("Nowhere", "E-1"))
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).refusal?.outward == absent.refusal?.outward)
        #expect(world.act(as: "agent.tcp1", .acknowledgeEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        #expect(world.inboxKinds("agent.tcp1").isEmpty)
    }

    @Test func `what was given is read for what it was given for`() {
        var world = Self.given()
        let read = Act.getEntry("Alder", "E-1")
        #expect(world.act(as: "agent.tcp1", read).event?.purpose == .officerSafety)
        #expect(world.act(as: "agent.tcp1", read, purpose: "OFFICER_SAFETY").isDone)
        for other in Purpose.allCases where other != .officerSafety {
            #expect(world.act(as: "agent.tcp1", read, purpose: other.rawValue).code == "E-PURPOSE", "\(other)")
        }
        let note = Act.acknowledgeEntry("Alder", "E-1")
        #expect(world.act(as: "agent.tcp1", note, purpose: "CRIM_INVEST").code == "E-PURPOSE")
        #expect(world.act(as: "agent.tcp1", note).event?.purpose == .officerSafety)
    }

    @Test func `the factual basis is not for an agency whose agreement ended, nor for one that only deconflicts`() {
        var world = World.joined()
        world.join("HCS-MAR", .deconflictOnly, "liaison.hcs", ["agent.hcs1"])
        func particulars(_ name: String) -> Bool {
            let file = world.file("Alder")
            let shown = world.state.json(file, for: member(name), inFull: true, now: world.now)
            return shown["predicate"] != nil && shown["participants"] != nil && shown["assignments"] != nil
        }
        for name in ["agent.hcs1", "liaison.hcs"] { #expect(!particulars(name), "\(name)") }
        for name in ["lead.fib", "agent.mpd1", "liaison.mpd"] { #expect(particulars(name), "\(name)") }
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "r"))
        for name in ["agent.mpd1", "liaison.mpd", "counsel.dao"] { #expect(!particulars(name), "\(name)") }
        #expect(particulars("lead.fib"))
    }

    @Test func `an author makes the handling stricter, and only a liaison of the agency loosens it`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        func handling(_ to: Handling) -> Act { .changeHandling("Alder", "E-1", to, reason: "r") }
        #expect(world.act(as: "agent.mpd1", handling(.h1)).isDone)
        #expect(world.act(as: "liaison.mpd", handling(.h2)).isDone)
        #expect(world.act(as: "agent.mpd1", handling(.h0)).code == "E-ROLE")
        #expect(world.act(as: "lead.fib", handling(.h0)).code == "E-ORIGINATOR")
        #expect(world.act(as: "agent.mpd1", handling(.h2)).code == "E-STATE")
        #expect(world.act(as: "liaison.mpd", handling(.h1)).isDone)
    }

    @Test func `an agency that left answers its question without being told how far the case has gone`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("HCS-MAR"), reason: "r"))
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "r"))
        let answer = Act.decidePermission("Alder", "R-1", isGranted: true, reason: nil)
        #expect(world.act(as: "liaison.mpd", answer, seen: 1).isDone)
    }
}
