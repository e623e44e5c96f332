import Policy
import Testing

@testable import Casework

@Suite("Alder (domain.md 4.2)")
struct AlderTests {
    @Test func `row 1: a draft is seen by its lead alone`() {
        var world = World()
        let event = world.must("lead.fib", .draftCase(World.proposal("Alder")))
        #expect(event.kind == "case.drafted")
        #expect(world.file("Alder").number.hasPrefix("TF-2031-"))
        for (name, _, _) in World.members {
            #expect(world.sees(name.text, "Alder") == (name.text == "lead.fib"), "\(name)")
        }
    }

    @Test func `row 2: two people open a case`() {
        var world = World()
        world.must("lead.fib", .draftCase(World.proposal("Alder")))
        #expect(world.must("lead.fib", .moveCase("Alder", .propose, reason: nil)).kind == "case.proposed")
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .approve, reason: nil)).code == "E-SOD")
        #expect(world.file("Alder").state == .proposed)
        #expect(world.inboxKinds("liaison.spo") == ["approval"])
        #expect(world.must("liaison.spo", .moveCase("Alder", .approve, reason: nil)).kind == "case.opened")
        #expect(world.file("Alder").state == .open)
    }

    @Test func `row 3: an invited agency sees no content yet`() {
        var world = World.opened()
        let invitations: [(String, CooperationMode, String)] = [
            ("MPD-VT", .participation, "liaison.mpd"), ("LSD-WH", .information, "liaison.lsd"),
            ("DAO-SV", .participation, "liaison.dao"), ("SPS", .participation, "advocate.sps"),
        ]
        world.must("lead.fib", .recordEntry("Alder", World.entry()))
        for (agency, mode, liaison) in invitations {
            #expect(world.must("lead.fib", .inviteAgency("Alder", id(agency), mode, nil)).kind == "case.agency_invited")
            #expect(world.visibility(liaison, "Alder", 1) == .none)
        }
        #expect(!world.sees("agent.mpd1", "Alder"))
        #expect(world.sees("liaison.mpd", "Alder"))
        #expect(world.inboxKinds("liaison.mpd") == ["invitation"])
    }

    @Test func `row 4: an agency joins under a condition, which is kept`() {
        var world = World.opened()
        world.must("lead.fib", .inviteAgency("Alder", id("MPD-VT"), .participation, nil))
        let event = world.must("liaison.mpd", .joinCase("Alder", conditions: "No use for CIV_IMM."))
        #expect(event.kind == "case.agency_joined")
        let part = world.file("Alder").participants[id("MPD-VT")]
        #expect(part?.standing == .joined)
        #expect(part?.conditions == "No use for CIV_IMM.")
        #expect(part?.agreement == mou("MOU-31-01"))
    }

    @Test func `row 5: who is no party learns nothing, and the attempt is recorded with the case`() {
        var world = World.opened()
        let outcome = world.act(as: "officer.fro", .getCase("Alder"))
        #expect(outcome.code == "E-NOT-MEMBER")
        #expect(outcome.refusal?.outward.message.contains("FIB") == false)
        let line = world.record.last?.event
        #expect(line?.kind == "access.denied")
        #expect(line?.caseID == world.file("Alder").id)
        #expect(line?.body == .access(act: "case.show", item: nil, code: "E-NOT-MEMBER"))
    }

    @Test func `rows 10 to 13: what is H2 leaves the case only as its originator permits`() throws {
        var world = World.joined()
        #expect(world.must("inspector.lsd", .recordEntry("Alder", World.entry(.h2, kind: "lead"))).item == "E-1")
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "They watch the same door.")
        let refused = world.act(as: "agent.mpd1", release, purpose: "OFFICER_SAFETY")
        #expect(refused.code == "E-H2-ORIGINATOR")
        #expect(refused.refusal?.outward.ask.contains("LSD-WH control desk") == true)
        let asked = world.must(
            "agent.mpd1",
            .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "They watch the same door."),
            purpose: "OFFICER_SAFETY"
        )
        #expect(asked.item == "R-1")
        #expect(world.act(as: "agent.mpd1", release, purpose: "OFFICER_SAFETY").code == "E-H2-ORIGINATOR")
        #expect(world.inboxKinds("liaison.lsd") == ["permission"])
        let answer = Act.decidePermission("Alder", "R-1", isGranted: true, reason: nil)
        #expect(world.must("liaison.lsd", answer).kind == "dissemination.permission_granted")
        #expect(world.act(as: "agent.mpd1", release).code == "E-PURPOSE")
        let line = world.must("agent.mpd1", release, purpose: "OFFICER_SAFETY")
        guard case .disseminated(let register) = line.body else {
            Issue.record("\(line)")
            return
        }
        #expect(register.origin == id("LSD-WH"))
        #expect(register.recipient == id("TCP-NAR"))
        #expect(register.permission == 1)
        #expect(register.handling == .h2)
        #expect(
            world.act(as: "agent.mpd1", .releaseEntry("Alder", "E-1", id("FRO-MB"), reason: "r")).code
                == "E-H2-ORIGINATOR"
        )
    }

    @Test func `rows 14 and 15: a correction is a new entry and the old one stays`() {
        var world = World.joined()
        world.must("inspector.lsd", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h0, .operations)))
        #expect(world.visibility("inspector.lsd", "Alder", 2) == .none)
        #expect(world.visibility("agent.mpd1", "Alder", 2) == .content)
        let event = world.must("agent.spo1", .correctEntry("Alder", "E-2", text: "On the 4th.", reason: "Wrong date."))
        #expect(event.kind == "entry.corrected")
        #expect(event.item == "E-3")
        let file = world.file("Alder")
        #expect(file.facts(2)?.state == .corrected)
        #expect(file.facts(3)?.state == .current)
        #expect(file.facts(3)?.compartment == .operations)
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-2")).isDone)
    }
}

