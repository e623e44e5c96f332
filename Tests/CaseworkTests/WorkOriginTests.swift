import Policy
import StrictJSON
import Testing

@testable import Casework

/// What an agency says in shared work stays its own: its policy and its agreement decide who hears it, as they do of entries
/// (domain.md 2.4, 2.7, 2.8).
@Suite("Whose words in shared work")
struct WorkOriginTests {
    /// A request of FIB-MB to MPD-VT with its answer, a task with a report of MPD-VT, and a subject that MPD-VT registered.
    static func world() -> World {
        var world = World.joined()
        let due = JSONValue.integer((world.now.milliseconds + 86_400_000) * 1_000)
        let steps: [(String, String, JSONObject)] = [
            ("agent.fib1", "Request.Send", ["to": "MPD-VT", "need": "Was the van stopped?", "urgency": "normal"]),
            ("agent.mpd1", "Request.Answer", ["item": "Q-1", "text": "Twice.", "handling": "H2"]),
            ("lead.fib", "Task.Assign", ["to": "MPD-VT", "need": "Canvass.", "dueAt": due]),
            ("agent.mpd1", "Task.Update", ["item": "T-1", "text": "Half is done."]),
            (
                "agent.mpd1", "Subject.Register",
                ["kind": "person", "criminality": "trafficking", "lawfullyObtained": true, "basis": "Two complaints."]
            ),
        ]
        for (name, method, parameters) in steps {
            let outcome = world.work(as: name, "io.accord.\(method)", parameters)
            #expect(outcome.isDone, "\(method): \(String(describing: outcome.refusal))")
        }
        return world
    }

    /// The steps of an item whose texts a member is shown; nil if he may not read it.
    static func heard(_ world: World, _ name: String, _ item: String) -> [String]? {
        var world = world
        let reading = world.work(as: name, "io.accord.Work.Get", ["item": .string(item)]).reading
        let file = world.file("Alder")
        guard let scope = reading?.scope,
            let (_, lines, _, words, _) = world.state.work(item, of: file, scope, for: member(name), now: world.now)
        else { return nil }
        return world.record.filter { event, place in
            event.caseID == file.id && lines.contains(Int64(place.caseSeq))
                && words.visibility(ofStep: event) == .content
        }
        .map(\.event.kind)
    }

    static func facts(_ world: World, _ name: String, _ item: String) -> JSONObject {
        let file = world.file("Alder")
        guard let member = world.state.members[member(name)] else { return [:] }
        let standing = world.state.standing(of: member, in: file, world.now)
        let scope = world.state.scope(standing, in: file, for: file.purpose, world.now)
        let items = world.state.work(of: file, workflow: nil, scope, for: member.id, now: world.now)
        return items.first { $0["id"]?.string == item }?["facts"]?.object ?? [:]
    }

    /// The lines of the case that an export holds with their parts.
    private static func exported(_ world: World, _ name: String) -> [String] {
        var world = world
        var parts = world.act(as: name, .export("Alder")).reading?.parts
        return world.record.filter { event, _ in
            event.caseID == world.file("Alder").id && parts?.visibility(of: event) == .content
        }
        .map(\.event.kind)
    }

    @Test func `without a policy both agencies read it all, and so does the lead's export`() {
        let world = Self.world()
        #expect(Self.heard(world, "agent.fib1", "Q-1") == ["rfi.sent", "rfi.answered"])
        #expect(Self.heard(world, "agent.mpd1", "T-1") == ["task.assigned", "task.updated"])
        #expect(Self.heard(world, "inspector.lsd", "S-1") == ["subject.registered"])
        for kind in ["rfi.answered", "task.updated", "subject.registered"] {
            #expect(Self.exported(world, "lead.fib").contains(kind), "\(kind)")
        }
    }

    @Test func `a policy that denies data keeps the texts and facts of its agency from the others, and no more`() {
        var world = Self.world()
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny data CRIM_INVEST")]))
        #expect(Self.heard(world, "agent.fib1", "Q-1") == ["rfi.sent"])
        #expect(Self.heard(world, "lead.fib", "T-1") == ["task.assigned"])
        #expect(Self.heard(world, "inspector.lsd", "S-1") == [])
        #expect(Self.heard(world, "agent.mpd1", "Q-1") == ["rfi.sent", "rfi.answered"])
        #expect(Self.facts(world, "agent.fib1", "Q-1").keys == ["to", "urgency"])
        #expect(Self.facts(world, "inspector.lsd", "S-1").isEmpty)
        #expect(Self.facts(world, "agent.mpd1", "S-1")["kind"] == "person")
        let exported = Self.exported(world, "lead.fib")
        for kind in ["rfi.answered", "task.updated", "subject.registered"] {
            #expect(!exported.contains(kind), "\(kind)")
        }
        #expect(exported.contains("rfi.sent") && exported.contains("task.assigned"))
    }

