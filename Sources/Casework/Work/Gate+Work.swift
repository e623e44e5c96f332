import Policy
import StrictJSON

/// Steps of shared work: who, when, from where; then what the step itself asks.
extension Gate {
    mutating func decideWork(_ name: String, _ act: WorkAct) throws(Refusal) -> Decision {
        let (workflow, step) = act.step
        let (file, standing) = try knownCase(name, through: step.isOpenToParties ? .work : .membership)
        let isParty = !standing.mayKnow(file)
        // Who answers for an item alone is told neither how the case stands nor how far it has gone.
        if !isParty {
            try fresh(file)
            if !step.goesOnWhenClosed { try takesStep(file, workflow, step) }
        }
        let purpose = try workPurpose(file, standing, step, isParty: isParty)
        // The agency that leads brings to an end what it made, so that the case can be closed; it asks nothing more of anybody.
        let oversees = standing.isOversight && step.by.contains(.oversight)
        if !isParty, !oversees, !step.goesOnWhenClosed, step.makesItem || !standing.isLeadAgency {
            try liveParticipation(file, standing)
        }
        let found = try step.makesItem ? nil : workItem(act.name ?? "", workflow, file, standing)
        let item = found.map { standing.shown($0) }
        let facts = item?.facts ?? act.facts
        let role = step.by.lazy.compactMap {
            $0.role(standing, facts, maker: item?.agency, by: item?.member)
        }.first
        try require(role != nil, takes: step)
        if let item {
            try require(
                "L01",
                step.from.contains(item.state),
                "\(item.id) is \(step.from.sorted().joined(separator: " or ")).",
                message: "\(item.id) is \(item.state): “\(step.verb)” does not lead from there.",
                ask: "`accord \(workflow.name) show` of \(item.id) tells how it came to that, and what is missing."
            )
        }
        if step.isBounded, let item {
            try require(
                "L01",
                item.lines.count < Self.mostSteps,
                "The item has taken fewer than \(Self.mostSteps) steps.",
                message: "\(item.id) has taken \(Self.mostSteps) steps: say the rest elsewhere, or bring it to an end.",
                ask: "`accord \(workflow.name) show` has what was said."
            )
        }
        if let found { try remarkable(file, found, step) }
        if isParty, let item {
            try require(
                "L01",
                file.state != .closed,
                "The item takes steps.",
                message: "\(item.id) takes no steps any more."
            )
        }
        let check = WorkCheck(file: file, standing: standing, item: item, act: act, purpose: purpose)
        try step.check(&self, check)
        let number = if let item { item.number } else { try number(of: workflow, in: file) }
        var done = WorkEvent(
            kind: step.event,
            number: number,
            facts: act.facts.with(step.compute(self, check).members.map { ($0.key, $0.value) }),
            parts: act.parts
        )
        guard workflow.isHidden else { return event(step.event, file.id, role, purpose, .work(done)) }
        // As what is written to oversight: of the same word, and in a role that tells nothing of what is done.
        done.about = file.id
        let usual = standing.roles.intersection(Role.assignable).inOrder.first ?? standing.roles.inOrder.first
        return event("restricted", item?.stream ?? command.minted.caseID, usual, purpose, .work(done))
    }

    /// After so many steps nothing is added to an item that only says more.
    static let mostSteps = 256

    /// Who takes a step is one of those who may.
    mutating func require(_ isOne: Bool, takes step: WorkStep) throws(Refusal) {
        let parties = step.by.map(\.words).joined(separator: ", or ")
        try require("P05", isOne, "The asker is \(parties).", ask: "Ask \(parties).")
    }

