import Policy
import StrictJSON
import Testing

@testable import Casework

/// What stands before oversight: complaints, incidents, inspections and findings (domain.md 2.13, 6.6, 6.11).
@Suite("Complaints, incidents, inspections and findings")
struct DocketTests {
    static let table = """
        # An example.
        use-of-force: ROB, STATE-IG

        default: ROB
        """

    /// A complaint of rough handling by MPD-VT, and its name.
    static func complaint(
        _ world: inout World,
        by name: String = "agent.spo1",
        _ others: JSONObject = [:]
    ) -> String {
        var parameters: JSONObject = [
            "category": "use-of-force", "agency": "MPD-VT", "about": "TF-2031-014", "text": "Rough handling at site 2.",
        ]
        for (key, value) in others.members { parameters[key] = value }
        let outcome = world.work(as: name, "io.accord.Complaint.File", parameters)
        return outcome.event?.item ?? "\(outcome)"
    }

    /// An inspection of Alder by auditor.rob, and its name.
    @discardableResult
    static func inspection(_ world: inout World, _ others: JSONObject = ["cases": ["Alder"]]) -> String {
        var parameters: JSONObject = [
            "authority": "Regional Oversight Act s.4", "expiresAt": world.wire(hours: 24 * 30),
            "text": "Sampling of what policy refused.",
        ]
        for (key, value) in others.members { parameters[key] = value }
        let outcome = world.work(as: "auditor.rob", "io.accord.Inspection.Open", parameters)
        return outcome.event?.item ?? "\(outcome)"
    }

