import Deconfliction
import Policy
import StrictJSON

@testable import Casework

/// The sample data of domain.md 4.1, built by the acts that an administrator would take.
struct World {
    enum Outcome {
        case done(Event, ReadingGrant?)
        case refused(Refusal)

        var event: Event? { if case .done(let event, _) = self { event } else { nil } }
        var reading: ReadingGrant? { if case .done(_, let reading) = self { reading } else { nil } }
        var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
        /// What the asker is told; nil if it was done.
        var code: String? { refusal?.outward.code }
        /// Under which rule the record refuses.
        var rule: String? { refusal?.recordedRule }
        var isDone: Bool { event != nil }
    }

    var state = CaseworkState()
    /// Every line, with the place where it stands.
    var record: [(event: Event, place: StreamPosition)] = []
    var now = World.start
    /// Whether nobody is away for ninety days.
    var isEverybodyAtWork = true
    /// The key of the target index.
    var pepper = Pepper(epoch: 1, key: [UInt8](repeating: 7, count: 32))
    /// Which bodies deal with what is written to oversight.
    var routing = RoutingTable.empty
    /// Whether what is drawn for custody is small, too.
    var drawsSmall = true
    private var lengths: [CaseID: UInt64] = [:]
    private var drawn: UInt32 = 0
    private var nextUID: UInt32 = 2_000
    private var uids: [MemberID: UInt32] = [:]

    /// 2031-03-03 09:00 UTC.
    static let start = UTCTime(milliseconds: 1_930_262_400_000 + 9 * 3_600_000)
    static let year: Int64 = 300 * 86_400_000

    static let purposes: [Purpose] = [
        .criminalInvestigation, .criminalProsecution, .officerSafety, .victimAssistance, .discovery, .oversight,
    ]

    static let agencies: [(AgencyID, AgencyLevel, [Mission])] = [
        (id("FIB-MB"), .federal, [.criminal]), (id("HCS-MAR"), .federal, [.criminal]),
        (id("SPO-OC"), .state, [.criminal]),
        (id("MPD-VT"), .municipal, [.criminal]), (id("LSD-WH"), .state, [.regulatory]),
        (id("TCP-NAR"), .municipal, [.criminal]), (id("FRO-MB"), .federal, [.civilImmigration]),
        (id("DAO-SV"), .county, [.prosecution]), (id("SPS"), .ngo, [.service]), (id("ROB"), .regional, [.oversight]),
        (id("OPS"), .service, [.administration]),
    ]

    static let members: [(MemberID, AgencyID, [Role])] = [
        (member("lead.fib"), id("FIB-MB"), [.lead]), (member("agent.fib1"), id("FIB-MB"), [.contributor]),
        (member("analyst.fib"), id("FIB-MB"), [.analyst]), (member("liaison.fib"), id("FIB-MB"), [.liaison]),
        (member("lead.hcs"), id("HCS-MAR"), [.lead]), (member("liaison.hcs"), id("HCS-MAR"), [.liaison]),
        (member("agent.hcs1"), id("HCS-MAR"), [.contributor]),
        (member("agent.spo1"), id("SPO-OC"), [.contributor]), (member("liaison.spo"), id("SPO-OC"), [.liaison]),
        (member("agent.mpd1"), id("MPD-VT"), [.contributor]), (member("liaison.mpd"), id("MPD-VT"), [.liaison]),
        (member("inspector.lsd"), id("LSD-WH"), [.contributor]), (member("liaison.lsd"), id("LSD-WH"), [.liaison]),
        (member("agent.tcp1"), id("TCP-NAR"), [.contributor]), (member("liaison.tcp"), id("TCP-NAR"), [.liaison]),
        (member("officer.fro"), id("FRO-MB"), [.contributor, .liaison]),
        (member("counsel.dao"), id("DAO-SV"), [.legal]),
        (member("liaison.dao"), id("DAO-SV"), [.liaison]), (member("advocate.sps"), id("SPS"), [.victimServices]),
        (member("auditor.rob"), id("ROB"), [.oversight]),
    ]

