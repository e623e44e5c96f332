import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("What stays with its originator")
struct OriginatorTests {
    @Test func `an agency that left still answers for its own entries, and sees nothing else`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "r"))
        #expect(world.inboxKinds("liaison.mpd") == ["permission"])
        #expect(!world.sees("liaison.mpd", "Alder"))
        let answer = Act.decidePermission("Alder", "R-1", isGranted: false, reason: "r")
        #expect(world.act(as: "liaison.lsd", answer).code == "E-NOT-FOUND")
        #expect(world.act(as: "liaison.tcp", answer).code == "E-NOT-MEMBER")
        #expect(world.act(as: "agent.mpd1", answer).code == "E-NOT-MEMBER")
        #expect(world.act(as: "liaison.mpd", answer).event?.kind == "dissemination.permission_refused")
        #expect(world.act(as: "liaison.mpd", .getCase("Alder")).code == "E-NOT-MEMBER")
        #expect(world.act(as: "liaison.mpd", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
    }

    @Test func `who is not assigned passes nothing on, even with another's permission`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPS"), reason: "r"))
        world.must("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        // TCP is given the entry and is then invited: its liaison, a contributor, too, knows the case and works not in it.
        let given = Act.releaseEntry("Alder", "E-1", id("HCS-MAR"), reason: "r")
        world.must("liaison.mpd", given)
        world.give("liaison.hcs", .contributor)
        world.must("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .participation, nil))
        let onward = Act.releaseEntry("Alder", "E-1", id("SPS"), reason: "r")
        #expect(world.act(as: "liaison.hcs", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "liaison.hcs", onward).code == "E-ROLE")
        #expect(
            world.act(as: "liaison.hcs", .requestPermission("Alder", "E-1", id("DAO-SV"), reason: "r")).code == "E-ROLE"
        )
        #expect(world.act(as: "agent.spo1", onward).isDone)
    }

    @Test func `a closed case takes no acknowledgement from within, and one from whom it was given to`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(acknowledge: true)))
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        world.must("liaison.mpd", release, purpose: "OFFICER_SAFETY")
        #expect(world.inboxKinds("agent.spo1") == ["acknowledgement"])
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
        #expect(world.act(as: "agent.spo1", .acknowledgeEntry("Alder", "E-1")).code == "E-CLOSED")
        #expect(world.inboxKinds("agent.spo1").isEmpty)
        #expect(world.act(as: "agent.tcp1", .acknowledgeEntry("Alder", "E-1")).isDone)
        #expect(world.inboxKinds("agent.tcp1").isEmpty)
    }

    @Test func `a refusal is recorded with what it was about, and nothing else that was typed`() {
        var world = World.opened()
        func item(_ act: Act) -> String? {
            world.act(as: "agent.tcp1", act)
            guard case .access(_, let item, _) = world.record.last?.event.body else { return nil }
            return item
        }
        #expect(item(.getEntry("Alder", "e7")) == "E-7")
        #expect(item(.getEntry("Alder", "the letter of the informant")) == nil)
        #expect(item(.decidePermission("Alder", "2", isGranted: true, reason: nil)) == "R-2")
        #expect(item(.getCase("Alder")) == nil)
    }

    @Test func `oversight is told that a case is, and not on what grounds`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let file = world.file("Alder")
        let shown = world.state.json(file, for: member("auditor.rob"), inFull: true, now: world.now)
        #expect(shown["predicate"] == nil)
        #expect(shown["participants"] != nil)
    }
}

@Suite("What an export holds")
struct PartsScopeTests {
    /// E-1 CASE and E-2 OPS by SPO, E-3 by LSD and given to TCP by LSD; a request for E-2; a refusal and a reading.
    private static func world() -> World {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2, .operations)))
        world.must("inspector.lsd", .recordEntry("Alder", World.entry()))
        let release = Act.releaseEntry("Alder", "E-3", id("TCP-NAR"), reason: "r")
        world.must("liaison.lsd", release, purpose: "OFFICER_SAFETY")
        world.must("agent.mpd1", .requestPermission("Alder", "E-2", id("TCP-NAR"), reason: "r"))
        world.must("liaison.spo", .decidePermission("Alder", "R-1", isGranted: false, reason: "r"))
        world.act(as: "agent.tcp1", .getCase("Alder"))
        world.act(as: "agent.mpd1", .getEntry("Alder", "E-1"))
        return world
    }

    private func shown(_ name: String, _ world: World, least: Visibility = .content) throws -> Set<String> {
        let file = world.file("Alder")
        let member = try #require(world.state.members[member(name)])
        var scope = PartsScope(world.state.standing(of: member, in: file, world.now), in: file, of: world.state)
        var found: Set<String> = []
        for (event, _) in world.record where event.caseID == file.id {
            guard scope.visibility(of: event) >= least else { continue }
            found.insert([event.kind, event.item].compactMap(\.self).joined(separator: " "))
        }
        return found
    }

    @Test func `oversight takes along every line of a case and no text`() throws {
        let world = Self.world()
        #expect(try shown("auditor.rob", world).isEmpty)
        #expect(try shown("auditor.rob", world, least: .header).contains("access.denied"))
    }

    @Test func `the lead takes along what the case shows him, and nobody's questions or readings`() throws {
        let found = try shown("lead.fib", Self.world())
        #expect(
            found.isSuperset(of: [
                "case.drafted", "case.agency_joined", "entry.recorded E-2", "dissemination.recorded D-1",
            ])
        )
        #expect(!found.contains("dissemination.permission_requested R-1"))
        #expect(!found.contains("access.denied"))
        #expect(!found.contains("access.read E-1"))
    }

    @Test func `questions are between who asks and who contributed`() throws {
        for (name, sees) in [
            ("agent.mpd1", true), ("liaison.spo", true), ("inspector.lsd", false), ("counsel.dao", false),
        ] {
            let found = try shown(name, Self.world())
            #expect(found.contains("dissemination.permission_requested R-1") == sees, "\(name)")
            #expect(found.contains("dissemination.permission_refused R-1") == sees, "\(name)")
        }
        #expect(try shown("agent.mpd1", Self.world()).contains("access.read E-1"))
    }

    @Test func `an agency in information mode takes along no operations, and nobody another's recipients`() throws {
        let found = try shown("inspector.lsd", Self.world())
        #expect(found.contains("entry.recorded E-1"))
        #expect(!found.contains("entry.recorded E-2"))
        #expect(found.contains("dissemination.recorded D-1"))
        #expect(try !shown("counsel.dao", Self.world()).contains("dissemination.recorded D-1"))
    }

    @Test func `an export brings its scope along, and no other reading does`() {
        var world = Self.world()
        #expect(world.act(as: "counsel.dao", .export("Alder")).reading?.parts != nil)
        #expect(world.act(as: "counsel.dao", .getCase("Alder")).reading?.parts == nil)
        #expect(world.act(as: "auditor.rob", .export(nil)).event?.kind == "access.exported")
    }
}
