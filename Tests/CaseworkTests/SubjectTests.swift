import Policy
import StrictJSON
import Testing

@testable import Casework

/// Subjects of a case: suspicion, validation each year, and an end after five (28 CFR Part 23; domain.md 2.1, 6.11).
struct SubjectTests {
    private static func world() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        return world
    }

    @discardableResult
    static func register(_ world: inout World, _ others: JSONObject = ["entry": "E-1"]) -> World.Outcome {
        var parameters: JSONObject = ["kind": "person", "criminality": "trafficking", "lawfullyObtained": true]
        for (key, value) in others.members { parameters[key] = value }
        return world.work(as: "agent.fib1", "io.accord.Subject.Register", parameters)
    }

    private static func document(_ world: inout World, as name: String = "lead.fib") -> World.Outcome {
        world.work(as: name, "io.accord.Subject.Document", ["item": "S-1", "text": "Two complaints agree."])
    }

    private static func validate(_ world: inout World) -> World.Outcome {
        world.work(as: "agent.fib1", "io.accord.Subject.Validate", ["item": "S-1", "text": "Seen again."])
    }

    /// The clocks of S-1, those that run first.
    private static func clocks(_ world: World) -> [ClockKind] {
        (world.state.clocks.pending + world.state.clocks.overdue).filter { $0.item == "S-1" }.map(\.kind)
    }

    private static func state(_ world: World) -> String? { world.file("Alder").work["subject", 1]?.state }

    @Test func `a subject is registered with a suspicion, documented by a second person, and cleared`() {
        var world = Self.world()
        #expect(Self.register(&world).event?.item == "S-1")
        #expect(Self.document(&world, as: "agent.fib1").code == "E-ROLE")
        #expect(Self.document(&world, as: "agent.mpd1").code == "E-ROLE")
        #expect(Self.document(&world).event?.kind == "subject.suspicion_documented")
        let clearing: JSONObject = ["item": "S-1", "reason": "Mistaken identity."]
        #expect(world.work(as: "agent.mpd1", "io.accord.Subject.Clear", clearing).code == "E-ROLE")
        #expect(world.work(as: "counsel.dao", "io.accord.Subject.Clear", clearing).isDone)
        #expect(Self.state(world) == "cleared")
        #expect(Self.clocks(world).isEmpty)
    }

    @Test func `the lead who registers a subject does not document the suspicion himself`() {
        var world = Self.world()
        let subject: JSONObject = [
            "kind": "business", "criminality": "trafficking", "lawfullyObtained": true, "entry": "E-1",
        ]
        #expect(world.work(as: "lead.fib", "io.accord.Subject.Register", subject).isDone)
        #expect(Self.document(&world).code == "E-ROLE")
        #expect(Self.document(&world, as: "liaison.fib").isDone)
    }

    @Test func `without a basis there is no subject, and a word that is none is refused`() {
        var world = Self.world()
        #expect(Self.register(&world, [:]).code == "E-NO-PREDICATE")
        #expect(Self.register(&world, ["basis": "Seen with the van.", "kind": "nationality"]).code == "E-INVALID")
        #expect(Self.register(&world, ["basis": "Seen with the van.", "criminality": "none"]).code == "E-INVALID")
        #expect(Self.register(&world, ["basis": "Seen with the van.", "nonCriminal": true]).isDone)
    }

    @Test func `who registers a subject attests that it was obtained lawfully, and the line says so`() {
        var world = Self.world()
        #expect(Self.register(&world, ["entry": "E-1", "lawfullyObtained": false]).rule == "P10A")
        let event = Self.register(&world).event
        #expect(event?.member == member("agent.fib1"))
        #expect(world.file("Alder").work["subject", 1]?.flag("lawfully_obtained") == true)
    }

    @Test func `the entry on which a suspicion rests is one that all may read who see the subject`() {
        var world = Self.world()
        world.must("agent.fib1", .recordEntry("Alder", World.entry(.h0, .operations)))
        #expect(Self.register(&world, ["entry": "E-2"]).code == "E-INVALID")
        #expect(Self.register(&world, ["entry": "E-7"]).code == "E-NOT-FOUND")
        world.must("agent.mpd1", .withdrawEntry("Alder", "E-1", reason: "wrong"))
        #expect(Self.register(&world).code == "E-STATE")
        let hidden = world.work(
            as: "inspector.lsd",
            "io.accord.Subject.Register",
            ["kind": "person", "criminality": "trafficking", "lawfullyObtained": true, "entry": "E-2"]
        )
        #expect(hidden.code == "E-NOT-FOUND")
    }

    @Test func `no text about a subject says who somebody is, and the refusal does not repeat it`() {
        var world = Self.world()
        let refused = Self.register(&world, ["basis": "Reached at +1 555 234 0199."])
        #expect(refused.code == "E-PII-IN-SUBJECT")
        #expect(refused.refusal?.outward.message == "“basis” seems to hold a phone number.")
        Self.register(&world)
        let text: JSONObject = ["item": "S-1", "text": "born on 12 March 1990"]
        #expect(world.work(as: "lead.fib", "io.accord.Subject.Document", text).code == "E-PII-IN-SUBJECT")
    }

    @Test func `each year the suspicion is validated, and after five the subject is dropped`() {
        var world = Self.world()
        Self.register(&world)
        #expect(Self.validate(&world).code == "E-STATE")
        #expect(Self.document(&world).isDone)
        let begun = world.now
        world.now = begun.adding(days: 365)
        #expect(world.cross("subject.") == ["subject.validation_overdue"])
        #expect(Self.clocks(world) == [.subjectTerm, .subjectValidation])
        world.extendRoles()
        #expect(Self.validate(&world).isDone)
        #expect(!world.state.clocks.overdue.contains { $0.item == "S-1" })
        world.now = begun.adding(days: 1_600)
        #expect(world.cross("subject.") == ["subject.validation_overdue"])
        world.extendRoles()
        #expect(Self.validate(&world).isDone)
        #expect(Self.clocks(world) == [.subjectTerm])
        world.now = begun.adding(days: 1_825)
        #expect(world.cross("subject.") == ["subject.dropped"])
        #expect(Self.state(world) == "dropped")
        world.extendRoles()
        #expect(Self.validate(&world).code == "E-STATE")
        #expect(Self.clocks(world).isEmpty)
    }

    @Test func `a subject that nobody validated is dropped all the same, and nothing is overdue about it`() {
        var world = Self.world()
        Self.register(&world)
        world.now = world.now.adding(days: 1_825)
        #expect(world.cross("subject.") == ["subject.validation_overdue", "subject.dropped"])
        #expect(Self.clocks(world).isEmpty)
    }

    @Test func `who reads the case sees its subjects, oversight that they are there, and nobody else`() {
        var world = Self.world()
        Self.register(&world)
        func shown(_ name: String) -> [JSONObject] {
            world.state.work(of: world.file("Alder"), workflow: "subject", for: member(name), now: world.now)
        }
        for name in ["agent.mpd1", "inspector.lsd", "analyst.fib", "counsel.dao"] {
            #expect(shown(name).first?["facts"]?.object?["entry"] == "E-1", "\(name)")
        }
        #expect(shown("auditor.rob").count == 1 && shown("auditor.rob").first?["facts"] == nil)
        for name in ["agent.tcp1", "officer.fro", "liaison.lsd", "admin.ops"] {
            #expect(shown(name).isEmpty, "\(name)")
        }
    }

    @Test func `a sealed entry is not named by the suspicion that rests on it`() {
        var world = Self.world()
        Self.register(&world)
        RemovalTests.order(&world, .seal)
        world.must("liaison.mpd", .removal("Alder", .seal(["E-1"], order: "C-1")))
        let shown = world.state.work(of: world.file("Alder"), workflow: nil, for: member("agent.fib1"), now: world.now)
        #expect(shown.first?["facts"]?.object?["kind"] == "person")
        #expect(shown.first?["facts"]?.object?["entry"] == nil)
        guard let line = world.record.first(where: { $0.event.kind == "subject.registered" })?.event,
            case .work(let done) = line.body
        else {
            Issue.record("no subject was registered")
            return
        }
        let exported = world.act(as: "lead.fib", .export("Alder")).reading
        var parts = exported?.parts
        for (event, _) in world.record where event.caseID == world.file("Alder").id && event != line {
            _ = parts?.visibility(of: event)
        }
        #expect(parts?.visibility(of: line) == .header)
        #expect(done.shownFacts(exported?.scope ?? .nothing)["entry"] == nil)
    }

    @Test func `the second person finds in the inbox that a suspicion waits for him`() {
        var world = Self.world()
        Self.register(&world)
        func waits(_ name: String) -> Bool {
            world.state.inbox(member(name), now: world.now).contains { $0.item == "S-1" }
        }
        #expect(waits("lead.fib") && waits("counsel.dao") && waits("liaison.fib") && waits("liaison.spo"))
        #expect(!waits("agent.fib1") && !waits("agent.mpd1") && !waits("liaison.mpd"))
    }
}

extension World {
    /// Lets the clocks run out that are due; the kinds of the events that begin so.
    mutating func cross(_ start: String) -> [String] { crossDueClocks().filter { $0.hasPrefix(start) } }

    /// Gives two members of the lead agency their roles anew, years later, when nobody else has one any more.
    mutating func extendRoles() {
        for (name, role) in [("agent.fib1", Role.contributor), ("lead.fib", .lead)] { giveAnew(name, role) }
    }
}
