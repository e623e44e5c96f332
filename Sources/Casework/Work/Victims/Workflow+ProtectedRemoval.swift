import Policy
import StrictJSON

/// What a court, or a retention review, removes of what 8 USC 1367 protects (domain.md 2.11, 6.8: P19, P20).
///
/// An order is a matter of its own, recorded whether or not there is what it names, for a refusal would tell. Victim services
/// propose, and the second person is counsel, to whom the proposal alone is shown; without an order, counsel who may know of the
/// matter anyway, or another of victim services. All of it stands in streams whose lines say `restricted` and name no other line.
extension Workflow {
    static let endingOfMatters: [WorkStep] = [
        WorkStep(
            verb: "record-order",
            method: "RecordOrder",
            event: "v1367.order_received",
            from: [],
            to: ordered,
            by: [.counsel],
            fields: [
                WorkField("matter", .code(matterName)), WorkField("court", .name), WorkField("docket", .name),
                WorkField("effectiveAt", .time), WorkField("appealUntil", .time, isRequired: false),
            ],
            hasLegalEffect: true,
            goesOnWhenClosed: true,
            clocks: { item, now in
                let due = max(now, item.executableFrom ?? now).adding(days: ClockKind.courtOrderDays)
                return [.start(.protectedOrder, due: due)]
            }
        ),
        WorkStep(
            verb: "review",
            method: "Review",
            event: "v1367.retention_reviewed",
            from: matters,
            to: nil,
            by: [.victimServices],
            fields: [
                WorkField("retention", .word(RetentionDecision.allCases.map(\.rawValue))),
                WorkField("nextReview", .time, isRequired: false), .text("text"),
            ],
            hasLegalEffect: true,
            goesOnWhenClosed: true,
            clocks: { item, now in
                guard item.word("retention") == RetentionDecision.retain.rawValue, let next = item.time("next_review")
                else { return [.stop(.protectedReview)] }
                return [.start(.protectedReview, due: max(now, next))]
            },
            check: { (gate, check) throws(Refusal) in try gate.nextReview(check) }
        ),
        WorkStep(
            verb: "propose-purge",
            method: "ProposePurge",
            event: purgeProposed,
            from: matters,
            to: nil,
            by: [.victimServices],
            fields: [WorkField("order", .code(matterName), isRequired: false), .text("text")],
            hasLegalEffect: true,
            goesOnWhenClosed: true,
            isOpened: { _, item, standing in
                standing.isCounsel && item.facts["proposer"] != nil && item.facts["order"] != nil
            },
            check: { (gate, check) throws(Refusal) in try gate.mayPropose(check) },
            apply: { item, _, event, _ in item.facts["proposer"] = event.member.map { .string($0.text) } }
        ),
        WorkStep(
            verb: "approve-purge",
            method: "ApprovePurge",
            event: purgeApproved,
            from: matters,
            to: purged,
            by: [.counsel, .victimServices],
            computed: [WorkField("told", .agencies(0...64))],
            compute: { _, check in ["told": .strings((check.item?.asked ?? []).map(\.text))] },
            hasLegalEffect: true,
            goesOnWhenClosed: true,
            clocks: { item, now in
                [
                    .stop(.presenceRenewal), .stop(.presenceEnd), .stop(.certification), .stop(.protectedReview),
                ]
                    + item.agencies("told").map {
                        .start(.protectedCertification, due: now.adding(days: certificationOfPurgeDays), part: $0.text)
                    }
            },
            check: { (gate, check) throws(Refusal) in try gate.mayApprove(check) },
            // Nothing of it is known from here on but who is told.
            apply: { item, done, _, _ in
                item.facts = JSONObject(done.facts.members.map { ($0.key, $0.value) })
                item.sources = [:]
            }
        ),
        WorkStep(
            verb: "decline-purge",
            method: "DeclinePurge",
            event: "v1367.purge_declined",
            from: matters,
            to: nil,
            by: [.counsel, .victimServices],
            fields: [.text("text")],
            goesOnWhenClosed: true,
            check: { (gate, check) throws(Refusal) in try gate.isSecondPerson(check) },
            apply: { item, _, _, _ in (item.facts["proposer"], item.facts["order"]) = (nil, nil) }
        ),
        WorkStep(
            verb: "certify-purge",
            method: "CertifyPurge",
            event: "v1367.purge_certified",
            from: [purged],
            to: nil,
            by: [.liaisonOf("told")],
            hasLegalEffect: true,
            goesOnWhenClosed: true,
            check: { (gate, check) throws(Refusal) in
                try gate.require(
                    "L01",
                    !(check.item?.agencies("certified").contains(check.standing.agency) ?? false),
                    "It was not certified yet.",
                    message: "Your agency has certified that already."
                )
            },
            apply: { item, _, event, _ in
                guard let agency = event.agency, !item.agencies("certified").contains(agency) else { return }
                item.facts["certified"] = .strings((item.agencies("certified") + [agency]).map(\.text))
            }
        ),
        // The daemon has destroyed the bytes.
        WorkStep(
            verb: "destroy",
            method: "",
            event: "v1367.purged",
            from: [purged],
            to: nil,
            by: [],
            apply: { item, _, _, _ in item.facts["destroyed"] = true }
        ),
    ]

