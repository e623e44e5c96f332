import Policy
import StrictJSON
import Testing

@testable import Casework

/// Operation plans (domain.md 2.7, 2.9, 6.6): what is proposed, who agrees, and what must be there before anything starts.
struct OperationTests {
    // MARK: What is proposed

    @Test func `a plan names authorities, sites, a window, agencies and purposes, and the state keeps no site`() {
        var world = World.planned()
        let item = world.plan
        #expect(item.state == "proposed" && item.id == "OP-1" && item.plan.revision == 1)
        #expect(item.plan.agencies == [id("MPD-VT"), id("SPO-OC")])
        #expect(item.plan.authorities.map(\.kind) == ["judicial-warrant"])
        // Where it is stands in a part of its own, and is shown to nobody from the state.
        #expect(!"\(world.shown("lead.fib") ?? [:])".contains("0.1000"))
        let recorded = world.record.last { $0.event.kind == "op.proposed" }
        #expect(recorded?.event.parts().map(\.name) == ["details", "sites"])
        let seen = world.step("lead.fib", "io.accord.Work.Get", [:])
        #expect(seen.isDone)
    }

    private static let mistakes: [(String, String, @Sendable (inout JSONObject, World) -> Void)] = [
        (
            "a window that ends before it begins", "E-INVALID",
            { plan, _ in plan["endsAt"] = plan["startsAt"] }
        ),
        (
            "a window that is over", "E-INVALID",
            { plan, world in
                plan["startsAt"] = world.wire(hours: -4)
                plan["endsAt"] = world.wire(hours: -1)
                plan["exigent"] = true
                plan["exigency"] = "Too late."
            }
        ),
        ("a window of more than fourteen days", "E-INVALID", { $0["endsAt"] = $1.wire(hours: 28 + 14 * 24) }),
        ("a start in less than two hours", "E-LATE-DECON", { $0["startsAt"] = $1.wire(hours: 1) }),
        ("an agency that has not joined", "E-STATE", { plan, _ in plan["agencies"] = ["TCP-NAR"] }),
        ("an agency that is there for information", "E-STATE", { plan, _ in plan["agencies"] = ["LSD-WH"] }),
        ("a purpose that no agreement has", "E-PURPOSE", { plan, _ in plan["purposes"] = ["REGULATORY"] }),
        ("civil immigration enforcement", "E-PURPOSE", { plan, _ in plan["purposes"] = ["CRIM_INVEST", "CIV_IMM"] }),
        ("no purpose", "E-INVALID", { plan, _ in plan["purposes"] = [] }),
        (
            "a warrant of no court", "E-INVALID",
            { plan, world in
                plan["authorities"] = [["kind": "judicial-warrant", "expiresAt": world.wire(hours: 99)]]
            }
        ),
        (
            "a warrant without an end", "E-INVALID",
            { plan, _ in
                plan["authorities"] = [["kind": "judicial-warrant", "court": "Superior Court"]]
            }
        ),
        (
            "a place that is none", "E-INVALID",
            { plan, _ in
                plan["sites"] = [["label": "Car wash", "point": "91.0,0.1", "radius": 800]]
            }
        ),
        ("exigency without a reason", "E-INVALID", { plan, _ in plan["exigent"] = true }),
        ("a reason without exigency", "E-INVALID", { plan, _ in plan["exigency"] = "Soon." }),
    ]

    @Test(arguments: mistakes.map(\.0)) func `a plan is refused for what it cannot be`(name: String) throws {
        let (_, code, change) = try #require(Self.mistakes.first { $0.0 == name })
        var world = World.ready()
        var plan = world.proposal
        change(&plan, world)
        #expect(world.step("lead.fib", "Propose", plan).code == code)
        #expect(world.step("lead.fib", "Propose", world.proposal).isDone)
    }

    @Test func `contributors who write to OPS propose, with their own agency among those that answer`() {
        var world = World.ready()
        #expect(world.step("inspector.lsd", "Propose", world.proposal).code == "E-ROLE")
        #expect(world.step("analyst.fib", "Propose", world.proposal).code == "E-ROLE")
        var plan = world.proposal
        plan["agencies"] = ["SPO-OC"]
        #expect(world.step("agent.mpd1", "Propose", plan).code == "E-INVALID")
        #expect(world.step("agent.mpd1", "Propose", world.proposal).isDone)
        #expect(world.step("agent.fib1", "Propose", plan).event?.item == "OP-2")
    }

    @Test func `what cannot wait is proposed as exigent, with its reason`() {
        var world = World.ready()
        var plan = world.proposal
        plan["startsAt"] = world.wire(hours: 1)
        plan["exigent"] = true
        plan["exigency"] = "The vessel berths in an hour."
        #expect(world.step("lead.fib", "Propose", plan).isDone)
        #expect(world.plan.plan.isExigent)
    }

