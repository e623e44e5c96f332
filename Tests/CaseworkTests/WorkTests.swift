import Policy
import StrictJSON
import Testing

@testable import Casework

/// Work that agencies share: tasks and requests for information (domain.md 6.6, 6.11).
struct WorkTests {
    private static let hour: Int64 = 3_600_000

    private static func world() -> World {
        World.joined()
    }

    static func send(
        _ world: inout World,
        to agency: String = "MPD-VT",
        urgency: String = "urgent"
    ) -> World.Outcome {
        world.work(
            as: "agent.fib1",
            "io.accord.Request.Send",
            ["to": .string(agency), "need": "Was the van stopped?", "urgency": .string(urgency)]
        )
    }

    @discardableResult
    static func assign(_ world: inout World, blocking: Bool) -> World.Outcome {
        world.work(
            as: "lead.fib",
            "io.accord.Task.Assign",
            [
                "to": "MPD-VT", "need": "Canvass the car wash.", "blocking": .bool(blocking),
                "dueAt": .integer((world.now.milliseconds + hour) * 1_000),
            ]
        )
    }

    @Test func `who owes an answer is told when three quarters of the time are over, once, and nobody else is`() {
        var world = World.joined()
        _ = Self.send(&world, urgency: "urgent")
        func kinds(_ name: String) -> [String] {
            world.inbox(name).filter { $0.item == "Q-1" }.map(\.kind).filter { ["warning", "overdue"].contains($0) }
        }
        world.now = world.now.adding(hours: 6)
        #expect(world.crossDueClocks() == ["rfi.due_soon"])
        #expect(kinds("agent.mpd1") == ["warning"] && kinds("lead.fib").isEmpty)
        world.now = world.now.adding(hours: 2)
        #expect(world.crossDueClocks() == ["rfi.overdue"])
        #expect(kinds("agent.mpd1") == ["overdue"] && kinds("lead.fib") == ["overdue"])
        // Who asked is told, too, and what his colleagues in other agencies asked is not his.
        #expect(kinds("agent.fib1") == ["overdue"] && kinds("agent.spo1").isEmpty)
        #expect(world.inbox("agent.fib1").first { $0.item == "Q-1" }?.command.hasPrefix("accord inbox ack") == true)
        var answered = World.joined()
        _ = Self.send(&answered, urgency: "urgent")
        let answer: JSONObject = ["item": "Q-1", "text": "No.", "handling": "H0"]
        #expect(answered.work(as: "agent.mpd1", "io.accord.Request.Answer", answer).isDone)
        answered.now = answered.now.adding(hours: 9)
        #expect(answered.crossDueClocks() == [])
    }

    @Test func `a request is answered by the agency that is asked, and its clock stops`() {
        var world = Self.world()
        let sent = Self.send(&world)
        #expect(sent.event?.kind == "rfi.sent" && sent.event?.item == "Q-1")
        let due = world.state.clocks.clock(.requestAnswer, world.file("Alder").id, "Q-1")
        #expect(world.state.clocks.next?.kind == .requestSoon)
        #expect((due?.dueAt.milliseconds ?? 0) - (due?.startedAt.milliseconds ?? 0) == 8 * Self.hour)
        let answer: JSONObject = ["item": "Q-1", "text": "It was.", "handling": "H2"]
        #expect(world.work(as: "agent.fib1", "io.accord.Request.Answer", answer).code == "E-ROLE")
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.Answer", answer).isDone)
        #expect(world.state.clocks.clock(.requestAnswer, world.file("Alder").id, "Q-1") == nil)
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.Answer", answer).code == "E-STATE")
    }

