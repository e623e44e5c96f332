import Cryptography
import Deconfliction
import Policy

/// What all agencies have submitted: nobody lists it, and who submits something is told what concerns it.
package struct Deconflictions: Sendable {
    private(set) var events: [Int64: EventSubmission] = [:]
    private(set) var targets: [Int64: TargetSubmission] = [:]
    private(set) var conflicts: [Int64: Conflict] = [:]
    private(set) var exigencies: [Int64: Exigency] = [:]
    /// Which pepper the digests are made with that match.
    package internal(set) var epoch: Int64 = 1

    /// Active events by place.
    private var index = EventIndex()
    /// Active targets by digest, of which others may be told.
    private var byDigest: [Digest: Set<Int64>] = [:]
    /// Active silent targets by digest, once they were screened: nothing that a submission's own answer waits for looks at them.
    private var silentByDigest: [Digest: Set<Int64>] = [:]
    /// Active events and targets of a case.
    private var byCase: [CaseID: Set<Int64>] = [:]
    /// What an agency may have to do something about: active targets, and conflicts that are not closed.
    private var targetsByAgency: [AgencyID: Set<Int64>] = [:]
    private var conflictsByAgency: [AgencyID: Set<Int64>] = [:]
    /// When identifiers were submitted of late, by whom and for which case (rule P21).
    private var spentByMember: [MemberID: [UTCTime]] = [:]
    private var spentByCase: [CaseID: [UTCTime]] = [:]
    /// What members asked of late by planned events that they submitted or amended (rule P21E).
    private(set) var soundings = Soundings()

    init() {}

    /// Numbers are drawn, so that nobody learns from them how many there are.
    func isFree(_ number: Int64) -> Bool {
        events[number] == nil && targets[number] == nil && conflicts[number] == nil && exigencies[number] == nil
    }

    // MARK: Events

    /// Adds an event, or puts it in the place of the one with its number.
    mutating func put(_ event: EventSubmission) {
        events[event.number] = event
        index.remove(UInt64(bitPattern: event.number))
        guard event.state == .planned else {
            events[event.number]?.place = nil
            if let caseID = event.caseID { byCase[caseID]?.remove(event.number) }
            return
        }
        if let caseID = event.caseID { byCase[caseID, default: []].insert(event.number) }
        if let planned = event.place?.planned(event.number, caseID: event.caseID) { index.insert(planned) }
    }

    /// The active events that one meets, with how close they are; none of the same case and agency, which knows of them.
    func encounters(of number: Int64) -> [(other: EventSubmission, severity: Encounter.Severity)] {
        guard let event = events[number], let planned = index[UInt64(bitPattern: number)] else { return [] }
        return index.encounters(of: planned, tolerance: 0).compactMap { encounter in
            guard let other = events[Int64(bitPattern: encounter.other)],
                encounter.kind == .conflict || other.agency != event.agency
            else { return nil }
            return (other, encounter.severity)
        }
    }

    /// Keeps in mind that somebody had a planned event compared, which met these before; nil if it is new.
    mutating func noteComparison(of number: Int64, by member: MemberID, metBefore before: Set<Int64>?, at now: UTCTime)
    {
        guard let agency = events[number]?.agency else { return }
        let changed = (before ?? []).symmetricDifference(met(by: number)).filter { other in
            events[other]?.agency != agency
                && conflicts(of: other).contains { $0.parties.contains { $0.agency == agency } }
        }
        soundings.note(by: member, agency, of: changed, isNew: before == nil, at: now)
    }

    /// Keeps in mind that a plan was amended: what was submitted for it is to be compared anew.
    mutating func awaitComparison(of operation: String, in caseID: CaseID) {
        let name = CaseworkState.folded(operation)
        for event in active(in: caseID).events where event.terms.operation.map(CaseworkState.folded) == name {
            awaitComparison(of: event.number)
        }
    }

    mutating func awaitComparison(of number: Int64) { events[number]?.isCompared = false }

    /// The active events that one meets.
    func met(by number: Int64) -> Set<Int64> { Set(encounters(of: number).map(\.other.number)) }

    mutating func set(_ kept: Soundings) { soundings = kept }

    mutating func put(_ exigency: Exigency) { exigencies[exigency.number] = exigency }

    // MARK: Targets

    /// Whether any digest is kept.
    package var hasTargets: Bool { !targets.isEmpty }

    mutating func put(_ target: TargetSubmission) {
        targets[target.number] = target
        let matches = target.state == .active && target.epoch == epoch
        if target.terms.level != .silent {
            Self.set(matches, target, &byDigest)
        } else if target.isScreened {
            Self.set(matches, target, &silentByDigest)
        }
        guard target.state == .active else {
            targetsByAgency[target.agency]?.remove(target.number)
            if let caseID = target.caseID { byCase[caseID]?.remove(target.number) }
            return
        }
        targetsByAgency[target.agency, default: []].insert(target.number)
        if let caseID = target.caseID { byCase[caseID, default: []].insert(target.number) }
    }

    private static func set(_ isThere: Bool, _ target: TargetSubmission, _ index: inout [Digest: Set<Int64>]) {
        if isThere {
            index[target.digest, default: []].insert(target.number)
        } else {
            index[target.digest]?.remove(target.number)
            if index[target.digest]?.isEmpty == true { index[target.digest] = nil }
        }
    }

    /// A new pepper: digests of the one before match nothing from now on.
    mutating func begin(epoch new: Int64) {
        epoch = max(1, min(new, Fields.highestOrdinal))
        byDigest = byDigest.filter { _, numbers in numbers.contains { targets[$0]?.epoch == epoch } }
        silentByDigest = silentByDigest.filter { _, numbers in numbers.contains { targets[$0]?.epoch == epoch } }
    }

    /// The targets of others that are the same as one, still valid, and told as it is; none of the same case and agency.
    func matches(of number: Int64, now: UTCTime) -> [TargetSubmission] {
        guard let target = targets[number], target.terms.level != .silent else { return [] }
        return others(byDigest[target.digest] ?? [], than: target, now)
    }

    /// The pairs in which one stands of which somebody is silent, and that are not known yet: whose the silent target is, who
    /// is told of the other; of two that are silent, the one that was there first.
    func silentMatches(of number: Int64, now: UTCTime) -> [(owner: TargetSubmission, asked: TargetSubmission)] {
        guard let target = targets[number] else { return [] }
        let isSilent = target.terms.level == .silent
        var numbers = silentByDigest[target.digest] ?? []
        if isSilent { numbers.formUnion(byDigest[target.digest] ?? []) }
        return others(numbers, than: target, now).compactMap { other in
            let isTheirs =
                other.terms.level == .silent
                && (!isSilent || (other.submittedAt, other.number) < (target.submittedAt, number))
            let (owner, asked) = isTheirs ? (other, target) : (target, other)
            let isKnown = conflicts(of: number).contains { $0.party(other.number) != nil }
            guard !isKnown, owner.state == .active, owner.terms.validUntil > now else { return nil }
            return (owner, asked)
        }
    }

    private func others(_ numbers: Set<Int64>, than target: TargetSubmission, _ now: UTCTime) -> [TargetSubmission] {
        numbers.sorted().compactMap { targets[$0] }.filter { other in
            other.number != target.number && other.terms.validUntil > now
                && (other.agency != target.agency || other.caseID != target.caseID)
        }
    }

    /// Counts an identifier against its budget.
    mutating func spend(_ member: MemberID, _ key: CaseID, at now: UTCTime) {
        spentByMember[member] = spent(member, since: now, Self.hour) + [now]
        spentByCase[key] = spent(key, since: now, Self.day) + [now]
    }

    static let perHour = 20
    static let perDay = 100
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    /// Whether one more identifier may be submitted, by whom and for which case (rule P21).
    func hasBudget(_ member: MemberID, _ key: CaseID, at now: UTCTime) -> (member: Bool, caseFile: Bool) {
        (
            spent(member, since: now, Self.hour).count < Self.perHour,
            spent(key, since: now, Self.day).count < Self.perDay
        )
    }

    private func spent(_ member: MemberID, since now: UTCTime, _ length: Int64) -> [UTCTime] {
        (spentByMember[member] ?? []).filter { $0.milliseconds > now.milliseconds - length }
    }

    private func spent(_ key: CaseID, since now: UTCTime, _ length: Int64) -> [UTCTime] {
        (spentByCase[key] ?? []).filter { $0.milliseconds > now.milliseconds - length }
    }

    var budgets: (members: [MemberID: [UTCTime]], cases: [CaseID: [UTCTime]]) { (spentByMember, spentByCase) }

    mutating func setBudgets(_ members: [MemberID: [UTCTime]], _ cases: [CaseID: [UTCTime]]) {
        (spentByMember, spentByCase) = (members, cases)
    }

    // MARK: Conflicts

    mutating func put(_ conflict: Conflict) {
        conflicts[conflict.number] = conflict
        for party in conflict.parties {
            events[party.submission]?.conflicts.insert(conflict.number)
            targets[party.submission]?.conflicts.insert(conflict.number)
            if conflict.withdrawnAt == nil, conflict.resolvedAt == nil {
                conflictsByAgency[party.agency, default: []].insert(conflict.number)
            } else {
                conflictsByAgency[party.agency]?.remove(conflict.number)
            }
        }
    }

    /// Whose submission it is, of either kind.
    func owner(of submission: Int64) -> AgencyID? { events[submission]?.agency ?? targets[submission]?.agency }

    func conflicts(of submission: Int64) -> [Conflict] {
        (events[submission]?.conflicts ?? targets[submission]?.conflicts ?? []).sorted().compactMap { conflicts[$0] }
    }

    /// The conflict of a kind in which both stand, if it is not over.
    func conflict(between one: Int64, _ other: Int64) -> Conflict? {
        conflicts(of: one).first { $0.withdrawnAt == nil && $0.resolvedAt == nil && $0.party(other) != nil }
    }

    /// Conflicts of an agency that are not over, and its active targets.
    func concerns(of agency: AgencyID) -> (conflicts: [Conflict], targets: [TargetSubmission]) {
        (
            (conflictsByAgency[agency] ?? []).sorted().compactMap { conflicts[$0] },
            (targetsByAgency[agency] ?? []).sorted().compactMap { targets[$0] }
        )
    }

    /// Active submissions of a case.
    func active(in caseID: CaseID) -> (events: [EventSubmission], targets: [TargetSubmission]) {
        let numbers = (byCase[caseID] ?? []).sorted()
        return (numbers.compactMap { events[$0] }, numbers.compactMap { targets[$0] })
    }

    /// Conflicts of a case's submissions that are not resolved.
    package func openConflicts(of caseID: CaseID) -> [String] {
        let (events, targets) = active(in: caseID)
        let found = (events.map(\.number) + targets.map(\.number)).flatMap { conflicts(of: $0) }
        return Set(found.filter { $0.isOpen && !$0.isSilent }.map(\.number)).sorted().map { "X-\($0)" }
    }
}