@Suite("Birch (domain.md 4.3)")
struct BirchTests {
    @Test func `rows 1 and 2: a case is opened and agencies join it each in its mode`() {
        var world = World()
        world.must("lead.hcs", .draftCase(World.proposal("Birch", .smuggling)))
        world.must("lead.hcs", .moveCase("Birch", .propose, reason: nil))
        world.must("liaison.spo", .moveCase("Birch", .approve, reason: nil))
        for (agency, mode, liaison) in [
            ("FIB-MB", .participation, "liaison.fib"), ("SPO-OC", .participation, "liaison.spo"),
            ("LSD-WH", .information, "liaison.lsd"),
        ] as [(String, CooperationMode, String)] {
            world.must("lead.hcs", .inviteAgency("Birch", id(agency), mode, nil))
            world.must(liaison, .joinCase("Birch", conditions: nil))
            #expect(world.file("Birch").participants[id(agency)]?.mode == mode)
        }
        #expect(world.file("Birch").leadAgency == id("HCS-MAR"))
        #expect(world.file("Birch").primaryPurpose == .smuggling)
    }

    @Test func `row 3: nobody is invited under an agreement that has expired`() {
        var world = World.opened("Birch", by: "lead.hcs")
        let old = Act.inviteAgency("Birch", id("MPD-VT"), .participation, mou("MOU-30-09"))
        #expect(world.act(as: "lead.hcs", old).code == "E-AGREEMENT-EXPIRED")
        #expect(world.file("Birch").participants[id("MPD-VT")] == nil)
        #expect(
            world.act(as: "lead.hcs", .inviteAgency("Birch", id("MPD-VT"), .participation, mou("MOU-31-01"))).isDone
        )
    }

    @Test func `row 36: an administrator is refused, and oversight is told`() {
        var world = World.opened("Birch", by: "lead.hcs")
        let outcome = world.act(as: "admin.ops", .getCase("Birch"))
        #expect(outcome.code == "E-ROLE")
        #expect(outcome.rule == "P09")
        #expect(outcome.refusal?.isAlert == true)
        #expect(world.act(as: "admin.ops", .getCase("Nothing")).refusal == outcome.refusal)
    }
}

extension World {
    func inboxKinds(_ name: String) -> [String] { state.inbox(member(name), now: now).map(\.kind) }
}
