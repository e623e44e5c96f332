import Policy
import StrictJSON

extension Workflow {
    /// Whether custody of somebody changes hands: inquiries that a holder sends, and requests that it received (domain.md 2.7,
    /// 2.10, 6.6).
    ///
    /// The holder is whoever makes the item. It asks another agency, which need not be in the case, or records a request of one,
    /// which is shown nothing of it. There is no name, status, nationality or country in it, and no room for one. Nothing is ever
    /// extended or sent by itself: what nobody answers lapses, for inquiries and requests alike.
    static let custody = Workflow(
        name: "custody",
        title: "custody inquiry",
        letter: "K",
        interface: "io.accord.Custody",
        audience: .parties,
        ended: ["transferred"],
        drawsNumbers: true,
        goesOnWhileSuspended: true,
        blocksClosing: { item in
            let isGone = item.state == "withdrawn" || item.state == "released"
            // Who is to be handed over is, or is released: a closed case could not say so any more.
            let isHandedOver = ["will-take", "complying"].contains(item.state) && item.word("asks") != "release-date"
            return unanswered.contains(item.state) || isHandedOver || (item.isIncoming && !item.isTold && !isGone)
        },
        steps: [
            WorkStep(
                verb: "inquire",
                method: "Inquire",
                event: "custody.inquiry_sent",
                from: [],
                to: "sent",
                by: [.caseLead, .worker, .liaison],
                fields: [
                    WorkField("to", .agency), booking, WorkField("reason", .word(reasons)),
                    WorkField("inCustody", .flag), WorkField("offence", .word(offences)),
                    WorkField("countsFrom", .time, isRequired: false),
                ],
                computed: hours,
                compute: { gate, check in gate.custodyHours(check) },
                purpose: .custodyCoordination,
                clocks: { item, _ in item.time("due_at").map { [.start(.custodyAnswer, due: $0)] } ?? [] },
                check: { (gate, check) throws(Refusal) in
                    try gate.forCustody(check)
                    try gate.another(check, "to")
                    try gate.countable(check)
                    try gate.notAgain(check)
                    try gate.askable(check)
                },
                apply: { item, _, _, calendar in item.setEnd(calendar) }
            ),
            WorkStep(
                verb: "receive",
                method: "Receive",
                event: "custody.request_received",
                from: [],
                to: "received",
                by: [.caseLead, .worker, .liaison],
                fields: [
                    WorkField("from", .agency), booking, WorkField("asks", .word(wishes)),
                    WorkField("instrument", .word(instruments)),
                ],
                computed: hours,
                compute: { gate, check in gate.custodyHours(check) },
                purpose: .custodyCoordination,
                clocks: { item, now in
                    let told = now.adding(hours: hoursForNotices)
                    return (item.time("due_at").map { [.start(.custodyAnswer, due: $0)] } ?? []) + [
                        .start(.custodyPersonNotice, due: told), .start(.custodyCounselNotice, due: told),
                    ]
                },
                check: { (gate, check) throws(Refusal) in
                    try gate.forCustody(check)
                    try gate.another(check, "from")
                    try gate.notAgain(check)
                },
                apply: { item, _, _, calendar in item.setEnd(calendar) }
            ),
            WorkStep(
                verb: "answer",
                method: "Answer",
                event: "custody.answered",
                from: unanswered,
                to: nil,
                by: [.of("to"), .makersLiaison],
                fields: [
                    WorkField("answer", .word(outgoing + incoming)),
                    WorkField("instrument", .word(instruments), isRequired: false),
                ],
                computed: [WorkField("policy", .name, isRequired: false)],
                compute: { gate, check in gate.custodyPolicy(check) },
                hasLegalEffect: true,
                isOpenToParties: true,
                purpose: .custodyCoordination,
                clocks: { item, _ in item.needsNoEnd ? [.stop(.custodyAnswer)] : [] },
                check: { (gate, check) throws(Refusal) in
                    try gate.forCustody(check)
                    try gate.answerable(check)
                },
                apply: { item, done, _, _ in
                    item.state = done.facts["answer"]?.string ?? item.state
                    if item.needsNoEnd { item.facts["due_at"] = nil }
                }
            ),
            WorkStep(
                verb: "notify-person",
                method: "NotifyPerson",
                event: "custody.subject_notified",
                from: everyState,
                to: nil,
                by: [.maker],
                fields: [
                    WorkField("personIntent", .word(incoming)), WorkField("copyGiven", .flag),
                    WorkField("language", .code(language)), WorkField("formVersion", .code(formVersion)),
                    WorkField("consentGiven", .flag, isRequired: false),
                ],
                isInternal: true,
                purpose: .custodyCoordination,
                clocks: { item, _ in item.flag("copy_given") ? [.stop(.custodyPersonNotice)] : [] },
                check: { (gate, check) throws(Refusal) in try gate.forCustody(check) }
            ),
            WorkStep(
                verb: "notify-counsel",
                method: "NotifyCounsel",
                event: "custody.counsel_notified",
                from: everyState,
                to: nil,
                by: [.maker],
                fields: [
                    WorkField("counselIntent", .word(incoming)),
                    WorkField("recipient", .word(["attorney", "designee"])),
                ],
                isInternal: true,
                purpose: .custodyCoordination,
                clocks: { _, _ in [.stop(.custodyCounselNotice)] },
                check: { (gate, check) throws(Refusal) in try gate.forCustody(check) }
            ),
            WorkStep(
                verb: "notify-consulate",
                method: "NotifyConsulate",
                event: "custody.consular_notified",
                from: everyState,
                to: nil,
                by: [.maker],
                fields: [
                    WorkField("offered", .flag), WorkField("requested", .flag), WorkField("mandatory", .flag),
                ],
                isInternal: true,
                purpose: .custodyCoordination,
                check: { (gate, check) throws(Refusal) in try gate.forCustody(check) }
            ),
            WorkStep(
                verb: "transfer",
                method: "Transfer",
                event: "custody.transferred",
                from: ["will-take", "complying"],
                to: "transferred",
                by: [.makersLiaison],
                fields: [WorkField("authority", .word(instruments))],
                computed: [WorkField("policy", .name, isRequired: false)],
                compute: { gate, check in gate.custodyPolicy(check) },
                hasLegalEffect: true,
                isInternal: true,
                purpose: .custodyCoordination,
                clocks: { _, _ in [.stop(.custodyAnswer)] },
                check: { (gate, check) throws(Refusal) in
                    try gate.forCustody(check)
                    try gate.transferable(check)
                }
            ),
            WorkStep(
                verb: "release",
                method: "Release",
                event: "custody.released",
                from: everyState.subtracting(["sent", "needs-instrument", "transferred", "released"]),
                to: "released",
                by: [.maker],
                isInternal: true,
                purpose: .custodyCoordination,
                clocks: { _, _ in [.stop(.custodyAnswer)] },
                check: { (gate, check) throws(Refusal) in try gate.forCustody(check) }
            ),
            WorkStep(
                verb: "withdraw",
                method: "Withdraw",
                event: "custody.withdrawn",
                from: unanswered.union(["will-take", "complying"]),
                to: "withdrawn",
                by: [.maker],
                purpose: .custodyCoordination,
                clocks: { _, _ in [.stop(.custodyAnswer)] },
                check: { (gate, check) throws(Refusal) in try gate.forCustody(check) },
                apply: { item, _, _, _ in item.facts["due_at"] = nil }
            ),
        ],
        awaited: [
            Awaited(
                state: "sent",
                by: [.of("to")],
                says: { "\($0.agency) asks whether you take custody of \($0.word("booking") ?? "-"): \($0.id)." },
                commands: ["custody answer CASE ITEM ANSWER"]
            ),
            Awaited(
                state: "needs-instrument",
                by: [.maker],
                says: { "\($0.agency("to")?.text ?? "-") needs an instrument for \($0.id)." },
                commands: ["custody show CASE ITEM"]
            ),
            Awaited(
                state: "received",
                by: [.maker],
                says: { item in
                    let asked = "\(item.agency("from")?.text ?? "-") asks about \(item.word("booking") ?? "-")"
                    return item.isTold
                        ? "\(asked): \(item.id)." : "\(asked): \(item.id). Person and counsel are to be told first."
                },
                commands: ["custody answer CASE ITEM ANSWER"]
            ),
            Awaited(
                state: "will-take",
                by: [.maker],
                says: { item in
                    let taker = item.agency("to")?.text ?? "-"
                    return "\(taker) takes custody of \(item.word("booking") ?? "-"): \(item.id)."
                },
                commands: ["custody transfer CASE ITEM INSTRUMENT", "custody release CASE ITEM"]
            ),
            Awaited(
                state: "lapsed",
                by: [.maker],
                says: { "No authority recorded: request lapsed (\($0.id), \($0.word("booking") ?? "-"))." },
                commands: ["custody release CASE ITEM"]
            ),
        ],
        crossings: [.custodyAnswer: "lapsed"],
        kept: [WorkField("dueAt", .time)]
    )

