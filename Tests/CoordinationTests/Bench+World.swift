import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TestSupport
import TransparencyLog
import Varlink

@testable import Coordination

/// Who is there when a bench begins.
extension Bench {
    static let people: [(String, String, [Role])] = [
        ("admin.ops", "OPS", [.administrator]), ("lead.fib", "FIB-MB", [.lead]),
        ("agent.fib1", "FIB-MB", [.contributor]), ("liaison.spo", "SPO-OC", [.liaison]),
        ("agent.mpd1", "MPD-VT", [.contributor]), ("liaison.mpd", "MPD-VT", [.liaison]),
        ("auditor.rob", "ROB", [.oversight]), ("agent.tcp1", "TCP-NAR", [.contributor]),
    ]

    /// Writes the first lines of a record: agencies, an agreement, members with their roles.
    static func found(_ record: SQLiteRecord, seed: UInt64 = 0) throws {
        var chance = SplitMix64(seed: seed)
        func bytes(_ count: Int) -> [UInt8] { chance.bytes(count) }
        var composer = LineComposer(origin: origin, policy: RuleTable.digest, head: record.head, cases: [:])
        var lines: [RecordLine] = []
        var state = CaseworkState()
        let now: Int64 = 1_930_298_000_000
        func append(_ decision: Decision, by asker: Asker) throws {
            guard let nonce = Nonce(bytes: bytes(16)) else { throw Broken(message: "nonce") }
            let occasion = LineOccasion(
                asker: asker,
                nonce: nonce,
                request: nil,
                at: 1_930_298_000,
                saw: nil,
                now: now
            )
            let (line, recorded) = try composer.compose(decision, occasion, salt: { bytes(32) })
            lines.append(line)
            state.evolve(recorded.event, at: recorded.place)
        }
        /// The first lines are the daemon's, as `accordd init` makes them.
        func found(_ kind: String, _ body: EventBody) throws {
            try append(Decision(event: Event(ofDaemon: kind, purpose: .administration, body)), by: .system)
        }
        /// Everything after them is an act of the administrator.
        func act(_ act: Act) throws {
            let asker = Asker(by: "uid:1001", uid: 1_001)
            let decision = state.decide(
                Command(
                    actor: Actor(by: asker.by),
                    act: act,
                    purpose: nil,
                    expectedPosition: nil,
                    now: UTCTime(milliseconds: now),
                    minted: Minted(caseID: .system, digits: 0)
                )
            )
            if let refusal = decision.refusal { throw Broken(message: refusal.outward.message) }
            try append(decision, by: asker)
        }
        let missions: [String: Mission] = ["ROB": .oversight, "OPS": .administration]
        let agencies = ["OPS", "FIB-MB", "SPO-OC", "MPD-VT", "ROB", "TCP-NAR"].compactMap { AgencyID($0) }
        let ends = UTCTime(milliseconds: 1_930_298_400_000 + 300 * 86_400_000)
        func agency(_ id: AgencyID) -> Agency {
            Agency(
                id: id,
                name: id.text,
                level: .federal,
                missions: [missions[id.text] ?? .criminal],
                contact: "desk",
                keyRequired: false
            )
        }
        func member(_ name: String, _ agency: String) throws -> Member {
            guard let id = MemberID(name), let agency = AgencyID(agency), let uid = uids[name] else {
                throw Broken(message: name)
            }
            return Member(id: id, agency: agency, uids: [uid], keys: [])
        }
        try append(SystemEvent.genesis(origin: origin).decision, by: .system)
        let first = try member("admin.ops", "OPS")
        let grant = Grant(number: 1, role: .administrator, scope: .agency, expiresAt: ends)
        try found("agency.registered", .agency(agency(agencies[0])))
        try found("user.enrolled", .memberEnrolled(first))
        try found("user.role_granted", .roleGranted(first.id, grant))
        for id in agencies.dropFirst() { try act(.registerAgency(agency(id))) }
        guard let id = AgreementID("MOU-31-01") else { throw Broken(message: "agreement") }
        try act(
            .recordAgreement(
                Agreement(
                    id: id,
                    parties: agencies,
                    purposes: [.criminalInvestigation, .officerSafety],
                    handlingCap: .h2,
                    designee: AgencyID("SPO-OC"),
                    startsAt: UTCTime(milliseconds: 0),
                    endsAt: UTCTime(milliseconds: 3_000_000_000_000),
                    document: nil
                )
            )
        )
        for (name, agency, roles) in people.dropFirst() {
            let new = try member(name, agency)
            try act(.enrolMember(new, keyLines: []))
            for role in roles { try act(.grantRole(new.id, role, scope: "agency", expiresAt: ends)) }
        }
        _ = try record.append(lines, after: record.head)
    }

    /// The open case Alder, with FIB-MB leading and MPD-VT taking part; each person's connection by name.
    @discardableResult
    func openAlder() throws -> Cast {
        let cast = Cast(by: Dictionary(uniqueKeysWithValues: Self.people.map { ($0.0, connect($0.0)) }))
        func must(_ name: String, _ method: String, _ parameters: JSONObject) throws {
            try self.must(cast[name], method, parameters)
        }
        try open("Alder", predicate: "Wages withheld.", cast)
        try must("lead.fib", "Case.Invite", ["case": "Alder", "agency": "MPD-VT", "mode": "participation"])
        try must("liaison.mpd", "Case.Join", ["case": "Alder"])
        try must("liaison.mpd", "Case.Assign", ["case": "Alder", "member": "agent.mpd1"])
        return cast
    }

    /// The open case Birch, of FIB-MB alone.
    func openBirch(_ cast: Cast) throws { try open("Birch", predicate: "A second site.", cast) }

    private func open(_ title: JSONValue, predicate: JSONValue, _ cast: Cast) throws {
        let draft: JSONObject = [
            "title": title, "offences": ["18 USC 1591"], "primaryPurpose": "trafficking-criminal",
            "predicate": predicate, "agreement": "MOU-31-01",
        ]
        try must(cast["lead.fib"], "Case.Draft", draft)
        try must(cast["lead.fib"], "Case.Propose", ["case": title])
        try must(cast["liaison.spo"], "Case.Approve", ["case": title])
        try must(cast["lead.fib"], "Case.Assign", ["case": title, "member": "agent.fib1"])
    }

    /// A retention review decides that an entry of MPD-VT is purged, and the lead proposes that.
    func proposePurge(of entry: String = "E-1", _ cast: Cast) throws {
        try must(
            cast["liaison.mpd"],
            "Removal.Review",
            ["case": "Alder", "entries": [.string(entry)], "decision": "purge", "explanation": "unreliable"]
        )
        try must(
            cast["lead.fib"],
            "Removal.ProposePurge",
            ["case": "Alder", "entries": [.string(entry)], "reason": "reviewed"]
        )
    }

    static func entry(
        _ text: String = "Seen at the site.",
        of title: JSONValue = "Alder",
        request: String? = nil
    ) -> JSONObject {
        var parameters: JSONObject = ["case": title, "kind": "report", "text": .string(text)]
        if let request { parameters["context"] = ["request": .string(request)] }
        return parameters
    }
}

/// The connections of those who are there.
struct Cast: Sendable {
    let by: [String: ConnectionID]

    subscript(_ name: String) -> ConnectionID { by[name] ?? ConnectionID(number: 0) }
}
