import Deconfliction
import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework

/// Planned events through the gate: the vectors of domain.md 4.5, each rule, and what each side sees.
@Suite("Event deconfliction")
struct EventDeconflictionTests {
    private static let origin = "0.1000,0.1000"

    /// Places, allowance, and whether it is a conflict.
    private static let vectors: [(String, String, Int64, Bool)] = [
        (origin, "0.1045,0.1000", 0, true), (origin, "0.1500,0.1000", 0, false), (origin, "0.1000,0.1144", 0, false),
        (origin, "0.1000,0.1143893", 0, false), (origin, "0.1000,0.1143893", 25, true),
        ("0.05,179.9990", "0.05,-179.9990", 0, true),
    ]

    @Test(arguments: vectors)
    func `the published vectors of places decide as published`(one: String, other: String, allowed: Int64, meets: Bool)
    {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan([one], tolerance: allowed))
        let (_, found) = world.submit("lead.fib", World.plan([other]))
        #expect(found.count == (meets ? 1 : 0))
        #expect(world.stream("TCP-NAR").contains("decon.notified") == meets)
    }

    @Test func `windows are half-open, and buffers count on both sides`() {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan(from: 20, until: 24, buffer: 0))
        #expect(world.submit("lead.fib", World.plan(from: 24, until: 28, buffer: 0)).found.isEmpty)
        world = World.joined()
        _ = world.submit("agent.tcp1", World.plan(from: 20, until: 24))
        #expect(world.submit("lead.fib", World.plan(from: 25.5, until: 28)).found.count == 1)
    }

    @Test func `two agencies of one case are linked for information, and nothing is to be resolved`() throws {
        var world = World.joined()
        _ = world.submit("agent.mpd1", World.plan(case: "Alder"))
        let found = world.submit("lead.fib", World.plan(case: "Alder", operation: "OP-1")).found
        let link = try #require(found.first)
        #expect(found.count == 1 && link.word("kind") == "link" && link.word("agency") == "MPD-VT")
        #expect(link["contactBy"] == nil && link["severity"] == nil)
        let conflict = link.word("conflict")
        #expect(world.act(as: "lead.fib", .deconfliction(.resolve(conflict, .joint, note: nil))).code == "E-STATE")
        #expect(world.clearance() == .fresh)
        #expect(world.inbox("agent.mpd1").map(\.kind) == ["decon-link"])
        world.must("agent.mpd1", .deconfliction(.acknowledge(conflict)))
        #expect(world.inbox("agent.mpd1").isEmpty)
    }

    @Test func `an agency that left the case knows nothing of the others: its plans are in conflict with theirs`()
        throws
    {
        var world = World.joined()
        let theirs = world.submit("agent.mpd1", World.plan(case: "Alder")).name
        let found = world.submit("lead.fib", World.plan(case: "Alder", operation: "OP-1")).found
        let link = try #require(found.first)
        world.must("lead.fib", .deconfliction(.acknowledge(link.word("conflict"))))
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "r"))
        // What was a link is to be resolved now, by both.
        for member in ["lead.fib", "liaison.mpd"] {
            let shown = try #require(world.shown(link.word("conflict"), to: member))
            #expect(shown.word("kind") == "event" && shown.word("state") == "notified" && shown["contactBy"] != nil)
            #expect(world.inbox(member).contains { $0.item == link.word("conflict") && $0.kind == "decon-conflict" })
        }
        #expect(world.contacts.count == 2)
        #expect(world.clearance() == .conflictOpen([link.word("conflict")]))
        // And so is what is submitted afterwards.
        let later = world.submit("agent.spo1", World.plan(case: "Alder")).found
        #expect(later.map { $0.word("kind") }.sorted() == ["event", "link"])
        world.must("liaison.mpd", World.amend(theirs, PlaceAndTime(points: ["0.2,0.2"])))
        #expect(world.shown(link.word("conflict"), to: "lead.fib")?.word("state") == "withdrawn")
    }

    @Test func `an agency whose agreement has ended is told of as another, too`() throws {
        var world = World.opened()
        let parties = [id("FIB-MB"), id("MPD-VT")]
        world.agree("MOU-31-04", parties, World.purposes, designee: nil, ends: world.now.adding(days: 90))
        world.must("lead.fib", .inviteAgency("Alder", id("MPD-VT"), .participation, mou("MOU-31-04")))
        world.must("liaison.mpd", .joinCase("Alder", conditions: nil))
        world.must("liaison.mpd", .assignMember("Alder", member("agent.mpd1")))
        _ = world.submit("agent.mpd1", World.plan(case: "Alder"))
        let first = try #require(world.submit("lead.fib", World.plan(case: "Alder", operation: "OP-1")).found.first)
        #expect(first.word("kind") == "link" && world.contacts.isEmpty)
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-04"), reason: "r"))
        // What was a link is a conflict from then on, and once for each pair.
        let link = first.word("conflict")
        #expect(world.shown(link, to: "lead.fib")?.word("kind") == "event" && world.contacts.count == 2)
        #expect(world.clearance() == .conflictOpen([link]))
        #expect(world.stream("MPD-VT").last == "decon.hit_found")
        let found = try #require(world.submit("lead.fib", World.plan(case: "Alder")).found.first)
        #expect(found.word("kind") == "event")
    }

    @Test func `an agreement that runs out parts those whom it joined in a case, and each pair is told once`() throws {
        var world = World.opened()
        let parties = ["FIB-MB", "MPD-VT", "SPO-OC"].map { id($0) }
        let ends = world.now.adding(hours: 20)
        world.agree("MOU-31-04", parties, World.purposes, designee: nil, ends: ends)
        for (agency, liaison) in [("MPD-VT", "liaison.mpd"), ("SPO-OC", "liaison.spo")] {
            world.must("lead.fib", .inviteAgency("Alder", id(agency), .participation, mou("MOU-31-04")))
            world.must(liaison, .joinCase("Alder", conditions: nil))
            world.must(liaison, .assignMember("Alder", member("agent.\(liaison.dropFirst(8))1")))
        }
        for name in ["agent.mpd1", "agent.spo1"] { _ = world.submit(name, World.plan(case: "Alder")) }
        let links = world.submit("lead.fib", World.plan(case: "Alder")).found
        #expect(links.map { $0.word("kind") } == ["link", "link"] && world.contacts.isEmpty)
        let before = world.record.count
        world.now = ends
        #expect(world.crossDueClocks().contains("agreement.expired"))
        // Three pairs, and two sides of each.
        #expect(world.record.dropFirst(before).filter { $0.event.kind.hasPrefix("decon.") }.count == 6)
        #expect(world.contacts.count == 6)
        for link in links {
            #expect(world.shown(link.word("conflict"), to: "lead.fib")?.word("state") == "notified")
        }
    }

    @Test func `what is cancelled meets nothing, and what others were told of it is withdrawn`() throws {
        var world = World.joined()
        let first = world.submit("agent.tcp1", World.plan())
        let second = world.submit("lead.fib", World.plan())
        let conflict = try #require(second.found.first).word("conflict")
        #expect(world.inbox("lead.fib").count == 1)
        world.must("agent.tcp1", World.cancel(first.name))
        #expect(world.inbox("lead.fib").isEmpty && world.inbox("agent.tcp1").isEmpty)
        #expect(world.shown(conflict, to: "lead.fib")?.word("state") == "withdrawn")
        #expect(world.stream("FIB-MB").suffix(1) == ["decon.notice_withdrawn"])
        #expect(world.contacts.isEmpty)
        #expect(world.submit("agent.hcs1", World.plan()).found.count == 1)
    }

    @Test func `both sides are told, acknowledge, and resolve; both streams say so`() throws {
        var world = World.joined()
        let first = world.submit("agent.tcp1", World.plan(contact: "TCP narcotics desk"))
        let second = world.submit("lead.fib", World.plan(["0.1045,0.1000"], case: "Alder"))
        let finding = try #require(second.found.first)
        let conflict = finding.word("conflict")
        #expect(finding.word("agency") == "TCP-NAR" && finding.word("contact") == "TCP narcotics desk")
        #expect(finding.word("severity") == "same-place" && first.found.isEmpty)
        #expect(world.inbox("agent.tcp1").map(\.command) == ["accord decon ack \(conflict)"])
        world.must("agent.tcp1", .deconfliction(.acknowledge(conflict)))
        #expect(world.shown(conflict, to: "lead.fib")?.word("state") == "notified")
        world.must("agent.fib1", .deconfliction(.acknowledge(conflict)))
        #expect(world.shown(conflict, to: "agent.tcp1")?.word("state") == "acknowledged")
        #expect(world.act(as: "lead.fib", .deconfliction(.acknowledge(conflict))).code == "E-STATE")
        // One does not act jointly alone.
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        world.must("lead.fib", .deconfliction(.resolve(conflict, .joint, note: nil)))
        #expect(world.shown(conflict, to: "lead.fib")?.word("state") == "acknowledged")
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .joint, note: "spoke")))
        for name in ["lead.fib", "agent.tcp1"] {
            let shown = try #require(world.shown(conflict, to: name))
            #expect(shown.word("state") == "resolved" && shown.word("otherOutcome") == "joint")
        }
        let told = ["decon.acknowledged", "decon.acknowledged", "decon.resolved", "decon.resolved", "decon.resolved"]
        #expect(world.stream("FIB-MB") == ["decon.event_submitted", "decon.hit_found"] + told)
        #expect(world.stream("TCP-NAR") == ["decon.event_submitted", "decon.notified"] + told)
        #expect(world.act(as: "lead.fib", .deconfliction(.resolve(conflict, .joint, note: nil))).code == "E-STATE")
        #expect(world.inbox("lead.fib").isEmpty && world.contacts.isEmpty)
    }

    @Test func `a note stays with who wrote it`() throws {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        let conflict = try #require(world.submit("lead.fib", World.plan()).found.first).word("conflict")
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: "nightjar")))
        let lines = world.record.map(\.event).filter { $0.caseID == .deconfliction(of: id("FIB-MB")) }
        #expect(!lines.contains { event in event.parts().contains { $0.value == "nightjar" } })
    }

    @Test func `two cases of one agency are told of each other, too`() {
        var world = World.joined()
        _ = world.submit("agent.fib1", World.plan(case: "Alder"))
        #expect(world.submit("lead.fib", World.plan()).found.count == 1)
        #expect(world.submit("lead.fib", World.plan(case: "Alder")).found.count == 1)
    }

    @Test func `an agency that is not to be named is called through the watch desk, and so is the other`() throws {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan(contact: "TCP desk", namesAgency: false))
        let finding = try #require(world.submit("lead.fib", World.plan(contact: "FIB desk")).found.first)
        #expect(finding["agency"] == nil && finding.word("contact") == "watch desk, OPS control desk")
        let shown = try #require(world.shown(finding.word("conflict"), to: "agent.tcp1"))
        #expect(shown["agency"] == nil && shown.word("contact") == "watch desk, OPS control desk")
    }

    @Test func `no agreement, no name`() throws {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-02"), reason: "r"))
        let finding = try #require(world.submit("lead.fib", World.plan()).found.first)
        #expect(finding["agency"] == nil && finding.word("contact") == "watch desk, OPS control desk")
        #expect(world.act(as: "agent.tcp1", World.plan()).code == "E-AGREEMENT-EXPIRED")
    }

    // MARK: Nobody searches

    /// The search by halving that reads off an edge in a dozen steps: each step follows from the answer before.
    @Test
    func `P21E: who moves his own plan in and out of another's reach learns four bits a day, and oversight is shown`()
        throws
    {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan(["0.1234,0.1000"], from: 48, until: 52))
        let own = world.submit("agent.mpd1", World.plan(["0.1234,0.1000"], from: 48, until: 52))
        #expect(own.found.count == 1)
        func move(_ digits: Int) -> Act {
            World.amend(own.name, PlaceAndTime(points: ["0.\(digits),0.1000"], radius: 1))
        }
        var (low, high, steps) = (1_234, 1_434, 0)
        while world.act(as: "agent.mpd1", move((low + high) / 2)).isDone, steps < 20 {
            steps += 1
            let isMet = world.shown(own.name, to: "agent.mpd1")?.words("conflicts").contains { name in
                world.shown(name, to: "agent.mpd1")?.word("state") == "notified"
            }
            if isMet ?? false { low = (low + high) / 2 } else { high = (low + high) / 2 }
        }
        #expect(high - low > 5, "\(steps)")
        let refused = world.act(as: "agent.mpd1", move(1_234))
        #expect(refused.code == "E-RATE" && refused.rule == "P21E" && refused.refusal?.isAlert ?? false)
        #expect(world.record.last?.event.kind == "decon.query_denied")
        #expect(world.inbox("auditor.rob").contains { $0.item?.hasPrefix("P21E/agent.mpd1/") ?? false })
        #expect(world.inbox("liaison.mpd").contains { $0.item?.hasPrefix("P21E/agent.mpd1/") ?? false })
        // To begin anew is the same search; what cannot wait goes on by a commander's word, and a snapshot forgets nothing.
        #expect(world.act(as: "agent.mpd1", World.plan(["0.1300,0.1000"], from: 48, until: 52)).rule == "P21E")
        let kept = try CaseworkState(decoding: world.state.encode())
        let asked = world.command(as: "agent.mpd1", move(1_300))
        #expect(kept.decide(asked).refusal?.recordedRule == "P21E")
        let declared = world.must(
            "agent.mpd1",
            .deconfliction(.declareExigent(caseName: nil, operation: nil, reason: "r", approver: member("liaison.mpd")))
        )
        world.must("agent.mpd1", World.amend(own.name, PlaceAndTime(radius: 700), exigency: declared.item))
        #expect(world.act(as: "liaison.mpd", World.plan(["0.1300,0.1000"], from: 48, until: 52)).isDone)
        world.must("agent.mpd1", World.cancel(own.name))
        world.now = World.at(hours: 25)
        #expect(world.act(as: "agent.mpd1", World.plan(["0.1300,0.1000"], from: 48, until: 52)).isDone)
    }

    @Test func `P21E: colleagues who take turns learn no more together than one of them`() throws {
        var world = World.joined()
        for name in ["agent.mpd2", "agent.mpd3"] {
            world.enrol(name, id("MPD-VT"))
            world.give(name, .contributor)
        }
        _ = world.submit("agent.tcp1", World.plan(["0.1234,0.1000"], from: 48, until: 52))
        let near = PlaceAndTime(points: ["0.1234,0.1000"])
        let far = PlaceAndTime(points: ["0.1834,0.1000"])
        let first = world.submit("agent.mpd1", World.plan(["0.1234,0.1000"], from: 48, until: 52)).name
        let second = world.submit("agent.mpd2", World.plan(["0.1234,0.1000"], from: 48, until: 52)).name
        for change in [far, near] { world.must("agent.mpd1", World.amend(first, change)) }
        for change in [far, near] { world.must("agent.mpd2", World.amend(second, change)) }
        for (name, own) in [("agent.mpd1", first), ("agent.mpd2", second)] {
            let refused = world.act(as: name, World.amend(own, far))
            #expect(refused.rule == "P21E" && refused.code == "E-RATE" && refused.refusal?.isAlert ?? false)
        }
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.decide(world.command(as: "agent.mpd2", World.amend(second, far))).refusal?.recordedRule == "P21E")
        // A colleague who has nothing to do with it submits, also beside the same plan; then it is his, too.
        let third = world.submit("agent.mpd3", World.plan(["0.1234,0.1000"], from: 48, until: 52))
        #expect(third.found.contains { $0.word("agency") == "TCP-NAR" })
        #expect(world.act(as: "agent.mpd3", World.amend(third.name, far)).rule == "P21E")
        world.now = World.at(hours: 25)
        #expect(world.act(as: "agent.mpd2", World.amend(second, far)).isDone)
    }

    @Test func `P21E: an agency many of whose people work beside one plan of another is not held up`() {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan(["0.1234,0.1000"], from: 48, until: 52))
        for number in 1...6 {
            let name = "agent.mpd1\(number)"
            world.enrol(name, id("MPD-VT"))
            world.give(name, .contributor)
            let own = world.submit(name, World.plan(["0.1234,0.1000"], from: 48, until: 52))
            #expect(own.found.contains { $0.word("agency") == "TCP-NAR" })
            world.must(name, World.amend(own.name, PlaceAndTime(radius: 700)))
        }
    }

    @Test func `P21E: a desk that meets many plans once each is not held up`() {
        var world = World.joined()
        for number in 0..<10 { _ = world.submit("agent.tcp1", World.plan(["0.\(1_000 + number * 200),0.1000"])) }
        for number in 0..<10 {
            let own = world.submit("agent.mpd1", World.plan(["0.\(1_000 + number * 200),0.1000"]))
            #expect(own.found.count == 1)
            world.must("agent.mpd1", World.amend(own.name, PlaceAndTime(points: ["0.\(1_000 + number * 200),0.2000"])))
        }
        #expect(world.act(as: "agent.mpd1", World.plan()).rule == "P21E", "twenty within the hour")
    }

    // MARK: Time to be in touch

    @Test func `contact is due half an hour before the own event, or a quarter of an hour after the notice`() throws {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan(from: 23, until: 27))
        let finding = try #require(world.submit("lead.fib", World.plan(from: 24, until: 28)).found.first)
        let conflict = finding.word("conflict")
        func due(_ name: String) -> Int64? {
            world.shown(conflict, to: name)?["contactBy"]?.integer.map { $0 / 1_000 }
        }
        // From the own plan alone: else it would tell when the other begins.
        #expect(due("lead.fib") == World.at(hours: 23.5).milliseconds)
        #expect(due("agent.tcp1") == World.at(hours: 22.5).milliseconds)
        #expect(world.contacts.map(\.dueAt.milliseconds) == [due("agent.tcp1"), due("lead.fib")])

        world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        world.now = World.at(hours: 24)
        let noticed = world.now.milliseconds
        let late = world.must("lead.fib", World.plan(from: 26, until: 28))
        let name = try #require(world.state.deconfliction.found(by: late)?.array?.first?.object).word("conflict")
        #expect(world.shown(name, to: "agent.tcp1")?["contactBy"]?.integer == (noticed + 15 * World.minute) * 1_000)
    }

    @Test func `what is not resolved in time says so on both sides, and stays open to the side that says nothing`()
        throws
    {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        let conflict = try #require(world.submit("lead.fib", World.plan()).found.first).word("conflict")
        world.must("lead.fib", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        #expect(world.shown(conflict, to: "lead.fib")?.word("state") == "notified")
        world.now = World.at(hours: 23.5)
        world.crossDueClocks()
        #expect(world.stream("FIB-MB").last == "decon.unresolved" && world.stream("TCP-NAR").last == "decon.unresolved")
        #expect(world.shown(conflict, to: "lead.fib")?.word("state") == "expired-unresolved")
        #expect(world.inbox("agent.tcp1").first?.summary.contains("over") ?? false)
        world.must("lead.fib", .deconfliction(.resolve(conflict, .proceed, note: "no answer")))
        #expect(world.shown(conflict, to: "agent.tcp1")?.word("state") == "expired-unresolved")
        #expect(world.inbox("agent.tcp1").contains { $0.item == conflict })
        #expect(world.inbox("auditor.rob").contains { $0.item == conflict })
        // Until it speaks, or the event is over.
        var spoken = world
        spoken.must("agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        #expect(spoken.shown(conflict, to: "agent.tcp1")?.word("state") == "resolved")
        #expect(spoken.state.clocks.overdue.isEmpty)
        world.pass(days: 3)
        #expect(world.shown(conflict, to: "agent.tcp1")?.word("state") == "withdrawn")
    }

    @Test func `who leads the case that it was submitted for is told that nobody spoke, and so is the watch desk`()
        throws
    {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        world.must("lead.hcs", .inviteAgency("Birch", id("SPO-OC"), .participation, nil))
        world.must("liaison.spo", .joinCase("Birch", conditions: nil))
        world.must("liaison.spo", .assignMember("Birch", member("agent.spo1")))
        _ = world.submit("agent.tcp1", World.plan())
        let found = world.submit("agent.spo1", World.plan(case: "Birch")).found
        let conflict = try #require(found.first).word("conflict")
        func told(_ name: String) -> [JSONObject] {
            world.state.due(member(name), in: nil, isOverdueOnly: true, now: world.now).filter {
                $0["item"]?.string == conflict
            }
        }
        for name in ["lead.hcs", "admin.ops", "agent.spo1"] { #expect(told(name).isEmpty, "\(name)") }
        world.now = World.at(hours: 23.5)
        world.crossDueClocks()
        // The lead, of the side of his case alone; the desk, of both.
        #expect(told("lead.hcs").map { $0.words("agencies") } == [["SPO-OC"]])
        #expect(Set(told("admin.ops").map { $0.words("agencies") }) == [["SPO-OC"], ["TCP-NAR"]])
        #expect(told("lead.fib").isEmpty && told("liaison.mpd").isEmpty)
        for name in ["lead.hcs", "admin.ops"] {
            #expect(
                world.inbox(name).first { $0.item == conflict }?.command == "accord inbox ack \(conflict)",
                "\(name)"
            )
            world.must(name, .acknowledgeNotice(nil, conflict))
            #expect(!world.inbox(name).contains { $0.item == conflict }, "\(name)")
        }
        #expect(!told("agent.spo1").isEmpty)
    }

    @Test func `where a side is told to call the watch desk, the desk is told whom to put through, and no more`() throws
    {
        var world = World.joined()
        func desk(_ name: String) -> [String] {
            world.inbox(name).filter { $0.kind == "decon-desk" }.map(\.summary)
        }
        _ = world.submit("agent.tcp1", World.plan(["3.0,3.0"]))
        _ = world.submit("lead.fib", World.plan(["3.0,3.0"]))
        #expect(desk("admin.ops").isEmpty)
        _ = world.submit("agent.tcp1", World.plan(contact: "TCP night desk", namesAgency: false))
        let conflict = try #require(world.submit("lead.fib", World.plan()).found.first).word("conflict")
        let sides = "FIB-MB (FIB-MB control desk) and TCP-NAR (TCP night desk)"
        #expect(desk("admin.ops") == ["Whoever calls about \(conflict) is put through: \(sides)."])
        for name in ["auditor.rob", "lead.fib", "liaison.mpd"] { #expect(desk(name).isEmpty, "\(name)") }
        for name in ["agent.tcp1", "lead.fib"] {
            world.must(name, .deconfliction(.resolve(conflict, .joint, note: nil)))
        }
        #expect(desk("admin.ops").isEmpty)
    }

    @Test func `whose agreements have ended settles and takes back what it submitted, and asks for nothing new`() throws
    {
        var world = World.joined()
        let own = world.submit("agent.tcp1", World.plan()).name
        let conflict = try #require(world.submit("lead.fib", World.plan()).found.first).word("conflict")
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-02"), reason: "r"))
        #expect(world.act(as: "agent.tcp1", World.plan(["9.0,9.0"])).code == "E-AGREEMENT-EXPIRED")
        #expect(world.act(as: "agent.tcp1", .deconfliction(.show(conflict))).isDone)
        #expect(world.act(as: "agent.tcp1", .deconfliction(.acknowledge(conflict))).isDone)
        #expect(world.act(as: "agent.tcp1", .deconfliction(.resolve(conflict, .cancelled, note: nil))).isDone)
        #expect(world.act(as: "agent.tcp1", World.cancel(own)).isDone)
        #expect(world.submit("agent.mpd1", World.plan()).found.allSatisfy { $0.word("agency") != "TCP-NAR" })
    }

    @Test func `people of an agency that enforces no law meet no raid, and look for nobody`() {
        var world = World.joined()
        world.give("advocate.sps", .liaison)
        for (name, event, target) in [
            ("advocate.sps", "E-ROLE", "E-ROLE"), ("liaison.dao", "E-ROLE", "E-ROLE"), ("liaison.lsd", nil, "E-ROLE"),
            ("agent.tcp1", nil, nil), ("officer.fro", nil, "E-PURPOSE"),
        ] as [(String, String?, String?)] {
            #expect(world.act(as: name, World.plan()).code == event, "\(name)")
            #expect(world.act(as: name, World.target()).code == target, "\(name)")
        }
    }

    @Test func `a hook is told of a conflict also where the lines of its two sides are a moment apart`() throws {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        let found = world.must("lead.fib", World.plan())
        let told = try #require(world.record.last { $0.event.kind == "decon.notified" })
        #expect(found.item != nil && told.event.caseID == .deconfliction(of: id("TCP-NAR")))
        let later = UTCTime(milliseconds: told.place.recordedAt.milliseconds + 1)
        for (at, name, isTold) in [
            (told.place.recordedAt, "agent.tcp1", true), (later, "agent.tcp1", true), (later, "lead.fib", false),
        ] {
            let notice = world.state.notice(of: told.event, at: at, to: .member(member(name)), now: world.now)
            #expect((notice != nil) == isTold, "\(name)")
        }
    }

    // MARK: Rules

    @Test func `P16: in less than two hours only what was declared exigent, by two`() throws {
        var world = World.joined()
        #expect(world.act(as: "lead.hcs", World.plan(from: 1.9, until: 3)).code == "E-LATE-DECON")
        #expect(world.act(as: "lead.hcs", World.plan(from: 2.1, until: 3)).isDone)
        func declare(_ approver: String) -> Act {
            .deconfliction(.declareExigent(caseName: nil, operation: "OP-2", reason: "r", approver: member(approver)))
        }
        #expect(world.act(as: "lead.hcs", declare("lead.hcs")).code == "E-SOD")
        #expect(world.act(as: "lead.hcs", declare("agent.hcs1")).code == "E-INVALID")
        #expect(world.act(as: "lead.hcs", declare("no.body")).code == "E-INVALID")
        // A commander of another agency concurs where both are in the case alone.
        #expect(world.act(as: "lead.hcs", declare("liaison.spo")).code == "E-INVALID")
        let declared = world.must("lead.hcs", declare("liaison.hcs")).item ?? ""
        #expect(world.state.clocks.clock(.exigentSubmission, .deconfliction(of: id("HCS-MAR")), declared) != nil)
        let late = World.plan(from: 1, until: 1.5, exigency: declared)
        #expect(world.act(as: "lead.fib", late).code == "E-NOT-FOUND")
        // After the fact, too: as soon as possible (domain.md 4.3, row 24).
        world.now = World.at(hours: 5)
        #expect(world.act(as: "lead.hcs", World.plan(from: 1, until: 1.5)).code == "E-INVALID")
        #expect(world.act(as: "lead.hcs", late).isDone)
        #expect(world.state.clocks.clock(.exigentSubmission, .deconfliction(of: id("HCS-MAR")), declared) == nil)
        #expect(world.act(as: "lead.hcs", late).code == "E-STATE")
    }

    @Test func `P16: whom a declaration names is asked whether he concurs, and what he disputes carries nothing`()
        throws
    {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        func declared(_ world: inout World, _ approver: String) -> String {
            world.must(
                "lead.hcs",
                .deconfliction(
                    .declareExigent(
                        caseName: "Birch",
                        operation: "OP-2",
                        reason: "r",
                        approver: member(approver)
                    )
                )
            ).item ?? ""
        }
        let birch = world.file("Birch").id
        let name = declared(&world, "liaison.spo")
        #expect(world.inbox("liaison.spo").contains { $0.command.hasPrefix("accord decon event concur \(name)\n") })
        #expect(world.inbox("lead.hcs").allSatisfy { $0.kind != "decon-exigency" })
        func answer(_ agrees: Bool, _ note: String? = nil) -> Act {
            .deconfliction(.concur(name, agrees: agrees, note: note))
        }
        #expect(world.act(as: "liaison.hcs", answer(true)).code == "E-NOT-FOUND")
        #expect(world.act(as: "liaison.spo", answer(false)).code == "E-INVALID")
        var agreed = world
        agreed.must("liaison.spo", answer(true))
        #expect(!agreed.inbox("liaison.spo").contains { $0.item == name })
        #expect(agreed.act(as: "liaison.spo", answer(false, "r")).code == "E-STATE")
        #expect(agreed.state.deconfliction.isExigent(birch, ref: "OP-2"))
        #expect(agreed.act(as: "lead.hcs", World.plan(from: 1, until: 2, case: "Birch", exigency: name)).isDone)
        world.must("liaison.spo", answer(false, "nobody asked me"))
        // Who has disputed it does not agree by saying nothing when he is named anew.
        var anew = world
        let second = declared(&anew, "liaison.spo")
        let late = World.plan(from: 1, until: 2, case: "Birch", exigency: second)
        #expect(anew.act(as: "lead.hcs", late).code == "E-LATE-DECON")
        #expect(!anew.state.deconfliction.isExigent(birch, ref: "OP-2"))
        anew.must("liaison.spo", .deconfliction(.concur(second, agrees: true, note: nil)))
        #expect(anew.state.deconfliction.isExigent(birch, ref: "OP-2") && anew.act(as: "lead.hcs", late).isDone)
        // Nobody owes a submission under what is disputed.
        #expect(world.state.clocks.clock(.exigentSubmission, .deconfliction(of: id("HCS-MAR")), name) == nil)
        #expect(!world.state.deconfliction.isExigent(birch, ref: "OP-2"))
        #expect(
            world.act(as: "lead.hcs", World.plan(from: 1, until: 2, case: "Birch", exigency: name)).code
                == "E-LATE-DECON"
        )
        #expect(world.inbox("lead.hcs").contains { $0.item == name && $0.fromAgency == "SPO-OC" })
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.encode() == world.state.encode())
        world.now = world.now.adding(days: 1)
        #expect(!world.inbox("lead.hcs").contains { $0.kind == "decon-exigency" })
    }

    @Test func `what is put off late is taken; what is moved late is not`() {
        var world = World.joined()
        let name = world.submit("lead.fib", World.plan(from: 24, until: 28)).name
        world.now = World.at(hours: 23)
        let off = PlaceAndTime(start: World.at(hours: 24.5), end: World.at(hours: 28.5))
        #expect(world.act(as: "lead.fib", World.amend(name, off)).isDone)
        let moved = PlaceAndTime(points: ["0.2,0.2"])
        #expect(world.act(as: "lead.fib", World.amend(name, moved)).code == "E-LATE-DECON")
        let sooner = PlaceAndTime(start: World.at(hours: 24))
        #expect(world.act(as: "lead.fib", World.amend(name, sooner)).code == "E-LATE-DECON")
        #expect(world.act(as: "lead.fib", World.amend(name, PlaceAndTime())).code == "E-INVALID")
    }

    @Test func `what cannot be is refused with the field that says it`() {
        var world = World.joined()
        for act in [
            World.plan(from: 28, until: 24), World.plan(from: 24, until: 24),
            World.plan(from: 24, until: 24 + 14 * 24 + 1),
            World.plan(from: 24 * 91, until: 24 * 92), World.plan([]), World.plan(radius: 20_001),
        ] { #expect(world.act(as: "lead.fib", act).code == "E-INVALID") }
        #expect(world.act(as: "lead.fib", World.plan(from: 24, until: 24 + 14 * 24)).isDone)
    }

    @Test
    func `who may: any agency with a live agreement, in a role that works; never an administrator, never for CIV_IMM`()
    {
        var world = World.joined()
        let done: [(String, String?)] = [
            ("lead.fib", nil), ("agent.fib1", nil), ("liaison.mpd", nil), ("agent.tcp1", nil), ("officer.fro", nil),
            ("analyst.fib", "E-ROLE"), ("counsel.dao", "E-ROLE"), ("auditor.rob", "E-ROLE"), ("admin.ops", "E-ROLE"),
        ]
        for (name, code) in done { #expect(world.act(as: name, World.plan()).code == code, "\(name)") }
        #expect(world.act(as: "admin.ops", World.plan()).refusal?.isAlert ?? false)
        #expect(world.act(as: "officer.fro", World.plan(), purpose: "CIV_IMM").code == "E-PURPOSE")
        #expect(world.act(as: "agent.tcp1", World.plan(), purpose: "CRIM_INVEST").code == "E-PURPOSE")
        #expect(world.act(as: "lead.fib", World.plan(), purpose: "CRIM_INVEST").isDone)
        #expect(world.act(as: "agent.tcp1", World.plan(case: "Alder")).code == "E-NOT-MEMBER")
        #expect(world.act(as: "lead.hcs", World.plan(case: "Alder")).code == "E-NOT-MEMBER")
        #expect(world.act(as: "agent.mpd1", World.plan(case: "Alder")).isDone)
        world.must("lead.fib", .moveCase("Alder", .suspend, reason: "r"))
        #expect(world.act(as: "agent.mpd1", World.plan(case: "Alder")).isDone)
        world = World.joined()
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
        #expect(world.act(as: "agent.mpd1", World.plan(case: "Alder")).code == "E-CLOSED")
    }

    @Test func `another agency's submission and conflict answer like none`() throws {
        var world = World.joined()
        let own = world.submit("agent.tcp1", World.plan()).name
        let conflict = try #require(world.submit("lead.fib", World.plan()).found.first).word("conflict")
        for text in [own, "V-10000001", "nonsense"] {
            for act in [DeconflictionAct.show(text), .cancelEvent(text, reason: "r"), .completeEvent(text)] {
                #expect(world.act(as: "agent.mpd1", .deconfliction(act)).code == "E-NOT-FOUND")
            }
        }
        for name in ["agent.mpd1", "agent.spo1", "lead.hcs"] {
            #expect(world.act(as: name, .deconfliction(.show(conflict))).code == "E-NOT-FOUND")
            #expect(world.act(as: name, .deconfliction(.acknowledge(conflict))).code == "E-NOT-FOUND")
        }
        #expect(world.act(as: "agent.tcp1", .deconfliction(.show(conflict))).isDone)
    }

    // MARK: What is told, and what is not

    /// Words that one side must never see of the other's submission.
    private static let secrets = [
        "10003", "10457", "Alder", "TF-2031", "search-warrant", "OP-1", "agent.tcp1", "distance", "points", "radius",
    ]

    @Test func `what each side is told holds neither place, time, kind, case nor how many there are`() throws {
        var world = World.joined()
        // Near, but at another time: nobody learns of it.
        _ = world.submit("agent.hcs1", World.plan(from: 80, until: 84))
        let theirs = world.submit(
            "agent.tcp1",
            World.plan(["0.10003,0.10003"], from: 23.25, until: 27.75, contact: "TCP desk")
        )
        let own = world.submit(
            "lead.fib",
            World.plan(["0.10457,0.10003"], case: "Alder", contact: "FIB desk", operation: "OP-1")
        )
        let conflict = try #require(own.found.first).word("conflict")
        world.must("agent.tcp1", .deconfliction(.acknowledge(conflict)))
        world.must("lead.fib", .deconfliction(.resolve(conflict, .delayed, note: "Alder at 0.10457")))
        let times = [23.25, 27.75].flatMap { ["\(World.at(hours: $0).milliseconds)"] }
        let mine = [24.0, 28.0].map { "\(World.at(hours: $0).milliseconds)" }
        func text(_ values: [JSONValue]) -> String {
            values.map { String(decoding: $0.encoded, as: UTF8.self) }.joined(separator: "\n")
        }
        let toFIB = try #require(world.shown(conflict, to: "lead.fib"))
        let toTCP = try #require(world.shown(conflict, to: "agent.tcp1"))
        let linesToTCP = world.record.map(\.event).filter {
            $0.caseID == .deconfliction(of: id("TCP-NAR")) && $0.member == nil
        }
        #expect(linesToTCP.count == 2)
        let seenByTCP =
            text([.object(toTCP)] + linesToTCP.flatMap { $0.parts().map(\.value) })
            + world.inbox("agent.tcp1").map { $0.summary + $0.command + $0.caseNumber }.joined()
        let seenByFIB = text(own.found.map { .object($0) } + [.object(toFIB)])
        for secret in Self.secrets + mine + [own.name] { #expect(!seenByTCP.contains(secret), "\(secret)") }
        for secret in Self.secrets + times + [theirs.name] { #expect(!seenByFIB.contains(secret), "\(secret)") }
        #expect(seenByTCP.contains("FIB desk") && seenByFIB.contains("TCP desk"))
        let keys = Set(try #require(own.found.first).members.map(\.key))
        #expect(keys == ["conflict", "kind", "severity", "agency", "contact", "contactBy"])
    }

    @Test func `no case's stream and position tells of a submission`() {
        var world = World.joined()
        let before = world.file("Alder")
        _ = world.submit("lead.fib", World.plan(case: "Alder"))
        _ = world.submit("agent.tcp1", World.plan())
        #expect(world.file("Alder") == before)
    }

    @Test func `a completed event is read by nobody, and meets nothing`() throws {
        var world = World.joined()
        let name = world.submit("agent.tcp1", World.plan()).name
        #expect(world.shown(name, to: "agent.tcp1")?.words("points") == ["0.1000,0.1000"])
        world.now = World.at(hours: 25)
        world.must("agent.tcp1", .deconfliction(.completeEvent(name)))
        let shown = try #require(world.shown(name, to: "agent.tcp1"))
        #expect(shown.word("state") == "completed" && shown["points"] == nil && shown["start"] == nil)
        #expect(world.submit("lead.fib", World.plan(from: 28, until: 30)).found.isEmpty)
        #expect(world.act(as: "agent.tcp1", World.cancel(name)).code == "E-STATE")
    }

    @Test func `what nobody completes is completed by itself, a day after it and its buffer are over`() throws {
        var world = World.joined()
        let name = world.submit("agent.tcp1", World.plan()).name
        let other = world.submit("agent.mpd1", World.plan(["0.5,0.5"])).name
        let put = world.submit("agent.tcp1", World.plan(["0.7,0.7"])).name
        world.must("agent.tcp1", World.amend(put, PlaceAndTime(end: World.at(hours: 40))))
        world.must("agent.mpd1", World.cancel(other))
        world.now = UTCTime(milliseconds: World.at(hours: 28 + 1 + 24).milliseconds - 1)
        #expect(!world.crossDueClocks().contains("decon.event_ended"))
        #expect(world.shown(name, to: "agent.tcp1")?.words("points") == ["0.1000,0.1000"])
        world.now = World.at(hours: 28 + 1 + 24)
        #expect(world.crossDueClocks().filter { $0 == "decon.event_ended" }.count == 1)
        let shown = try #require(world.shown(name, to: "agent.tcp1"))
        #expect(shown.word("state") == "completed" && shown["points"] == nil && shown["start"] == nil)
        #expect(world.shown(put, to: "agent.tcp1")?.word("state") == "planned", "its end was put off")
        #expect(world.act(as: "agent.tcp1", .deconfliction(.completeEvent(name))).code == "E-STATE")
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.encode() == world.state.encode())
        world.must("agent.tcp1", .deconfliction(.completeEvent(put)))
        world.pass(days: 3)
        #expect(world.stream("TCP-NAR").filter { $0 == "decon.event_ended" }.count == 1)
    }

    // MARK: Amending

    @Test func `an amendment compares anew: what is left is withdrawn, what is met is told, what stays begins again`()
        throws
    {
        var world = World.joined()
        _ = world.submit("agent.tcp1", World.plan())
        _ = world.submit("agent.mpd1", World.plan(["0.5,0.5"]))
        let own = world.submit("lead.fib", World.plan())
        let first = try #require(own.found.first).word("conflict")
        world.must("agent.tcp1", .deconfliction(.acknowledge(first)))
        let stays = world.submit("lead.fib", World.amend(own.name, PlaceAndTime(radius: 900)))
        #expect(stays.found.map { $0.word("conflict") } == [first])
        #expect(world.shown(first, to: "agent.tcp1")?["acknowledgedAt"] == nil)
        let moves = world.submit("lead.fib", World.amend(own.name, PlaceAndTime(points: ["0.5,0.5"])))
        #expect(moves.found.map { $0.word("agency") } == ["MPD-VT"])
        #expect(world.shown(first, to: "agent.tcp1")?.word("state") == "withdrawn")
        #expect(world.inbox("agent.tcp1").isEmpty && world.inbox("agent.mpd1").count == 1)
    }

    // MARK: What operations ask

    @Test func `P15: a plan is clear when it was compared since, and nothing is open`() throws {
        var world = World.joined()
        let alder = world.file("Alder").id
        #expect(world.clearance() == .missing)
        let own = world.submit("lead.fib", World.plan(case: "Alder", operation: "op-1"))
        #expect(world.clearance() == .fresh)
        var amended = world
        amended.state.deconfliction.awaitComparison(of: "OP-1", in: alder)
        #expect(amended.clearance() == .stale)
        #expect(world.clearance("OP-2") == .missing)
        let theirs = world.submit("agent.tcp1", World.plan())
        let conflict = try #require(theirs.found.first).word("conflict")
        #expect(world.clearance() == .conflictOpen([conflict]))
        #expect(world.state.deconfliction.openConflicts(of: alder) == [conflict])
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        world.must("lead.fib", .deconfliction(.resolve(conflict, .delayed, note: nil)))
        // Put off, and not compared again yet.
        #expect(world.clearance() == .stale)
        let later = PlaceAndTime(start: World.at(hours: 48), end: World.at(hours: 52))
        #expect(world.submit("lead.fib", World.amend(own.name, later)).found.isEmpty)
        #expect(world.clearance(hours: 48...52) == .fresh)
        world.must("lead.fib", World.cancel(own.name))
        #expect(world.clearance(hours: 48...52) == .missing)
    }

    @Test(
        "P15: a submission for other places or other hours clears no plan",
        arguments: [
            (World.plan(["-0.7,-0.7"], case: "Alder", radius: 1, operation: "OP-1"), Clearance.elsewhere),
            (World.plan(["0.1000,0.1000"], case: "Alder", radius: 700, operation: "OP-1"), .elsewhere),
            (World.plan(["0.1000,0.1000"], case: "Alder", radius: 700, tolerance: 100, operation: "OP-1"), .fresh),
            (World.plan(["0.1000,0.1010"], case: "Alder", radius: 912, operation: "OP-1"), .fresh),
            (World.plan(["0.1000,0.1010"], case: "Alder", radius: 905, operation: "OP-1"), .elsewhere),
            (World.plan(["0.9,0.9", "0.1,0.1"], case: "Alder", operation: "OP-1"), .fresh),
            (World.plan(from: 25, until: 28, case: "Alder", operation: "OP-1"), .elsewhere),
            (World.plan(from: 23, until: 29, case: "Alder", operation: "OP-1"), .fresh),
        ]
    )
    func covering(act: Act, expected: Clearance) {
        var world = World.joined()
        world.must("lead.fib", act)
        #expect(world.clearance() == expected)
        // The second place is covered by nothing.
        #expect(world.clearance(places: ["0.1000,0.1000", "0.1200,0.1000"]) == .elsewhere)
        world.must("lead.fib", World.plan(["0.1200,0.1000"], case: "Alder", operation: "OP-1"))
        #expect(world.clearance(places: ["0.1000,0.1000", "0.1200,0.1000"]) == expected)
        // Of what was removed from the record nobody can tell that it is covered.
        #expect(world.clearance(places: nil) == .elsewhere)
    }

    @Test func `an event is not over before it began, nor while the other side waits for a word`() throws {
        var world = World.joined()
        let own = world.submit("lead.fib", World.plan(case: "Alder")).name
        let conflict = try #require(world.submit("agent.tcp1", World.plan()).found.first).word("conflict")
        let early = world.act(as: "lead.fib", .deconfliction(.completeEvent(own)))
        #expect(early.code == "E-STATE" && early.refusal?.outward.message.contains("cancel it") ?? false)
        world.now = World.at(hours: 25)
        let open = world.act(as: "lead.fib", .deconfliction(.completeEvent(own)))
        #expect(open.code == "E-OPEN-DUTY" && open.refusal?.outward.message == "Not resolved: \(conflict).")
        world.must("lead.fib", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        _ = world.act(as: "agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        world.must("lead.fib", .deconfliction(.completeEvent(own)))
    }

    @Test func `an agency's policy limits a notice to the watch desk, and never suppresses it`() throws {
        var world = World.joined()
        let rule = World.rule("require decon-notice", needs: ["watch-desk"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([rule]))
        _ = world.submit("agent.mpd1", World.plan(case: "Alder"))
        let found = try #require(world.submit("agent.tcp1", World.plan()).found.first)
        #expect(found["agency"] == nil && found.word("contact").hasPrefix("watch desk"))
        // The other side's own policy does not: it is named.
        #expect(world.shown(found.word("conflict"), to: "agent.mpd1")?.word("agency") == "TCP-NAR")
    }

    @Test func `P18: a case is not closed over an open conflict; then what was submitted for it is cancelled`() throws {
        var world = World.joined()
        let own = world.submit("lead.fib", World.plan(case: "Alder"))
        let conflict = try #require(world.submit("agent.tcp1", World.plan()).found.first).word("conflict")
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "r")).code == "E-OPEN-DUTY")
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        world.must("lead.fib", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
        #expect(world.shown(own.name, to: "lead.fib")?.word("state") == "cancelled")
        #expect(world.submit("agent.mpd1", World.plan()).found.count == 1)
    }
}

extension World {
    /// The clocks until which sides are to have spoken.
    var contacts: [Clock] { state.clocks.pending.filter { $0.kind == .conflictContact } }
}

extension World {
    /// How a plan stands, with 800 m around each of these places.
    func clearance(
        _ operation: String = "OP-1",
        places: [String]? = ["0.1000,0.1000"],
        hours: ClosedRange<Double> = 24...28
    ) -> Clearance {
        var facts: JSONObject = [
            "starts_at": .integer(World.at(hours: hours.lowerBound).milliseconds),
            "ends_at": .integer(World.at(hours: hours.upperBound).milliseconds),
        ]
        facts["sites"] = places.map { places in
            .array(places.map { ["label": "Site", "point": .string($0), "radius": 800] })
        }
        return state.deconfliction.clearance(of: OperationPlan(facts: facts), operation, in: file("Alder").id)
    }
}
