import Policy

extension Workflow {
    /// Who does what until when (domain.md 6.2).
    static let tasks = Workflow(
        name: "task",
        title: "task",
        letter: "T",
        interface: "io.accord.Task",
        audience: .compartment(.ordinary),
        ended: ["completed", "cancelled"],
        blocksClosing: { $0.flag("blocking") },
        steps: [
            WorkStep(
                verb: "assign",
                method: "Assign",
                event: "task.assigned",
                from: [],
                to: "assigned",
                by: [.caseLead, .worker],
                fields: [
                    WorkField("to", .agency), .text("need"), WorkField("dueAt", .time),
                    WorkField("blocking", .flag, isRequired: false),
                ],
                clocks: { item, _ in item.time("due_at").map { [.start(.taskDue, due: $0)] } ?? [] },
                check: { (gate, check) throws(Refusal) in
                    try gate.joined(check, "to")
                    try gate.future(check, "due_at")
                }
            ),
            WorkStep(
                verb: "update",
                method: "Update",
                event: "task.updated",
                from: ["assigned"],
                to: nil,
                by: [.of("to"), .maker],
                fields: [.text("text")],
                isBounded: true
            ),
            WorkStep(
                verb: "complete",
                method: "Complete",
                event: "task.completed",
                from: ["assigned"],
                to: "completed",
                by: [.of("to")],
                fields: [.text("text", isRequired: false)],
                clocks: { _, _ in [.stop(.taskDue)] }
            ),
            WorkStep(
                verb: "cancel",
                method: "Cancel",
                event: "task.cancelled",
                from: ["assigned"],
                to: "cancelled",
                by: [.maker, .caseLead],
                fields: [.text("reason")],
                clocks: { _, _ in [.stop(.taskDue)] }
            ),
        ],
        awaited: [
            Awaited(
                state: "assigned",
                by: [.of("to")],
                says: { "\($0.agency) assigned \($0.id) to you, due on \($0.time("due_at").map { "\($0)" } ?? "-")." },
                commands: ["task complete CASE ITEM"]
            )
        ],
        tells: ["completed": [.maker]]
    )
}
