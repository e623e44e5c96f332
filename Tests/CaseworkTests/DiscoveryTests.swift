import Policy
import StrictJSON
import Testing

@testable import Casework

/// Discovery: nothing is left out in silence, and what favours the defence is answered (domain.md 2.12, 4.2 rows 38 to 42).
struct DiscoveryTests {
    /// Alder with an H2 and an H1 entry of SPO-OC, referred to counsel.dao.
    static func world() -> World {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2)))
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h1)))
        world.must("lead.fib", .moveCase("Alder", .refer, reason: "ready"))
        return world
    }

    @discardableResult
    static func step(
        _ world: inout World,
        _ name: String,
        _ method: String,
        _ parameters: JSONObject = [:]
    ) -> World.Outcome {
        world.work(as: name, "io.accord.\(method)", parameters)
    }

    private static func review(
        _ world: inout World,
        _ entry: String,
        _ decision: String,
        _ others: JSONObject = [:]
    ) -> World.Outcome {
        var parameters: JSONObject = ["item": "DY-1", "entry": .string(entry), "decision": .string(decision)]
        for (key, value) in others.members { parameters[key] = value }
        return step(&world, "counsel.dao", "Discovery.Review", parameters)
    }

    private static func produce(_ world: inout World, _ produced: Int64, _ withheld: Int64) -> World.Outcome {
        let file: JSONObject = [
            "item": "DY-1", "digest": .string(String(repeating: "ab", count: 32)), "produced": .integer(produced),
            "withheld": .integer(withheld),
        ]
        return step(&world, "counsel.dao", "Discovery.Produce", file)
    }

    static func flag(_ world: inout World, by name: String = "agent.spo1") -> World.Outcome {
        step(&world, name, "Favourable.Flag", ["entry": "E-1", "text": "The wrong date concerns the alibi."])
    }

    static func unset(_ world: inout World) -> World.Outcome {
        _ = flag(&world)
        return step(&world, "agent.spo1", "Favourable.Unset", ["item": "FV-1", "reason": "A mistake."])
    }

    /// An H1 entry is to be given to the defence.
    static func produceH1(_ world: inout World, isPermitted: Bool = false) -> World.Outcome {
        world = Self.world()
        step(&world, "counsel.dao", "Discovery.Open")
        step(&world, "counsel.dao", "HandlingConflict.Raise", ["entry": "E-2"])
        if isPermitted { step(&world, "liaison.spo", "HandlingConflict.Permit", ["item": "HC-1"]) }
        return review(&world, "E-2", "produce")
    }

    private static func shown(_ world: World, _ name: String, _ item: String) -> JSONObject? {
        world.state.work(item, of: world.file("Alder"), for: member(name), now: world.now)?.shown
    }

    @Test func `counsel opens discovery once the case is referred, once at a time`() {
        var world = World.joined()
        #expect(Self.step(&world, "counsel.dao", "Discovery.Open").code == "E-STATE")
        world = Self.world()
        #expect(Self.step(&world, "lead.fib", "Discovery.Open").code == "E-ROLE")
        #expect(Self.step(&world, "counsel.dao", "Discovery.Open").event?.item == "DY-1")
        #expect(Self.step(&world, "counsel.dao", "Discovery.Open").code == "E-STATE")
        #expect(Self.step(&world, "counsel.dao", "Discovery.Close", ["item": "DY-1", "reason": "r"]).isDone)
        #expect(Self.step(&world, "counsel.dao", "Discovery.Open").event?.item == "DY-2")
    }

    @Test
    func `it is counsel's work product: nobody else reads it, nor knows of it, but under an authority that says so`() {
        var world = Self.world()
        Self.step(&world, "counsel.dao", "Discovery.Open")
        for name in World.members.map(\.0.text) where name != "counsel.dao" {
            #expect(Self.shown(world, name, "DY-1") == nil, "\(name)")
        }
        DocketTests.inspection(&world)
        #expect(world.act(as: "auditor.rob", .getWork("Alder", "DY-1")).reading?.inspects != true)
        DocketTests.inspection(&world, ["cases": ["Alder"], "legal": true])
        #expect(world.act(as: "auditor.rob", .getWork("Alder", "DY-1")).reading?.inspects == true)
    }

    @Test func `what is withheld or redacted has a basis, and the last word about an entry counts`() {
        var world = Self.world()
        Self.step(&world, "counsel.dao", "Discovery.Open")
        #expect(Self.review(&world, "E-9", "produce").code == "E-NOT-FOUND")
        #expect(Self.review(&world, "E-1", "withhold").code == "E-INVALID")
        #expect(Self.review(&world, "E-1", "redact", ["basis": "privilege"]).code == "E-INVALID")
        #expect(Self.review(&world, "E-1", "withhold", ["basis": "privilege"]).isDone)
        #expect(Self.review(&world, "E-1", "redact", ["basis": "privilege", "text": "Two vans."]).isDone)
        let reviews = world.file("Alder").work["discovery", 1]?.reviews ?? []
        #expect(reviews == [["entry": 1, "decision": "redact", "basis": "privilege"]])
    }

    @Test func `no file is produced while an entry is not decided about, or an H1 originator was not asked`() throws {
        var world = Self.world()
        Self.step(&world, "counsel.dao", "Discovery.Open")
        #expect(Self.review(&world, "E-1", "produce").isDone)
        let early = Self.produce(&world, 1, 0)
        #expect(early.code == "E-STATE")
        #expect(early.refusal?.outward.message == "Not decided about: E-2.")
        #expect(Self.review(&world, "E-2", "produce").rule == "P06D")
        #expect(Self.review(&world, "E-2", "withhold", ["basis": "originator-objects"]).isDone)
        #expect(Self.produce(&world, 1, 1).rule == "P06D")
        #expect(Self.step(&world, "counsel.dao", "HandlingConflict.Raise", ["entry": "E-1"]).code == "E-STATE")
        #expect(Self.step(&world, "counsel.dao", "HandlingConflict.Raise", ["entry": "E-2"]).event?.item == "HC-1")
        #expect(Self.step(&world, "counsel.dao", "HandlingConflict.Raise", ["entry": "E-2"]).code == "E-STATE")
        #expect(Self.produce(&world, 2, 0).code == "E-INVALID")
        #expect(Self.produce(&world, 1, 1).isDone)
        try DecisionReplayTests.expectAgreement(world, "discovery")
    }

    @Test func `the originator of an H1 entry answers within fourteen days, by its liaison`() {
        var world = Self.world()
        Self.step(&world, "counsel.dao", "Discovery.Open")
        Self.step(&world, "counsel.dao", "HandlingConflict.Raise", ["entry": "E-2"])
        #expect(world.state.inbox(member("liaison.spo"), now: world.now).contains { $0.item == "HC-1" })
        #expect(!world.state.inbox(member("agent.spo1"), now: world.now).contains { $0.item == "HC-1" })
        #expect(Self.shown(world, "lead.fib", "HC-1") == nil)
        let closing = world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over"))
        #expect(closing.code == "E-OPEN-DUTY")
        world.pass(days: 15)
        #expect(world.state.clocks.overdue.map(\.kind).contains(.discoveryConflict))
        #expect(Self.step(&world, "agent.spo1", "HandlingConflict.Permit", ["item": "HC-1"]).code == "E-NOT-FOUND")
        #expect(Self.step(&world, "liaison.spo", "HandlingConflict.Permit", ["item": "HC-1"]).isDone)
        #expect(!world.state.clocks.overdue.map(\.kind).contains(.discoveryConflict))
        #expect(Self.review(&world, "E-2", "produce").isDone)
    }

    @Test func `whoever is assigned flags what may favour the defence, and nobody unsets it`() {
        var world = Self.world()
        for (index, name) in ["agent.spo1", "lead.fib", "analyst.fib", "liaison.mpd", "counsel.dao"].enumerated() {
            let text: JSONObject = ["text": "It may favour the defence."]
            #expect(Self.step(&world, name, "Favourable.Flag", text).event?.item == "FV-\(index + 1)", "\(name)")
        }
        #expect(Self.step(&world, "auditor.rob", "Favourable.Flag", ["text": "t"]).isDone == false)
        for name in ["agent.spo1", "lead.fib", "counsel.dao"] {
            let refused = Self.step(&world, name, "Favourable.Unset", ["item": "FV-1", "reason": "A mistake."])
            #expect(refused.code == "E-IMMUTABLE")
            #expect(refused.refusal?.isAlert == true)
        }
        #expect(world.file("Alder").work["favourable", 1]?.state == "flagged")
    }

    @Test func `an open flag keeps the case open, and counsel answers it`() throws {
        var world = Self.world()
        #expect(Self.flag(&world).event?.item == "FV-1")
        #expect(world.state.inbox(member("counsel.dao"), now: world.now).contains { $0.item == "FV-1" })
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over")).code == "E-OPEN-DUTY")
        let answer: JSONObject = ["item": "FV-1", "answer": "disclosed", "text": "With E-1."]
        #expect(Self.step(&world, "lead.fib", "Favourable.Answer", answer).code == "E-ROLE")
        #expect(Self.step(&world, "counsel.dao", "Favourable.Answer", answer).isDone)
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over")).isDone)
        try DecisionReplayTests.expectAgreement(world, "flags")
    }
}
