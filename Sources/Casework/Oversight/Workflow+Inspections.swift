import Policy
import StrictJSON

extension Workflow {
    /// Oversight reads content, under an authority, within a scope, and until it ends; each reading is a line of the inspection and of
    /// nothing else, so that nobody in the case sees it or can stop it (domain.md 2.13, rule P28).
    static let inspections = Workflow(
        name: "inspection",
        title: "inspection",
        letter: "IS",
        interface: "io.accord.Inspection",
        audience: .oversight,
        ended: ["expired", "closed"],
        drawsNumbers: true,
        steps: [
            WorkStep(
                verb: "open",
                method: "Open",
                event: "inspection.opened",
                from: [],
                to: "open",
                by: [.overseer],
                fields: [
                    WorkField("authority", .name), WorkField("expiresAt", .time),
                    WorkField("cases", .names(1...64), isRequired: false),
                    WorkField("agencies", .agencies(1...64), isRequired: false),
                    WorkField("kinds", .words(EntryKind.allCases.map(\.rawValue)), isRequired: false),
                    WorkField("victim", .flag, isRequired: false), WorkField("v1367", .flag, isRequired: false),
                    WorkField("legal", .flag, isRequired: false), .text("text"),
                ],
                computed: [WorkField("files", .names(1...64), isRequired: false)],
                hasLegalEffect: true,
                clocks: { item, _ in item.time("expires_at").map { [.start(.inspectionEnd, due: $0)] } ?? [] }
            ),
            WorkStep(
                verb: "close",
                method: "Close",
                event: "inspection.closed",
                from: ["open", "expired"],
                to: "closed",
                by: [.overseer],
                fields: [.text("text")]
            ),
            // A reading (``Gate/inspected(_:_:entry:)``).
            WorkStep(
                verb: "access",
                method: "",
                event: "inspection.content_accessed",
                from: ["open"],
                to: nil,
                by: [],
                fields: [WorkField("case", .name), WorkField("act", .name), WorkField("read", .name)],
                isKept: false
            ),
        ],
        crossings: [.inspectionEnd: "expired"]
    )

    /// What oversight found, told to the agency that has to answer: not from whom oversight has it (domain.md 6.7.7).
    static let findings = Workflow(
        name: "finding",
        title: "finding",
        letter: "FD",
        interface: "io.accord.Finding",
        audience: .oversight,
        ended: ["closed"],
        drawsNumbers: true,
        steps: [
            WorkStep(
                verb: "issue",
                method: "Issue",
                event: "finding.issued",
                from: [],
                to: "issued",
                by: [.overseer],
                fields: [
                    WorkField("to", .agency), WorkField("source", .name, isRequired: false),
                    WorkField("about", .name, isRequired: false), .text("text", limit: Text.entryLimit),
                ],
                computed: [WorkField("files", .names(1...1), isRequired: false)],
                hasLegalEffect: true,
                clocks: { _, now in [.start(.findingResponse, due: now.adding(days: responseDays))] }
            ),
            WorkStep(
                verb: "respond",
                method: "Respond",
                event: "finding.responded",
                from: ["issued"],
                to: "responded",
                by: [.of("to")],
                fields: [.text("text", limit: Text.entryLimit)],
                hasLegalEffect: true,
                clocks: { _, _ in [.stop(.findingResponse)] }
            ),
            WorkStep(
                verb: "close",
                method: "Close",
                event: "finding.closed",
                from: ["issued", "responded"],
                to: "closed",
                by: [.overseer],
                fields: [.text("reason")]
            ),
        ]
    )

    /// Until the agency has answered.
    private static let responseDays: Int64 = 30
}