    /// What waits for whom about it.
    static let awaitedOfEnding: [Awaited] = [
        Awaited(
            by: [.victimServices],
            isOpen: { item, _ in item.state == ordered },
            says: { "A court ordered that \($0.word("matter") ?? "-") is expunged: \($0.id)." },
            commands: ["victim protected purge propose CASE MATTER --order ITEM --reason WHY"],
            goesOnWhenClosed: true
        ),
        Awaited(
            by: [.counsel, .victimServices],
            isOpen: { item, standing in
                item.facts["proposer"] != nil && item.state != purged && item.mayBeDecided(by: standing)
            },
            says: { "It is proposed to purge \($0.id), protected by 8 USC 1367." },
            commands: [
                "victim protected purge approve CASE ITEM", "victim protected purge decline CASE ITEM --reason WHY",
            ],
            goesOnWhenClosed: true
        ),
        Awaited(
            by: [.liaisonOf("told")],
            isOpen: { item, standing in
                item.state == purged && !item.agencies("certified").contains(standing.agency)
            },
            says: { "What your agency was shown as \($0.id) is purged: destroy your copies, and certify it." },
            commands: ["victim protected purge certify CASE ITEM"],
            goesOnWhenClosed: true
        ),
    ]

    /// What a matter keeps beside the fields of its steps.
    static let keptOfMatters: [WorkField] = [
        WorkField("asked", .agencies(0...64)), WorkField("proposer", .member),
        WorkField("certified", .agencies(0...64)),
        WorkField("approval", .count(0...Fields.highestOrdinal)), WorkField("destroyed", .flag),
    ]

    static let ordered = "ordered"
    static let purged = "purged"
    static let purgeProposed = "v1367.purge_proposed"
    static let purgeApproved = "v1367.purge_approved"

    /// A matter that is named; whether there is such a one plays no part.
    static let matterName = WorkField.Code(words: "a protected matter such as W-48291374", sample: "W-48291374") {
        $0.hasPrefix("W-") && Workflows.number($0, protected) != nil
    }

    /// Until copies of what was purged are to be certified as destroyed (domain.md 6.11).
    private static let certificationOfPurgeDays: Int64 = 30
}

extension WorkItem {
    var isOrderOfMatter: Bool { workflow == Workflow.protected.name && state.hasPrefix(Workflow.ordered) }

    /// Whether it is hidden, and purged: nothing is known of it but that.
    var isPurgedMatter: Bool { workflow == Workflow.protected.name && state == Workflow.purged }

    /// From when on an order may be carried out.
    var executableFrom: UTCTime? {
        time("effective_at").map { effective in time("appeal_until").map { max($0, effective) } ?? effective }
    }

    /// The agencies that were asked to certify, and so were shown it.
    fileprivate var asked: [AgencyID] { Set(agencies("asked") + [agency("to")].compactMap(\.self)).sorted() }

    /// Whether somebody is another person than who proposed, and of those who decide: counsel where a court ordered it.
    fileprivate func mayBeDecided(by standing: Standing) -> Bool {
        guard word("proposer") != standing.member.text else { return false }
        return standing.isCounsel || (word("order") == nil && standing.isVictimServices)
    }
}

extension Gate {
    /// What is kept is reviewed again, within five years (28 CFR 23.20(h)).
    fileprivate mutating func nextReview(_ check: WorkCheck) throws(Refusal) {
        let next = check.act.facts["next_review"]?.integer.map { UTCTime(milliseconds: $0) }
        guard check.act.facts["retention"]?.string == RetentionDecision.retain.rawValue else {
            if next != nil { throw .malformed(field: "nextReview", "given where it is kept, and only there") }
            return
        }
        _ = try nextReview(next, field: "nextReview")
    }

    fileprivate mutating func mayPropose(_ check: WorkCheck) throws(Refusal) {
        try require(
            "L01",
            check.item?.facts["proposer"] == nil,
            "No purge of it waits for its second person.",
            message: "A purge of it is proposed already."
        )
        try withoutIdentity(check)
        try noHold(check)
        guard let name = check.act.facts["order"]?.string else {
            return try require(
                "P20",
                check.item?.word("retention") == RetentionDecision.purge.rawValue,
                "A court order, or a retention review that decided so, says it.",
                message: "Neither a court order nor a retention review says that it is to be purged.",
                ask: "Name the order with `--order`, or review first: `accord victim protected review`."
            )
        }
        try executable(name, check)
    }

