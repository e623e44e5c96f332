import Cryptography
import Deconfliction
import Policy
import StrictJSON

/// What a snapshot of the state says of deconfliction.
extension Deconflictions {
    var record: JSONObject {
        func times(_ times: [UTCTime]) -> JSONValue { .integers(times.map(\.milliseconds)) }
        let budgets = budgets
        return [
            "epoch": .integer(epoch),
            "events": .array(events.values.sorted { $0.number < $1.number }.map { .object($0.record) }),
            "targets": .array(targets.values.sorted { $0.number < $1.number }.map { .object($0.record) }),
            "exigencies": .array(exigencies.values.sorted { $0.number < $1.number }.map { .object($0.record) }),
            "conflicts": .array(conflicts.values.sorted { $0.number < $1.number }.map { .object($0.record) }),
            "spent_by_member": .array(
                budgets.members.sorted { $0.key < $1.key }.map { ["key": .string($0.text), "at": times($1)] }
            ),
            "spent_by_case": .array(
                budgets.cases.sorted { $0.key < $1.key }.map { ["key": .string($0.hex), "at": times($1)] }
            ),
            "soundings": soundings.record,
        ]
    }

    init(_ fields: Fields) throws(EventFault) {
        self.init()
        epoch = try fields.ordinal("epoch")
        for value in fields.object["events"]?.array ?? [] { put(try EventSubmission(Fields(value))) }
        for value in fields.object["targets"]?.array ?? [] { put(try TargetSubmission(Fields(value))) }
        for value in fields.object["exigencies"]?.array ?? [] { put(try Exigency(Fields(value))) }
        for value in fields.object["conflicts"]?.array ?? [] { put(try Conflict(Fields(value))) }
        var members: [MemberID: [UTCTime]] = [:]
        var cases: [CaseID: [UTCTime]] = [:]
        for value in fields.object["spent_by_member"]?.array ?? [] {
            let spent = try Fields(value)
            members[try spent.word("key") { MemberID($0) }] = try spent.times("at")
        }
        for value in fields.object["spent_by_case"]?.array ?? [] {
            let spent = try Fields(value)
            cases[try spent.word("key") { CaseID(hex: $0) }] = try spent.times("at")
        }
        setBudgets(members, cases)
        set(try Soundings(fields.object["soundings"]))
    }
}

extension Fields {
    func times(_ key: String) throws(EventFault) -> [UTCTime] {
        try integers(key).map { (number) throws(EventFault) in
            guard (0..<UTCTime.end).contains(number) else { throw EventFault(message: "\(key) is no time") }
            return UTCTime(milliseconds: number)
        }
    }

    fileprivate func optionalTime(_ key: String) throws(EventFault) -> UTCTime? {
        object[key] == nil ? nil : try time(key)
    }

    fileprivate func optionalCase(_ key: String) throws(EventFault) -> CaseID? {
        object[key] == nil ? nil : try word(key) { CaseID(hex: $0) }
    }

    fileprivate func optionalAgency(_ key: String) throws(EventFault) -> AgencyID? {
        object[key] == nil ? nil : try word(key) { AgencyID($0) }
    }
}

