import Policy
import StrictJSON
import Testing

@testable import Casework

/// Lawful removal reaches shared work as it reaches entries: subjects, answers, tasks, plans (domain.md 2.11, 4.3 rows 29 and 30).
@Suite("Lawful removal of shared work")
struct WorkRemovalTests {
    private static func removal(_ act: RemovalAct) -> Act { .removal("Alder", act) }

    /// S-1 and Q-1, and an order of the kind over them.
    private static func ordered(_ kind: OrderKind, _ names: [String] = ["S-1"]) -> World {
        var world = WorkOriginTests.world()
        RemovalTests.order(&world, kind, names)
        return world
    }

    private static func get(_ world: World, _ name: String, _ item: String) -> World.Outcome {
        var world = world
        return world.work(as: name, "io.accord.Work.Get", ["item": .string(item)])
    }

    @Test func `a subject is expunged: its texts are named for destruction, and what rests on it is withdrawn`() {
        var world = WorkOriginTests.world()
        world.must("agent.mpd1", World.target(case: "Alder", subject: "S-1"))
        RemovalTests.order(&world, .expunge, ["S-1"])
        let proposal = world.command(as: "liaison.mpd", RemovalTests.propose(["s1"]))
        let item = world.file("Alder").work["subject", 1]
        #expect(world.state.decide(proposal).references.filter(\.isOfTexts).map(\.line) == item?.lines)
        world.take(proposal)
        #expect(world.act(as: "liaison.mpd", RemovalTests.approve()).rule == "P20")
        let approval = world.command(as: "counsel.dao", RemovalTests.approve())
        #expect(world.state.decide(approval).references.filter(\.isOfTexts).map(\.line) == item?.lines)
        world.take(approval)
        #expect(world.file("Alder").removals.purged == [.work("subject", 1): 1])
        #expect(world.record.contains { $0.event.kind == "decon.target_withdrawn" })
        #expect(!world.state.clocks.pending.contains { $0.item == "S-1" })
    }

    @Test func `who knew of it is told that it was purged, and sees nothing else of it`() {
        var world = Self.ordered(.expunge)
        world.must("lead.fib", RemovalTests.propose(["S-1"]))
        world.approve("counsel.dao", "P-1")
        for name in ["agent.mpd1", "lead.fib", "inspector.lsd"] {
            let read = Self.get(world, name, "S-1")
            #expect(read.rule == "L01", "\(name)")
            #expect(read.refusal?.outward.message == "S-1 was purged: P-1 under court order C-1.", "\(name)")
            let listed = world.state.work(of: world.file("Alder"), workflow: nil, for: member(name), now: world.now)
                .first { $0["id"]?.string == "S-1" }
            #expect(listed?["facts"] == nil && listed?["purged"]?.string == "P-1 under court order C-1", "\(name)")
        }
        #expect(Self.get(world, "agent.tcp1", "S-1").rule == "P01")
        let approved = world.record.last { $0.event.kind == "purge.approved" }?.event
        let told = approved.flatMap { world.state.feedSummary($0, for: member("inspector.lsd"), now: world.now) }
        #expect(told == "S-1 is purged: P-1 under court order C-1.")
        let clearing: JSONObject = ["item": "S-1", "reason": "r"]
        #expect(world.work(as: "lead.fib", "io.accord.Subject.Clear", clearing).rule == "L01")
    }

    @Test func `each agency that was shown it or had a part in it is told, and certifies`() {
        var world = Self.ordered(.expunge, ["S-1"])
        world.must("lead.fib", RemovalTests.propose(["S-1"]))
        world.approve("counsel.dao", "P-1")
        let told = world.file("Alder").removals.purges.first?.notices.map(\.recipient)
        #expect(told == ["DAO-SV", "FIB-MB", "LSD-WH", "SPO-OC"].map { id($0) })
        let task = world.state.inbox(member("liaison.lsd"), now: world.now).first { $0.kind == "purge-notice" }
        #expect(task?.fromAgency == "MPD-VT" && task?.item == "P-1")
        #expect(world.act(as: "liaison.lsd", Self.removal(.certify("P-1"))).isDone)
        #expect(world.act(as: "liaison.lsd", Self.removal(.certify("P-1"))).rule == "L01")
        world.pass(days: 31)
        let late = world.state.clocks.overdue.map(\.item).filter { $0.hasPrefix("P-1/") }.sorted()
        #expect(late == ["P-1/DAO-SV", "P-1/FIB-MB", "P-1/SPO-OC"])
    }

    @Test func `of a request that is purged its other party is told, and the agency of counsel, who read it`() {
        var world = Self.ordered(.expunge, ["Q-1"])
        world.must("liaison.fib", RemovalTests.propose(["Q-1"]))
        world.approve("counsel.dao", "P-1")
        let told = world.file("Alder").removals.purges.first?.notices.map(\.recipient)
        #expect(told == ["DAO-SV", "MPD-VT"].map { id($0) })
        #expect(Self.get(world, "agent.mpd1", "Q-1").rule == "L01")
        #expect(Self.get(world, "inspector.lsd", "Q-1").rule == "P04")
    }