    /// The number of a new item.
    private mutating func number(of workflow: Workflow, in file: CaseFile) throws(Refusal) -> Int64 {
        guard workflow.drawsNumbers else { return file.work.next(workflow) }
        guard workflow.drawsReferences else { return drawn { file.work[workflow.name, $0] == nil } }
        try require(
            "L01",
            file.work.count(workflow) < Self.mostReferences,
            "There are references left.",
            message: "This case has \(Self.mostReferences) references: no more are made."
        )
        if let number = command.minted.number { return number }
        return drawn { $0 & 0xFFFF > 0 && file.work[workflow.name, $0 & 0xFFFF] == nil } & 0xFFFF
    }

    /// Of 65,535, so that one which is free is soon found.
    private static let mostReferences = 10_000

    private mutating func takesStep(_ file: CaseFile, _ workflow: Workflow, _ step: WorkStep) throws(Refusal) {
        guard workflow.goesOnWhileSuspended, !step.makesItem else { return try writable(file) }
        try require("L02", file.state != .closed, "The case is not closed.")
    }

    /// Who is in the case for an item alone acts for the step's purpose, and for none other; all others are bound by their
    /// agreements, if the step has no purpose of its own.
    private mutating func workPurpose(
        _ file: CaseFile,
        _ standing: Standing,
        _ step: WorkStep,
        isParty: Bool
    ) throws(Refusal) -> Purpose {
        let usual = step.purpose ?? file.purpose
        let stated = try purpose(usual)
        if stated == step.purpose { return stated }
        guard isParty else { return try casePurpose(file, standing, takesPart: !step.saysNo) }
        try require("P03", stated == usual, "The purpose is that of the step.")
        return stated
    }

    /// The item, if the asker may know of it.
    mutating func workItem(
        _ text: String,
        _ workflow: Workflow,
        _ file: CaseFile,
        _ standing: Standing
    ) throws(Refusal) -> WorkItem {
        let item = Workflows.number(text, workflow).flatMap { file.work[workflow.name, $0] }
        return try known(item, called: "\(workflow.letter)-", file, standing)
    }

    /// An item that the asker may know of, and that is not purged.
    ///
    /// Of what is kept of victims the line of the refusal is the same whether or not there is such an item: who is refused has his own
    /// lines in an export.
    mutating func known(
        _ item: WorkItem?,
        called name: String = "",
        _ file: CaseFile,
        _ standing: Standing
    ) throws(Refusal) -> WorkItem {
        let isKnown = item.map { standing.mayKnow($0, in: file) } ?? false
        let isClosed =
            Workflows.tellsOfVictims(name) || item.flatMap { Workflows.named($0.workflow)?.isClosed } ?? false
        try require(
            "P04",
            isKnown,
            "It exists and is open to the asker.",
            recorded: isClosed ? "P04C" : "P04"
        )
        guard let item else { throw Refusal(row: "P04") }
        let purge = file.removals.purge(file.removals.purged[item.removable])
        try require(
            "L01",
            purge == nil,
            "It is not purged.",
            message: "\(item.id) was purged: \(purge?.words ?? "-").",
            ask: "Nothing of it is left. `accord purge list` tells who ordered and approved it."
        )
        return item
    }

