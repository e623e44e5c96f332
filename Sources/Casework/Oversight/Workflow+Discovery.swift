import Policy
import StrictJSON

extension Workflow {
    /// What the prosecution gives to the defence: each entry is decided about, and what is withheld stands in a log (domain.md 2.12).
    ///
    /// It is counsel's work product, and nobody else reads it.
    static let discovery = Workflow(
        name: "discovery",
        title: "discovery",
        letter: "DY",
        interface: "io.accord.Discovery",
        audience: .closed([Reader(party: .counsel)]),
        ended: ["closed"],
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "open",
                method: "Open",
                event: "discovery.opened",
                from: [],
                to: "open",
                by: [.counsel],
                fields: [.text("text", isRequired: false)],
                check: { (gate, check) throws(Refusal) in try gate.discoverable(check) }
            ),
            WorkStep(
                verb: "review",
                method: "Review",
                event: "discovery.item_reviewed",
                from: ["open"],
                to: nil,
                by: [.counsel],
                fields: [
                    WorkField("entry", .entry), WorkField("decision", .word(discoveryDecisions)),
                    WorkField("basis", .word(withholdingBases), isRequired: false),
                    .text("text", isRequired: false, limit: Text.entryLimit),
                ],
                isKept: false,
                check: { (gate, check) throws(Refusal) in try gate.reviewable(check) },
                apply: { item, done, _, _ in
                    let review = JSONObject(done.facts.members.map { ($0.key, $0.value) })
                    let others = item.reviews.filter { $0["entry"] != review["entry"] }
                    item.facts["reviews"] = .array((others + [review]).map { .object($0) })
                }
            ),
            WorkStep(
                verb: "produce",
                method: "Produce",
                event: "discovery.export_produced",
                from: ["open"],
                to: nil,
                by: [.counsel],
                fields: [
                    WorkField("digest", .code(fileDigest)), WorkField("produced", .count(0...999_999)),
                    WorkField("withheld", .count(0...999_999)),
                ],
                hasLegalEffect: true,
                check: { (gate, check) throws(Refusal) in try gate.producible(check) }
            ),
            WorkStep(
                verb: "close",
                method: "Close",
                event: "discovery.closed",
                from: ["open"],
                to: "closed",
                by: [.counsel],
                fields: [.text("reason")]
            ),
        ],
        kept: [
            WorkField(
                "reviews",
                .objects(
                    [
                        WorkField("entry", .entry), WorkField("decision", .word(discoveryDecisions)),
                        WorkField("basis", .word(withholdingBases), isRequired: false),
                    ],
                    0...999_999
                )
            )
        ]
    )

    /// What may favour the defence: once somebody has said so it is answered, and never unsaid (rule P27).
    static let favourable = Workflow(
        name: "favourable",
        title: "favourable information",
        letter: "FV",
        interface: "io.accord.Favourable",
        audience: .parties,
        ended: ["answered"],
        steps: [
            WorkStep(
                verb: "flag",
                method: "Flag",
                event: "discovery.favourable_flagged",
                from: [],
                to: "flagged",
                by: [.anybody],
                fields: [WorkField("entry", .entry, isRequired: false), .text("text")],
                check: { (gate, check) throws(Refusal) in
                    guard let number = check.act.facts["entry"]?.integer else { return }
                    _ = try gate.visibleEntry(check.file, check.standing, "E-\(number)", at: .header)
                }
            ),
            WorkStep(
                verb: "answer",
                method: "Answer",
                event: "discovery.favourable_answered",
                from: ["flagged"],
                to: "answered",
                by: [.counsel],
                fields: [
                    WorkField("answer", .word(["disclosed", "disclosed-before", "not-favourable", "cumulative"])),
                    .text("text"),
                ],
                hasLegalEffect: true
            ),
            WorkStep(
                verb: "unset",
                method: "Unset",
                event: "discovery.favourable_unset",
                from: ["flagged", "answered"],
                to: nil,
                by: [.anybody],
                fields: [.text("reason")],
                check: { (gate, _) throws(Refusal) in
                    try gate.require("P27", false, "A flag is answered, and never unset.")
                }
            ),
        ],
        awaited: [
            Awaited(
                state: "flagged",
                by: [.counsel],
                says: { "\($0.agency) says that something may favour the defence: \($0.id)." },
                commands: ["discovery answer CASE ITEM ANSWER WHY"]
            )
        ]
    )

    /// An entry that its originator lets into no proceedings (H1), and that the defence may have to be given: both decide in the open,
    /// and nothing is left out in silence (domain.md 2.12, 6.8).
    static let handlingConflicts = Workflow(
        name: "handling-conflict",
        title: "conflict of discovery and handling",
        letter: "HC",
        interface: "io.accord.HandlingConflict",
        audience: .closed([Reader(party: .counsel), Reader(party: .liaisonOf("to"))]),
        ended: ["permitted", "objected"],
        steps: [
            WorkStep(
                verb: "raise",
                method: "Raise",
                event: "discovery.conflict_raised",
                from: [],
                to: "raised",
                by: [.counsel],
                fields: [WorkField("entry", .entry), .text("text", isRequired: false)],
                computed: [WorkField("to", .agency)],
                compute: { gate, check in gate.originator(check) },
                hasLegalEffect: true,
                clocks: { _, now in [.start(.discoveryConflict, due: now.adding(days: originatorDays))] },
                check: { (gate, check) throws(Refusal) in try gate.conflicting(check) }
            ),
            WorkStep(
                verb: "permit",
                method: "Permit",
                event: "discovery.conflict_permitted",
                from: ["raised"],
                to: "permitted",
                by: [.liaisonOf("to")],
                fields: [.text("text", isRequired: false)],
                hasLegalEffect: true,
                clocks: { _, _ in [.stop(.discoveryConflict)] }
            ),
            WorkStep(
                verb: "object",
                method: "Object",
                event: "discovery.conflict_objected",
                from: ["raised"],
                to: "objected",
                by: [.liaisonOf("to")],
                fields: [.text("text")],
                hasLegalEffect: true,
                clocks: { _, _ in [.stop(.discoveryConflict)] }
            ),
        ],
        awaited: [
            Awaited(
                state: "raised",
                by: [.liaisonOf("to")],
                says: {
                    "\($0.agency) asks whether your agency's \($0.entryName) may be given to the defence: \($0.id)."
                },
                commands: ["discovery permit CASE ITEM", "discovery object CASE ITEM WHY"]
            )
        ]
    )

    private static let discoveryDecisions = ["produce", "redact", "withhold"]

    /// Why something is not given to the defence.
    private static let withholdingBases = [
        "work-product", "privilege", "originator-objects", "victim-protection", "source-protection", "safety-of-person",
        "grand-jury", "sealed-by-court", "not-discoverable",
    ]

    /// Of the file that is handed over.
    private static let fileDigest = WorkField.Code(
        words: "the SHA-256 of the file, 64 hexadecimal digits in small letters",
        sample: String(repeating: "ab", count: 32)
    ) { text in
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Until the originator has answered.
    private static let originatorDays: Int64 = 14
}

extension WorkItem {
    /// What was decided about entries, each once.
    var reviews: [JSONObject] { (facts["reviews"]?.array ?? []).compactMap(\.object) }

    fileprivate var entryName: String { facts["entry"]?.integer.map { Reference.entryName($0) } ?? "entry" }
}
