import Policy
import Testing

@testable import Casework

/// What would happen, asked before it is done.
@Suite("Questions about deconfliction")
struct DeconflictionQuestionTests {
    private static let words: [(String, String)] = [
        ("decon.submit-event", ""), ("decon.amend-event", "V-1"), ("decon.cancel-event", "V-1"),
        ("decon.complete-event", "V-1"), ("decon.submit-target", "file 7"), ("decon.validate-target", "I-1"),
        ("decon.withdraw-target", "I-1"), ("decon.acknowledge", "X-1"), ("decon.resolve", "X-1"), ("decon.show", "V-1"),
    ]

    @Test(arguments: words) func `each act can be asked about, and is the act of that name`(word: String, item: String)
    {
        let act = Act(hypothesis: Hypothesis(act: word, entry: item), now: World.start)
        #expect(act?.name == word && (act?.item == item || act?.item == nil))
    }

    @Test func `the answer is that of the rules, and nothing is submitted or compared by asking`() throws {
        var world = World.joined()
        let theirs = world.submit("agent.tcp1", World.plan(["0,0"])).name
        let before = world.state
        func code(_ name: String, _ word: String, _ item: String? = nil, purpose: String? = nil) throws -> String? {
            let act = try #require(Act(hypothesis: Hypothesis(act: word, entry: item), now: world.now))
            let (steps, refusal) = world.state.explain(world.command(as: name, act, purpose: purpose))
            #expect((refusal == nil) == !steps.contains { $0.fired })
            return refusal?.outward.code
        }
        #expect(try code("lead.fib", "decon.submit-event") == nil)
        #expect(try code("admin.ops", "decon.submit-event") == "E-ROLE")
        #expect(try code("lead.fib", "decon.submit-event", purpose: "CIV_IMM") == "E-PURPOSE")
        #expect(try code("agent.tcp1", "decon.cancel-event", theirs) == nil)
        // Another agency's, and one that is not there, are the same.
        let hidden = try code("lead.fib", "decon.cancel-event", theirs)
        let absent = try code("lead.fib", "decon.cancel-event", "V-1")
        #expect(hidden != nil && hidden == absent)
        #expect(try code("lead.fib", "decon.submit-target", "file 7") == nil)
        #expect(world.state.encode() == before.encode())
    }
}
