import Deconfliction
import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework

/// The whole of event deconfliction against a model that compares all pairs.
@Suite("Event deconfliction: the model", .tags(.medium))
struct DeconflictionModelTests {
    private struct Pair: Hashable {
        let one: String
        let other: String

        init(_ one: String, _ other: String) { (self.one, self.other) = one < other ? (one, other) : (other, one) }
    }

    private struct Plan {
        let agency: AgencyID
        let member: String
        let isAlder: Bool
        var place: PlaceAndTime
    }

    /// What must hold: which plans are active, and which pairs are known to meet.
    private struct Model {
        var plans: [String: Plan] = [:]
        var live: Set<Pair> = []
        /// Which agency ever met which plan of another.
        var known: Set<[String]> = []
        /// What each member had compared, and when which plan that his agency knew came into reach or left it.
        var compared: [String: [UTCTime]] = [:]
        var changed: [Change] = []

        struct Change {
            let member: String
            let agency: AgencyID
            let plan: String
            let at: UTCTime
            /// False of what somebody first submits near a plan: that is not counted with what his colleagues do.
            let isTogether: Bool
        }

        /// Rule P21E: twenty an hour, and four a day of one plan, by whoever moves, and by his agency where he is one of those who did.
        func mayAsk(_ member: String, _ now: UTCTime) -> Bool {
            let hour = (compared[member] ?? []).count { $0.milliseconds > now.milliseconds - World.hour }
            let day = today(now)
            let isSearched = day.filter { $0.member == member }.contains { mine in
                let near = day.filter { $0.agency == mine.agency && $0.plan == mine.plan }
                return near.count { $0.member == member } >= 4 || near.count(where: \.isTogether) >= 4
            }
            return hour < 20 && !isSearched
        }

        func today(_ now: UTCTime) -> [Change] {
            changed.filter { $0.at.milliseconds > now.milliseconds - 24 * World.hour }
        }

        /// Takes in what somebody was answered about a plan of his.
        mutating func ask(_ name: String, _ member: String, isAmendment: Bool = false, _ now: UTCTime) {
            func met() -> Set<String> {
                Set(live.filter { $0.one == name || $0.other == name }.map { $0.one == name ? $0.other : $0.one })
            }
            let before = met()
            compare(name)
            compared[member, default: []].append(now)
            guard let agency = plans[name]?.agency else { return }
            for other in before.symmetricDifference(met())
            where plans[other]?.agency != agency && known.contains([agency.text, other]) {
                let isFirst = !today(now).contains { $0.member == member && $0.plan == other }
                let isTogether = isAmendment || !isFirst
                changed.append(Change(member: member, agency: agency, plan: other, at: now, isTogether: isTogether))
            }
            for other in met() {
                known.insert([agency.text, other])
                known.insert([plans[other]?.agency.text ?? "", name])
            }
        }

        func meets(_ one: Plan, _ other: Plan) -> Bool {
            if one.agency == other.agency, one.isAlder, other.isAlder { return false }
            guard let first = one.place.planned(1, caseID: nil), let second = other.place.planned(2, caseID: nil) else {
                return false
            }
            return first.meets(second, tolerance: 0) != nil
        }

        mutating func compare(_ name: String) {
            guard let plan = plans[name] else { return }
            live = live.filter { $0.one != name && $0.other != name }
            for (other, theirs) in plans where other != name && meets(plan, theirs) { live.insert(Pair(name, other)) }
        }
    }

    private static let members = [
        ("lead.fib", "FIB-MB"), ("agent.fib1", "FIB-MB"), ("agent.mpd1", "MPD-VT"), ("agent.tcp1", "TCP-NAR"),
        ("agent.hcs1", "HCS-MAR"), ("officer.fro", "FRO-MB"), ("agent.spo1", "SPO-OC"),
    ]

