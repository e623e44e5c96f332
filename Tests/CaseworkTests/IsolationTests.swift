import Policy
import TestSupport
import Testing

@testable import Casework
@testable import CaseworkModel

/// A small task force in each state that it can be in.
///
/// Three agencies, four people whose roles, assignments and accounts change, and an agreement. What is said of rights without
/// exception is tried in each state, not in some.
@Suite("In every state of a small task force", .tags(.medium))
struct IsolationTests {
    @Test
    func `nobody reads across agencies without a right, taking a right opens nothing, and nobody gives himself one`() {
        let all = SmallTaskForce.count
        let count = Effort.isLong ? all : Effort.count(240, atDesk: 60)
        let start = Int(Seeds.fresh % UInt64(all))
        let base = SmallTaskForce.base()
        let shards: UInt64 = 16
        let (values, errors) = tryAll(Array(0..<shards)) { shard in
            var reads = 0
            for place in stride(from: Int(shard), to: count, by: Int(shards)) {
                // A prime that does not divide how many there are: each comes once, and some of them are of all kinds.
                let number = (start + place * 104_729) % all
                let force = SmallTaskForce(number: number, from: base)
                let seen = force.readers()
                reads += seen.count
                let faults =
                    force.faults(seen: seen) + force.disagreements(seen: seen) + force.openings(seen: seen)
                    + force.gifts()
                guard faults.isEmpty else {
                    throw SmallTaskForce.Fault(description: "state \(number), \(force.facts): \(faults)")
                }
            }
            return reads
        }
        for error in errors { Issue.record("\(error)") }
        let reads = values.reduce(0, +)
        print("\(count) of \(all) states, \(reads) readings allowed")
        // States in which nobody may read anything would say nothing.
        #expect(reads > count, "\(reads)")
    }

    @Test(arguments: SmallTaskForce.lies)
    fileprivate func `control: who reads although a right is missing is found`(_ lie: SmallTaskForce.Lie) {
        var force = SmallTaskForce(number: 0, from: SmallTaskForce.base())
        #expect(force.faults(seen: force.readers()) == [])
        lie.tell(&force.facts)
        #expect(force.faults(seen: force.readers()) != [])
    }

    @Test func `control: what opens something is found`() {
        var force = SmallTaskForce(number: 0, from: SmallTaskForce.base())
        let seen = force.readers()
        #expect(force.openings(seen: seen) == [])
        force.world.must("liaison.mpd", .removeMember("Alder", member("agent.mpd1"), reason: "Elsewhere."))
        let fewer = force.readers()
        #expect(fewer.isStrictSubset(of: seen))
        force.world.must("liaison.mpd", .assignMember("Alder", member("agent.mpd1")))
        #expect(force.openings(seen: fewer) != [])
    }
}

/// Alder, of which one of many states was made by acts, and what was made of it.
private struct SmallTaskForce {
    enum Standing: CaseIterable {
        case joined
        case left
        case invited
        case information
        case deconflictOnly

        var letsRead: Bool { self == .joined || self == .information }
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    struct Person {
        var role: Role? = .contributor
        var isAssigned = true
        var isEnabled = true
    }

    /// What was made of the case, apart from what the state says of itself.
    struct Facts {
        var standings: [AgencyID: Standing] = [id("FIB-MB"): .joined, id("MPD-VT"): .joined, id("LSD-WH"): .joined]
        var people: [String: Person] = [:]
        var isLiaison = true
        var isAgreed = true
    }

    struct Reading: Hashable {
        let who: String
        let entry: Int64
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let tell: @Sendable (inout Facts) -> Void
    }

    static let lies = [
        Lie(testDescription: "its agency left") { $0.standings[id("MPD-VT")] = .left },
        Lie(testDescription: "its agency is invited") { $0.standings[id("MPD-VT")] = .invited },
        Lie(testDescription: "its agency deconflicts only") { $0.standings[id("LSD-WH")] = .deconflictOnly },
        Lie(testDescription: "the agreement ended") { $0.isAgreed = false },
        Lie(testDescription: "without a role") { $0.people["agent.mpd1"]?.role = nil },
        Lie(testDescription: "not assigned") { $0.people["inspector.lsd"]?.isAssigned = false },
        Lie(testDescription: "disabled") { $0.people["agent.fib1"]?.isEnabled = false },
        Lie(testDescription: "no liaison any more") { $0.isLiaison = false },
    ]

