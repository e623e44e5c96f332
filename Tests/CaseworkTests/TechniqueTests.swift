import Policy
import StrictJSON
import Testing

@testable import Casework

/// That an agency used a technique is told to counsel and oversight (domain.md 2.12, 3 row 13b).
@Suite("A technique is disclosed")
struct TechniqueTests {
    private static func disclosed(_ parameters: JSONObject = [:]) -> (World, World.Outcome) {
        var world = World.joined()
        var all: JSONObject = [
            "kind": "facial-recognition", "authority": "Order 31-CV-12",
            "text": "One still was compared, to no result.",
        ]
        for (key, value) in parameters.members { all[key] = value }
        let outcome = world.work(as: "agent.mpd1", "io.accord.Technique.Disclose", all)
        return (world, outcome)
    }

    private static func sees(_ world: World, _ name: String) -> Bool {
        !world.state.work(of: world.file("Alder"), workflow: "technique", for: member(name), now: world.now).isEmpty
    }

    @Test func `counsel, oversight and the agency itself see it, the lead and other agencies do not`() {
        let (world, outcome) = Self.disclosed()
        #expect(outcome.event?.kind == "technique.disclosed")
        for name in ["counsel.dao", "auditor.rob", "agent.mpd1", "liaison.mpd"] {
            #expect(Self.sees(world, name), "\(name)")
        }
        for name in ["lead.fib", "agent.spo1", "liaison.spo", "analyst.fib"] {
            #expect(!Self.sees(world, name), "\(name)")
        }
    }

    @Test func `it has a kind of the list and an authority`() {
        #expect(Self.disclosed(["kind": "fingerprints"]).1.rule == "V01")
        #expect(Self.disclosed(["authority": ""]).1.rule == "V07")
    }

    @Test func `counsel is asked to take note, and does`() {
        var (world, outcome) = Self.disclosed()
        let item = outcome.event?.item ?? ""
        #expect(world.state.inbox(member("counsel.dao"), now: world.now).contains { $0.item == item })
        let note: JSONObject = ["item": .string(item)]
        #expect(world.work(as: "agent.mpd1", "io.accord.Technique.Acknowledge", note).rule == "P05")
        #expect(world.work(as: "lead.fib", "io.accord.Technique.Acknowledge", note).rule == "P04C")
        #expect(world.work(as: "counsel.dao", "io.accord.Technique.Acknowledge", note).isDone)
    }
}
