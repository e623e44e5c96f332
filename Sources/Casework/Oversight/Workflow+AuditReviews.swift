import Policy

extension Workflow {
    /// What oversight found when it looked through readings and refusals, each week (CJIS Security Policy AU-6; domain.md 2.2, 6.11).
    static let auditReviews = Workflow(
        name: "audit-review",
        title: "audit review",
        letter: "AR",
        interface: "io.accord.AuditReview",
        audience: .oversight,
        ended: ["recorded"],
        drawsNumbers: true,
        steps: [
            WorkStep(
                verb: "record",
                method: "Record",
                event: "audit.review_recorded",
                from: [],
                to: "recorded",
                by: [.overseer],
                fields: [WorkField("period", .name), .text("finding", limit: Text.entryLimit)]
            )
        ]
    )
}
