package import Policy
package import StrictJSON

/// An agency, or rather one component of it: the unit of membership.
package struct Agency: Hashable, Sendable {
    package var id: AgencyID
    package var name: String
    package var level: AgencyLevel
    package var missions: [Mission]
    /// A desk, never a person's private number.
    package var contact: String
    package var keyRequired: Bool

    package var json: JSONObject {
        [
            "id": .string(id.text), "name": .string(name), "level": .string(level.rawValue),
            "missions": .strings(missions.map(\.rawValue)), "contact": .string(contact),
            "keyRequired": .bool(keyRequired),
        ]
    }

    var record: JSONObject {
        [
            "id": .string(id.text), "name": .string(name), "level": .string(level.rawValue),
            "missions": .strings(missions.map(\.rawValue)), "contact": .string(contact),
            "key_required": .bool(keyRequired),
        ]
    }

    init(_ fields: Fields) throws(EventFault) {
        id = try fields.word("id") { AgencyID($0) }
        name = try fields.string("name")
        level = try fields.word("level") { AgencyLevel(rawValue: $0) }
        missions = try fields.words("missions") { Mission(rawValue: $0) }
        contact = try fields.string("contact")
        keyRequired = try fields.bool("key_required")
    }

    package init(
        id: AgencyID,
        name: String,
        level: AgencyLevel,
        missions: [Mission],
        contact: String,
        keyRequired: Bool
    ) {
        self.id = id
        self.name = name
        self.level = level
        self.missions = missions
        self.contact = contact
        self.keyRequired = keyRequired
    }
}

