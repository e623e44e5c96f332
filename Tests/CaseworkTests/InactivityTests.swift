import Policy
import StrictJSON
import Testing

@testable import Casework

/// CJIS Security Policy AC-2(3): who was inactive for ninety days is disabled within a week.
@Suite("Inactivity (domain.md 2.2, 6.11)")
struct InactivityTests {
    private static func shown(_ world: World, _ name: String, about who: String) -> [String] {
        world.state.due(member(name), in: nil, isOverdueOnly: false, now: world.now).filter {
            $0["item"]?.string == who && $0["clock"]?.string != "user-review"
        }.map { "\($0["clock"]?.string ?? "") \($0["state"]?.string ?? "")" }
    }

    private static func recorded(_ world: World, _ kind: String, of who: String = "agent.mpd1") -> Int {
        world.record.filter { $0.event.kind == kind && $0.event.item == who }.count
    }

    private static func command(_ world: World, _ name: String) -> String? {
        world.inbox(name).first { $0.item == "agent.mpd1" && $0.kind == "overdue" }?.command
    }

    @Test func `after ninety days without anything a liaison has a week, and then it is overdue, once`() {
        var world = World.joined()
        world.pass(days: 90)
        #expect(Self.recorded(world, "user.inactive") == 0)
        for name in ["liaison.mpd", "auditor.rob", "admin.ops"] {
            #expect(Self.shown(world, name, about: "agent.mpd1").isEmpty, "\(name)")
        }
        world.pass(days: 1)
        #expect(Self.recorded(world, "user.inactive") == 1)
        for name in ["liaison.mpd", "auditor.rob", "admin.ops"] {
            #expect(Self.shown(world, name, about: "agent.mpd1") == ["inactive-account due"], "\(name)")
        }
        for name in ["agent.mpd1", "liaison.fib", "lead.fib"] {
            #expect(Self.shown(world, name, about: "agent.mpd1").isEmpty, "\(name)")
        }
        world.pass(days: 30)
        #expect(Self.recorded(world, "user.disabling_overdue") == 1)
        #expect(Self.shown(world, "auditor.rob", about: "agent.mpd1") == ["inactive-account overdue"])
        let both = "accord member disable agent.mpd1 --reason WHY\naccord member review agent.mpd1 --reason WHY"
        #expect(Self.command(world, "liaison.mpd") == both && Self.command(world, "admin.ops") == both)
        #expect(Self.command(world, "auditor.rob") == "accord inbox ack agent.mpd1")
        // Nobody is shut out by the daemon itself.
        #expect(world.state.members[member("agent.mpd1")]?.isDisabled == false)
    }

    @Test(arguments: ["reads", "is refused", "writes"])
    func `whoever does anything is active, whether or not it succeeds`(_ what: String) {
        var world = World.joined()
        world.pass(days: 60)
        switch what {
        case "reads": world.must("agent.mpd1", .getCase("Alder"))
        case "is refused": #expect(world.act(as: "agent.mpd1", .getCase("Birch")).code == "E-NOT-MEMBER")
        default: world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        }
        world.pass(days: 90)
        #expect(Self.recorded(world, "user.inactive") == 0)
        #expect(Self.recorded(world, "user.inactive", of: "inspector.lsd") == 1)
        world.pass(days: 1)
        #expect(Self.recorded(world, "user.inactive") == 1)
    }

    @Test func `it ends when he comes back, when he is disabled, and for a while when he is reviewed`() {
        var world = World.joined()
        world.pass(days: 100)
        #expect(Self.shown(world, "liaison.mpd", about: "agent.mpd1") == ["inactive-account overdue"])
        world.must("agent.mpd1", .getCase("Alder"))
        #expect(Self.shown(world, "auditor.rob", about: "agent.mpd1").isEmpty)
        world.pass(days: 92)
        #expect(Self.recorded(world, "user.inactive") == 2)
        world.must("liaison.mpd", .reviewMember(member("agent.mpd1"), reason: "On leave until May."))
        #expect(Self.shown(world, "auditor.rob", about: "agent.mpd1").isEmpty)
        #expect(Self.shown(world, "auditor.rob", about: "inspector.lsd") == ["inactive-account overdue"])
        world.must("liaison.mpd", .disableMember(member("agent.mpd1"), reason: "inactive"))
        world.pass(days: 92)
        #expect(Self.recorded(world, "user.inactive") == 2)
    }

    @Test func `nobody sees to himself`() {
        var world = World.joined()
        world.pass(days: 91)
        let own = world.state.due(member("liaison.mpd"), in: nil, isOverdueOnly: false, now: world.now)
            .first { $0["clock"]?.string == "inactive-account" && $0["item"]?.string == "liaison.mpd" }
        #expect(own?["command"]?.string == "")
    }

    @Test func `that somebody wrote what nobody may know of is told by no clock`() {
        var world = World.joined()
        world.pass(days: 60)
        let before = world.state.clocks.clock(.inactivity, .system, "agent.mpd1")
        let about = World.entry(.h0, .oversight, text: "The second site was searched twice.")
        #expect(world.must("agent.mpd1", .recordEntry("Alder", about)).kind == "restricted")
        #expect(world.state.clocks.clock(.inactivity, .system, "agent.mpd1") == before)
        // Nor is it anything that he did, when a program is shown what he may see.
        let hook = Event(
            kind: "access.read",
            caseID: .system,
            agency: id("MPD-VT"),
            member: member("agent.mpd1"),
            role: nil,
            purpose: nil,
            body: .access(act: CaseworkState.hookAct, item: "mail for agent.mpd1", code: nil)
        )
        world.append(hook)
        #expect(world.state.clocks.clock(.inactivity, .system, "agent.mpd1") == before)
    }

    @Test func `a snapshot keeps it`() throws {
        var world = World.joined()
        world.pass(days: 91)
        #expect(try CaseworkState(decoding: world.state.encode()).clocks == world.state.clocks)
    }
}
