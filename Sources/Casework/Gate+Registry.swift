import Policy

/// Agencies, agreements, members and roles: administrators, and liaisons for their own agency.
extension Gate {
    /// Roles that a liaison grants in his own agency.
    static let liaisonGrants: Roles = [.lead, .contributor, .analyst, .legal, .victimServices]
    /// Roles that holders pass on to colleagues; an administrator names the first holder in an agency.
    private static let passedOn: Roles = [.liaison, .oversight]

    mutating func decideRegistry() throws(Refusal) -> Decision {
        let purpose = try purpose(.administration)
        try notCivil()
        switch command.act {
        case .registerAgency(let agency):
            let role = try administrator()
            try require("V03", state.agencies[agency.id] == nil, "The agency is not registered yet.")
            return event("agency.registered", .system, role, purpose, .agency(agency))
        case .updateAgency(let agency):
            let role = try administrator()
            try known(state.agencies[agency.id] != nil, "agency")
            return event("agency.updated", .system, role, purpose, .agency(agency))
        case .recordAgreement(let agreement):
            let role = try administrator()
            try require("V03", state.agreements[agreement.id] == nil, "No agreement has this identifier yet.")
            try known(agreement.parties.allSatisfy(state.stands), "agreement.parties")
            try known(agreement.designee.map { agreement.parties.contains($0) } ?? true, "agreement.designee")
            return event("agreement.recorded", .system, role, purpose, .agreementRecorded(agreement))
        case .renewAgreement(let id, let endsAt):
            let role = try administrator()
            try known(state.agreements[id] != nil, "id")
            try notTerminated(id)
            let starts = state.agreements[id]?.startsAt ?? now
            guard endsAt > max(now, starts) else {
                throw .malformed(field: "endsAt", "in the future, and after it starts")
            }
            return event("agreement.renewed", .system, role, purpose, .agreementRenewed(id, endsAt: endsAt))
        case .terminateAgreement(let id, let reason):
            let role = try administrator()
            try known(state.agreements[id] != nil, "id")
            try notTerminated(id)
            return event("agreement.terminated", .system, role, purpose, .agreementTerminated(id, reason: reason))
        case .recordCalendar(let calendar):
            let role = try administrator()
            try require("V03", state.calendar.version != calendar.version, "The calendar in force has another version.")
            return event("calendar.recorded", .system, role, purpose, .calendarRecorded(calendar))
        default: return try decideMembers(purpose)
        }
    }

