package import Policy

/// How much of an entry somebody may see.
package enum Visibility: Hashable, Sendable, Comparable {
    case none
    case header
    case content
}

/// What entries of one case somebody may see, as a value: it can be taken along to where the rows are.
package struct EntryScope: Hashable, Sendable {
    /// The asker's agency: its own entries may be seen where all others' may not.
    var agency: AgencyID?
    var ofAll: [Compartment: Visibility] = [:]
    var ofOwn: [Compartment: Visibility] = [:]

    /// Nothing at all.
    static let nothing = EntryScope()

    package func visibility(origin: AgencyID?, compartment: Compartment) -> Visibility {
        let all = ofAll[compartment] ?? .none
        guard let agency, origin == agency else { return all }
        return max(all, ofOwn[compartment] ?? .none)
    }

    var isEmpty: Bool { ofAll.isEmpty && ofOwn.isEmpty }
}

/// What a member is in a case at a moment: all that decides what he may see and do there.
package struct Standing: Hashable, Sendable {
    package let member: MemberID
    package let agency: AgencyID
    package let roles: Set<Role>
    package let isAssigned: Bool
    package let participant: Participant?
    /// False if the agreement under which the agency takes part is not live any more.
    package let isAgreementLive: Bool
    package let isLeadAgency: Bool
    /// A liaison who may be the second person.
    package let isSecondPerson: Bool

    var isJoined: Bool { participant?.standing == .joined }
    var isCaseLead: Bool { isLeadAgency && isAssigned && roles.contains(.lead) }
    var isLiaison: Bool { roles.contains(.liaison) }
    var isOversight: Bool { roles.contains(.oversight) }
    var isAdministrator: Bool { roles.contains(.administrator) }

    /// In the case as contributor: by that role, or by the role of lead in another agency than the case's lead.
    var contributes: Bool { roles.contains(.contributor) || roles.contains(.lead) }

    func mayKnow(_ file: CaseFile) -> Bool {
        if file.state == .draft { return isCaseLead }
        if isOversight { return true }
        if isAssigned && isJoined { return true }
        if isLiaison && (isLeadAgency || participant?.standing == .joined || participant?.standing == .invited) {
            return true
        }
        return isSecondPerson && (file.state == .proposed || file.awaitsReopening)
    }

    /// Predicate and participants are for those who work in the case, decide about it, or oversee it.
    func mayKnowParticulars(_ file: CaseFile) -> Bool {
        mayKnow(file) && (isOversight || (isAssigned && isJoined) || (isLiaison && isJoined) || isSecondPerson)
    }

    /// Which entries may be seen (domain.md 6.3).
    func scope(_ file: CaseFile) -> EntryScope {
        guard mayKnow(file) else { return .nothing }
        var scope = EntryScope(agency: agency)
        if isOversight {
            for compartment in Compartment.allCases { scope.ofAll[compartment] = .header }
            scope.ofAll[.oversight] = .content
            return scope
        }
        guard isJoined, let mode = participant?.mode, mode != .deconflictOnly else { return scope }
        let reads = isAssigned && (contributes || roles.contains(.analyst) || roles.contains(.legal))
        if reads || isLiaison {
            scope.ofOwn = [.ordinary: .content]
            if isLiaison || mode != .information { scope.ofOwn[.operations] = .content }
        }
        guard reads, isAgreementLive else { return scope }
        scope.ofAll[.ordinary] = .content
        let plans = isCaseLead || (contributes && mode != .information) || roles.contains(.legal)
        if plans { scope.ofAll[.operations] = .content }
        return scope
    }

    /// The role in which a member writes, or nil if none lets him.
    func writingRole(_ compartment: Compartment) -> Role? {
        guard isAssigned, isJoined, let mode = participant?.mode, mode != .deconflictOnly else { return nil }
        if compartment == .oversight { return roles.first { Role.assignable.contains($0) } }
        let role: Role? =
            isCaseLead ? .lead : roles.contains(.contributor) ? .contributor : roles.contains(.lead) ? .lead : nil
        guard compartment == .operations else { return role }
        return isCaseLead || mode != .information ? role : nil
    }
}

extension CaseworkState {
    package func standing(of member: Member, in file: CaseFile, _ now: UTCTime) -> Standing {
        let participant = file.participants[member.agency]
        let roles = member.roles(in: file.id, now)
        let isLeadAgency = member.agency == file.leadAgency
        let designee = agreements[file.agreement]?.designee
        return Standing(
            member: member.id,
            agency: member.agency,
            roles: roles,
            isAssigned: file.assignments[member.id] == member.agency,
            participant: participant,
            isAgreementLive: participant.flatMap { agreements[$0.agreement]?.isLive(now) } ?? false,
            isLeadAgency: isLeadAgency,
            isSecondPerson: roles.contains(.liaison) && (isLeadAgency || designee == member.agency)
                && file.proposer != member.id
        )
    }

    /// True if the member may know that the case exists.
    package func mayKnow(_ caseID: CaseID, _ id: MemberID, now: UTCTime) -> Bool {
        guard let file = cases[caseID], let member = members[id], !member.isDisabled else { return false }
        return standing(of: member, in: file, now).mayKnow(file)
    }

    /// Releases from a case to the member's agency, if he holds a role that reads them.
    func releases(of file: CaseFile, to member: Member, _ now: UTCTime) -> [Release] {
        let readers: Set<Role> = [.lead, .contributor, .analyst, .legal, .liaison]
        guard !member.roles(in: nil, now).isDisjoint(with: readers) else { return [] }
        return file.releases.filter { $0.recipient == member.agency }
    }

    /// The case that somebody means: its number, code word or id, or the beginning of one, as long as it fits one case that he
    /// may know of. `alsoReleased` takes in cases from which his agency was given something.
    func resolve(_ text: String, for member: Member, _ now: UTCTime, alsoReleased: Bool = false) -> CaseID? {
        let wanted = Array(text.utf8)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        var beginning: [CaseID] = []
        var exact: [CaseID] = []
        for (id, file) in cases {
            let names = [file.number, file.title, id.hex]
            guard names.contains(where: { $0.utf8.starts(with: wanted) || Self.sameWord($0, text) }) else { continue }
            guard
                standing(of: member, in: file, now).mayKnow(file)
                    || (alsoReleased && !releases(of: file, to: member, now).isEmpty)
            else { continue }
            if names.contains(where: { Self.sameWord($0, text) }) { exact.append(id) }
            beginning.append(id)
        }
        if exact.count == 1 { return exact[0] }
        return exact.isEmpty && beginning.count == 1 ? beginning[0] : nil
    }

    /// The case that a refusal is recorded with, whether or not the asker may know of it.
    func anyCase(named text: String) -> CaseID? {
        if let id = casesByNumber[text] { return id }
        if let id = CaseID(hex: text), cases[id] != nil { return id }
        let found = cases.values.filter { Self.sameWord($0.title, text) }
        return found.count == 1 ? found[0].id : nil
    }

    /// Equal as bytes, letters of either case being the same.
    private static func sameWord(_ left: String, _ right: String) -> Bool {
        func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
        return left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { folded($0) == folded($1) }
    }
}
