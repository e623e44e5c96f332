import Policy
import StrictJSON

extension Workflow {
    /// Requests for information between agencies, with a clock and closed reasons for refusing (Directive (EU) 2023/977
    /// articles 5 and 6; domain.md 6.6, 6.11).
    static let requests = Workflow(
        name: "rfi",
        title: "request for information",
        letter: "Q",
        interface: "io.accord.Request",
        audience: .parties,
        ended: ["answered", "refused", "no-information-held", "cancelled"],
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "send",
                method: "Send",
                event: "rfi.sent",
                from: [],
                to: "sent",
                by: [.caseLead, .worker],
                fields: [
                    WorkField("to", .agency), .text("need"),
                    WorkField("urgency", .word(Array(urgencies.keys.sorted()))),
                    WorkField("offence", .name, isRequired: false),
                ],
                clocks: { item, now in
                    let hours = urgencies[item.word("urgency") ?? ""] ?? 168
                    return [
                        .start(.requestAnswer, due: now.adding(hours: hours)),
                        .start(.requestSoon, due: now.adding(hours: hours * 3 / 4)),
                    ]
                },
                check: { (gate, check) throws(Refusal) in
                    try gate.joined(check, "to")
                    guard check.act.facts["to"]?.string != check.standing.agency.text else {
                        throw .malformed(field: "to", "another agency than your own")
                    }
                }
            ),
            WorkStep(
                verb: "acknowledge",
                method: "Acknowledge",
                event: "rfi.acknowledged",
                from: ["sent"],
                to: "acknowledged",
                by: [.of("to")]
            ),
            WorkStep(
                verb: "answer",
                method: "Answer",
                event: "rfi.answered",
                from: unanswered,
                to: "answered",
                by: [.of("to")],
                fields: answer,
                clocks: stop,
                check: { (gate, check) throws(Refusal) in try gate.givable(check) }
            ),
            WorkStep(
                verb: "answer-in-part",
                method: "AnswerInPart",
                event: "rfi.partially_answered",
                from: unanswered,
                to: "partially-answered",
                by: [.of("to")],
                fields: answer,
                isBounded: true,
                clocks: rest,
                check: { (gate, check) throws(Refusal) in try gate.givable(check) }
            ),
            WorkStep(
                verb: "refuse",
                method: "Refuse",
                event: "rfi.refused",
                from: unanswered,
                to: "refused",
                by: [.of("to")],
                fields: [WorkField("reason", .word(refusals)), .text("text", isRequired: false)],
                hasLegalEffect: true,
                saysNo: true,
                clocks: stop
            ),
            WorkStep(
                verb: "need-authority",
                method: "NeedAuthority",
                event: "rfi.judicial_authority_needed",
                from: unanswered,
                to: "needs-judicial-authority",
                by: [.of("to")],
                fields: [.text("text")],
                clocks: rest
            ),
            WorkStep(
                verb: "hold-nothing",
                method: "HoldNothing",
                event: "rfi.no_information_held",
                from: unanswered,
                to: "no-information-held",
                by: [.of("to")],
                clocks: stop
            ),
            WorkStep(
                verb: "cancel",
                method: "Cancel",
                event: "rfi.cancelled",
                from: unanswered,
                to: "cancelled",
                by: [.maker],
                fields: [.text("reason")],
                clocks: stop
            ),
        ],
        awaited: unanswered.sorted().map { state in
            Awaited(
                state: state,
                by: [.of("to")],
                says: { "\($0.agency) asks for information: \($0.id), \($0.word("urgency") ?? "normal")." },
                commands: ["rfi answer CASE ITEM TEXT", "rfi refuse CASE ITEM REASON"]
            )
        },
        tells: [
            "partially-answered": [.maker], "needs-judicial-authority": [.maker], "answered": [.maker],
            "refused": [.maker], "no-information-held": [.maker],
        ]
    )

    /// Hours until the answer is due.
    private static let urgencies: [String: Int64] = ["urgent": 8, "urgent-indirect": 72, "normal": 168]

    /// Why a request may be refused (Directive (EU) 2023/977 article 6; 28 CFR Part 23).
    private static let refusals = [
        "not-available", "judicial-authorisation-refused", "purpose-not-permitted", "harm-to-investigation",
        "safety-of-person", "disproportionate", "third-agency-permission-refused", "legal-prohibition",
    ]

    private static let unanswered: Set<String> = [
        "sent", "acknowledged", "partially-answered", "needs-judicial-authority",
    ]

    private static let answer = [
        WorkField.text("text", limit: Text.entryLimit), WorkField("handling", .word(Handling.allCases.map(\.text))),
    ]

    /// No word of who is asked ends the clock, but the answer: after a first part, and while a court is asked, the rest is due when what
    /// is not urgent is, and nothing said later moves that.
    private static let rest: @Sendable (WorkItem, UTCTime) -> [ClockChange] = { item, now in
        let due = item.openedAt.adding(hours: 168)
        return due > now ? [.start(.requestAnswer, due: due), .stop(.requestSoon)] : [.stop(.requestSoon)]
    }

    private static let stop: @Sendable (WorkItem, UTCTime) -> [ClockChange] = { _, _ in
        [.stop(.requestAnswer), .stop(.requestSoon)]
    }
}
