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

    /// Nobody does anything unless a test says so.
    private static func away() -> World {
        var world = World.joined()
        world.isEverybodyAtWork = false
        return world
    }

    @Test func `after ninety days without anything a liaison has a week, and then the account is disabled, once`() {
        var world = Self.away()
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
        let due = world.state.due(member("liaison.mpd"), in: nil, isOverdueOnly: false, now: world.now).first {
            $0["item"]?.string == "agent.mpd1" && $0["clock"]?.string == "inactive-account"
        }
        let both = "accord member disable agent.mpd1 --reason WHY\naccord member review agent.mpd1 --reason WHY"
        #expect(due?["command"]?.string == both)
        #expect(world.state.members[member("agent.mpd1")]?.isDisabled == false)
        world.pass(days: 30)
        let disabled = world.record.filter { $0.event.kind == "user.disabled" && $0.event.member == nil }
        #expect(Self.recorded(world, "user.disabling_overdue") == 1 && !disabled.isEmpty)
        #expect(world.state.members[member("agent.mpd1")]?.isDisabled == true)
        #expect(world.act(as: "agent.mpd1", .listCases).code == "E-NOT-ENROLLED")
        #expect(Self.shown(world, "auditor.rob", about: "agent.mpd1").isEmpty, "nothing is owed of it any more")
        guard
            case .memberDisabled(_, "inactive-90d")? = world.record.last(where: { $0.event.kind == "user.disabled" })?
                .event.body
        else {
            Issue.record("the reason is said")
            return
        }
    }

    @Test func `the last who could let anybody in again stays, and is overdue`() {
        var world = Self.away()
        world.pass(days: 200)
        for name in ["admin.ops", "auditor.rob"] {
            #expect(world.state.members[member(name)]?.isDisabled == false, "\(name)")
            #expect(Self.recorded(world, "user.disabling_overdue", of: name) == 1, "\(name)")
        }
        #expect(world.state.members[member("liaison.mpd")]?.isDisabled == true)
        var two = Self.away()
        two.enrol("admin.two", id("OPS"))
        two.give("admin.two", .administrator)
        two.pass(days: 60)
        two.must("admin.two", .listAgencies)
        two.pass(days: 60)
        #expect(two.state.members[member("admin.ops")]?.isDisabled == true)
        #expect(two.state.members[member("admin.two")]?.isDisabled == false)
    }

    @Test(arguments: ["reads", "is refused", "writes"])
    func `whoever does anything is active, whether or not it succeeds`(_ what: String) {
        var world = Self.away()
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
        var world = Self.away()
        world.pass(days: 92)
        #expect(Self.shown(world, "liaison.mpd", about: "agent.mpd1") == ["inactive-account due"])
        for name in ["agent.mpd1", "liaison.mpd"] { world.must(name, .listCases) }
        #expect(Self.shown(world, "auditor.rob", about: "agent.mpd1").isEmpty)
        world.pass(days: 92)
        #expect(Self.recorded(world, "user.inactive") == 2)
        world.must("liaison.mpd", .reviewMember(member("agent.mpd1"), reason: "On leave until May."))
        #expect(Self.shown(world, "auditor.rob", about: "agent.mpd1").isEmpty)
        world.pass(days: 20)
        #expect(world.state.members[member("agent.mpd1")]?.isDisabled == false)
        world.must("liaison.mpd", .disableMember(member("agent.mpd1"), reason: "inactive"))
        world.pass(days: 92)
        #expect(Self.recorded(world, "user.inactive") == 2)
    }

    @Test func `nobody sees to himself`() {
        var world = Self.away()
        world.pass(days: 91)
        let own = world.state.due(member("liaison.mpd"), in: nil, isOverdueOnly: false, now: world.now)
            .first { $0["clock"]?.string == "inactive-account" && $0["item"]?.string == "liaison.mpd" }
        #expect(own?["command"]?.string == "")
    }

    @Test func `that somebody wrote what nobody may know of is told by no clock`() {
        var world = Self.away()
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
        var world = Self.away()
        world.pass(days: 91)
        #expect(try CaseworkState(decoding: world.state.encode()).clocks == world.state.clocks)
    }
}
