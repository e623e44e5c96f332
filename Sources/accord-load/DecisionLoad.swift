import Casework
import Deconfliction
import Policy
import StrictJSON

/// Agencies that deconflict, in memory: each act is decided as the daemon decides it, with all that is recorded with it, and
/// without a socket, a queue and a disk.
struct DecisionLoad {
    /// So many agencies, each with as many members who contribute as the others, or one more.
    static let agencies = 32

    private var state = CaseworkState()
    private var lengths: [CaseID: UInt64] = [:]
    private var drawn: UInt64 = 0
    private let pepper = Pepper(epoch: 1, key: [UInt8](repeating: 7, count: 32))
    private(set) var now = UTCTime(milliseconds: 1_930_262_400_000)

    /// What came of an act.
    struct Outcome {
        /// Deciding it, following it, and finding out and following whatever is recorded with it.
        var elapsed: Duration
        /// The code of a refusal; nil where there was none.
        var refusal: String?
        /// How many conflicts the answer tells of.
        var found: Int
        /// The kind of each line, and how many bytes its parts have.
        var lines: [String]
    }

    /// - Parameter members: how many there are; the first of each agency come first.
    /// - Throws: never, as the names are of their form.
    init(members: Int = Self.agencies) throws {
        let ids = try (0..<Self.agencies).map { try Self.agency($0) }
        for (number, id) in ids.enumerated() {
            let agency = Agency(
                id: id,
                name: "Agency \(number)",
                level: .municipal,
                missions: [.criminal],
                contact: "control desk",
                keyRequired: false
            )
            follow(Self.founding("agency.registered", .agency(agency)))
        }
        for number in 0..<members {
            let id = ids[number % ids.count]
            let member = Member(id: try Self.member(number), agency: id, uids: [Self.uid(number)], keys: [])
            follow(Self.founding("user.enrolled", .memberEnrolled(member)))
            let grant = Grant(number: Int64(number + 1), role: .contributor, scope: .agency, expiresAt: Self.end)
            follow(Self.founding("user.role_granted", .roleGranted(member.id, grant)))
        }
        let agreement = Agreement(
            id: try Self.known(AgreementID("MOU-31-02")),
            parties: ids,
            purposes: [.officerSafety],
            handlingCap: .h2,
            designee: nil,
            startsAt: now,
            endsAt: Self.end,
            document: nil
        )
        follow(Self.founding("agreement.recorded", .agreementRecorded(agreement)))
    }

    /// Long after whatever is measured.
    private static let end = UTCTime(milliseconds: 1_930_262_400_000 + 3_650 * 86_400_000)

    private static func founding(_ kind: String, _ body: EventBody) -> Event {
        Event(ofDaemon: kind, purpose: .administration, body)
    }

    private static func agency(_ number: Int) throws -> AgencyID { try known(AgencyID("AGENCY-\(number)")) }

    private static func member(_ number: Int) throws -> MemberID { try known(MemberID("agent.a\(number)")) }

    private static func uid(_ number: Int) -> UInt32 { 2_000 + UInt32(clamping: number) }

    private static func known<Name>(_ name: Name?) throws -> Name {
        guard let name else { throw Impossible() }
        return name
    }

    private struct Impossible: Error {}

    /// Time passes, and what is due in it is recorded; that is no part of what is measured.
    mutating func pass(seconds: Int64) {
        now = UTCTime(milliseconds: now.milliseconds + seconds * 1_000)
        while let clock = state.dueClock(at: now) {
            let event = state.crossing(of: clock).event
            follow(event)
            for line in state.consequences(after: event, now: now) { follow(line.event) }
        }
    }

    /// Decides an act of `io.accord.Deconfliction`, by a member.
    mutating func take(_ method: String, _ parameters: JSONObject, by member: Int) throws -> Outcome {
        drawn += 1
        let chance = (0..<16).map { UInt8(truncatingIfNeeded: (drawn &* 0x9E37_79B9_7F4A_7C15) >> UInt64($0 * 4)) }
        let act = try Act(method: "io.accord.Deconfliction.\(method)", parameters: parameters)
        let command = Command(
            actor: Actor(by: "uid:\(Self.uid(member))"),
            act: act,
            purpose: nil,
            expectedPosition: nil,
            now: now,
            minted: Minted(caseID: try Self.known(CaseID(bytes: chance)), digits: 0),
            pepper: pepper
        )
        let start = ContinuousClock.now
        let decision = state.decide(command)
        follow(decision.event)
        let others = decision.refusal == nil ? state.consequences(after: decision.event, now: now) : []
        for line in others { follow(line.event) }
        let found = state.deconfliction.found(by: decision.event)
        let elapsed = ContinuousClock.now - start
        return Outcome(
            elapsed: elapsed,
            refusal: decision.refusal?.outward.code,
            found: found?.array?.count ?? 0,
            lines: ([decision.event] + others.map(\.event)).map { event in
                "\(event.kind) \(event.parts().reduce(0) { $0 + $1.value.encoded.count })"
            }
        )
    }

    private mutating func follow(_ event: Event) {
        let seq = lengths[event.caseID, default: 0]
        lengths[event.caseID] = seq + 1
        state.evolve(event, at: StreamPosition(caseSeq: seq, recordedAt: now))
    }
}