    init() {
        let system = Event(
            ofDaemon: "agency.registered",
            purpose: .administration,
            .agency(Self.agency(id("OPS"), .service, [.administration]))
        )
        append(system)
        let first = enrolment("admin.ops", id("OPS"))
        append(system.with("user.enrolled", .memberEnrolled(first)))
        let grant = Grant(
            number: 1,
            role: .administrator,
            scope: .system,
            expiresAt: UTCTime(milliseconds: now.milliseconds + Self.year)
        )
        append(system.with("user.role_granted", .roleGranted(first.id, grant)))
        for (agency, level, missions) in Self.agencies where agency != id("OPS") {
            expectDone(act(as: "admin.ops", .registerAgency(Self.agency(agency, level, missions))))
        }
        let all = Self.agencies.map(\.0)
        let joint = all.filter { $0 != id("FRO-MB") && $0 != id("TCP-NAR") }
        agree("MOU-31-01", joint, Self.purposes, designee: id("SPO-OC"), ends: now.adding(days: 303))
        agree("MOU-31-02", all, [.officerSafety], designee: nil, ends: now.adding(days: 303))
        agree("MOU-30-09", joint, Self.purposes, designee: nil, ends: now.adding(days: -3))
        for (name, agency, roles) in Self.members {
            enrol(name.text, agency)
            for role in roles { give(name.text, role) }
        }
    }

    private static func agency(_ agency: AgencyID, _ level: AgencyLevel, _ missions: [Mission]) -> Agency {
        Agency(
            id: agency,
            name: "Agency \(agency)",
            level: level,
            missions: missions,
            contact: "\(agency) control desk",
            keyRequired: false
        )
    }

    mutating func agree(
        _ name: String,
        _ parties: [AgencyID],
        _ purposes: [Purpose],
        designee: AgencyID? = nil,
        cap: Handling = .h2,
        ends: UTCTime
    ) {
        let agreement = Agreement(
            id: mou(name),
            parties: parties,
            purposes: purposes,
            handlingCap: cap,
            designee: designee,
            startsAt: now.adding(days: -365),
            endsAt: ends,
            document: nil
        )
        expectDone(act(as: "admin.ops", .recordAgreement(agreement)))
    }

    private mutating func enrolment(_ name: String, _ agency: AgencyID) -> Member {
        nextUID += 1
        uids[member(name)] = nextUID
        return Member(id: member(name), agency: agency, uids: [nextUID], keys: [])
    }

    mutating func enrol(_ name: String, _ agency: AgencyID) {
        expectDone(act(as: "admin.ops", .enrolMember(enrolment(name, agency), keyLines: [])))
    }

    /// An administrator, but for a further liaison or oversight of an agency: a colleague who is one.
    private func granter(_ name: String, _ role: Role) -> String {
        guard role == .liaison || role == .oversight else { return "admin.ops" }
        let colleagues = state.members.values.filter {
            $0.agency == state.members[member(name)]?.agency && $0.id != member(name)
        }
        return colleagues.filter { $0.roles(in: nil, now).contains(role) }.map(\.id.text).min() ?? "admin.ops"
    }

    mutating func give(_ name: String, _ role: Role) {
        expectDone(
            act(
                as: granter(name, role),
                .grantRole(member(name), role, scope: "agency", expiresAt: now.adding(days: 300))
            )
        )
    }

    /// Records that somebody has a role anew, years later, when nobody is left who could give it.
    mutating func giveAnew(_ name: String, _ role: Role) {
        let grant = Grant(number: state.grants + 1, role: role, scope: .agency, expiresAt: now.adding(days: 400))
        append(Event(ofDaemon: "user.role_granted", purpose: .administration, .roleGranted(member(name), grant)))
    }

    /// Who speaks when this member does.
    func speaker(_ name: String) -> String { "uid:\(uids[member(name)] ?? 0)" }

    mutating func command(as name: String, _ act: Act, purpose: String? = nil, seen: Int64? = nil) -> Command {
        drawn += 1
        var minted = Minted(caseID: caseID(drawn), digits: drawn)
        // As if the first of a case had been drawn as K-1: so tests can name them.
        if drawsSmall, case .work(let title, let asked) = act, asked.drawsNumber {
            let file = state.cases.values.first { $0.title == title || $0.number == title }
            let workflow = asked.step.workflow.name
            minted.number = Int64(file?.work.items[workflow]?.count ?? 0) + 1
        }
        return Command(
            actor: Actor(by: speaker(name)),
            act: act,
            purpose: purpose,
            expectedPosition: seen,
            now: now,
            minted: minted,
            pepper: pepper,
            routing: routing
        )
    }

