import Policy
import Testing

@testable import Casework

@Suite("Rights and their end")
struct RightsTests {
    @Test(
        arguments: [
            (nil, false), (-1, false), (0, false), (1, true), (400 * 86_400_000, true), (400 * 86_400_000 + 1, false),
        ] as [(Int64?, Bool)]
    )
    func `a grant ends within 400 days`(ahead: Int64?, isGood: Bool) {
        var world = World()
        let expires = ahead.map { UTCTime(milliseconds: world.now.milliseconds + $0) }
        let act = Act.grantRole(member("agent.mpd1"), .analyst, scope: "agency", expiresAt: expires)
        #expect(world.act(as: "admin.ops", act).code == (isGood ? nil : "E-EXPIRY"))
    }

    @Test func `a right ends at its moment`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let ends = UTCTime(milliseconds: world.now.milliseconds + 60_000)
        world.enrol("short.mpd", id("MPD-VT"))
        world.must("liaison.mpd", .grantRole(member("short.mpd"), .contributor, scope: "agency", expiresAt: ends))
        world.must("liaison.mpd", .assignMember("Alder", member("short.mpd")))
        world.now = UTCTime(milliseconds: ends.milliseconds - 1)
        #expect(world.visibility("short.mpd", "Alder", 1) == .content)
        world.now = ends
        #expect(world.visibility("short.mpd", "Alder", 1) == .none)
        #expect(!world.sees("short.mpd", "Alder"))
        #expect(world.act(as: "short.mpd", .recordEntry("Alder", World.entry())).code == "E-NOT-MEMBER")
    }

    @Test func `a revoked role is gone at once`() throws {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let grant = try #require(world.state.members[member("agent.mpd1")]?.grants.first)
        let event = world.must("liaison.mpd", .revokeRole(member("agent.mpd1"), grant: grant.id, reason: "Moved."))
        #expect(event.endsSessionsOf == .member(member("agent.mpd1")))
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).code == "E-NOT-MEMBER")
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        #expect(world.act(as: "agent.mpd1", .getCase("Alder")).code == "E-NOT-MEMBER")
        #expect(world.visibility("agent.mpd1", "Alder", 1) == .none)
    }

    @Test func `a disabled member is nobody at once`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(acknowledge: true)))
        world.must("liaison.mpd", .disableMember(member("agent.mpd1"), reason: "Left."))
        #expect(world.act(as: "agent.mpd1", .getCase("Alder")).code == "E-NOT-ENROLLED")
        #expect(world.act(as: "agent.mpd1", .listAgencies).rule == "V02")
        #expect(!world.sees("agent.mpd1", "Alder"))
        #expect(world.state.inbox(member("agent.mpd1"), now: world.now).isEmpty)
    }

    @Test func `a grant for one case reaches that case alone`() {
        var world = World.joined()
        world.enrol("guest.mpd", id("MPD-VT"))
        let scope = world.file("Alder").number
        let act = Act.grantRole(member("guest.mpd"), .contributor, scope: scope, expiresAt: world.now.adding(days: 9))
        world.must("liaison.mpd", act)
        world.must("liaison.mpd", .assignMember("Alder", member("guest.mpd")))
        #expect(world.act(as: "guest.mpd", .recordEntry("Alder", World.entry())).isDone)
        let unseen = Act.grantRole(
            member("guest.mpd"),
            .lead,
            scope: "TF-2031-999999",
            expiresAt: world.now.adding(days: 9)
        )
        #expect(world.act(as: "liaison.mpd", unseen).code == "E-INVALID")
    }

    @Test func `an agency that asks for a key refuses who has proved none`() {
        var world = World()
        guard var agency = world.state.agencies[id("MPD-VT")] else { return }
        agency.keyRequired = true
        world.must("liaison.mpd", .addKey(member("agent.mpd1"), fingerprint: "SHA256:one", line: "ssh-ed25519 AAAA"))
        world.must("admin.ops", .updateAgency(agency))
        #expect(world.act(as: "agent.mpd1", .listCases).code == "E-KEY")
        var command = world.command(as: "agent.mpd1", .listCases)
        command.actor = Actor(by: "SHA256:one")
        #expect(world.take(command).isDone)
        command.actor = Actor(by: "SHA256:two")
        #expect(world.take(command).code == "E-NOT-ENROLLED")
    }

    @Test func `a handle, a uid and a key belong to one alone`() {
        var world = World()
        let key = "SHA256:one"
        world.must("liaison.mpd", .addKey(member("agent.mpd1"), fingerprint: key, line: "ssh-ed25519 AAAA"))
        let taken: [Member] = [
            Member(id: member("agent.mpd1"), agency: id("MPD-VT"), uids: [9_001], keys: []),
            Member(id: member("new.mpd"), agency: id("MPD-VT"), uids: [2_001], keys: []),
            Member(id: member("new.mpd"), agency: id("MPD-VT"), uids: [9_001, 9_001], keys: []),
            Member(id: member("new.mpd"), agency: id("MPD-VT"), uids: [9_001], keys: [key]),
        ]
        for new in taken { #expect(world.act(as: "admin.ops", .enrolMember(new, keyLines: [])).code == "E-TAKEN") }
        let again = Act.addKey(member("agent.spo1"), fingerprint: key, line: "ssh-ed25519 AAAA")
        #expect(world.act(as: "liaison.spo", again).rule == "V03")
    }

    @Test func `a key that went to another stays his when it is revoked from who is disabled`() throws {
        var world = World()
        let key = "SHA256:shared"
        world.must("liaison.mpd", .addKey(member("agent.mpd1"), fingerprint: key, line: "ssh-ed25519 AAAA"))
        world.must("admin.ops", .disableMember(member("agent.mpd1"), reason: "Left."))
        world.must("liaison.spo", .addKey(member("agent.spo1"), fingerprint: key, line: "ssh-ed25519 AAAA"))
        world.must("admin.ops", .revokeKey(member("agent.mpd1"), fingerprint: key, reason: "Tidied."))
        #expect(world.state.member(by: key)?.id == member("agent.spo1"))
        #expect(try CaseworkState(decoding: world.state.encode()).member(by: key)?.id == member("agent.spo1"))
    }

    @Test func `a member who is disabled takes no new key`() throws {
        var world = World()
        world.must("admin.ops", .disableMember(member("agent.mpd1"), reason: "Left."))
        let key = Act.addKey(member("agent.mpd1"), fingerprint: "SHA256:late", line: "ssh-ed25519 AAAA")
        #expect(world.act(as: "admin.ops", key).code == "E-STATE")
        #expect(
            world.act(as: "agent.spo1", .addKey(member("agent.spo1"), fingerprint: "SHA256:late", line: "l")).isDone
        )
    }

    @Test func `an entry is changed by the agency that contributed it, and by nobody else`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        for name in ["lead.fib", "agent.spo1", "inspector.lsd"] {
            #expect(world.act(as: name, .correctEntry("Alder", "E-1", text: "t", reason: "r")).code == "E-ORIGINATOR")
            #expect(world.act(as: name, .withdrawEntry("Alder", "E-1", reason: "r")).rule == "P07")
            #expect(world.act(as: name, .changeHandling("Alder", "E-1", .h2, reason: "r")).rule == "P07")
        }
        #expect(world.act(as: "liaison.mpd", .changeHandling("Alder", "E-1", .h2, reason: "r")).isDone)
        #expect(world.act(as: "liaison.mpd", .withdrawEntry("Alder", "E-1", reason: "r")).isDone)
        #expect(world.act(as: "agent.mpd1", .correctEntry("Alder", "E-1", text: "t", reason: "r")).code == "E-STATE")
    }

    @Test func `a purpose is allowed by the agreement or refused`() {
        var world = World.joined()
        for purpose in Purpose.allCases {
            let code = world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), purpose: purpose.rawValue).code
            #expect(code == (World.purposes.contains(purpose) ? nil : "E-PURPOSE"), "\(purpose)")
        }
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), purpose: "FUN").code == "E-INVALID")
    }
}