    @Test func `who asks is told what became of it, and that it is late, and takes note of either`() throws {
        var world = Self.world()
        _ = Self.send(&world)
        func told(_ name: String) -> [InboxTask] { world.inbox(name).filter { $0.item == "Q-1" } }
        func due(_ name: String) -> [String] {
            world.state.due(member(name), in: nil, isOverdueOnly: true, now: world.now).compactMap {
                $0["item"]?.string
            }
        }
        world.now = world.now.adding(hours: 8)
        _ = world.crossDueClocks()
        for name in ["agent.fib1", "liaison.mpd"] {
            #expect(due(name) == ["Q-1"] && told(name).contains { $0.kind == "overdue" }, "\(name)")
        }
        #expect(told("agent.spo1").isEmpty && due("agent.spo1").isEmpty)
        // That a court is to be asked first ends no clock: the answer is due when what is not urgent is. Who asks is told of it.
        let need: JSONObject = ["item": "Q-1", "text": "A warrant."]
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.NeedAuthority", need).isDone)
        #expect(
            world.state.clocks.clock(.requestAnswer, world.file("Alder").id, "Q-1") != nil && due("agent.fib1").isEmpty
        )
        let news = try #require(told("agent.fib1").first { $0.kind == "rfi" })
        #expect(news.fromAgency == "MPD-VT" && news.summary.contains("needs-judicial-authority"))
        let number = world.file("Alder").number
        #expect(
            news.command.split(separator: "\n") == [
                "accord rfi show \(number) Q-1", "accord inbox ack Q-1 --case \(number)",
                "accord rfi cancel \(number) Q-1 --reason WHY",
            ]
        )
        #expect(told("agent.mpd1").contains { $0.command.hasPrefix("accord rfi answer") }, "it goes on")
        world.must("agent.fib1", .acknowledgeNotice("Alder", "Q-1"))
        #expect(told("agent.fib1").isEmpty)
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.inbox(member("agent.fib1"), now: world.now).allSatisfy { $0.item != "Q-1" })
        #expect(
            world.work(as: "liaison.mpd", "io.accord.Request.Refuse", ["item": "Q-1", "reason": "disproportionate"])
                .isDone
        )
        #expect(told("agent.fib1").map(\.kind) == ["rfi"] && due("agent.fib1").isEmpty)
        world.must("agent.fib1", .acknowledgeNotice("Alder", "Q-1"))
        #expect(told("agent.fib1").isEmpty)
        #expect(world.act(as: "agent.fib1", .acknowledgeNotice("Alder", "Q-1")).code == "E-NOT-FOUND")
        #expect(world.act(as: "agent.spo1", .acknowledgeNotice("Alder", "Q-1")).code == "E-NOT-FOUND")
    }

    @Test func `after a first part the rest is due when what is not urgent is, however many parts follow`() {
        var world = Self.world()
        let sent = world.now
        _ = Self.send(&world)
        let answer: JSONObject = ["item": "Q-1", "text": "It was.", "handling": "H2"]
        func due() -> UTCTime? { world.state.clocks.clock(.requestAnswer, world.file("Alder").id, "Q-1")?.dueAt }
        for hours: Int64 in [7, 100] {
            world.now = sent.adding(hours: hours)
            #expect(world.work(as: "agent.mpd1", "io.accord.Request.AnswerInPart", answer).isDone)
            #expect(due() == sent.adding(hours: 168))
        }
        world.now = sent.adding(hours: 168)
        // Oversight's week of review, which begins with the case, ends earlier.
        #expect(world.crossDueClocks().last == "rfi.overdue")
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.AnswerInPart", answer).isDone)
        #expect(world.state.clocks.overdue.map(\.item).contains("Q-1"), "what is late stays late")
    }

    @Test func `who assigns a task is told when it is late, and when it is done`() {
        var world = Self.world()
        Self.assign(&world, blocking: false)
        world.now = world.now.adding(hours: 2)
        _ = world.crossDueClocks()
        #expect(world.inbox("agent.fib1").map(\.kind) == ["overdue"])
        #expect(world.work(as: "agent.mpd1", "io.accord.Task.Complete", ["item": "T-1"]).isDone)
        #expect(world.inbox("agent.fib1").map(\.kind) == ["task"])
        world.must("agent.fib1", .acknowledgeNotice("Alder", "T-1"))
        #expect(world.inbox("agent.fib1").isEmpty)
    }

    @Test func `a request is answered in part again and again, but not without end`() {
        var world = Self.world()
        _ = Self.send(&world)
        let answer: JSONObject = ["item": "Q-1", "text": "It was.", "handling": "H2"]
        for _ in 1..<Gate.mostSteps {
            #expect(world.work(as: "agent.mpd1", "io.accord.Request.AnswerInPart", answer).isDone)
        }
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.AnswerInPart", answer).code == "E-STATE")
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.Answer", answer).isDone)
    }

    @Test func `a request that nobody answers is overdue once, and can still be refused for a closed reason`() {
        var world = Self.world()
        _ = Self.send(&world, urgency: "normal")
        world.now = world.now.adding(hours: 168)
        #expect(world.cross("rfi.") == ["rfi.due_soon", "rfi.overdue"])
        #expect(world.crossDueClocks() == [])
        #expect(world.state.clocks.overdue.filter { $0.kind != .auditReview }.map(\.item) == ["Q-1"])
        var refusal: JSONObject = ["item": "Q-1", "reason": "we would rather not"]
        #expect(world.work(as: "liaison.mpd", "io.accord.Request.Refuse", refusal).code == "E-INVALID")
        refusal["reason"] = "harm-to-investigation"
        #expect(world.work(as: "liaison.mpd", "io.accord.Request.Refuse", refusal).isDone)
        #expect(world.state.clocks.overdue.allSatisfy { $0.kind == .auditReview })
    }

    @Test func `only the two agencies, the lead and counsel see a request, and oversight that it is there`() {
        var world = Self.world()
        _ = Self.send(&world)
        func sees(_ name: String) -> Bool {
            world.work(as: name, "io.accord.Work.Get", ["item": "Q-1"]).isDone
        }
        #expect(sees("agent.fib1") && sees("lead.fib") && sees("agent.mpd1") && sees("liaison.mpd"))
        #expect(sees("auditor.rob"))
        #expect(!sees("inspector.lsd") && !sees("agent.tcp1") && !sees("officer.fro") && !sees("admin.ops"))
    }

    @Test func `a request goes to an agency that has joined, and to none other`() {
        var world = Self.world()
        #expect(Self.send(&world, to: "TCP-NAR").code == "E-STATE")
        #expect(Self.send(&world, to: "FIB-MB").code == "E-INVALID")
        #expect(Self.send(&world).isDone)
    }

    @Test func `a blocking task keeps the case open until it is done, and the refusal names it`() {
        var world = Self.world()
        #expect(Self.assign(&world, blocking: true).event?.item == "T-1")
        let refused = world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done"))
        #expect(refused.code == "E-OPEN-DUTY")
        #expect(refused.refusal?.outward.message.contains("T-1") ?? false)
        #expect(world.work(as: "agent.mpd1", "io.accord.Task.Complete", ["item": "t1"]).isDone)
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done")).isDone)
    }

    @Test func `what waits for an agency stands in its inbox, with the command that answers it`() {
        var world = Self.world()
        _ = Self.send(&world)
        let tasks = world.state.inbox(member("agent.mpd1"), now: world.now)
        #expect(tasks.contains { $0.item == "Q-1" && $0.command.hasPrefix("accord rfi answer ") })
        #expect(!world.state.inbox(member("agent.fib1"), now: world.now).contains { $0.item == "Q-1" })
    }

    @Test func `the state with its work and clocks survives a snapshot and a replay`() throws {
        var world = Self.world()
        _ = Self.send(&world)
        _ = Self.send(&world, urgency: "normal")
        _ = world.work(as: "agent.mpd1", "io.accord.Request.Acknowledge", ["item": "Q-2"])
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.encode() == world.state.encode())
        #expect(again.clocks == world.state.clocks)
        #expect(again.cases == world.state.cases)
    }

    private static let damages: [(String, JSONValue)] = [
        ("revision", .integer(.max)), ("revised_at", .integer(.max)), ("starts_at", .integer(.min)),
        ("answers", [["revision": .integer(.max)]]), ("unheard_of", 1),
    ]

    @Test(arguments: damages.map(\.0))
    func `a fact that no step could have said is refused, in a snapshot and in a line, before a rule reckons with it`(
        key: String
    ) throws {
        let damage = try #require(Self.damages.first { $0.0 == key }?.1)
        var world = World.planned()
        world.approveAll()
        _ = world.step("lead.fib", "AdviseVictimServices", world.advisory)
        _ = world.step("advocate.sps", "AcknowledgeAdvisory", [:])
        let kept = world.file("Alder").work
        #expect(try Work(kept.record) == kept)
        var item = try #require(kept.record.array?.first?.object)
        item["facts"] = .object((item["facts"]?.object ?? [:]).with([(key, damage)]))
        #expect(throws: EventFault.self) { try Work([.object(item)]) }
        #expect(throws: EventFault.self) {
            try Event(
                kind: "op.safeguards_recorded",
                caseID: .system,
                agency: "",
                member: "",
                role: "",
                purpose: "",
                parts: world.record.last { $0.event.kind == "op.safeguards_recorded" }?.event.parts().map { part in
                    ("details", .object((part.value.object ?? [:]).with([(key, damage)])))
                } ?? []
            )
        }
    }

    @Test func `lines of a snapshot that are none are refused`() throws {
        let kept = World.planned().file("Alder").work
        for line in [Int64.min, -1, .max] {
            var item = try #require(kept.record.array?.first?.object)
            item["lines"] = .integers([line])
            #expect(throws: EventFault.self) { try Work([.object(item)]) }
        }
    }

    @Test(arguments: Workflows.all.map(\.name))
    func `every step of a workflow is recorded and read back the same`(_ name: String) throws {
        let workflow = try #require(Workflows.named(name))
        for step in workflow.steps {
            let details = JSONObject(
                [("item", .integer(1))] + step.recorded.filter { !$0.isPart }.map { ($0.key, $0.sample) }
            )
            let parts = JSONObject(step.recorded.filter(\.isPart).map { ($0.key, $0.sample) })
            var facts = details
            facts["item"] = nil
            let event = Event(
                kind: step.event,
                caseID: .system,
                agency: nil,
                member: nil,
                role: nil,
                purpose: nil,
                body: .work(WorkEvent(kind: step.event, number: 1, facts: facts, parts: parts))
            )
            let read = try event.reread()
            #expect(read.body == event.body, "\(step.event)")
            #expect(step.recorded.allSatisfy { $0.fits($0.sample) })
        }
    }
}

