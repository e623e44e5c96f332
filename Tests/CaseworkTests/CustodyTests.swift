import Policy
import StrictJSON
import Testing

@testable import Casework

/// Custody inquiries of the case Birch (domain.md 2.7, 2.10, 4.3 rows 14 to 21).
@Suite("Custody")
struct CustodyTests {
    /// A moment of March 2031.
    private static func march(_ day: Int64, _ hour: Int64, _ minute: Int64 = 0) -> UTCTime {
        UTCTime(milliseconds: 1_930_262_400_000 + (day - 3) * 86_400_000 + hour * 3_600_000 + minute * 60_000)
    }

    /// Row 15: what FRO-MB asks about B-1 reached LCS-DET.
    private static func received(asks: String = "hold", instrument: String = "detainer") -> World {
        var world = World.birch()
        world.now = march(7, 20)
        world.receive(asks: asks, instrument: instrument)
        return world
    }

    /// Row 19: LCS-DET asks FRO-MB whether it takes custody of B-2, who would be released at 20:00.
    static func sent() -> World {
        var world = World.birch()
        world.now = march(7, 19)
        world.inquire(countsFrom: march(7, 20))
        return world
    }

    /// A request that is answered after person and counsel were told what will be done.
    static func answered(told intent: String, _ answer: String, _ instrument: String) -> World.Outcome {
        var world = received(instrument: instrument)
        world.tell(intent)
        return world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": .string(answer)])
    }

    private static func state(_ world: World, _ item: String = "K-1") -> String? {
        Workflows.item(item, in: world.file("Birch").work)?.state
    }

    // MARK: - Requests

