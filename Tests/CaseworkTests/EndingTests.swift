import Policy
import StrictJSON
import Testing

@testable import Casework

/// What is due comes with the command that does it, for whoever may type it, and for nobody else.
@Suite("What ends a clock")
struct EndingTests {
    /// The commands that somebody is shown beside what is due, by its item.
    private static func commands(_ world: World, _ name: String, _ item: String) -> [String] {
        world.state.due(member(name), in: nil, isOverdueOnly: false, now: world.now)
            .filter { $0["item"]?.string == item }.compactMap { $0["command"]?.string }
    }

    @Test func `every clock that somebody can end names how, and what ends by itself names nothing`() {
        let byThemselves = ClockKind.allCases.filter { $0.row.command.isEmpty }
        let expected: [ClockKind] = [
            .subjectTerm, .emergencyEnd, .eventEnd, .targetScreening, .roleEnd, .victimConsent, .presenceEnd,
            .inactivity,
        ]
        #expect(byThemselves == expected)
        for kind in ClockKind.allCases {
            for line in kind.row.command.split(separator: "\n") {
                #expect(line.hasPrefix("accord "), "\(kind)")
            }
        }
    }

    @Test func `a task is completed by the agency that has it: the lead is told that it is due, and no command`() {
        var world = World.joined()
        WorkTests.assign(&world, blocking: true)
        let number = world.file("Alder").number
        #expect(Self.commands(world, "agent.mpd1", "T-1") == ["accord task complete \(number) T-1"])
        #expect(Self.commands(world, "lead.fib", "T-1") == [""])
        world.pass(days: 1)
        func overdue(_ name: String) -> String? { world.inbox(name).first { $0.kind == "overdue" }?.command }
        #expect(overdue("agent.mpd1") == "accord task complete \(number) T-1")
        #expect(overdue("lead.fib") == "accord inbox ack T-1 --case \(number)")
        #expect(world.act(as: "lead.fib", .acknowledgeNotice(number, "T-1")).isDone)
    }

    @Test func `a request is answered or refused, and neither is favoured`() {
        var world = World.joined()
        _ = WorkTests.send(&world)
        let number = world.file("Alder").number
        let both = "accord rfi answer \(number) Q-1 TEXT\naccord rfi refuse \(number) Q-1 REASON"
        #expect(Self.commands(world, "agent.mpd1", "Q-1") == [both] && Self.commands(world, "lead.fib", "Q-1") == [""])
        #expect(world.inbox("agent.mpd1").first { $0.item == "Q-1" }?.command == both)
    }

    @Test func `who is asked about custody sees until when, though he is in the case for nothing else`() {
        var world = CustodyTests.sent()
        let number = world.file("Birch").number
        #expect(Self.commands(world, "officer.fro", "K-1") == ["accord custody answer \(number) K-1 ANSWER"])
        #expect(Self.commands(world, "officer.fro", "K-2").isEmpty && Self.commands(world, "agent.tcp1", "K-1").isEmpty)
        #expect(world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "will-not"]).isDone)
        #expect(Self.commands(world, "officer.fro", "K-1").isEmpty)
    }

    @Test func `oversight is told what is late, and reviews emergencies alone`() {
        var world = World.opened()
        world.pass(days: 91)
        let number = world.file("Alder").number
        func command(_ name: String) -> String? { world.inbox(name).first { $0.item == "case-review" }?.command }
        #expect(command("lead.fib") == "accord case review \(number) --reason WHY")
        #expect(command("auditor.rob") == "accord inbox ack case-review --case \(number)")
        world.must("lead.fib", .moveCase("Alder", .suspend, reason: "r"))
        #expect(command("lead.fib") == "accord case review \(number) --reason WHY")
    }

    @Test func `a role that ends is granted again by another liaison, with its name and scope`() {
        var world = World.opened()
        let ends = world.now.adding(days: 40)
        let act = Act.grantRole(member("agent.mpd1"), .analyst, scope: "agency", expiresAt: ends)
        let item = "agent.mpd1/\(world.must("liaison.mpd", act).item ?? "")"
        world.pass(days: 11)
        let command = "accord member grant agent.mpd1 analyst --scope agency --until DATE"
        #expect(Self.commands(world, "liaison.mpd", item) == [command])
        let own = "liaison.mpd/\(world.grant(of: "liaison.mpd", .liaison))"
        world.pass(days: 265)
        #expect(Self.commands(world, "liaison.mpd", own) == [""])
    }

    @Test func `a conflict about which nobody spoke is shown to oversight, who takes note of it`() throws {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        let conflict = try #require(world.submit("lead.fib", World.plan()).found.first).word("conflict")
        world.now = World.at(hours: 23.5)
        world.crossDueClocks()
        #expect(world.inbox("auditor.rob").contains { $0.item == conflict && $0.kind == "overdue" })
        #expect(Self.commands(world, "auditor.rob", conflict).joined() == "")
        #expect(Self.commands(world, "agent.tcp1", conflict) == ["accord decon resolve \(conflict) --outcome OUTCOME"])
        #expect(world.must("auditor.rob", .acknowledgeNotice(nil, conflict)).caseID == .system)
        #expect(!world.inbox("auditor.rob").contains { $0.item == conflict })
        #expect(world.act(as: "auditor.rob", .acknowledgeNotice(nil, conflict)).code == "E-NOT-FOUND")
        #expect(try CaseworkState(decoding: world.state.encode()).clocks == world.state.clocks)
    }
}
