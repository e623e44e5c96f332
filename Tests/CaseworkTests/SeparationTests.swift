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
        #expect(world.act(as: "auditor.rob", grant("new.rob", .oversight, world)).isDone)
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

    @Test func `a liaison grants his own role and those of work, only in his own agency`() {
        var world = World()
        world.enrol("new.mpd", id("MPD-VT"))
        for role in Role.allCases {
            let isHis = Role.assignable.contains(role) || role == .liaison
            #expect(
                world.act(as: "liaison.mpd", grant("new.mpd", role, world)).code == (isHis ? nil : "E-ROLE"),
                "\(role)"
            )
        }
    }
}

@Suite("Nobody steps into another's place (rule P08A)")
struct ImpersonationTests {
    private func grant(_ name: String, _ role: Role, _ world: World) -> Act {
        .grantRole(member(name), role, scope: "agency", expiresAt: world.now.adding(days: 100))
    }

    /// Ends the roles that a member holds.
    private func end(_ name: String, as speaker: String, in world: inout World) {
        for held in world.state.members[member(name)]?.grants ?? [] {
            world.must(speaker, .revokeRole(member(name), grant: held.id, reason: "r"))
        }
    }

    @Test(arguments: ["agent.mpd1", "liaison.mpd", "lead.fib", "counsel.dao", "auditor.rob"])
    func `an administrator adds no key to who holds a role, and never acts as that person`(name: String) throws {
        var world = World.joined()
        let refusal = try #require(world.act(as: "admin.ops", World.key(of: name)).refusal)
        #expect(refusal.outward.code == "E-SOD")
        #expect(refusal.outward.rule == "P08A")
        #expect(refusal.outward.message.contains(name))
        #expect(
            refusal.outward.ask
                == "Ask the member, or a liaison of \(world.state.members[member(name)]?.agency.text ?? "")."
        )
        #expect(world.state.member(by: "SHA256:further") == nil)
    }

    @Test func `an administrator adds no key to another administrator`() {
        var world = World()
        world.enrol("admin.two", id("OPS"))
        world.give("admin.two", .administrator)
        #expect(world.act(as: "admin.ops", World.key(of: "admin.two")).rule == "P08A")
        #expect(world.act(as: "admin.two", World.key(of: "admin.two")).isDone)
    }

    @Test func `a role that an administrator ends and gives again opens no way to a key`() throws {
        var world = World.joined()
        end("agent.mpd1", as: "admin.ops", in: &world)
        #expect(world.act(as: "admin.ops", World.key(of: "agent.mpd1")).rule == "P08A")
        world.state = try CaseworkState(decoding: world.state.encode())
        #expect(world.act(as: "admin.ops", World.key(of: "agent.mpd1")).rule == "P08A")
        #expect(world.act(as: "liaison.mpd", World.key(of: "agent.mpd1")).isDone)
    }

    @Test func `an administrator adds keys to a new member until the first role`() {
        var world = World()
        world.enrol("new.mpd", id("MPD-VT"))
        world.must("admin.ops", World.key(of: "new.mpd"))
        world.give("new.mpd", .contributor)
        let another = Act.addKey(member("new.mpd"), fingerprint: "SHA256:another", line: "ssh-ed25519 AAAA")
        #expect(world.act(as: "admin.ops", another).rule == "P08A")
    }

    @Test func `a key is added by the member, or by a liaison of the agency`() {
        for (name, code) in [
            ("agent.mpd1", nil), ("liaison.mpd", nil), ("liaison.spo", "E-INVALID"), ("auditor.rob", "E-INVALID"),
        ] as [(String, String?)] {
            var world = World()
            #expect(world.act(as: name, World.key(of: "agent.mpd1")).code == code, "\(name)")
        }
        var world = World()
        #expect(world.act(as: "lead.fib", World.key(of: "agent.fib1")).code == "E-ROLE")
        #expect(world.act(as: "liaison.mpd", World.key(of: "liaison.mpd")).event?.kind == "user.key_added")
    }

    @Test(arguments: [Role.administrator, .oversight, .liaison])
    func `a key is revoked by whom it was before`(role: Role) throws {
        let name = [Role.administrator: "admin.ops", .oversight: "auditor.rob", .liaison: "liaison.mpd"][role]
        var world = World()
        world.must("agent.mpd1", World.key(of: "agent.mpd1"))
        let revocation = Act.revokeKey(member("agent.mpd1"), fingerprint: "SHA256:further", reason: "r")
        #expect(world.act(as: try #require(name), revocation).isDone == (role != .oversight))
    }

    @Test(
        arguments: [("liaison.mpd", Role.liaison), ("auditor.rob", .oversight)]
    ) func `who holds it passes it on, and no administrator adds a second`(holder: String, role: Role) throws {
        var world = World()
        let agency = try #require(world.state.members[member(holder)]?.agency)
        for name in ["second.of", "third.of"] { world.enrol(name, agency) }
        let refusal = try #require(world.act(as: "admin.ops", grant("second.of", role, world)).refusal)
        #expect(refusal.outward.code == "E-SOD")
        #expect(refusal.outward.rule == "P08A")
        #expect(refusal.outward.message.contains("\(agency) has a member with the role \(role.rawValue)"))
        #expect(refusal.outward.ask.contains(agency.text))
        #expect(world.act(as: holder, grant(holder, role, world)).rule == "P08")
        #expect(world.act(as: holder, grant("second.of", role, world)).event?.role == role)
        #expect(world.act(as: "second.of", grant("third.of", role, world)).isDone)
        for name in [holder, "second.of", "third.of"] {
            #expect(world.act(as: "admin.ops", grant(name, role, world)).rule == "P08A", "\(name)")
        }
    }

    @Test(
        arguments: [("liaison.mpd", Role.liaison), ("auditor.rob", .oversight)]
    ) func `an administrator renews the only one, and names the first after the last`(holder: String, role: Role) throws
    {
        var world = World()
        world.enrol("next.of", try #require(world.state.members[member(holder)]?.agency))
        #expect(world.act(as: "admin.ops", grant(holder, role, world)).isDone)
        end(holder, as: "admin.ops", in: &world)
        #expect(world.act(as: "admin.ops", grant("next.of", role, world)).isDone)
        #expect(world.act(as: "admin.ops", grant(holder, role, world)).rule == "P08A")
        // A grant that has run out is no place either.
        world.now = world.now.adding(days: 101)
        #expect(world.act(as: "admin.ops", grant(holder, role, world)).isDone)
    }

    @Test func `who is disabled, or liaison of another agency or of one case, holds no place`() {
        var world = World.joined()
        world.enrol("next.mpd", id("MPD-VT"))
        let one = Act.grantRole(
            member("agent.mpd1"),
            .liaison,
            scope: world.file("Alder").number,
            expiresAt: world.now.adding(days: 9)
        )
        #expect(world.act(as: "liaison.mpd", one).isDone)
        #expect(world.act(as: "agent.mpd1", grant("next.mpd", .liaison, world)).code == "E-ROLE")
        world.must("admin.ops", .disableMember(member("liaison.mpd"), reason: "Left."))
        #expect(world.act(as: "liaison.spo", grant("next.mpd", .liaison, world)).code == "E-INVALID")
        #expect(world.act(as: "admin.ops", grant("next.mpd", .liaison, world)).isDone)
    }

    @Test func `oversight gives no role but its own, and only at home`() {
        var world = World()
        world.enrol("new.rob", id("ROB"))
        for role in Role.allCases where role != .oversight {
            #expect(world.act(as: "auditor.rob", grant("new.rob", role, world)).code == "E-ROLE", "\(role)")
        }
        #expect(world.act(as: "auditor.rob", grant("agent.mpd1", .oversight, world)).code == "E-INVALID")
    }
}