    private static func world() -> World {
        var world = World.joined()
        world.routing = (try? RoutingTable(parsing: table)) ?? .empty
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2)))
        return world
    }

    private static func step(
        _ world: inout World,
        _ name: String,
        _ method: String,
        _ item: String,
        _ others: JSONObject = [:]
    ) -> World.Outcome {
        var parameters: JSONObject = ["item": .string(item)]
        for (key, value) in others.members { parameters[key] = value }
        return world.work(as: name, "io.accord.\(method)", parameters)
    }

    private static func item(_ world: World, _ name: String) -> WorkItem? {
        Workflows.item(name, in: world.state.docket.work)
    }

    private static func inbox(_ world: World, _ name: String) -> [String] {
        world.state.inbox(member(name), now: world.now).compactMap(\.item)
    }

    // MARK: Reading of what a complainant wrote

    @Test
    func `that somebody whom a complaint concerns reads what its author wrote is told to oversight, once of each`()
        throws
    {
        var world = Self.world()
        let item = Self.complaint(&world)
        func readers() -> [String] { Self.item(world, item)?.facts["readers"]?.array?.compactMap(\.string) ?? [] }
        // Of another agency, and the author himself.
        world.must("lead.fib", .getEntry("Alder", "E-1"))
        world.must("agent.spo1", .getEntry("Alder", "E-1"))
        #expect(readers() == [])
        world.must("agent.mpd1", .getEntry("Alder", "E-1"))
        world.must("agent.mpd1", .getEntry("Alder", "E-1"))
        #expect(readers() == ["agent.mpd1"])
        #expect(Self.inbox(world, "auditor.rob").contains(item))
        #expect(!Self.inbox(world, "agent.spo1").contains(item))
        try DecisionReplayTests.expectAgreement(world, "reading of what a complainant wrote")
        let read = try CaseworkState(decoding: world.state.encode())
        #expect(read.encode() == world.state.encode())
        // Once it is closed, reading is reading again.
        let closing: JSONObject = ["reason": "Withdrawn."]
        #expect(Self.step(&world, "auditor.rob", "Complaint.Close", item, closing).isDone)
        world.must("liaison.mpd", .listEntries("Alder", after: -1, limit: 9))
        #expect(readers() == ["agent.mpd1"])
    }

    // MARK: Complaints

    @Test func `anybody complains, and nobody but oversight learns of it`() throws {
        var world = Self.world()
        let before = world.file("Alder")
        for name in ["agent.spo1", "lead.fib", "officer.fro", "advocate.sps", "admin.ops", "auditor.rob"] {
            let item = Self.complaint(&world, by: name)
            #expect(item.hasPrefix("CM-"), "\(name)")
            #expect(world.record.last?.event.kind == "restricted")
            for reader in World.members.map(\.0.text) where reader != "auditor.rob" {
                #expect(world.act(as: reader, .getDocket(item)).rule == "P04C", "\(reader)")
                #expect(world.state.docketItems(of: nil, for: member(reader), now: world.now).isEmpty)
                #expect(!Self.inbox(world, reader).contains(item))
            }
            #expect(world.act(as: "auditor.rob", .getDocket(item)).isDone)
        }
        // Not even the line of a refusal, which a copy of the record holds, tells whether there is such a complaint.
        #expect(world.act(as: "lead.fib", .getDocket("CM-1")).refusal?.outward == Refusal(row: "P04").outward)
        #expect(world.record.last?.place.rule == "P04C")
        #expect(world.file("Alder") == before)
        #expect(world.state.docketItems(of: "complaint", for: member("auditor.rob"), now: world.now).count == 6)
    }

    @Test func `who is concerned does not read it, even if he is oversight himself`() {
        var world = Self.world()
        let ofUnit = Self.complaint(&world, ["agency": "ROB"])
        let named = Self.complaint(&world, ["named": "auditor.rob"])
        for item in [ofUnit, named] {
            #expect(world.act(as: "auditor.rob", .getDocket(item)).code == "E-NOT-FOUND")
            #expect(Self.step(&world, "auditor.rob", "Complaint.Route", item).code == "E-NOT-FOUND")
        }
    }

    @Test func `it goes to the bodies of the table, and each of them has thirty days`() throws {
        var world = Self.world()
        let item = Self.complaint(&world)
        #expect(Self.inbox(world, "auditor.rob") == [item])
        #expect(Self.step(&world, "lead.fib", "Complaint.Route", item).code == "E-NOT-FOUND")
        #expect(
            Self.step(&world, "auditor.rob", "Complaint.Find", item, ["outcome": "unfounded", "text": "t"]).code
                == "E-STATE"
        )
        #expect(Self.step(&world, "auditor.rob", "Complaint.Route", item).isDone)
        #expect(Self.item(world, item)?.agencies("bodies") == [id("ROB"), id("STATE-IG")])
        let running = world.state.clocks.pending.filter { $0.kind == .complaintAcknowledgement }
        #expect(running.map(\.item) == ["\(item)/ROB", "\(item)/STATE-IG"])
        #expect(running.allSatisfy { $0.dueAt == $0.startedAt.adding(days: 30) })
        let other: JSONObject = ["body": "FEDERAL-IG"]
        #expect(Self.step(&world, "auditor.rob", "Complaint.Acknowledge", item, other).code == "E-INVALID")
        let body: JSONObject = ["body": "ROB", "reference": "31-77"]
        #expect(Self.step(&world, "auditor.rob", "Complaint.Acknowledge", item, body).isDone)
        #expect(Self.step(&world, "auditor.rob", "Complaint.Acknowledge", item, body).code == "E-INVALID")
        #expect(Self.item(world, item)?.state == "acknowledged")
        world.pass(days: 31)
        #expect(world.state.clocks.overdue.map(\.item).contains("\(item)/STATE-IG"))
        #expect(world.record.last { $0.event.kind == "restricted" }?.event.body != nil)
        #expect(Self.inbox(world, "auditor.rob").contains("\(item)/STATE-IG"))
        #expect(!Self.inbox(world, "lead.fib").contains { $0.hasPrefix("CM-") })
    }

    @Test func `from its coming to its end it takes the steps there are`() throws {
        var world = Self.world()
        let item = Self.complaint(&world)
        let steps: [(String, JSONObject, String)] = [
            ("Route", [:], "routed"), ("Acknowledge", ["body": "STATE-IG"], "acknowledged"),
            ("Investigate", [:], "investigating"), ("Refer", ["body": "CIVIL-RIGHTS", "text": "Theirs."], "referred"),
            ("Find", ["outcome": "substantiated", "text": "It was."], "finding"),
            ("Respond", ["text": "A letter was sent."], "responded"), ("Close", ["reason": "Answered."], "closed"),
        ]
        for (method, facts, state) in steps {
            #expect(Self.step(&world, "auditor.rob", "Complaint.\(method)", item, facts).isDone, "\(method)")
            #expect(Self.item(world, item)?.state == state)
        }
        #expect(world.state.clocks.pending.allSatisfy { $0.kind != .complaintAcknowledgement })
        #expect(Self.inbox(world, "auditor.rob") == [])
        try DecisionReplayTests.expectAgreement(world, "a complaint")
    }

    @Test func `who complained is shown to oversight, and to nobody where he wants it so`() {
        var world = Self.world()
        for isAnonymous in [false, true] {
            let item = Self.complaint(&world, ["anonymous": .bool(isAnonymous)])
            let shown = world.state.docketItem(item, for: member("auditor.rob"), now: world.now)
            #expect(shown?.shown["member"] == (isAnonymous ? nil : "agent.spo1"))
            #expect(shown?.shown["agency"] == (isAnonymous ? nil : "SPO-OC"))
            #expect(shown?.hidesMaker == isAnonymous)
        }
        #expect(
            !world.state.inbox(member("auditor.rob"), now: world.now).contains {
                $0.summary.contains("spo") || !$0.fromAgency.isEmpty
            }
        )
    }

    @Test func `what is done to the place of somebody whose complaint is open is told to oversight alone`() throws {
        var world = Self.world()
        let item = Self.complaint(&world, by: "agent.mpd1", ["agency": "FIB-MB", "anonymous": true])
        let lines = world.record.count
        world.must("liaison.mpd", .removeMember("Alder", member("agent.mpd1"), reason: "moved"))
        #expect(world.record.count == lines + 2)
        #expect(world.record.last?.event.kind == "restricted")
        #expect(world.record.last?.event.member == nil)
        #expect(Self.item(world, item)?.flag("retaliation") == true)
        let told = try #require(world.state.inbox(member("auditor.rob"), now: world.now).first { $0.item == item })
        #expect(!told.summary.contains("mpd"))
        for name in World.members.map(\.0.text) where name != "auditor.rob" {
            #expect(!Self.inbox(world, name).contains(item))
        }
        #expect(Self.step(&world, "auditor.rob", "Complaint.Close", item, ["reason": "r"]).isDone)
        world.must("liaison.mpd", .disableMember(member("agent.mpd1"), reason: "left"))
        #expect(world.record.last?.event.kind == "user.disabled")
        try DecisionReplayTests.expectAgreement(world, "retaliation")
    }

    // MARK: Incidents

    @Test func `of an incident those who have to know are told within the hour`() {
        var world = Self.world()
        let incident: JSONObject = ["category": "security", "text": "A laptop was lost."]
        let outcome = world.work(as: "agent.mpd1", "io.accord.Incident.Report", incident)
        let item = outcome.event?.item ?? ""
        #expect(item.hasPrefix("IN-"))
        let clock = world.state.clocks.pending.first { $0.item == item }
        #expect(clock?.dueAt == clock?.startedAt.adding(hours: 1))
        world.now = world.now.adding(hours: 2)
        #expect(world.crossDueClocks() == ["restricted"])
        #expect(Self.inbox(world, "auditor.rob") == [item, item])
        #expect(Self.step(&world, "auditor.rob", "Incident.Route", item).isDone)
        #expect(Self.item(world, item)?.agencies("bodies") == [id("ROB")])
        #expect(Self.inbox(world, "auditor.rob") == [])
        #expect(Self.step(&world, "auditor.rob", "Incident.Acknowledge", item, ["body": "ROB"]).isDone)
        #expect(Self.step(&world, "auditor.rob", "Incident.Close", item, ["text": "Keys were revoked."]).isDone)
        #expect(world.state.clocks.pending.allSatisfy { $0.item.prefix(item.count) != item })
    }

    // MARK: Inspections

    @Test func `under an inspection oversight reads content, and nobody in the case can tell`() throws {
        var world = Self.world()
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-1")).code == "E-ROLE")
        let item = Self.inspection(&world)
        #expect(item.hasPrefix("IS-"))
        let before = world.file("Alder")
        let lines = world.record.filter { $0.event.caseID == before.id }.count
        let outcome = world.act(as: "auditor.rob", .getEntry("Alder", "E-1"))
        #expect(outcome.reading?.entry == 1)
        #expect(outcome.event?.kind == "restricted")
        #expect(world.file("Alder") == before)
        #expect(world.record.filter { $0.event.caseID == before.id }.count == lines)
        #expect(Self.item(world, item)?.lines.count == 2)
        for name in World.members.map(\.0.text) where name != "auditor.rob" {
            let refused = world.act(as: name, .getDocket(item))
            #expect(refused.rule == "P28")
            #expect(refused.refusal?.outward == world.act(as: name, .getDocket("IS-1")).refusal?.outward)
            #expect(
                world.record.allSatisfy {
                    world.state.feedSummary($0.event, for: member(name), now: world.now)?.contains("IS-") != true
                }
            )
        }
        try DecisionReplayTests.expectAgreement(world, "an inspection")
    }

    @Test func `an inspection opens what its scope names, until it ends, and no more`() {
        var world = Self.world()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h0, .oversight)))
        Self.inspection(&world, ["agencies": ["SPO-OC"], "kinds": ["report"]])
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-2")).code == "E-ROLE")
        Self.inspection(&world, ["agencies": ["MPD-VT"], "kinds": ["decision"]])
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-2")).code == "E-ROLE")
        world.pass(days: 31)
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-1")).code == "E-ROLE")
        #expect(world.state.docket.work.all.map(\.state) == ["expired", "expired"])
        for wrong: JSONObject in [
            [:], ["cases": ["Nowhere"]], ["agencies": ["NO-ONE"]],
            ["cases": ["Alder"], "expiresAt": world.wire(hours: -1)],
            ["cases": ["Alder"], "expiresAt": world.wire(hours: 24 * 400)],
        ] {
            #expect(!Self.inspection(&world, wrong).hasPrefix("IS-"), "\(wrong)")
        }
    }

    @Test func `shared work is read under an inspection, too`() {
        var world = Self.world()
        WorkTests.assign(&world, blocking: false)
        func sees() -> Bool {
            let reading = world.act(as: "auditor.rob", .getWork("Alder", "T-1")).reading
            let shown = world.state.work(
                "T-1",
                of: world.file("Alder"),
                for: member("auditor.rob"),
                inspects: reading?.inspects ?? false,
                now: world.now
            )
            return shown?.lines.isEmpty == false
        }
        #expect(!sees())
        Self.inspection(&world)
        #expect(sees())
    }

    @Test
    func
        `what is kept of victims, what 8 USC 1367 protects and counsel's work are opened by an authority that says so`()
    {
        for (flag, opened) in [("none", ""), ("victim", "V-0001"), ("v1367", "W-1"), ("legal", "E-1")] {
            var world = World.cared()
            world.must("counsel.dao", .recordEntry("Alder", World.entry(.h0, .legal)))
            world.mint()
            world.flag()
            var terms: JSONObject = ["cases": ["Alder"]]
            if flag != "none" { terms[flag] = true }
            let inspection = Self.inspection(&world, terms)
            for name in ["V-0001", "W-1", "E-1"] {
                let act = name == "E-1" ? Act.getEntry("Alder", name) : .getWork("Alder", name)
                let outcome = world.act(as: "auditor.rob", act)
                #expect(outcome.isDone == (name == opened), "\(flag): \(name) \(outcome.rule ?? "")")
                #expect(outcome.isDone || outcome.rule == "P04C", "\(flag): \(name)")
            }
            // Read on the inspection's own line, and on none of the reference.
            #expect(Self.item(world, inspection)?.lines.count == (opened.isEmpty ? 1 : 2), "\(flag)")
            #expect(world.file("Alder").work["victim", 1]?.lines.count == 1)
        }
    }

    @Test func `a finding is answered by its agency, which is not told from what it is; till then the case stays open`()
        throws
    {
        var world = Self.world()
        let source = Self.inspection(&world)
        let finding: JSONObject = [
            "to": "MPD-VT", "source": .string(source), "about": "Alder", "text": "Two refusals were not explained.",
        ]
        #expect(world.work(as: "lead.fib", "io.accord.Finding.Issue", finding).code == "E-ROLE")
        let item = world.work(as: "auditor.rob", "io.accord.Finding.Issue", finding).event?.item ?? ""
        #expect(Self.inbox(world, "liaison.mpd") == [item])
        let shown = try #require(world.state.docketItem(item, for: member("liaison.mpd"), now: world.now))
        #expect(shown.shown["facts"]?.object?["source"] == nil)
        #expect(shown.hidden == ["files", "source"])
        #expect(world.act(as: "agent.mpd1", .getDocket(item)).code == "E-NOT-FOUND")
        let closing = world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over"))
        #expect(closing.code == "E-OPEN-DUTY")
        #expect(closing.refusal?.outward.message.contains("FD-") == false)
        #expect(Self.step(&world, "auditor.rob", "Finding.Respond", item, ["text": "t"]).code == "E-ROLE")
        #expect(Self.step(&world, "liaison.mpd", "Finding.Respond", item, ["text": "They are now."]).isDone)
        #expect(Self.inbox(world, "auditor.rob") == [item])
        #expect(Self.step(&world, "auditor.rob", "Finding.Close", item, ["reason": "Answered."]).isDone)
        world.must("lead.fib", .moveCase("Alder", .close, reason: "over"))
        try DecisionReplayTests.expectAgreement(world, "a finding")
    }

    // MARK: Audit review

    @Test func `from the day on which a case opens there is a review each week, and oversight is told when it is late`()
        throws
    {
        var world = World.opened()
        func due() -> UTCTime? { world.state.clocks.clock(.auditReview, .system, "")?.dueAt }
        let opened = try #require(world.record.first { $0.event.kind == "case.opened" }?.place.recordedAt)
        #expect(due() == opened.adding(days: 7))
        world.pass(days: 6)
        #expect(!Self.inbox(world, "auditor.rob").contains("audit-review"))
        // Another case that opens puts nothing off.
        world.open("Birch", by: "lead.hcs")
        #expect(due() == opened.adding(days: 7))
        world.pass(days: 1)
        #expect(Self.inbox(world, "auditor.rob").contains("audit-review"))
        let review: JSONObject = ["period": "2031-W10", "finding": "Two refusals were looked into."]
        #expect(world.work(as: "lead.fib", "io.accord.AuditReview.Record", review).code == "E-ROLE")
        let done = world.work(as: "auditor.rob", "io.accord.AuditReview.Record", review)
        #expect(done.event?.item?.hasPrefix("AR-") == true)
        let first = try #require(due())
        #expect(!Self.inbox(world, "auditor.rob").contains("audit-review"))
        world.pass(days: 6)
        #expect(!Self.inbox(world, "auditor.rob").contains("audit-review"))
        world.pass(days: 2)
        #expect(Self.inbox(world, "auditor.rob").contains("audit-review"))
        for name in ["lead.fib", "liaison.fib"] { #expect(!Self.inbox(world, name).contains("audit-review")) }
        #expect(world.work(as: "auditor.rob", "io.accord.AuditReview.Record", review).isDone)
        #expect(due().map { $0 > first.adding(days: 7) } == true)
        #expect(!Self.inbox(world, "auditor.rob").contains("audit-review"))
        try DecisionReplayTests.expectAgreement(world, "an audit review")
    }

    // MARK: The table, and the record

    @Test(arguments: [
        "use-of-force ROB", "nothing: ROB", "conduct:", "conduct: ROB, ROB", "conduct: r b",
        "conduct: ROB\nconduct: ROB",
    ])
    func `a routing table that is none is refused with its line`(_ text: String) {
        #expect(throws: EventFault.self) { try RoutingTable(parsing: text) }
    }

    @Test func `a complaint about the only body that there is goes nowhere by itself`() throws {
        var world = Self.world()
        world.routing = try RoutingTable(parsing: "default: STATE-IG")
        world.must(
            "admin.ops",
            .registerAgency(
                Agency(
                    id: id("STATE-IG"),
                    name: "n",
                    level: .state,
                    missions: [.oversight],
                    contact: "c",
                    keyRequired: false
                )
            )
        )
        let item = Self.complaint(&world, ["agency": "STATE-IG"])
        #expect(Self.step(&world, "auditor.rob", "Complaint.Route", item).code == "E-STATE")
    }

    @Test func `every step before oversight is recorded under a word that says nothing, and read back the same`() throws
    {
        for workflow in Workflows.docket {
            for step in workflow.steps {
                let facts = JSONObject(step.recorded.filter { !$0.isPart }.map { ($0.key, $0.sample) })
                let parts = JSONObject(step.recorded.filter(\.isPart).map { ($0.key, $0.sample) })
                let event = Event(
                    kind: "restricted",
                    caseID: .system,
                    agency: nil,
                    member: nil,
                    role: nil,
                    purpose: nil,
                    body: .docket(WorkEvent(kind: step.event, number: 1, facts: facts, parts: parts))
                )
                #expect(try event.reread().body == event.body, "\(step.event)")
                #expect(event.parts().count == 2, "as many as every line that is restricted")
                // Nothing that says what it is stands for it.
                if case .docket = try? event.reread(as: step.event).body { Issue.record("\(step.event)") }
            }
        }
    }

    @Test func `a snapshot keeps what stands before oversight`() throws {
        var world = Self.world()
        let item = Self.complaint(&world)
        Self.inspection(&world)
        #expect(Self.step(&world, "auditor.rob", "Complaint.Route", item).isDone)
        let read = try CaseworkState(decoding: world.state.encode())
        #expect(read.docket == world.state.docket)
        #expect(read.encode() == world.state.encode())
    }
}
