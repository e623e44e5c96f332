import Cryptography
import Deconfliction
import Policy

/// Deconfliction: submitting is asking, and there is no other way to ask (domain.md 2.9, 6.9).
extension Gate {
    /// Milliseconds before an event by which it has to be submitted (rule P16).
    private static let latest = 2 * CaseworkState.hour
    /// Days that a target is valid, and that it can be kept valid at all (28 CFR 23.20(h); rule P11).
    private static let validDays: Int64 = 365
    private static let hardStopDays: Int64 = 5 * 365

    mutating func decideDeconfliction(_ act: DeconflictionAct) throws(Refusal) -> Decision {
        let role = try deconflicter(act)
        switch act {
        case .submitEvent(let proposal): return try submit(proposal, role)
        case .amendEvent(let text, let change, let exigency, let reason):
            return try amend(text, change, exigency, reason, role)
        case .cancelEvent(let text, let reason):
            let event = try ownEvent(text)
            return try deconfliction(.eventCancelled(event.number, reason: reason), role, safety())
        case .completeEvent(let text):
            let event = try ownEvent(text)
            try over(event)
            return try deconfliction(.eventCompleted(event.number), role, safety())
        case .declareExigent(let name, let operation, let reason, let approver):
            return try declare(name, operation, reason, approver, role)
        case .concur(let text, let agrees, let note): return try concur(text, agrees, note, role)
        case .submitTarget(let proposal): return try submit(proposal, role)
        case .validateTarget(let text, let until, let basis): return try validate(text, until, basis, role)
        case .withdrawTarget(let text, let reason):
            let target = try ownTarget(text)
            return try deconfliction(.targetWithdrawn(target.number, reason: reason), role, safety())
        case .acknowledge(let text):
            let (conflict, party) = try ownConflict(text, orLink: true)
            try require(
                "L01",
                party.acknowledgedAt == nil,
                "The side has not acknowledged it yet.",
                message: "Your side has acknowledged \(conflict.name) already."
            )
            return try deconfliction(
                .acknowledged(conflict.number, submission: party.submission, isOther: false),
                role,
                safety()
            )
        case .resolve(let text, let outcome, let note): return try resolve(text, outcome, note, role)
        case .show(let text):
            let item = try shownItem(text)
            var decision = read(nil, .nothing, item: item)
            decision.event.caseID = .deconfliction(of: member.agency)
            decision.event.purpose = try safety()
            return decision
        }
    }

    private func deconfliction(_ body: DeconflictionEvent, _ role: Role, _ purpose: Purpose) -> Decision {
        event(body.kind, .deconfliction(of: member.agency), role, purpose, .deconfliction(body))
    }

    // MARK: Who

    /// The role in which the asker deconflicts: of any agency with a live agreement, whatever else it may do.
    ///
    /// What its side was told, and what it has submitted, it settles and takes back also when its agreements have ended: others go on
    /// meeting it until then, and a safety notice is never suppressed.
    private mutating func deconflicter(_ act: DeconflictionAct) throws(Refusal) -> Role {
        let roles = member.roles(in: nil, now)
        try require("P09", !roles.contains(.administrator), "An administrator sees no plans.")
        try notCivil()
        let role: Role? = [.lead, .contributor, .liaison].first { roles.contains($0) }
        try require("P05", role != nil, "The asker leads, contributes, or is a liaison.")
        if act.settles { return role ?? .contributor }
        let missions = Set(state.agencies[member.agency]?.missions ?? [])
        try require(
            "P05",
            !missions.isDisjoint(with: act.missions),
            "The asker's agency enforces the law: its mission is \(Mission.words(act.missions)).",
            ask: "Ask an agency of the case whose mission that is."
        )
        let live = state.agreements.values.filter { $0.isLive(now) && $0.parties.contains(member.agency) }
        try require("P02", !live.isEmpty, "The asker's agency is a party of an agreement that is live.")
        return role ?? .contributor
    }

