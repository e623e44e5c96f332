import Policy
import StrictJSON

extension Workflow {
    /// That an agency used a technique, and under which authority (domain.md 2.12, 3 row 13b).
    ///
    /// It is for counsel, who answers the defence, and for oversight. Nothing of the kind is done here, and nothing that came of it
    /// is held.
    static let techniques = Workflow(
        name: "technique",
        title: "technique",
        letter: "TQ",
        interface: "io.accord.Technique",
        audience: .closed([Reader(party: .counsel), Reader(party: .oversight), Reader(party: .maker)]),
        ended: ["acknowledged"],
        drawsNumbers: true,
        goesOnWhileSuspended: true,
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "disclose",
                method: "Disclose",
                event: "technique.disclosed",
                from: [],
                to: "disclosed",
                by: [.caseLead, .worker, .liaison],
                fields: [
                    WorkField("kind", .word(techniqueKinds)), WorkField("authority", .name),
                    WorkField("entry", .entry, isRequired: false), .text("text"),
                ],
                hasLegalEffect: true,
                check: { (gate, check) throws(Refusal) in try gate.basis(check) }
            ),
            WorkStep(
                verb: "acknowledge",
                method: "Acknowledge",
                event: "technique.acknowledged",
                from: ["disclosed"],
                to: "acknowledged",
                by: [.counsel]
            ),
        ],
        awaited: [
            Awaited(
                state: "disclosed",
                by: [.counsel],
                says: { "\($0.agency) says that it used a technique (\($0.word("kind") ?? "")): \($0.id)." },
                commands: ["technique ack CASE ITEM"]
            )
        ]
    )

    /// A closed list: what the field is asked about most (domain.md 3 row 13b).
    package static let techniqueKinds = [
        "facial-recognition", "plate-reader", "cell-site-simulator", "location-records", "device-extraction",
        "social-media-monitoring", "data-analytics", "aerial-surveillance", "recording", "other",
    ]
}