    /// Decides, records and evolves.
    @discardableResult
    mutating func act(as name: String, _ act: Act, purpose: String? = nil, seen: Int64? = nil) -> Outcome {
        take(command(as: name, act, purpose: purpose, seen: seen))
    }

    @discardableResult
    mutating func take(_ command: Command) -> Outcome {
        let decision = state.decide(command)
        append(decision.event, rule: decision.refusal?.recordedRule)
        // As the sequencer does it: what follows from an act is in its batch.
        for line in state.consequences(after: decision.event, now: now)
        where decision.refusal == nil {
            append(line.event)
        }
        now = UTCTime(milliseconds: now.milliseconds + 1_000)
        return decision.refusal.map { .refused($0) } ?? .done(decision.event, decision.reading)
    }

    /// Time passes, and what is due in it runs out.
    mutating func pass(days: Int64) {
        now = now.adding(days: days)
        crossDueClocks()
    }

    /// As the sequencer does it: what has run out is recorded before anything is decided.
    ///
    /// - Returns: The kinds of what was recorded.
    @discardableResult
    mutating func crossDueClocks() -> [String] {
        var kinds: [String] = []
        while let clock = state.dueClock(at: now) {
            if clock.kind == .inactivity, isEverybodyAtWork {
                _ = act(as: clock.item, .listAgencies)
                continue
            }
            let event = state.crossing(of: clock).event
            append(event)
            kinds.append(event.kind)
            for line in state.consequences(after: event, now: now) { append(line.event) }
        }
        return kinds
    }

    mutating func append(_ event: Event, rule: String? = nil) {
        let seq = lengths[event.caseID, default: 0]
        lengths[event.caseID] = seq + 1
        let place = StreamPosition(caseSeq: seq, recordedAt: now, rule: rule)
        record.append((event, place))
        state.evolve(event, at: place)
    }

    private func caseID(_ number: UInt32) -> CaseID {
        guard let made = CaseID(hex: String(repeating: "0", count: 24) + hex(number &* 2_654_435_761)) else {
            return .system
        }
        return made
    }

    private func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    func file(_ name: String) -> CaseFile {
        guard let found = state.cases.values.first(where: { $0.title == name }) else { fatalError("no case \(name)") }
        return found
    }

    /// The number of what was written to oversight first.
    func submitted(_ title: String) -> Int64 { -(file(title).submissions.keys.min() ?? 0) }

    func sees(_ name: String, _ title: String) -> Bool { state.mayKnow(file(title).id, member(name), now: now) }

    /// What the member may see of an entry by his standing, releases apart.
    func visibility(_ name: String, _ title: String, _ number: Int64) -> Visibility {
        let file = file(title)
        guard let member = state.members[member(name)], let facts = file.facts(number) else { return .none }
        return state.standing(of: member, in: file, now).scope(file)
            .visibility(origin: state.origin(of: facts), compartment: facts.compartment)
    }
}

extension Event {
    fileprivate func with(_ kind: String, _ body: EventBody) -> Event {
        var copy = self
        copy.kind = kind
        copy.body = body
        return copy
    }
}

private func expectDone(_ outcome: World.Outcome) {
    if let refusal = outcome.refusal { fatalError("the world cannot be built: \(refusal)") }
}

func id(_ text: String) -> AgencyID {
    guard let agency = AgencyID(text) else { fatalError(text) }
    return agency
}

func member(_ text: String) -> MemberID {
    guard let member = MemberID(text) else { fatalError(text) }
    return member
}

func mou(_ text: String) -> AgreementID {
    guard let agreement = AgreementID(text) else { fatalError(text) }
    return agreement
}

extension World {
    /// A registered agency; one without a name where there is none, which every comparison notices.
    func agency(_ text: String) -> Agency {
        state.agencies[id(text)]
            ?? Agency(id: id(text), name: "", level: .service, missions: [], contact: "", keyRequired: false)
    }
}
