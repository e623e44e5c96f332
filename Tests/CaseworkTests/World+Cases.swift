import Policy

@testable import Casework

/// The two cases of domain.md 4.2 and 4.3 up to where most tests begin.
extension World {
    static func proposal(
        _ title: String,
        _ purpose: PrimaryPurpose = .trafficking,
        agreement: String = "MOU-31-01"
    ) -> CaseProposal {
        CaseProposal(
            title: title,
            offences: ["18 USC 1589", "18 USC 1591"],
            primaryPurpose: purpose,
            predicate: "Three workers reported withheld wages and passports.",
            agreement: mou(agreement)
        )
    }

    static func entry(
        _ handling: Handling = .h0,
        _ compartment: Compartment = .ordinary,
        kind: String = "report",
        text: String = "Seen at the site.",
        acknowledge: Bool = false
    ) -> EntryProposal {
        EntryProposal(
            kind: kind,
            text: text,
            handling: handling,
            compartment: compartment,
            asksAcknowledgement: acknowledge
        )
    }

    /// An open case with nobody but its lead.
    static func opened(_ title: String = "Alder", by lead: String = "lead.fib") -> World {
        var world = World()
        world.open(title, by: lead)
        return world
    }

    mutating func open(_ title: String, by lead: String) {
        must(lead, .draftCase(Self.proposal(title)))
        must(lead, .moveCase(title, .propose, reason: nil))
        must("liaison.spo", .moveCase(title, .approve, reason: nil))
    }

    /// Alder after its agencies joined: MPD takes part, SPO takes part, LSD in information mode, DAO takes part.
    static func joined() -> World {
        var world = opened()
        world.join("MPD-VT", .participation, "liaison.mpd", ["agent.mpd1"])
        world.join("SPO-OC", .participation, "liaison.spo", ["agent.spo1"])
        world.join("LSD-WH", .information, "liaison.lsd", ["inspector.lsd"])
        world.join("DAO-SV", .participation, "liaison.dao", ["counsel.dao"])
        world.must("lead.fib", .assignMember("Alder", member("agent.fib1")))
        world.must("lead.fib", .assignMember("Alder", member("analyst.fib")))
        return world
    }

    mutating func join(_ agency: String, _ mode: CooperationMode, _ liaison: String, _ assigned: [String]) {
        must("lead.fib", .inviteAgency("Alder", id(agency), mode, nil))
        must(liaison, .joinCase("Alder", conditions: nil))
        for name in assigned { must(liaison, .assignMember("Alder", member(name))) }
    }

    /// Takes a step that a test needs to have been taken.
    @discardableResult
    mutating func must(_ name: String, _ act: Act, purpose: String? = nil) -> Event {
        let outcome = self.act(as: name, act, purpose: purpose)
        guard let event = outcome.event else {
            fatalError("\(name) \(act.name): \(String(describing: outcome.refusal))")
        }
        return event
    }
}
