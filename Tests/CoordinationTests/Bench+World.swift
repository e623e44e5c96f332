import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
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
    static func found(_ record: SQLiteRecord) throws {
        var chance = SystemRandomNumberGenerator()
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) } }
        var decisions = [SystemEvent.genesis(origin: origin).decision]
        func add(_ kind: String, _ body: EventBody) {
            decisions.append(
                Decision(
                    event: Event(
                        kind: kind,
                        caseID: .system,
                        agency: nil,
                        member: nil,
                        role: nil,
                        purpose: .administration,
                        body: body
                    )
                )
            )
        }
        let missions: [String: Mission] = ["ROB": .oversight, "OPS": .administration]
        let agencies = ["OPS", "FIB-MB", "SPO-OC", "MPD-VT", "ROB", "TCP-NAR"].compactMap { AgencyID($0) }
        for agency in agencies {
            add(
                "agency.registered",
                .agency(
                    Agency(
                        id: agency,
                        name: agency.text,
                        level: .federal,
                        missions: [missions[agency.text] ?? .criminal],
                        contact: "desk",
                        keyRequired: false
                    )
                )
            )
        }
        guard let id = AgreementID("MOU-31-01") else { throw Broken(message: "agreement") }
        add(
            "agreement.recorded",
            .agreementRecorded(
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
        var number: Int64 = 0
        for (name, agency, roles) in people {
            guard let member = MemberID(name), let agency = AgencyID(agency), let uid = uids[name] else {
                throw Broken(message: name)
            }
            add("user.enrolled", .memberEnrolled(Member(id: member, agency: agency, uids: [uid], keys: [])))
            for role in roles {
                number += 1
                let ends = UTCTime(milliseconds: 1_930_298_400_000 + 300 * 86_400_000)
                let grant = Grant(number: number, role: role, scope: .agency, expiresAt: ends)
                add("user.role_granted", .roleGranted(member, grant))
            }
        }
        var composer = LineComposer(origin: origin, policy: RuleTable.digest, head: record.head, cases: [:])
        var lines: [RecordLine] = []
        for decision in decisions {
            guard let nonce = Nonce(bytes: bytes(16)) else { throw Broken(message: "nonce") }
            let occasion = LineOccasion(
                asker: .system,
                nonce: nonce,
                request: nil,
                at: 1_930_298_000,
                saw: nil,
                now: 1_930_298_000_000
            )
            lines.append(try composer.compose(decision, occasion, salt: { bytes(32) }).line)
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
        let draft: JSONObject = [
            "title": "Alder", "offences": ["18 USC 1591"], "primaryPurpose": "trafficking-criminal",
            "predicate": "Wages withheld.", "agreement": "MOU-31-01",
        ]
        try must("lead.fib", "Case.Draft", draft)
        try must("lead.fib", "Case.Propose", ["case": "Alder"])
        try must("liaison.spo", "Case.Approve", ["case": "Alder"])
        try must("lead.fib", "Case.Assign", ["case": "Alder", "member": "agent.fib1"])
        try must("lead.fib", "Case.Invite", ["case": "Alder", "agency": "MPD-VT", "mode": "participation"])
        try must("liaison.mpd", "Case.Join", ["case": "Alder"])
        try must("liaison.mpd", "Case.Assign", ["case": "Alder", "member": "agent.mpd1"])
        return cast
    }

    static func entry(_ text: String = "Seen at the site.", request: String? = nil) -> JSONObject {
        var parameters: JSONObject = ["case": "Alder", "kind": "report", "text": .string(text)]
        if let request { parameters["context"] = ["request": .string(request)] }
        return parameters
    }
}

/// The connections of those who are there.
struct Cast: Sendable {
    let by: [String: ConnectionID]

    subscript(_ name: String) -> ConnectionID { by[name] ?? ConnectionID(number: 0) }
}
