package import Policy

/// Which events start clocks and which stop them.
extension CaseworkState {
    /// Lets the clocks follow an event, after the rest of the state has.
    mutating func runClocks(after event: Event, at now: UTCTime) {
        let stream = event.caseID
        switch event.body {
        case .clock(let clock): runOut(clock)
        case .noticeAcknowledged(let name):
            if let member = event.member {
                note(name, in: stream, by: member, now)
                noteWork(name, in: stream, by: member)
                if stream == .system { noteOfNoCase(name, by: member) }
                cases[stream]?.removals.note(name, by: member)
            }
        case .caseMoved:
            switch event.kind {
            case "case.opened", "case.reopened", "case.reviewed":
                run(.caseReview, stream, "", from: now, days: ClockKind.caseReviewDays)
                // From the first case on there is something to be looked through each week.
                if clocks.clock(.auditReview, .system, "") == nil {
                    run(.auditReview, .system, "", from: now, days: ClockKind.auditReviewDays)
                }
            case "case.closed": clocks.stop(.caseReview, stream, "")
            default: return
            }
        case .agreementRecorded(let agreement): runAgreement(agreement.id, from: now)
        case .agreementRenewed(let id, _), .agreementTerminated(let id, _): runAgreement(id, from: now)
        case .jurisdiction(.activated(let activation)): runAnnualReports(of: activation.agency, at: now)
        case .jurisdiction(.retired(let agency, _, _)): runAnnualReports(of: agency, at: now)
        case .report(.certified(let number, _)): endAnnualReports(certified: number, at: now)
        case .memberEnrolled(let member):
            runReview(of: member.id, from: now)
            awaitActivity(of: member.id, from: now)
        case .memberReviewed(let id, _):
            runReview(of: id, from: now)
            awaitActivity(of: id, from: now)
        case .memberDisabled(let id, _): stopClocks(of: id)
        case .succession(.succeeded(let agency, _)):
            for id in members.keys where members[id]?.agency == agency { stopClocks(of: id) }
        case .docket(let done) where done.kind == "audit.review_recorded":
            run(.auditReview, .system, "", from: now, days: ClockKind.auditReviewDays)
        case .roleGranted(let id, let grant):
            startNext(of: ClockKind.roleSteps, before: grant.expiresAt, Self.item(of: grant.number, id), from: now)
        case .roleRevoked(let id, let number, _): stop(ClockKind.roleSteps, Self.item(of: number, id))
        case .removal(let removal): runClocks(after: removal, of: event, at: now)
        default: return
        }
    }

    /// Keeps in mind who took note of what ran out, by the name that he knows it by.
    private mutating func note(_ name: String, in stream: CaseID, by member: MemberID, _ now: UTCTime) {
        let named = clocks.entries(in: stream).map(\.clock).filter { self.name(of: $0, for: member, now) == name }
        for clock in named { clocks.note(clock, by: member) }
    }

    /// Alerts, and what agencies owe about their submissions to deconfliction, are of no case.
    private mutating func noteOfNoCase(_ name: String, by member: MemberID) {
        alerts.note(name, by: member)
        if name == CalendarNews.item { calendarNews.note(by: member) }
        let streams = agencies.keys.map { CaseID.deconfliction(of: $0) }
        for clock in streams.flatMap({ clocks.entries(in: $0) }).map(\.clock) where clock.name == name {
            clocks.note(clock, by: member)
        }
    }

    private mutating func runClocks(after removal: RemovalEvent, of event: Event, at now: UTCTime) {
        let stream = event.caseID
        switch removal {
        case .reviewed(let records, _, let until, _):
            for name in records.names {
                if let until {
                    clocks.start(Clock(.retention, stream, name, startedAt: now, dueAt: max(now, until)))
                } else {
                    clocks.stop(.retention, stream, name)
                }
            }
        case .orderReceived(let number, _, let terms) where !terms.kind.holdsAtReceipt:
            // One that came late is carried out within the same time of its coming.
            let due = max(now, terms.executableFrom).adding(days: ClockKind.courtOrderDays)
            clocks.start(Clock(.courtOrder, stream, "C-\(number)", startedAt: now, dueAt: due))
        case .purgeApproved(let number):
            for name in cases[stream]?.removals.purge(number)?.records.names ?? [] {
                clocks.stop(.retention, stream, name)
            }
        case .noticeSent(let purge, let dissemination, let recipient):
            guard
                let notice = cases[stream]?.removals.purge(purge)?.notices.last(where: {
                    $0.dissemination == dissemination && $0.recipient == recipient
                })
            else { return }
            let item = notice.item(of: purge)
            start(Clock(.purgeCertification, stream, item, startedAt: now, dueAt: notice.dueAt))
        case .certified(let number):
            for notice in cases[stream]?.removals.purge(number)?.notices ?? [] where notice.certifiedAt != nil {
                clocks.stop(.purgeCertification, stream, notice.item(of: number))
            }
        case .purged, .sealed, .unsealed:
            for order in cases[stream]?.removals.orders ?? [] where order.isExecuted {
                clocks.stop(.courtOrder, stream, "C-\(order.number)")
            }
        default: return
        }
    }