    /// Hours of business days until an inquiry or a request lapses, where the holder's own policy gives fewer than 48 (8 CFR
    /// 287.7(d); domain.md 2.10, 6.11).
    private static let hours = [
        WorkField("hours", .count(1...JurisdictionForm.mostCustodyHours), isRequired: false)
    ]
    /// Hours until person and counsel are to be told (domain.md 6.11).
    private static let hoursForNotices: Int64 = 24

    /// On what somebody relies who asks for custody: the classes are kept apart (domain.md 2.10).
    private static let instruments = Instrument.allCases.map(\.rawValue)

    private static let wishes = ["hold", "transfer", "release-date"]

    /// Why a holder asks.
    private static let reasons = ["judicial-warrant-known", "earlier-request", "joint-case", "release-due"]

    /// For what somebody is held, in classes that tell nobody apart.
    private static let offences = [
        "trafficking", "smuggling", "violence", "sexual", "weapons", "drugs", "property", "fraud", "traffic",
        "public-order", "other",
    ]

    static let outgoing = ["will-take", "will-not", "needs-instrument"]
    static let incoming = ["complying", "not-complying"]

    private static let unanswered: Set<String> = ["sent", "received", "needs-instrument"]

    private static let everyState: Set<String> = unanswered.union(outgoing).union(incoming).union([
        "lapsed", "withdrawn", "transferred", "released",
    ])