    @Test func `a detainer is not complied with: both are told, and the person goes at the ordinary time`() {
        var world = Self.received()
        #expect(Self.state(world) == "received")
        world.now = Self.march(7, 20, 30)
        world.tell("not-complying")
        world.now = Self.march(7, 20, 35)
        let answered = world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "not-complying"])
        #expect(answered.event?.kind == "custody.answered" && answered.event?.purpose == .custodyCoordination)
        #expect(Self.state(world) == "not-complying")
        #expect(world.state.clocks.pending.allSatisfy { $0.item != "K-1" })
        world.now = Self.march(8, 1)
        #expect(world.custody(as: "liaison.lcs", "Release", ["item": "K-1"]).event?.kind == "custody.released")
        #expect(world.record.allSatisfy { !$0.event.kind.hasSuffix("_overdue") })
    }

    @Test func `complying takes that person and counsel were told of it, the person with a copy, and an instrument`() {
        func answer(_ world: World) -> String? {
            var world = world
            return world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "complying"]).code
        }
        var world = Self.received(instrument: "judicial-warrant")
        #expect(answer(world) == "E-NOTICE")
        world.tellPerson("complying", copy: false)
        world.tellCounsel("complying")
        #expect(answer(world) == "E-NOTICE")
        world.tellPerson("complying")
        #expect(answer(world) == nil)
        world.tellCounsel("not-complying")
        #expect(answer(world) == "E-NOTICE")
        #expect(Self.answered(told: "complying", "complying", "none").code == "E-INSTRUMENT")
        #expect(Self.answered(told: "complying", "complying", "detainer").isDone)
    }

    @Test func `what lapsed is not begun again on the same paper, and a court's warrant is another`() {
        var world = Self.received()
        world.now = Self.march(11, 20, 1)
        world.crossDueClocks()
        #expect(Self.state(world) == "lapsed")
        let again: JSONObject = ["from": "FRO-MB", "booking": "B-1", "asks": "hold", "instrument": "detainer"]
        #expect(world.custody(as: "liaison.lcs", "Receive", again).code == "E-STATE")
        #expect(world.custody(as: "liaison.lcs", "Receive", again.with([("booking", "B-7")])).isDone)
        #expect(world.custody(as: "liaison.lcs", "Receive", again.with([("instrument", "judicial-warrant")])).isDone)
        #expect(world.inquire().isDone)
        #expect(world.inquire().code == "E-STATE")
    }

    @Test func `a holder without a policy hands nobody to civil immigration enforcement on less than a court's word`() {
        let complying: JSONObject = ["item": "K-1", "answer": "complying"]
        for (agency, instrument, rule) in [
            ("FRO-MB", "detainer", "P17I"), ("FRO-MB", "administrative-warrant", "P17I"),
            ("FRO-MB", "judicial-warrant", nil), ("HCS-MAR", "detainer", nil),
        ] as [(String, String, String?)] {
            var world = World.birch(hasPolicy: false)
            world.receive(from: agency, instrument: instrument)
            world.tell("complying")
            #expect(world.custody(as: "liaison.lcs", "Answer", complying).rule == rule, "\(agency) \(instrument)")
        }
    }

    @Test func `a release date is told without an instrument, and never without notice`() {
        var world = Self.received(asks: "release-date", instrument: "none")
        let complying: JSONObject = ["item": "K-1", "answer": "complying"]
        #expect(world.custody(as: "liaison.lcs", "Answer", complying).code == "E-NOTICE")
        world.tell("complying")
        #expect(world.custody(as: "liaison.lcs", "Answer", complying).isDone)
        let transfer: JSONObject = ["item": "K-1", "authority": "judicial-warrant"]
        #expect(world.custody(as: "liaison.lcs", "Transfer", transfer).code == "E-STATE")
    }

    @Test func `person and counsel are told within 24 hours, or it is overdue once each`() {
        var world = Self.received()
        world.now = Self.march(8, 19, 59)
        #expect(world.cross("custody.") == [])
        world.tellPerson("not-complying")
        world.now = Self.march(8, 20, 1)
        #expect(world.cross("custody.") == ["custody.counsel_notice_overdue"])
        #expect(world.cross("custody.") == [])
        world.tellCounsel("not-complying")
        #expect(world.state.clocks.overdue.allSatisfy { $0.kind == .auditReview })
    }

    @Test func `what is complied with on a detainer still ends at the hour, and on a court's warrant does not`() {
        for (instrument, kinds) in [("detainer", ["custody.lapsed"]), ("judicial-warrant", [])] {
            var world = Self.received(instrument: instrument)
            world.tell("complying")
            world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "complying"])
            world.now = Self.march(11, 20, 1)
            #expect(world.cross("custody.") == kinds, "\(instrument)")
        }
    }

    @Test func `the agency that asks is shown nothing of its request, neither the notices nor the release`() {
        var world = Self.received()
        world.tell("not-complying")
        world.custody(as: "liaison.lcs", "Release", ["item": "K-1"])
        #expect(world.outside("io.accord.Work.List", [:]).code == "E-NOT-MEMBER")
        #expect(world.state.inbox(member("officer.fro"), now: world.now).isEmpty)
    }

    // MARK: - Inquiries

    @Test func `an inquiry that nobody answers lapses at the computed hour, by itself and once`() throws {
        var world = Self.sent()
        let item = try #require(Workflows.item("K-1", in: world.file("Birch").work))
        #expect(item.time("due_at") == Self.march(11, 20))
        world.now = UTCTime(milliseconds: Self.march(11, 20).milliseconds - 1)
        #expect(world.cross("custody.") == [])
        world.now = Self.march(11, 20)
        #expect(world.cross("custody.") == ["custody.lapsed"])
        #expect(world.cross("custody.") == [])
        #expect(Self.state(world) == "lapsed")
        #expect(world.state.clocks.overdue.allSatisfy { $0.kind == .auditReview })
        #expect(ClockKind.custodyAnswer.row.duty == "No authority recorded: request lapsed.")
        let inbox = world.state.inbox(member("liaison.lcs"), now: world.now)
        #expect(inbox.contains { $0.summary.hasPrefix("No authority recorded: request lapsed") })
        let late = world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "will-not"])
        #expect(late.code == "E-STATE")
    }

    @Test func `an inquiry is answered with a judicial warrant, and nobody is handed over untold`() {
        var world = Self.sent()
        world.now = Self.march(11, 19)
        var answer: JSONObject = ["item": "K-1", "answer": "will-take"]
        #expect(world.outside("io.accord.Custody.Answer", answer).code == "E-INSTRUMENT")
        answer["instrument"] = "judicial-warrant"
        #expect(world.outside("io.accord.Custody.Answer", answer).event?.role == .liaison)
        world.now = Self.march(11, 20)
        #expect(world.cross("custody.") == [])
        let transfer: JSONObject = ["item": "K-1", "authority": "judicial-warrant"]
        #expect(world.custody(as: "liaison.lcs", "Transfer", transfer).code == "E-NOTICE")
        world.tell("complying")
        let bare: JSONObject = ["item": "K-1", "authority": "none"]
        #expect(world.custody(as: "liaison.lcs", "Transfer", bare).code == "E-INSTRUMENT")
        world.now = Self.march(11, 21)
        let consular: JSONObject = ["item": "K-1", "offered": true, "requested": true, "mandatory": false]
        let notified = world.custody(as: "liaison.lcs", "NotifyConsulate", consular)
        #expect(notified.event?.kind == "custody.consular_notified")
        #expect(world.custody(as: "liaison.lcs", "Transfer", transfer).event?.kind == "custody.transferred")
    }

    @Test func `nothing that is said extends an inquiry`() {
        var world = Self.sent()
        #expect(world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "needs-instrument"]).isDone)
        #expect(world.state.clocks.clock(.custodyAnswer, world.file("Birch").id, "K-1")?.dueAt == Self.march(11, 20))
        let weak: JSONObject = ["item": "K-1", "answer": "will-take", "instrument": "detainer"]
        #expect(world.outside("io.accord.Custody.Answer", weak).isDone)
        #expect(world.state.clocks.clock(.custodyAnswer, world.file("Birch").id, "K-1")?.dueAt == Self.march(11, 20))
        world.now = Self.march(11, 20)
        #expect(world.cross("custody.") == ["custody.lapsed"])
        let transfer: JSONObject = ["item": "K-1", "authority": "detainer"]
        #expect(world.custody(as: "liaison.lcs", "Transfer", transfer).code == "E-STATE")
    }

    @Test func `the hours count from when the person would be released, and not from later than a day ahead`() {
        var world = World.birch()
        world.now = Self.march(7, 19)
        #expect(world.inquire(countsFrom: Self.march(8, 19, 1)).code == "E-INVALID")
        #expect(world.inquire(countsFrom: Self.march(5, 12)).code == "E-INVALID")
        #expect(world.inquire(countsFrom: nil).isDone)
        #expect(world.state.clocks.next?.dueAt.milliseconds ?? 0 < Self.march(11, 19, 1).milliseconds)
    }

    @Test(arguments: [
        ("within the week", march(3, 9), march(5, 9)), ("over a weekend", march(7, 20), march(11, 20)),
        ("begun on a Saturday", march(8, 13), march(12, 0)),
        ("begun on a Sunday at its end", march(9, 23, 59), march(12, 0)),
        ("to the end of a Friday", march(6, 0), march(8, 0)), ("over the end of the month", march(31, 8), march(33, 8)),
        ("over the end of the year", march(306, 12), march(308, 12)),
    ])
    func `48 hours are those of Mondays to Fridays`(_ name: String, _ from: UTCTime, _ due: UTCTime) {
        #expect(BusinessCalendar.none.adding(businessHours: 48, to: from) == due, "\(name)")
    }

    // MARK: - The holder's own policy

    private static func limited(_ lines: [String], needs conditions: [String] = []) -> World {
        var world = World.birch()
        let rules = lines.map { World.rule($0, for: ["FRO-MB"], needs: $0.hasPrefix("require") ? conditions : []) }
        world.adopt(id("LCS-DET"), "liaison.lcs", World.bundle(rules, id: "county-limits"))
        return world
    }

    @Test func `the holder's policy can ask for a court's warrant, and what it says is on the record with the answer`()
    {
        var world = Self.limited(["require custody-answer"], needs: ["judicial-warrant"])
        world.now = Self.march(7, 20)
        world.receive(instrument: "detainer")
        world.tell("complying")
        let refused = world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "complying"])
        #expect(refused.code == "E-INSTRUMENT")
        #expect(refused.refusal?.outward.citation.contains("City Code 7-2") ?? false)
        world.tell("not-complying")
        world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "not-complying"])
        let item = Workflows.item("K-1", in: world.file("Birch").work)
        #expect(item?.word("policy")?.contains("county-limits") ?? false)
        world.inquire()
        var answer: JSONObject = ["item": "K-2", "answer": "will-take", "instrument": "administrative-warrant"]
        #expect(world.outside("io.accord.Custody.Answer", answer).code == "E-INSTRUMENT")
        answer["instrument"] = "judicial-warrant"
        #expect(world.outside("io.accord.Custody.Answer", answer).isDone)
    }

    @Test func `the holder's policy can give fewer hours than 48, and never more; what ran before keeps its end`() {
        var world = World.birch()
        world.now = Self.march(5, 10)
        world.inquire()
        var bundle = World.bundle([World.rule("allow custody-answer")], id: "county-limits")
        bundle["custodyHours"] = 49
        #expect(world.act(as: "liaison.lcs", .jurisdiction(.propose(bundle))).code == "E-INVALID")
        bundle["custodyHours"] = 24
        world.adopt(id("LCS-DET"), "liaison.lcs", bundle)
        world.receive(instrument: "detainer")
        func due(_ item: String) -> UTCTime? {
            world.state.clocks.clock(.custodyAnswer, world.file("Birch").id, item)?.dueAt
        }
        #expect(due("K-1") == Self.march(7, 10))
        let item = Workflows.item("K-2", in: world.file("Birch").work)
        #expect(item?.facts["hours"] == 24 && due("K-2") == item?.openedAt.adding(hours: 24))
        world.now = Self.march(6, 11)
        #expect(world.crossDueClocks().contains("custody.lapsed") && Self.state(world, "K-2") == "lapsed")
        // What was lapsed by then is on record with the hours that counted.
        var replay = DecisionReplay()
        for line in DecisionReplayTests.lines(of: world) {
            if case .differs(let difference) = replay.take(line) { Issue.record("\(difference)") }
        }
    }

    @Test func `the holder's policy can ask for the person's consent, beyond the notices`() {
        var world = Self.limited(["require release-date"], needs: ["consent"])
        world.receive(asks: "release-date", instrument: "none")
        world.tell("complying")
        let complying: JSONObject = ["item": "K-1", "answer": "complying"]
        #expect(world.custody(as: "liaison.lcs", "Answer", complying).code == "E-NOTICE")
        world.tellPerson("complying", consent: true)
        #expect(world.custody(as: "liaison.lcs", "Answer", complying).isDone)
    }

    @Test func `no policy lets the holder comply untold or on nothing, and one can forbid that it asks at all`() {
        var world = Self.limited(["allow custody-answer"])
        world.receive(instrument: "none")
        let complying: JSONObject = ["item": "K-1", "answer": "complying"]
        #expect(world.custody(as: "liaison.lcs", "Answer", complying).code == "E-NOTICE")
        world.tell("complying")
        #expect(world.custody(as: "liaison.lcs", "Answer", complying).code == "E-INSTRUMENT")
        var closed = Self.limited(["deny custody-answer"])
        #expect(closed.inquire().rule == "P03J")
    }

    // MARK: - Who sees what

    @Test func `an agency that is only asked knows the case by its number, and its own item, and nothing else`() throws
    {
        var world = Self.sent()
        world.receive(instrument: "detainer")
        let file = world.file("Birch")
        #expect(!world.sees("officer.fro", "Birch"))
        #expect(world.state.visibleCases(member("officer.fro"), now: world.now).isEmpty)
        for name in ["Birch", "birch", "Bir"] {
            let guessed = world.work(as: "officer.fro", in: name, "io.accord.Work.Get", ["item": "K-1"])
            let absent = world.work(as: "officer.fro", in: "Nowhere", "io.accord.Work.Get", ["item": "K-1"])
            #expect(guessed.code == "E-NOT-MEMBER" && guessed.refusal?.outward == absent.refusal?.outward)
        }
        #expect(world.outside("io.accord.Work.Get", ["item": "K-1"]).isDone)
        let other = world.outside("io.accord.Work.Get", ["item": "K-2"])
        let absent = world.outside("io.accord.Work.Get", ["item": "K-9"])
        #expect(other.code == "E-NOT-FOUND" && other.refusal?.outward == absent.refusal?.outward)
        for method in ["io.accord.Case.Get", "io.accord.Entry.List", "io.accord.Custody.Withdraw"] {
            #expect(world.outside(method, ["item": "K-1"]).code == "E-NOT-MEMBER", "\(method)")
        }
        let shown = world.state.work(of: file, workflow: nil, for: member("officer.fro"), now: world.now)
        #expect(shown.map { $0["id"] } == ["K-1"])
        let text = String(decoding: try JSONValue.object(shown[0]).canonical(), as: UTF8.self)
        for word in ["Birch", "HCS-MAR", "SPO-OC", "8 USC", "position"] { #expect(!text.contains(word), "\(word)") }
        #expect(world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "will-not"]).isDone)
    }

    @Test func `the number of an item tells the agency that is asked nothing of how many there are`() throws {
        var world = World.birch()
        world.drawsSmall = false
        let items = try (0..<3).map { number in
            let event = try #require(world.inquire(booking: "B-\(number)").event)
            return try #require(event.item)
        }
        #expect(Set(items).count == 3 && items.allSatisfy { $0.utf8.count == 10 })
        #expect(items != items.sorted() || items != items.sorted().reversed())
        for item in items { #expect(world.outside("io.accord.Work.Get", ["item": .string(item)]).isDone) }
        for counted in ["K-1", "K-2", "K-3"] {
            #expect(world.outside("io.accord.Work.Get", ["item": .string(counted)]).code == "E-NOT-FOUND")
        }
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.encode() == world.state.encode() && again.cases == world.state.cases)
        var replay = DecisionReplay()
        let judged = DecisionReplayTests.lines(of: world).map { replay.take($0) }
        #expect(judged.allSatisfy { if case .differs = $0 { false } else { true } })
    }

    @Test func `what the holder does afterwards changes nothing of what the asked agency sees`() throws {
        var world = Self.sent()
        world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "will-not"])
        func seen() -> (shown: JSONObject, lines: [Int64])? {
            world.state.work("K-1", of: world.file("Birch"), for: member("officer.fro"), now: world.now)
                .map { ($0.shown, $0.lines) }
        }
        let before = try #require(seen())
        world.tell("not-complying")
        world.now = Self.march(12, 9)
        let consular: JSONObject = ["item": "K-1", "offered": true, "requested": false, "mandatory": false]
        world.custody(as: "liaison.lcs", "NotifyConsulate", consular)
        world.custody(as: "liaison.lcs", "Release", ["item": "K-1"])
        let after = try #require(seen())
        #expect(after.shown == before.shown && after.lines == before.lines)
        #expect(Self.state(world) == "released")
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.encode() == world.state.encode() && again.cases == world.state.cases)
        let late = world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "will-not"])
        #expect(late.refusal?.outward.message.contains("K-1 is will-not") == true)
    }

    @Test func `who leads the case, or is its counsel, sees no more of what his own agency is asked than it does`()
        throws
    {
        var world = World.birch()
        world.give("agent.hcs1", .legal)
        world.must("lead.hcs", .assignMember("Birch", member("agent.hcs1")))
        world.inquire(to: "HCS-MAR")
        func seen(_ name: String) throws -> (shown: JSONObject, lines: [Int64]) {
            let found = world.state.work("K-1", of: world.file("Birch"), for: member(name), now: world.now)
            return try #require(found.map { ($0.shown, $0.lines) })
        }
        let before = try ["lead.hcs", "agent.hcs1"].map { try seen($0) }
        world.tell("not-complying")
        for (name, before) in zip(["lead.hcs", "agent.hcs1"], before) {
            let after = try seen(name)
            #expect(after.shown == before.shown && after.lines == before.lines, "\(name)")
            #expect(world.steps(name) == ["custody.inquiry_sent"])
        }
        #expect(world.steps("counsel.dao").count == 3)
    }

    @Test func `of a request of his own agency nobody sees what the holder does, not even who leads the case`() throws {
        var world = World.birch()
        world.give("agent.hcs1", .legal)
        world.must("lead.hcs", .assignMember("Birch", member("agent.hcs1")))
        world.receive(from: "HCS-MAR", instrument: "detainer")
        for name in ["lead.hcs", "agent.hcs1", "liaison.hcs"] {
            #expect(world.custody(as: name, "Withdraw", ["item": "K-1"]).code == "E-NOT-FOUND", "\(name)")
            let shown = world.state.work(of: world.file("Birch"), workflow: nil, for: member(name), now: world.now)
            #expect(shown.isEmpty && world.steps(name).isEmpty, "\(name)")
            #expect(
                world.state.due(member(name), in: world.file("Birch").id, isOverdueOnly: false, now: world.now)
                    .allSatisfy { $0["item"] == nil }
            )
        }
        #expect(world.steps("counsel.dao") == ["custody.request_received"])
        // What is open is told all the same, and whose it is.
        let refused = world.act(as: "lead.hcs", .moveCase("Birch", .close, reason: "done"))
        #expect(refused.refusal?.outward.message == "Still open: work of LCS-DET that is not open to you.")
    }

    @Test func `the asked agency is not told how the case stands, and goes on while it is suspended`() {
        var world = Self.sent()
        world.must("lead.hcs", .moveCase("Birch", .suspend, reason: "r"))
        #expect(world.inquire(countsFrom: nil).code == "E-STATE")
        #expect(world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "will-not"]).isDone)
        #expect(world.custody(as: "liaison.lcs", "Release", ["item": "K-1"]).isDone)
    }

    @Test func `the parties, the lead and counsel see an inquiry, oversight that it is there, and nobody else`() {
        let world = Self.sent()
        func facts(_ name: String) -> Bool? {
            world.state.work("K-1", of: world.file("Birch"), for: member(name), now: world.now).map {
                $0.shown["facts"] != nil
            }
        }
        #expect(facts("liaison.lcs") == true && facts("lead.hcs") == true && facts("counsel.dao") == true)
        #expect(facts("officer.fro") == true && facts("auditor.rob") == false)
        #expect(facts("agent.spo1") == nil && facts("liaison.spo") == nil && facts("agent.tcp1") == nil)
    }

    @Test func `the asked agency answers an inquiry, a liaison of the holder a request, and nobody for the other`() {
        var world = Self.sent()
        let answer: JSONObject = ["item": "K-1", "answer": "will-not"]
        #expect(world.custody(as: "liaison.lcs", "Answer", answer).code == "E-ROLE")
        #expect(world.custody(as: "lead.hcs", "Answer", answer).code == "E-ROLE")
        #expect(world.outside("io.accord.Custody.Answer", ["item": "K-1", "answer": "complying"]).code == "E-INVALID")
        var other = Self.received()
        #expect(other.custody(as: "lead.hcs", "Answer", ["item": "K-1", "answer": "not-complying"]).code == "E-ROLE")
        #expect(other.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "will-not"]).code == "E-INVALID")
    }

    // MARK: - Purposes, fields, closing

    @Test func `custody is spoken of for custody coordination, and never for civil immigration enforcement`() {
        var world = Self.sent()
        let answer: JSONObject = ["item": "K-1", "answer": "will-not"]
        for purpose in ["CIV_IMM", "CRIM_INVEST", "OFFICER_SAFETY"] {
            let refused = world.outside("io.accord.Custody.Answer", answer, purpose: purpose)
            #expect(refused.code == "E-PURPOSE", "\(purpose)")
        }
        let release: JSONObject = ["item": "K-1"]
        #expect(world.custody(as: "liaison.lcs", "Withdraw", release, purpose: "CRIM_INVEST").code == "E-PURPOSE")
        #expect(world.outside("io.accord.Custody.Answer", answer, purpose: "CUSTODY_COORD").isDone)
    }

    @Test(arguments: [
        ("Juan", "E-INVALID"), ("B1", "E-INVALID"), ("b-1", "E-INVALID"), ("B-123456", "E-INVALID"),
        ("-1", "E-INVALID"),
        ("B-", "E-INVALID"), ("B-1 ", "E-INVALID"), ("A123456789", "E-REFUSED-FIELD"),
    ])
    func `a booking is a short pseudonym, which no name and no person's number fits`(_ text: String, _ code: String) {
        var world = World.birch()
        #expect(world.inquire(booking: text).code == code)
    }

    @Test func `no field takes a name, a nationality or a status`() throws {
        let workflow = Workflow.custody
        for field in workflow.steps.flatMap(\.fields) {
            switch field.form {
            case .text, .name, .objects, .member: Issue.record("\(field.name) is free")
            default: break
            }
        }
        var world = Self.received()
        var notice: JSONObject = [
            "item": "K-1", "personIntent": "not-complying", "copyGiven": true, "language": "spanish-of-somewhere",
            "formVersion": "3",
        ]
        #expect(world.custody(as: "liaison.lcs", "NotifyPerson", notice).code == "E-INVALID")
        notice["language"] = "es"
        notice["formVersion"] = "Juan"
        #expect(world.custody(as: "liaison.lcs", "NotifyPerson", notice).code == "E-INVALID")
    }

    @Test func `an inquiry or an untold request keeps the case open, until it ends or both are told`() {
        func closes(_ world: World) -> String? {
            var world = world
            return world.act(as: "lead.hcs", .moveCase("Birch", .close, reason: "done")).code
        }
        var world = Self.sent()
        #expect(closes(world) == "E-OPEN-DUTY")
        world.now = Self.march(11, 20)
        _ = world.crossDueClocks()
        #expect(closes(world) == nil)
        world = Self.received()
        world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "not-complying"])
        #expect(closes(world) == "E-OPEN-DUTY")
        world.tell("not-complying")
        #expect(closes(world) == nil)
    }

    @Test func `who is to be handed over keeps the case open until he was, or was released`() {
        func closes(_ world: World) -> String? {
            var world = world
            return world.act(as: "lead.hcs", .moveCase("Birch", .close, reason: "done")).code
        }
        var world = Self.sent()
        let answer: JSONObject = ["item": "K-1", "answer": "will-take", "instrument": "judicial-warrant"]
        #expect(world.outside("io.accord.Custody.Answer", answer).isDone)
        #expect(closes(world) == "E-OPEN-DUTY")
        var released = world
        #expect(released.custody(as: "liaison.lcs", "Release", ["item": "K-1"]).isDone)
        #expect(closes(released) == nil)
        world.tell("complying")
        #expect(world.custody(as: "liaison.lcs", "Transfer", ["item": "K-1", "authority": "judicial-warrant"]).isDone)
        #expect(closes(world) == nil)
        world = Self.received(asks: "release-date", instrument: "none")
        world.tell("complying")
        #expect(world.custody(as: "liaison.lcs", "Answer", ["item": "K-1", "answer": "complying"]).isDone)
        #expect(closes(world) == nil)
    }
}

