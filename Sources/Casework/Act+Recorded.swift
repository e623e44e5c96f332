import Policy
import StrictJSON

extension Act {
    /// The act that an accepted event tells of, so that it can be decided again; nil for what no member asks for, and for kinds
    /// of which no act is known here yet.
    ///
    /// Everything that a rule looks at is in the event. Texts are as they stand there; for one that a purge destroyed a
    /// stand-in comes, for no rule looks at what a text says. What an event does not say is left out: how far a list was to go,
    /// and of a feed of several cases which these were.
    package init?(recorded event: Event, in state: CaseworkState) {
        let name = (state.casesByStream[event.caseID] ?? event.caseID).hex
        switch event.body {
        case .agency(let agency):
            self = event.kind == "agency.registered" ? .registerAgency(agency) : .updateAgency(agency)
        case .succession(let done): self = .succession(SuccessionAct(recorded: done, or: Self.standIn))
        case .agreementRecorded(var agreement):
            agreement.isTerminated = false
            self = .recordAgreement(agreement)
        case .agreementRenewed(let id, let endsAt): self = .renewAgreement(id, endsAt: endsAt)
        case .agreementTerminated(let id, let reason): self = .terminateAgreement(id, reason: reason)
        case .memberEnrolled(let new):
            // Without roles: nobody is enrolled with any.
            let plain = Member(id: new.id, agency: new.agency, uids: new.uids, keys: new.keys)
            self = .enrolMember(plain, keyLines: [])
        case .keyAdded(let id, let fingerprint, let line): self = .addKey(id, fingerprint: fingerprint, line: line)
        case .keyRevoked(let id, let key, let reason): self = .revokeKey(id, fingerprint: key, reason: reason)
        case .roleGranted(let id, let grant):
            self = .grantRole(id, grant.role, scope: grant.scope.asked(in: state), expiresAt: grant.expiresAt)
        case .roleRevoked(let id, let grant, let reason): self = .revokeRole(id, grant: "G-\(grant)", reason: reason)
        case .memberDisabled(let id, let reason): self = .disableMember(id, reason: reason)
        case .memberReviewed(let id, let reason): self = .reviewMember(id, reason: reason)
        case .lock(let uid, false, let reason): self = .unlockAccount(uid, reason: reason ?? Self.standIn)
        case .calendarRecorded(let calendar): self = .recordCalendar(calendar)
        case .signing(let rule, let reason):
            self = .requireSignature(rule, isRequired: event.kind == "policy.signature_required", reason: reason)
        case .caseDrafted(let draft): self = .draftCase(CaseProposal(draft))
        case .caseMoved(let reason):
            guard let row = CaseLifecycle.rows.first(where: { $0.event == event.kind }) else { return nil }
            self = .moveCase(name, row.move, reason: reason)
        case .prosecutionOutcome(let outcome): self = .recordOutcome(name, outcome)
        case .leadTransfer(let member, _, let reason):
            switch event.kind {
            case "case.lead_transfer_proposed":
                self = .transferLead(name, member, reason: reason ?? Self.standIn)
            case "case.lead_transferred": self = .answerTransfer(name, isAccepted: true, reason: nil)
            default: self = .answerTransfer(name, isAccepted: false, reason: reason ?? Self.standIn)
            }
        case .amendment(let done): self = .amendment(name, AmendmentAct(recorded: done, or: Self.standIn))
        case .agencyInvited(let agency, let mode, let agreement): self = .inviteAgency(name, agency, mode, agreement)
        case .agencyAnswered(_, let text):
            switch event.kind {
            case "case.agency_joined": self = .joinCase(name, conditions: text)
            case "case.agency_declined": self = .declineInvitation(name, reason: text ?? Self.standIn)
            default: self = .withdrawAgency(name, reason: text ?? Self.standIn)
            }
        case .memberAssigned(let id, _): self = .assignMember(name, id)
        case .memberRemoved(let id, let reason): self = .removeMember(name, id, reason: reason)
        case .caseLink(let number, let reason):
            self =
                event.kind == "case.unlinked"
                ? .unlinkCase(name, number, reason: reason ?? Self.standIn) : .linkCase(name, number)
        case .entryRecorded(let entry):
            guard let corrected = entry.supersedes else {
                self = .recordEntry(name, EntryProposal(entry))
                return
            }
            let text = Self.kept(entry.text)
            self = .correctEntry(name, "E-\(corrected)", text: text, reason: entry.reason ?? Self.standIn)
        case .submitted(let about, let entry): self = .recordEntry(about.hex, EntryProposal(entry))
        case .entryWithdrawn(let number, let reason):
            self = .withdrawEntry(name, "E-\(number)", reason: Self.kept(reason))
        case .entryAcknowledged(let number): self = .acknowledgeEntry(name, Reference.entryName(number))
        case .handlingChanged(let number, _, let handling, let reason):
            self = .changeHandling(name, "E-\(number)", handling, reason: Self.kept(reason))
        case .permissionRequested(let request):
            let reason = Self.kept(request.reason)
            self = .requestPermission(name, Reference.entryName(request.entry), request.recipient, reason: reason)
        case .permissionDecided(let number, let isGranted, let reason):
            self = .decidePermission(name, "R-\(number)", isGranted: isGranted, reason: reason)
        case .disseminated(let line):
            let reason = Self.kept(line.reason)
            if let hours = line.emergencyHours {
                self = .breakGlass(
                    name,
                    Reference.entryName(line.entry),
                    line.recipient,
                    hours: hours,
                    reason: reason
                )
                return
            }
            self = .releaseEntry(name, Reference.entryName(line.entry), line.recipient, reason: reason)
        case .emergencyReviewed(let number, let finding, let note):
            self = .reviewEmergency(name, "D-\(number)", finding, note: Self.kept(note))
        case .removal(let removal):
            guard let act = RemovalAct(recorded: removal) else { return nil }
            self = .removal(name, act)
        case .jurisdiction(let policy): self = .jurisdiction(JurisdictionAct(recorded: policy))
        case .noticeAcknowledged(let item):
            self = .acknowledgeNotice(event.caseID == .system ? nil : name, item)
        case .work(let done): self = .work(done.about?.hex ?? name, WorkAct(recorded: done))
        case .docket(let done): self.init(recorded: done)
        case .deconfliction(let done):
            guard let act = DeconflictionAct(recorded: done) else { return nil }
            self = .deconfliction(act)
        case .report(let done): self = .report(ReportAct(recorded: done, in: event.caseID == .system ? nil : name))
        case .access(let word, let item, nil):
            self.init(reading: word, of: item, in: state.casesByStream[event.caseID] ?? event.caseID)
        default: return nil
        }
    }

