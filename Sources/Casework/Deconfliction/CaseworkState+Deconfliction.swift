import Cryptography
import Deconfliction
import Policy

extension CaseworkState {
    mutating func evolve(_ done: DeconflictionEvent, _ event: Event, _ place: StreamPosition) {
        let now = place.recordedAt
        switch done {
        case .eventSubmitted, .eventAmended, .eventCancelled, .eventCompleted, .exigentDeclared, .concurred:
            evolvePlans(done, event, now)
        case .targetSubmitted(let number, let terms, let caseID, let digest, let epoch, _, _, _):
            guard let agency = event.agency, let member = event.member else { return }
            let target = TargetSubmission(
                number: number,
                agency: agency,
                caseID: caseID,
                member: member,
                terms: terms,
                digest: digest,
                epoch: epoch,
                submittedAt: now
            )
            deconfliction.put(target)
            deconfliction.spend(member, caseID ?? event.caseID, at: now)
            startValidity(of: target, now)
            startScreening(of: target, now)
        case .targetValidated(let number, let until, _):
            guard var target = deconfliction.targets[number] else { return }
            target.terms.validUntil = until
            deconfliction.put(target)
            startValidity(of: target, now)
            // While it had lapsed, somebody may have submitted the same.
            startScreening(of: target, now)
        case .targetWithdrawn(let number, _):
            guard var target = deconfliction.targets[number] else { return }
            target.state = .withdrawn
            deconfliction.put(target)
            clocks.stop(.targetValidity, event.caseID, target.name)
            // What only its owner was told of a silent pair goes with either of the two, and no line tells that there was any.
            for silent in deconfliction.conflicts(of: number) where silent.isSilent {
                change(silent.number) { $0.withdrawnAt = now }
            }
        case .hitFound(let notice): tell(notice, isFirst: true, event.caseID, now)
        case .notified(let notice): tell(notice, isFirst: false, event.caseID, now)
        case .noticeWithdrawn(let number, _):
            change(number) { $0.withdrawnAt = now }
            stopContact(number)
        case .acknowledged(let number, let submission, let isOther):
            guard !isOther else { return }
            changeParty(number, submission) { $0.acknowledgedAt = $0.acknowledgedAt ?? now }
        case .resolved(let number, let submission, let outcome, let isFinal, let isOther, _):
            guard !isOther else { return }
            changeParty(number, submission) { party in
                party.acknowledgedAt = party.acknowledgedAt ?? now
                party.outcome = outcome
            }
            if outcome == .delayed || outcome == .cancelled { deconfliction.awaitComparison(of: submission) }
            guard isFinal else { return }
            change(number) { $0.resolvedAt = now }
            stopContact(number)
        }
    }

    /// Who is silent about a target that was submitted a minute ago is told of it, and nobody else.
    ///
    /// That it is done then, and not with the submission, leaves nothing in the submission's own time, lines or numbers that
    /// could tell whether there was anybody.
    mutating func screen(_ clock: Clock, at now: UTCTime) {
        guard let number = Reference.number(clock.item, letter: "I"), var target = deconfliction.targets[number] else {
            return
        }
        target.isScreened = true
        deconfliction.put(target)
        var draw = Draw(for: number)
        for (owner, asked) in deconfliction.silentMatches(of: number, now: now) {
            var silent = Conflict(
                number: draw.number { deconfliction.isFree($0) },
                kind: .target,
                isLink: false,
                parties: [],
                raisedAt: now
            )
            silent.isSilent = true
            let (agency, contact) = told(of: asked.agency, asked.terms.contact, to: owner.agency, now)
            silent.parties = [
                Conflict.Party(submission: owner.number, agency: owner.agency, other: agency, contact: contact),
                Conflict.Party(submission: asked.number, agency: asked.agency, isTold: false),
            ]
            deconfliction.put(silent)
        }
    }