    private mutating func decideMembers(_ purpose: Purpose) throws(Refusal) -> Decision {
        switch command.act {
        case .enrolMember(let new, _):
            let role = try registrar(of: new.agency)
            try known(state.stands(new.agency), "agency")
            try require("V03", state.members[new.id] == nil, "No member has this handle yet.")
            let isFree =
                new.uids.allSatisfy { state.membersByUID[$0] == nil }
                && new.keys.allSatisfy { state.membersByKey[$0] == nil }
                && Set(new.uids).count == new.uids.count && Set(new.keys).count == new.keys.count
            try require(
                "V03",
                isFree,
                "No uid and no key is enrolled already.",
                message: "A uid or a key is enrolled already."
            )
            return event("user.enrolled", .system, role, purpose, .memberEnrolled(new))
        case .addKey(let id, let fingerprint, let line):
            let target = try target(id)
            let role: Role?
            if id == member.id {
                role = nil
            } else {
                role = try registrar(of: target.agency)
            }
            try active(target)
            // Also after the roles ended: else an administrator ends one, adds the key and gives it again.
            try require(
                "P08A",
                role != .administrator || !target.hasServed,
                "No administrator adds a key to a member who has held a role.",
                message: "\(id) has held a role, so no administrator adds a key: whoever has it acts as \(id).",
                ask: "Ask the member, or a liaison of \(target.agency)."
            )
            try require("V03", state.membersByKey[fingerprint] == nil, "The key is not enrolled yet.")
            return event("user.key_added", .system, role, purpose, .keyAdded(id, fingerprint: fingerprint, line: line))
        case .revokeKey(let id, let fingerprint, let reason):
            let role: Role?
            if id == member.id {
                role = nil
            } else {
                role = try registrar(of: try target(id).agency)
            }
            try known(state.members[id]?.keys.contains(fingerprint) ?? false, "fingerprint")
            return event(
                "user.key_revoked",
                .system,
                role,
                purpose,
                .keyRevoked(id, fingerprint: fingerprint, reason: reason)
            )
        case .grantRole(let id, let granted, let scope, let expiresAt):
            return try grant(id, granted, scope, expiresAt, purpose)
        case .revokeRole(let id, let grant, let reason):
            let target = try target(id)
            let role = try registrar(of: target.agency)
            let number = Reference.number(grant, letter: "G")
            let held = target.grants.first { $0.number == number }
            try known(held != nil, "grant")
            try keepsAnAdministrator(without: id, revoking: held?.role)
            return event(
                "user.role_revoked",
                .system,
                role,
                purpose,
                .roleRevoked(id, grant: number ?? 0, reason: reason)
            )
        case .disableMember(let id, let reason):
            let target = try target(id)
            let role = try registrar(of: target.agency)
            try active(target)
            try keepsAnAdministrator(without: id, revoking: .administrator)
            return event("user.disabled", .system, role, purpose, .memberDisabled(id, reason: reason))
        case .reviewMember(let id, let reason):
            let target = try target(id)
            let role = try registrar(of: target.agency)
            try active(target)
            try require("P08", id != member.id, "Nobody reviews himself.", message: "Nobody reviews himself.")
            return event("user.review_certified", .system, role, purpose, .memberReviewed(id, reason: reason))
        default: throw Refusal(row: "P05")
        }
    }

    private mutating func grant(
        _ id: MemberID,
        _ granted: Role,
        _ scope: String,
        _ expiresAt: UTCTime?,
        _ purpose: Purpose
    ) throws(Refusal) -> Decision {
        let target = try target(id)
        let isPassedOn = Self.passedOn.contains(granted)
        let holdsIt = target.agency == member.agency && member.roles(in: nil, now).contains(granted)
        let role = try isPassedOn && holdsIt ? granted : registrar(of: target.agency)
        try require(
            "P05",
            role == .administrator || role == granted || Self.liaisonGrants.contains(granted),
            "A liaison grants liaison, lead, contributor, analyst, legal and victim services; oversight grants oversight."
        )
        try require("P08", id != member.id, "Nobody grants their own role.", message: "Nobody grants their own role.")
        if role == .administrator, isPassedOn { try namesTheFirst(granted, of: target.agency, but: id) }
        let reach: Grant.Scope
        switch scope {
        case "system": reach = .system
        case "agency": reach = .agency
        default:
            guard let caseID = state.casesByNumber[scope], role == .liaison,
                state.mayKnow(caseID, member.id, now: now)
            else { throw .malformed(field: "scope", "system, agency, or the number of a case that you see") }
            reach = .caseFile(caseID)
        }
        try require(
            "P30",
            expiresAt.map { $0 > now && $0 <= now.adding(days: 400) } ?? false,
            "The grant ends within 400 days."
        )
        var held = Roles()
        for grant in target.grants where now < grant.expiresAt { held.insert(grant.role) }

        let separate = [Role.administrator, .oversight].allSatisfy { alone in
            granted == alone ? held.subtracting([alone]).isEmpty : !held.contains(alone)
        }
        try require(
            "P08",
            separate,
            "Administrator and oversight exclude every other role.",
            message: "Administrator and oversight exclude every other role."
        )
        if granted == .oversight {
            let missions = state.agencies[target.agency]?.missions ?? []
            try require(
                "P08",
                missions == [.oversight],
                "Oversight belongs to an agency that does nothing else.",
                message: "Oversight belongs to an agency whose only mission it is."
            )
        }
        let grant = Grant(
            number: state.grants + 1,
            role: granted,
            scope: reach,
            expiresAt: expiresAt ?? now
        )
        return event("user.role_granted", .system, role, purpose, .roleGranted(id, grant))
    }