    /// Officer safety unless something else is said; an agreement of the agency allows it, and that of the case.
    private mutating func purposeOf(_ caseID: CaseID?) throws(Refusal) -> Purpose {
        let purpose = try purpose(.officerSafety)
        let live = state.agreements.values.filter { $0.isLive(now) && $0.parties.contains(member.agency) }
        let isAllowed =
            (purpose == .officerSafety || purpose == .criminalInvestigation)
            && live.contains { $0.purposes.contains(purpose) }
        try require("P03", isAllowed, "\(purpose.rawValue) is a purpose for which the agency may deconflict.")
        return purpose
    }

    /// Whatever settles what was submitted is for officer safety, or for the investigation that it was for.
    private mutating func safety() throws(Refusal) -> Purpose {
        let purpose = try purpose(.officerSafety)
        let isAllowed = purpose == .officerSafety || purpose == .criminalInvestigation
        try require("P03", isAllowed, "\(purpose.rawValue) is a purpose for which the agency may deconflict.")
        return purpose
    }

    /// The case that a submission is for: the asker works in it or speaks for an agency that joined.
    private mutating func caseFor(_ name: String?) throws(Refusal) -> CaseID? {
        guard let name else { return nil }
        let (file, standing) = try knownCase(name)
        try require(
            "P05",
            standing.worksInCase || standing.isLiaison && standing.isJoined,
            "The asker contributes to the case, or is a liaison of an agency that joined."
        )
        try liveParticipation(file, standing)
        try require("L02", file.state != .closed, "The case is not closed.")
        try require(
            "L01",
            file.state.isWorked || file.state == .suspended,
            "The case is worked, or suspended.",
            message: "The case is \(file.state.rawValue)."
        )
        return file.id
    }

    // MARK: What the asker may know of

    /// An active event of the asker's agency.
    private mutating func ownEvent(_ text: String) throws(Refusal) -> EventSubmission {
        let number = Reference.number(text, letter: "V")
        let event = number.flatMap { state.deconfliction.events[$0] }
        try require("P04", event.map { mayHandle($0.number) } ?? false, "The submission is the asker's own.")
        guard let event else { throw Refusal(row: "P04") }
        try require(
            "L01",
            event.state == .planned,
            "The event is still planned.",
            message: "\(event.name) is \(event.state.rawValue)."
        )
        return event
    }

    /// An event that is over has begun, and what it met is settled: else it would leave without a word to the other side.
    private mutating func over(_ event: EventSubmission) throws(Refusal) {
        try require(
            "L01",
            event.place?.start.map { $0 <= now } ?? true,
            "The event has begun.",
            message: "\(event.name) has not begun: cancel it if it does not take place."
        )
        let open = state.deconfliction.conflicts(of: event.number).filter { conflict in
            conflict.isOpen && conflict.party(event.number)?.isTold ?? false
        }
        try require(
            "P18",
            open.isEmpty,
            "No conflict of it is open.",
            message: "Not resolved: \(open.map { "X-\($0.number)" }.joined(separator: ", ")).",
            ask: "Say first how it was settled: `accord decon resolve`."
        )
    }

    private mutating func ownTarget(_ text: String) throws(Refusal) -> TargetSubmission {
        let number = Reference.number(text, letter: "I")
        let target = number.flatMap { state.deconfliction.targets[$0] }
        try require("P04", target.map { mayHandle($0.number) } ?? false, "The submission is the asker's own.")
        guard let target else { throw Refusal(row: "P04") }
        try require(
            "L01",
            target.state == .active,
            "The target is still submitted.",
            message: "\(target.name) is \(target.state.rawValue)."
        )
        return target
    }

    /// An open conflict, or a link, in which the asker is a side that was told.
    private mutating func ownConflict(
        _ text: String,
        orLink takesLink: Bool = false
    ) throws(Refusal) -> (Conflict, Conflict.Party) {
        let conflict = Reference.number(text, letter: "X").flatMap { state.deconfliction.conflicts[$0] }
        let party = conflict.flatMap { state.side(of: $0, for: member, now) }
        try require("P04", party != nil, "The conflict exists, and the asker is a side of it.")
        guard let conflict, let party else { throw Refusal(row: "P04") }
        try require(
            "L01",
            conflict.isOpen || takesLink && conflict.isLink && conflict.withdrawnAt == nil,
            "The conflict is open.",
            message: "\(conflict.name) is \(conflict.state(for: party, now)): nothing is to be done about it."
        )
        return (conflict, party)
    }