    @Test func `an agency that left after it was shown it is told, and one that had left before is not`() {
        for isMadeBefore in [true, false] {
            var world = isMadeBefore ? WorkOriginTests.world() : World.joined()
            world.pass(days: 1)
            world.must("liaison.lsd", .withdrawAgency("Alder", reason: "done"))
            world.pass(days: 1)
            if !isMadeBefore {
                let subject: JSONObject = [
                    "kind": "person", "criminality": "trafficking", "lawfullyObtained": true, "basis": "b",
                ]
                #expect(world.work(as: "agent.mpd1", "io.accord.Subject.Register", subject).isDone)
            }
            RemovalTests.order(&world, .expunge, ["S-1"])
            world.must("lead.fib", RemovalTests.propose(["S-1"]))
            world.approve("counsel.dao", "P-1")
            let told = world.file("Alder").removals.purges.first?.notices.map(\.recipient) ?? []
            #expect(told.contains(id("LSD-WH")) == isMadeBefore && told.contains(id("SPO-OC")))
            let certified = world.act(as: "liaison.lsd", Self.removal(.certify("P-1")))
            #expect(certified.isDone == isMadeBefore, "\(String(describing: certified.refusal))")
        }
    }

    @Test func `a review that decides for a purge is authority with the liaison of the agency that made it`() {
        var world = WorkOriginTests.world()
        let review = RemovalAct.review(["T-1"], .purge, until: nil, explanation: "not needed")
        world.must("lead.fib", Self.removal(review))
        world.must("lead.fib", RemovalTests.propose(["T-1"], nil))
        #expect(world.act(as: "liaison.mpd", RemovalTests.approve()).rule == "P04")
        #expect(world.act(as: "counsel.dao", RemovalTests.approve()).rule == "P20")
        #expect(world.approve("liaison.fib", "P-1").isDone)
    }

    @Test func `what is retained is due for review again, by its name`() {
        var world = WorkOriginTests.world()
        let until = world.now.adding(days: 80)
        world.must("lead.fib", Self.removal(.review(["S-1"], .retain, until: until, explanation: "needed")))
        world.pass(days: 81)
        let task = world.state.inbox(member("lead.fib"), now: world.now).first {
            $0.item == "S-1" && $0.kind == "overdue"
        }
        #expect(task?.command.hasPrefix("accord retention review \(world.file("Alder").number) S-1 ") == true)
    }

    @Test func `a hold keeps work as it keeps entries, and while a purge waits it takes no steps`() {
        var world = Self.ordered(.expunge, ["T-1", "E-1"].filter { $0 == "T-1" })
        world.must("counsel.dao", Self.removal(.placeHold(["T-1"], reason: "trial")))
        #expect(world.act(as: "liaison.fib", RemovalTests.propose(["T-1"])).rule == "P19")
        world.must("counsel.dao", Self.removal(.liftHold("L-1", reason: "over")))
        world.must("liaison.fib", RemovalTests.propose(["T-1"]))
        let update: JSONObject = ["item": "T-1", "text": "It was Mr Grey."]
        #expect(world.work(as: "agent.mpd1", "io.accord.Task.Update", update).rule == "L01")
        // Its clock runs out meanwhile, which hinders nothing.
        world.now = world.now.adding(days: 2)
        #expect(world.crossDueClocks().contains("task.overdue"))
        #expect(world.approve("counsel.dao", "P-1").isDone)
    }

    @Test func `sealed work is absent to all but oversight, keeps no case open, and comes back unsealed`() {
        var world = World.joined()
        WorkTests.assign(&world, blocking: true)
        RemovalTests.order(&world, .seal, ["T-1"])
        world.must("lead.fib", Self.removal(.seal(["T-1"], order: "C-1")))
        for name in ["lead.fib", "agent.mpd1", "counsel.dao", "liaison.mpd"] {
            let absent = Self.get(world, name, "T-9").refusal?.outward
            #expect(Self.get(world, name, "T-1").refusal?.outward == absent, "\(name)")
            let items = world.state.work(of: world.file("Alder"), workflow: nil, for: member(name), now: world.now)
            #expect(items.isEmpty && !world.state.inbox(member(name), now: world.now).contains { $0.item == "T-1" })
        }
        let seen = world.state.work(of: world.file("Alder"), workflow: nil, for: member("auditor.rob"), now: world.now)
        #expect(seen.count == 1 && seen.first?["facts"] == nil)
        var closed = world
        #expect(closed.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done")).isDone)
        RemovalTests.order(&world, .unseal, ["T-1"])
        world.must("lead.fib", Self.removal(.unseal(["T-1"], order: "C-2")))
        #expect(Self.get(world, "agent.mpd1", "T-1").isDone)
    }

    @Test func `orders that hold at once hold of work, too: suppression bars reading, protection export`() {
        let suppressed = Self.ordered(.suppress, ["Q-1"])
        #expect(Self.get(suppressed, "agent.fib1", "Q-1").rule == "P04")
        let told = suppressed.state.inbox(member("liaison.mpd"), now: suppressed.now).filter { $0.kind == "order" }
        #expect(told.count == 1)
        var protected = Self.ordered(.protective, ["S-1"])
        #expect(Self.get(protected, "inspector.lsd", "S-1").isDone)
        var parts = protected.act(as: "lead.fib", .export("Alder")).reading?.parts
        let registered = protected.record.first { $0.event.kind == "subject.registered" }?.event
        #expect(registered.flatMap { parts?.visibility(of: $0) } == .header)
    }

    @Test func `acts about work are decided again as they were, and the state survives a snapshot`() throws {
        var world = Self.ordered(.expunge)
        world.must("lead.fib", RemovalTests.propose(["S-1"]))
        world.approve("counsel.dao", "P-1")
        RemovalTests.order(&world, .seal, ["Q-1"])
        world.must("lead.fib", Self.removal(.seal(["Q-1"], order: "C-2")))
        RemovalTests.order(&world, .protective, ["T-1"])
        world.must("counsel.dao", Self.removal(.placeHold(["T-1"], reason: "trial")))
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
        for (event, _) in world.record {
            let read = try event.reread()
            #expect(read == event)
        }
    }
}
