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
    /// The agencies that stand now where others stood: what those contributed is theirs.
    var successors: [AgencyID: AgencyID] = [:]
    var ofAll: [Compartment: Visibility] = [:]
    var ofOwn: [Compartment: Visibility] = [:]
    /// Sealed entries: nobody sees them, but oversight that they are there.
    var sealed: Set<Int64> = []
    var seesSealed = false
    /// Entries under a protective order: what is shown of them is taken along by nobody.
    var protected: Set<Int64> = []
    /// Agencies whose own policy keeps what they contributed from the asker's: of it is seen that it is there.
    var closed: Set<AgencyID> = []
    /// Those among them whose policy is content with their own liaison's word.
    var openedByLiaison: Set<AgencyID> = []
    /// Agencies that left the case, and the entries that stay with them: of both is seen that they are there (domain.md 6.6).
    var left: Set<AgencyID> = []
    var kept: Set<Int64> = []
    /// False if the agreement has ended under which the asker's agency takes part: what others say is not for it any more.
    var hearsOthers = true
    /// Purged entries and by what, such as `P-1 under court order C-1`: of them is seen that they were.
    package var purged: [Int64: String] = [:]

    /// Nothing at all.
    static let nothing = EntryScope()

    /// The agency that stands now where one stood.
    func present(_ agency: AgencyID?) -> AgencyID? { agency.map { successors[$0] ?? $0 } }

    package func visibility(origin: AgencyID?, compartment: Compartment) -> Visibility {
        let origin = present(origin)
        let all = ofAll[compartment] ?? .none
        guard let agency, origin == agency else {
            return origin.map(closed.contains) ?? false ? min(all, .header) : all
        }
        return max(all, ofOwn[compartment] ?? .none)
    }

    /// The same of a certain entry, which may be sealed or purged, or stay with an agency that left.
    package func visibility(of number: Int64, origin: AgencyID?, compartment: Compartment) -> Visibility {
        var seen = visibility(origin: origin, compartment: compartment)
        if isKept(number, origin) { seen = min(seen, .header) }
        if sealed.contains(number) { return seesSealed ? min(seen, .header) : .none }
        return purged[number] == nil ? seen : min(seen, .header)
    }

    /// Whether an entry stays with an agency that left, and is not the asker's own.
    func isKept(_ number: Int64, _ origin: AgencyID?) -> Bool {
        kept.contains(number) && present(origin) != agency
    }

    /// How much is shown of a step of shared work.
    package func visibility(ofStep event: Event) -> Visibility {
        let heard = visibility(ofWordsBy: event.agency, as: event.role)
        guard case .work(let done) = event.body, done.handling >= .h2, let origin = present(event.agency),
            origin != agency,
            left.contains(origin)
        else { return heard }
        return min(heard, .header)
    }

    /// How much is shown of what an agency said in shared work, and in which role: all of one's own, and of what the daemon says.
    package func visibility(ofWordsBy origin: AgencyID?, as role: Role?) -> Visibility {
        guard let agency, let origin = present(origin), origin != agency else { return .content }
        guard hearsOthers else { return .none }
        guard closed.contains(origin) else { return .content }
        return role == .liaison && openedByLiaison.contains(origin) ? .content : .header
    }

    /// Whether an entry is sealed, so that the asker is not told of it, not even by what corrects it.
    package func forgets(_ number: Int64?) -> Bool { !seesSealed && number.map(sealed.contains) ?? false }

    /// What became of an entry by order; nil if nothing did.
    package func removal(of number: Int64) -> String? {
        sealed.contains(number) ? "sealed" : purged[number] == nil ? nil : "purged"
    }

    var isEmpty: Bool { ofAll.isEmpty && ofOwn.isEmpty }

    /// The same where agencies have not agreed to a changed predicate: what they contributed and said is closed to all others.
    func closed(for unconsented: Set<AgencyID>) -> EntryScope {
        guard !unconsented.isEmpty else { return self }
        var copy = self
        copy.closed.formUnion(unconsented)
        copy.openedByLiaison.subtract(unconsented)
        return copy
    }
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
    /// Whether the agency speaks for the agreement of the case.
    package let isDesignee: Bool
    /// Whether he proposed what waits for a second person.
    let isProposer: Bool
    /// True if the case is sealed from him, so that he is in it no more; and he answers for it still, so that he may have it
    /// unsealed.
    let keepsSeal: Bool
    /// True if the case is sealed from him.
    let isSealedFrom: Bool
    /// The agencies that stand now where others stood, whose lines name those.
    var successors: [AgencyID: AgencyID] = [:]
    /// True if he reads content under an inspection.
    var inspects = false

    /// A liaison of the lead agency or of the agreement's designee.
    var mayBeSecond: Bool { isLiaison && (isLeadAgency || isDesignee) }

    /// A liaison who may be the second person.
    package var isSecondPerson: Bool { mayBeSecond && !isProposer }

    var isJoined: Bool { participant?.standing == .joined }
    var isCaseLead: Bool { isLeadAgency && isAssigned && roles.contains(.lead) }
    var isLiaison: Bool { roles.contains(.liaison) }
    var isOversight: Bool { roles.contains(.oversight) }
    var isAdministrator: Bool { roles.contains(.administrator) }

    /// A contributor by his role, or by the role of lead in another agency than the one that leads the case.
    var contributes: Bool { roles.contains(.contributor) || roles.contains(.lead) }

    /// Assigned, by an agency that joined, with a role that has not ended: who has none left has no business here.
    var isInCase: Bool { isAssigned && isJoined && !roles.isDisjoint(with: Role.assignable) }

    /// Counsel in the case: of an agency that does more there than deconflict, under an agreement that is live.
    var isCounsel: Bool {
        isInCase && roles.contains(.legal) && (isLeadAgency || isAgreementLive) && participant?.mode != .deconflictOnly
    }

    /// In the case as contributor: what he does there, he does as one who is assigned by an agency that joined.
    var worksInCase: Bool { isInCase && contributes }

    func mayKnow(_ file: CaseFile) -> Bool {
        if file.state == .draft { return isCaseLead }
        if isOversight || keepsSeal { return true }
        if isInCase { return true }
        if isSealedFrom { return false }
        if isLiaison && (isLeadAgency || participant?.standing == .joined || participant?.standing == .invited) {
            return true
        }
        return isSecondPerson && (file.state == .proposed || file.awaitsReopening)
    }

    /// Predicate and participants are for those who work in the case, decide about it, or oversee it: not for an agency that
    /// only deconflicts, and not for one whose agreement has ended (domain.md 2.8).
    func mayKnowParticulars(_ file: CaseFile) -> Bool {
        guard mayKnow(file), !keepsSeal else { return false }
        if isOversight || isSecondPerson { return true }
        guard isLeadAgency || (isAgreementLive && participant?.mode != .deconflictOnly) else { return false }
        return isInCase || (isLiaison && isJoined)
    }

    /// True if the agencies to which an entry was given may be known: by the lead and oversight, and by each agency that gave,
    /// contributed or was given it, which is named here.
    func mayKnowRecipient(_ concerned: AgencyID?...) -> Bool {
        isCaseLead || isOversight || concerned.contains(agency)
    }

    /// Which entries may be seen (domain.md 6.3).
    func scope(_ file: CaseFile) -> EntryScope {
        guard mayKnow(file), !keepsSeal else { return .nothing }
        var scope = EntryScope(agency: agency, successors: successors)
        scope.sealed = Set(file.removals.sealed.keys.compactMap(\.entry))
        scope.protected = Set(file.removals.protected.keys.compactMap(\.entry))
        scope.seesSealed = isOversight
        scope.hearsOthers = isAgreementLive || !isJoined
        scope.left = Set(file.participants.values.filter(\.hasLeft).map(\.agency))
        scope.kept = file.kept(from: agency)
        for (what, number) in file.removals.purged {
            guard let entry = what.entry else { continue }
            scope.purged[entry] = file.removals.purge(number)?.words ?? "P-\(number)"
        }
        if isOversight {
            // Work product of counsel is privileged, and is no more to oversight than a number that is missing.
            for compartment in [Compartment.ordinary, .operations] { scope.ofAll[compartment] = .header }
            scope.ofAll[.oversight] = .content
            return scope
        }
        guard isJoined, let mode = participant?.mode, mode != .deconflictOnly else { return scope }
        let reads = isAssigned && (contributes || roles.contains(.analyst) || roles.contains(.legal))
        if isAssigned, roles.contains(.legal) { scope.ofOwn[.legal] = .content }
        if reads || isLiaison {
            scope.ofOwn[.ordinary] = .content
            if isLiaison || mode != .information { scope.ofOwn[.operations] = .content }
        }
        guard reads, isAgreementLive else { return scope }
        scope.ofAll[.ordinary] = .content
        let plans = isCaseLead || (contributes && mode != .information) || roles.contains(.legal)
        if plans { scope.ofAll[.operations] = .content }
        if isCounsel { scope.ofAll[.legal] = .content }
        return scope
    }

    /// The role in which a member writes, or nil if none lets him.
    func writingRole(_ compartment: Compartment) -> Role? {
        guard isAssigned, isJoined, let mode = participant?.mode, mode != .deconflictOnly else { return nil }
        if compartment == .oversight { return roles.intersection(Role.assignable).inOrder.first }
        if compartment == .legal { return roles.contains(.legal) ? .legal : nil }
        guard compartment.holdsEntries else { return nil }
        let role: Role? =
            isCaseLead ? .lead : roles.contains(.contributor) ? .contributor : roles.contains(.lead) ? .lead : nil
        guard compartment == .operations else { return role }
        return isCaseLead || mode != .information ? role : nil
    }
}