    private func mayHandle(_ submission: Int64) -> Bool { state.mayHandle(submission, member, now) }

    private func caseID(of submission: Int64) -> CaseID? {
        state.deconfliction.events[submission]?.caseID ?? state.deconfliction.targets[submission]?.caseID
    }

    private mutating func shownItem(_ text: String) throws(Refusal) -> String {
        let shown = state.deconfliction(named: text, for: member.id, now: now)
        try require("P04", shown != nil, "It exists, and the asker's agency submitted it or is a side of it.")
        return command.act.item ?? text
    }

    // MARK: Events

    private mutating func submit(_ proposal: EventProposal, _ role: Role) throws(Refusal) -> Decision {
        let caseID = try caseFor(proposal.caseName)
        let purpose = try purposeOf(caseID)
        let number = drawn()
        let exigency = try exigency(proposal.exigency, caseID)
        try possible(proposal.place, exigency)
        try inTime(proposal.place, exigency)
        try noSearch(exigency)
        var terms = proposal.terms
        if terms.contact.isEmpty { terms.contact = state.agencies[member.agency]?.contact ?? member.agency.text }
        let body = DeconflictionEvent.eventSubmitted(
            number,
            terms,
            proposal.place,
            caseID: caseID,
            exigency: exigency?.number
        )
        return deconfliction(body, role, purpose)
    }

    private mutating func amend(
        _ text: String,
        _ change: PlaceAndTime,
        _ exigencyName: String?,
        _ reason: String,
        _ role: Role
    ) throws(Refusal) -> Decision {
        let event = try ownEvent(text)
        let purpose = try purposeOf(event.caseID)
        guard let old = event.place, change != PlaceAndTime() else {
            throw .malformed(field: "event", "amended in at least one of points, radius, start, end, buffer, tolerance")
        }
        let exigency = try exigency(exigencyName, event.caseID)
        let new = old.amended(by: change)
        try possible(new, exigency)
        // To put something off is what the two sides agree on when they speak, and that is mostly late.
        let isPutOff =
            [change.points == nil, change.radius == nil, change.buffer == nil, change.tolerance == nil]
            .allSatisfy(\.self) && (new.start ?? now) >= (old.start ?? now)
        if !isPutOff { try inTime(new, exigency) }
        try noSearch(exigency)
        let body = DeconflictionEvent.eventAmended(
            event.number,
            change,
            exigency: exigency?.number,
            reason: reason
        )
        return deconfliction(body, role, purpose)
    }

    /// Nobody looks for another's place and hours by moving his own; what a commander concurs in goes on all the same, as officers are
    /// safer for it.
    private mutating func noSearch(_ exigency: Exigency?) throws(Refusal) {
        let permits = state.deconfliction.soundings.permits(member.id, at: now)
        try require(
            "P21E",
            permits.hour || exigency != nil,
            "The asker submitted and amended fewer than \(Soundings.perHour) planned events within the hour."
        )
        try require(
            "P21E",
            permits.day || exigency != nil,
            "No plan of another agency came into reach of the asker's again, or left it, \(Soundings.perPlan) times within a day."
        )
        try require(
            "P21E",
            permits.together || exigency != nil,
            "Nor did one that the asker met, of those that his agency moved together, \(Soundings.perPlan) times within a day.",
            message:
                "Your agency moved plans in and out of reach of the same plan of others \(Soundings.perPlan) times within a day, yours among them."
        )
    }

