import Policy
import StrictJSON

extension Workflow {
    /// Joint operations: what is planned, which agencies agree, and that nothing starts before all that must be there is
    /// (domain.md 2.7, 6.6; rows 7 and 8 of section 3).
    static let operations = Workflow(
        name: "op",
        title: "operation plan",
        letter: "OP",
        interface: "io.accord.Operation",
        audience: .compartment(.operations),
        ended: ["cancelled"],
        blocksClosing: { item in !isOver.contains(item.state) || item.facts["total"] == nil },
        steps: planning + answering + deciding + acting,
        awaited: waiting,
        // Who takes part is told that it is on, and that it is off; the lead, what the second person said.
        tells: [
            "authorised": [.liaisonOf("agencies"), .caseLead], "cancelled": [.liaisonOf("agencies")],
            "aborted": [.liaisonOf("agencies")],
        ],
        isReady: ["awaits-authorisation", "authorised"],
        owes: { item in isOver.contains(item.state) ? "\(item.state), arrests not counted" : item.state },
        kept: [
            WorkField("revision", .count(1...Fields.highestOrdinal)), WorkField("revisedAt", .time),
            WorkField("authors", .objects(authorFields, 1...most)),
            WorkField("answers", .objects(answerFields, 0...most)),
            WorkField("informed", .agencies(0...most)),
            WorkField("reviewedRevision", .count(1...Fields.highestOrdinal)), WorkField("reviewedBy", .member),
            WorkField("signedOffRevision", .count(1...Fields.highestOrdinal)), WorkField("signedOffBy", .member),
            WorkField("askedBy", .member), WorkField("authorisedBy", .member),
            WorkField("sentBackRevision", .count(1...Fields.highestOrdinal)),
            // Until it is over: what was submitted to deconfliction has to cover them.
            WorkField("sites", .objects(site, 1...16), isPart: true),
        ],
        // Where it was is sealed, as its submission to deconfliction is (domain.md 6.2, 6.9); labels of sites go with it. Counsel takes it
        // along for the defence, and an inspection opens it.
        sealed: { item in isOver.contains(item.state) || item.state == "cancelled" ? ["sites"] : [] },
        lacks: { state, file, item, now in
            isBegun.contains(item.state) ? [] : state.lacks(item.plan, of: item.id, in: file, now)
        }
    )

    private static let answerFields = [
        WorkField("agency", .agency), WorkField("decision", .name), WorkField("terms", .words(terms)),
        WorkField("revision", .count(1...Fields.highestOrdinal)), WorkField("member", .member),
        WorkField("answeredAt", .time), WorkField("accepted", .flag),
    ]

    private static let authorFields = [
        WorkField("member", .member), WorkField("revision", .count(1...Fields.highestOrdinal)),
    ]

    /// Of what a plan keeps of each agency or member that ever had to do with it.
    private static let most = 4_096

    // MARK: States

    private static let open: Set<String> = ["proposed", "in-review"]
    static let planned: Set<String> = ["proposed", "in-review", "awaits-authorisation", "authorised"]
    private static let isOver: Set<String> = ["completed", "aborted"]
    private static let isBegun: Set<String> = ["started", "completed", "aborted", "cancelled"]
    private static let everyState = planned.union(isBegun)

    /// Whether an operation is planned or under way.
    static func isComing(_ item: WorkItem) -> Bool { planned.contains(item.state) || item.state == "started" }

    // MARK: Words

    private static let authority = [
        WorkField(
            "kind",
            .word([
                "judicial-warrant", "administrative-warrant", "consent", "exigent-circumstances", "other-court-order",
            ])
        ),
        WorkField("court", .name, isRequired: false), WorkField("docket", .name, isRequired: false),
        WorkField("expiresAt", .time, isRequired: false),
    ]

    private static let site = [
        WorkField("label", .name), WorkField("point", .point), WorkField("radius", .count(1...100_000)),
    ]

    private static let terms = [OperationPlan.noCivil, OperationPlan.other]
    private static let plannedOrNot = ["planned", "not-needed"]
    private static let revision = WorkField("revision", .count(1...Fields.highestOrdinal))

