import Policy
import StrictJSON

extension Workflow {
    /// Complaints about how somebody was treated: by anybody, routed by a table, each body with a clock of its own (domain.md 2.13, 6.6).
    static let complaints = Workflow(
        name: "complaint",
        title: "complaint",
        letter: "CM",
        interface: "io.accord.Complaint",
        audience: .oversight,
        ended: ["closed"],
        drawsNumbers: true,
        steps: [
            WorkStep(
                verb: "file",
                method: "File",
                event: "complaint.received",
                from: [],
                to: "received",
                by: [.everybody],
                fields: [
                    WorkField("category", .word(complaintCategories)), WorkField("agency", .agency),
                    WorkField("named", .member, isRequired: false), WorkField("about", .name, isRequired: false),
                    WorkField("anonymous", .flag, isRequired: false), .text("text", limit: Text.entryLimit),
                ]
            ),
            routing("complaint", .complaintAcknowledgement) { $0.adding(days: acknowledgementDays) },
            acknowledging("complaint", .complaintAcknowledgement),
            WorkStep(
                verb: "investigate",
                method: "Investigate",
                event: "complaint.investigated",
                from: ["routed", "acknowledged", "referred"],
                to: "investigating",
                by: [.overseer],
                fields: [.text("text", isRequired: false)]
            ),
            WorkStep(
                verb: "refer",
                method: "Refer",
                event: "complaint.referred",
                from: ["routed", "acknowledged", "investigating"],
                to: "referred",
                by: [.overseer],
                fields: [WorkField("body", .agency), .text("text")]
            ),
            WorkStep(
                verb: "find",
                method: "Find",
                event: "complaint.found",
                from: ["investigating", "referred"],
                to: "finding",
                by: [.overseer],
                fields: [
                    WorkField(
                        "outcome",
                        .word(["substantiated", "unsubstantiated", "unfounded", "exonerated", "policy-failure"])
                    ), .text("text"),
                ]
            ),
            WorkStep(
                verb: "respond",
                method: "Respond",
                event: "complaint.responded",
                from: ["finding"],
                to: "responded",
                by: [.overseer],
                fields: [.text("text")]
            ),
            WorkStep(
                verb: "close",
                method: "Close",
                event: "complaint.closed",
                from: ["received", "routed", "acknowledged", "investigating", "referred", "responded"],
                to: "closed",
                by: [.overseer],
                fields: [.text("reason")],
                clocks: { item, _ in item.agencies("bodies").map { .stop(.complaintAcknowledgement, part: $0.text) } }
            ),
            // The daemon's own (``CaseworkState/retaliations(after:)``).
            WorkStep(
                verb: "flag-retaliation",
                method: "",
                event: "complaint.retaliation_flagged",
                from: ["received", "routed", "acknowledged", "investigating", "referred", "finding", "responded"],
                to: nil,
                by: [],
                fields: [
                    WorkField("act", .name), WorkField("by", .member), WorkField("case", .name, isRequired: false),
                ],
                isKept: false,
                apply: { item, done, _, _ in
                    item.facts["retaliation"] = true
                    guard done.facts["act"] == "entry.read", let by = done.facts["by"] else { return }
                    item.facts["readers"] = .array((item.facts["readers"]?.array ?? []) + [by])
                }
            ),
        ],
        kept: [WorkField("retaliation", .flag), WorkField("readers", .names(1...4_096)), acknowledgedBodies]
    )

    /// What somebody complains about; a closed list, and the words of the routing table.
    package static let complaintCategories = [
        "use-of-force", "detention-conditions", "discrimination", "retaliation", "misuse-of-information",
        "unlawful-search", "treatment-of-victim", "denial-of-counsel", "conduct", "other",
    ]

    /// How many bodies deal with one thing.
    static let mostBodies = 8
    /// Until each body has acknowledged (domain.md 6.11).
    private static let acknowledgementDays: Int64 = 30

    static let acknowledgedBodies = WorkField("acknowledged", .agencies(1...mostBodies))

    /// Which bodies deal with it: the table's, at the moment when it is routed.
    static func routing(
        _ name: String,
        _ clock: ClockKind,
        until due: @escaping @Sendable (UTCTime) -> UTCTime
    ) -> WorkStep {
        WorkStep(
            verb: "route",
            method: "Route",
            event: "\(name).routed",
            from: ["received"],
            to: "routed",
            by: [.overseer],
            computed: [WorkField("bodies", .agencies(1...mostBodies))],
            clocks: { item, now in item.agencies("bodies").map { .start(clock, due: due(now), part: $0.text) } }
        )
    }

    /// A body has it, as it says itself or as oversight was told.
    static func acknowledging(_ name: String, _ clock: ClockKind) -> WorkStep {
        WorkStep(
            verb: "acknowledge",
            method: "Acknowledge",
            event: "\(name).acknowledged",
            from: ["routed", "acknowledged", "investigating", "referred"],
            to: nil,
            by: [.overseer],
            fields: [WorkField("body", .agency), WorkField("reference", .name, isRequired: false)],
            isKept: false,
            clocks: { item, _ in item.agencies("acknowledged").suffix(1).map { .stop(clock, part: $0.text) } },
            apply: { item, done, _, _ in
                let body = done.facts["body"]?.string ?? ""
                item.facts["acknowledged"] = .strings(item.agencies("acknowledged").map(\.text) + [body])
                if item.state == "routed" { item.state = "acknowledged" }
            }
        )
    }
}