    /// Bounds of domain.md 6.9; what was exigent may be over when it is submitted.
    private func possible(_ place: PlaceAndTime, _ exigency: Exigency?) throws(Refusal) {
        guard let planned = place.planned(0, caseID: nil, widened: false) else {
            throw .malformed(field: "points", "places")
        }
        do throws(PlannedEvent.Fault) {
            try planned.check(now: min(now, exigency?.at ?? now).milliseconds)
        } catch {
            switch error {
            case .points: throw .malformed(field: "points", "1 to 16 places")
            case .radius: throw .malformed(field: "radius", "from 1 to 20000 metres")
            case .buffer: throw .malformed(field: "buffer", "from 0 to 1440 minutes")
            case .order: throw .malformed(field: "end", "later than the start")
            case .tooLong: throw .malformed(field: "end", "at most 14 days after the start")
            case .tooFarAhead: throw .malformed(field: "start", "at most 90 days ahead")
            case .past: throw .malformed(field: "end", "in the future")
            }
        }
    }

    private mutating func inTime(_ place: PlaceAndTime, _ exigency: Exigency?) throws(Refusal) {
        let start = place.start ?? now
        try require(
            "P16",
            exigency != nil || start.milliseconds - now.milliseconds >= Self.latest,
            "It begins in two hours or later, or was declared exigent."
        )
    }

    /// A declaration of the asker's agency that was not used yet.
    private mutating func exigency(_ text: String?, _ caseID: CaseID?) throws(Refusal) -> Exigency? {
        guard let text else { return nil }
        let declared = Reference.number(text, letter: "U").flatMap { state.deconfliction.exigencies[$0] }
        try require(
            "P04",
            declared.map { $0.agency == member.agency && $0.caseID == caseID } ?? false,
            "The declaration is the asker's agency's, and of the same case."
        )
        try require(
            "L01",
            declared?.submission == nil,
            "No submission followed from the declaration yet.",
            message: "A submission followed from \(declared?.name ?? "") already: declare anew."
        )
        try require(
            "P16",
            declared.map { state.deconfliction.counts($0) } ?? false,
            "Whom the declaration names as who concurs did not dispute it, nor the same before without concurring since.",
            message: declared?.isConfirmed == false
                ? "\(declared?.approver.text ?? "") disputes \(declared?.name ?? ""), which names him as who concurs."
                : "\(declared?.approver.text ?? "") disputed the same before, and has not concurred in \(declared?.name ?? "").",
            ask: "Declare anew with another commander, or have him concur: `accord decon event concur`."
        )
        return declared
    }

    private mutating func declare(
        _ name: String?,
        _ operation: String?,
        _ reason: String,
        _ approver: MemberID,
        _ role: Role
    ) throws(Refusal) -> Decision {
        let caseID = try caseFor(name)
        let purpose = try purposeOf(caseID)
        let number = drawn()
        try require(
            "P08",
            approver != member.id,
            "Somebody else approves it.",
            message: "A named commander other than yourself approves it."
        )
        guard state.members[approver].map({ mayConcur($0, caseID) }) ?? false else {
            throw .malformed(
                field: "approver",
                "one who leads or is a liaison in your own agency, or the lead or a second person of the case"
            )
        }
        let body = DeconflictionEvent.exigentDeclared(
            number,
            caseID: caseID,
            operation: operation,
            reason: reason,
            approver: approver
        )
        return deconfliction(body, role, purpose)
    }

    /// Who may concur that something cannot wait: a commander of the asker's own agency, or of the case that it is for.
    private func mayConcur(_ other: Member, _ caseID: CaseID?) -> Bool {
        let roles = other.roles(in: caseID, now)
        guard roles.contains(.lead) || roles.contains(.liaison) else { return false }
        guard other.agency != member.agency else { return true }
        guard let file = caseID.flatMap({ state.cases[$0] }) else { return false }
        let standing = state.standing(of: other, in: file, now)
        return standing.isCaseLead || standing.mayBeSecond
    }

    /// Whom a declaration names says himself whether he concurs (domain.md 2.9), once.
    private mutating func concur(
        _ text: String,
        _ agrees: Bool,
        _ note: String?,
        _ role: Role
    ) throws(Refusal) -> Decision {
        let declared = Reference.number(text, letter: "U").flatMap { state.deconfliction.exigencies[$0] }
        try require("P04", declared?.approver == member.id, "The declaration names the asker as who concurs.")
        guard let declared else { throw Refusal(row: "P04") }
        try require(
            "L01",
            declared.isConfirmed == nil,
            "The asker has not said it yet.",
            message: "You have answered \(declared.name) already."
        )
        guard agrees || note != nil else { throw .malformed(field: "note", "given with a dispute: it says why") }
        let purpose = try purposeOf(declared.caseID)
        return deconfliction(.concurred(declared.number, agrees: agrees, note: note), role, purpose)
    }

