import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("Laws of the record")
struct ReplayTests {
    private static let seeds: [UInt64] = [1, 31, 2_031, 77_777, 424_242]

    @Test(arguments: seeds) func `twenty thousand acts in all: the record says all there is`(seed: UInt64) throws {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        var acts = RandomActs(seed: seed)
        var origins: [CaseID: [AgencyID?]] = [:]
        var joined: [CaseID: Set<AgencyID>] = [:]
        var kinds: [String: Int] = [:]
        for trial in 0..<4_000 {
            var next = acts.next(in: world)
            var command = world.command(as: next.name, next.act, purpose: next.purpose, seen: next.seen)
            // Most random acts are refused: up to eight are drawn for one that is not.
            for _ in 0..<8 where world.state.decide(command).refusal != nil {
                next = acts.next(in: world)
                command = world.command(as: next.name, next.act, purpose: next.purpose, seen: next.seen)
            }
            // Held only where nothing may change: a second owner would have every change copy the cases first.
            let changes = !next.act.isReading && world.state.decide(command).refusal == nil
            let before = changes ? nil : world.state.cases
            let outcome = world.take(command)
            kinds[outcome.event?.kind ?? "refused", default: 0] += 1
            if let before { #expect(world.state.cases == before, "seed \(seed) trial \(trial): \(next.act.name)") }
            for (id, file) in world.state.cases where trial % 20 == 0 {
                let now = file.entries.map { world.state.origin(of: $0) }
                let known = origins[id] ?? []
                #expect(Array(now.prefix(known.count)) == known, "seed \(seed) trial \(trial): an origin changed")
                origins[id] = now
                joined[id, default: []].formUnion(
                    file.participants.values.filter { $0.standing == .joined }.map(\.agency)
                )
            }
            if trial % 100 == 0 { expectNoStrangerReads(world, joined, "seed \(seed) trial \(trial)") }
            if trial % 1_000 == 999 { try expectSameState(world, "seed \(seed) trial \(trial)") }
        }
        expectNoStrangerReads(world, joined, "seed \(seed)")
        // A property of acts that are all refused would say nothing.
        for kind in ["entry.recorded", "case.agency_joined", "case.member_assigned", "user.role_granted"] {
            #expect(kinds[kind, default: 0] > 0, "seed \(seed): never \(kind) in \(kinds)")
        }
        #expect(kinds["refused", default: 0] < 3_600, "seed \(seed): \(kinds)")
    }

    /// No member of an agency that never joined reads content, but oversight what is written to it.
    private func expectNoStrangerReads(_ world: World, _ joined: [CaseID: Set<AgencyID>], _ place: Comment) {
        for (id, file) in world.state.cases {
            for member in world.state.members.values where !(joined[id]?.contains(member.agency) ?? false) {
                let scope = world.state.standing(of: member, in: file, world.now).scope(file)
                let isOversight = member.roles(in: id, world.now).contains(.oversight)
                for facts in file.entries where !(isOversight && facts.compartment == .oversight) {
                    let seen = scope.visibility(origin: world.state.origin(of: facts), compartment: facts.compartment)
                    #expect(seen < .content, place)
                }
            }
        }
    }

    private func expectSameState(_ world: World, _ place: Comment) throws {
        var replayed = CaseworkState()
        for (event, position) in world.record {
            let read = try event.reread()
            #expect(read == event, place)
            replayed.evolve(read, at: position)
        }
        let bytes = world.state.encode()
        #expect(replayed.encode() == bytes, place)
        let decoded = try CaseworkState(decoding: bytes)
        #expect(decoded.encode() == bytes, place)
        #expect(decoded.cases == world.state.cases, place)
        #expect(decoded.members == world.state.members, place)
        // What is not in the snapshot is found again from what is.
        #expect(decoded.membersByUID == world.state.membersByUID, place)
        #expect(decoded.membersByKey == world.state.membersByKey, place)
        #expect(decoded.casesByNumber == world.state.casesByNumber, place)
        #expect(decoded.casesByTitle.mapValues { Set($0) } == world.state.casesByTitle.mapValues { Set($0) }, place)
        #expect(decoded.casesByAgency == world.state.casesByAgency, place)
        #expect(replayed.casesByAgency == world.state.casesByAgency, place)
        #expect(decoded.grants == world.state.grants, place)
    }

    @Test func `a snapshot that is cut off or longer is refused and traps nothing`() throws {
        var world = World.joined()
        for _ in 0..<5 { world.must("agent.mpd1", .recordEntry("Alder", World.entry())) }
        let bytes = world.state.encode()
        for length in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: (any Error).self) { try CaseworkState(decoding: Array(bytes[..<length])) }
        }
        #expect(throws: (any Error).self) { try CaseworkState(decoding: Array(bytes.dropLast())) }
        #expect(throws: (any Error).self) { try CaseworkState(decoding: bytes + [0]) }
        var huge = bytes
        for index in 0..<8 { huge[index] = 0xFF }
        #expect(throws: (any Error).self) { try CaseworkState(decoding: huge) }
    }

    @Test func `a snapshot that counts other entries than there are is refused and traps nothing`() throws {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let bytes = world.state.encode()
        let length = bytes[..<8].reduce(0) { $0 << 8 | Int($1) }
        let head = String(decoding: bytes[8..<(8 + length)], as: UTF8.self)
        for wrong in ["9223372036854775807", "768614336404564651", "4097", "-1", "2", "0"] {
            let pieces = head.split(separator: "\"entries\":1,", maxSplits: 1)
            try #require(pieces.count == 2)
            let text = Array("\(pieces[0])\"entries\":\(wrong),\(pieces[1])".utf8)
            let size = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (56 - 8 * $0)) }
            let forged = size + text + Array(bytes[(8 + length)...])
            #expect(throws: (any Error).self, "\(wrong)") { try CaseworkState(decoding: forged) }
        }
    }

    @Test func `a million entries are three million bytes, and come back`() throws {
        var world = World.joined()
        let event = world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let before = world.state.encode().count
        var state = world.state
        for number in 2...1_000_000 as ClosedRange<UInt64> {
            state.evolve(event, at: StreamPosition(caseSeq: number, recordedAt: world.now))
        }
        let bytes = state.encode()
        #expect(bytes.count - before < 3_020_000)
        #expect(try CaseworkState(decoding: bytes).cases == state.cases)
    }

    @Test func `times and numbers that could overflow are no event`() {
        let forged: [(String, JSONObject)] = [
            ("agreement.renewed", ["id": "MOU-31-01", "ends_at": .integer(.max)]),
            ("agreement.renewed", ["id": "MOU-31-01", "ends_at": -1]),
            ("entry.withdrawn", ["entry": .integer(.min)]), ("entry.acknowledged", ["entry": 0]),
            ("dissemination.permission_granted", ["permission": .integer(.max), "granted": true]),
            (
                "user.role_granted",
                [
                    "member": "agent.mpd1",
                    "grant": ["number": .integer(.max), "role": "lead", "scope": "agency", "expires_at": 1],
                ]
            ),
        ]
        for (kind, details) in forged {
            #expect(throws: EventFault.self, "\(kind) \(details)") {
                try Event(
                    kind: kind,
                    caseID: .system,
                    agency: "",
                    member: "",
                    role: "",
                    purpose: "",
                    parts: [("details", .object(details)), ("reason", "r")]
                )
            }
        }
    }

    @Test func `an event whose parts are missing is refused`() {
        for kind in ["case.drafted", "entry.recorded", "dissemination.recorded", "user.enrolled", "agency.registered"] {
            #expect(throws: EventFault.self, "\(kind)") {
                try Event(kind: kind, caseID: .system, agency: "", member: "", role: "", purpose: "", parts: [])
            }
        }
    }

    @Test func `the name of a case is 32 hexadecimal digits and back`() {
        let text = "00112233445566778899aabbccddeeff"
        #expect(CaseID(hex: text)?.hex == text)
        #expect(CaseID(hex: text).flatMap { CaseID(bytes: $0.bytes) } == CaseID(hex: text))
        for wrong in ["", "00", text + "0", text + "00", text.uppercased(), "g" + text.dropFirst()] {
            #expect(CaseID(hex: wrong) == nil, "\(wrong)")
        }
        #expect(CaseID(bytes: []) == nil)
    }
}
