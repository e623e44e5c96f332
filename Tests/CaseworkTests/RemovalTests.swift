import Policy
import StrictJSON
import Testing

@testable import Casework

/// Retention, holds, orders, seals and purges (domain.md 2.11, 6.6, 6.8: P19, P20).
@Suite("Lawful removal")
struct RemovalTests {
    /// Alder with E-1 by MPD-VT, given to TCP-NAR and HCS-MAR, and E-2 by SPO-OC.
    static func alder() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(text: "The words of E-1.")))
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        for agency in ["TCP-NAR", "HCS-MAR"] {
            world.must(
                "liaison.mpd",
                .releaseEntry("Alder", "E-1", id(agency), reason: "same van"),
                purpose: "OFFICER_SAFETY"
            )
        }
        return world
    }

    static func terms(
        _ kind: OrderKind,
        appealDays: Int64? = nil,
        effectiveDays: Int64 = -1
    ) -> OrderTerms {
        OrderTerms(
            kind: kind,
            court: "Superior Court",
            docket: "31-CV-7",
            effectiveAt: World.start.adding(days: effectiveDays),
            appealUntil: appealDays.map { World.start.adding(days: $0) }
        )
    }

    private static func removal(_ act: RemovalAct) -> Act { .removal("Alder", act) }

    @discardableResult
    static func order(_ world: inout World, _ kind: OrderKind = .expunge, _ entries: [String] = ["E-1"]) -> Event {
        world.must("counsel.dao", removal(.recordOrder(entries, terms(kind))))
    }

    static func propose(_ entries: [String] = ["E-1"], _ order: String? = "C-1") -> Act {
        removal(.proposePurge(entries, order: order, reason: "mistaken identity"))
    }

    static func approve(_ purge: String = "P-1") -> Act {
        removal(.decidePurge(purge, isApproved: true, reason: nil))
    }

    /// E-1 purged under an order, its notices recorded.
    static func purged() -> World {
        var world = alder()
        order(&world)
        world.must("liaison.mpd", propose())
        world.approve("counsel.dao", "P-1")
        return world
    }

    // MARK: Authority

    @Test func `an order, a proposal and a second person of another duty purge an entry`() {
        let world = Self.purged()
        let file = world.file("Alder")
        #expect(file.removals.purged == [.entry(1): 1])
        #expect(file.removals.purges.map(\.state) == [.approved])
        #expect(file.removals.purges.first?.approver == member("counsel.dao"))
    }

    @Test func `without an order or a review nothing is purged`() {
        var world = Self.alder()
        #expect(world.act(as: "liaison.mpd", Self.propose(["E-1"], "C-1")).rule == "P20")
        #expect(world.act(as: "liaison.mpd", Self.propose(["E-1"], nil)).rule == "P20")
        Self.order(&world, .seal)
        #expect(world.act(as: "liaison.mpd", Self.propose(["E-1"], "C-1")).rule == "P20")
        Self.order(&world, .expunge, ["E-2"])
        #expect(world.act(as: "lead.fib", Self.propose(["E-1"], "C-2")).rule == "P20")
        #expect(world.act(as: "lead.fib", Self.propose(["E-1", "E-2"], "C-2")).code == "E-SOD")
        #expect(world.act(as: "lead.fib", Self.propose(["E-2"], "C-2")).isDone)
    }

    @Test func `a retention review that decided so is authority as well, over each entry`() {
        var world = Self.alder()
        let review = RemovalAct.review(["E-1"], .purge, until: nil, explanation: "unreliable source")
        world.must("liaison.mpd", Self.removal(review))
        #expect(world.act(as: "lead.fib", Self.propose(["E-1", "E-2"], nil)).rule == "P20")
        #expect(world.act(as: "lead.fib", Self.propose(["E-1"], nil)).isDone)
        #expect(world.approve("liaison.mpd", "P-1").isDone)
    }

    @Test func `without an order the originating agency is one of the two`() {
        var world = Self.alder()
        let review = RemovalAct.review(["E-1"], .purge, until: nil, explanation: "unreliable source")
        world.must("counsel.dao", Self.removal(review))
        world.must("lead.fib", Self.propose(["E-1"], nil))
        #expect(world.act(as: "counsel.dao", Self.approve()).rule == "P20")
        #expect(world.approve("liaison.mpd", "P-1").isDone)
    }

    @Test func `a hold is lifted by the agency that placed it, or by the one that leads`() {
        var world = Self.alder()
        world.must("counsel.dao", Self.removal(.placeHold(["E-1"], reason: "trial")))
        for (counsel, agency, isLifted) in [("counsel.spo", "SPO-OC", false), ("counsel.fib", "FIB-MB", true)] {
            world.enrol(counsel, id(agency))
            world.give(counsel, .legal)
            world.must(agency == "FIB-MB" ? "lead.fib" : "liaison.spo", .assignMember("Alder", member(counsel)))
            let lifted = world.act(as: counsel, Self.removal(.liftHold("L-1", reason: "settled")))
            #expect(lifted.isDone == isLifted, "\(lifted)")
            #expect(isLifted || lifted.rule == "P19")
        }
    }

    @Test func `the same person, and the same duty, is no second one`() {
        var world = Self.alder()
        Self.order(&world)
        world.must("liaison.mpd", Self.propose())
        #expect(world.act(as: "liaison.mpd", Self.approve()).rule == "P20")
        world.enrol("deputy.mpd", id("MPD-VT"))
        world.give("deputy.mpd", .liaison)
        #expect(world.act(as: "deputy.mpd", Self.approve()).rule == "P20")
        #expect(world.act(as: "lead.fib", Self.approve()).rule == "P20")
        #expect(world.act(as: "counsel.dao", Self.approve()).isDone)
        #expect(world.act(as: "counsel.dao", Self.approve()).code == "E-STATE")
    }

    @Test func `who has no duty for an entry neither proposes nor approves`() {
        var world = Self.alder()
        Self.order(&world)
        #expect(world.act(as: "agent.mpd1", Self.propose()).rule == "P05")
        #expect(world.act(as: "liaison.spo", Self.propose()).rule == "P04C")
        #expect(world.act(as: "agent.tcp1", Self.propose()).rule == "P01")
        #expect(world.act(as: "auditor.rob", Self.propose()).rule == "P05")
        #expect(world.act(as: "admin.ops", Self.propose()).rule == "P09")
        world.must("lead.fib", Self.propose())
        #expect(world.act(as: "liaison.spo", Self.approve()).rule == "P04")
        #expect(world.act(as: "liaison.mpd", Self.approve()).isDone)
    }

    @Test func `before the time for an appeal has ended nothing is carried out`() {
        var world = Self.alder()
        world.must("counsel.dao", Self.removal(.recordOrder(["E-1"], Self.terms(.expunge, appealDays: 30))))
        let early = world.act(as: "liaison.mpd", Self.propose())
        #expect(early.rule == "L01" && early.refusal?.outward.message.contains("2031-04-02") == true)
        world.now = world.now.adding(days: 31)
        #expect(world.act(as: "liaison.mpd", Self.propose()).isDone)
        #expect(world.approve("counsel.dao", "P-1").isDone)
    }

    /// How an order is listed.
    private static func state(_ world: World, of order: String) -> String? {
        world.state.removals(of: world.file("Alder"), for: member("lead.fib"), now: world.now)
            .first { $0["id"]?.string == order }?["state"]?.string
    }

    /// How much of E-1 an export by the lead holds.
    private static func exported(_ world: World) -> Visibility? {
        var world = world
        var scope = world.act(as: "lead.fib", .export("Alder")).reading?.parts
        let lines = world.record.filter { $0.event.caseID == world.file("Alder").id }
        return lines.map { ($0.event.kind, scope?.visibility(of: $0.event)) }.first { $0.0 == "entry.recorded" }?.1
    }

    @Test(arguments: [nil, 30] as [Int64?])
    func `from its receipt on a suppression bars reading, giving and export, though it may be appealed`(days: Int64?) {
        var world = Self.alder()
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPS"), reason: "same van"))
        let terms = Self.terms(.suppress, appealDays: days, effectiveDays: days == nil ? -1 : 2)
        world.must("counsel.dao", Self.removal(.recordOrder(["E-1"], terms)))
        for name in ["lead.fib", "agent.mpd1", "liaison.mpd", "counsel.dao"] {
            #expect(world.act(as: name, .getEntry("Alder", "E-1")).rule == "P04C", "\(name)")
        }
        #expect(world.act(as: "agent.tcp1", .getEntry(world.file("Alder").number, "E-1")).rule == "P01")
        #expect(world.act(as: "liaison.mpd", .releaseEntry("Alder", "E-1", id("SPS"), reason: "r")).rule == "P04C")
        #expect(Self.exported(world) == Visibility.none)
        #expect(Self.state(world, of: "C-1") == "in-effect")
        // It is lifted by another order, which a second person carries out.
        Self.order(&world, .unseal)
        world.must("liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-2")))
        #expect(world.act(as: "agent.fib1", .getEntry("Alder", "E-1")).isDone)
        #expect(Self.state(world, of: "C-1") == "lifted" && Self.state(world, of: "C-2") == "executed")
    }

    @Test func `from its receipt on a protective order keeps an entry with those who read it in the case`() {
        var world = Self.alder()
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPS"), reason: "same van"))
        Self.order(&world, .protective)
        for name in ["lead.fib", "agent.fib1", "agent.mpd1", "counsel.dao"] {
            #expect(world.act(as: name, .getEntry("Alder", "E-1")).isDone, "\(name)")
        }
        #expect(world.act(as: "agent.tcp1", .getEntry(world.file("Alder").number, "E-1")).rule == "P01")
        let giving: [(String, Act)] = [
            ("liaison.mpd", .releaseEntry("Alder", "E-1", id("SPS"), reason: "r")),
            ("agent.mpd1", .requestPermission("Alder", "E-1", id("HCS-MAR"), reason: "r")),
            ("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil)),
            ("lead.fib", .breakGlass("Alder", "E-1", id("HCS-MAR"), hours: 2, reason: "r")),
        ]
        for (name, act) in giving { #expect(world.act(as: name, act).code == "E-COURT-ORDER", "\(act.name)") }
        #expect(world.act(as: "liaison.mpd", .decidePermission("Alder", "R-1", isGranted: false, reason: "r")).isDone)
        #expect(Self.exported(world) == .header)
        #expect(world.act(as: "liaison.mpd", Self.removal(.seal(["E-1"], order: "C-1"))).rule == "P20")
        Self.order(&world, .unseal)
        world.must("liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-2")))
        #expect(world.act(as: "liaison.mpd", .releaseEntry("Alder", "E-1", id("SPS"), reason: "r")).isDone)
        #expect(Self.exported(world) == .content)
    }

    @Test func `an order that was carried out says so, whatever becomes of its entries later`() {
        var world = Self.alder()
        Self.order(&world, .seal)
        #expect(Self.state(world, of: "C-1") == "in-effect")
        world.must("liaison.mpd", Self.removal(.seal(["E-1"], order: "C-1")))
        #expect(Self.state(world, of: "C-1") == "executed")
        Self.order(&world, .unseal)
        world.must("liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-2")))
        #expect(Self.state(world, of: "C-1") == "executed" && Self.state(world, of: "C-2") == "executed")
    }

    @Test func `every kind of order is told to who carries it out, or to whom it binds`() {
        var world = Self.alder()
        let number = world.file("Alder").number
        func orders(_ name: String) -> [String] {
            world.state.inbox(member(name), now: world.now).filter { $0.kind == "order" }.map(\.command)
        }
        Self.order(&world, .suppress)
        for name in ["lead.fib", "liaison.mpd", "liaison.tcp", "liaison.hcs"] {
            #expect(orders(name) == ["accord inbox ack C-1 --case \(number)"], "\(name)")
        }
        for name in ["agent.fib1", "agent.tcp1", "liaison.spo", "auditor.rob"] {
            #expect(orders(name).isEmpty, "\(name)")
        }
        let told = world.state.inbox(member("liaison.tcp"), now: world.now).first
        #expect(told?.summary == "A court suppressed what TCP-NAR was given as D-1: nobody reads or uses it any more.")
        for name in ["lead.fib", "liaison.mpd", "liaison.tcp"] {
            #expect(world.act(as: name, .acknowledgeNotice(number, "C-1")).isDone, "\(name)")
            #expect(
                world.act(as: name, .acknowledgeNotice(number, "C-1")).rule != nil && orders(name).isEmpty,
                "\(name)"
            )
        }
        #expect(orders("liaison.hcs").count == 1)
        Self.order(&world, .unseal)
        #expect(orders("lead.fib") == ["accord entry unseal \(number) E-1 --order C-2"])
        #expect(orders("liaison.mpd") == orders("lead.fib") && orders("counsel.dao").isEmpty)
        world.must("liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-2")))
        #expect(orders("lead.fib").isEmpty && orders("liaison.hcs").isEmpty)
        Self.order(&world, .seal)
        #expect(orders("lead.fib") == ["accord entry seal \(number) E-1 --order C-3"])
        Self.order(&world, .protective, ["E-2"])
        #expect(orders("liaison.spo") == ["accord inbox ack C-4 --case \(number)"])
    }

    @Test func `a legal hold keeps what it names from being purged, until it is lifted`() {
        var world = Self.alder()
        Self.order(&world)
        world.must("counsel.dao", Self.removal(.placeHold([], reason: "trial")))
        let held = world.act(as: "liaison.mpd", Self.propose())
        #expect(held.rule == "P19" && held.code == "E-HOLD")
        world.must("counsel.dao", Self.removal(.liftHold("L-1", reason: "verdict")))
        #expect(world.act(as: "counsel.dao", Self.removal(.liftHold("L-1", reason: "again"))).rule == "L01")
        world.must("liaison.mpd", Self.propose())
        world.must("counsel.dao", Self.removal(.placeHold(["E-1"], reason: "appeal")))
        #expect(world.act(as: "counsel.dao", Self.approve()).rule == "P19")
        world.must("counsel.dao", Self.removal(.liftHold("L-2", reason: "over")))
        #expect(world.approve("counsel.dao", "P-1").isDone)
    }

    @Test func `a hold on another entry, and a hold on what is to be sealed, keeps nothing`() {
        var world = Self.alder()
        world.must("counsel.dao", Self.removal(.placeHold(["E-2"], reason: "trial")))
        Self.order(&world)
        #expect(world.act(as: "liaison.mpd", Self.propose()).isDone)
        Self.order(&world, .seal, ["E-2"])
        #expect(world.act(as: "liaison.spo", Self.removal(.seal(["E-2"], order: "C-2"))).isDone)
    }

    @Test func `only counsel of the case records orders and places holds`() {
        for name in ["lead.fib", "liaison.mpd", "agent.mpd1", "auditor.rob"] {
            var world = Self.alder()
            let order = RemovalAct.recordOrder(["E-1"], Self.terms(.expunge))
            #expect(world.act(as: name, Self.removal(order)).rule == "P05", "\(name)")
            #expect(world.act(as: name, Self.removal(.placeHold([], reason: "r"))).rule == "P05", "\(name)")
        }
    }

    @Test func `while a purge waits for its second person nobody hinders it by saying more about its entries`() {
        var world = Self.alder()
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPS"), reason: "same van"))
        Self.order(&world)
        let proposal = world.command(as: "lead.fib", Self.propose())
        // The entry's text, and the reasons of two releases and of the request.
        #expect(world.state.decide(proposal).references.filter(\.isOfTexts).count == 4)
        world.take(proposal)
        let remarks: [(String, Act)] = [
            ("agent.mpd1", .withdrawEntry("Alder", "E-1", reason: "It was Mr Grey.")),
            ("agent.mpd1", .changeHandling("Alder", "E-1", .h2, reason: "It was Mr Grey.")),
            ("agent.spo1", .requestPermission("Alder", "E-1", id("DAO-SV"), reason: "It was Mr Grey.")),
            ("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: false, reason: "It was Mr Grey.")),
        ]
        for (name, act) in remarks { #expect(world.act(as: name, act).rule == "L01", "\(act.name)") }
        #expect(world.act(as: "agent.spo1", .changeHandling("Alder", "E-2", .h1, reason: "another entry")).isDone)
        // Once the purge is declined, they are said, and the next one destroys them, too.
        var declined = world
        declined.must("liaison.mpd", Self.removal(.decidePurge("P-1", isApproved: false, reason: "later")))
        for (name, act) in remarks.reversed() { #expect(declined.act(as: name, act).isDone, "\(act.name)") }
        let again = declined.command(as: "lead.fib", Self.propose())
        #expect(declined.state.decide(again).references.filter(\.isOfTexts).count == 8)
        #expect(world.approve("liaison.mpd", "P-1").isDone)
    }

    @Test func `why an entry was given goes with its purge, and nothing is given while one waits`() {
        var world = Self.alder()
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "It was Mr Grey, in the van.")
        Self.order(&world)
        let proposal = world.command(as: "lead.fib", Self.propose())
        let named = world.state.decide(proposal).references.filter(\.isOfTexts).map(\.line)
        let file = world.file("Alder")
        #expect(named == [Int64(file.entries[0].line)] + file.releases.map(\.line))
        world.take(proposal)
        #expect(world.act(as: "liaison.mpd", release, purpose: "OFFICER_SAFETY").rule == "L01")
        let approval = world.command(as: "liaison.mpd", Self.approve())
        let references = world.state.decide(approval).references
        #expect(references.filter(\.isOfTexts).map(\.line) == named)
        // And the lines themselves, for the notices.
        #expect(
            file.releases.allSatisfy { release in references.contains { !$0.isOfTexts && $0.line == release.line } }
        )
    }

    // MARK: All of a case

    /// Alder, sealed under an order that permits some to read it.
    private static func sealed(permitting permitted: [String] = []) -> World {
        var world = alder()
        var terms = terms(.seal)
        terms.permitted = permitted.map(member)
        world.must("counsel.dao", removal(.recordOrder([], terms)))
        world.must("lead.fib", removal(.seal([], order: "C-1")))
        return world
    }

    @Test func `a sealed case is read by nobody but whom the order permits`() {
        var world = Self.sealed(permitting: ["agent.mpd1"])
        for name in ["lead.fib", "counsel.dao", "agent.spo1", "liaison.mpd", "liaison.fib", "liaison.tcp"] {
            #expect(!world.act(as: name, .getEntry("Alder", "E-1"), purpose: nil).isDone, "\(name)")
        }
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-1")).isDone)
        // For all others it is as if it were not there; who answers for the seal, and oversight, know that it is.
        for (name, isKnown) in [
            ("agent.spo1", false), ("liaison.mpd", false), ("liaison.fib", false), ("lead.fib", true),
            ("counsel.dao", true), ("auditor.rob", true),
        ] {
            #expect(world.act(as: name, .getCase("Alder")).isDone == isKnown, "\(name)")
            let seen = world.state.visibleCases(member(name), now: world.now).map(\.title)
            #expect(seen == (isKnown ? ["Alder"] : []), "\(name)")
        }
        let file = world.file("Alder")
        let shown = world.state.json(file, for: member("lead.fib"), inFull: true, now: world.now)
        #expect(shown["state"]?.string == "sealed")
        #expect(shown["predicate"] == nil)
        #expect(shown["assignments"] == nil)
    }

    @Test func `what was given from a sealed case, and what was asked in it, is closed too`() {
        var world = Self.alder()
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPS"), reason: "same van"))
        #expect(
            world.act(as: "agent.tcp1", .getEntry(world.file("Alder").number, "E-1"), purpose: "OFFICER_SAFETY").isDone
        )
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.seal))))
        world.must("liaison.fib", Self.removal(.seal([], order: "C-1")))
        let number = world.file("Alder").number
        #expect(!world.act(as: "agent.tcp1", .getEntry(number, "E-1"), purpose: "OFFICER_SAFETY").isDone)
        let answer = Act.decidePermission(number, "R-1", isGranted: true, reason: nil)
        #expect(world.act(as: "liaison.mpd", answer).rule == "P01")
        let left = world.state.inbox(member("liaison.mpd"), now: world.now)
        #expect(left.map(\.command) == ["accord inbox ack C-1 --case \(number)"])
    }

    @Test func `who took a copy of the case is told of what is purged from it, and certifies`() throws {
        var world = Self.alder()
        world.must("lead.fib", .export("Alder"))
        world.must("auditor.rob", .export("Alder"), purpose: "OVERSIGHT")
        Self.order(&world)
        world.must("liaison.mpd", Self.propose())
        world.approve("counsel.dao", "P-1")
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
        func told() -> [AgencyID] {
            world.file("Alder").removals.purges[0].notices.filter { $0.certifiedAt == nil }.map(\.recipient)
        }
        // The copy of oversight has no content, and MPD-VT contributed it.
        #expect(told() == [id("TCP-NAR"), id("HCS-MAR"), id("FIB-MB")])
        world.must("liaison.fib", Self.removal(.certify("P-1")))
        #expect(told() == [id("TCP-NAR"), id("HCS-MAR")])
        // What came after the copy is not in it.
        var later = Self.alder()
        later.must("agent.spo1", .recordEntry("Alder", World.entry()))
        later.must("lead.fib", .export("Alder"))
        later.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        Self.order(&later, .expunge, ["E-4"])
        later.must("liaison.mpd", Self.propose(["E-4"]))
        later.approve("counsel.dao", "P-1")
        #expect(later.file("Alder").removals.purges[0].notices.isEmpty)
    }

    @Test func `that a case is sealed is told to every agency to which something of it went, until it took note`() {
        var world = Self.sealed()
        let number = world.file("Alder").number
        func told(_ name: String) -> [InboxTask] {
            world.state.inbox(member(name), now: world.now).filter { $0.summary.contains("A court sealed") }
        }
        for name in ["liaison.fib", "liaison.mpd"] {
            #expect(told(name).map(\.item) == ["C-1"], "\(name)")
            #expect(told(name).first?.summary.contains("all of the case") == true, "\(name)")
        }
        // Who was given an entry is told of what he has, and learns nothing else of the case.
        let outside = told("liaison.tcp")
        #expect(
            outside.count == 1 && outside[0].summary.contains("was given D-1") && !outside[0].summary.contains("Alder")
        )
        for name in ["agent.mpd1", "counsel.dao", "auditor.rob", "officer.fro"] {
            #expect(told(name).isEmpty, "\(name)")
        }
        for name in ["liaison.mpd", "liaison.tcp"] {
            world.must(name, .acknowledgeNotice(number, "C-1"), purpose: nil)
            #expect(told(name).isEmpty, "\(name)")
            #expect(!world.act(as: name, .acknowledgeNotice(number, "C-1"), purpose: nil).isDone, "\(name)")
        }
        // It opens nothing.
        #expect(!world.act(as: "liaison.mpd", .getCase("Alder"), purpose: nil).isDone)
        #expect(world.act(as: "officer.fro", .acknowledgeNotice(number, "C-1"), purpose: nil).rule == "P01")
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.unseal))))
        world.must("lead.fib", Self.removal(.unseal([], order: "C-2")))
        #expect(told("liaison.fib").isEmpty)
    }

    @Test func `nothing is done in a sealed case but by order`() {
        var world = Self.sealed(permitting: ["agent.mpd1"])
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).rule == "L02")
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "r")).rule == "L02")
        #expect(world.act(as: "lead.fib", Self.removal(.unseal([], order: "C-1"))).rule == "P20")
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.unseal))))
        // Who recorded the order does not carry it out.
        #expect(world.act(as: "counsel.dao", Self.removal(.unseal([], order: "C-2"))).rule == "P20")
        world.must("lead.fib", Self.removal(.unseal([], order: "C-2")))
        #expect(world.act(as: "agent.spo1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).isDone)
    }

    @Test func `of a notice is taken note in a sealed case, too`() {
        var world = Self.alder()
        world.must("counsel.dao", Self.removal(.recordOrder(["E-1"], Self.terms(.suppress))))
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.seal))))
        world.must("lead.fib", Self.removal(.seal([], order: "C-2")))
        func notices() -> [String?] {
            world.state.inbox(member("lead.fib"), now: world.now).filter { $0.command.contains("inbox ack") }.map(
                \.item
            )
        }
        #expect(notices() == ["C-1"])
        world.must("lead.fib", .acknowledgeNotice("Alder", "C-1"))
        #expect(notices().isEmpty)
    }

    @Test func `what a court orders is lifted by what it orders since, and not by an older order`() {
        var world = Self.sealed(permitting: ["agent.mpd1"])
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.unseal))))
        world.must("lead.fib", Self.removal(.unseal([], order: "C-2")))
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.seal))))
        world.must("lead.fib", Self.removal(.seal([], order: "C-3")))
        let again = world.act(as: "lead.fib", Self.removal(.unseal([], order: "C-2")))
        #expect(again.rule == "P20")
        #expect(again.refusal?.outward.message.hasPrefix("C-2 is older than C-3") ?? false)
        var other = Self.alder()
        other.must("counsel.dao", Self.removal(.recordOrder(["E-1"], Self.terms(.unseal))))
        other.must("counsel.dao", Self.removal(.recordOrder(["E-1"], Self.terms(.suppress))))
        #expect(other.act(as: "liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-1"))).rule == "P20")
        other.must("counsel.dao", Self.removal(.recordOrder(["E-1"], Self.terms(.unseal))))
        other.must("liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-3")))
    }

    @Test func `an order over entries seals no case, and one over the case names no entries`() {
        var world = Self.alder()
        Self.order(&world, .seal)
        #expect(world.act(as: "lead.fib", Self.removal(.seal([], order: "C-1"))).rule == "P20")
        #expect(!world.act(as: "counsel.dao", Self.removal(.recordOrder([], Self.terms(.expunge)))).isDone)
        var named = Self.terms(.seal)
        named.permitted = [member("agent.mpd1")]
        #expect(!world.act(as: "counsel.dao", Self.removal(.recordOrder(["E-1"], named))).isDone)
        named.permitted = [member("auditor.rob")]
        #expect(!world.act(as: "counsel.dao", Self.removal(.recordOrder([], named))).isDone)
        world.must("counsel.dao", Self.removal(.recordOrder([], Self.terms(.seal))))
        #expect(world.act(as: "lead.fib", Self.removal(.seal(["E-1"], order: "C-2"))).rule == "P20")
        #expect(world.act(as: "agent.spo1", Self.removal(.seal([], order: "C-2"))).rule == "P05")
    }

    @Test func `a sealed case is sealed in a state that was kept`() throws {
        let world = Self.sealed(permitting: ["agent.mpd1"])
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.encode() == world.state.encode())
        #expect(kept.visibleCases(member("agent.spo1"), now: world.now).isEmpty)
        #expect(kept.visibleCases(member("agent.mpd1"), now: world.now).count == 1)
    }

    @Test func `however often something was said about an entry, it can be purged`() {
        var world = Self.alder()
        Self.order(&world)
        var said = 0
        for step in 0..<600 {
            let handling: Handling = step.isMultiple(of: 2) ? .h1 : .h0
            said += world.act(as: "liaison.mpd", .changeHandling("Alder", "E-1", handling, reason: "r")).isDone ? 1 : 0
        }
        // Beside the reasons of two releases.
        #expect(said == 498)
        let proposal = world.command(as: "lead.fib", Self.propose())
        #expect(world.state.decide(proposal).references.filter(\.isOfTexts).count == 501)
        world.take(proposal)
        #expect(world.approve("liaison.mpd", "P-1").isDone)
    }

    @Test func `a closed case is reviewed, sealed and purged all the same`() {
        var world = Self.alder()
        world.must("lead.fib", .moveCase("Alder", .close, reason: "verdict"))
        Self.order(&world)
        world.must("liaison.mpd", Self.propose())
        #expect(world.approve("counsel.dao", "P-1").isDone)
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).rule == "L02")
    }

    @Test(arguments: [nil, 0, 6 * 365] as [Int64?])
    func `what is retained has the day of its next review within five years`(days: Int64?) {
        var world = Self.alder()
        let until = days.map { world.now.adding(days: $0) }
        let act = Self.removal(.review(["E-1"], .retain, until: until, explanation: "still needed"))
        #expect(world.act(as: "lead.fib", act).code == "E-INVALID")
        let good = RemovalAct.review(["E-1"], .retain, until: world.now.adding(days: 365), explanation: "needed")
        #expect(world.act(as: "lead.fib", Self.removal(good)).isDone)
    }

    // MARK: What readers see

    @Test func `a purged entry is known to have been to who knew of it, and absent to others`() {
        var world = Self.purged()
        for name in ["lead.fib", "agent.mpd1", "analyst.fib", "counsel.dao", "liaison.mpd"] {
            let read = world.act(as: name, .getEntry("Alder", "E-1"))
            #expect(read.rule == "L01", "\(name)")
            #expect(read.refusal?.outward.message == "E-1 was purged: P-1 under court order C-1.", "\(name)")
        }
        for name in ["agent.tcp1", "liaison.tcp", "lead.hcs"] {
            #expect(world.act(as: name, .getEntry("Alder", "E-1")).rule == "P01", "\(name)")
        }
        for act in [
            Act.correctEntry("Alder", "E-1", text: "t", reason: "r"), .withdrawEntry("Alder", "E-1", reason: "r"),
            .changeHandling("Alder", "E-1", .h2, reason: "r"), .acknowledgeEntry("Alder", "E-1"),
            .releaseEntry("Alder", "E-1", id("SPS"), reason: "r"), Self.propose(),
        ] {
            #expect(world.act(as: "liaison.mpd", act).rule == "L01", "\(act.name)")
        }
    }

    @Test func `a sealed entry is as absent as one that never was, but for oversight`() {
        var world = Self.alder()
        Self.order(&world, .seal)
        #expect(world.act(as: "counsel.dao", Self.removal(.seal(["E-1"], order: "C-1"))).rule == "P20")
        world.must("liaison.mpd", Self.removal(.seal(["E-1"], order: "C-1")))
        for name in ["lead.fib", "agent.mpd1", "liaison.mpd", "counsel.dao"] {
            let sealed = world.act(as: name, .getEntry("Alder", "E-1")).refusal
            let absent = world.act(as: name, .getEntry("Alder", "E-9")).refusal
            #expect(sealed != nil && sealed?.outward == absent?.outward, "\(name)")
        }
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).rule == "P01")
        #expect(world.act(as: "auditor.rob", .getEntry("Alder", "E-1")).rule == "P05")
        #expect(world.act(as: "agent.fib1", Self.propose()).rule == "P04C")
    }

    @Test func `an order that unseals gives the entry back as it was`() {
        var world = Self.alder()
        Self.order(&world, .seal)
        world.must("liaison.mpd", Self.removal(.seal(["E-1"], order: "C-1")))
        #expect(world.act(as: "liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-1"))).rule == "P20")
        Self.order(&world, .unseal)
        world.must("liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-2")))
        #expect(world.act(as: "agent.fib1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "liaison.mpd", Self.removal(.unseal(["E-1"], order: "C-2"))).rule == "L01")
    }

    @Test func `feeds, lists, inboxes and exports show no more of it than readings`() {
        var world = Self.purged()
        let recorded = world.record.first { $0.event.kind == "entry.recorded" }?.event
        func feed(_ name: String, _ event: Event?) -> String? {
            event.flatMap { world.state.feedSummary($0, for: member(name), now: world.now) }
        }
        #expect(feed("agent.fib1", recorded) != nil)
        let approved = world.record.last { $0.event.kind == "purge.approved" }?.event
        #expect(feed("agent.fib1", approved) == "E-1 is purged: P-1 under court order C-1.")
        #expect(feed("liaison.lsd", approved) == nil)
        Self.order(&world, .seal, ["E-2"])
        world.must("lead.fib", Self.removal(.seal(["E-2"], order: "C-2")))
        let second = world.record.last { $0.event.kind == "entry.recorded" }?.event
        #expect(feed("agent.fib1", second) == nil)
        let sealed = world.record.last { $0.event.kind == "record.sealed" }?.event
        #expect(feed("agent.fib1", sealed) == nil && feed("lead.fib", sealed) != nil)

        let export = world.act(as: "lead.fib", .export("Alder")).reading
        var scope = export?.parts
        var shown: [String: Visibility] = [:]
        for (event, _) in world.record where event.caseID == world.file("Alder").id {
            let visibility = scope?.visibility(of: event) ?? .none
            if case .entryRecorded(let entry) = event.body { shown["E-\(entry.number)"] = visibility }
        }
        #expect(shown == ["E-1": .header, "E-2": .none])
    }

    // MARK: Notices

    @Test func `everybody in the dissemination register is told, without the content, and certifies`() {
        var world = Self.purged()
        let notices = world.record.filter { $0.event.kind == "purge.notice_sent" }
        #expect(notices.count == 2)
        let task = world.state.inbox(member("liaison.tcp"), now: world.now).first { $0.kind == "purge-notice" }
        #expect(task?.item == "P-1" && task?.command == "accord purge certify \(world.file("Alder").number) P-1")
        #expect(task?.summary.contains("words") == false)
        #expect(world.state.inbox(member("agent.tcp1"), now: world.now).isEmpty)

        let certify = Act.removal(world.file("Alder").number, .certify("P-1"))
        #expect(world.act(as: "agent.tcp1", certify).rule == "P01")
        #expect(world.act(as: "liaison.fib", certify).rule == "P04")
        #expect(world.act(as: "liaison.tcp", certify).isDone)
        #expect(world.act(as: "liaison.tcp", certify).rule == "L01")
        #expect(world.state.inbox(member("liaison.tcp"), now: world.now).isEmpty)

        world.pass(days: 31)
        let late = world.state.inbox(member("lead.fib"), now: world.now).filter { $0.item?.hasPrefix("P-") ?? false }
        #expect(
            late.map(\.item) == ["P-1/D-2"] && late.first?.kind == "overdue"
                && late.first?.summary.hasSuffix("from HCS-MAR.") == true
        )
        #expect(world.record.filter { $0.event.kind == "purge.certification_overdue" }.count == 1)
    }

    @Test func `who answers for the case sees what is not certified, and others do not`() throws {
        var world = Self.purged()
        world.must("liaison.tcp", .removal(world.file("Alder").number, .certify("P-1")))
        func certified(_ name: String) -> [String] {
            let objects = world.state.removals(of: world.file("Alder"), for: member(name), now: world.now)
            let notices = objects.flatMap { $0["notices"]?.array ?? [] }.compactMap(\.object)
            return notices.map { "\($0["agency"]?.string ?? "?") \($0["certifiedAt"] == nil ? "open" : "done")" }
        }
        #expect(certified("lead.fib") == ["TCP-NAR done", "HCS-MAR open"])
        #expect(certified("liaison.mpd") == ["TCP-NAR done", "HCS-MAR open"])
        #expect(certified("counsel.dao") == ["? done", "? open"])
        #expect(certified("liaison.spo").isEmpty)
        for (name, rule) in [("lead.fib", nil), ("auditor.rob", nil), ("agent.mpd1", "P05"), ("agent.tcp1", "P01")] {
            #expect(world.act(as: name, Self.removal(.list)).rule == rule, "\(name)")
        }
    }

    @Test func `the inbox leads from an order through both persons`() throws {
        var world = Self.alder()
        Self.order(&world)
        let number = world.file("Alder").number
        func commands(_ name: String) -> [String] { world.state.inbox(member(name), now: world.now).map(\.command) }
        #expect(commands("lead.fib") == ["accord purge propose \(number) E-1 --order C-1"])
        world.must("lead.fib", Self.propose())
        #expect(commands("lead.fib").isEmpty)
        let both = "accord purge approve \(number) P-1\naccord purge decline \(number) P-1 --reason WHY"
        #expect(commands("liaison.mpd") == [both] && commands("counsel.dao") == [both])
        #expect(commands("liaison.spo").isEmpty)
    }

    @Test func `what is due to be reviewed again is in the inbox of who answers for it`() {
        var world = Self.alder()
        let until = world.now.adding(days: 80)
        func review(until: UTCTime) -> Act {
            Self.removal(.review(["E-1"], .retain, until: until, explanation: "needed"))
        }
        world.must("lead.fib", review(until: until))
        world.pass(days: 79)
        #expect(world.inboxKinds("lead.fib").isEmpty)
        world.pass(days: 2)
        for name in ["lead.fib", "counsel.dao"] {
            let task = world.state.inbox(member(name), now: world.now).first
            #expect(task?.kind == "overdue" && task?.item == "E-1" && task?.since == until, "\(name)")
            #expect(task?.command.hasPrefix("accord retention review \(world.file("Alder").number) E-1 ") == true)
        }
        for name in ["agent.mpd1", "liaison.fib", "auditor.rob"] {
            #expect(!world.state.inbox(member(name), now: world.now).contains { $0.item == "E-1" }, "\(name)")
        }
        world.must("lead.fib", review(until: world.now.adding(days: 5)))
        #expect(world.inboxKinds("lead.fib").isEmpty)
    }

    @Test func `the state comes back from a snapshot with all of it`() throws {
        var world = Self.purged()
        Self.order(&world, .seal, ["E-2"])
        world.must("lead.fib", Self.removal(.seal(["E-2"], order: "C-2")))
        Self.order(&world, .protective, ["E-2"])
        world.must("lead.fib", .acknowledgeNotice("Alder", "C-3"))
        world.must("counsel.dao", Self.removal(.placeHold(["E-2"], reason: "trial")))
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        let review = RemovalAct.review(["E-3"], .retain, until: world.now.adding(days: 9), explanation: "needed")
        world.must("lead.fib", Self.removal(review))
        world.must("liaison.spo", .withdrawEntry("Alder", "E-3", reason: "r"))
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
        #expect(again.pendingPurges == world.state.pendingPurges && again.pendingPurges.count == 1)
    }
}

extension World {
    /// Approves a purge.
    @discardableResult
    mutating func approve(_ name: String, _ purge: String) -> Outcome {
        act(as: name, .removal("Alder", .decidePurge(purge, isApproved: true, reason: nil)))
    }
}
