package import Policy
package import StrictJSON

/// Whom a clock concerns, and what each is shown of it: nobody learns of a case or of an item that he may not know.
extension CaseworkState {
    /// The agencies that owe what a clock runs for.
    func parties(of clock: Clock) -> [AgencyID] {
        let file = file(ofStream: clock.stream)
        switch clock.kind {
        case .caseReview, .courtOrder: return [file?.leadAgency].compactMap(\.self)
        case .purgeCertification: return [notice(of: clock)?.notice.recipient].compactMap(\.self)
        case .retention:
            let facts = Reference.entry(clock.item).flatMap { file?.facts($0) }
            return [facts.flatMap { origin(of: $0) }].compactMap(\.self)
        case .agreementIn60Days, .agreementIn30Days, .agreementIn7Days, .agreementEnd:
            return AgreementID(clock.item).flatMap { agreements[$0]?.parties } ?? []
        case .annualReport: return [AgencyID(clock.whole)].compactMap(\.self)
        case .roleIn30Days, .roleIn7Days, .roleEnd, .userReview, .inactivity, .inactiveAccount:
            return [MemberID(clock.whole).flatMap { members[$0]?.agency }].compactMap(\.self)
        case .emergencyEnd, .emergencyReview:
            let release = release(of: clock)
            let contributor = release.flatMap { file?.facts($0.entry) }.flatMap { origin(of: $0) }
            return [contributor, release?.from].compactMap(\.self)
        case .conflictContact, .exigentSubmission, .targetValidity, .eventEnd:
            return agencies.keys.filter { .deconfliction(of: $0) == clock.stream }
        case .operationDeconfliction, .operationAuthority:
            return [file.flatMap { Workflows.item(clock.item, in: $0.work) }?.agency].compactMap(\.self)
        case .complaintAcknowledgement, .incidentAcknowledgement, .protectedCertification:
            return [AgencyID(String(clock.item.dropFirst(clock.whole.count + 1)))].compactMap(\.self)
        case .incidentNotice, .inspectionEnd: return []
        case .findingResponse: return [docket.item(in: clock.stream)?.agency("to")].compactMap(\.self)
        // Of shared work: whom the item asks, or else who made it.
        default:
            guard let item = file.flatMap({ Workflows.item(clock.item, in: $0.work) }) else { return [] }
            let asked = [item.agency("to")].compactMap(\.self) + item.agencies("agencies")
            return asked.isEmpty ? [item.agency] : asked
        }
    }

    /// True if somebody who may know of the case may know what a clock in it runs for.
    private func mayKnowItem(of clock: Clock, in file: CaseFile, _ standing: Standing) -> Bool {
        switch clock.kind {
        case .retention:
            if let item = Workflows.item(clock.item, in: file.work) {
                return standing.visibility(of: item, in: file) != .none
            }
            guard let number = Reference.entry(clock.item), let facts = file.facts(number) else { return false }
            let scope = standing.scope(file)
            return scope.visibility(of: number, origin: origin(of: facts), compartment: facts.compartment) != .none
        case .caseReview, .purgeCertification, .courtOrder: return true
        case .emergencyEnd, .emergencyReview:
            return standing.mayKnowRecipient() || parties(of: clock).contains(standing.agency)
        default:
            guard let item = Workflows.item(clock.item, in: file.work) else { return false }
            // Who is shown an advisory alone is not told when the operation begins.
            return standing.visibility(of: item, in: file) != .none || clock.kind.row.concernsUnnamed
        }
    }

    /// Whether somebody is told of a clock, and not of what it runs for.
    private func isUnnamed(_ clock: Clock, to id: MemberID, _ now: UTCTime) -> Bool {
        guard clock.kind.row.concernsUnnamed, let member = members[id], let file = file(ofStream: clock.stream),
            let item = Workflows.item(clock.item, in: file.work)
        else { return false }
        return standing(of: member, in: file, now).visibility(of: item, in: file) == .none
    }

    /// By what somebody names a clock who takes note of it.
    package func name(of clock: Clock, for id: MemberID, _ now: UTCTime) -> String {
        isUnnamed(clock, to: id, now) ? clock.kind.rawValue : clock.name
    }