    /// A reading by its name; nil if it is none that is known here.
    private init?(reading word: String, of item: String?, in caseID: CaseID) {
        let name = caseID.hex
        let stated = caseID == .system ? nil : name
        switch word {
        case "agency.list": self = .listAgencies
        case "agreement.list": self = .listAgreements
        case "calendar.show": self = .getCalendar
        case "member.list": self = .listMembers
        case "case.list": self = .listCases
        case "case.show": self = .getCase(name)
        case "entry.list": self = .listEntries(name, after: -1, limit: 0)
        case "entry.read": self = .getEntry(name, item ?? "")
        case "dissemination.list": self = .listRegister(name)
        case "purge.list": self = .removal(name, .list)
        case "work.list": self = .listWork(name, workflow: nil)
        case "work.read": self = .getWork(name, item ?? "")
        case "docket.list": self = .listDocket(workflow: nil)
        case "docket.read": self = .getDocket(item ?? "")
        case "decon.show": self = .deconfliction(.show(item ?? ""))
        case "watch":
            let positions = stated.map { [(name: $0, after: Int64(-1))] }
            self = .watch(WatchRequest(positions: positions, follows: true, idleSeconds: 30))
        case "inbox": self = .inbox
        case "due": self = .listDue(stated, isOverdueOnly: false)
        case "policy.explain": self = .explain(Hypothesis())
        case "audit.verify": self = .verify(known: [])
        case "audit.lines": self = .readLines(after: -1, limit: 0)
        case "audit.export": self = .export(stated)
        case "backup.make": self = .backUp
        case "audit.access": self = .listAccess(stated, limit: 0)
        case "policy.list": self = .jurisdiction(.list(nil))
        case "audit.replay": self = .replay
        case "report.list": self = .report(.list)
        case let name where name.hasPrefix("hooks."):
            guard let act = HookAct(name: name, item: item) else { return nil }
            self = .hooks(act)
        default: return nil
        }
    }

    fileprivate static let standIn = "-"

    /// A text, or the stand-in for one that was destroyed.
    fileprivate static func kept(_ text: String) -> String { text.isEmpty ? standIn : text }
}

extension Grant.Scope {
    /// What a liaison or an administrator calls it.
    fileprivate func asked(in state: CaseworkState) -> String {
        switch self {
        case .system: "system"
        case .agency: "agency"
        case .caseFile(let id): state.number(of: id) ?? ""
        }
    }
}