    /// What a plan says; an amendment says what is to change.
    private static func plan(isRequired: Bool) -> [WorkField] {
        [
            WorkField("purposes", .words(Purpose.allCases.map(\.rawValue)), isRequired: isRequired),
            WorkField("authorities", .objects(authority, 1...16), isRequired: isRequired),
            WorkField("sites", .objects(site, 1...16), isRequired: isRequired, isPart: true),
            WorkField("startsAt", .time, isRequired: isRequired), WorkField("endsAt", .time, isRequired: isRequired),
            WorkField("agencies", .agencies(1...16), isRequired: isRequired),
            WorkField("exigent", .flag, isRequired: false), .text("exigency", isRequired: false),
        ]
    }

    // MARK: Steps

    private static let planning = [
        WorkStep(
            verb: "propose",
            method: "Propose",
            event: "op.proposed",
            from: [],
            to: "proposed",
            by: [.caseLead, .worker],
            fields: plan(isRequired: true),
            clocks: { item, now in item.planClocks(now) },
            check: { (gate, check) throws(Refusal) in try gate.propose(check) },
            apply: { item, done, event, _ in item.amend(1, done, event) }
        ),
        WorkStep(
            verb: "amend",
            method: "Amend",
            event: "op.amended",
            from: planned,
            to: "in-review",
            by: [.caseLead, .maker],
            fields: plan(isRequired: false) + [.text("reason")],
            clocks: { item, now in item.planClocks(now) },
            check: { (gate, check) throws(Refusal) in try gate.amend(check) },
            apply: { item, done, event, _ in item.amend(item.plan.revision + 1, done, event) }
        ),
        WorkStep(
            verb: "safeguards",
            method: "RecordSafeguards",
            event: "op.safeguards_recorded",
            from: planned,
            to: nil,
            by: [.caseLead, .maker, .worker],
            fields: [
                WorkField("children", .word(plannedOrNot)), WorkField("languageAccess", .word(plannedOrNot)),
                WorkField("counselAccess", .word(plannedOrNot)), WorkField("medical", .word(plannedOrNot)),
                WorkField("protectedLocation", .flag), .text("note", isRequired: false),
            ],
            isKept: false,
            apply: { item, done, event, _ in item.safeguard(done, event) }
        ),
        WorkStep(
            verb: "sign-off",
            method: "SignOffLocation",
            event: "op.protected_location_signed_off",
            from: planned,
            to: nil,
            by: [.secondPerson],
            fields: [revision],
            hasLegalEffect: true,
            isKept: false,
            check: { (gate, check) throws(Refusal) in
                try gate.notOwn(check, "sign off")
                try gate.seen(check)
                try gate.require(
                    "L01",
                    check.item?.plan.isProtectedLocation ?? false,
                    "A protected location is among the safeguards.",
                    message: "The safeguards name no protected location.",
                    ask: "`accord op safeguards` records one."
                )
            },
            apply: { item, _, event, _ in
                item.facts["signed_off_revision"] = .integer(item.plan.revision)
                item.facts["signed_off_by"] = event.member.map { .string($0.text) }
            }
        ),
        WorkStep(
            verb: "advise",
            method: "AdviseVictimServices",
            event: "op.victim_services_advised",
            from: planned,
            to: nil,
            by: [.caseLead, .maker],
            // These and no others (domain.md 2.5, R-NEED): there is no word for a place, and whole days hold no hour.
            fields: [
                WorkField("windowStart", .time), WorkField("windowEnd", .time),
                WorkField("people", .count(1...100_000)),
                WorkField("genders", .words(["female", "male", "other"])), WorkField("languages", .codes(1...16)),
                WorkField("minorsLikely", .flag),
            ],
            shownTo: [.victimServices],
            check: { (gate, check) throws(Refusal) in try gate.advise(check) },
            apply: { item, _, _, _ in item.facts["informed"] = [] }
        ),
        WorkStep(
            verb: "acknowledge-advisory",
            method: "AcknowledgeAdvisory",
            event: "op.advisory_acknowledged",
            // Who knows of the advisory alone is not told by a refusal what became of the plan.
            from: everyState,
            to: nil,
            by: [.victimServices],
            isKept: false,
            apply: { item, _, event, _ in
                let informed = Set(item.plan.informed + [event.agency].compactMap(\.self))
                item.facts["informed"] = .strings(informed.sorted().map(\.text))
            }
        ),
    ]

