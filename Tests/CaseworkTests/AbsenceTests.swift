import Policy
import Testing

@testable import Casework

/// Absent and forbidden answer the same: what a refusal says must not tell whether a case, an entry or a request exists.
@Suite("Absent and forbidden")
struct AbsenceTests {
    static func acts(on name: String) -> [Act] {
        [
            .getCase(name), .listEntries(name, after: -1, limit: 10), .listRegister(name), .getEntry(name, "E-1"),
            .recordEntry(name, World.entry()), .correctEntry(name, "E-1", text: "t", reason: "r"),
            .withdrawEntry(name, "E-1", reason: "r"), .acknowledgeEntry(name, "E-1"),
            .changeHandling(name, "E-1", .h1, reason: "r"), .releaseEntry(name, "E-1", id("SPS"), reason: "r"),
            .requestPermission(name, "E-1", id("SPS"), reason: "r"),
            .decidePermission(name, "R-1", isGranted: true, reason: nil),
            .inviteAgency(name, id("SPS"), .information, nil),
            .joinCase(name, conditions: nil), .declineInvitation(name, reason: "r"), .withdrawAgency(name, reason: "r"),
            .assignMember(name, member("agent.hcs1")), .removeMember(name, member("agent.fib1"), reason: "r"),
            .export(name), .listAccess(name, limit: 5),
            .watch(WatchRequest(positions: [(name, -1)], follows: false, idleSeconds: 30)),
        ] + CaseMove.allCases.map { .moveCase(name, $0, reason: "r") }
    }

    @Test(arguments: ["officer.fro", "agent.tcp1", "liaison.tcp", "agent.hcs1", "lead.hcs", "agent.mpd1", "admin.ops"])
    func `an absent case and a forbidden one are told apart by nobody`(name: String) {
        var world = World.opened()
        world.must("lead.fib", .recordEntry("Alder", World.entry(.h2)))
        world.must("lead.fib", .requestPermission("Alder", "E-1", id("SPS"), reason: "r"))
        let number = world.file("Alder").number
        let hex = world.file("Alder").id.hex
        for (absent, here) in zip(Self.acts(on: "Nowhere"), Self.acts(on: "Alder")) {
            let none = world.act(as: name, absent, seen: 1)
            let forbidden = world.act(as: name, here, seen: 1)
            #expect(none.refusal != nil, "\(here.name)")
            #expect(none.refusal?.outward == forbidden.refusal?.outward, "\(here.name)")
            #expect(none.code == (name == "admin.ops" ? "E-ROLE" : "E-NOT-MEMBER"), "\(here.name)")
        }
        for other in [number, hex, "Al", String(number.prefix(8)), "alder"] {
            #expect(world.act(as: name, .getCase(other)).code == world.act(as: name, .getCase("Nowhere")).code)
        }
    }

    @Test func `an absent case and a forbidden one differ in the record alone`() {
        var world = World.opened()
        world.act(as: "agent.tcp1", .getCase("Nowhere"))
        #expect(world.record.last?.event.caseID == .system)
        world.act(as: "agent.tcp1", .getCase("Alder"))
        #expect(world.record.last?.event.caseID == world.file("Alder").id)
    }

    @Test(arguments: ["inspector.lsd", "analyst.fib"])
    func `an absent entry and a forbidden one are told apart by nobody`(name: String) {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h0, .operations)))
        func acts(_ entry: String) -> [Act] {
            [
                .getEntry("Alder", entry), .correctEntry("Alder", entry, text: "t", reason: "r"),
                .withdrawEntry("Alder", entry, reason: "r"), .acknowledgeEntry("Alder", entry),
                .changeHandling("Alder", entry, .h1, reason: "r"),
                .releaseEntry("Alder", entry, id("TCP-NAR"), reason: "r"),
                .requestPermission("Alder", entry, id("TCP-NAR"), reason: "r"),
            ]
        }
        for (absent, here) in zip(acts("E-9"), acts("E-1")) {
            let none = world.act(as: name, absent)
            let forbidden = world.act(as: name, here)
            #expect(none.code == "E-NOT-FOUND", "\(here.name)")
            #expect(none.refusal?.outward == forbidden.refusal?.outward, "\(here.name)")
            #expect(none.rule == "P04")
            #expect(forbidden.rule == "P04C")
        }
    }

    @Test func `a request that is another's reads as one that is not there`() {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.mpd1", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        let absent = world.act(as: "liaison.lsd", .decidePermission("Alder", "R-9", isGranted: true, reason: nil))
        let forbidden = world.act(as: "liaison.lsd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        #expect(absent.code == "E-NOT-FOUND")
        #expect(absent.refusal == forbidden.refusal)
    }

    @Test func `a member of another agency reads as one who is not there`() {
        var world = World.joined()
        let expires = world.now.adding(days: 10)
        for (absent, other) in [
            (
                Act.grantRole(member("no.body"), .analyst, scope: "agency", expiresAt: expires),
                Act.grantRole(member("agent.spo1"), .analyst, scope: "agency", expiresAt: expires)
            ),
            (.disableMember(member("no.body"), reason: "r"), .disableMember(member("agent.spo1"), reason: "r")),
            (.assignMember("Alder", member("no.body")), .assignMember("Alder", member("agent.spo1"))),
        ] {
            let none = world.act(as: "liaison.mpd", absent)
            #expect(none.code == "E-INVALID")
            #expect(none.refusal == world.act(as: "liaison.mpd", other).refusal, "\(absent.name)")
        }
    }

    @Test func `the beginning of a name fits only cases that the asker may know`() {
        var world = World.opened("Alder North")
        world.open("Alder South", by: "lead.hcs")
        #expect(world.act(as: "lead.fib", .getCase("Alder")).isDone)
        #expect(world.act(as: "agent.tcp1", .getCase("Alder")).code == "E-NOT-MEMBER")
        // Oversight may know both, and is asked which.
        #expect(world.act(as: "auditor.rob", .getCase("Alder")).code == "E-INVALID")
        #expect(world.act(as: "auditor.rob", .getCase("Alder S")).isDone)
    }
}