    private static func place(_ chance: inout SplitMix64) -> PlaceAndTime {
        func degrees(_ base: Int, _ chance: inout SplitMix64) -> String {
            let digits = String(base + chance.below(400))
            return "0." + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
        let start = 240 + Double(chance.below(200)) / 4
        let points = (0...chance.below(2)).map { _ in "\(degrees(1_000, &chance)),\(degrees(1_000, &chance))" }
        return PlaceAndTime(
            points: points,
            radius: Int64(50 + chance.below(600)),
            start: World.at(hours: start),
            end: World.at(hours: start + 0.25 + Double(chance.below(12)) / 4),
            buffer: Int64(chance.below(3)) * 30,
            tolerance: Int64(chance.below(2)) * 25
        )
    }

    private static func pairs(_ state: CaseworkState) -> Set<Pair> {
        Set(
            state.deconfliction.conflicts.values.filter { $0.withdrawnAt == nil }.map { conflict in
                Pair("V-\(conflict.parties[0].submission)", "V-\(conflict.parties[1].submission)")
            }
        )
    }

    @Test(arguments: Seeds.range(of: 1))
    func `submissions, amendments and cancellations leave what comparing all pairs leaves`(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        var world = World.joined()
        var model = Model()
        var (met, refused) = (0, 0)
        for step in 0..<1_500 {
            world.now = UTCTime(milliseconds: world.now.milliseconds + Int64(chance.below(4)) * World.minute)
            let names = model.plans.keys.sorted()
            let action = chance.below(10)
            if action < 6 || names.isEmpty {
                let (member, agency) = Self.members[chance.below(Self.members.count)]
                let isAlder = chance.oneIn(2) && ["FIB-MB", "MPD-VT", "SPO-OC"].contains(agency)
                let place = Self.place(&chance)
                let proposal = EventProposal(
                    caseName: isAlder ? "Alder" : nil,
                    terms: EventTerms(
                        work: .surveillance,
                        contact: "",
                        operation: nil,
                        externalRef: nil,
                        namesAgency: chance.oneIn(2)
                    ),
                    place: place,
                    exigency: nil
                )
                guard model.mayAsk(member, world.now) else {
                    #expect(
                        world.act(as: member, .deconfliction(.submitEvent(proposal))).rule == "P21E",
                        "seed \(seed)"
                    )
                    refused += 1
                    continue
                }
                let (name, found) = world.submit(member, .deconfliction(.submitEvent(proposal)))
                model.plans[name] = Plan(agency: id(agency), member: member, isAlder: isAlder, place: place)
                model.ask(name, member, world.now)
                #expect(found.count == model.live.filter { $0.one == name || $0.other == name }.count, "seed \(seed)")
                met += found.count
            } else {
                let name = names[chance.below(names.count)]
                guard var plan = model.plans[name] else { continue }
                switch action {
                case 6, 7:
                    let change = PlaceAndTime(points: Self.place(&chance).points, radius: Int64(50 + chance.below(600)))
                    guard model.mayAsk(plan.member, world.now) else {
                        #expect(world.act(as: plan.member, World.amend(name, change)).rule == "P21E", "seed \(seed)")
                        refused += 1
                        continue
                    }
                    _ = world.submit(plan.member, World.amend(name, change))
                    plan.place = plan.place.amended(by: change)
                    model.plans[name] = plan
                    model.ask(name, plan.member, isAmendment: true, world.now)
                case 8:
                    world.must(plan.member, World.cancel(name))
                    model.plans[name] = nil
                    model.live = model.live.filter { $0.one != name && $0.other != name }
                default:
                    // None has begun yet.
                    #expect(world.act(as: plan.member, .deconfliction(.completeEvent(name))).code == "E-STATE")
                }
            }
            #expect(Self.pairs(world.state) == model.live, "seed \(seed), step \(step)")
        }
        // A test without encounters would show nothing.
        #expect(met > 300 && refused > 20)
        try Self.expectSameAgain(world, "seed \(seed)")
    }