    private static let answering = [
        WorkStep(
            verb: "approve",
            method: "Approve",
            event: "op.agency_approved",
            from: open,
            to: "in-review",
            by: [.liaisonOf("agencies"), .caseLead],
            fields: [revision],
            hasLegalEffect: true,
            isKept: false,
            check: { (gate, check) throws(Refusal) in try gate.answer(check) },
            apply: { item, _, event, _ in item.keep(.approved, event) }
        ),
        WorkStep(
            verb: "condition",
            method: "SetConditions",
            event: "op.agency_set_conditions",
            from: open,
            to: "in-review",
            by: [.liaisonOf("agencies")],
            fields: [revision, WorkField("terms", .words(terms)), .text("text", isRequired: false)],
            hasLegalEffect: true,
            isKept: false,
            check: { (gate, check) throws(Refusal) in
                try gate.answer(check)
                let isOther = check.act.facts["terms"]?.array?.contains(.string(OperationPlan.other)) ?? false
                guard !isOther || check.act.parts["text"] != nil else {
                    throw .malformed(
                        field: "text",
                        "given with the term “\(OperationPlan.other)”: it says what is meant"
                    )
                }
            },
            apply: { item, done, event, _ in
                item.keep(.conditional, event, terms: (done.facts["terms"]?.array ?? []).compactMap(\.string))
            }
        ),
        WorkStep(
            verb: "decline",
            method: "Decline",
            event: "op.agency_declined",
            from: planned,
            to: "in-review",
            by: [.liaisonOf("agencies")],
            fields: [.text("reason")],
            hasLegalEffect: true,
            saysNo: true,
            isKept: false,
            apply: { item, _, event, _ in item.keep(.declined, event) }
        ),
        WorkStep(
            verb: "accept-terms",
            method: "AcceptTerms",
            event: "op.terms_accepted",
            from: open,
            to: nil,
            by: [.caseLead],
            fields: [WorkField("agency", .agency)],
            hasLegalEffect: true,
            isKept: false,
            check: { (gate, check) throws(Refusal) in
                let agency = check.act.facts["agency"]?.string.flatMap { AgencyID($0) }
                let answer = agency.flatMap { check.item?.plan.answer(of: $0) }
                try gate.require(
                    "L01",
                    answer.map { $0.decision == .conditional && !$0.isAccepted } ?? false,
                    "The agency set terms for the plan as it is, and the lead did not take note of them yet.",
                    message: "No terms of that agency wait for this.",
                    ask: "`accord op show` tells what each agency said."
                )
            },
            apply: { item, done, _, _ in
                let agency = done.facts["agency"]?.string
                item.keep(
                    item.plan.answers.map { answer in
                        var answer = answer
                        if answer.agency.text == agency { answer.isAccepted = true }
                        return answer
                    }
                )
            }
        ),
        WorkStep(
            verb: "review",
            method: "Review",
            event: "op.legal_reviewed",
            from: planned,
            to: "in-review",
            by: [.counsel],
            fields: [
                revision, WorkField("verdict", .word(["cleared", "objected"])), .text("text", isRequired: false),
            ],
            hasLegalEffect: true,
            check: { (gate, check) throws(Refusal) in try gate.review(check) },
            apply: { item, _, event, _ in
                item.facts["reviewed_revision"] = .integer(item.plan.revision)
                item.facts["reviewed_by"] = event.member.map { .string($0.text) }
            }
        ),
    ]