    @Test func `an exigent plan waits for the declaration, and for who approves it, and not for deconfliction`() {
        var world = World.ready()
        var plan = world.proposal
        plan["startsAt"] = world.wire(hours: 1)
        plan["exigent"] = true
        plan["exigency"] = "The vessel berths in an hour."
        #expect(world.step("lead.fib", "Propose", plan).isDone)
        world.approveAll()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).rule == "P16")
        let declared = DeconflictionAct.declareExigent(
            caseName: "Alder",
            operation: "OP-1",
            reason: "The vessel berths in an hour.",
            approver: member("liaison.spo")
        )
        world.must("lead.fib", .deconfliction(declared))
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
    }

    @Test func `that it cannot wait excuses nothing that can still be submitted in time`() {
        var world = World.ready()
        var plan = world.proposal
        plan["exigent"] = true
        plan["exigency"] = "No time."
        #expect(world.step("lead.fib", "Propose", plan).isDone)
        world.approveAll()
        let declared = DeconflictionAct.declareExigent(
            caseName: "Alder",
            operation: "OP-1",
            reason: "No time.",
            approver: member("liaison.spo")
        )
        world.must("lead.fib", .deconfliction(declared))
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).rule == "P15")
        world.now = World.at(hours: 25)
        world.crossDueClocks()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
    }

    @Test func `whom nobody answers goes on by a commander's concurrence, and not by his own word alone`() throws {
        var world = World.planned()
        _ = world.submit("agent.tcp1", World.plan(from: 26, until: 30))
        world.deconflict()
        world.approveAll()
        let name = try #require(world.inbox("lead.fib").first { $0.kind == "decon-conflict" }?.item)
        world.now = World.at(hours: 26.5)
        world.crossDueClocks()
        let ask = { (world: World) in
            var world = world
            return world.step("lead.fib", "AskAuthorisation", [:]).rule
        }
        #expect(ask(world) == "P15")
        world.must("lead.fib", .deconfliction(.resolve(name, .proceed, note: nil)))
        #expect(ask(world) == "P15")
        let declared = DeconflictionAct.declareExigent(
            caseName: "Alder",
            operation: "OP-1",
            reason: "They answer no call.",
            approver: member("liaison.spo")
        )
        world.must("lead.fib", .deconfliction(declared))
        #expect(ask(world) == nil)
        #expect(world.inbox("agent.tcp1").contains { $0.item == name })
    }

    @Test func `a plan that is submitted to deconfliction is not awaited there any more, until it is amended`() {
        var world = World.planned()
        func isAwaited() -> Bool { world.state.clocks.pending.contains { $0.kind == .operationDeconfliction } }
        #expect(isAwaited())
        let due = world.state.clocks.pending.first { $0.kind == .operationDeconfliction }
        #expect(due.map { world.state.parties(of: $0) } == [id("FIB-MB")])
        world.now = World.at(hours: 1)
        let elsewhere = world.submit("lead.fib", World.plan(["0.9,0.9"], case: "Alder", operation: "OP-1")).name
        #expect(isAwaited())
        world.must("lead.fib", World.cancel(elsewhere))
        let places = ["0.1000,0.1000", "0.1200,0.1000"]
        let whole = World.plan(places, from: 27, until: 31, case: "Alder", operation: "OP-1")
        let own = world.submit("lead.fib", whole).name
        #expect(!isAwaited())
        world.must("lead.fib", World.cancel(own))
        #expect(isAwaited())
    }

    @Test func `an agency whose own policy denies it is not listed, and the lead is told by which rule`() {
        var world = World.ready()
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny participation OFFICER_SAFETY")]))
        let refused = world.step("lead.fib", "Propose", world.proposal)
        #expect(refused.code == "E-PURPOSE" && refused.rule == "P03J")
        #expect(refused.refusal?.outward.message.hasPrefix("MPD-VT: ") ?? false)
        #expect(refused.refusal?.outward.citation != RuleTable.row("P03J").citation)
        var plan = world.proposal
        plan["purposes"] = ["CRIM_INVEST"]
        #expect(world.step("lead.fib", "Propose", plan).isDone)
    }

    @Test func `a policy that comes into force meanwhile holds the authorisation up`() {
        var world = World.planned()
        world.approveAll()
        world.deconflict()
        world.adopt(id("SPO-OC"), "liaison.spo", World.bundle([World.rule("deny participation CRIM_INVEST")]))
        let refused = world.step("lead.fib", "AskAuthorisation", [:])
        #expect(refused.rule == "P03J" && world.missing.count == 1)
    }

    // MARK: Who sees it

    @Test
    func `who reads OPS sees a plan, victim services nothing before they are advised, and oversight that it is there`()
    {
        var world = World.planned()
        func sees(_ name: String) -> Bool { world.step(name, "io.accord.Work.Get", [:]).isDone }
        #expect(sees("lead.fib") && sees("agent.fib1") && sees("agent.mpd1") && sees("liaison.mpd"))
        #expect(sees("agent.spo1") && sees("counsel.dao") && sees("auditor.rob"))
        #expect(!sees("inspector.lsd") && !sees("analyst.fib") && !sees("advocate.sps") && !sees("agent.tcp1"))
        #expect(!sees("admin.ops") && !sees("officer.fro"))
        let header = world.shown("auditor.rob")
        #expect(header?["state"] == "proposed" && header?["facts"] == nil && header?["missing"] == nil)
    }

    @Test func `an agency that left the case sees its plans no more`() {
        var world = World.planned()
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "Other work."))
        #expect(world.step("liaison.mpd", "io.accord.Work.Get", [:]).code == "E-NOT-MEMBER")
        #expect(world.missing.contains("MPD-VT is not in the case any more."))
    }

    // MARK: Answers

    @Test func `each agency answers for itself, through its liaison, and of the revision that he read`() {
        var world = World.planned()
        #expect(world.step("agent.mpd1", "Approve", ["revision": 1]).code == "E-ROLE")
        #expect(world.step("liaison.lsd", "Approve", ["revision": 1]).code == "E-NOT-FOUND")
        #expect(world.step("lead.fib", "Approve", ["revision": 1]).code == "E-ROLE")
        #expect(world.step("liaison.mpd", "Approve", ["revision": 2]).code == "E-STALE")
        #expect(world.step("liaison.mpd", "Approve", ["revision": 1]).isDone)
        #expect(world.plan.state == "in-review")
        #expect(world.plan.plan.answer(of: id("MPD-VT"))?.decision == .approved)
        #expect(world.plan.plan.answer(of: id("SPO-OC")) == nil)
    }

    @Test func `nobody approves or reviews what he proposed`() {
        var world = World.ready()
        world.give("agent.mpd1", .liaison)
        #expect(world.step("agent.mpd1", "Propose", world.proposal).isDone)
        #expect(world.step("agent.mpd1", "Approve", ["revision": 1]).code == "E-SOD")
        #expect(world.step("liaison.mpd", "Approve", ["revision": 1]).isDone)
    }

    @Test func `nobody approves, reviews, signs off or authorises what he amended, however many amended it since`() {
        var world = World.planned(protectedLocation: true)
        world.give("agent.fib1", .liaison)
        #expect(world.step("agent.fib1", "Amend", ["endsAt": world.wire(hours: 30), "reason": "Shorter."]).isDone)
        #expect(world.step("lead.fib", "Amend", ["endsAt": world.wire(hours: 29), "reason": "Shorter."]).isDone)
        #expect(world.plan.plan.authors.map(\.member) == ["agent.fib1", "lead.fib"])
        #expect(world.step("agent.fib1", "SignOffLocation", ["revision": 3]).code == "E-SOD")
        #expect(!world.asks("agent.fib1").contains { $0.hasPrefix("accord op sign-off") })
        #expect(world.asks("liaison.fib").contains { $0.hasPrefix("accord op sign-off") })
        world.approveAll()
        world.deconflict()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
        #expect(world.step("agent.fib1", "Authorise", ["revision": 3]).code == "E-SOD")
        #expect(world.asks("agent.fib1").isEmpty && !world.asks("liaison.fib").isEmpty)
        #expect(world.step("liaison.fib", "Authorise", ["revision": 3]).isDone)
    }

    @Test func `a liaison who amended the plan of his own agency leaves its answer to a colleague`() {
        var world = World.ready()
        world.give("agent.mpd1", .liaison)
        #expect(world.step("agent.mpd1", "Propose", world.proposal).isDone)
        #expect(world.step("liaison.mpd", "Amend", ["endsAt": world.wire(hours: 30), "reason": "Shorter."]).isDone)
        #expect(world.step("liaison.mpd", "Approve", ["revision": 2]).code == "E-SOD")
        #expect(world.step("agent.mpd1", "Approve", ["revision": 2]).code == "E-SOD")
        #expect(world.asks("liaison.mpd").isEmpty)
        world.enrol("second.mpd", id("MPD-VT"))
        world.give("second.mpd", .liaison)
        #expect(world.step("second.mpd", "Approve", ["revision": 2]).isDone)
    }

    @Test func `an amendment voids every answer, the review and the sign-off, and asks all of them anew`() {
        var world = World.planned(protectedLocation: true)
        world.approveAll()
        #expect(world.missing == ["It was not submitted to deconfliction."])
        #expect(world.step("lead.fib", "Amend", ["purposes": ["CRIM_INVEST"], "reason": "Fewer purposes."]).isDone)
        #expect(world.plan.state == "in-review" && world.plan.plan.revision == 2)
        #expect(
            world.missing == [
                "MPD-VT has not answered.", "SPO-OC has not answered.", "Counsel has not reviewed it.",
                "A supervisor has not signed off the protected location.", "It was not submitted to deconfliction.",
            ]
        )
        let answers = world.asks("liaison.mpd").first?.split(separator: "\n").map(String.init) ?? []
        #expect(answers.first == "accord op approve \(world.number) OP-1 --revision 2" && answers.count == 3)
        #expect(answers.last == "accord op decline \(world.number) OP-1 --reason WHY")
        #expect(world.asks("counsel.dao") == ["accord op review \(world.number) OP-1 --revision 2 --verdict VERDICT"])
        #expect(world.step("liaison.mpd", "Approve", ["revision": 1]).code == "E-STALE")
        #expect(world.step("liaison.mpd", "Approve", ["revision": 2]).isDone)
    }

    @Test func `an amendment that says nothing is none`() {
        var world = World.planned()
        #expect(world.step("lead.fib", "Amend", ["reason": "Nothing."]).code == "E-INVALID")
        #expect(world.step("agent.spo1", "Amend", ["agencies": ["SPO-OC"], "reason": "Mine."]).code == "E-ROLE")
    }

    @Test func `an agency declines at any time before the start, also what was authorised`() {
        var world = World.authorised()
        #expect(world.plan.state == "authorised")
        #expect(world.step("liaison.mpd", "Decline", ["reason": "No officers free."]).isDone)
        #expect(world.plan.state == "in-review")
        #expect(world.missing == ["MPD-VT declined."])
    }

    // MARK: Terms

    @Test func `terms against civil immigration hold by rule, and other terms once the lead took note of them`() {
        var world = World.planned()
        world.approveAll(but: "MPD-VT")
        #expect(
            world.step("liaison.mpd", "SetConditions", ["revision": 1, "terms": ["no-civil-immigration"]]).isDone
        )
        #expect(world.missing == ["It was not submitted to deconfliction."])
        #expect(world.step("liaison.mpd", "SetConditions", ["revision": 1, "terms": ["other"]]).code == "E-INVALID")
        let terms: JSONObject = [
            "revision": 1, "terms": ["no-civil-immigration", "other"], "text": "Our own interpreter.",
        ]
        #expect(world.step("liaison.mpd", "SetConditions", terms).isDone)
        #expect(world.missing.first == "MPD-VT set terms: the lead has not taken note of its terms.")
        #expect(world.asks("lead.fib") == ["accord op show \(world.number) OP-1"])
        #expect(world.step("lead.fib", "AcceptTerms", ["agency": "SPO-OC"]).code == "E-STATE")
        #expect(world.step("agent.fib1", "AcceptTerms", ["agency": "MPD-VT"]).code == "E-ROLE")
        #expect(world.step("lead.fib", "AcceptTerms", ["agency": "MPD-VT"]).isDone)
        #expect(world.missing == ["It was not submitted to deconfliction."])
    }

    @Test func `terms against civil immigration fail where such an agency or purpose is in the plan`() {
        var world = World.planned()
        var facts = world.plan.facts
        facts["purposes"] = ["CRIM_INVEST", "CIV_IMM"]
        facts["agencies"] = ["MPD-VT", "FRO-MB"]
        let plan = OperationPlan(facts: facts)
        _ = world.step("liaison.mpd", "SetConditions", ["revision": 1, "terms": ["no-civil-immigration"]])
        let answer = world.plan.plan.answer(of: id("MPD-VT"))
        #expect(
            answer.map { plan.unmet($0, lead: id("FIB-MB"), world.state.agencies) } == [
                "the purposes hold CIV_IMM", "FRO-MB takes part",
            ]
        )
    }

    // MARK: Review

    @Test func `counsel clears no plan whose warrant ends before it does, and an objection holds it up`() {
        var world = World.ready()
        var plan = world.proposal
        plan["authorities"] = [
            ["kind": "judicial-warrant", "court": "Superior Court", "expiresAt": world.wire(hours: 26)]
        ]
        #expect(world.step("lead.fib", "Propose", plan).isDone)
        let cleared: JSONObject = ["revision": 1, "verdict": "cleared"]
        #expect(world.step("counsel.dao", "Review", cleared).code == "E-AUTHORITY-EXPIRED")
        #expect(world.missing.contains { $0.hasPrefix("The judicial-warrant of Superior Court ends on ") })
        #expect(world.step("counsel.dao", "Review", ["revision": 1, "verdict": "objected"]).code == "E-INVALID")
        let objection: JSONObject = ["revision": 1, "verdict": "objected", "text": "The warrant ends too early."]
        #expect(world.step("counsel.dao", "Review", objection).isDone)
        #expect(world.missing.contains("Counsel objects."))
        let longer: JSONObject = ["authorities": world.proposal["authorities"] ?? [], "reason": "A new warrant."]
        #expect(world.step("lead.fib", "Amend", longer).isDone)
        #expect(world.step("lead.fib", "Review", ["revision": 2, "verdict": "cleared"]).code == "E-ROLE")
        #expect(world.step("counsel.dao", "Review", ["revision": 2, "verdict": "cleared"]).isDone)
    }

    // MARK: Victims

    @Test(arguments: ["nothing", "started", "completed", "aborted", "cancelled"])
    func `victim services take note of an advisory, and are not told by it what became of the plan`(since: String) {
        var world = World.authorised()
        #expect(world.step("lead.fib", "AdviseVictimServices", world.advisory).isDone)
        world.now = world.now.adding(hours: 27)
        switch since {
        case "cancelled": #expect(world.step("lead.fib", "Cancel", ["reason": "Off."]).isDone)
        case "nothing": break
        default:
            #expect(world.step("lead.fib", "Start", [:]).isDone)
            if since == "completed" { #expect(world.step("lead.fib", "Complete", [:]).isDone) }
            if since == "aborted" { #expect(world.step("lead.fib", "Abort", ["reason": "Empty."]).isDone) }
        }
        #expect(world.asks("advocate.sps") == ["accord op ack \(world.number) OP-1"])
        #expect(world.step("advocate.sps", "AcknowledgeAdvisory", [:]).isDone)
        #expect(world.asks("advocate.sps").isEmpty)
    }

    @Test
    func `victim services are told a window of days, how many, genders, languages and minors, and see nothing else`()
        throws
    {
        var world = World.planned()
        #expect(world.asks("advocate.sps").isEmpty)
        var advisory = world.advisory
        #expect(world.step("lead.fib", "AdviseVictimServices", advisory).isDone)
        #expect(world.asks("advocate.sps") == ["accord op ack \(world.number) OP-1"])
        let shown = try #require(world.shown("advocate.sps"))
        #expect(
            Set(shown["facts"]?.object?.keys ?? [])
                == ["windowStart", "windowEnd", "people", "genders", "languages", "minorsLikely"]
        )
        #expect(shown["state"] == "shown in part" && shown["dueAt"] == nil && shown["missing"] == nil)
        #expect(world.kinds("advocate.sps") == ["op.victim_services_advised"])
        #expect(world.step("advocate.sps", "AcknowledgeAdvisory", [:]).isDone)
        #expect(world.asks("advocate.sps").isEmpty)
        #expect(world.step("advocate.sps", "Approve", ["revision": 1]).code == "E-ROLE")
        #expect(world.exported("advocate.sps") == ["op.victim_services_advised"])
        #expect(world.exported("agent.fib1").count == 4)
        advisory["place"] = "Car wash"
        #expect(world.step("lead.fib", "AdviseVictimServices", advisory).isDone)
        #expect(!"\(world.record.map { $0.event.parts().map(\.value) })".contains("place"))
    }

    private static let exact: [(String, @Sendable (inout JSONObject, World) -> Void)] = [
        ("a window that begins at an hour", { $0["windowStart"] = $1.wire(hours: 20) }),
        (
            "a window of an hour",
            { advisory, _ in advisory["windowEnd"] = advisory["windowStart"] }
        ),
        (
            "a window without the operation",
            { plan, world in
                plan["windowStart"] = world.midnight(days: 3)
                plan["windowEnd"] = world.midnight(days: 5)
            }
        ),
        ("a language in words", { advisory, _ in advisory["languages"] = ["the Spanish of the car wash"] }),
        ("a gender in words", { advisory, _ in advisory["genders"] = ["women at site 2"] }),
    ]

    @Test(arguments: exact.map(\.0)) func `an advisory says no hour and no place`(name: String) throws {
        let change = try #require(Self.exact.first { $0.0 == name }?.1)
        var world = World.planned()
        var advisory = world.advisory
        change(&advisory, world)
        #expect(world.step("lead.fib", "AdviseVictimServices", advisory).code == "E-INVALID")
    }

    // MARK: Authorisation

    @Test func `the lead asks once nothing is missing, and the refusal names all that is`() {
        var world = World.planned()
        let refused = world.step("lead.fib", "AskAuthorisation", [:])
        #expect(refused.code == "E-APPROVAL-MISSING")
        for words in [
            "MPD-VT has not answered.", "Counsel has not reviewed it.", "It was not submitted to deconfliction.",
        ] {
            #expect(refused.refusal?.outward.message.contains(words) ?? false)
        }
        world.approveAll()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).code == "E-DECON-MISSING")
        world.deconflict()
        #expect(world.step("agent.fib1", "AskAuthorisation", [:]).code == "E-ROLE")
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
    }

    @Test func `what was compared after the plan was amended counts, also where the clock stands still`() throws {
        // As after a step back: the record's time waits until the clock has come to it again.
        var world = World.answered()
        let still = world.now
        func submitted() -> String {
            world.state.deconfliction.events.values.filter { $0.terms.operation == "OP-1" }.map(\.name).min() ?? ""
        }
        #expect(world.missing.isEmpty)
        world.now = still
        #expect(world.step("lead.fib", "Amend", ["purposes": ["CRIM_INVEST"], "reason": "r"]).isDone)
        #expect(world.missing.contains("It was changed since it was submitted to deconfliction."))
        world.now = still
        world.must("lead.fib", World.amend(submitted(), PlaceAndTime(tolerance: 5)))
        #expect(!world.missing.contains { $0.contains("deconfliction") })
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.encode() == world.state.encode())
    }

    @Test func `who is against a plan is told to its lead, and what came of it to those who take part`() {
        func against(_ world: World) -> [String] { world.asksOrTells("lead.fib") }
        var world = World.answered()
        #expect(against(world).isEmpty)
        #expect(world.step("liaison.mpd", "Decline", ["reason": "Our people are elsewhere."]).isDone)
        #expect(against(world) == ["OP-1 cannot go on as it is: MPD-VT declined."])
        let objection: JSONObject = ["revision": 1, "verdict": "objected", "text": "Another court's."]
        #expect(world.step("counsel.dao", "Review", objection).isDone)
        #expect(against(world) == ["OP-1 cannot go on as it is: MPD-VT declined. Counsel objects."])
        #expect(world.step("lead.fib", "Amend", ["purposes": ["CRIM_INVEST"], "reason": "r"]).isDone)
        #expect(against(world).isEmpty)

        world = World.asked()
        #expect(world.step("liaison.spo", "SendBack", ["reason": "A team is missing."]).isDone)
        #expect(against(world) == ["OP-1 cannot go on as it is: It was sent back."])

        world = World.authorised()
        let isOn = "OP-1 (operation plan) of FIB-MB is authorised."
        for name in ["lead.fib", "liaison.mpd", "liaison.spo"] {
            #expect(world.asksOrTells(name) == [isOn], "\(name)")
        }
        #expect(world.asksOrTells("agent.mpd1").isEmpty && world.asksOrTells("advocate.sps").allSatisfy { $0 != isOn })
        world.must("liaison.mpd", .acknowledgeNotice("Alder", "OP-1"))
        #expect(world.asksOrTells("liaison.mpd").isEmpty && world.asksOrTells("liaison.spo") == [isOn])
        #expect(world.step("lead.fib", "Cancel", ["reason": "The source was wrong."]).isDone)
        #expect(world.asksOrTells("liaison.mpd") == ["OP-1 (operation plan) of FIB-MB is cancelled."])
        #expect(world.asksOrTells("lead.fib").isEmpty)
    }

    @Test func `an agency that agreed and is left out afterwards is told that it takes no part any more`() {
        var world = World.answered()
        #expect(world.step("lead.fib", "Amend", ["agencies": ["SPO-OC"], "reason": "Enough people."]).isDone)
        let told = "OP-1 was amended: your agency, which agreed to it, takes no part in it any more."
        #expect(world.asksOrTells("liaison.mpd") == [told])
        #expect(!world.asksOrTells("liaison.spo").contains(told) && world.shown("liaison.mpd") == nil)
        #expect(world.step("lead.fib", "Cancel", ["reason": "r"]).isDone)
        #expect(world.asksOrTells("liaison.mpd").isEmpty)
    }

    @Test func `whose law denies it to take part says no all the same, and the lead is told what holds a plan up`() {
        var world = World.authorised()
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny participation")]))
        #expect(world.asksOrTells("lead.fib").contains { $0.hasPrefix("OP-1 cannot go on as it is: MPD-VT: ") })
        #expect(world.step("liaison.mpd", "Approve", ["revision": 1]).rule == "P03J")
        let send: JSONObject = ["to": "MPD-VT", "need": "Was it stopped?", "urgency": "normal"]
        #expect(world.work(as: "agent.fib1", "io.accord.Request.Send", send).isDone)
        let answer: JSONObject = ["item": "Q-1", "text": "It was.", "handling": "H0"]
        #expect(world.work(as: "agent.mpd1", "io.accord.Request.Answer", answer).rule == "P03J")
        let refuse: JSONObject = ["item": "Q-1", "reason": "legal-prohibition"]
        #expect(world.work(as: "liaison.mpd", "io.accord.Request.Refuse", refuse).isDone)
        #expect(world.step("liaison.mpd", "Decline", ["reason": "Our law."]).isDone)
        #expect(world.asksOrTells("lead.fib").contains { $0.hasPrefix("OP-1 cannot go on as it is: MPD-VT declined.") })
    }

    @Test func `deconfliction of an earlier revision does not count for the plan as it is`() {
        var world = World.asked()
        #expect(world.step("lead.fib", "Amend", ["endsAt": world.wire(hours: 30), "reason": "Shorter."]).isDone)
        world.approveAll()
        #expect(world.missing == ["It was changed since it was submitted to deconfliction."])
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).code == "E-DECON-MISSING")
    }

    @Test func `an entry in another system is recorded with the plan, and takes the place of nothing here`() {
        var world = World.planned()
        world.approveAll()
        let reference: JSONObject = ["externalDeconRef": "RISSafe 4711"]
        #expect(world.step("lead.fib", "AskAuthorisation", reference).code == "E-DECON-MISSING")
        world.deconflict()
        #expect(world.step("lead.fib", "AskAuthorisation", reference).isDone)
        #expect(world.plan.facts["external_decon_ref"] == "RISSafe 4711")
    }

    @Test(arguments: ["Cancel", "Complete"])
    func `what was submitted for an operation that is off or over meets nothing, and whom it met is told`(
        how: String
    )
        throws
    {
        var world = World.asked()
        _ = world.step("liaison.spo", "Authorise", ["revision": 1])
        let submitted = try #require(world.state.deconfliction.active(in: world.file("Alder").id).events.first).name
        if how == "Complete" {
            world.now = World.at(hours: 28)
            world.crossDueClocks()
            #expect(world.step("lead.fib", "Start", [:]).isDone)
        }
        let met = world.submit("agent.tcp1", World.plan(from: 30.5, until: 33)).found
        let conflict = try #require(met.first).word("conflict")
        #expect(world.step("lead.fib", how, how == "Cancel" ? ["reason": "Off."] : [:]).isDone)
        let state = how == "Cancel" ? "cancelled" : "completed"
        #expect(world.shown(submitted, to: "lead.fib")?.word("state") == state)
        #expect(world.shown(conflict, to: "agent.tcp1")?.word("state") == "withdrawn")
        let later = world.submit("agent.tcp1", World.plan(from: 31.5, until: 34)).found
        #expect(later.allSatisfy { $0.word("agency") == "TCP-NAR" })
    }

    @Test func `that no civil component takes part is held against the agency that leads, too`() {
        var world = World.planned()
        var leading = world.agency("FIB-MB")
        leading.missions = [.criminal, .civilImmigration]
        world.must("admin.ops", .updateAgency(leading))
        world.approveAll(but: "MPD-VT")
        let terms: JSONObject = ["revision": 1, "terms": ["no-civil-immigration"]]
        #expect(world.step("liaison.mpd", "SetConditions", terms).isDone)
        world.deconflict()
        let refused = world.step("lead.fib", "AskAuthorisation", [:])
        #expect(refused.code == "E-APPROVAL-MISSING")
        #expect(refused.refusal?.outward.message.contains("FIB-MB takes part") ?? false)
    }

    @Test func `whoever takes a submission back is told of the same conflict when he submits again`() throws {
        var world = World.planned()
        world.approveAll()
        _ = world.submit("agent.tcp1", World.plan(from: 26, until: 30))
        world.deconflict()
        #expect(world.missing.contains { $0.hasPrefix("Not resolved: X-") })
        let submitted = try #require(world.state.deconfliction.active(in: world.file("Alder").id).events.first)
        world.must("lead.fib", World.cancel(submitted.name))
        #expect(world.missing == ["It was not submitted to deconfliction."])
        world.deconflict()
        #expect(world.missing.contains { $0.hasPrefix("Not resolved: X-") })
    }

    @Test func `a second person authorises: not who asked, not who proposed, and not as another revision`() {
        var world = World.asked()
        #expect(world.asks("liaison.spo") == [world.decision])
        #expect(world.step("lead.fib", "Authorise", ["revision": 1]).code == "E-ROLE")
        #expect(world.step("liaison.mpd", "Authorise", ["revision": 1]).code == "E-ROLE")
        #expect(world.step("liaison.spo", "Authorise", ["revision": 2]).code == "E-STALE")
        #expect(world.step("liaison.spo", "Authorise", ["revision": 1]).isDone)
        #expect(world.plan.state == "authorised")
    }

    @Test func `the second person sees and authorises a plan in which his agency takes no part`() {
        var world = World.ready()
        var plan = world.proposal
        plan["agencies"] = ["MPD-VT"]
        #expect(world.step("lead.fib", "Propose", plan).isDone)
        world.approveAll(but: "SPO-OC")
        world.deconflict()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
        #expect(world.asks("liaison.spo") == [world.decision])
        #expect(world.step("liaison.spo", "Authorise", ["revision": 1]).isDone)
    }

    @Test func `whoever asked does not authorise, though he is a liaison, too`() {
        var world = World.ready()
        world.give("lead.fib", .liaison)
        #expect(world.step("agent.fib1", "Propose", world.proposal).isDone)
        world.approveAll()
        world.deconflict()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
        #expect(world.step("lead.fib", "Authorise", ["revision": 1]).code == "E-SOD")
        #expect(world.step("liaison.spo", "Authorise", ["revision": 1]).isDone)
    }

    @Test func `what was authorised and amended since does not start`() {
        var world = World.authorised()
        #expect(world.step("lead.fib", "Amend", ["endsAt": world.wire(hours: 32), "reason": "Longer."]).isDone)
        world.now = world.now.adding(hours: 27)
        #expect(world.step("lead.fib", "Start", [:]).code == "E-STATE")
    }

    @Test func `a protected location is signed off by a supervisor who did not propose it`() {
        var world = World.planned(protectedLocation: true)
        #expect(world.missing.contains("A supervisor has not signed off the protected location."))
        #expect(world.step("lead.fib", "SignOffLocation", ["revision": 1]).code == "E-ROLE")
        #expect(
            world.asks("liaison.fib").first?.hasPrefix("accord op sign-off \(world.number) OP-1 --revision 1\n")
                ?? false
        )
        #expect(world.step("liaison.fib", "SignOffLocation", ["revision": 1]).isDone)
        #expect(!world.missing.contains("A supervisor has not signed off the protected location."))
    }

    // MARK: Afterwards

    @Test func `an operation starts within its window, and ends completed or aborted`() {
        var world = World.authorised()
        #expect(world.step("lead.fib", "Start", [:]).code == "E-STATE")
        world.now = world.now.adding(hours: 27)
        #expect(world.step("lead.fib", "Start", [:]).isDone)
        #expect(
            world.step("lead.fib", "Amend", ["endsAt": world.wire(hours: 9), "reason": "Longer."]).code == "E-STATE"
        )
        #expect(world.step("lead.fib", "Cancel", ["reason": "Off."]).code == "E-STATE")
        #expect(world.step("lead.fib", "Complete", [:]).isDone)
        #expect(world.plan.state == "completed")
    }

    @Test func `an export holds where a plan will be, and once it is over counsel's alone does`() {
        var world = World.authorised()
        world.now = world.now.adding(hours: 27)
        #expect(world.step("lead.fib", "Start", [:]).isDone)
        #expect(world.exported("lead.fib").contains("op.proposed"))
        #expect(world.step("lead.fib", "Complete", [:]).isDone)
        #expect(!world.exported("lead.fib").contains("op.proposed"))
        #expect(world.exported("lead.fib").contains("op.agency_approved"), "what else was said of it stays")
        #expect(world.exported("counsel.dao").contains("op.proposed"))
    }

    @Test func `arrests are counted in all and for immigration enforcement, and the case stays open until they are`() {
        var world = World.authorised()
        world.now = world.now.adding(hours: 27)
        #expect(world.step("lead.fib", "CountArrests", ["total": 3, "forImmigrationEnforcement": 0]).code == "E-STATE")
        _ = world.step("lead.fib", "Start", [:])
        _ = world.step("lead.fib", "Complete", [:])
        #expect(world.asks("lead.fib") == ["accord op arrests \(world.number) OP-1 --total N --immigration N"])
        let refused = world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done"))
        #expect(
            refused.refusal?.outward.message == "Still open: OP-1 (operation plan, completed, arrests not counted)."
        )
        #expect(
            world.step("lead.fib", "CountArrests", ["total": 3, "forImmigrationEnforcement": 4]).code == "E-INVALID"
        )
        #expect(world.step("lead.fib", "CountArrests", ["total": 3, "forImmigrationEnforcement": 0]).isDone)
        #expect(world.step("lead.fib", "RecordAfterAction", ["text": "Interpreters were late."]).isDone)
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done")).isDone)
    }

    @Test func `other safeguards than were recorded are another revision, and void what was decided on the first`() {
        for begin in [World.asked, World.authorised] {
            var world = begin()
            #expect(world.step("lead.fib", "RecordSafeguards", World.safeguards(false)).isDone)
            #expect(world.plan.plan.revision == 1 && world.plan.state != "in-review")
            var less = World.safeguards(false)
            less["children"] = "not-needed"
            #expect(world.step("agent.fib1", "RecordSafeguards", less).isDone)
            #expect(world.plan.plan.revision == 2 && world.plan.state == "in-review")
            #expect(world.step("liaison.spo", "Authorise", ["revision": 1]).code == "E-STATE")
            #expect(world.step("lead.fib", "AskAuthorisation", [:]).code == "E-APPROVAL-MISSING")
            #expect(world.step("liaison.mpd", "Approve", ["revision": 1]).code == "E-STALE")
            world.approveAll()
            // Where and when it is stayed as it was deconflicted.
            #expect(world.step("lead.fib", "AskAuthorisation", [:]).isDone)
        }
    }

    @Test func `an amendment of whatever kind is deconflicted anew`() {
        var world = World.planned()
        let sites = ["0.1000,0.1000", "0.1200,0.1000"]
        _ = world.submit("lead.fib", World.plan(sites, from: 27, until: 31, case: "Alder", operation: "OP-1"))
        #expect(!world.missing.contains { $0.contains("deconfliction") })
        #expect(world.step("lead.fib", "Amend", ["purposes": ["CRIM_INVEST"], "reason": "r"]).isDone)
        world.approveAll()
        #expect(world.step("lead.fib", "AskAuthorisation", [:]).code == "E-DECON-MISSING")
    }

    @Test func `two hours before the window a plan is overdue for deconfliction, once, unless it was authorised`() {
        var world = World.planned()
        world.now = world.now.adding(hours: 25)
        #expect(world.crossDueClocks() == ["op.deconfliction_overdue"])
        #expect(world.crossDueClocks() == [])
        var other = World.authorised()
        other.now = other.now.adding(hours: 25)
        #expect(other.crossDueClocks() == [])
    }
}