    private mutating func evolvePlans(_ done: DeconflictionEvent, _ event: Event, _ now: UTCTime) {
        switch done {
        case .eventSubmitted(let number, let terms, let place, let caseID, let exigency):
            guard let agency = event.agency, let member = event.member else { return }
            let submission = EventSubmission(
                number: number,
                agency: agency,
                caseID: caseID,
                member: member,
                terms: terms,
                place: place,
                submittedAt: now,
                comparedAt: now
            )
            deconfliction.put(submission)
            deconfliction.noteComparison(of: number, by: member, metBefore: nil, at: now)
            startEnd(of: submission, now)
            awaitSubmission(of: terms.operation, in: caseID, now)
            if let exigency { use(exigency, for: number, event.caseID) }
        case .eventAmended(let number, let change, let exigency, _):
            guard var submission = deconfliction.events[number] else { return }
            submission.place = submission.place?.amended(by: change)
            submission.comparedAt = now
            submission.isCompared = true
            let before = deconfliction.met(by: number)
            deconfliction.put(submission)
            deconfliction.noteComparison(of: number, by: event.member ?? submission.member, metBefore: before, at: now)
            startEnd(of: submission, now)
            awaitSubmission(of: submission.terms.operation, in: submission.caseID, now)
            if let exigency { use(exigency, for: number, event.caseID) }
        case .eventCancelled(let number, _), .eventCompleted(let number):
            guard var submission = deconfliction.events[number] else { return }
            if case .eventCancelled = done { submission.state = .cancelled } else { submission.state = .completed }
            deconfliction.put(submission)
            clocks.stop(.eventEnd, event.caseID, submission.name)
            awaitSubmission(of: submission.terms.operation, in: submission.caseID, now)
        case .exigentDeclared(let number, let caseID, let operation, _, let approver):
            guard let agency = event.agency else { return }
            let declared = Exigency(
                number: number,
                agency: agency,
                caseID: caseID,
                operation: operation,
                approver: approver,
                at: now
            )
            deconfliction.put(declared)
            let due = UTCTime(milliseconds: now.milliseconds + Self.hour * 4)
            start(Clock(.exigentSubmission, event.caseID, declared.name, startedAt: now, dueAt: due))
        case .concurred(let number, let agrees, _):
            guard var declared = deconfliction.exigencies[number] else { return }
            declared.isConfirmed = agrees
            deconfliction.put(declared)
            // What is disputed carries nothing: nobody owes a submission under it.
            if !agrees { clocks.stop(.exigentSubmission, .deconfliction(of: declared.agency), declared.name) }
        default: return
        }
    }

    /// An operation whose places and hours are submitted is not awaited by its clock any more; one of which that is taken back is.
    private mutating func awaitSubmission(of operation: String?, in caseID: CaseID?, _ now: UTCTime) {
        guard let operation, let caseID, let work = cases[caseID]?.work,
            let item = Workflows.item(operation, in: work), item.workflow == Workflow.operations.name,
            Workflow.planned.contains(item.state)
        else { return }
        switch deconfliction.clearance(of: item.plan, item.id, in: caseID) {
        case .fresh, .conflictOpen: clocks.stop(.operationDeconfliction, caseID, item.id)
        case .stale, .elsewhere, .missing:
            guard let due = item.plan.submissionDue(now) else { return }
            clocks.start(Clock(.operationDeconfliction, caseID, item.id, startedAt: now, dueAt: due))
        }
    }

    private mutating func use(_ exigency: Int64, for submission: Int64, _ stream: CaseID) {
        guard var declared = deconfliction.exigencies[exigency] else { return }
        declared.submission = submission
        deconfliction.put(declared)
        clocks.stop(.exigentSubmission, stream, declared.name)
    }

    /// An event that nobody completes is completed a day after it and its buffer are over: it meets nothing any more, and where
    /// and when it was is not kept longer than it is of use.
    private mutating func startEnd(of submission: EventSubmission, _ now: UTCTime) {
        guard let end = submission.place?.end, let buffer = submission.place?.buffer else { return }
        let due = UTCTime(milliseconds: end.milliseconds + buffer * 60_000 + Self.hour * 24)
        let stream = CaseID.deconfliction(of: submission.agency)
        clocks.start(Clock(.eventEnd, stream, submission.name, startedAt: now, dueAt: max(now, due)))
    }