    private static let agencies: [String: AgencyID] = [
        "agent.fib1": id("FIB-MB"), "agent.mpd1": id("MPD-VT"), "inspector.lsd": id("LSD-WH"),
        "liaison.mpd": id("MPD-VT"),
    ]
    private static let liaisons = [
        id("FIB-MB"): "liaison.fib", id("MPD-VT"): "liaison.mpd", id("LSD-WH"): "liaison.lsd",
    ]
    /// People who have no part in Alder: of an agency that was never asked, of one of removal, and who administers.
    private static let strangers = ["lead.hcs", "agent.tcp1", "officer.fro", "admin.ops"]
    private static let people = agencies.keys.sorted() + strangers
    /// Entries of Alder, each with the agency that contributed it.
    private static let origins: [Int64: AgencyID] = [
        1: id("FIB-MB"), 2: id("FIB-MB"), 3: id("MPD-VT"), 4: id("MPD-VT"), 5: id("MPD-VT"), 6: id("LSD-WH"),
    ]

    private static let roles: [Role?] = [.contributor, nil, .analyst, .legal]
    private static let persons = roles.flatMap { role in
        [true, false].flatMap { isAssigned in
            [true, false].map { Person(role: role, isAssigned: isAssigned, isEnabled: $0) }
        }
    }
    /// Nobody in the lead's agency is disabled there, nor its counsel.
    private static let colleagues = persons.filter { $0.isEnabled && $0.role != .legal }
    /// How many states there are.
    static let count = [
        Standing.allCases.count, Standing.allCases.count, persons.count, persons.count, colleagues.count, 2, 2, 2,
    ].reduce(1, *)

    var world: World
    var facts = Facts()