extension WorkField {
    /// A value in its form.
    var sample: JSONValue {
        switch form {
        case .text, .name: "Words."
        case .code(let code): .string(code.sample)
        case .agency: "MPD-VT"
        case .agencies: ["MPD-VT", "SPO-OC"]
        case .member: "agent.mpd1"
        case .word(let words): .string(words[0])
        case .words(let words): .strings(words)
        case .time: 1_930_262_400_000
        case .count(let range): .integer(range.lowerBound)
        case .point: "0.1045,-179.999"
        case .codes: ["es", "th"]
        case .names: ["Words."]
        case .flag: true
        case .entry: 1
        case .objects(let fields, let count):
            .array(
                Array(
                    repeating: .object(JSONObject(fields.map { ($0.key, $0.sample) })),
                    count: max(1, count.lowerBound)
                )
            )
        }
    }
}

extension World {
    /// A step of shared work, or a reading of it, in the case Alder, as it comes over the wire.
    @discardableResult
    mutating func work(
        as name: String,
        in title: String = "Alder",
        _ method: String,
        _ parameters: JSONObject,
        purpose: String? = nil
    ) -> Outcome {
        var parameters = parameters
        parameters["case"] = .string(title)
        do throws(Refusal) {
            return act(as: name, try Act(method: method, parameters: parameters), purpose: purpose)
        } catch {
            return .refused(error)
        }
    }
}