    /// A number that is free and means nothing, from the chance that came with the command.
    func drawn(isFree: (Int64) -> Bool) -> Int64 {
        if let number = command.minted.number { return number }
        var draw = Draw(
            seed: Digest.sha256(command.minted.caseID.bytes).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        )
        return draw.number(isFree: isFree)
    }

    private func drawn() -> Int64 { drawn { state.deconfliction.isFree($0) } }

    // MARK: Targets

    private mutating func submit(_ proposal: TargetProposal, _ role: Role) throws(Refusal) -> Decision {
        try criminalMission()
        try require("P21B", proposal.values.count == 1, "One identifier is submitted at a time.")
        let caseID = try caseFor(proposal.caseName)
        let purpose = try purposeOf(caseID)
        let number = drawn()
        try require(
            "P12",
            !proposal.role.isProtected
                && !VictimText.namesReference("\(proposal.basis ?? "") \(proposal.subject ?? "")"),
            "The target is neither a victim nor a witness, and nothing that is said of it names a victim's reference."
        )
        try require(
            "P10",
            proposal.activity != nil && proposal.basis != nil && proposal.subject != nil,
            "The criminal activity, the basis of the suspicion and its subject are stated."
        )
        guard let activity = proposal.activity, let basis = proposal.basis, let subject = proposal.subject else {
            throw Refusal(row: "P10")
        }
        let furthest = furthestValidity
        let until = proposal.validUntil ?? furthest
        guard until > now, until <= furthest else {
            throw .malformed(field: "until", "in the future, and within \(validity)")
        }
        let terms = TargetTerms(
            kind: proposal.kind,
            level: proposal.level,
            activity: activity,
            subject: subject,
            role: proposal.role,
            contact: proposal.contact ?? state.agencies[member.agency]?.contact ?? member.agency.text,
            validUntil: until
        )
        try known(terms, caseID)
        let identifier: Deconfliction.Identifier
        do throws(Deconfliction.Identifier.Fault) {
            identifier = try Deconfliction.Identifier(
                proposal.kind,
                proposal.values.first ?? "",
                qualifier: proposal.qualifier
            )
        } catch {
            throw .malformed(field: "value", "an identifier: \(error.message)")
        }
        let budget = state.deconfliction.hasBudget(member.id, caseID ?? .deconfliction(of: member.agency), at: now)
        try require(
            "P21",
            budget.member,
            "The asker submitted fewer than \(Deconflictions.perHour) identifiers within the hour."
        )
        try require(
            "P21",
            budget.caseFile,
            "Fewer than \(Deconflictions.perDay) identifiers were submitted for the case within a day."
        )
        let made = command.pepper.map { ($0.digest(of: identifier), Int64($0.epoch)) }
        guard let (digest, epoch) = command.minted.indexed ?? made else { throw Refusal(row: "P25") }
        let body = DeconflictionEvent.targetSubmitted(
            number,
            terms,
            caseID: caseID,
            digest: digest,
            epoch: epoch,
            basis: basis,
            value: proposal.values.first ?? "",
            qualifier: proposal.qualifier
        )
        return deconfliction(body, role, purpose)
    }

    /// A component whose only mission is civil immigration enforcement submits events for officer safety, and no targets
    /// (domain.md 3, row 7b).
    private mutating func criminalMission() throws(Refusal) {
        let missions = state.agencies[member.agency]?.missions ?? []
        try require(
            "P03",
            missions.contains { $0 != .civilImmigration },
            "The agency has another mission than civil immigration enforcement.",
            message: "Your component deconflicts planned events for officer safety, and no targets."
        )
    }

