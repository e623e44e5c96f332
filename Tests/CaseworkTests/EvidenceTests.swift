import Policy
import StrictJSON
import Testing

@testable import Casework

/// Evidence by its digest, from hand to hand (domain.md 6.2).
@Suite("Evidence")
struct EvidenceTests {
    private static let digest = JSONValue.string(String(repeating: "ab", count: 32))

    private static func noted() -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let said: JSONObject = ["digest": digest, "text": "Copy of the ledger.", "entry": "E-1"]
        #expect(world.work(as: "agent.mpd1", "io.accord.Evidence.Note", said).event?.item == "EV-1")
        return world
    }

    private static func transfer(_ world: inout World, as name: String = "agent.mpd1") -> World.Outcome {
        world.work(as: name, "io.accord.Evidence.Transfer", ["item": "EV-1", "to": "SPO-OC", "reason": "analysis"])
    }

    private static func receive(_ world: inout World, _ digest: JSONValue = digest, as name: String) -> World.Outcome {
        world.work(as: name, "io.accord.Evidence.Acknowledge", ["item": "EV-1", "received": digest])
    }

    private static func holder(_ world: World) -> String? { world.file("Alder").work["evidence", 1]?.word("holder") }

    @Test func `it is with who noted it, and with the receiver once he says that he has what was noted`() {
        var world = Self.noted()
        #expect(Self.holder(world) == "MPD-VT")
        #expect(Self.transfer(&world, as: "agent.fib1").code == "E-ROLE")
        #expect(Self.transfer(&world).isDone)
        #expect(Self.holder(world) == "MPD-VT" && world.waits(for: "agent.spo1", "EV-1"))
        #expect(Self.receive(&world, as: "agent.mpd1").code == "E-ROLE")
        let other = JSONValue.string(String(repeating: "cd", count: 32))
        #expect(Self.receive(&world, other, as: "agent.spo1").code == "E-STATE")
        #expect(Self.receive(&world, as: "agent.spo1").event?.kind == "evidence.custody_transferred")
        #expect(Self.holder(world) == "SPO-OC")
        #expect(Self.transfer(&world).code == "E-ROLE")
    }

    @Test func `what is not taken stays with who held it, and on its way keeps the case open`() {
        var world = Self.noted()
        #expect(Self.transfer(&world).isDone)
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over")).rule == "P18")
        let refused = world.work(as: "agent.spo1", "io.accord.Evidence.Refuse", ["item": "EV-1", "reason": "no seal"])
        #expect(refused.isDone && Self.holder(world) == "MPD-VT")
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over")).isDone)
    }

    @Test func `a digest is 64 digits, and the entry that it is about one that all may read`() {
        var world = Self.noted()
        for said: JSONObject in [
            ["digest": "abc", "text": "t"], ["digest": "ABCD", "text": "t"], ["digest": Self.digest, "text": ""],
        ] {
            #expect(
                ["E-INVALID", "E-TEXT"].contains(world.work(as: "agent.mpd1", "io.accord.Evidence.Note", said).code)
            )
        }
        world.must("agent.fib1", .recordEntry("Alder", World.entry(.h0, .operations)))
        let hidden: JSONObject = ["digest": Self.digest, "text": "t", "entry": "E-2"]
        #expect(world.work(as: "agent.fib1", "io.accord.Evidence.Note", hidden).code == "E-INVALID")
    }

    @Test func `its chain of custody is decided again`() throws {
        var world = Self.noted()
        _ = Self.transfer(&world)
        _ = Self.receive(&world, as: "agent.spo1")
        try world.expectDecidedAgain()
    }
}