    mutating func completeEvent(_ name: String, _ now: UTCTime) {
        guard let number = Reference.number(name, letter: "V"), var submission = deconfliction.events[number] else {
            return
        }
        submission.state = .completed
        deconfliction.put(submission)
        awaitSubmission(of: submission.terms.operation, in: submission.caseID, now)
    }

    private mutating func startScreening(of target: TargetSubmission, _ now: UTCTime) {
        let due = UTCTime(milliseconds: now.milliseconds + Self.untilScreened)
        clocks.start(Clock(.targetScreening, .screening, target.name, startedAt: now, dueAt: due))
    }

    private mutating func startValidity(of target: TargetSubmission, _ now: UTCTime) {
        let stream = CaseID.deconfliction(of: target.agency)
        clocks.start(
            Clock(.targetValidity, stream, target.name, startedAt: now, dueAt: target.terms.validUntil)
        )
    }

    /// A side is told: the first makes the conflict, or makes it anew after an amendment; the other joins it.
    private mutating func tell(_ notice: ConflictNotice, isFirst: Bool, _ stream: CaseID, _ now: UTCTime) {
        guard let agency = deconfliction.owner(of: notice.submission) else { return }
        let party = Conflict.Party(
            submission: notice.submission,
            agency: agency,
            other: notice.agency,
            contact: notice.contact,
            title: notice.title,
            contactBy: notice.contactBy
        )
        let known = deconfliction.conflicts[notice.conflict]
        var conflict =
            known
            ?? Conflict(number: notice.conflict, kind: notice.kind, isLink: notice.isLink, parties: [], raisedAt: now)
        if conflict.isSilent {
            // The owner of a silent target has chosen to be in touch.
            conflict.isSilent = false
            conflict.parties.removeAll { $0.submission == notice.submission }
        } else if isFirst {
            conflict.parties = []
        }
        conflict.parties.append(party)
        conflict.severity = notice.severity
        conflict.isLink = notice.isLink
        deconfliction.put(conflict)
        if let due = notice.contactBy, conflict.isOpen {
            clocks.start(Clock(.conflictContact, stream, conflict.name, startedAt: now, dueAt: due))
        } else {
            clocks.stop(.conflictContact, stream, conflict.name)
        }
    }

    private mutating func change(_ number: Int64, _ body: (inout Conflict) -> Void) {
        guard var conflict = deconfliction.conflicts[number] else { return }
        body(&conflict)
        deconfliction.put(conflict)
    }

    private mutating func changeParty(_ number: Int64, _ submission: Int64, _ body: (inout Conflict.Party) -> Void) {
        change(number) { conflict in
            guard let place = conflict.parties.firstIndex(where: { $0.submission == submission }) else { return }
            body(&conflict.parties[place])
        }
    }

    private mutating func stopContact(_ number: Int64) {
        for party in deconfliction.conflicts[number]?.parties ?? [] {
            clocks.stop(.conflictContact, .deconfliction(of: party.agency), "X-\(number)")
        }
    }

    static let hour: Int64 = 3_600_000
    /// Milliseconds from the submission of a target until those who are silent about it are told.
    static let untilScreened: Int64 = 60_000
}

// MARK: - What follows

