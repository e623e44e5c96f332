import Policy
import StrictJSON
import Testing

@testable import Casework

/// Accounts from which no proof is taken any more (CJIS Security Policy AC-7).
@Suite("A locked account")
struct AccountLockTests {
    private static func uid(of name: String, in world: World) -> UInt32 {
        world.state.members[member(name)]?.uids.first ?? 0
    }

    private static func locked(_ name: String) -> (World, UInt32) {
        var world = World.joined()
        let uid = uid(of: name, in: world)
        world.append(CaseworkState.locking(uid).event)
        return (world, uid)
    }

    @Test func `an administrator or the agency's liaison lifts it, nobody else, and nobody his own`() {
        for (name, rule) in [
            ("liaison.mpd", nil), ("admin.ops", nil), ("liaison.spo", "P05"), ("auditor.rob", "P05"),
            ("agent.mpd1", "P05"),
        ] as [(String, String?)] {
            var (world, uid) = Self.locked("agent.mpd1")
            #expect(world.act(as: name, .unlockAccount(uid, reason: "Seen.")).rule == rule, "\(name)")
            #expect(world.state.isLocked(uid) == (rule != nil))
        }
        var (world, uid) = Self.locked("liaison.mpd")
        #expect(world.act(as: "liaison.mpd", .unlockAccount(uid, reason: "Mine.")).rule == "P08")
        let other = Self.uid(of: "agent.mpd1", in: world)
        #expect(world.act(as: "admin.ops", .unlockAccount(other, reason: "r")).rule == "L01")
    }

    @Test func `what the kernel vouches for goes on`() {
        var (world, _) = Self.locked("agent.mpd1")
        #expect(world.act(as: "agent.mpd1", .getCase("Alder")).isDone)
    }

    @Test func `oversight is told, and the member's liaison with the command; no other agency is`() {
        let (world, uid) = Self.locked("agent.mpd1")
        func tasks(_ name: String) -> [InboxTask] {
            world.state.inbox(member(name), now: world.now).filter { $0.kind == "lock" }
        }
        #expect(tasks("auditor.rob").count == 1)
        #expect(tasks("liaison.mpd").map(\.command) == ["accord member unlock \(uid) --reason WHY"])
        #expect(tasks("liaison.spo") == [])
        #expect(tasks("agent.mpd1") == [])
        let shown = world.state.visibleMembers(member("liaison.mpd"), now: world.now)
            .map { world.state.json($0, for: member("liaison.mpd"), now: world.now) }
        #expect(shown.filter { $0["state"] == "locked" }.compactMap { $0["id"]?.string } == ["agent.mpd1"])
    }

    @Test func `lock and lifting are replayed, and a snapshot keeps a lock`() throws {
        var (world, uid) = Self.locked("agent.mpd1")
        let read = try CaseworkState(decoding: world.state.encode())
        #expect(read.isLocked(uid))
        world.must("liaison.mpd", .unlockAccount(uid, reason: "Seen."))
        try DecisionReplayTests.expectAgreement(world, "a locked account")
    }
}