    /// Readings of shared work.
    ///
    /// Who has no part in a kind that is hidden is answered the same whether or not there is anything of it.
    mutating func listWork(_ name: String, _ kind: String?) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name, through: .work)
        if let workflow = kind.flatMap({ Workflows.named($0) }), workflow.isHidden {
            try require(
                "P04",
                standing.hasPart(in: workflow),
                "The compartment is held.",
                message: "There is nothing, or it is not open to you.",
                recorded: "P04C"
            )
        }
        if standing.mayKnow(file) { _ = try casePurpose(file, standing) }
        return read(file.id, scope(file, standing))
    }

    mutating func getWork(_ name: String, _ item: String) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name, through: .work)
        if standing.mayKnow(file) { _ = try casePurpose(file, standing) }
        if let inspected = try inspected(file, standing, work: Workflows.item(item, in: file.work)) { return inspected }
        let found = try known(Workflows.item(item, in: file.work), called: item, file, standing)
        var decision = read(file.id, scope(file, standing), item: found.id)
        // That somebody reads it is as hidden as the item.
        if let stream = found.stream { decision.event.caseID = stream }
        if command.purpose == nil, let usual = Workflows.named(found.workflow)?.steps.first?.purpose {
            decision.event.purpose = usual
        }
        return decision
    }

    /// The fact of an act that names an agency: another one, and one that is registered.
    mutating func another(_ check: WorkCheck, _ fact: String) throws(Refusal) {
        let agency = check.act.facts[fact]?.string.flatMap { AgencyID($0) }
        guard let agency, agency != check.standing.agency else {
            throw .malformed(field: fact, "another agency than your own")
        }
        guard state.agencies[agency] != nil else {
            throw .malformed(field: fact, "one that is registered: `accord agency list`")
        }
    }

    /// The fact of an act that names an agency: one that is registered, and in the case under an agreement that is live.
    mutating func joined(_ check: WorkCheck, _ fact: String) throws(Refusal) {
        let agency = check.act.facts[fact]?.string.flatMap { AgencyID($0) }
        let participant = agency.flatMap { check.file.participants[$0] }
        try require(
            "L01",
            participant?.standing == .joined,
            "The agency has joined the case.",
            message: "\(agency?.text ?? "The agency") has not joined this case.",
            ask: "`accord case show` names the agencies that did."
        )
        let agreement = participant?.agreement ?? check.file.agreement
        try require(
            "P02",
            state.agreements[agreement]?.isLive(now) ?? false,
            "The agreement under which the agency takes part is live.",
            message: "\(agreement), under which \(agency?.text ?? "-") takes part, is not live: it would not see it.",
            ask: "Ask the administrator to renew \(agreement)."
        )
    }

    /// What an agency answers is given to the one that asked, as its agreement carries it and its own policy allows; the word of
    /// its liaison is the control official's approval.
    mutating func givable(_ check: WorkCheck) throws(Refusal) {
        guard let handling = check.act.facts["handling"]?.string.flatMap({ Handling($0) }) else { return }
        try capped(check.file, check.standing, handling)
        try require(
            policyOf: check.standing.agency,
            allows: .data,
            check.purpose,
            counterpart: check.item?.agency,
            meeting: check.standing.isLiaison ? [.controlOfficialApproval] : []
        )
    }

    /// A time of an act that has to lie ahead.
    mutating func future(_ check: WorkCheck, _ fact: String) throws(Refusal) {
        guard let time = check.act.facts[fact]?.integer else { return }
        guard time > now.milliseconds else { throw .malformed(field: fact, "in the future") }
    }
}

extension Standing {
    /// Whether an item asks somebody's agency: what else he is in the case, its lead or counsel, does not show him how the other
    /// side goes about it.
    func isOnlyAsked(_ item: WorkItem) -> Bool {
        item.parties.contains(agency) && item.agency != agency && !isOversight
    }

    /// An item as somebody sees it who sees its content.
    func shown(_ item: WorkItem) -> WorkItem { isOnlyAsked(item) ? item.seenByAsked : item }

    /// How much of an item somebody may see, which may be sealed or purged.
    func visibility(of item: WorkItem, in file: CaseFile) -> Visibility {
        let seen = visibilityOfWhole(item, in: file)
        if file.removals.sealed[item.removable] != nil { return isOversight ? min(seen, .header) : .none }
        let isGone = file.removals.purged[item.removable] != nil || item.isPurgedMatter
        return isGone ? min(seen, .header) : seen
    }