extension CaseProposal {
    fileprivate init(_ draft: CaseDraft) {
        self.init(
            title: draft.title,
            offences: draft.offences,
            primaryPurpose: draft.primaryPurpose,
            predicate: draft.predicate,
            agreement: draft.agreement
        )
    }
}

extension EntryProposal {
    fileprivate init(_ entry: EntryRecord) {
        self.init(
            kind: entry.kind.rawValue,
            text: Act.kept(entry.text),
            handling: entry.handling,
            compartment: entry.compartment,
            asksAcknowledgement: entry.asksAcknowledgement
        )
    }
}

extension RemovalAct {
    /// The act that an event tells of; nil for what the daemon does by itself.
    init?(recorded event: RemovalEvent) {
        switch event {
        case .reviewed(let records, let decision, let until, let explanation):
            self = .review(records.names, decision, until: until, explanation: explanation)
        case .holdPlaced(_, let records, let reason): self = .placeHold(records.names, reason: reason)
        case .holdLifted(let number, let reason): self = .liftHold("L-\(number)", reason: reason)
        case .orderReceived(_, let records, let terms): self = .recordOrder(records.names, terms)
        case .purgeProposed(_, let records, let order, let reason):
            self = .proposePurge(records.names, order: order.map { "C-\($0)" }, reason: reason)
        case .purgeApproved(let number): self = .decidePurge("P-\(number)", isApproved: true, reason: nil)
        case .purgeDeclined(let number, let reason):
            self = .decidePurge("P-\(number)", isApproved: false, reason: reason)
        case .certified(let number): self = .certify("P-\(number)")
        case .sealed(let records, let order): self = .seal(records.names, order: "C-\(order)")
        case .unsealed(let records, let order): self = .unseal(records.names, order: "C-\(order)")
        case .noticeSent, .purged: return nil
        }
    }
}

extension WorkAct {
    /// The step that an event tells of, with what that step can say and no more.
    init(recorded event: WorkEvent) {
        let step = event.step.step
        let facts = Set(step.fields.filter { !$0.isPart }.map(\.key))
        // A text that a rule asks for was there, and may have been destroyed by law.
        var parts = event.parts
        for field in step.fields where field.isPart && parts[field.key] == nil {
            guard field.key != "exigency" || event.facts["exigent"]?.bool ?? false else { continue }
            if field.isRequired || field.isText { parts[field.key] = .string(Act.standIn) }
        }
        self.init(
            event: event.kind,
            name: step.makesItem ? nil : event.item,
            facts: JSONObject(event.facts.members.filter { facts.contains($0.key) }.map { ($0.key, $0.value) }),
            parts: parts
        )
    }
}

extension Minted {
    /// What was drawn for an event, as it stands there.
    init(recorded event: Event) {
        switch event.body {
        case .caseDrafted(let draft):
            self.init(caseID: event.caseID, digits: UInt32(draft.number.suffix(6)) ?? 0)
        case .submitted(_, let entry):
            self.init(caseID: event.caseID, digits: UInt32(clamping: -entry.number - 1))
        case .deconfliction(let done):
            self.init(caseID: .system, digits: 0)
            number = done.drawn
            if case .targetSubmitted(_, _, _, let digest, let epoch, _, _, _) = done { indexed = (digest, epoch) }
        case .work(let done):
            self.init(caseID: done.about == nil ? .system : event.caseID, digits: 0)
            number = done.drawn
        case .docket(let done):
            self.init(caseID: event.caseID, digits: 0)
            number = done.drawn
            bodies = done.facts["bodies"]?.array?.compactMap { $0.string.flatMap { AgencyID($0) } }
        default: self.init(caseID: .system, digits: 0)
        }
    }
}

extension Act {
    /// A step of the docket, or the reading under an inspection of which it tells; nil for what the daemon does by itself.
    fileprivate init?(recorded done: WorkEvent) {
        guard done.step.step.method.isEmpty else {
            self = .docket(WorkAct(recorded: done))
            return
        }
        let name = done.facts["case"]?.string ?? ""
        let item = done.facts["read"]?.string ?? ""
        switch done.facts["act"]?.string {
        case "entry.read": self = .getEntry(name, item)
        case "work.read": self = .getWork(name, item)
        default: return nil
        }
    }
}

extension JurisdictionAct {
    fileprivate init(recorded event: JurisdictionEvent) {
        switch event {
        case .proposed(let bundle): self = .propose(bundle.json)
        case .activated(let done): self = .activate(done.agency, done.reference, note: done.note)
        case .retired(let agency, let reference, let reason),
            .retirementProposed(let agency, let reference, let reason):
            self = .retire(agency, reference, reason: reason)
        }
    }
}
