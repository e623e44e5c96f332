import Policy
import StrictJSON
import Testing

@testable import Casework

/// Emergency releases: to one agency, for two hours at most, reviewed by oversight (28 CFR 23.20(f); domain.md 6.8 P26, 6.11).
struct EmergencyTests {
    /// Alder with E-1 by MPD-VT, H2, which nobody has permitted to be given to anyone.
    private static func world() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        return world
    }

    static func invoke(_ entry: String = "E-1", to agency: String = "TCP-NAR", hours: Int64 = 2) -> Act {
        .breakGlass("Alder", entry, id(agency), hours: hours, reason: "people sealed in the container")
    }

    private static func review(_ finding: EmergencyFinding = .justified) -> Act {
        .reviewEmergency("Alder", "D-1", finding, note: "found in time")
    }

    @Test
    func `an emergency gives an entry without permission or agreement, and the line says which rule it overrides`() {
        var world = Self.world()
        let plain = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        #expect(world.act(as: "agent.fib1", plain).code == "E-H2-ORIGINATOR")
        let decision = world.state.decide(world.command(as: "agent.fib1", Self.invoke()))
        #expect(decision.overridden == "P06")
        let event = world.must("agent.fib1", Self.invoke())
        #expect(event.kind == "breakglass.invoked" && event.item == "D-1" && event.role == .contributor)
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.state.releases(of: world.file("Alder"), to: world.someone("agent.tcp1"), world.now).count == 1)
    }

    @Test func `the originator's own policy does not keep help away, and what is overridden is on record and shown`()
        throws
    {
        var world = Self.world()
        let denies = World.rule("deny data", for: ["TCP-NAR"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([denies]))
        let plain = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        #expect(world.act(as: "liaison.mpd", plain).rule == "P03J")
        let decision = world.state.decide(world.command(as: "agent.fib1", Self.invoke()))
        #expect(decision.overridden == "P03J")
        let event = world.must("agent.fib1", Self.invoke())
        guard case .disseminated(let line) = event.body else { return }
        let overrides = try #require(line.overrides)
        #expect(overrides.contains("City Code 7-2") && overrides.contains("city-limits/1"))
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        for name in ["auditor.rob", "liaison.mpd", "lead.fib"] {
            let task = world.inbox(name).first { $0.item == "D-1" }
            #expect(task?.summary.contains("This overrides the policy of MPD-VT: City Code 7-2") == true, "\(name)")
        }
        #expect(world.state.emergencies(of: world.file("Alder").id)[1]?["overrides"]?.string == overrides)
        let read = try Event(
            kind: event.kind,
            caseID: event.caseID,
            agency: "FIB-MB",
            member: "agent.fib1",
            role: event.role?.rawValue ?? "",
            purpose: event.purpose?.rawValue ?? "",
            parts: event.parts()
        )
        #expect(read == event)
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
        world.now = world.now.adding(hours: 2)
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
    }

    @Test func `where the originator's own policy allows it, an emergency overrides none`() {
        var world = Self.world()
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny data", for: ["FRO-MB"])]))
        let decision = world.state.decide(world.command(as: "agent.fib1", Self.invoke()))
        #expect(decision.overridden == "P06")
        guard case .disseminated(let line) = decision.event.body else { return }
        #expect(line.overrides == nil)
    }

    @Test(arguments: [Int64(1), 2])
    func `it ends by itself, to the millisecond, whether or not the clock was noted`(hours: Int64) throws {
        var world = Self.world()
        let begun = world.now
        world.must("agent.fib1", Self.invoke(hours: hours))
        world.now = UTCTime(milliseconds: begun.adding(hours: hours).milliseconds - 1)
        #expect(world.cross("breakglass.").isEmpty)
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        world.now = begun.adding(hours: hours)
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        #expect(world.act(as: "agent.tcp1", .acknowledgeEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        #expect(world.inboxKinds("agent.tcp1").isEmpty)
        #expect(world.cross("breakglass.") == ["breakglass.expired"])
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases && again.clocks == world.state.clocks)
    }

    @Test func `a reading from outside names its release, and an emergency only where nothing else opens the entry`() {
        var world = Self.world()
        world.must("agent.fib1", Self.invoke())
        func named(_ kind: String) -> [LineReference] {
            let line = world.record.last { $0.event.kind == kind }?.place.caseSeq
            return [LineReference(line: Int64(clamping: line ?? 0))]
        }
        let read = Act.getEntry("Alder", "E-1")
        #expect(
            world.state.decide(world.command(as: "agent.tcp1", read)).references == named("breakglass.invoked")
        )
        #expect(world.state.decide(world.command(as: "agent.spo1", read)).references.isEmpty)
        world.must("liaison.mpd", .releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r"), purpose: "OFFICER_SAFETY")
        #expect(
            world.state.decide(world.command(as: "agent.tcp1", read)).references == named("dissemination.recorded")
        )
    }

    @Test func `originator, lead and oversight are told at once, and are until oversight has reviewed it`() {
        var world = Self.world()
        world.must("agent.spo1", Self.invoke())
        #expect(world.inboxKinds("auditor.rob") == ["emergency-review"])
        #expect(world.inboxKinds("liaison.mpd") == ["emergency"])
        #expect(world.inboxKinds("lead.fib") == ["emergency"])
        #expect(world.inboxKinds("agent.tcp1") == ["release"])
        for name in ["liaison.lsd", "inspector.lsd", "counsel.dao", "liaison.spo", "agent.spo1", "admin.ops"] {
            #expect(world.inboxKinds(name).isEmpty, "\(name)")
        }
        #expect(world.act(as: "lead.fib", Self.review()).code == "E-ROLE")
        #expect(world.act(as: "agent.tcp1", Self.review()).code == "E-NOT-MEMBER")
        #expect(world.act(as: "auditor.rob", Self.review(.notJustified)).event?.kind == "breakglass.reviewed")
        #expect(world.act(as: "auditor.rob", Self.review()).code == "E-STATE")
        #expect(world.inboxKinds("auditor.rob").isEmpty && world.inboxKinds("lead.fib").isEmpty)
        #expect(world.state.clocks.clock(.emergencyReview, world.file("Alder").id, "D-1") == nil)
        #expect(world.state.emergencies(of: world.file("Alder").id)[1]?["finding"] == "not-justified")
    }

    @Test func `a review that is late is said to be, once, and can still be made`() {
        var world = Self.world()
        world.must("agent.fib1", Self.invoke())
        world.now = world.now.adding(hours: 24)
        #expect(world.cross("breakglass.") == ["breakglass.expired", "breakglass.review_overdue"])
        #expect(world.state.inbox(member("auditor.rob"), now: world.now).first?.summary.hasSuffix("is late.") ?? false)
        #expect(world.act(as: "auditor.rob", Self.review()).isDone)
        #expect(!world.state.clocks.overdue.contains { $0.item == "D-1" })
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
    }

    @Test func `no emergency opens what was written to oversight, whether or not there is any`() {
        var world = Self.world()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h0, .oversight)))
        let there = Reference.entryName(world.submitted("Alder"))
        for name in ["lead.fib", "agent.mpd1", "auditor.rob"] {
            let refused = world.act(as: name, Self.invoke(there))
            #expect(refused.code == "E-NEVER" && refused.refusal?.isAlert ?? false, "\(name)")
            #expect(world.act(as: name, Self.invoke("O-999999")).refusal == refused.refusal, "\(name)")
        }
        #expect(world.act(as: "agent.tcp1", Self.invoke(there)).code == "E-NOT-MEMBER")
    }

    @Test func `no emergency opens what is kept of victims or what 8 USC 1367 protects, whether or not there is any`() {
        var world = World.cared()
        world.mint()
        world.flag()
        for item in ["V-0001", "V-7F3A", "W-1", "W-48291374", "VC-1"] {
            for name in ["lead.fib", "advocate.sps"] {
                #expect(world.act(as: name, Self.invoke(item)).rule == "P26", "\(name) \(item)")
            }
        }
        // A piece of other work is no entry, and is told nothing of.
        #expect(world.act(as: "lead.fib", Self.invoke("T-1")).rule == "P04")
    }

    @Test func `it is for who works in the case and sees the entry, and for no others`() {
        var world = Self.world()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2, .operations)))
        for name in ["analyst.fib", "auditor.rob"] {
            #expect(world.act(as: name, Self.invoke()).code == "E-ROLE", "\(name)")
        }
        #expect(world.act(as: "liaison.lsd", Self.invoke()).code == "E-NOT-FOUND")
        #expect(world.act(as: "inspector.lsd", Self.invoke("E-2")).code == "E-NOT-FOUND")
        #expect(world.act(as: "agent.tcp1", Self.invoke()).code == "E-NOT-MEMBER")
        #expect(world.act(as: "admin.ops", Self.invoke()).rule == "P09")
        for name in ["lead.fib", "counsel.dao", "liaison.mpd", "agent.mpd1", "inspector.lsd"] {
            #expect(world.act(as: name, Self.invoke()).isDone, "\(name)")
        }
    }

    @Test func `it never goes to civil immigration enforcement, nor to who has the entry already`() {
        var world = Self.world()
        #expect(world.act(as: "lead.fib", Self.invoke(to: "FRO-MB")).code == "E-PURPOSE")
        #expect(world.act(as: "lead.fib", Self.invoke(), purpose: "CIV_IMM").code == "E-PURPOSE")
        #expect(world.act(as: "lead.fib", Self.invoke(to: "SPO-OC")).code == "E-STATE")
        #expect(world.act(as: "lead.fib", Self.invoke(to: "XYZ-99")).code == "E-INVALID")
        world.must("liaison.mpd", .withdrawEntry("Alder", "E-1", reason: "r"))
        #expect(world.act(as: "lead.fib", Self.invoke()).code == "E-STATE")
    }

    @Test func `a member declares two in a day, in whatever cases, and another member two more`() {
        var world = Self.world()
        world.open("Birch", by: "lead.fib")
        world.must("lead.fib", .recordEntry("Birch", World.entry()))
        world.must("lead.fib", Self.invoke())
        world.must("lead.fib", .breakGlass("Birch", "E-1", id("TCP-NAR"), hours: 1, reason: "r"))
        let refused = world.act(as: "lead.fib", Self.invoke(to: "HCS-MAR"))
        #expect(refused.rule == "P26R" && refused.refusal?.isAlert ?? false)
        #expect(world.act(as: "agent.fib1", Self.invoke(to: "HCS-MAR")).isDone)
        world.now = world.now.adding(hours: 24)
        #expect(world.act(as: "lead.fib", Self.invoke(to: "HCS-MAR")).isDone)
    }

    @Test func `only who may know the recipient is told it, and the finding`() {
        var world = Self.world()
        world.must("agent.spo1", Self.invoke())
        let invoked = world.record.last { $0.event.kind == "breakglass.invoked" }?.event
        world.must("auditor.rob", Self.review())
        let reviewed = world.record.last { $0.event.kind == "breakglass.reviewed" }?.event
        func told(_ event: Event?, _ name: String) -> String? {
            event.flatMap { world.state.feedSummary($0, for: member(name), now: world.now) }
        }
        for name in ["lead.fib", "liaison.mpd", "agent.spo1", "auditor.rob"] {
            #expect(told(invoked, name)?.contains("TCP-NAR, as an emergency, for 2 h") ?? false, "\(name)")
            #expect(told(reviewed, name)?.contains("justified") ?? false, "\(name)")
        }
        #expect(told(invoked, "inspector.lsd")?.contains("another agency, as an emergency") ?? false)
        #expect(told(reviewed, "inspector.lsd") == nil)
        #expect(told(invoked, "agent.tcp1") == nil)
    }

    @Test func `the register keeps it, and a purge tells its recipient like any other`() {
        var world = Self.world()
        world.must("agent.fib1", Self.invoke())
        RemovalTests.order(&world)
        world.must("liaison.mpd", RemovalTests.propose())
        world.must("counsel.dao", RemovalTests.approve())
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).code == "E-NOT-MEMBER")
        #expect(world.inboxKinds("liaison.tcp") == ["purge-notice"])
    }

    @Test func `an emergency whose line does not say that it overrode a rule is found when the record is replayed`() {
        var world = Self.world()
        world.must("agent.fib1", Self.invoke())
        func judge(_ overridden: String?) -> Judgement? {
            var replay = DecisionReplay()
            return world.record.map { line in
                let isLast = line.event.kind == "breakglass.invoked"
                return replay.take(
                    ReplayedLine(
                        seq: 0,
                        place: line.place,
                        event: line.event,
                        by: line.event.member.map { world.speaker($0.text) } ?? "system",
                        isAccepted: true,
                        isSigned: false,
                        isOfTheseRules: true,
                        overridden: isLast ? overridden : nil
                    )
                )
            }
            .last
        }
        let given = world.state.cases.values.first?.facts(1).map { [LineReference(line: Int64($0.line))] }
        #expect(judge("P06") == .agreed(given ?? []))
        for other in [nil, "P02"] {
            guard case .differs(let difference) = judge(other) else {
                Issue.record("agreed without \(other ?? "a rule")")
                continue
            }
            #expect(difference.finding == .decidedOtherwise && difference.message.contains("outcome"))
        }
    }

    @Test func `what it says is read back the same, and no longer time than there can be`() throws {
        var world = Self.world()
        let event = world.must("agent.fib1", Self.invoke())
        var parts = event.parts()
        func read() throws -> Event {
            try Event(
                kind: event.kind,
                caseID: event.caseID,
                agency: event.agency?.text ?? "",
                member: event.member?.text ?? "",
                role: event.role?.rawValue ?? "",
                purpose: event.purpose?.rawValue ?? "",
                parts: parts
            )
        }
        #expect(try read() == event)
        for hours: JSONValue in [0, 3, .integer(.max), "2"] {
            parts[0].value = .object((event.parts()[0].value.object ?? [:]).with([("hours", hours)]))
            #expect(throws: EventFault.self) { try read() }
        }
    }
}

extension World {
    /// A member who is there.
    func someone(_ name: String) -> Member {
        guard let found = state.members[member(name)] else { fatalError(name) }
        return found
    }
}
