import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("Who sees what")
struct VisibilityTests {
    /// E-1 CASE by MPD, E-2 OPS by MPD, something to OVERSIGHT by MPD, E-3 CASE by LSD.
    private func world() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h1, .operations)))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h1, .oversight)))
        world.must("inspector.lsd", .recordEntry("Alder", World.entry(.h2)))
        return world
    }

    private static let rows: [(String, [Visibility])] = [
        ("lead.fib", [.content, .content, .none, .content]),
        ("agent.fib1", [.content, .content, .none, .content]),
        ("analyst.fib", [.content, .none, .none, .content]),
        ("liaison.fib", [.none, .none, .none, .none]),
        ("agent.mpd1", [.content, .content, .none, .content]),
        ("liaison.mpd", [.content, .content, .none, .none]),
        ("inspector.lsd", [.content, .none, .none, .content]),
        ("liaison.lsd", [.none, .none, .none, .content]),
        ("counsel.dao", [.content, .content, .none, .content]),
        ("auditor.rob", [.header, .header, .content, .header]),
        ("agent.tcp1", [.none, .none, .none, .none]),
        ("lead.hcs", [.none, .none, .none, .none]),
        ("officer.fro", [.none, .none, .none, .none]),
        ("admin.ops", [.none, .none, .none, .none]),
    ]

    @Test(arguments: rows) func `each sees the compartments of his part and no more`(name: String, seen: [Visibility]) {
        var world = world()
        for (number, visibility) in zip([1, 2, world.submitted("Alder"), 3], seen) {
            let entry = Reference.entryName(number)
            #expect(world.visibility(name, "Alder", number) == visibility, "\(entry)")
            let outcome = world.act(as: name, .getEntry("Alder", entry))
            #expect(outcome.isDone == (visibility == .content), "\(entry) \(String(describing: outcome.refusal))")
        }
    }

    @Test func `oversight is told that it may not read, for it knows that the entry is there`() {
        var world = world()
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-1")).code == "E-ROLE")
        let submitted = Reference.entryName(world.submitted("Alder"))
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", submitted)).isDone)
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "O-999999")).code == "E-NOT-FOUND")
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-9")).code == "E-NOT-FOUND")
        let scope = world.act(as: "auditor.rob", .listEntries("Alder", after: -1, limit: 9)).reading?.scope
        #expect(scope?.visibility(origin: id("MPD-VT"), compartment: .ordinary) == .header)
    }

    @Test func `an information-mode agency writes to the case and not to operations`() {
        var world = world()
        #expect(world.act(as: "inspector.lsd", .recordEntry("Alder", World.entry(.h0, .operations))).code == "E-ROLE")
        #expect(world.act(as: "analyst.fib", .recordEntry("Alder", World.entry())).code == "E-ROLE")
        #expect(world.act(as: "counsel.dao", .recordEntry("Alder", World.entry())).code == "E-ROLE")
        #expect(world.act(as: "analyst.fib", .recordEntry("Alder", World.entry(.h0, .oversight))).isDone)
    }

    @Test func `what was given may be read by who was given it, and the case may not`() {
        var world = world()
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "The same door.")
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        world.must("liaison.mpd", release, purpose: "OFFICER_SAFETY")
        #expect(world.inboxKinds("agent.tcp1") == ["release"])
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        for act in [
            Act.getCase("Alder"), .listEntries("Alder", after: -1, limit: 9), .listRegister("Alder"),
            .correctEntry("Alder", "E-1", text: "t", reason: "r"),
            .releaseEntry("Alder", "E-1", id("SPS"), reason: "r"),
        ] {
            #expect(world.act(as: "agent.tcp1", act).code == "E-NOT-MEMBER", "\(act.name)")
        }
        for other in ["E-2", "E-3", "E-4", "E-9"] {
            #expect(world.act(as: "agent.tcp1", .getEntry("Alder", other)).code == "E-NOT-FOUND", "\(other)")
        }
        #expect(world.act(as: "officer.fro", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        #expect(!world.state.visibleCases(member("agent.tcp1"), now: world.now).contains { $0.title == "Alder" })
        #expect(world.act(as: "agent.tcp1", .acknowledgeEntry("Alder", "E-1")).isDone)
        #expect(world.inboxKinds("agent.tcp1").isEmpty)
    }

    @Test func `nothing is given to an agency of removal, whatever the purpose`() {
        var world = world()
        for purpose in Purpose.allCases {
            let act = Act.releaseEntry("Alder", "E-1", id("FRO-MB"), reason: "r")
            #expect(world.act(as: "liaison.mpd", act, purpose: purpose.rawValue).code == "E-PURPOSE", "\(purpose)")
        }
        let toRecipient = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        #expect(world.act(as: "liaison.mpd", toRecipient, purpose: "CIV_IMM").code == "E-PURPOSE")
    }

    @Test func `a deconfliction agency joins and sees nothing`() {
        var world = world()
        world.join("HCS-MAR", .deconflictOnly, "liaison.hcs", [])
        for number in 1...4 as ClosedRange<Int64> {
            #expect(world.visibility("liaison.hcs", "Alder", number) == .none)
            #expect(world.visibility("lead.hcs", "Alder", number) == .none)
        }
    }

    @Test func `an agency whose agreement ended keeps its own and sees nothing of others`() {
        var world = world()
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "Ended."))
        #expect(world.visibility("agent.mpd1", "Alder", 1) == .content)
        #expect(world.visibility("agent.mpd1", "Alder", 3) == .none)
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).code == "E-AGREEMENT-EXPIRED")
    }

    @Test func `an agency that withdrew sees nothing, and its people are no longer assigned`() {
        var world = world()
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "Ended."))
        #expect(!world.sees("agent.mpd1", "Alder"))
        #expect(!world.sees("liaison.mpd", "Alder"))
        #expect(world.file("Alder").assignments[member("agent.mpd1")] == nil)
        world.must("lead.fib", .inviteAgency("Alder", id("MPD-VT"), .participation, nil))
        #expect(world.visibility("liaison.mpd", "Alder", 1) == .none)
    }

    @Test func `the particulars of a case are for those who work in it`() {
        var world = world()
        world.must("lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil))
        world.give("advocate.sps", .liaison)
        let file = world.file("Alder")
        #expect(world.state.json(file, for: member("advocate.sps"), inFull: true, now: world.now)["predicate"] == nil)
        #expect(world.state.json(file, for: member("agent.mpd1"), inFull: true, now: world.now)["predicate"] != nil)
        #expect(world.state.json(file, for: member("agent.mpd1"), inFull: false, now: world.now)["predicate"] == nil)
    }

    @Test func `a feed tells of an entry only those who may know of it`() throws {
        let world = world()
        for (name, seen) in Self.rows {
            let lines = world.record.filter { $0.event.kind == "entry.recorded" }
            for (line, visibility) in zip(lines, [seen[0], seen[1], seen[3]]) {
                let told = world.state.feedSummary(line.event, for: member(name), now: world.now)
                #expect((told != nil) == (visibility != .none), "\(name) \(line.event.item ?? "-")")
            }
        }
    }
}
