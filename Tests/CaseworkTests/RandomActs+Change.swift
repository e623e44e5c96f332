import Policy

@testable import Casework

extension RandomActs {
    /// The agencies that follow one another, and whose people they have.
    private static let heirs = ["MPD-OC", "MPD-NEW", "SPO-NEW"]

    private static let changers = [
        "lead.fib", "lead.fib", "agent.fib1", "liaison.fib", "liaison.spo", "liaison.spo", "agent.spo1", "liaison.mpd",
        "liaison.mpd", "agent.mpd1", "counsel.dao", "liaison.lsd", "auditor.rob", "admin.ops", "agent.tcp1",
    ]

    /// Alder with an entry of each agency, and agencies that have liaisons and no part yet.
    static func changing() -> World {
        var world = World.joined()
        for name in ["agent.spo1", "agent.mpd1", "agent.fib1"] {
            world.must(name, .recordEntry("Alder", World.entry()))
        }
        for (name, level) in zip(heirs, [AgencyLevel.municipal, .municipal, .state]) {
            let agency = Agency(
                id: id(name),
                name: name,
                level: level,
                missions: [.criminal],
                contact: "desk",
                keyRequired: false
            )
            world.must("admin.ops", .registerAgency(agency))
            for (role, of) in [(Role.liaison, "liaison"), (.contributor, "agent")] {
                world.enrol(heir(of, name), id(name))
                world.give(heir(of, name), role)
            }
        }
        return world
    }

    private static func heir(_ role: String, _ agency: String) -> String {
        "\(role).\(agency.lowercased().split(separator: "-").joined())"
    }

    /// An act about what Alder is about, about who follows whom, or about what either opens and closes.
    mutating func nearChange(in world: World) -> (name: String, act: Act) {
        let file = world.file("Alder")
        let all = Self.changers + Self.heirs.flatMap { [Self.heir("liaison", $0), Self.heir("agent", $0)] }
        let name = dice.one(all)
        let entry = "E-\(dice.below(file.entries.count) + 1)"
        let agency = dice.one(["MPD-VT", "SPO-OC"] + Self.heirs)
        switch dice.below(16) {
        case 0:
            let offences = ["18 USC 1956"]
            return ("lead.fib", .amendment("Alder", .propose(predicate: "p", offences: offences, reason: "r")))
        case 1, 2: return (name, .amendment("Alder", .decide(isApproved: dice.below(4) > 0, reason: "r")))
        case 3, 4: return (name, .amendment("Alder", .consent))
        // Seldom, so that agencies have time for all else before their people are gone.
        case 5 where dice.below(40) == 0 && name != "liaison.fib":
            return (name, .succession(.propose(id(agency), reason: "r")))
        case 6 where dice.below(3) > 0:
            // Mostly by whom it is proposed to.
            let proposed = world.state.successions.proposed.min { $0.key < $1.key }
            guard let (old, proposal) = proposed, dice.below(4) > 0 else {
                return (name, .succession(.accept(id(agency))))
            }
            let known = ["MPD-VT": "liaison.mpd", "SPO-OC": "liaison.spo"]
            let successor = proposal.successor.text
            let liaison = known[successor] ?? Self.heir("liaison", successor)
            let isAccepted = dice.below(3) > 0
            return (liaison, .succession(isAccepted ? .accept(old) : .decline(old, reason: "r")))
        case 6 where dice.below(2) == 0: return (name, .succession(.decline(id(agency), reason: "r")))
        case 7 where dice.below(3) == 0: return (name, .recordEntry("Alder", World.entry()))
        case 8:
            let own = world.state.members[member(name)]?.agency.text ?? "SPS"
            return (name, .requestPermission("Alder", entry, id(dice.one([own, "TCP-NAR"])), reason: "r"))
        case 9:
            let permission = "R-\(dice.below(file.permissions.count + 1) + 1)"
            return (name, .decidePermission("Alder", permission, isGranted: dice.below(3) > 0, reason: "r"))
        case 10: return (name, .assignMember("Alder", member(dice.one(all))))
        case 11: return (name, .releaseEntry("Alder", entry, id("TCP-NAR"), reason: "r"))
        case 12: return (name, .changeHandling("Alder", entry, dice.one([.h0, .h1]), reason: "r"))
        default: return (name, .getEntry("Alder", entry))
        }
    }
}