    private static let deciding = [
        WorkStep(
            verb: "ask",
            method: "AskAuthorisation",
            event: "op.authorisation_asked",
            from: open,
            to: "awaits-authorisation",
            by: [.caseLead],
            fields: [WorkField("externalDeconRef", .name, isRequired: false)],
            check: { (gate, check) throws(Refusal) in try gate.ready(check) },
            apply: { item, _, event, _ in item.facts["asked_by"] = event.member.map { .string($0.text) } }
        ),
        WorkStep(
            verb: "authorise",
            method: "Authorise",
            event: "op.authorised",
            from: ["awaits-authorisation"],
            to: "authorised",
            by: [.secondPerson],
            fields: [revision],
            hasLegalEffect: true,
            isKept: false,
            clocks: { _, _ in [.stop(.operationDeconfliction)] },
            check: { (gate, check) throws(Refusal) in
                try gate.notOwn(check, "authorise")
                try gate.seen(check)
                try gate.require(
                    "P08",
                    check.item?.facts["asked_by"]?.string != check.standing.member.text,
                    "Who asked for it does not authorise it.",
                    message: "Whoever asked does not authorise: a second person does."
                )
                try gate.ready(check)
            },
            apply: { item, _, event, _ in item.facts["authorised_by"] = event.member.map { .string($0.text) } }
        ),
        WorkStep(
            verb: "send-back",
            method: "SendBack",
            event: "op.sent_back",
            from: ["awaits-authorisation", "authorised"],
            to: "in-review",
            by: [.secondPerson],
            fields: [.text("reason")],
            hasLegalEffect: true,
            apply: { item, _, _, _ in item.facts["sent_back_revision"] = .integer(item.plan.revision) }
        ),
        WorkStep(
            verb: "cancel",
            method: "Cancel",
            event: "op.cancelled",
            from: planned,
            to: "cancelled",
            by: [.caseLead, .maker],
            fields: [.text("reason")],
            clocks: { _, _ in stopped },
            apply: forgetSites
        ),
    ]

    private static let acting = [
        WorkStep(
            verb: "start",
            method: "Start",
            event: "op.started",
            from: ["authorised"],
            to: "started",
            by: [.caseLead, .maker],
            clocks: { _, _ in stopped },
            check: { (gate, check) throws(Refusal) in
                try gate.inWindow(check)
                try gate.ready(check)
            }
        ),
        WorkStep(
            verb: "complete",
            method: "Complete",
            event: "op.completed",
            from: ["started"],
            to: "completed",
            by: [.caseLead, .maker],
            fields: [.text("text", isRequired: false)],
            apply: forgetSites
        ),
        WorkStep(
            verb: "abort",
            method: "Abort",
            event: "op.aborted",
            from: ["started"],
            to: "aborted",
            by: [.caseLead, .maker],
            fields: [.text("reason")],
            apply: forgetSites
        ),
        WorkStep(
            verb: "arrests",
            method: "CountArrests",
            event: "op.arrests_counted",
            from: isOver,
            to: nil,
            by: [.caseLead, .maker],
            fields: [
                WorkField("total", .count(0...100_000)), WorkField("forImmigrationEnforcement", .count(0...100_000)),
            ],
            hasLegalEffect: true,
            check: { (_, check) throws(Refusal) in
                let total = check.act.facts["total"]?.integer ?? 0
                guard check.act.facts["for_immigration_enforcement"]?.integer ?? 0 <= total else {
                    throw .malformed(field: "forImmigrationEnforcement", "no more than all arrests, \(total)")
                }
            }
        ),
        WorkStep(
            verb: "after-action",
            method: "RecordAfterAction",
            event: "op.after_action",
            from: isOver,
            to: nil,
            by: [.caseLead, .maker],
            fields: [.text("text", limit: Text.entryLimit)],
            isBounded: true
        ),
    ]

    /// Deconfliction compares it with nothing any more once it is over; in the case's record it stays, for discovery and inspections.
    private static let forgetSites: @Sendable (inout WorkItem, WorkEvent, Event, BusinessCalendar) -> Void = {
        (item, _, _, _) in item.facts["sites"] = nil
    }

