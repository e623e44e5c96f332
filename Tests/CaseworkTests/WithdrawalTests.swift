import Policy
import StrictJSON
import Testing

@testable import Casework

/// An agency that leaves a case leaves its entries there; what it shared under H2 stays with it (domain.md 6.6).
@Suite("An agency leaves a case")
struct WithdrawalTests {
    /// E-1 H0 and E-2 H2 of MPD-VT, E-3 H2 of LSD-WH; MPD-VT answered Q-1 of FIB-MB under H2, reported on T-1, and has left.
    private static func left() -> World {
        var world = WorkOriginTests.world()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("inspector.lsd", .recordEntry("Alder", World.entry(.h2)))
        world.must("liaison.mpd", .releaseEntry("Alder", "E-2", id("HCS-MAR"), reason: "same van"))
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "done"))
        return world
    }

    private static func code(_ world: World, _ name: String, _ entry: String) -> String? {
        var world = world
        return world.act(as: name, .getEntry("Alder", entry)).code
    }

    @Test func `what it shared under H2 is known to be there and read by nobody in the case, and the rest is read on`()
    {
        let world = Self.left()
        for name in ["lead.fib", "agent.fib1", "analyst.fib", "counsel.dao", "inspector.lsd"] {
            #expect(Self.code(world, name, "E-1") == nil, "\(name)")
            #expect(Self.code(world, name, "E-2") == "E-H2-ORIGINATOR", "\(name)")
            #expect(Self.code(world, name, "E-3") == nil, "\(name)")
        }
        var refused = world
        let refusal = refused.act(as: "lead.fib", .getEntry("Alder", "E-2")).refusal?.outward
        #expect(refusal?.message == "MPD-VT has left the case, and what it shared under H2 stays with it.")
        // Nobody who was not to know of it learns of it by that.
        #expect(Self.code(world, "liaison.lsd", "E-2") == "E-NOT-FOUND")
        #expect(Self.code(world, "auditor.rob", "E-2") == "E-ROLE")
    }

    @Test func `whoever was given it reads it on, and its originator may still give it to who asks`() {
        var world = Self.left()
        #expect(Self.code(world, "lead.hcs", "E-2") == nil)
        world.must("lead.fib", .requestPermission("Alder", "E-2", id("FIB-MB"), reason: "trial"))
        #expect(Self.code(world, "agent.fib1", "E-2") == "E-H2-ORIGINATOR")
        world.must("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        #expect(Self.code(world, "agent.fib1", "E-2") == nil)
        #expect(Self.code(world, "counsel.dao", "E-2") == "E-H2-ORIGINATOR")
    }

    @Test func `it is passed on by nobody, neither with an old permission nor in an emergency`() {
        var world = WorkOriginTests.world()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("lead.fib", .requestPermission("Alder", "E-1", id("HCS-MAR"), reason: "same van"))
        world.must("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "done"))
        let released = world.act(as: "lead.fib", .releaseEntry("Alder", "E-1", id("HCS-MAR"), reason: "same van"))
        #expect(released.code == "E-H2-ORIGINATOR")
        let emergency = Act.breakGlass("Alder", "E-1", id("TCP-NAR"), hours: 2, reason: "danger")
        #expect(world.act(as: "agent.fib1", emergency).code == "E-H2-ORIGINATOR")
    }

    @Test func `of what it said in shared work its H2 answer is withheld, and its report is not`() {
        let world = Self.left()
        for name in ["agent.fib1", "lead.fib", "counsel.dao"] {
            #expect(WorkOriginTests.heard(world, name, "Q-1") == ["rfi.sent"], "\(name)")
            #expect(WorkOriginTests.heard(world, name, "T-1") == ["task.assigned", "task.updated"], "\(name)")
        }
    }

    @Test func `no export takes it along`() {
        var world = Self.left()
        for name in ["lead.fib", "counsel.dao"] {
            var parts = world.act(as: name, .export("Alder")).reading?.parts
            let shown = world.record.filter { event, _ in
                event.caseID == world.file("Alder").id && event.agency == id("MPD-VT")
                    && parts?.visibility(of: event) == .content
            }
            .map(\.event.kind)
            #expect(!shown.contains("rfi.answered"), "\(name)")
            #expect(shown.filter { $0 == "entry.recorded" }.count == 1, "\(name)")
        }
    }

    @Test func `an agency that comes back has it read again, and a snapshot keeps in mind who left`() throws {
        var world = Self.left()
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
        world.must("lead.fib", .inviteAgency("Alder", id("MPD-VT"), .participation, nil))
        #expect(Self.code(world, "lead.fib", "E-2") == "E-H2-ORIGINATOR")
        world.must("liaison.mpd", .joinCase("Alder", conditions: nil))
        #expect(Self.code(world, "lead.fib", "E-2") == nil)
        #expect(WorkOriginTests.heard(world, "agent.fib1", "Q-1") == ["rfi.sent", "rfi.answered"])
    }
}