extension CaseworkState {
    package func standing(of member: Member, in file: CaseFile, _ now: UTCTime) -> Standing {
        let whole = standing(of: member, in: file, now, isSealedFrom: false, keepsSeal: false)
        // Oversight sees no content anyway, and that there is a seal.
        guard file.removals.isSealed(from: member.id), !whole.isOversight else { return whole }
        return standing(of: member, in: file, now, isSealedFrom: true, keepsSeal: whole.hasDuty)
    }

    /// The standing that somebody had if the case were not sealed: for those who answer for the seal.
    func unsealedStanding(of member: Member, in file: CaseFile, _ now: UTCTime) -> Standing {
        standing(of: member, in: file, now, isSealedFrom: false, keepsSeal: false)
    }

    private func standing(
        of member: Member,
        in file: CaseFile,
        _ now: UTCTime,
        isSealedFrom: Bool,
        keepsSeal: Bool
    ) -> Standing {
        let participant = file.participants[member.agency]
        let roles = member.roles(in: file.id, now)
        let isLeadAgency = member.agency == file.leadAgency
        let designee = agreements[file.agreement]?.designee
        var standing = Standing(
            member: member.id,
            agency: member.agency,
            roles: roles,
            isAssigned: !isSealedFrom && file.assignments[member.id] == member.agency,
            participant: isSealedFrom ? nil : participant,
            isAgreementLive: participant.flatMap { agreements[$0.agreement]?.isLive(now) } ?? false,
            isLeadAgency: isLeadAgency,
            isDesignee: designee == member.agency,
            isProposer: file.proposer == member.id,
            keepsSeal: keepsSeal,
            isSealedFrom: isSealedFrom
        )
        standing.successors = successions.successors
        return standing
    }