extension CaseworkState {
    /// What the daemon records with an event about deconfliction: what each side of a conflict is told, and what ends with a case
    /// or with what a suspicion refers to.
    func deconflictionConsequences(after event: Event, _ now: UTCTime) -> [Decision] {
        switch event.body {
        case .removal(.purgeApproved(let number)):
            let purged = cases[event.caseID]?.removals.purge(number)?.records ?? []
            return endings(in: event.caseID, restingOn: purged)
        case .entryWithdrawn(let number, _): return endings(in: event.caseID, restingOn: [.entry(number)])
        case .work(let done) where done.kind == "subject.cleared":
            return endings(in: event.caseID) { $0.number(after: "S") == done.number }
        case .clock(let clock) where clock.kind == .subjectTerm:
            let number = Reference.number(clock.item, letter: "S")
            return endings(in: event.caseID) { $0.number(after: "S") == number }
        case .work(let done) where Self.operationEnds.contains(done.kind):
            return endings(ofOperation: done.item, in: event.caseID, isOver: done.kind == "op.completed")
        case .agencyAnswered(let agency, _) where event.kind == "case.agency_withdrawn":
            return partings(of: [agency], from: event.caseID, now)
        case .agreementTerminated(let id, _): return partings(under: id, now)
        case .clock(let clock) where clock.kind == .agreementEnd:
            return AgreementID(clock.item).map { partings(under: $0, now) } ?? []
        case .caseMoved where event.kind == "case.closed": return endings(in: event.caseID)
        // Nor does anything rest on what is sealed or suppressed.
        case .removal(.orderReceived(_, let records, let terms)) where terms.kind == .suppress:
            return endings(in: event.caseID, restingOn: records)
        case .removal(.sealed(let records, _)) where !records.isEmpty:
            return endings(in: event.caseID, restingOn: records)
        // Whoever waits for a word about an event that is over is told that none comes.
        case .clock(let clock) where clock.kind == .eventEnd:
            return Reference.number(clock.item, letter: "V").map { withdrawals(of: $0) } ?? []
        // What a sealed case looks for is looked for no more (domain.md 6.9).
        case .removal(.sealed(let records, _)) where records.isEmpty: return endings(in: event.caseID)
        case .deconfliction(let done): return consequences(of: done, now)
        default: return []
        }
    }

    private func consequences(of done: DeconflictionEvent, _ now: UTCTime) -> [Decision] {
        switch done {
        case .eventSubmitted(let number, _, _, _, _), .eventAmended(let number, _, _, _):
            return comparison(ofEvent: number, now)
        case .targetSubmitted(let number, _, _, _, _, _, _, _), .targetValidated(let number, _, _):
            return comparison(ofTarget: number, now)
        case .eventCancelled(let number, _), .targetWithdrawn(let number, _):
            return withdrawals(of: number)
        case .acknowledged(let number, let submission, false):
            return mirrored(number, submission) { .acknowledged(number, submission: $0, isOther: true) }
        case .resolved(let number, let submission, let outcome, let isFinal, false, _):
            let conflict = deconfliction.conflicts[number]
            if conflict?.isSilent ?? false, outcome != .contactDeclined {
                return disclosure(of: number, by: submission, now)
            }
            return mirrored(number, submission) {
                .resolved(number, submission: $0, outcome, isFinal: isFinal, isOther: true, note: nil)
            }
        default: return []
        }
    }

    /// What one side did, told to the other: in its stream, and without what it wrote.
    private func mirrored(_ number: Int64, _ submission: Int64, _ body: (Int64) -> DeconflictionEvent) -> [Decision] {
        (deconfliction.conflicts[number]?.others(than: submission) ?? []).filter(\.isTold).map { other in
            system(.deconfliction(of: other.agency), body(other.submission))
        }
    }

    /// What a submission that ends takes with it: but nothing that its side was never told of, for the lines would tell.
    private func withdrawals(of submission: Int64) -> [Decision] {
        openNotices(of: submission).flatMap { withdrawal(of: $0) }
    }

    private func openNotices(of submission: Int64) -> [Conflict] {
        deconfliction.conflicts(of: submission).filter { conflict in
            conflict.withdrawnAt == nil && conflict.resolvedAt == nil && conflict.party(submission)?.isTold ?? false
        }
    }

    private func withdrawal(of conflict: Conflict) -> [Decision] {
        conflict.parties.filter(\.isTold).map { party in
            system(
                .deconfliction(of: party.agency),
                .noticeWithdrawn(conflict.number, submission: party.submission)
            )
        }
    }

    private func system(_ stream: CaseID, _ body: DeconflictionEvent) -> Decision {
        Decision(event: Event(ofDaemon: body.kind, in: stream, purpose: .officerSafety, .deconfliction(body)))
    }

    // MARK: Events