    /// All agencies joined, all people assigned, and entries of each.
    static func base() -> World {
        var world = World.opened()
        world.join("MPD-VT", .participation, "liaison.mpd", ["agent.mpd1"])
        world.join("LSD-WH", .participation, "liaison.lsd", ["inspector.lsd"])
        world.must("lead.fib", .assignMember("Alder", member("agent.fib1")))
        world.must("agent.fib1", .recordEntry("Alder", World.entry()))
        world.must("agent.fib1", .recordEntry("Alder", World.entry(.h1, .operations)))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h1, .operations)))
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(.h2)))
        world.must("inspector.lsd", .recordEntry("Alder", World.entry()))
        return world
    }

    /// Makes a state of the base, by acts of those who may.
    init(number: Int, from base: World) {
        world = base
        var rest = number
        func one<Choice>(of choices: [Choice]) -> Choice {
            defer { rest /= choices.count }
            return choices[rest % choices.count]
        }
        stand(id("MPD-VT"), one(of: Standing.allCases))
        stand(id("LSD-WH"), one(of: Standing.allCases))
        become("agent.mpd1", one(of: Self.persons))
        become("inspector.lsd", one(of: Self.persons))
        become("agent.fib1", one(of: Self.colleagues))
        if one(of: [false, true]) {
            world.must("lead.fib", .moveCase("Alder", .suspend, reason: "A court has it."))
        }
        facts.isAgreed = one(of: [true, false])
        if !facts.isAgreed { world.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "Ended.")) }
        facts.isLiaison = one(of: [true, false])
        if !facts.isLiaison { revoke("liaison.mpd", by: "admin.ops") }
    }

    /// Who assigns the people of an agency, and removes them.
    private static func assigner(of agency: AgencyID) -> String? {
        agency == id("FIB-MB") ? "lead.fib" : liaisons[agency]
    }

    private mutating func stand(_ agency: AgencyID, _ standing: Standing) {
        facts.standings[agency] = standing
        guard standing != .joined, let liaison = Self.liaisons[agency] else { return }
        world.must(liaison, .withdrawAgency("Alder", reason: "Elsewhere."))
        guard standing != .left else { return }
        let mode: CooperationMode = standing == .deconflictOnly ? .deconflictOnly : .information
        world.must("lead.fib", .inviteAgency("Alder", agency, mode, nil))
        if standing != .invited { world.must(liaison, .joinCase("Alder", conditions: nil)) }
    }

    private mutating func become(_ name: String, _ wanted: Person) {
        guard let agency = Self.agencies[name], let liaison = Self.liaisons[agency],
            let assigner = Self.assigner(of: agency)
        else { return }
        var person = wanted
        let isAssigned = world.file("Alder").assignments[member(name)] != nil
        if !person.isAssigned, isAssigned {
            world.must(assigner, .removeMember("Alder", member(name), reason: "Elsewhere."))
        } else if person.isAssigned, !isAssigned {
            // Only an agency that joined assigns.
            person.isAssigned = world.act(as: assigner, .assignMember("Alder", member(name))).isDone
        }
        if person.role != .contributor {
            revoke(name, by: liaison)
            if let role = person.role { world.give(name, role) }
        }
        if !person.isEnabled { world.must(liaison, .disableMember(member(name), reason: "Left.")) }
        facts.people[name] = person
    }

    private mutating func revoke(_ name: String, by: String) {
        for grant in world.state.members[member(name)]?.grants ?? [] {
            world.must(by, .revokeRole(member(name), grant: grant.id, reason: "Moved."))
        }
    }

    /// Who may read which entry, as the gate decides it.
    func readers(in changed: World? = nil) -> Set<Reading> {
        var world = changed ?? world
        var seen: Set<Reading> = []
        for name in Self.people {
            for entry in Self.origins.keys {
                let command = world.command(as: name, .getEntry("Alder", Reference.entryName(entry)))
                if world.state.decide(command).refusal == nil { seen.insert(Reading(who: name, entry: entry)) }
            }
        }
        return seen
    }

    /// Readings for which a right is missing, by what was made of the case.
    func faults(seen: Set<Reading>) -> [String] {
        seen.filter { reading in
            guard let agency = Self.agencies[reading.who], let standing = facts.standings[agency], standing.letsRead
            else { return true }
            let isOwn = Self.origins[reading.entry] == agency
            if reading.who == "liaison.mpd" { return !facts.isLiaison || !isOwn }
            guard let person = facts.people[reading.who], person.isEnabled, person.isAssigned, person.role != nil else {
                return true
            }
            return !isOwn && !facts.isAgreed
        }
        .map { "\($0.who) reads E-\($0.entry)" }.sorted()
            + Self.people.filter { name in
                guard world.sees(name, "Alder") else { return false }
                guard let standing = Self.agencies[name].flatMap({ facts.standings[$0] }) else { return true }
                return standing == .left
            }
            .map { "\($0) knows of the case" }.sorted()
    }

    /// Where the model that decides by itself sees it otherwise.
    func disagreements(seen: Set<Reading>) -> [String] {
        var oracle = Oracle()
        for (event, place) in world.record { oracle.follow(event, at: place) }
        oracle.now = world.now
        guard let folder = oracle.folders.values.first(where: { $0.title == "Alder" }) else { return ["no case"] }
        var found: [String] = []
        for name in Self.people {
            let knows = oracle.knows(member(name), folder)
            if world.sees(name, "Alder") != knows { found.append("the model lets \(name) know of the case: \(knows)") }
            for entry in Self.origins.keys {
                let act = Act.getEntry("Alder", Reference.entryName(entry))
                let may = oracle.reads(member(name), folder, entry) && oracle.allows(member(name), act, nil, nil)
                if may != seen.contains(Reading(who: name, entry: entry)) {
                    found.append("the model lets \(name) read E-\(entry): \(may)")
                }
            }
        }
        return found
    }

    /// Rights that, when they are taken, let somebody read what he did not.
    func openings(seen: Set<Reading>) -> [String] {
        var takings: [(String, Act)] = [
            ("liaison.mpd", .withdrawAgency("Alder", reason: "r")),
            ("liaison.lsd", .withdrawAgency("Alder", reason: "r")),
            ("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "r")),
            ("lead.fib", .moveCase("Alder", .suspend, reason: "r")),
        ]
        for (name, agency) in Self.agencies {
            guard let liaison = Self.liaisons[agency], let assigner = Self.assigner(of: agency),
                let known = world.state.members[member(name)]
            else { continue }
            takings.append((liaison, .disableMember(known.id, reason: "r")))
            takings.append((assigner, .removeMember("Alder", known.id, reason: "r")))
            takings += known.grants.map { (liaison, .revokeRole(known.id, grant: $0.id, reason: "r")) }
        }
        return takings.flatMap { name, act -> [String] in
            var after = world
            guard after.act(as: name, act).isDone else { return [] }
            return readers(in: after).subtracting(seen).map { "\(act.name) lets \($0.who) read E-\($0.entry)" }
        }
    }

    /// Roles that somebody may give himself.
    func gifts() -> [String] {
        var world = world
        let ends = world.now.adding(days: 30)
        return (Self.people + ["lead.fib", "liaison.lsd", "liaison.fib"]).flatMap { name in
            Role.allCases.filter { role in
                let act = Act.grantRole(member(name), role, scope: "agency", expiresAt: ends)
                return world.state.decide(world.command(as: name, act)).refusal == nil
            }
            .map { "\(name) makes himself \($0)" }
        }
    }
}