    /// True if the member may know that the case exists.
    package func mayKnow(_ caseID: CaseID, _ id: MemberID, now: UTCTime) -> Bool {
        guard let file = cases[caseID], let member = members[id], !member.isDisabled else { return false }
        return standing(of: member, in: file, now).mayKnow(file)
    }

    /// Releases from a case to the member's agency, if he holds a role that reads them, and as long as a live agreement joins
    /// his agency and the originator (domain.md 2.8), or an emergency has not ended.
    func releases(of file: CaseFile, to member: Member, _ now: UTCTime) -> [Release] {
        let readers: Roles = [.lead, .contributor, .analyst, .legal, .liaison]
        guard !member.roles(in: nil, now).isDisjoint(with: readers), !file.removals.isSealed(from: member.id) else {
            return []
        }
        return file.releases.filter { release in
            // What a protective order keeps in the case is not read outside of it any more.
            guard release.recipient == member.agency, release.isOpen(now), !file.removals.isGone(.entry(release.entry)),
                file.removals.protected[.entry(release.entry)] == nil
            else { return false }
            // Life is in danger: agreements are not asked for (28 CFR 23.20(f)).
            if release.emergency != nil { return true }
            guard let origin = file.facts(release.entry).flatMap({ origin(of: $0) }) else { return false }
            return agreements.values.contains { $0.isLive(now) && $0.joins(origin, member.agency) }
        }
    }

    /// True if somebody may know that a member of an agency took note of an entry: one from outside the case shows by it that
    /// his agency was given the entry.
    func mayKnow(acknowledger: AgencyID?, of number: Int64, in file: CaseFile, _ standing: Standing) -> Bool {
        guard let acknowledger, file.participants[acknowledger]?.standing != .joined else { return true }
        let given = file.releases.filter { $0.entry == number && $0.recipient == acknowledger }
        guard !given.isEmpty else { return true }
        return standing.mayKnowRecipient(acknowledger, file.facts(number).flatMap { origin(of: $0) })
            || given.contains { $0.from == standing.agency }
    }
}