    /// Compares an event with all others: what it does not meet any more is withdrawn, what it meets is told to both sides.
    private func comparison(ofEvent number: Int64, _ now: UTCTime) -> [Decision] {
        guard let event = deconfliction.events[number] else { return [] }
        let met = deconfliction.encounters(of: number)
        var draw = Draw(for: number)
        var lines = deconfliction.conflicts(of: number).filter { conflict in
            conflict.withdrawnAt == nil && conflict.resolvedAt == nil
                && !met.contains { conflict.party($0.other.number) != nil }
        }
        .flatMap { withdrawal(of: $0) }
        for (other, severity) in met {
            let conflict =
                deconfliction.conflict(between: number, other.number)?.number
                ?? draw.number { deconfliction.isFree($0) }
            lines += notices(conflict, event, other, severity, now)
        }
        return lines
    }

    /// What both sides are told, who submitted first.
    private func notices(
        _ conflict: Int64,
        _ event: EventSubmission,
        _ other: EventSubmission,
        _ severity: Encounter.Severity,
        _ now: UTCTime
    ) -> [Decision] {
        let isLink = shareCase((event.agency, event.caseID), (other.agency, other.caseID), now)
        func notice(to side: EventSubmission, of opposite: EventSubmission) -> ConflictNotice {
            let isNamed = isLink || side.terms.namesAgency && opposite.terms.namesAgency
            let (agency, contact) =
                isNamed
                ? told(of: opposite.agency, opposite.terms.contact, to: side.agency, now) : (nil, watchDesk)
            return ConflictNotice(
                conflict: conflict,
                kind: .event,
                isLink: isLink,
                submission: side.number,
                agency: agency,
                contact: contact,
                title: nil,
                severity: isLink ? nil : severity,
                contactBy: isLink ? nil : contactBy(side, deconfliction.conflicts[conflict]?.raisedAt ?? now, now)
            )
        }
        return [
            system(.deconfliction(of: event.agency), .hitFound(notice(to: event, of: other))),
            system(.deconfliction(of: other.agency), .notified(notice(to: other, of: event))),
        ]
    }

    /// Whether two agencies submitted for one case and take part in it now, under agreements that are live, so that each can know
    /// of the other's work there.
    private func shareCase(
        _ one: (agency: AgencyID, caseID: CaseID?),
        _ other: (agency: AgencyID, caseID: CaseID?),
        _ now: UTCTime
    ) -> Bool {
        guard one.caseID == other.caseID, let file = one.caseID.flatMap({ cases[$0] }) else { return false }
        return [one.agency, other.agency].allSatisfy { agency in
            guard let participant = file.participants[agency], participant.standing == .joined else { return false }
            return agency == file.leadAgency || agreements[participant.agreement]?.isLive(now) ?? false
        }
    }

    /// What rested on an agreement that has ended, in each case.
    private func partings(under id: AgreementID, _ now: UTCTime) -> [Decision] {
        casesInOrder.flatMap { file in
            let parted = file.participants.values.filter { $0.agreement == id && $0.standing == .joined }
            return partings(of: Set(parted.map(\.agency)).subtracting([file.leadAgency]), from: file.id, now)
        }
    }

    /// Who leaves a case, or whose agreement has ended, does not know of the others' work there any more: what was a link is a
    /// conflict from then on.
    private func partings(of parted: Set<AgencyID>, from caseID: CaseID, _ now: UTCTime) -> [Decision] {
        guard !parted.isEmpty else { return [] }
        let (events, targets) = deconfliction.active(in: caseID)
        var told: Set<Int64> = []
        func link(_ one: Int64, _ other: Int64) -> Int64? {
            guard let conflict = deconfliction.conflict(between: one, other), conflict.isLink,
                told.insert(conflict.number).inserted
            else { return nil }
            return conflict.number
        }
        return events.filter { parted.contains($0.agency) }.flatMap { event in
            deconfliction.encounters(of: event.number).flatMap { other, severity in
                link(event.number, other.number).map { notices($0, event, other, severity, now) } ?? []
            }
        }
            + targets.filter { parted.contains($0.agency) }.flatMap { target in
                deconfliction.matches(of: target.number, now: now).flatMap { other in
                    link(target.number, other.number).map { notices($0, target, other, now) } ?? []
                }
            }
    }