extension World {
    /// Birch of domain.md 4.3, with the sheriff who holds people and whose policy lets him answer, and FRO-MB outside.
    static func birch(hasPolicy: Bool = true) -> World {
        var world = World()
        var sheriff = world.agency("HCS-MAR")
        sheriff.id = id("LCS-DET")
        sheriff.level = .county
        sheriff.missions = [.custody]
        world.must("admin.ops", .registerAgency(sheriff))
        world.enrol("liaison.lcs", id("LCS-DET"))
        world.give("liaison.lcs", .liaison)
        let parties = ["HCS-MAR", "SPO-OC", "LCS-DET", "DAO-SV", "ROB"].map { id($0) }
        world.agree("MOU-31-03", parties, purposes, designee: id("SPO-OC"), ends: world.now.adding(days: 303))
        world.must("lead.hcs", .draftCase(proposal("Birch", .smuggling, agreement: "MOU-31-03")))
        world.must("lead.hcs", .moveCase("Birch", .propose, reason: nil))
        world.must("liaison.spo", .moveCase("Birch", .approve, reason: nil))
        let joining: [(String, CooperationMode, String, String?)] = [
            ("LCS-DET", .information, "liaison.lcs", nil), ("SPO-OC", .participation, "liaison.spo", "agent.spo1"),
            ("DAO-SV", .participation, "liaison.dao", "counsel.dao"),
        ]
        for (agency, mode, liaison, assigned) in joining {
            world.must("lead.hcs", .inviteAgency("Birch", id(agency), mode, nil))
            world.must(liaison, .joinCase("Birch", conditions: nil))
            if let assigned { world.must(liaison, .assignMember("Birch", member(assigned))) }
        }
        if hasPolicy {
            let rules = [World.rule("allow custody-answer"), World.rule("allow release-date")]
            world.adopt(id("LCS-DET"), "liaison.lcs", World.bundle(rules, id: "county-answers"))
        }
        return world
    }