    @Test func `what a policy asks for its control official's approval is heard where its liaison said it`() {
        var world = Self.world()
        let rule = World.rule("require data CRIM_INVEST", needs: ["control-official-approval"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([rule]))
        #expect(Self.heard(world, "lead.fib", "T-1") == ["task.assigned"])
        #expect(world.work(as: "liaison.mpd", "io.accord.Task.Update", ["item": "T-1", "text": "Done."]).isDone)
        #expect(Self.heard(world, "lead.fib", "T-1") == ["task.assigned", "task.updated"])
    }

    @Test func `an answer is given as the agency's own policy allows, and is no stricter than its agreement carries`() {
        var world = World.joined()
        let rule = World.rule("require data CRIM_INVEST", needs: ["control-official-approval"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([rule]))
        let question: JSONObject = ["to": "MPD-VT", "need": "Was the van stopped?", "urgency": "normal"]
        #expect(world.work(as: "agent.fib1", "io.accord.Request.Send", question).isDone)
        let answer: JSONObject = ["item": "Q-1", "text": "Twice.", "handling": "H1"]
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.Answer", answer).rule == "P03J")
        #expect(world.work(as: "liaison.mpd", "io.accord.Request.Answer", answer).isDone)
        #expect(Self.heard(world, "agent.fib1", "Q-1") == ["rfi.sent", "rfi.answered"])

        world.agree(
            "MOU-31-05",
            [id("FIB-MB"), id("LSD-WH")],
            World.purposes,
            cap: .h0,
            ends: world.now.adding(days: 9)
        )
        world.must("liaison.lsd", .withdrawAgency("Alder", reason: "r"))
        world.must("lead.fib", .inviteAgency("Alder", id("LSD-WH"), .information, mou("MOU-31-05")))
        world.must("liaison.lsd", .joinCase("Alder", conditions: nil))
        world.must("liaison.lsd", .assignMember("Alder", member("inspector.lsd")))
        let second = question.with([("to", "LSD-WH")])
        #expect(world.work(as: "agent.fib1", "io.accord.Request.Send", second).isDone)
        let strict = answer.with([("item", "Q-2")])
        #expect(world.work(as: "inspector.lsd", "io.accord.Request.Answer", strict).rule == "P02")
        #expect(world.work(as: "inspector.lsd", "io.accord.Request.Answer", strict.with([("handling", "H0")])).isDone)
    }

    @Test
    func `once the agreement has ended each agency keeps its own words, and the one that leads no more than that`() {
        var world = Self.world()
        let answered = world.record.first { $0.event.kind == "rfi.answered" }?.event
        #expect(answered.flatMap { world.state.feedSummary($0, for: member("lead.fib"), now: world.now) } != nil)
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "r"))
        #expect(Self.heard(world, "agent.fib1", "Q-1") == ["rfi.sent"])
        #expect(Self.heard(world, "lead.fib", "T-1") == ["task.assigned"])
        #expect(Self.heard(world, "lead.fib", "S-1") == nil)
        #expect(Self.heard(world, "agent.mpd1", "S-1") == ["subject.registered"])
        #expect(Self.heard(world, "agent.mpd1", "Q-1") == nil)
        #expect(Self.facts(world, "agent.fib1", "Q-1")["handling"] == nil)
        #expect(!Self.exported(world, "lead.fib").contains("rfi.answered"))
        #expect(answered.flatMap { world.state.feedSummary($0, for: member("lead.fib"), now: world.now) } == nil)
    }

    @Test func `nobody is asked who would not see what he is asked, and nobody asks who is bound by nothing`() {
        var world = World.joined()
        world.agree(
            "MOU-31-05",
            [id("FIB-MB"), id("HCS-MAR")],
            World.purposes,
            cap: .h2,
            ends: world.now.adding(days: 9)
        )
        world.must("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .participation, mou("MOU-31-05")))
        world.must("liaison.hcs", .joinCase("Alder", conditions: nil))
        let question: JSONObject = ["to": "HCS-MAR", "need": "Was the van stopped?", "urgency": "normal"]
        #expect(world.work(as: "lead.fib", "io.accord.Request.Send", question).isDone)
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-05"), reason: "r"))
        #expect(world.work(as: "lead.fib", "io.accord.Request.Send", question).code == "E-AGREEMENT-EXPIRED")
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "r"))
        let other = question.with([("to", "MPD-VT")])
        #expect(world.work(as: "lead.fib", "io.accord.Request.Send", other).code == "E-AGREEMENT-EXPIRED")
        #expect(WorkTests.assign(&world, blocking: true).code == "E-AGREEMENT-EXPIRED")
        // What it asked it may take back, lest the case stay open for it.
        let cancelled = world.work(as: "lead.fib", "io.accord.Request.Cancel", ["item": "Q-1", "reason": "r"])
        #expect(cancelled.isDone)
    }

    @Test func `who said what survives a snapshot`() throws {
        let world = Self.world()
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
        #expect(world.file("Alder").work["rfi", 1]?.sources["handling"]?.agency == id("MPD-VT"))
    }
}