    /// Half an hour before the own event begins, or within so many hours of the first notice by the own agency's law, or a quarter of an
    /// hour from now if less remains (domain.md 6.11).
    ///
    /// It follows from the own plan and law alone: a time that followed from the other's would tell when that begins.
    private func contactBy(_ event: EventSubmission, _ raisedAt: UTCTime, _ now: UTCTime) -> UTCTime {
        let before = (event.place?.start ?? now).milliseconds - Self.hour / 2
        let within = shortened(.conflict, of: event.agency, now).map { raisedAt.milliseconds + $0 * Self.hour }
        return UTCTime(milliseconds: max(min(before, within ?? before), now.milliseconds + Self.hour / 4))
    }

    /// Who is called where an agency is not named: whoever runs the deployment, for its desk is told whom to put through.
    var watchDesk: String {
        ["watch desk", watchDeskAgency.flatMap { agencies[$0]?.contact }].compactMap(\.self).joined(separator: ", ")
    }

    private var watchDeskAgency: AgencyID? {
        agencies.values.filter { $0.missions.contains(.administration) }.map(\.id).min()
    }

    func isAtWatchDesk(_ member: Member, _ now: UTCTime) -> Bool {
        member.agency == watchDeskAgency && member.roles(in: nil, now).contains(.administrator)
    }

    /// How one agency is named to another: not at all unless a live agreement joins them, nor where its own policy limits a notice
    /// to the watch desk (domain.md 6.8).
    private func told(
        of agency: AgencyID,
        _ contact: String,
        to other: AgencyID,
        _ now: UTCTime
    ) -> (AgencyID?, String) {
        if agency == other { return (agency, contact) }
        let isJoined = agreements.values.contains { $0.isLive(now) && $0.joins(agency, other) }
        let answer = jurisdiction(of: agency, .deconNotice, .officerSafety, counterpart: other, now: now)
        return isJoined && answer.missing([]) == [] ? (agency, contact) : (nil, watchDesk)
    }

    // MARK: Targets

    /// Looks for the same target among those that both may be told of: the stricter of two levels counts, so that of a pair of which
    /// one is SILENT nobody is told here (``screen(_:at:)``).
    private func comparison(ofTarget number: Int64, _ now: UTCTime) -> [Decision] {
        guard let target = deconfliction.targets[number] else { return [] }
        var draw = Draw(for: number)
        // Of a pair that was told once, nobody is told anew when one of the two is validated.
        let known = deconfliction.conflicts(of: number)
        return deconfliction.matches(of: number, now: now).filter { other in
            known.allSatisfy { $0.party(other.number) == nil }
        }.flatMap { notices(draw.number { deconfliction.isFree($0) }, target, $0, now) }
    }

    /// What both sides are told, who submitted first.
    private func notices(
        _ conflict: Int64,
        _ target: TargetSubmission,
        _ other: TargetSubmission,
        _ now: UTCTime
    ) -> [Decision] {
        let isLink = shareCase((target.agency, target.caseID), (other.agency, other.caseID), now)
        return [
            system(
                .deconfliction(of: target.agency),
                .hitFound(notice(conflict, to: target, of: other, isLink, now))
            ),
            system(
                .deconfliction(of: other.agency),
                .notified(notice(conflict, to: other, of: target, isLink, now))
            ),
        ]
    }

    private func notice(
        _ conflict: Int64,
        to side: TargetSubmission,
        of other: TargetSubmission,
        _ isLink: Bool,
        _ now: UTCTime
    ) -> ConflictNotice {
        let (agency, contact) = told(of: other.agency, other.terms.contact, to: side.agency, now)
        let isOpen = side.terms.level == .open && other.terms.level == .open && agency != nil
        return ConflictNotice(
            conflict: conflict,
            kind: .target,
            isLink: isLink,
            submission: side.number,
            agency: agency,
            contact: contact,
            title: isOpen ? other.caseID.flatMap { cases[$0]?.title } : nil,
            severity: nil,
            contactBy: isLink ? nil : now.adding(hours: min(24, shortened(.conflict, of: side.agency, now) ?? 24))
        )
    }