    /// Whether a member deals with the submission, conflict or declaration that a clock of deconfliction runs for.
    private func mayHandle(_ clock: Clock, _ member: Member, _ now: UTCTime) -> Bool {
        guard let (letter, number) = Reference.deconfliction(clock.item) else { return false }
        switch letter {
        case "X": return deconfliction.conflicts[number].map { side(of: $0, for: member, now) != nil } ?? false
        case "U":
            guard let declared = deconfliction.exigencies[number] else { return false }
            let isLiaison = member.roles(in: nil, now).contains(.liaison)
            return isLiaison || (declared.caseID.map { mayKnow($0, member.id, now: now) } ?? true)
        default: return mayHandle(number, member, now)
        }
    }

    /// Whether a member leads the case for which the side in whose stream a clock runs submitted what it is about.
    private func leads(_ clock: Clock, _ member: Member, _ now: UTCTime) -> Bool {
        guard let (letter, number) = Reference.deconfliction(clock.item) else { return false }
        var about: [CaseID?] = []
        if letter == "U" { about = [deconfliction.exigencies[number]?.caseID] }
        for party in deconfliction.conflicts[number]?.parties ?? []
        where letter == "X" && .deconfliction(of: party.agency) == clock.stream {
            about.append(
                deconfliction.events[party.submission]?.caseID ?? deconfliction.targets[party.submission]?.caseID
            )
        }
        return about.contains { caseID in
            caseID.flatMap { cases[$0] }.map { standing(of: member, in: $0, now).isCaseLead } ?? false
        }
    }

    /// True if the member is told that a clock runs, and that it has run out (domain.md 6.11).
    package func concerns(_ clock: Clock, _ id: MemberID, now: UTCTime) -> Bool {
        guard let member = members[id], !member.isDisabled else { return false }
        let concerned = clock.kind.row.concerned
        let owes = parties(of: clock).contains(member.agency)
        guard clock.stream != .system else {
            let roles = member.roles(in: nil, now)
            return (owes && concerned.contains(.liaison) && roles.contains(.liaison))
                || (concerned.contains(.oversight) && roles.contains(.oversight))
                || (concerned.contains(.administrator) && roles.contains(.administrator))
        }
        // A submission to deconfliction is its agency's own business.
        if clock.kind.isDeconfliction {
            return (owes && mayHandle(clock, member, now))
                || (concerned.contains(.lead) && leads(clock, member, now))
                || (concerned.contains(.oversight) && member.roles(in: nil, now).contains(.oversight))
                || (concerned.contains(.administrator) && isAtWatchDesk(member, now))
        }
        if let item = docket.item(in: clock.stream) { return sees(item, member, now) }
        guard let file = file(ofStream: clock.stream) else { return false }
        let standing = standing(of: member, in: file, now)
        // Who was given what is purged owes the certificate, and knows of the case by the notice alone.
        if clock.kind == .purgeCertification, owes, standing.isLiaison { return true }
        guard standing.mayKnow(file), mayKnowItem(of: clock, in: file, standing) else { return false }
        return concerned.contains { who in
            switch who {
            case .lead: standing.isCaseLead
            case .counsel: standing.isCounsel
            case .victimServices: standing.isInCase && standing.roles.contains(.victimServices)
            case .oversight: standing.isOversight
            case .liaison: owes && standing.isLiaison
            case .owing: owes && standing.isInCase
            case .asking:
                Workflows.item(clock.item, in: file.work)?.agency == standing.agency
                    && (standing.isInCase || standing.isLiaison)
            case .administrator: false
            }
        }
    }

    /// The clocks that concern a member, the next due first; those of one case, or of all and the registry.
    ///
    /// What warns of an end is among them from the day of the warning on.
    package func due(_ id: MemberID, in caseID: CaseID?, isOverdueOnly: Bool, now: UTCTime) -> [JSONObject] {
        entries(for: id, in: caseID, now) { answersCustody($0, $1, now) }.filter { entry in
            let row = entry.clock.kind.row
            guard !entry.isOverdue else { return true }
            // What ends by itself is there for whoever can still act before it does.
            let isEnd = row.isMoment && command(for: entry.clock, id, now).isEmpty
            return !(isOverdueOnly || row.isWarning || isEnd || now < entry.clock.startedAt)
        }.map { json($0, for: id, now) }
    }