// MARK: - A world with a plan

extension World {
    /// Alder with everybody whom a plan needs.
    static func ready() -> World {
        var world = World.joined()
        world.must("lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil))
        world.enrol("liaison.sps", id("SPS"))
        world.give("liaison.sps", .liaison)
        world.must("liaison.sps", .joinCase("Alder", conditions: nil))
        world.must("liaison.sps", .assignMember("Alder", member("advocate.sps")))
        return world
    }

    static func planned(protectedLocation: Bool = false) -> World {
        var world = ready()
        _ = world.step("lead.fib", "Propose", world.proposal)
        _ = world.step("lead.fib", "RecordSafeguards", safeguards(protectedLocation))
        return world
    }

    /// A plan of which nothing is missing.
    static func answered() -> World {
        var world = planned()
        world.approveAll()
        world.deconflict()
        return world
    }

    static func asked() -> World {
        var world = answered()
        _ = world.step("lead.fib", "AskAuthorisation", [:])
        return world
    }

    static func authorised() -> World {
        var world = asked()
        _ = world.step("liaison.spo", "Authorise", ["revision": 1])
        return world
    }

    var plan: WorkItem {
        guard let item = file("Alder").work["op", 1] else { fatalError("no plan") }
        return item
    }

    var number: String { file("Alder").number }

    /// Microseconds of so many hours from the beginning, so that a plan is the same however many steps were taken.
    func wire(hours: Int64) -> JSONValue { .integer(Self.start.adding(hours: hours).milliseconds * 1_000) }

    /// 00:00 of a day, so many days from the first.
    func midnight(days: Int64) -> JSONValue {
        .integer((Self.start.milliseconds / 86_400_000 + days) * 86_400_000_000)
    }

    /// The plan of row 16: the day after, from 12:00 to 16:00.
    var proposal: JSONObject {
        [
            "purposes": ["CRIM_INVEST", "OFFICER_SAFETY"],
            "authorities": [
                ["kind": "judicial-warrant", "court": "Superior Court", "expiresAt": wire(hours: 28 * 24)]
            ],
            "sites": [
                ["label": "Car wash", "point": "0.1000,0.1000", "radius": 800],
                ["label": "Hotel", "point": "0.1200,0.1000", "radius": 800],
            ],
            "startsAt": wire(hours: 27), "endsAt": wire(hours: 31), "agencies": ["MPD-VT", "SPO-OC"],
        ]
    }

    static func safeguards(_ protectedLocation: Bool) -> JSONObject {
        [
            "children": "planned", "languageAccess": "planned", "counselAccess": "planned", "medical": "not-needed",
            "protectedLocation": .bool(protectedLocation),
        ]
    }

    /// That of row 21: two days, about twelve people.
    var advisory: JSONObject {
        [
            "windowStart": midnight(days: 0), "windowEnd": midnight(days: 2), "people": 12, "genders": ["female"],
            "languages": ["es", "th"], "minorsLikely": true,
        ]
    }

    /// A step of the plan OP-1, or a reading of it.
    @discardableResult
    mutating func step(_ name: String, _ method: String, _ parameters: JSONObject) -> Outcome {
        var parameters = parameters
        if method != "Propose" { parameters["item"] = "OP-1" }
        return work(as: name, method.hasPrefix("io.") ? method : "io.accord.Operation.\(method)", parameters)
    }

    /// Each agency approves the plan as it is, counsel clears it, safeguards are there and signed off.
    mutating func approveAll(but agency: String = "") {
        let revision: JSONObject = ["revision": .integer(plan.plan.revision)]
        if agency != "MPD-VT" { _ = step("liaison.mpd", "Approve", revision) }
        if agency != "SPO-OC" { _ = step("liaison.spo", "Approve", revision) }
        _ = step("counsel.dao", "Review", ["revision": .integer(plan.plan.revision), "verdict": "cleared"])
        if !plan.plan.hasSafeguards { _ = step("lead.fib", "RecordSafeguards", Self.safeguards(false)) }
        if plan.plan.isProtectedLocation { _ = step("liaison.fib", "SignOffLocation", revision) }
    }

    /// All places of the plan, for its hours as they are now; what was submitted for it before is taken back.
    mutating func deconflict() {
        for event in state.deconfliction.active(in: file("Alder").id).events where event.terms.operation == "OP-1" {
            must("lead.fib", World.cancel(event.name))
        }
        let points = (plan.facts["sites"]?.array ?? []).compactMap { $0.object?["point"]?.string }
        let proposal = EventProposal(
            caseName: "Alder",
            terms: EventTerms(
                work: .searchWarrant,
                contact: "",
                operation: "OP-1",
                externalRef: nil,
                namesAgency: true
            ),
            place: PlaceAndTime(
                points: points,
                radius: 800,
                start: plan.plan.startsAt,
                end: plan.plan.endsAt,
                buffer: 60,
                tolerance: 0
            ),
            exigency: nil
        )
        must("lead.fib", .deconfliction(.submitEvent(proposal)))
    }

    /// The plan as a member is shown it.
    func shown(_ name: String) -> JSONObject? {
        state.work("OP-1", of: file("Alder"), for: member(name), now: now)?.shown
    }

    /// What is missing, as the lead is shown it.
    var missing: [String] { (shown("lead.fib")?["missing"]?.array ?? []).compactMap(\.string) }

    /// The kinds of its steps that a member is shown.
    func kinds(_ name: String) -> [String] {
        guard let found = state.work("OP-1", of: file("Alder"), for: member(name), now: now) else { return [] }
        let events = record.filter { $0.event.item == "OP-1" && $0.event.kind.hasPrefix("op.") }
        return events.map(\.event.kind).filter { found.kinds?.contains($0) ?? true }
    }

    /// Both that a second person may say.
    var decision: String {
        "accord op authorise \(number) OP-1 --revision 1\naccord op send-back \(number) OP-1 --reason WHY"
    }

    /// What a member's inbox says about the plan.
    func asksOrTells(_ name: String) -> [String] {
        state.inbox(member(name), now: now).filter { $0.item == "OP-1" }.map(\.summary)
    }

    /// The commands that wait for a member about the plan.
    func asks(_ name: String) -> [String] {
        state.inbox(member(name), now: now).filter { $0.item == "OP-1" }.map(\.command)
    }

    /// The steps that an export holds with what they say.
    func exported(_ name: String) -> [String] {
        guard let member = state.members[member(name)] else { return [] }
        var scope = PartsScope(state.standing(of: member, in: file("Alder"), now), in: file("Alder"), of: state)
        return record.map(\.event).filter { $0.kind.hasPrefix("op.") && scope.visibility(of: $0) == .content }.map(
            \.kind
        )
    }
}