    /// The owner of a silent target lets the one who asked know.
    private func disclosure(of number: Int64, by submission: Int64, _ now: UTCTime) -> [Decision] {
        guard let owner = deconfliction.targets[submission] else { return [] }
        let others = deconfliction.conflicts[number]?.others(than: submission) ?? []
        return others.compactMap { deconfliction.targets[$0.submission] }.map { asked in
            system(.deconfliction(of: asked.agency), .hitFound(notice(number, to: asked, of: owner, false, now)))
        }
    }

    // MARK: Endings

    /// The targets whose suspicion refers to one of these entries end.
    private func endings(in caseID: CaseID, restingOn records: [Removable]) -> [Decision] {
        endings(in: caseID) { target in
            target.number(after: "E").map { records.contains(.entry($0)) } ?? false
                || target.number(after: "S").map { records.contains(.work("subject", $0)) } ?? false
        }
    }

    private static let operationEnds: Set<String> = ["op.cancelled", "op.aborted", "op.completed"]

    /// What was submitted for an operation that is over, or is not to be, meets nothing any more, and whoever waits for a word about
    /// it is told that none comes (domain.md 4.5).
    private func endings(ofOperation item: String, in caseID: CaseID, isOver: Bool) -> [Decision] {
        let submitted = deconfliction.active(in: caseID).events.filter { event in
            event.terms.operation.map(Self.folded) == Self.folded(item)
        }
        return submitted.flatMap { event in
            let ended = DeconflictionEvent.eventCancelled(event.number, reason: "The operation was called off.")
            return [system(.deconfliction(of: event.agency), isOver ? .eventCompleted(event.number) : ended)]
                + withdrawals(of: event.number)
        }
    }

    /// What rested on a case that is closed ends; or the targets whose suspicion refers to what does not hold any more.
    private func endings(in caseID: CaseID, of isMeant: ((TargetTerms) -> Bool)? = nil) -> [Decision] {
        let (events, targets) = deconfliction.active(in: caseID)
        var lines: [Decision] = []
        var told: Set<Int64> = []
        // A conflict whose ends are both in the case is withdrawn once.
        func withdrawals(of submission: Int64) -> [Decision] {
            openNotices(of: submission).filter { told.insert($0.number).inserted }.flatMap { withdrawal(of: $0) }
        }
        let why = isMeant == nil ? "The case was closed." : "What it rested on does not hold any more."
        for target in targets where isMeant?(target.terms) ?? true {
            lines.append(system(.deconfliction(of: target.agency), .targetWithdrawn(target.number, reason: why)))
            lines += withdrawals(of: target.number)
        }
        for event in isMeant == nil ? events : [] {
            lines.append(system(.deconfliction(of: event.agency), .eventCancelled(event.number, reason: why)))
            lines += withdrawals(of: event.number)
        }
        return lines
    }
}

/// Numbers that mean nothing, one after the other, from one piece of chance.
///
/// Those of conflicts follow from the number of the submission, which was drawn: so a replay finds them again.
struct Draw {
    private let seed: UInt64
    private var count: UInt64 = 0
    private var drawn: Set<Int64> = []

    init(seed: UInt64) { self.seed = seed }

    init(for submission: Int64) { seed = UInt64(bitPattern: submission) }

    /// Eight digits.
    private static let lowest: Int64 = 10_000_000
    private static let count: UInt64 = 90_000_000

    /// The next one that is free.
    mutating func number(isFree: (Int64) -> Bool) -> Int64 {
        while true {
            count += 1
            let bytes = Digest.sha256([UInt8](bigEndian: seed, count)).bytes
            let number = Self.lowest + Int64(bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % Self.count)
            if isFree(number), drawn.insert(number).inserted { return number }
        }
    }
}
