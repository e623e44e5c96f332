import Policy

@testable import Casework

/// Numbers that follow from their seed (Steele, Lea, Flood 2014).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func one<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}

/// Acts by anybody on anything, so chosen that many are permitted.
struct RandomActs {
    var dice: Dice
    let titles = ["Alder", "Birch", "Cedar", "Nowhere"]
    let people = World.members.map(\.0) + [member("admin.ops")]
    let agencies = World.agencies.map(\.0)

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func next(in world: World) -> (name: String, act: Act, purpose: String?, seen: Int64?) {
        let title = dice.one(titles)
        let file = world.state.cases.values.first { $0.title == title }
        // Half of the speakers take part already, so that acts are permitted more often.
        let near = (file?.assignments.keys.sorted() ?? []) + people.filter { $0.text.hasPrefix("liaison") }
        let name = dice.below(4) == 0 || near.isEmpty ? dice.one(people) : dice.one(near)
        let purpose = dice.below(12) == 0 ? dice.one(Purpose.allCases).rawValue : nil
        let seen = dice.below(20) == 0 ? (file?.position ?? 0) - Int64(dice.below(2)) : nil
        let (speaker, act) = self.act(title, file, name, world)
        return (speaker.text, act, purpose, seen)
    }

    private mutating func act(_ title: String, _ file: CaseFile?, _ name: MemberID, _ world: World) -> (MemberID, Act) {
        let entry = "E-\(dice.below((file?.entries.count ?? 0) + 1) + 1)"
        let agency = dice.one(agencies)
        let handling = dice.one(Handling.allCases)
        switch dice.below(34) {
        case 0:
            // A second case of the same name would make the name useless: it goes by another.
            let name = file == nil && title != "Nowhere" ? title : "Extra \(world.state.cases.count)"
            return (dice.one([member("lead.fib"), member("lead.hcs")]), .draftCase(World.proposal(name)))
        case 1, 2:
            let move = dice.one([CaseMove.propose, .approve, .approve, .resume, .resume, .suspend, .proposeReopening])
            return (name, .moveCase(title, move, reason: "r"))
        case 3: return (name, .moveCase(title, dice.below(60) == 0 ? .close : .approve, reason: "r"))
        case 4, 5:
            return (name, .inviteAgency(title, agency, dice.one(CooperationMode.allCases.filter { $0 != .lead }), nil))
        case 6, 7: return (name, .joinCase(title, conditions: dice.below(2) == 0 ? "Only so." : nil))
        case 8:
            return (
                name, dice.below(2) == 0 ? .declineInvitation(title, reason: "r") : .joinCase(title, conditions: nil)
            )
        case 9: return (name, dice.below(12) == 0 ? .withdrawAgency(title, reason: "r") : .getCase(title))
        case 10, 11:
            let own = people.filter { world.state.members[$0]?.agency == world.state.members[name]?.agency }
            return (name, .assignMember(title, own.isEmpty ? name : dice.one(own)))
        case 12:
            return (
                name,
                dice.below(20) == 0 ? .removeMember(title, dice.one(people), reason: "r") : .getEntry(title, entry)
            )
        case 13...17:
            let compartment = dice.one([Compartment.ordinary, .ordinary, .operations, .oversight, .legal])
            return (name, .recordEntry(title, World.entry(handling, compartment, acknowledge: dice.below(3) == 0)))
        case 18: return (name, .correctEntry(title, entry, text: "Corrected.", reason: "r"))
        case 19: return (name, .withdrawEntry(title, entry, reason: "r"))
        case 20: return (name, .acknowledgeEntry(title, entry))
        case 21: return (name, .changeHandling(title, entry, handling, reason: "r"))
        case 22, 23: return (name, .releaseEntry(title, entry, agency, reason: "r"))
        case 24: return (name, .requestPermission(title, entry, agency, reason: "r"))
        case 25:
            let permission = "R-\(dice.below((file?.permissions.count ?? 0) + 1) + 1)"
            return (name, .decidePermission(title, permission, isGranted: dice.below(3) > 0, reason: "r"))
        case 26: return (name, .listEntries(title, after: -1, limit: 10))
        case 27:
            return (name, .breakGlass(title, entry, agency, hours: Int64(dice.below(2) + 1), reason: "r"))
        case 29 where dice.below(3) > 0:
            let other = world.state.cases.values.map(\.number).sorted()
            let number = dice.below(4) == 0 || other.isEmpty ? "TF-2031-000000" : dice.one(other)
            return (name, dice.below(3) == 0 ? .unlinkCase(title, number, reason: "r") : .linkCase(title, number))
        case 28 where dice.below(3) == 0:
            let line = "D-\(dice.below((file?.releases.count ?? 0) + 1) + 1)"
            let reviewer = dice.below(3) > 0 ? member("auditor.rob") : name
            return (reviewer, .reviewEmergency(title, line, dice.one(EmergencyFinding.allCases), note: "n"))
        case 30...33: return (name, .removal(title, removalAct(entry, file, world)))
        default: return registryAct(title, file, name, world)
        }
    }

