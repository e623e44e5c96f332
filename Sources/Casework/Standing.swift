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
    package let roles: Roles
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

    /// A contributor by his role, or by the role of lead in another agency than the one that leads the case.
    var contributes: Bool { roles.contains(.contributor) || roles.contains(.lead) }

    /// Assigned, by an agency that joined, with a role that has not ended: who has none left has no business here.
    var isInCase: Bool { isAssigned && isJoined && !roles.isDisjoint(with: Role.assignable) }

    /// In the case as contributor: what he does there, he does as one who is assigned by an agency that joined.
    var worksInCase: Bool { isInCase && contributes }

    func mayKnow(_ file: CaseFile) -> Bool {
        if file.state == .draft { return isCaseLead }
        if isOversight { return true }
        if isInCase { return true }
        if isLiaison && (isLeadAgency || participant?.standing == .joined || participant?.standing == .invited) {
            return true
        }
        return isSecondPerson && (file.state == .proposed || file.awaitsReopening)
    }

    /// Predicate and participants are for those who work in the case, decide about it, or oversee it.
    func mayKnowParticulars(_ file: CaseFile) -> Bool {
        mayKnow(file) && (isOversight || isInCase || (isLiaison && isJoined) || isSecondPerson)
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
        if compartment == .oversight { return roles.intersection(Role.assignable).inOrder.first }
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
        let readers: Roles = [.lead, .contributor, .analyst, .legal, .liaison]
        guard !member.roles(in: nil, now).isDisjoint(with: readers) else { return [] }
        return file.releases.filter { $0.recipient == member.agency }
    }
}
