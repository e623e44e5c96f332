import Policy
import Testing

@testable import Casework

/// Why something was refused is told also after a start, as far as the record says it.
@Suite("Past refusals")
struct PastRefusalTests {
    @Test func `the last refusal of each is known by its rule, and a snapshot keeps it`() throws {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h0, .operations)))
        #expect(world.state.pastRefusals[member("inspector.lsd")] == nil)
        world.act(as: "inspector.lsd", .getEntry("Alder", "E-1"))
        let past = try #require(world.state.pastRefusals[member("inspector.lsd")])
        #expect(past.act == "entry.read" && past.step.fired)
        // What may not be known is not explained away either: the record says P04C.
        #expect(world.record.last?.place.rule == "P04C")
        #expect(past.step.rule == "P04" && past.step.code == "E-NOT-FOUND" && !past.step.because.contains("E-1"))
        world.act(as: "inspector.lsd", .getCase("Birch"))
        #expect(world.state.pastRefusals[member("inspector.lsd")]?.step.rule == "P01")
        world.must("inspector.lsd", .listCases)
        #expect(world.state.pastRefusals[member("inspector.lsd")]?.act == "case.show")
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.pastRefusals == world.state.pastRefusals && kept.encode() == world.state.encode())
    }
}
