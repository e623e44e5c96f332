import Policy
import StrictJSON

@testable import Casework

extension RandomActs {
    /// Alder with agreements of its own, which end soon: MPD-VT and LSD-WH each take part under another.
    static func shortLived() -> World {
        var world = World()
        let parties = ["FIB-MB", "SPO-OC", "MPD-VT", "LSD-WH", "DAO-SV"].map { id($0) }
        for (name, cap) in [("MOU-31-11", Handling.h2), ("MOU-31-12", .h1), ("MOU-31-13", .h0)] {
            let designee = id("SPO-OC")
            world.agree(name, parties, World.purposes, designee: designee, cap: cap, ends: world.now.adding(days: 2))
        }
        world.must("lead.fib", .draftCase(World.proposal("Alder", agreement: "MOU-31-11")))
        world.must("lead.fib", .moveCase("Alder", .propose, reason: nil))
        world.must("liaison.spo", .moveCase("Alder", .approve, reason: nil))
        let joining: [(String, CooperationMode, String, String, String)] = [
            ("MPD-VT", .participation, "MOU-31-12", "liaison.mpd", "agent.mpd1"),
            ("LSD-WH", .information, "MOU-31-13", "liaison.lsd", "inspector.lsd"),
            ("SPO-OC", .participation, "MOU-31-11", "liaison.spo", "agent.spo1"),
            ("DAO-SV", .participation, "MOU-31-11", "liaison.dao", "counsel.dao"),
        ]
        for (agency, mode, agreement, liaison, assigned) in joining {
            world.must("lead.fib", .inviteAgency("Alder", id(agency), mode, mou(agreement)))
            world.must(liaison, .joinCase("Alder", conditions: nil))
            world.must(liaison, .assignMember("Alder", member(assigned)))
        }
        for name in ["agent.fib1", "analyst.fib"] { world.must("lead.fib", .assignMember("Alder", member(name))) }
        return world
    }

    static let near = [
        "lead.fib", "agent.fib1", "analyst.fib", "liaison.fib", "agent.mpd1", "liaison.mpd", "agent.spo1",
        "liaison.spo", "inspector.lsd", "liaison.lsd", "counsel.dao", "liaison.dao", "auditor.rob", "agent.tcp1",
    ]

    /// A step of a task or a request.
    mutating func nearWork(in world: World) -> (name: String, act: Act) {
        let name = dice.one(Self.near)
        let work = world.file("Alder").work.all
        let open = work.filter { !["answered", "completed", "cancelled"].contains($0.state) }
        let item =
            dice.below(5) > 0 && !open.isEmpty ? dice.one(open).id : "\(dice.one(["Q", "T"]))-\(dice.below(9) + 1)"
        let steps =
            item.hasPrefix("Q")
            ? ["rfi.acknowledged", "rfi.answered", "rfi.answered", "rfi.partially_answered", "rfi.cancelled"]
            : ["task.updated", "task.updated", "task.completed", "task.cancelled"]
        let isNew = open.count < 3 || dice.below(9) == 0
        let event = isNew ? dice.one(["rfi.sent", "task.assigned"]) : dice.one(steps)
        var facts: JSONObject = [:]
        switch event {
        case "rfi.sent", "task.assigned":
            facts["to"] = .string(dice.one(["FIB-MB", "MPD-VT", "LSD-WH", "SPO-OC", "TCP-NAR"]))
            if event == "rfi.sent" { facts["urgency"] = "normal" }
            if event == "task.assigned" { facts["due_at"] = .integer(world.now.milliseconds + 3_600_000) }
        case "rfi.answered", "rfi.partially_answered":
            facts["handling"] = .string(dice.one(Handling.allCases).text)
        default: break
        }
        let act = WorkAct(event: event, name: isNew ? nil : item, facts: facts, parts: ["text": "Words."])
        return (name, .work("Alder", act))
    }

    /// What happens around it: time passes, agreements end and are renewed, policies come and go.
    mutating func around(_ world: inout World) {
        switch dice.below(8) {
        case 0, 1, 2:
            world.now = world.now.adding(hours: 12)
            world.crossDueClocks()
        case 3, 4:
            let agreement = dice.one([mou("MOU-31-11"), mou("MOU-31-11"), mou("MOU-31-12"), mou("MOU-31-13")])
            let ends = world.now.adding(hours: Int64(dice.below(72)) + 1)
            world.act(as: "admin.ops", .renewAgreement(agreement, endsAt: ends))
        case 5:
            let who = dice.one(["agent.fib1", "agent.mpd1", "agent.spo1", "inspector.lsd"])
            let isAssigned = world.file("Alder").assignments[member(who)] != nil
            let liaison = "liaison.\(who.split(separator: ".").last?.prefix(3) ?? "")"
            let agent = who == "inspector.lsd" ? "liaison.lsd" : liaison
            let change: Act =
                isAssigned ? .removeMember("Alder", member(who), reason: "r") : .assignMember("Alder", member(who))
            world.act(as: agent, change)
        default:
            let (agency, liaison) = dice.one([
                ("MPD-VT", "liaison.mpd"), ("SPO-OC", "liaison.spo"), ("FIB-MB", "liaison.fib"),
            ])
            let newest = world.state.jurisdiction.newestVersion(of: "city-limits", id(agency))
            if dice.below(3) == 0, newest > 0 {
                let version = BundleReference(id: "city-limits", version: newest)
                // Counsel alone is refused, as long as no liaison has proposed it.
                let who = newest.isMultiple(of: 3) ? ["counsel.dao"] : [liaison, "counsel.dao"]
                for name in who { world.act(as: name, .jurisdiction(.retire(id(agency), version, reason: "r"))) }
                return
            }
            let whom = dice.below(2) == 0 ? [] : [dice.one(["FIB-MB", "MPD-VT", "SPO-OC", "LSD-WH"])]
            let rule =
                dice.below(2) == 0
                ? World.rule("deny data CRIM_INVEST", for: whom)
                : World.rule("require data CRIM_INVEST", for: whom, needs: ["control-official-approval"])
            world.adopt(id(agency), liaison, World.bundle([rule], version: newest + 1))
        }
    }
}