    /// No other member of the agency holds the role: who holds it alone may have it renewed.
    private mutating func namesTheFirst(_ role: Role, of agency: AgencyID, but id: MemberID) throws(Refusal) {
        let others = state.members.values.filter { $0.agency == agency && $0.id != id }
        try require(
            "P08A",
            others.allSatisfy { !$0.roles(in: nil, now).contains(role) },
            "An administrator names the first \(role.rawValue) of an agency, and no further one.",
            message: "\(agency) has a member with the role \(role.rawValue), who gives it to others.",
            ask: "Ask a member of \(agency) who holds it: `accord member list`."
        )
    }

    private mutating func administrator() throws(Refusal) -> Role {
        try require(
            "P05",
            member.roles(in: nil, now).contains(.administrator),
            "The asker is an administrator.",
            ask: "Ask an administrator."
        )
        return .administrator
    }

    /// Administrators, and liaisons for their own agency.
    private mutating func registrar(of agency: AgencyID) throws(Refusal) -> Role {
        let roles = member.roles(in: nil, now)
        let isLiaison = roles.contains(.liaison) && agency == member.agency
        try require(
            "P05",
            roles.contains(.administrator) || isLiaison,
            "The asker is an administrator, or a liaison of the member's agency.",
            ask: "Ask the liaison of the member's agency, or an administrator."
        )
        return roles.contains(.administrator) ? .administrator : .liaison
    }

    private func target(_ id: MemberID) throws(Refusal) -> Member {
        guard let target = state.members[id],
            member.roles(in: nil, now).contains(.administrator) || target.agency == member.agency
        else { throw .malformed(field: "member", "a member that you may administer") }
        return target
    }

    private mutating func notTerminated(_ id: AgreementID) throws(Refusal) {
        try require(
            "L01",
            state.agreements[id]?.isTerminated == false,
            "The agreement was not terminated.",
            message: "\(id) was terminated: record another agreement.",
            ask: "`accord agreement list` tells how things stand."
        )
    }

    private mutating func active(_ target: Member) throws(Refusal) {
        try require(
            "L01",
            !target.isDisabled,
            "The member is active.",
            message: "\(target.id) is disabled: enrol the person under another handle.",
            ask: "`accord member list` tells how things stand."
        )
    }

    private func known(_ isKnown: Bool, _ field: String) throws(Refusal) {
        guard isKnown else { throw .malformed(field: field, "one that is recorded: see the lists") }
    }

    private mutating func keepsAnAdministrator(without id: MemberID, revoking role: Role?) throws(Refusal) {
        guard role == .administrator, state.members[id]?.roles(in: nil, now).contains(.administrator) ?? false else {
            return
        }
        let others = state.members.values.filter { $0.id != id && $0.roles(in: nil, now).contains(.administrator) }
        try require(
            "P08",
            !others.isEmpty,
            "Another administrator stays.",
            message: "This is the last administrator: grant the role to another first."
        )
    }
}

/// Names such as `E-3`, `e3` and `3`.
package enum Reference {
    package static func number(_ text: String, letter: Character) -> Int64? { number(text, letters: String(letter)) }

    /// The same of a name that begins with several letters, such as `OP-1`.
    static func number(_ text: String, letters: String) -> Int64? {
        var rest = Substring(text)
        if rest.prefix(letters.count).uppercased() == letters {
            rest = rest.dropFirst(letters.count)
            if rest.first == "-" { rest = rest.dropFirst() }
        }
        guard !rest.isEmpty, rest.utf8.count <= 12, rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(rest)
    }

    /// An entry: `E-3`, or `O-482913` below zero for what was written to oversight.
    static func entry(_ text: String) -> Int64? {
        number(text, letter: "E") ?? number(text, letter: "O").flatMap { $0 > 0 ? -$0 : nil }
    }

    /// What an entry is called.
    package static func entryName(_ number: Int64) -> String { number < 0 ? "O-\(number.magnitude)" : "E-\(number)" }
}