    private mutating func stopClocks(of id: MemberID) {
        clocks.stop(.userReview, .system, id.text)
        stopAwaitingActivity(of: id)
        for grant in members[id]?.grants ?? [] { stop(ClockKind.roleSteps, Self.item(of: grant.number, id)) }
    }

    private mutating func run(_ kind: ClockKind, _ stream: CaseID, _ item: String, from now: UTCTime, days: Int64) {
        start(Clock(kind, stream, item, startedAt: now, dueAt: now.adding(days: days)))
    }

    private mutating func runReview(of member: MemberID, from now: UTCTime) {
        run(.userReview, .system, member.text, from: now, days: ClockKind.userReviewDays)
    }

    private mutating func runAgreement(_ id: AgreementID, from now: UTCTime) {
        stop(ClockKind.agreementSteps, id.text)
        guard let agreement = agreements[id], !agreement.isTerminated else { return }
        startNext(of: ClockKind.agreementSteps, before: agreement.endsAt, id.text, from: now)
        runAnnualReport(under: agreement, at: now)
    }

    private mutating func stop(_ steps: some Sequence<(kind: ClockKind, days: Int64)>, _ item: String) {
        for step in steps { clocks.stop(step.kind, .system, item) }
    }

    /// Starts the first of the steps before an end that is still to come: each begins where the one before it ran out.
    private mutating func startNext(
        of steps: some Collection<(kind: ClockKind, days: Int64)>,
        before end: UTCTime,
        _ item: String,
        from now: UTCTime
    ) {
        let coming = steps.first { now < end.adding(days: -$0.days) }
        guard let step = coming else { return }
        clocks.start(Clock(step.kind, .system, item, startedAt: now, dueAt: end.adding(days: -step.days)))
    }

    /// What follows from a clock's running out: an earlier warning is void, and the next begins.
    private mutating func runOut(_ clock: Clock) {
        clocks.cross(clock)
        if clock.kind == .requestAnswer { clocks.stop(.requestSoon, clock.stream, clock.item) }
        if clock.kind == .inactivity { awaitDisabling(after: clock) }
        if clock.kind == .annualReport { runAnnualReport(after: clock) }
        for steps in [ClockKind.agreementSteps, ClockKind.roleSteps] {
            guard let index = steps.firstIndex(where: { $0.kind == clock.kind }) else { continue }
            stop(steps[..<index], clock.item)
            let end = clock.dueAt.adding(days: steps[index].days)
            startNext(of: steps[(index + 1)...], before: end, clock.item, from: clock.dueAt)
        }
    }

    /// What a grant is called here: whose, and which.
    private static func item(of grant: Int64, _ member: MemberID) -> String { "\(member)/G-\(grant)" }
}

/// What is recorded when a clock runs out.
extension CaseworkState {
    /// The clock that has run out by now; the one that is due first.
    package func dueClock(at now: UTCTime) -> Clock? { clocks.next.flatMap { $0.dueAt <= now ? $0 : nil } }

    /// What the record says when a clock runs out: once, by the daemon itself.
    ///
    /// It names the line that the duty began with, where that is one of several in the case: so whoever has the lines alone finds
    /// one that is missing.
    package func crossing(of clock: Clock) -> Decision {
        let kind = casesByStream[clock.stream] == nil ? clock.kind.row.event : "restricted"
        var decision = Decision(event: Event(ofDaemon: kind, in: clock.stream, .clock(clock)))
        decision.references = lines(of: clock).map { LineReference(line: $0) }
        return decision
    }

    /// The line of an emergency, or of a notice of a purge, that a clock runs for.
    private func lines(of clock: Clock) -> [Int64] {
        guard let file = cases[clock.stream] else { return [] }
        switch clock.kind {
        case .emergencyEnd, .emergencyReview:
            let number = Reference.number(clock.item, letter: "D")
            return file.releases.filter { $0.number == number }.map(\.line)
        case .purgeCertification:
            let purge = file.removals.purge(Reference.number(clock.whole, letter: "P"))
            return purge?.notices.filter { $0.item(of: purge?.number ?? 0) == clock.item }.map(\.line) ?? []
        default: return []
        }
    }
}