// MARK: - What operations ask

extension Deconflictions {
    /// Whether a plan was compared with what others plan since it was changed, and nothing of it is open (rule P15).
    ///
    /// - Parameters:
    ///   - plan: whose places and hours all have to be covered by what was submitted for it: a submission for another place or
    ///     time says nothing of it.
    ///   - name: of the plan, such as `OP-1`.
    ///   - caseID: the case of the plan.
    /// - Returns: ``Clearance/missing`` unless something active was submitted for it; where several were, all count.
    func clearance(of plan: OperationPlan, _ name: String, in caseID: CaseID) -> Clearance {
        let name = CaseworkState.folded(name)
        let submitted = active(in: caseID).events.filter { event in
            event.terms.operation.map(CaseworkState.folded) == name
        }
        guard !submitted.isEmpty else { return .missing }
        let places = submitted.compactMap(\.place)
        let isCovered = plan.sites.map { sites in
            sites.allSatisfy { site in
                places.contains { $0.covers(site.point, site.radius, from: plan.startsAt, until: plan.endsAt) }
            }
        }
        guard isCovered ?? false else { return .elsewhere }
        let open = submitted.flatMap { conflicts(of: $0.number) }.filter(\.isOpen)
        guard open.isEmpty else { return .conflictOpen(Set(open.map(\.number)).sorted().map { "X-\($0)" }) }
        return submitted.allSatisfy(\.isCompared) ? .fresh : .stale
    }