    /// An act on Alder by somebody who has to do with it: mostly of retention and removal.
    mutating func nearRemoval(in world: World) -> (name: String, act: Act) {
        let file = world.file("Alder")
        let name = dice.one([
            "lead.fib", "counsel.dao", "counsel.dao", "liaison.mpd", "liaison.mpd", "liaison.spo", "liaison.fib",
            "agent.mpd1", "agent.spo1", "liaison.tcp", "liaison.hcs", "auditor.rob",
        ])
        let entry = "E-\(dice.below(file.entries.count) + 1)"
        switch dice.below(24) {
        case 0 where dice.below(3) == 0:
            let compartment = dice.one([Compartment.ordinary, .ordinary, .operations])
            return (name, .recordEntry("Alder", World.entry(.h0, compartment)))
        case 2: return (name, .withdrawEntry("Alder", entry, reason: "r"))
        case 3: return (name, .changeHandling("Alder", entry, dice.one(Handling.allCases), reason: "r"))
        case 4, 5: return (name, .releaseEntry("Alder", entry, dice.one([id("HCS-MAR"), id("SPS")]), reason: "r"))
        case 6: return (name, .getEntry("Alder", entry))
        case 7:
            // Holds are lifted again, so that something is purged.
            guard let hold = file.removals.holds.first(where: { !$0.isLifted })?.number else { fallthrough }
            return ("counsel.dao", .removal("Alder", .liftHold("L-\(hold)", reason: "r")))
        default: return (name, .removal("Alder", removalAct(entry, file, world)))
        }
    }

    private mutating func removalAct(_ entry: String, _ file: CaseFile?, _ world: World) -> RemovalAct {
        let entries = dice.below(4) == 0 ? [entry, "E-\(dice.below((file?.entries.count ?? 0) + 1) + 1)"] : [entry]
        // Mostly an order that speaks of the entry, if there is one.
        let fitting = (file?.removals.orders ?? []).filter { order in order.records.contains { $0.name == entry } }
        let any = Int64(dice.below((file?.removals.orders.count ?? 0) + 1) + 1)
        let order = "C-\(dice.below(4) == 0 || fitting.isEmpty ? any : dice.one(fitting).number)"
        let purge = "P-\(dice.below((file?.removals.purges.count ?? 0) + 1) + 1)"
        // Now and then all of the case, and mostly soon unsealed again.
        if dice.below(file?.removals.caseSeal == nil ? 40 : 3) == 0 { return caseSeal(file, world) }
        switch dice.below(16) {
        case 0, 1:
            let decision = dice.one(RetentionDecision.allCases)
            let until = world.now.adding(days: Int64(dice.below(2_200)))
            return .review(entries, decision, until: until, explanation: "r")
        case 2: return .placeHold(dice.below(9) == 0 ? [] : entries, reason: "r")
        case 3: return .liftHold("L-\(dice.below((file?.removals.holds.count ?? 0) + 1) + 1)", reason: "r")
        case 4...6:
            let terms = OrderTerms(
                kind: dice.one(OrderKind.allCases),
                court: "c",
                docket: "d",
                effectiveAt: world.now.adding(days: Int64(dice.below(4)) - 3),
                appealUntil: dice.below(4) == 0 ? world.now.adding(days: 1) : nil
            )
            return .recordOrder(entries, terms)
        case 7, 8: return .proposePurge(entries, order: dice.below(2) == 0 ? order : nil, reason: "r")
        case 9...11: return .decidePurge(purge, isApproved: dice.below(5) > 0, reason: "r")
        case 12: return .certify(purge)
        case 13: return .seal(entries, order: order)
        case 14: return .unseal(entries, order: order)
        default: return .list
        }
    }

    private mutating func caseSeal(_ file: CaseFile?, _ world: World) -> RemovalAct {
        let isSealed = file?.removals.caseSeal != nil
        let fitting = (file?.removals.orders ?? []).filter {
            $0.records.isEmpty && ($0.terms.kind == .unseal) == isSealed
        }
        if let order = fitting.last, dice.below(3) > 0 {
            return isSealed ? .unseal([], order: "C-\(order.number)") : .seal([], order: "C-\(order.number)")
        }
        let terms = OrderTerms(
            kind: isSealed ? .unseal : dice.one([OrderKind.seal, .seal, .suppress]),
            court: "c",
            docket: "d",
            effectiveAt: world.now.adding(days: Int64(dice.below(4)) - 3),
            permitted: isSealed || dice.below(2) == 0 ? [] : [dice.one(people)]
        )
        return .recordOrder([], terms)
    }

    private mutating func registryAct(
        _ title: String,
        _ file: CaseFile?,
        _ name: MemberID,
        _ world: World
    ) -> (MemberID, Act) {
        let target = dice.one(people)
        let key = "SHA256:\(dice.below(6))"
        let speaker = dice.below(2) == 0 ? member("admin.ops") : name
        switch dice.below(9) {
        case 0, 1:
            let scope = dice.one(["agency", "system", file?.number ?? "none"])
            let ends = UTCTime(milliseconds: world.now.milliseconds + Int64(dice.below(420)) * 86_400_000)
            return (speaker, .grantRole(target, dice.one(Role.allCases), scope: scope, expiresAt: ends))
        case 2:
            let held = world.state.members[target]?.grants.map(\.id) ?? []
            let grant = held.count < 2 ? "G-0" : dice.one(held)
            return (speaker, .revokeRole(target, grant: grant, reason: "r"))
        case 3:
            // Newcomers hold no role.
            let holder = dice.below(2) == 0 ? target : member("new.n\(dice.below(9))")
            return (speaker, .addKey(holder, fingerprint: key, line: "ssh-ed25519 AAAA"))
        case 4: return (speaker, .revokeKey(target, fingerprint: key, reason: "r"))
        case 5:
            let new = Member(
                id: member("new.n\(dice.below(9))"),
                agency: dice.one(agencies),
                uids: [UInt32(9_000 + dice.below(9))],
                keys: [key]
            )
            return (speaker, .enrolMember(new, keyLines: ["l"]))
        case 6: return (speaker, .disableMember(member("new.n\(dice.below(9))"), reason: "r"))
        case 7:
            return (
                speaker,
                .renewAgreement(dice.one([mou("MOU-31-01"), mou("MOU-31-02")]), endsAt: world.now.adding(days: 300))
            )
        default: return (speaker, .listMembers)
        }
    }
}
