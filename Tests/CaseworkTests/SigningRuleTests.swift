import Policy
import StrictJSON
import Testing

@testable import Casework

/// Who may ask for signatures, of whom, and what is refused without one.
@Suite("Acts that have to be signed")
struct SigningRuleTests {
    private static func world(_ name: String, _ rule: SigningRule) -> World {
        var world = World.joined()
        world.mustSigned(name, .requireSignature(rule, isRequired: true, reason: "r"))
        return world
    }

    @Test func `V08: what an agency wants signed is refused of its members without a signature, and of nobody else`() {
        var world = Self.world("liaison.mpd", SigningRule(agency: id("MPD-VT"), role: nil, act: "entry.record"))
        let entry = Act.recordEntry("Alder", World.entry())
        #expect(world.act(as: "agent.mpd1", entry).rule == "V08")
        #expect(world.signed("agent.mpd1", entry).isDone)
        #expect(world.act(as: "agent.fib1", entry).isDone)
        #expect(world.act(as: "agent.mpd1", .acknowledgeEntry("Alder", "E-2")).isDone)
        // Readings are never signed.
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-1")).isDone)
    }

    @Test func `V08: it can be a role's acts, and all acts with legal effect of all agencies`() {
        var world = Self.world("admin.ops", SigningRule(agency: nil, role: .liaison, act: nil))
        #expect(world.act(as: "liaison.mpd", .withdrawAgency("Alder", reason: "r")).rule == "V08")
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).isDone)

        world = Self.world("admin.ops", SigningRule(agency: nil, role: nil, act: "legal"))
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry(.h0))).isDone)
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "r")).rule == "V08")
        #expect(world.signed("lead.fib", .moveCase("Alder", .close, reason: "r")).isDone)
    }

    @Test func `what another rule refuses is refused by that rule, signed or not`() {
        var world = Self.world("admin.ops", SigningRule(agency: nil, role: nil, act: nil))
        #expect(world.act(as: "agent.tcp1", .recordEntry("Alder", World.entry())).rule == "P01")
        #expect(world.signed("agent.tcp1", .recordEntry("Alder", World.entry())).rule == "P01")
    }

    @Test func `a liaison asks for his own agency alone, an administrator for all, and each signs it`() {
        var world = World.joined()
        let own = SigningRule(agency: id("MPD-VT"), role: nil, act: nil)
        let all = SigningRule(agency: nil, role: nil, act: "legal")
        func ask(_ rule: SigningRule, _ isRequired: Bool = true) -> Act {
            .requireSignature(rule, isRequired: isRequired, reason: "r")
        }
        #expect(world.signed("liaison.fib", ask(own)).rule == "P05")
        #expect(world.signed("admin.ops", ask(own)).rule == "P05")
        #expect(world.signed("liaison.mpd", ask(all)).rule == "P05")
        #expect(world.signed("agent.mpd1", ask(own)).rule == "P05")
        #expect(world.act(as: "liaison.mpd", ask(own)).rule == "V08")
        #expect(world.signed("liaison.mpd", ask(own, false)).rule == "L01")
        #expect(world.signed("liaison.mpd", ask(own)).isDone)
        #expect(world.signed("liaison.mpd", ask(own)).rule == "L01")
        #expect(world.signed("admin.ops", ask(all)).isDone)
        #expect(world.state.signingRules == [all, own])
        // Who has only his user id takes nothing back.
        #expect(world.act(as: "liaison.mpd", ask(own, false)).rule == "V08")
        #expect(world.signed("liaison.mpd", ask(own, false)).isDone)
        #expect(world.state.signingRules == [all])
    }

    @Test func `a member without a key adds the first one, and is not locked out`() {
        var world = Self.world("admin.ops", SigningRule(agency: nil, role: nil, act: nil))
        let first = World.key(of: "agent.mpd1")
        #expect(world.act(as: "agent.mpd1", first).isDone)
        #expect(
            world.act(as: "agent.mpd1", .revokeKey(member("agent.mpd1"), fingerprint: "x", reason: "r")).rule == "V01"
        )
        guard case .addKey(let id, _, let line) = first else { return }
        #expect(world.act(as: "agent.mpd1", .addKey(id, fingerprint: "SHA256:other", line: line)).rule == "V08")
        #expect(world.act(as: "liaison.mpd", .addKey(id, fingerprint: "SHA256:other", line: line)).rule == "V08")
    }

    @Test func `an act that cannot be signed is no rule`() {
        for word in ["entry.read", "nonsense", ""] {
            #expect(throws: Refusal.self) {
                try Act(
                    method: "io.accord.Policy.RequireSignature",
                    parameters: ["rule": ["act": .string(word)], "required": true, "reason": "r"]
                )
            }
        }
    }

    @Test func `the state is the same through the record and through a snapshot`() throws {
        let world = Self.world("liaison.mpd", SigningRule(agency: id("MPD-VT"), role: .contributor, act: "legal"))
        var again = CaseworkState()
        for (event, place) in world.record {
            let read = try event.reread()
            again.evolve(read, at: place)
        }
        #expect(again.signingRules == world.state.signingRules)
        #expect(try CaseworkState(decoding: again.encode()).signingRules == world.state.signingRules)
        #expect(again.signingRules.count == 1)
    }
}

extension World {
    @discardableResult
    mutating func signed(_ name: String, _ act: Act) -> Outcome {
        var command = command(as: name, act)
        command.isSigned = true
        return take(command)
    }

    mutating func mustSigned(_ name: String, _ act: Act) {
        if let refusal = signed(name, act).refusal { Issue.record("\(refusal)") }
    }
}
