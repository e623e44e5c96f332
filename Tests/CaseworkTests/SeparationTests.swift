import Policy
import Testing

@testable import Casework

@Suite("Duties that stay apart (rule P08)")
struct SeparationTests {
    private func grant(_ name: String, _ role: Role, _ world: World) -> Act {
        .grantRole(member(name), role, scope: "agency", expiresAt: world.now.adding(days: 100))
    }

    @Test(arguments: ["admin.ops", "liaison.mpd"]) func `nobody grants himself a role`(name: String) {
        var world = World()
        let outcome = world.act(as: name, grant(name, .analyst, world))
        #expect(outcome.code == "E-SOD")
    }

    @Test func `who proposed does not approve, even as liaison`() {
        var world = World()
        world.give("lead.fib", .liaison)
        world.must("lead.fib", .draftCase(World.proposal("Alder")))
        world.must("lead.fib", .moveCase("Alder", .propose, reason: nil))
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .approve, reason: nil)).code == "E-SOD")
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .decline, reason: "r")).code == "E-SOD")
        #expect(world.inboxKinds("lead.fib").isEmpty)
        #expect(world.act(as: "liaison.fib", .moveCase("Alder", .approve, reason: nil)).isDone)
    }

    @Test func `who proposed to reopen does not approve it`() {
        var world = World.opened()
        world.give("lead.fib", .liaison)
        world.must("lead.fib", .moveCase("Alder", .close, reason: "Done."))
        world.must("lead.fib", .moveCase("Alder", .proposeReopening, reason: "New lead."))
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .approve, reason: nil)).code == "E-SOD")
        #expect(world.act(as: "liaison.fib", .moveCase("Alder", .approve, reason: nil)).event?.kind == "case.reopened")
    }

    @Test func `who asked for a permission does not grant it`() {
        var world = World.joined()
        world.give("agent.mpd1", .liaison)
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.mpd1", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        let answer = Act.decidePermission("Alder", "R-1", isGranted: true, reason: nil)
        #expect(world.act(as: "agent.mpd1", answer).code == "E-SOD")
        #expect(world.act(as: "liaison.mpd", answer).isDone)
    }

    @Test(arguments: Role.allCases.filter { $0 != .administrator })
    func `an administrator holds no other role`(role: Role) {
        var world = World()
        world.enrol("admin.two", id("OPS"))
        world.give("admin.two", .administrator)
        #expect(world.act(as: "admin.ops", grant("admin.two", role, world)).code == "E-SOD")
        #expect(world.act(as: "admin.ops", grant("agent.mpd1", .administrator, world)).code == "E-SOD")
    }

    @Test(arguments: Role.allCases.filter { $0 != .oversight })
    func `oversight holds no other role`(role: Role) {
        var world = World()
        #expect(world.act(as: "admin.ops", grant("auditor.rob", role, world)).code == "E-SOD")
    }

    @Test func `oversight belongs to an agency that does nothing else`() {
        var world = World()
        world.enrol("new.mpd", id("MPD-VT"))
        world.enrol("new.rob", id("ROB"))
        #expect(world.act(as: "admin.ops", grant("new.mpd", .oversight, world)).code == "E-SOD")
        #expect(world.act(as: "admin.ops", grant("new.rob", .oversight, world)).isDone)
    }

    @Test func `the last administrator stays`() {
        var world = World()
        #expect(world.act(as: "admin.ops", .disableMember(member("admin.ops"), reason: "r")).code == "E-SOD")
        #expect(world.act(as: "admin.ops", .revokeRole(member("admin.ops"), grant: "G-1", reason: "r")).code == "E-SOD")
        world.enrol("admin.two", id("OPS"))
        world.give("admin.two", .administrator)
        #expect(world.act(as: "admin.two", .disableMember(member("admin.ops"), reason: "r")).isDone)
        #expect(world.act(as: "admin.two", .disableMember(member("admin.two"), reason: "r")).code == "E-SOD")
        #expect(world.act(as: "admin.ops", .listMembers).code == "E-NOT-ENROLLED")
    }

    @Test func `a liaison grants only roles of work, only in his own agency`() {
        var world = World()
        world.enrol("new.mpd", id("MPD-VT"))
        for role in Role.allCases {
            let isWork = Role.assignable.contains(role)
            #expect(
                world.act(as: "liaison.mpd", grant("new.mpd", role, world)).code == (isWork ? nil : "E-ROLE"),
                "\(role)"
            )
        }
    }
}