    @discardableResult
    mutating func custody(
        as name: String,
        _ method: String,
        _ parameters: JSONObject,
        purpose: String? = nil
    ) -> Outcome {
        work(as: name, in: "Birch", "io.accord.Custody.\(method)", parameters, purpose: purpose)
    }

    /// By an agency that is not in Birch, and knows its number.
    @discardableResult
    mutating func outside(_ method: String, _ parameters: JSONObject, purpose: String? = nil) -> Outcome {
        work(as: "officer.fro", in: file("Birch").number, method, parameters, purpose: purpose)
    }

    @discardableResult
    mutating func inquire(to agency: String = "FRO-MB", booking: String = "B-2", countsFrom: UTCTime? = nil) -> Outcome
    {
        var inquiry: JSONObject = [
            "to": .string(agency), "booking": .string(booking), "reason": "judicial-warrant-known", "inCustody": true,
            "offence": "smuggling",
        ]
        inquiry["countsFrom"] = countsFrom.map { .integer($0.milliseconds * 1_000) }
        return custody(as: "liaison.lcs", "Inquire", inquiry)
    }

    /// The steps of custody that an export of Birch holds with what they say.
    mutating func steps(_ name: String) -> [String] {
        guard let member = state.members[member(name)] else { return [] }
        var scope = PartsScope(state.standing(of: member, in: file("Birch"), now), in: file("Birch"), of: state)
        return record.map(\.event).filter { $0.kind.hasPrefix("custody.") && scope.visibility(of: $0) == .content }.map(
            \.kind
        )
    }

    mutating func receive(from agency: String = "FRO-MB", asks: String = "hold", instrument: String) {
        custody(
            as: "liaison.lcs",
            "Receive",
            ["from": .string(agency), "booking": "B-1", "asks": .string(asks), "instrument": .string(instrument)]
        )
    }

    mutating func tell(_ intent: String) {
        tellPerson(intent)
        tellCounsel(intent)
    }

    mutating func tellPerson(_ intent: String, copy: Bool = true, consent: Bool = false) {
        custody(
            as: "liaison.lcs",
            "NotifyPerson",
            [
                "item": "K-1", "personIntent": .string(intent), "copyGiven": .bool(copy), "language": "es",
                "formVersion": "2031-01", "consentGiven": .bool(consent),
            ]
        )
    }

    mutating func tellCounsel(_ intent: String) {
        custody(
            as: "liaison.lcs",
            "NotifyCounsel",
            ["item": "K-1", "counselIntent": .string(intent), "recipient": "attorney"]
        )
    }
}