    private static let booking = WorkField(
        "booking",
        .code(
            WorkField.Code(words: "a booking pseudonym such as B-1", sample: "B-1") { text in
                let halves = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
                return halves.count == 2 && (1...3).contains(halves[0].count) && (1...5).contains(halves[1].count)
                    && halves[0].allSatisfy { (0x41...0x5A).contains($0) }
                    && halves[1].allSatisfy { (0x30...0x39).contains($0) }
            }
        )
    )

    /// Of the form that was handed over.
    static let language = WorkField.Code(words: "the language of the form, such as en or es", sample: "es") {
        (2...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }

    /// Of that form: what has no digit could be a name.
    static let formVersion = WorkField.Code(words: "the form's version, such as 2031-01", sample: "2031-01") {
        let marks = Set("0123456789.-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        return (1...12).contains($0.utf8.count) && $0.utf8.contains { (0x30...0x39).contains($0) }
            && $0.utf8.allSatisfy(marks.contains)
    }

    /// When what counts from a moment lapses.
    static func custodyEnd(from moment: UTCTime, hours: Int64, _ calendar: BusinessCalendar) -> UTCTime {
        calendar.adding(businessHours: hours, to: moment)
    }
}

extension WorkItem {
    /// A request that the holder received, and not an inquiry that it sent.
    var isIncoming: Bool { facts["from"] != nil }

    /// Person and counsel were told what the holder will do, the person with a copy.
    var isTold: Bool { flag("copy_given") && facts["counsel_intent"] != nil }

    /// Both were told that it will be done.
    var isToldOfCompliance: Bool {
        isTold && word("person_intent") == "complying" && word("counsel_intent") == "complying"
    }

    /// From when it is recorded, unless it says from when its hours count.
    fileprivate mutating func setEnd(_ calendar: BusinessCalendar) {
        let hours = facts["hours"]?.integer ?? JurisdictionForm.mostCustodyHours
        let end = Workflow.custodyEnd(from: time("counts_from") ?? openedAt, hours: hours, calendar)
        facts["due_at"] = .integer(end.milliseconds)
    }

    /// An answer after which no hour is awaited: it is no, or rests on a court, or is information alone.
    var needsNoEnd: Bool {
        switch state {
        case "will-not", "not-complying": true
        case "will-take", "complying":
            word("asks") == "release-date"
                || ["judicial-warrant", "judicial-probable-cause"].contains(word("instrument"))
        default: false
        }
    }
}
