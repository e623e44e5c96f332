import Policy
import StrictJSON
import Testing

@testable import Casework

/// Refusals at which somebody has to look are in the inbox of who is to look (domain.md 6.8: P09, P21, P26).
@Suite("Alerts")
struct AlertTests {
    private static func alerts(_ world: World, _ name: String) -> [InboxTask] {
        world.inbox(name).filter { $0.kind == "alert" }
    }

    private static func world() -> World {
        var world = World.joined()
        world.enrol("liaison.ops", id("OPS"))
        world.give("liaison.ops", .liaison)
        return world
    }

    @Test func `an administrator who asks for content is shown to oversight and his agency's liaison`() throws {
        var world = Self.world()
        for _ in 1...3 { #expect(world.act(as: "admin.ops", .getCase("Alder")).rule == "P09") }
        for name in ["auditor.rob", "liaison.ops"] {
            let alert = try #require(Self.alerts(world, name).first, "\(name)")
            #expect(Self.alerts(world, name).count == 1 && alert.item == "P09/admin.ops/3", "\(name)")
            #expect(alert.summary.hasPrefix("admin.ops (OPS) was refused 3 times under P09, last “case.show”"))
            #expect(alert.command == "accord inbox ack P09/admin.ops/3" && !alert.summary.contains("Alder"))
        }
        for (name, _, _) in World.members where name != member("auditor.rob") {
            #expect(Self.alerts(world, name.text).isEmpty, "\(name)")
        }
    }

    @Test func `who took note is spared what he saw, and is told of what came after`() throws {
        var world = Self.world()
        let ack = Act.acknowledgeNotice(nil, "P09/admin.ops/1")
        #expect(world.act(as: "auditor.rob", ack).code == "E-NOT-FOUND")
        world.act(as: "admin.ops", .getCase("Alder"))
        world.act(as: "admin.ops", .listCases)
        #expect(world.must("auditor.rob", ack).kind == "notice.acknowledged")
        // The second came while he read.
        #expect(Self.alerts(world, "auditor.rob").map(\.item) == ["P09/admin.ops/2"])
        #expect(Self.alerts(world, "auditor.rob").first?.summary.contains("was refused under P09") ?? false)
        world.must("auditor.rob", .acknowledgeNotice(nil, "P09/admin.ops/2"))
        #expect(Self.alerts(world, "auditor.rob").isEmpty && Self.alerts(world, "liaison.ops").count == 1)
        #expect(world.state.openAlertCount == 0)
        #expect(world.act(as: "auditor.rob", ack).code == "E-NOT-FOUND")
        #expect(world.act(as: "agent.mpd1", .acknowledgeNotice(nil, "P09/admin.ops/2")).code == "E-NOT-FOUND")
        world.act(as: "admin.ops", .listCases)
        #expect(Self.alerts(world, "auditor.rob").map(\.item) == ["P09/admin.ops/3"])
        #expect(world.state.openAlertCount == 1)
    }

    @Test func `lists of identifiers and emergencies that are never are alerts, and other refusals are none`() {
        var world = Self.world()
        guard case .deconfliction(.submitTarget(var list)) = World.target() else { return }
        list.values = ["+12025550100", "+12025550101"]
        #expect(world.act(as: "agent.mpd1", .deconfliction(.submitTarget(list))).rule == "P21B")
        #expect(world.act(as: "agent.mpd1", EmergencyTests.invoke("O-999999")).rule == "P26")
        #expect(world.act(as: "agent.tcp1", .getCase("Alder")).rule == "P01")
        #expect(world.act(as: "agent.mpd1", .moveCase("Alder", .suspend, reason: "r")).rule == "P05")
        let names = ["P21B/agent.mpd1/1", "P26/agent.mpd1/1"]
        #expect(Self.alerts(world, "auditor.rob").compactMap(\.item).sorted() == names)
        #expect(Self.alerts(world, "liaison.mpd").compactMap(\.item).sorted() == names)
        #expect(Self.alerts(world, "liaison.spo").isEmpty)
    }

    @Test func `nobody is told of his own, and takes no note of it`() {
        var world = Self.world()
        #expect(world.act(as: "liaison.mpd", EmergencyTests.invoke("O-999999")).rule == "P26")
        #expect(Self.alerts(world, "liaison.mpd").isEmpty && Self.alerts(world, "auditor.rob").count == 1)
        #expect(world.act(as: "liaison.mpd", .acknowledgeNotice(nil, "P26/liaison.mpd/1")).code == "E-NOT-FOUND")
    }

    @Test func `alerts and who took note of them follow from the record, and are kept in a snapshot`() throws {
        var world = Self.world()
        for _ in 1...2 { world.act(as: "admin.ops", .getCase("Alder")) }
        world.must("auditor.rob", .acknowledgeNotice(nil, "P09/admin.ops/2"))
        world.act(as: "admin.ops", .getCase("Alder"))
        var replayed = CaseworkState()
        for (event, place) in world.record { replayed.evolve(event, at: place) }
        #expect(replayed.alerts == world.state.alerts && replayed.openAlertCount == 1)
        #expect(try CaseworkState(decoding: world.state.encode()).alerts == world.state.alerts)
        var replay = DecisionReplay()
        for line in DecisionReplayTests.lines(of: world) {
            if case .differs(let difference) = replay.take(line) { Issue.record("\(difference)") }
        }
    }
}