    /// What the suspicion refers to is an entry or a subject of the case that the asker may see, and that still stands.
    private mutating func known(_ terms: TargetTerms, _ caseID: CaseID?) throws(Refusal) {
        guard let file = caseID.flatMap({ state.cases[$0] }) else { return }
        let standing = state.standing(of: member, in: file, now)
        if let number = terms.number(after: "E") {
            let scope = standing.scope(file)
            let facts = file.facts(number)
            let isOpen = facts.map { facts in
                scope.visibility(of: number, origin: state.origin(of: facts), compartment: facts.compartment) != .none
            }
            try require("P04", isOpen ?? false, "The entry that the suspicion refers to is open to the asker.")
            try require(
                "P10",
                facts?.state != .withdrawn && !file.removals.isGone(.entry(number)),
                "The entry that the suspicion refers to was neither withdrawn nor purged.",
                message: "E-\(number) was withdrawn or purged: no suspicion rests on it."
            )
        }
        if let number = terms.number(after: "S") {
            let subject = try known(file.work[Workflow.subjects.name, number], file, standing)
            try require(
                "P10",
                !Workflow.subjects.ended.contains(subject.state),
                "The suspicion of the subject still holds.",
                message: "\(subject.id) is \(subject.state): there is no suspicion any more."
            )
        }
    }

    /// Until when a target matches at most before it is validated: a year, or less by the own agency's law.
    private var furthestValidity: UTCTime {
        let year = now.adding(days: Self.validDays)
        return state.shortened(.target, of: member.agency, now).map { min(year, now.adding(hours: $0)) } ?? year
    }

    private var validity: String {
        let hours = state.shortened(.target, of: member.agency, now)
        return hours.map { "\($0) hours, as your agency's policy has it" } ?? "one year"
    }

    private mutating func validate(
        _ text: String,
        _ until: UTCTime?,
        _ basis: String,
        _ role: Role
    ) throws(Refusal) -> Decision {
        let target = try ownTarget(text)
        let purpose = try purposeOf(target.caseID)
        try known(target.terms, target.caseID)
        let stop = target.submittedAt.adding(days: Self.hardStopDays)
        try require("P11", now < stop, "The target was submitted less than five years ago.")
        let furthest = min(stop, furthestValidity)
        let end = until ?? furthest
        guard end > now, end <= furthest else {
            throw .malformed(
                field: "until",
                "in the future, within \(validity), and within five years of the submission"
            )
        }
        return deconfliction(.targetValidated(target.number, until: end, basis: basis), role, purpose)
    }

    // MARK: Conflicts

    private mutating func resolve(
        _ text: String,
        _ outcome: ConflictOutcome,
        _ note: String?,
        _ role: Role
    ) throws(Refusal) -> Decision {
        let (conflict, party) = try ownConflict(text)
        guard outcome != .contactDeclined || conflict.kind == .target else {
            throw .malformed(field: "outcome", "proceed, joint, delayed or cancelled")
        }
        let purpose = try safety()
        let body = DeconflictionEvent.resolved(
            conflict.number,
            submission: party.submission,
            outcome,
            isFinal: conflict.isSettled(by: outcome, of: party, now),
            isOther: false,
            note: note
        )
        return deconfliction(body, role, purpose)
    }
}

extension Conflict {
    /// Whether a side's word ends the conflict: both sides have said what they do, and one does not act jointly alone.
    ///
    /// One side alone ends it where the other knows of nothing, and, of targets, where the time to be in touch has run out unused. Of
    /// events it stays open to the side that has said nothing, and to oversight, until the event is over.
    fileprivate func isSettled(by outcome: ConflictOutcome, of party: Party, _ now: UTCTime) -> Bool {
        // Who asked about a silent target is told of it by its owner's word, and has the next one.
        if isSilent { return outcome == .contactDeclined }
        let others = others(than: party.submission).filter(\.isTold)
        let isUnused = others.allSatisfy { $0.acknowledgedAt == nil }
        if kind == .target, isUnused, let due = party.contactBy, due <= now { return true }
        return others.allSatisfy { other in
            guard let theirs = other.outcome else { return false }
            return (theirs == .joint) == (outcome == .joint)
        }
    }
}