    /// How much of an item that is neither: the agencies between which it is see it, and whoever its workflow is open to.
    func visibilityOfWhole(_ item: WorkItem, in file: CaseFile) -> Visibility {
        guard let workflow = Workflows.named(item.workflow), !isSealedFrom else { return .none }
        if case .closed(let readers) = workflow.audience {
            if isOversight, inspects { return .content }
            guard mayKnow(file), isOversight || isAgreementLive else { return .none }
            let isReader = readers.contains { reader in
                reader.party.role(self, item.facts, maker: item.agency, by: item.member) != nil
                    && reader.isOpen(file, item, self)
            }
            return isReader ? .content : .none
        }
        if item.parties.contains(agency), isLiaison || contributes {
            if isJoined, isLiaison || isInCase, isAgreementLive || item.agency == agency { return .content }
            if !isJoined, workflow.isOpenToParties { return .content }
        }
        guard mayKnow(file) else { return .none }
        if isOversight { return inspects ? .content : .header }
        // What another agency does with a request of his own is that agency's business, and the person's.
        if item.isRequest(of: agency) { return .none }
        // What others made is not for an agency whose agreement has ended, not even for the one that leads (domain.md 2.8).
        guard isAgreementLive || item.agency == agency else { return .none }
        if isCaseLead || isCounsel { return .content }
        // Whoever may be asked to decide as the second person reads what he decides about.
        if mayBeSecond, isJoined, workflow.needsSecondPerson { return .content }
        switch workflow.audience {
        case .parties, .closed, .oversight: return .none
        case .compartment(let compartment):
            // Who reads his agency's entries alone by now reads what it made, too; plans are read by who reads all of OPS.
            let origin = isAgreementLive || compartment != .ordinary ? nil : item.agency
            return scope(file).visibility(origin: origin, compartment: compartment)
        }
    }

    /// Whether somebody is told how many items of a kind there are.
    func isCounted(_ workflow: Workflow) -> Bool {
        (isOversight || isAgreementLive || isLeadAgency)
            && workflow.counted.contains { $0.role(self, [:], maker: nil, by: nil) != nil }
    }

    /// Whether somebody can ever see an item of a closed kind, by what he is: whether there is one plays no part.
    func hasPart(in workflow: Workflow) -> Bool {
        guard case .closed(let readers) = workflow.audience else { return true }
        return isCounted(workflow) || readers.contains { $0.party.isEver(self) }
    }

    /// What may be seen of what agencies said in an item.
    ///
    /// Who is asked about custody is told what he is asked: the holder's policy about custody was heard there, not the one about
    /// data.
    func words(in item: WorkItem, _ scope: EntryScope) -> EntryScope {
        guard isAskedOutright(item) else { return scope }
        var scope = scope
        scope.closed = []
        return scope
    }

    /// Whether his agency has a part in an item that is open to its parties, whoever is in the case.
    func isAskedOutright(_ item: WorkItem) -> Bool {
        item.parties.contains(agency) && Workflows.named(item.workflow)?.isOpenToParties ?? false
    }

    /// Whether somebody may know that an item is there: he sees it, or some of its steps.
    func mayKnow(_ item: WorkItem, in file: CaseFile) -> Bool {
        visibility(of: item, in: file) != .none
            || (mayKnow(file) && !isSealedFrom && !file.removals.isGone(item.removable)
                && !excerpt(of: item, in: file).isEmpty)
    }

    /// The steps of an item that were taken and that somebody is shown though he does not see the item.
    func excerpt(of item: WorkItem, in file: CaseFile) -> [WorkStep] {
        (Workflows.named(item.workflow)?.steps ?? []).filter { step in
            let said = step.fields.filter { $0.isRequired && !$0.isPart }
            let isOpen = isShown(step) || (isAgreementLive && isInCase && step.isOpened(file, item, self))
            return isOpen && said.allSatisfy { item.facts[$0.key] != nil }
        }
    }

    /// Whether a step is shown to somebody for what he is in the case.
    func isShown(_ step: WorkStep) -> Bool {
        guard isAgreementLive else { return false }
        return step.shownTo.contains { $0.role(self, [:], maker: nil, by: nil) != nil }
    }
}
