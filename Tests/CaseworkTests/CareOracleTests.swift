import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework
@testable import CaseworkModel

/// The gate and a second reading of what is said of victims and of oversight, on random acts by random members.
@Suite("The gate and a model of victims and oversight agree")
struct CareOracleTests {
    @Test(arguments: Seeds.all) func `who writes and reads references, consents, complaints and findings`(seed: UInt64)
    {
        var random = RandomActs(seed: seed)
        var world = RandomActs.cared()
        world.drawsSmall = false
        var model = CareOracle()
        var followed = 0
        var kinds: [String: Int] = [:]
        for step in 1...3_000 {
            if random.dice.below(20) == 0 { random.aroundCare(&world) }
            for (event, place) in world.record[followed...] { model.follow(event, at: place) }
            followed = world.record.count
            model.oracle.now = world.now
            var (name, act) = random.nearCare(in: world)
            var expected = model.allows(member(name), act)
            if step.isMultiple(of: 2) {
                for _ in 1...8 where !expected {
                    (name, act) = random.nearCare(in: world)
                    expected = model.allows(member(name), act)
                }
            }
            let outcome = world.act(as: name, act)
            kinds[outcome.event?.saidKind ?? outcome.rule ?? "", default: 0] += 1
            if case .docket(let done)? = outcome.event?.body { kinds[done.kind, default: 0] += 1 }
            guard outcome.isDone == expected else {
                let said = outcome.refusal?.outward.message ?? "done"
                Issue.record("seed \(seed), step \(step): \(name) \(act): the model says \(expected), the gate \(said)")
                return
            }
        }
        let wanted = [
            "victim.reference_minted", "victim.needs_recorded", "victim.consent_recorded", "victim.consent_withdrawn",
            "complaint.received", "finding.responded", "access.read", "P04C", "P05",
        ]
        for kind in wanted { #expect(kinds[kind, default: 0] > 0, "seed \(seed): never \(kind) in \(kinds)") }
    }
}

extension RandomActs {
    /// Alder with victim services of two agencies, and with two bodies that oversee.
    static func cared() -> World {
        var world = World.cared()
        let second = Agency(
            id: id("SBO"),
            name: "State Board",
            level: .state,
            missions: [.oversight],
            contact: "desk",
            keyRequired: false
        )
        world.must("admin.ops", .registerAgency(second))
        world.enrol("auditor.sbo", second.id)
        world.give("auditor.sbo", .oversight)
        return world
    }

    private static let carers = [
        "advocate.sps", "advocate.sps", "specialist.mpd", "specialist.mpd", "liaison.sps", "liaison.mpd", "lead.fib",
        "agent.fib1", "counsel.dao", "auditor.rob", "auditor.rob", "auditor.sbo", "liaison.spo", "agent.tcp1",
        "admin.ops",
    ]

    /// An act about a reference, a consent, a complaint or a finding; existing ones for the most part.
    mutating func nearCare(in world: World) -> (name: String, act: Act) {
        let name = dice.one(Self.carers)
        let work = world.file("Alder").work
        func one(_ items: ArraySlice<WorkItem>?, _ none: String) -> String {
            let names = items?.map(\.id) ?? []
            return names.isEmpty || dice.below(9) == 0 ? none : dice.one(names)
        }
        let victim = one(work.items["victim"]?.suffix(4), "V-0F0F")
        let consent = one(work.items["consent"]?.suffix(4), "VC-11111111")
        let complaint = one(world.state.docket.work.items["complaint"]?.suffix(4), "CM-11111111")
        let finding = one(world.state.docket.work.items["finding"]?.suffix(4), "FD-11111111")
        func step(_ event: String, _ item: String? = nil, _ facts: JSONObject = [:]) -> Act {
            .work("Alder", WorkAct(event: event, name: item, facts: facts, parts: [:]))
        }
        func docket(_ event: String, _ item: String? = nil, _ facts: JSONObject = [:]) -> Act {
            .docket(WorkAct(event: event, name: item, facts: facts, parts: ["text": "t", "reason": "r"]))
        }
        switch dice.below(14) {
        case 0: return (name, step("victim.reference_minted"))
        case 1: return (name, step("victim.needs_recorded", victim, ["needs": ["shelter"]]))
        case 2, 3:
            let recipients = [dice.one(["MPD-VT", "SPS", "SPO-OC", "TCP-NAR"])]
            let days = dice.one([Int64(-1), 1, 40, 180, 182])
            let facts: JSONObject = [
                "victim": .string(victim), "scope": .strings([dice.one(["needs", "referral"])]),
                "recipients": .strings(recipients), "expires_at": .integer(world.now.adding(days: days).milliseconds),
                "form_version": "2031-01", "language": "es",
            ]
            return (name, step("victim.consent_recorded", nil, facts))
        case 4: return (name, step("victim.consent_withdrawn", consent))
        case 5, 6: return (name, .getWork("Alder", victim))
        case 7: return (name, .getWork("Alder", consent))
        case 8:
            var facts: JSONObject = ["category": "conduct", "agency": .string(dice.one(["MPD-VT", "ROB", "SBO"]))]
            if dice.below(3) == 0 { facts["named"] = .string(dice.one(["auditor.rob", "agent.mpd1"])) }
            return (name, docket("complaint.received", nil, facts))
        case 9: return (name, docket(dice.one(["complaint.routed", "complaint.closed"]), complaint))
        case 10: return (name, docket("finding.issued", nil, ["to": .string(dice.one(["MPD-VT", "SPO-OC"]))]))
        case 11: return (name, docket(dice.one(["finding.responded", "finding.closed"]), finding))
        case 12: return (name, .getDocket(complaint))
        default: return (name, .getDocket(finding))
        }
    }

    /// Time passes, consents lapse, and victim services come and go.
    mutating func aroundCare(_ world: inout World) {
        guard dice.below(2) == 0 else {
            let isThere = world.file("Alder").assignments[member("specialist.mpd")] != nil
            let who = member("specialist.mpd")
            world.act(
                as: "liaison.mpd",
                isThere ? .removeMember("Alder", who, reason: "r") : .assignMember("Alder", who)
            )
            return
        }
        guard world.now < World.start.adding(days: 250) else { return }
        world.now = world.now.adding(days: Int64(dice.below(4)))
        world.crossDueClocks()
    }
}