    /// Whether somebody declared, with an approver who did not dispute it, that there is no time to submit a plan in time (rule P16).
    package func isExigent(_ caseID: CaseID, ref: String) -> Bool {
        exigencies.values.contains { declared in
            declared.caseID == caseID && counts(declared)
                && declared.operation.map(CaseworkState.folded) == CaseworkState.folded(ref)
        }
    }

    /// Whether the own side of each open conflict of an operation has said what it does, and the time to be in touch is over.
    func hasSpoken(of operation: String, in caseID: CaseID, _ now: UTCTime) -> Bool {
        active(in: caseID).events.filter { event in
            event.terms.operation.map(CaseworkState.folded) == CaseworkState.folded(operation)
        }.allSatisfy { event in
            conflicts(of: event.number).filter(\.isOpen).allSatisfy { conflict in
                guard let party = conflict.party(event.number) else { return false }
                return party.outcome != nil && party.contactBy.map { $0 <= now } ?? false
            }
        }
    }

    /// Whether a declaration carries anything: whom it names has concurred, or was not reached yet.
    ///
    /// Who has disputed the same before is not taken to agree by his silence.
    func counts(_ declared: Exigency) -> Bool {
        if let isConfirmed = declared.isConfirmed { return isConfirmed }
        return !exigencies.values.contains { earlier in
            earlier.isConfirmed == false && earlier.approver == declared.approver && earlier.agency == declared.agency
                && earlier.caseID == declared.caseID
                && earlier.operation.map(CaseworkState.folded) == declared.operation.map(CaseworkState.folded)
        }
    }
}