    /// `or`: what is for the member beside what concerns him.
    private func entries(
        for id: MemberID,
        in caseID: CaseID?,
        _ now: UTCTime,
        or isHis: (Clock, Member) -> Bool = { _, _ in false }
    ) -> [Clocks.Entry] {
        guard let member = members[id] else { return [] }
        let ofNoCase = registryStreams(for: member, now) + docket.work.all.compactMap { docket.stream(of: $0) }
        let streams = caseID.map { [$0] } ?? candidates(for: member, now).union(ofNoCase)
        // Of items with a stream of their own as well.
        let all: [CaseID] = streams.flatMap { stream in
            [stream] + (cases[stream]?.work.all.compactMap { item in item.stream } ?? [])
        }
        return all.flatMap { clocks.entries(in: $0) }
            .filter { concerns($0.clock, id, now: now) || isHis($0.clock, member) }
            .sorted { Clock.isEarlier($0.clock, $1.clock) }
    }

    /// The streams that are no case's and in which something may concern a member.
    private func registryStreams(for member: Member, _ now: UTCTime) -> [CaseID] {
        let isEverywhere = member.roles(in: nil, now).contains(.oversight) || isAtWatchDesk(member, now)
        // Others submit for a case that he leads.
        let led = candidates(for: member, now).compactMap { cases[$0] }.filter {
            standing(of: member, in: $0, now).isCaseLead
        }
        let watched =
            isEverywhere ? Set(agencies.keys) : Set(led.flatMap { Array($0.participants.keys) } + [member.agency])
        return [.system] + watched.map { .deconfliction(of: $0) }
    }

    /// What has run out, concerns the member, and was not taken note of by him.
    func unseen(by id: MemberID, in caseID: CaseID?, named name: String? = nil, _ now: UTCTime) -> [Clocks.Entry] {
        entries(for: id, in: caseID, now).filter { entry in
            // Of a target that lapsed, deconfliction's own line tells.
            guard entry.isOverdue, entry.clock.kind != .targetValidity, !entry.seenBy.contains(id) else { return false }
            return name == nil || self.name(of: entry.clock, for: id, now) == name
        }
    }

    /// A clock as the interface shows it (`type Deadline`).
    private func json(_ entry: Clocks.Entry, for id: MemberID, _ now: UTCTime) -> JSONObject {
        let clock = entry.clock
        let row = clock.kind.row
        let isUnnamed = isUnnamed(clock, to: id, now)
        let item: JSONValue? = clock.item.isEmpty || isUnnamed ? nil : .string(clock.item)
        let command: JSONValue = .string(isUnnamed ? "" : command(for: clock, id, now))
        return .present([
            ("clock", .string(clock.kind.rawValue)), ("case", file(ofStream: clock.stream).map { .string($0.number) }),
            ("item", item),
            ("agencies", .strings(visibleParties(of: clock, to: id, now).map(\.text))),
            ("startedAt", .integer(clock.startedAt.milliseconds * 1_000)),
            ("dueAt", .integer(clock.dueAt.milliseconds * 1_000)),
            ("state", .string(!entry.isOverdue ? "due" : row.isWarning ? "warning" : "overdue")),
            ("duty", .string(row.duty)), ("command", command), ("citation", .string(row.citation)),
        ])
    }

