import Policy
import StrictJSON
import Testing

@testable import Casework

/// What would happen, asked before it is done (`accord policy explain`).
@Suite("Questions about acts")
struct QuestionTests {
    /// Of what a question cannot say, there is none: a calendar, a bundle, a rule of signatures, an order beside its entries, and
    /// a declaration with its reason.
    private static let without: Set<String> = [
        "calendar.record", "policy.propose", "policy.require-signature", "entry.seal", "entry.unseal", "decon.exigent",
    ]

    /// What an act of this name is about.
    private static func entry(_ act: String) -> String {
        switch act {
        case "case.draft", "agreement.record", "agreement.renew", "agreement.terminate": "MOU-31-01"
        case "policy.activate", "policy.retire": "city-limits/1"
        case "case.transfer", "case.assign", "case.unassign": "agent.mpd1"
        case let act where act.hasPrefix("member."): "agent.mpd1"
        case "dissemination.grant", "dissemination.refuse": "R-1"
        default:
            Workflows.named(String(act.prefix { $0 != "." })).map { "\($0.letter)-1" } ?? "E-1"
        }
    }

    @Test func `every act that changes something can be asked about, and is the act of that name`() {
        let world = World.joined()
        for name in SigningRule.acts.subtracting(Self.without).sorted() {
            var question = Hypothesis(act: name, caseName: "Alder", entry: Self.entry(name))
            question.agency = "MPD-VT"
            let act = Act(hypothesis: question, now: world.now, in: world.state)
            #expect(act?.name == name, "\(name)")
        }
        for name in Self.without {
            #expect(Act(hypothesis: Hypothesis(act: name, entry: "E-1"), now: world.now) == nil, "\(name)")
        }
    }

    /// With which code it would be refused; nil if it would not be.
    private static func code(
        _ world: World,
        _ name: String,
        _ act: String,
        _ entry: String,
        _ agency: String? = nil
    ) -> String? {
        var question = Hypothesis(act: act, caseName: "Alder", entry: entry)
        question.agency = agency
        var world = world
        guard let act = Act(hypothesis: question, now: world.now, in: world.state) else { return "no act" }
        let refusal = world.state.explain(world.command(as: name, act)).refusal
        if refusal?.outward.code == "E-INVALID" { return refusal?.outward.message }
        return refusal?.outward.code
    }

    @Test func `shared work is judged as the step would be, with the item as it is`() {
        var world = World.planned()
        _ = WorkTests.send(&world)
        #expect(Self.code(world, "liaison.mpd", "op.approve", "OP-1") == nil)
        #expect(Self.code(world, "agent.mpd1", "op.approve", "OP-1") == "E-ROLE")
        #expect(Self.code(world, "lead.fib", "op.ask", "OP-1") == "E-APPROVAL-MISSING")
        #expect(Self.code(world, "lead.fib", "op.amend", "OP-1") == nil)
        #expect(Self.code(world, "lead.fib", "op.advise", "OP-1") == nil)
        #expect(Self.code(world, "lead.fib", "op.propose", "", "FIB-MB") == nil)
        #expect(Self.code(world, "agent.mpd1", "rfi.answer", "Q-1") == nil)
        #expect(Self.code(world, "agent.fib1", "rfi.answer", "Q-1") == "E-ROLE")
        #expect(Self.code(world, "agent.mpd1", "rfi.answer", "Q-9") == "E-NOT-FOUND")
        #expect(Self.code(world, "agent.tcp1", "rfi.answer", "Q-1") == "E-NOT-MEMBER")
        #expect(Self.code(world, "lead.fib", "task.assign", "", "MPD-VT") == nil)
        #expect(Self.code(world, "lead.fib", "task.assign", "", "TCP-NAR") == "E-STATE")
        #expect(Self.code(world, "lead.fib", "op.show", "OP-1") == nil)
        // After an amendment the present revision is asked about.
        _ = world.step("lead.fib", "Amend", ["purposes": ["CRIM_INVEST"], "reason": "r"])
        #expect(Self.code(world, "liaison.mpd", "op.approve", "OP-1") == nil)
        #expect(world.plan.plan.revision == 2)
    }

    @Test func `removal and the registry are judged, too, and nothing is done by asking`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let before = world.state.encode()
        #expect(Self.code(world, "lead.fib", "purge.propose", "E-1") != nil)
        #expect(Self.code(world, "counsel.dao", "hold.place", "E-1") == nil)
        #expect(Self.code(world, "agent.mpd1", "hold.place", "E-1") == "E-ROLE")
        #expect(Self.code(world, "liaison.mpd", "retention.review", "E-1") == nil)
        #expect(Self.code(world, "liaison.mpd", "member.grant", "agent.mpd1") == nil)
        #expect(Self.code(world, "liaison.mpd", "member.grant", "agent.spo1")?.contains("member") ?? false)
        #expect(Self.code(world, "liaison.mpd", "member.enrol", "agent.mpd9", "MPD-VT") == nil)
        #expect(Self.code(world, "admin.ops", "agreement.renew", "MOU-31-01") == nil)
        #expect(Self.code(world, "lead.fib", "case.abandon", "") == "E-STATE")
        #expect(world.state.encode() == before)
    }
}
