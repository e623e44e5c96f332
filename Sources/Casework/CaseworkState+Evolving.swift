import Policy
import StrictJSON

extension CaseworkState {
    /// Lets the state follow an event of the record.
    ///
    /// Readings change nothing, nor do refusals but for what oversight is told of them.
    package mutating func evolve(_ event: Event, at place: StreamPosition) {
        noteActivity(event, at: place.recordedAt)
        switch event.body {
        case .system(let facts) where event.kind == "sys.pepper_changed":
            deconfliction.begin(epoch: facts["epoch"]?.integer ?? deconfliction.epoch)
            return
        case .system(let facts) where event.kind == "sys.restored":
            restorations.append(
                RestoredLine(
                    line: Int64(clamping: place.caseSeq),
                    kept: facts["kept"]?.integer ?? 0,
                    at: place.recordedAt
                )
            )
            return
        case .system where event.kind == "sys.views_remade": return alerts.followRemaking(at: place.recordedAt)
        case .access:
            noteExport(event, place)
            noteRefusal(event, at: place)
            return alerts.follow(event, at: place)
        case .system: return
        case .agency(let agency): agencies[agency.id] = agency
        case .succession(let done): evolve(done, event, at: place.recordedAt)
        case .agreementRecorded(let agreement): agreements[agreement.id] = agreement
        case .agreementRenewed(let id, let endsAt): agreements[id]?.endsAt = endsAt
        case .agreementTerminated(let id, _): agreements[id]?.isTerminated = true
        case .memberEnrolled(let member):
            members[member.id] = member
            for uid in member.uids { membersByUID[uid] = member.id }
            for key in member.keys { membersByKey[key] = member.id }
        case .keyAdded(let id, let fingerprint, _):
            members[id]?.keys.append(fingerprint)
            if members[id]?.isDisabled == false { membersByKey[fingerprint] = id }
        case .keyRevoked(let id, let fingerprint, _):
            members[id]?.keys.removeAll { $0 == fingerprint }
            members[id]?.formerKeys.append(fingerprint)
            // Since he was disabled, the key may have become another's.
            if membersByKey[fingerprint] == id { membersByKey[fingerprint] = nil }
        case .roleGranted(let id, let grant):
            members[id]?.grants.append(grant)
            members[id]?.hasServed = true
            grants = max(grants, grant.number)
        case .roleRevoked(let id, let number, _): members[id]?.grants.removeAll { $0.number == number }
        case .memberDisabled(let id, _): disable(id)
        case .signing(let rule, _):
            if event.kind == "policy.signature_lifted" { signing.remove(rule) } else { signing.insert(rule) }
        case .jurisdiction(let policy): evolve(policy, event, place)
        case .caseDrafted(let draft): begin(draft, event, place)
        case .clock(let clock):
            follow(clock, at: place)
            followInDocket(clock, at: place)
            if clock.kind == .eventEnd { completeEvent(clock.item, place.recordedAt) }
            if clock.kind == .targetScreening { screen(clock, at: place.recordedAt) }
        case .calendarRecorded(let new):
            calendar = new
            calendarNews = CalendarNews(since: place.recordedAt, by: event.member)
        case .lock(let uid, let isLocked, _): evolve(lock: uid, isLocked: isLocked, at: place.recordedAt)
        case .deconfliction(let done): evolve(done, event, place)
        case .report(let done): evolve(done, event, place)
        case .docket(let done): evolve(docket: done, event, place)
        default: evolveCase(event, place)
        }
        runClocks(after: event, at: place.recordedAt)
        guard event.caseID != .system, let index = cases.index(forKey: event.caseID) else { return }
        cases.values[index].position = Int64(clamping: place.caseSeq)
        cases.values[index].updatedAt = place.recordedAt
    }

    /// His user ids and keys may become another's from now on.
    mutating func disable(_ id: MemberID) {
        members[id]?.isDisabled = true
        for uid in members[id]?.uids ?? [] { membersByUID[uid] = nil }
        for key in members[id]?.keys ?? [] { membersByKey[key] = nil }
    }

    private mutating func begin(_ draft: CaseDraft, _ event: Event, _ place: StreamPosition) {
        var file = CaseFile(
            id: event.caseID,
            number: draft.number,
            title: draft.title,
            state: .draft,
            leadAgency: draft.leadAgency,
            primaryPurpose: draft.primaryPurpose,
            offences: draft.offences,
            agreement: draft.agreement,
            predicate: draft.predicate,
            position: Int64(clamping: place.caseSeq),
            updatedAt: place.recordedAt
        )
        file.participants[draft.leadAgency] = Participant(
            agency: draft.leadAgency,
            mode: .lead,
            standing: .joined,
            agreement: draft.agreement,
            conditions: nil,
            since: place.recordedAt
        )
        if let lead = event.member { file.assignments[lead] = draft.leadAgency }
        cases[event.caseID] = file
        index(file)
    }