    /// The record gives the same state again, and so does a snapshot.
    private static func expectSameAgain(_ world: World, _ comment: String) throws {
        var again = CaseworkState()
        for (event, place) in world.record {
            let reread = try event.reread()
            #expect(reread == event, "\(comment)")
            again.evolve(reread, at: place)
        }
        let kept = world.state.encode()
        #expect(again.encode() == kept, "\(comment)")
        #expect(try CaseworkState(decoding: kept).encode() == kept, "\(comment)")
    }

    /// A world in which every act of deconfliction was taken.
    static func everyAct() throws -> World {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        world.must("lead.hcs", .assignMember("Birch", member("agent.hcs1")))
        let first = world.submit("agent.tcp1", World.plan(contact: "desk"))
        let own = world.submit("lead.fib", World.plan(case: "Alder", operation: "OP-1", namesAgency: false))
        let conflict = try #require(own.found.first).word("conflict")
        world.must("lead.fib", World.amend(own.name, PlaceAndTime(radius: 700, tolerance: 5)))
        world.must("lead.fib", .deconfliction(.acknowledge(conflict)))
        world.must("lead.fib", .deconfliction(.resolve(conflict, .delayed, note: "n")))
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .proceed, note: nil)))
        for agrees in [true, false] {
            let declared = world.must(
                "lead.hcs",
                .deconfliction(
                    .declareExigent(caseName: "Birch", operation: "OP-2", reason: "r", approver: member("liaison.spo"))
                )
            )
            let answer = DeconflictionAct.concur(declared.item ?? "", agrees: agrees, note: agrees ? nil : "r")
            world.must("liaison.spo", .deconfliction(answer))
        }
        _ = world.submit("agent.fib1", World.target("12", .plate, qualifier: "MX", case: "Alder", level: .silent))
        let target = world.submit("agent.hcs1", World.target("12", .plate, qualifier: "MX", case: "Birch")).name
        world.screen()
        let silent = try #require(world.inbox("liaison.fib").first?.item)
        world.must("liaison.fib", .deconfliction(.resolve(silent, .joint, note: nil)))
        world.must("agent.hcs1", .deconfliction(.validateTarget(target, until: nil, basis: "b")))
        world.must("agent.hcs1", .deconfliction(.withdrawTarget(target, reason: "r")))
        world.must("lead.fib", World.cancel(own.name))
        world.must("agent.fib1", .deconfliction(.show(conflict)))
        world.now = World.at(hours: 25)
        world.must("agent.tcp1", .deconfliction(.completeEvent(first.name)))
        return world
    }

    @Test func `every kind of event reads back as it was written, and a snapshot goes on like the record`() throws {
        var world = try Self.everyAct()
        try Self.expectSameAgain(world, "")
        var restored = world
        restored.state = try CaseworkState(decoding: world.state.encode())
        #expect(
            restored.submit("agent.mpd1", World.plan(from: 28, until: 30)).found.count
                == world.submit("agent.mpd1", World.plan(from: 28, until: 30)).found.count
        )
        #expect(restored.inbox("agent.hcs1") == world.inbox("agent.hcs1"))
        #expect(restored.state.encode() == world.state.encode())
    }

    @Test func `a line whose place was removed still reads, and meets nothing`() throws {
        var world = World.joined()
        let event = world.must("agent.tcp1", World.plan())
        var again = CaseworkState()
        for (line, place) in world.record {
            var parts = line.parts()
            if line == event { parts.removeAll { $0.name == "place" } }
            let reread = try Event(
                kind: line.kind,
                caseID: line.caseID,
                agency: line.agency?.text ?? "",
                member: line.member?.text ?? "",
                role: line.role?.rawValue ?? "",
                purpose: line.purpose?.rawValue ?? "",
                parts: parts
            )
            again.evolve(reread, at: place)
        }
        world.state = again
        #expect(world.submit("lead.fib", World.plan()).found.isEmpty)
    }
}