extension EventTerms {
    var record: JSONObject {
        .present([
            ("type", .string(work.rawValue)), ("contact", .string(contact)),
            ("operation", operation.map { .string($0) }), ("external_ref", externalRef.map { .string($0) }),
            ("names_agency", .bool(namesAgency)),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        self.init(
            work: try fields.word("type") { PlannedWork(rawValue: $0) },
            contact: try fields.string("contact"),
            operation: fields.optionalString("operation"),
            externalRef: fields.optionalString("external_ref"),
            namesAgency: try fields.bool("names_agency")
        )
    }
}

extension EventSubmission {
    fileprivate var record: JSONObject {
        terms.record.with(
            [
                ("event", .integer(number)), ("agency", .string(agency.text)), ("member", .string(member.text)),
                ("state", .string(state.rawValue)), ("submitted_at", .integer(submittedAt.milliseconds)),
                ("compared_at", .integer(comparedAt.milliseconds)), ("is_compared", .bool(isCompared)),
            ]
                + ([("case", caseID.map { .string($0.hex) }), ("place", place.map { .object($0.record) })]
                + (place?.extent ?? [])).given
        )
    }

    fileprivate init(_ fields: Fields) throws(EventFault) {
        self.init(
            number: try fields.ordinal("event"),
            agency: try fields.word("agency") { AgencyID($0) },
            caseID: try fields.optionalCase("case"),
            member: try fields.word("member") { MemberID($0) },
            terms: try EventTerms(fields),
            place: fields.object["place"] == nil ? nil : try PlaceAndTime(fields.object["place"], extent: fields),
            state: try fields.word("state") { State(rawValue: $0) },
            submittedAt: try fields.time("submitted_at"),
            comparedAt: try fields.time("compared_at"),
            // What an earlier version kept is compared anew before anything goes on by it.
            isCompared: fields.object["is_compared"]?.bool ?? false
        )
    }
}

extension TargetSubmission {
    fileprivate var record: JSONObject {
        terms.record.with(
            [
                ("target", .integer(number)), ("agency", .string(agency.text)), ("member", .string(member.text)),
                ("digest", .string(digest.hex)), ("epoch", .integer(epoch)), ("state", .string(state.rawValue)),
                ("submitted_at", .integer(submittedAt.milliseconds)), ("screened", .bool(isScreened)),
            ] + [("case", caseID.map { .string($0.hex) })].given
        )
    }

    fileprivate init(_ fields: Fields) throws(EventFault) {
        self.init(
            number: try fields.ordinal("target"),
            agency: try fields.word("agency") { AgencyID($0) },
            caseID: try fields.optionalCase("case"),
            member: try fields.word("member") { MemberID($0) },
            terms: try TargetTerms(fields),
            digest: try fields.word("digest") { Digest(hex: $0) },
            epoch: try fields.ordinal("epoch"),
            state: try fields.word("state") { State(rawValue: $0) },
            submittedAt: try fields.time("submitted_at"),
            isScreened: try fields.bool("screened")
        )
    }
}

extension Exigency {
    fileprivate var record: JSONObject {
        .present([
            ("exigency", .integer(number)), ("agency", .string(agency.text)),
            ("case", caseID.map { .string($0.hex) }), ("operation", operation.map { .string($0) }),
            ("approver", .string(approver.text)), ("at", .integer(at.milliseconds)),
            ("submission", submission.map { .integer($0) }), ("confirmed", isConfirmed.map { .bool($0) }),
        ])
    }

    fileprivate init(_ fields: Fields) throws(EventFault) {
        self.init(
            number: try fields.ordinal("exigency"),
            agency: try fields.word("agency") { AgencyID($0) },
            caseID: try fields.optionalCase("case"),
            operation: fields.optionalString("operation"),
            approver: try fields.word("approver") { MemberID($0) },
            at: try fields.time("at"),
            submission: fields.optionalInteger("submission"),
            isConfirmed: fields.object["confirmed"]?.bool
        )
    }
}

extension Conflict {
    fileprivate var record: JSONObject {
        .present([
            ("conflict", .integer(number)), ("kind", .string(kind.rawValue)), ("link", .bool(isLink)),
            ("silent", .bool(isSilent)), ("severity", severity.map { .string($0.rawValue) }),
            ("raised_at", .integer(raisedAt.milliseconds)),
            ("withdrawn_at", withdrawnAt.map { .integer($0.milliseconds) }),
            ("resolved_at", resolvedAt.map { .integer($0.milliseconds) }),
            ("parties", .array(parties.map { .object($0.record) })),
        ])
    }

    fileprivate init(_ fields: Fields) throws(EventFault) {
        self.init(
            number: try fields.ordinal("conflict"),
            kind: try fields.word("kind") { Kind(rawValue: $0) },
            isLink: try fields.bool("link"),
            isSilent: try fields.bool("silent"),
            severity: fields.object["severity"] == nil
                ? nil : try fields.word("severity") { Encounter.Severity(rawValue: $0) },
            parties: try (fields.object["parties"]?.array ?? []).map { (value) throws(EventFault) in
                try Party(Fields(value))
            },
            raisedAt: try fields.time("raised_at"),
            withdrawnAt: try fields.optionalTime("withdrawn_at"),
            resolvedAt: try fields.optionalTime("resolved_at")
        )
    }
}

extension Conflict.Party {
    fileprivate var record: JSONObject {
        .present([
            ("submission", .integer(submission)), ("agency", .string(agency.text)), ("told", .bool(isTold)),
            ("other", other.map { .string($0.text) }), ("contact", .string(contact)),
            ("title", title.map { .string($0) }), ("contact_by", contactBy.map { .integer($0.milliseconds) }),
            ("acknowledged_at", acknowledgedAt.map { .integer($0.milliseconds) }),
            ("outcome", outcome.map { .string($0.rawValue) }),
        ])
    }

    fileprivate init(_ fields: Fields) throws(EventFault) {
        self.init(
            submission: try fields.ordinal("submission"),
            agency: try fields.word("agency") { AgencyID($0) },
            isTold: try fields.bool("told"),
            other: try fields.optionalAgency("other"),
            contact: try fields.string("contact"),
            title: fields.optionalString("title"),
            contactBy: try fields.optionalTime("contact_by"),
            acknowledgedAt: try fields.optionalTime("acknowledged_at"),
            outcome: fields.object["outcome"] == nil
                ? nil : try fields.word("outcome") { ConflictOutcome(rawValue: $0) }
        )
    }
}

extension [(String, JSONValue?)] {
    /// Without what is nil.
    fileprivate var given: [(String, JSONValue)] { compactMap { key, value in value.map { (key, $0) } } }
}