/// An executed agreement under which agencies share (domain.md 2.8).
package struct Agreement: Hashable, Sendable {
    package var id: AgreementID
    package var parties: [AgencyID]
    package var purposes: [Purpose]
    package var handlingCap: Handling
    package var designee: AgencyID?
    package var startsAt: UTCTime
    package var endsAt: UTCTime
    package var document: String?
    package var isTerminated = false

    package func isLive(_ now: UTCTime) -> Bool { !isTerminated && startsAt <= now && now < endsAt }

    package func joins(_ one: AgencyID, _ other: AgencyID) -> Bool { parties.contains(one) && parties.contains(other) }

    package func stateWord(_ now: UTCTime) -> String {
        if isTerminated { return "terminated" }
        if now < startsAt { return "future" }
        return now < endsAt ? "live" : "expired"
    }

    package func json(_ now: UTCTime) -> JSONObject {
        .present([
            ("id", .string(id.text)), ("parties", .strings(parties.map(\.text))),
            ("purposes", .strings(purposes.map(\.rawValue))), ("handlingCap", .string(handlingCap.text)),
            ("designee", designee.map { .string($0.text) }), ("startsAt", .integer(startsAt.milliseconds * 1_000)),
            ("endsAt", .integer(endsAt.milliseconds * 1_000)), ("document", document.map { .string($0) }),
            ("state", .string(stateWord(now))),
        ])
    }

    var record: JSONObject {
        .present([
            ("id", .string(id.text)), ("parties", .strings(parties.map(\.text))),
            ("purposes", .strings(purposes.map(\.rawValue))), ("handling_cap", .string(handlingCap.text)),
            ("designee", designee.map { .string($0.text) }), ("starts_at", .integer(startsAt.milliseconds)),
            ("ends_at", .integer(endsAt.milliseconds)), ("document", document.map { .string($0) }),
            ("terminated", .bool(isTerminated)),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        id = try fields.word("id") { AgreementID($0) }
        parties = try fields.words("parties") { AgencyID($0) }
        purposes = try fields.words("purposes") { Purpose(rawValue: $0) }
        handlingCap = try fields.word("handling_cap") { Handling($0) }
        designee = fields.optionalString("designee").flatMap { AgencyID($0) }
        startsAt = try fields.time("starts_at")
        endsAt = try fields.time("ends_at")
        document = fields.optionalString("document")
        isTerminated = try fields.bool("terminated")
    }

    package init(
        id: AgreementID,
        parties: [AgencyID],
        purposes: [Purpose],
        handlingCap: Handling,
        designee: AgencyID?,
        startsAt: UTCTime,
        endsAt: UTCTime,
        document: String?
    ) {
        self.id = id
        self.parties = parties
        self.purposes = purposes
        self.handlingCap = handlingCap
        self.designee = designee
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.document = document
    }
}

/// A role, for a time, within a scope.
///
/// Every grant ends (rule P30).
package struct Grant: Hashable, Sendable {
    /// How far a grant reaches.
    package enum Scope: Hashable, Sendable {
        case system
        case agency
        case caseFile(CaseID)
    }

    package var number: Int64
    package var role: Role
    package var scope: Scope
    package var expiresAt: UTCTime

    package var id: String { "G-\(number)" }

    var record: JSONObject {
        let word =
            switch scope {
            case .system: "system"
            case .agency: "agency"
            case .caseFile(let id): id.hex
            }
        return [
            "number": .integer(number), "role": .string(role.rawValue), "scope": .string(word),
            "expires_at": .integer(expiresAt.milliseconds),
        ]
    }

    init(_ fields: Fields) throws(EventFault) {
        number = try fields.ordinal("number")
        role = try fields.word("role") { Role(rawValue: $0) }
        scope = try fields.word("scope") { word in
            switch word {
            case "system": .system
            case "agency": .agency
            default: CaseID(hex: word).map { .caseFile($0) }
            }
        }
        expiresAt = try fields.time("expires_at")
    }

    package init(number: Int64, role: Role, scope: Scope, expiresAt: UTCTime) {
        self.number = number
        self.role = role
        self.scope = scope
        self.expiresAt = expiresAt
    }

    func reaches(_ caseID: CaseID?) -> Bool {
        switch scope {
        case .system, .agency: true
        case .caseFile(let id): id == caseID
        }
    }
}

/// Somebody who may act, by role handle; never a person's name.
package struct Member: Hashable, Sendable {
    package var id: MemberID
    package var agency: AgencyID
    package var uids: [UInt32]
    /// Fingerprints.
    package var keys: [String]
    package var grants: [Grant] = []
    package var isDisabled = false
    /// True from the first role on, and after the last has ended (rule P08A).
    var hasServed = false
    /// Keys and uids that were his and are not any more: live sessions of theirs end, too.
    package var formerKeys: [String] = []

    func roles(in caseID: CaseID?, _ now: UTCTime) -> Roles {
        var roles = Roles()
        guard !isDisabled else { return roles }
        for grant in grants where now < grant.expiresAt && grant.reaches(caseID) { roles.insert(grant.role) }
        return roles
    }

    var record: JSONObject {
        .present([
            ("id", .string(id.text)), ("agency", .string(agency.text)),
            ("uids", .array(uids.map { .integer(Int64($0)) })), ("keys", .strings(keys)),
            ("former_keys", .strings(formerKeys)), ("disabled", .bool(isDisabled)),
            ("has_served", hasServed ? .bool(true) : nil),
            ("grants", .array(grants.map { .object($0.record) })),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        id = try fields.word("id") { MemberID($0) }
        agency = try fields.word("agency") { AgencyID($0) }
        uids = try fields.integers("uids").map { UInt32(truncatingIfNeeded: $0) }
        keys = try fields.strings("keys")
        formerKeys = try fields.strings("former_keys")
        isDisabled = try fields.bool("disabled")
        hasServed = fields.object["has_served"]?.bool ?? false
        grants = try (fields.object["grants"]?.array ?? []).map { (value) throws(EventFault) in
            try Grant(Fields(value))
        }
    }

    package init(id: MemberID, agency: AgencyID, uids: [UInt32], keys: [String]) {
        self.id = id
        self.agency = agency
        self.uids = uids
        self.keys = keys
    }
}
