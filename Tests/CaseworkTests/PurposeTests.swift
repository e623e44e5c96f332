import Policy
import Testing

@testable import Casework

@Suite("Why something is done (rule P03)")
struct PurposeTests {
    /// An act of each kind with somebody who may take it, on Alder as it is below.
    private static let acts: [(String, Act)] = [
        ("admin.ops", .listAgencies), ("admin.ops", .listAgreements), ("admin.ops", .listMembers),
        ("admin.ops", .disableMember(member("agent.hcs1"), reason: "r")),
        ("admin.ops", .terminateAgreement(mou("MOU-31-02"), reason: "r")),
        ("lead.hcs", .draftCase(World.proposal("Birch"))),
        ("lead.fib", .moveCase("Alder", .suspend, reason: "r")), ("lead.fib", .moveCase("Alder", .close, reason: "r")),
        ("lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil)),
        ("liaison.hcs", .joinCase("Alder", conditions: nil)),
        ("liaison.hcs", .declineInvitation("Alder", reason: "r")),
        ("liaison.mpd", .withdrawAgency("Alder", reason: "r")),
        ("lead.fib", .assignMember("Alder", member("lead.fib"))),
        ("lead.fib", .removeMember("Alder", member("agent.fib1"), reason: "r")),
        ("lead.fib", .listCases), ("lead.fib", .getCase("Alder")), ("auditor.rob", .getCase("Alder")),
        ("agent.mpd1", .recordEntry("Alder", World.entry())),
        ("agent.mpd1", .correctEntry("Alder", "E-1", text: "t", reason: "r")),
        ("agent.mpd1", .withdrawEntry("Alder", "E-1", reason: "r")),
        ("agent.spo1", .acknowledgeEntry("Alder", "E-1")), ("agent.tcp1", .acknowledgeEntry("Alder", "E-1")),
        ("agent.mpd1", .changeHandling("Alder", "E-1", .h1, reason: "r")),
        ("agent.spo1", .listEntries("Alder", after: -1, limit: 9)), ("agent.spo1", .getEntry("Alder", "E-1")),
        ("agent.tcp1", .getEntry("Alder", "E-1")), ("agent.spo1", .listRegister("Alder")),
        ("liaison.mpd", .releaseEntry("Alder", "E-1", id("SPS"), reason: "r")),
        ("agent.spo1", .requestPermission("Alder", "E-1", id("SPS"), reason: "r")),
        ("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil)),
        ("agent.spo1", .watch(WatchRequest(positions: [("Alder", -1)], follows: false, idleSeconds: 30))),
        ("agent.spo1", .watch(WatchRequest(positions: nil, follows: false, idleSeconds: 30))),
        ("agent.spo1", .inbox), ("auditor.rob", .verify(known: [])), ("auditor.rob", .readLines(after: -1, limit: 1)),
        ("auditor.rob", .export(nil)), ("lead.fib", .export("Alder")), ("agent.spo1", .listAccess(nil, limit: 1)),
        ("agent.spo1", .listAccess("Alder", limit: 1)),
        ("agent.spo1", .explain(Hypothesis(act: "entry.read", caseName: "Alder", entry: "E-1"))),
    ]

    private static func world() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(acknowledge: true)))
        world.must("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .information, nil))
        world.must("lead.fib", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")
        world.must("liaison.mpd", release, purpose: "OFFICER_SAFETY")
        return world
    }

    @Test func `nothing at all is done or shown for civil immigration enforcement`() {
        for (name, act) in Self.acts {
            var world = Self.world()
            let outcome = world.act(as: name, act, purpose: "CIV_IMM")
            #expect(outcome.code == "E-PURPOSE", "\(name) \(act.name): \(outcome.code ?? "done")")
            #expect(outcome.rule == "P03")
        }
    }

    @Test func `a word that is no purpose is refused, whatever it was stated for`() {
        for (name, act) in Self.acts {
            var world = Self.world()
            let outcome = world.act(as: name, act, purpose: "CRIM_INVEST ")
            #expect(outcome.code == "E-INVALID", "\(name) \(act.name): \(outcome.code ?? "done")")
        }
    }

    @Test func `a purpose that the agreements do not allow is refused in the case`() {
        for (name, act) in Self.acts where act.caseName != nil && name != "agent.tcp1" {
            // A question about rules, a list of one's own readings and a question to the originator, who judges it himself.
            if ["policy.explain", "audit.access", "dissemination.request"].contains(act.name) { continue }
            var world = Self.world()
            #expect(world.act(as: name, act, purpose: "EXERCISE").code == "E-PURPOSE", "\(name) \(act.name)")
        }
    }

    @Test func `the purpose that was stated is the one on the record`() {
        for (name, act) in Self.acts where !act.isReading && act.caseName != nil && name != "agent.tcp1" {
            var world = Self.world()
            let outcome = world.act(as: name, act, purpose: "OFFICER_SAFETY")
            guard let event = outcome.event else { continue }
            #expect(event.purpose == .officerSafety, "\(name) \(act.name)")
        }
    }

    /// domain.md 6.8, H0: the agreements allow more purposes than one case has.
    @Test func `others' entries are read for what the case states, and for what the reader is there for`() {
        var world = Self.world()
        func read(_ who: String, _ purpose: Purpose) -> String? {
            world.act(as: who, .getEntry("Alder", "E-1"), purpose: purpose.rawValue).code
        }
        #expect(read("lead.fib", .criminalInvestigation) == nil && read("lead.fib", .officerSafety) == nil)
        #expect(read("lead.fib", .oversight) == "E-PURPOSE" && read("lead.fib", .victimAssistance) == "E-PURPOSE")
        #expect(read("lead.fib", .discovery) == "E-PURPOSE")
        // Whose it is uses it as it likes, under the agreement.
        #expect(read("agent.mpd1", .victimAssistance) == nil)
    }

    @Test func `oversight states its own purpose, and needs no agreement for it`() {
        var world = World.opened()
        world.agree(
            "MOU-31-09",
            [id("FIB-MB"), id("MPD-VT")],
            [.criminalInvestigation],
            designee: nil,
            ends: world.now.adding(days: 9)
        )
        world.must("lead.hcs", .draftCase(World.proposal("Birch")))
        #expect(world.act(as: "auditor.rob", .getCase("Alder"), purpose: "OVERSIGHT").event?.purpose == .oversight)
        #expect(world.act(as: "auditor.rob", .getCase("Alder"), purpose: "EXERCISE").code == "E-PURPOSE")
    }

    @Test func `an administrator who asks for content is an alert, whatever purpose he states`() {
        var world = World.opened()
        for purpose in Purpose.allCases {
            let refusal = world.act(as: "admin.ops", .getCase("Alder"), purpose: purpose.rawValue).refusal
            #expect(refusal?.recordedRule == "P09", "\(purpose)")
            #expect(refusal?.isAlert == true, "\(purpose)")
        }
    }
}