    private static let stopped: [ClockChange] = [.stop(.operationDeconfliction), .stop(.operationAuthority)]

    // MARK: What waits for whom

    private static let waiting = [
        Awaited(
            by: [.liaisonOf("agencies")],
            isOpen: { item, standing in
                open.contains(item.state) && item.plan.answer(of: standing.agency) == nil
                    && !item.isPlan(of: standing.member)
            },
            says: { item in
                let isVoid = item.plan.revision > 1 ? ", amended: what was said before does not count any more" : ""
                return "\(item.agency) asks whether your agency takes part in \(item.id)\(isVoid)."
            },
            commands: [
                "op approve CASE ITEM --revision REVISION", "op condition CASE ITEM --revision REVISION --term TERM",
                "op decline CASE ITEM --reason WHY",
            ]
        ),
        Awaited(
            by: [.counsel],
            isOpen: { item, standing in
                open.contains(item.state) && !item.plan.isReviewed && !item.plan.isObjectedTo
                    && !item.isPlan(of: standing.member)
            },
            says: { "\($0.id) awaits legal review." },
            commands: ["op review CASE ITEM --revision REVISION --verdict VERDICT"]
        ),
        Awaited(
            by: [.secondPerson],
            isOpen: { item, standing in
                item.state == "awaits-authorisation" && item.facts["asked_by"]?.string != standing.member.text
                    && !item.isPlan(of: standing.member)
            },
            says: { "\($0.facts["asked_by"]?.string ?? "The lead") asks that \($0.id) be authorised." },
            commands: ["op authorise CASE ITEM --revision REVISION", "op send-back CASE ITEM --reason WHY"]
        ),
        Awaited(
            by: [.secondPerson],
            isOpen: { item, standing in
                planned.contains(item.state) && item.plan.isProtectedLocation && !item.plan.isSignedOff
                    && !item.isPlan(of: standing.member)
            },
            says: { "\($0.id) is at a protected location: a supervisor signs that off." },
            commands: ["op sign-off CASE ITEM --revision REVISION", "op show CASE ITEM"]
        ),
        Awaited(
            by: [.victimServices],
            isOpen: { item, standing in
                item.plan.advised != nil && !item.plan.informed.contains(standing.agency)
            },
            says: { "\($0.agency) tells victim services what \($0.id) may ask of them." },
            commands: ["op ack CASE ITEM"]
        ),
        Awaited(
            by: [.caseLead],
            isOpen: { item, _ in
                open.contains(item.state)
                    && item.plan.answers.contains {
                        $0.revision == item.plan.revision && $0.terms.contains(OperationPlan.other) && !$0.isAccepted
                    }
            },
            says: { "An agency set terms for \($0.id)." },
            commands: ["op show CASE ITEM"]
        ),
        Awaited(
            by: [.caseLead],
            isOpen: { item, _ in open.contains(item.state) && item.plan.against != nil },
            says: { "\($0.id) cannot go on as it is: \($0.plan.against ?? "")" },
            commands: [
                "op show CASE ITEM", "op amend CASE ITEM --reason WHY", "op cancel CASE ITEM --reason WHY",
            ]
        ),
        Awaited(
            by: [.caseLead],
            isOpen: { item, _ in isOver.contains(item.state) && item.facts["total"] == nil },
            says: { "The arrests of \($0.id) are to be counted, also if there were none." },
            commands: ["op arrests CASE ITEM --total N --immigration N"]
        ),
    ]
}

extension WorkItem {
    /// Until when it is to be submitted to deconfliction, and when the first of its authorities ends.
    fileprivate func planClocks(_ now: UTCTime) -> [ClockChange] {
        let expiry = plan.authorities.compactMap(\.expiresAt).min()
        return [
            plan.submissionDue(now).map { .start(.operationDeconfliction, due: $0) } ?? .stop(.operationDeconfliction),
            expiry.map { .start(.operationAuthority, due: $0) } ?? .stop(.operationAuthority),
        ]
    }
}