    private mutating func evolveCase(_ event: Event, _ place: StreamPosition) {
        let id = event.caseID
        switch event.body {
        case .caseMoved: move(event)
        case .prosecutionOutcome(let outcome): evolve(outcome, in: id)
        case .leadTransfer(let member, let agency, _): evolve(transferTo: member, agency, event)
        case .amendment(let done): evolve(done, event, place)
        case .agencyInvited(let agency, let mode, let agreement):
            casesByAgency[agency, default: []].insert(id)
            cases[id]?.participants[agency] = Participant(
                agency: agency,
                mode: mode,
                standing: .invited,
                agreement: agreement,
                conditions: nil,
                since: place.recordedAt
            )
        case .agencyAnswered(let agency, let text):
            let standing: Participant.Standing =
                switch event.kind {
                case "case.agency_joined": .joined
                case "case.agency_declined": .declined
                default: .withdrawn
                }
            cases[id]?.participants[agency]?.standing = standing
            cases[id]?.participants[agency]?.since = place.recordedAt
            if standing == .joined { cases[id]?.participants[agency]?.conditions = text }
            // It joins what the case is by now.
            if standing == .joined { cases[id]?.unconsented.remove(agency) }
            keep(of: agency, in: id)
            if standing == .withdrawn {
                let staying = cases[id]?.assignments.filter { $0.value != agency }
                cases[id]?.assignments = staying ?? [:]
            }
        case .memberAssigned(let member, let agency): cases[id]?.assignments[member] = agency
        case .memberRemoved(let member, _): cases[id]?.assignments[member] = nil
        case .caseLink(let number, _): evolve(link: number, event, place)
        case .submitted(let about, let entry):
            if let facts = facts(entry, event, place) { cases[about]?.submissions[-entry.number] = facts }
        case .entryRecorded(let entry):
            guard let facts = facts(entry, event, place), let member = event.member else { return }
            if let index = cases.index(forKey: id) { cases.values[index].entries.append(facts) }
            if let old = entry.supersedes { change(id, old) { $0.state = .corrected } }
            if entry.asksAcknowledgement { cases[id]?.acknowledgements[entry.number] = [member] }
        case .entryWithdrawn(let number, _):
            change(id, number) { $0.state = .withdrawn }
            remark(number, id, place)
        case .entryAcknowledged(let number):
            if let member = event.member { cases[id]?.acknowledgements[number, default: []].insert(member) }
        case .handlingChanged(let number, _, let to, _):
            change(id, number) { $0.handling = to }
            remark(number, id, place)
        case .permissionRequested(let request):
            guard let member = event.member, let agency = event.agency else { return }
            cases[id]?.permissions.append(
                Permission(
                    number: request.number,
                    entry: request.entry,
                    origin: request.origin,
                    recipient: request.recipient,
                    requester: member,
                    requesterAgency: agency,
                    answer: .open,
                    since: place.recordedAt
                )
            )
            remark(request.entry, id, place)
        case .permissionDecided(let number, let isGranted, _):
            guard let index = cases[id]?.permissions.firstIndex(where: { $0.number == number }) else { return }
            cases[id]?.permissions[index].answer = isGranted ? .granted : .refused
            if !isGranted, let entry = cases[id]?.permissions[index].entry { remark(entry, id, place) }
        case .disseminated(let line):
            casesByAgency[line.recipient, default: []].insert(id)
            let emergency = line.emergencyHours.flatMap { hours in
                event.member.map { Emergency(hours: hours, by: $0, at: place.recordedAt, overrides: line.overrides) }
            }
            if let emergency { start(emergency, "D-\(line.number)", in: id, at: place.recordedAt) }
            // Why it was given may tell of it.
            remark(line.entry, id, place)
            cases[id]?.releases.append(
                Release(
                    number: line.number,
                    entry: line.entry,
                    recipient: line.recipient,
                    from: event.agency ?? line.origin,
                    purpose: event.purpose ?? .criminalInvestigation,
                    at: place.recordedAt,
                    line: Int64(clamping: place.caseSeq),
                    emergency: emergency
                )
            )
        case .emergencyReviewed(let number, let finding, _): review(number, finding, in: id)
        case .removal(let removal): evolve(removal, event, place)
        case .work(let done): evolve(done, event, place)
        default: return
        }
    }

    private mutating func facts(_ entry: EntryRecord, _ event: Event, _ place: StreamPosition) -> EntryFacts? {
        guard let agency = event.agency, let member = event.member else { return nil }
        return EntryFacts(
            origin: names.index(of: agency),
            handlingCode: entry.handling.rawValue,
            compartmentCode: entry.compartment.rawValue,
            stateCode: EntryFacts.State.current.rawValue,
            kindCode: UInt8(clamping: EntryKind.allCases.firstIndex(of: entry.kind) ?? 0),
            asksAcknowledgement: entry.asksAcknowledgement,
            author: names.index(of: member),
            line: UInt32(clamping: place.caseSeq)
        )
    }

    private mutating func change(_ id: CaseID, _ number: Int64, _ body: (inout EntryFacts) -> Void) {
        guard let index = cases.index(forKey: id), number >= 1, number <= Int64(cases.values[index].entries.count)
        else { return }
        body(&cases.values[index].entries[Int(number) - 1])
    }

    private mutating func move(_ event: Event) {
        guard let next = CaseLifecycle.rows.first(where: { $0.event == event.kind }) else { return }
        if let state = next.to { cases[event.caseID]?.state = state }
        switch event.kind {
        case "case.proposed": cases[event.caseID]?.proposer = event.member
        case "case.reopening_proposed":
            cases[event.caseID]?.proposer = event.member
            cases[event.caseID]?.awaitsReopening = true
        case "case.reopened", "case.reopening_declined": cases[event.caseID]?.awaitsReopening = false
        default: break
        }
    }
}