    /// The inbox's line of what has run out.
    func task(_ entry: Clocks.Entry, for id: MemberID, _ now: UTCTime) -> InboxTask {
        let clock = entry.clock
        let command = isUnnamed(clock, to: id, now) ? "" : command(for: clock, id, now)
        let whose = file(ofStream: clock.stream).map { " --case \($0.number)" } ?? ""
        let from = notice(of: clock)?.from ?? file(ofStream: clock.stream)?.leadAgency ?? parties(of: clock).first
        return InboxTask(
            kind: clock.kind.row.isWarning ? "warning" : "overdue",
            caseNumber: file(ofStream: clock.stream)?.number ?? "",
            item: name(of: clock, for: id, now),
            fromAgency: from?.text ?? "",
            since: clock.dueAt,
            summary: sentence(about: clock, for: id, now),
            // A line that took note of what is hidden would tell of it: it stands until it is done.
            command: !command.isEmpty
                ? command
                : casesByStream[clock.stream] == nil
                    ? "accord inbox ack \(name(of: clock, for: id, now))\(whose)"
                    : "accord victim protected show \(file(ofStream: clock.stream)?.number ?? "CASE") \(clock.whole)"
        )
    }

    /// What has run out, in words.
    func sentence(about clock: Clock, for id: MemberID, _ now: UTCTime) -> String {
        let row = clock.kind.row
        let item = clock.item.isEmpty || isUnnamed(clock, to: id, now) ? "" : "\(clock.item): "
        guard !row.isWarning, !row.isMoment else { return item + row.duty }
        let owing = visibleParties(of: clock, to: id, now).map(\.text).joined(separator: ", ")
        return item + row.duty + " It was due on \(clock.dueAt.minute)" + (owing.isEmpty ? "." : ", from \(owing).")
    }

    /// Who owes it, as far as the member may know: who was given an entry is not for everybody.
    private func visibleParties(of clock: Clock, to id: MemberID, _ now: UTCTime) -> [AgencyID] {
        let parties = parties(of: clock)
        guard clock.kind == .purgeCertification, let file = cases[clock.stream], let member = members[id] else {
            return parties
        }
        let standing = standing(of: member, in: file, now)
        return parties.filter { standing.mayKnowRecipient($0) }
    }

    /// The release that a clock runs for.
    private func release(of clock: Clock) -> Release? {
        let number = Reference.number(clock.item, letter: "D")
        return cases[clock.stream]?.releases.first { $0.number == number }
    }

    /// The notice that a clock runs for, and who gave what it is about.
    private func notice(of clock: Clock) -> (notice: PurgeNotice, from: AgencyID?)? {
        guard clock.kind == .purgeCertification, let file = cases[clock.stream],
            let purge = file.removals.purge(Reference.number(clock.whole, letter: "P")),
            let notice = purge.notices.first(where: { clock.item == "\(purge.id)/\($0.name)" })
        else { return nil }
        return (notice, giver(of: notice, purge, in: file))
    }
}

/// Taking note of what has run out.
extension Gate {
    mutating func acknowledgeNotice(_ name: String?, _ item: String) throws(Refusal) -> Decision {
        var stream = CaseID.system
        var usual = Purpose.administration
        if let name {
            let (file, standing) = try knownCase(name, through: .notice)
            stream = file.id
            usual = try casePurpose(file, standing)
        }
        try notCivil()
        var (isOrder, isNews) = (false, false)
        let overdue = state.unseen(by: member.id, in: name == nil ? nil : stream, named: item, now)
        let isOverdue = overdue.contains { entry in
            name == nil ? state.file(ofStream: entry.clock.stream) == nil : entry.clock.stream == stream
        }
        let isAlert = name == nil && state.alerts.alert(named: item).map { state.concerns($0, member, now) } ?? false
        if name == nil, item == CalendarNews.item { isNews = state.isToldOfCalendar(member, now) }
        if let file = state.cases[stream] {
            let standing = state.standing(of: member, in: file, now)
            isNews = state.isTold(item, in: file, standing)
            isOrder = file.removals.orders.contains { order in
                order.id == item && state.isNotice(order, in: file, member, standing)
            }
        }
        try require(
            "P04",
            isOrder || isAlert || isOverdue || isNews,
            "Something of that name has run out, was answered, holds since its receipt or alerts, concerns the asker, and he has not taken note of it.",
            message: "Nothing of that name waits to be taken note of.",
            ask: "`accord inbox` shows what waits for you."
        )
        return event("notice.acknowledged", stream, nil, try purpose(usual), .noticeAcknowledged(item))
    }
}