    /// An order that names the matter, and that nobody can appeal any more.
    private mutating func executable(_ name: String, _ check: WorkCheck) throws(Refusal) {
        let number = Workflows.number(name, Workflow.protected)
        let order = number.flatMap { check.file.work[Workflow.protected.name, $0] }
        let isRight = order.map { $0.isOrderOfMatter && $0.word("matter") == check.item?.id } ?? false
        try require(
            "P20",
            isRight,
            "A court order that is recorded names it.",
            message: "No such order is recorded about it.",
            ask: "Ask the counsel of the case to record it: `accord victim protected order`."
        )
        try executable("The order", from: order?.executableFrom ?? now)
    }

    /// A hold on all of the case keeps what nobody may name as well.
    private mutating func noHold(_ check: WorkCheck) throws(Refusal) {
        let hold = check.file.removals.holds.first { !$0.isLifted && $0.records.isEmpty }
        try require(
            "P19",
            hold == nil,
            "No legal hold keeps all of the case.",
            message: "The legal hold L-\(hold?.number ?? 0) keeps all of the case: nothing is purged while it stands."
        )
    }

    fileprivate mutating func isSecondPerson(_ check: WorkCheck) throws(Refusal) {
        try require(
            "L01",
            check.item?.facts["proposer"] != nil,
            "A purge of it is proposed.",
            message: "No purge of it is proposed."
        )
        try require(
            "P20",
            check.item?.mayBeDecided(by: check.standing) ?? false,
            "The second person is another than who proposed: counsel, or, where no court ordered it, another of victim services.",
            message:
                "A second person decides: counsel of the case; where no court ordered it, another of victim services as well."
        )
    }

    fileprivate mutating func mayApprove(_ check: WorkCheck) throws(Refusal) {
        try isSecondPerson(check)
        try noHold(check)
        if let name = check.item?.word("order") { try executable(name, check) }
    }
}

extension CaseworkState {
    /// What follows from a step about a matter beside the matter itself: the line of its purge is kept in mind, and orders about
    /// it have been carried out.
    mutating func followPurge(_ done: WorkEvent, of item: WorkItem, in caseID: CaseID, at line: Int64) {
        guard done.kind == Workflow.purgeApproved, let index = cases.index(forKey: caseID) else { return }
        cases.values[index].work.change(item.workflow, item.number) { $0.facts["approval"] = .integer(line) }
        for order in cases.values[index].work.items[item.workflow] ?? []
        where order.state == Workflow.ordered && order.word("matter") == item.id {
            cases.values[index].work.change(order.workflow, order.number) { $0.state = "ordered-and-done" }
            if let stream = order.stream { stopClocks(of: order, in: stream) }
        }
    }

    /// Purges of matters that are approved and whose bytes are not known to be destroyed.
    var pendingProtectedPurges: [PendingPurge] { cases.values.flatMap(\.pendingProtectedPurges) }

    /// What the daemon records when the bytes of a matter are destroyed.
    func protectedDestruction(of purge: PendingPurge) -> Decision? {
        guard let file = file(ofStream: purge.caseID), file.pendingProtectedPurges.contains(purge) else { return nil }
        let done = WorkEvent(kind: "v1367.purged", number: purge.number, facts: [:], parts: [:], about: file.id)
        return Decision(event: Event(ofDaemon: "restricted", in: purge.caseID, .work(done)))
    }
}

extension CaseFile {
    fileprivate var pendingProtectedPurges: [PendingPurge] {
        (work.items[Workflow.protected.name] ?? []).compactMap { item in
            guard item.isPurgedMatter, !item.flag("destroyed"), let stream = item.stream,
                let line = item.facts["approval"]?.integer
            else { return nil }
            return PendingPurge(caseID: stream, number: item.number, approvalLine: line, isRestricted: true)
        }
    }
}

/// A step of the purge of something that 8 USC 1367 protects, and who took it: what a look at the record needs of it.
package enum ProtectedPurgeStep: Hashable, Sendable {
    case proposal(String)
    case approval(String)

    /// Nil if an event is neither.
    package init?(_ event: Event) {
        guard case .work(let done) = event.body, let member = event.member?.text else { return nil }
        switch done.kind {
        case Workflow.purgeProposed: self = .proposal(member)
        case Workflow.purgeApproved: self = .approval(member)
        default: return nil
        }
    }
}
