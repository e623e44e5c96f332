import Policy
import StrictJSON

extension Workflow {
    /// Something went wrong, and those who have to know are told within the hour (CJIS Security Policy IR-6; domain.md 6.11).
    static let incidents = Workflow(
        name: "incident",
        title: "incident",
        letter: "IN",
        interface: "io.accord.Incident",
        audience: .oversight,
        ended: ["closed"],
        drawsNumbers: true,
        steps: [
            WorkStep(
                verb: "report",
                method: "Report",
                event: "incident.reported",
                from: [],
                to: "received",
                by: [.everybody],
                fields: [
                    WorkField("category", .word(incidentKinds)), WorkField("agency", .agency, isRequired: false),
                    WorkField("named", .member, isRequired: false), WorkField("about", .name, isRequired: false),
                    WorkField("discoveredAt", .time, isRequired: false),
                    WorkField("anonymous", .flag, isRequired: false), .text("text", limit: Text.entryLimit),
                ],
                clocks: { item, now in
                    // Who was told of it late has the hour from then on.
                    let discovered = item.time("discovered_at") ?? now
                    return [.start(.incidentNotice, due: max(now, discovered.adding(hours: noticeHours)))]
                }
            ),
            routing("incident", .incidentAcknowledgement) { $0.adding(days: incidentDays) }.stopping(.incidentNotice),
            acknowledging("incident", .incidentAcknowledgement),
            WorkStep(
                verb: "close",
                method: "Close",
                event: "incident.closed",
                from: ["routed", "acknowledged"],
                to: "closed",
                by: [.overseer],
                fields: [.text("text")],
                clocks: { item, _ in item.agencies("bodies").map { .stop(.incidentAcknowledgement, part: $0.text) } }
            ),
        ],
        kept: [acknowledgedBodies]
    )

    /// What went wrong; a closed list, and words of the routing table.
    package static let incidentKinds = [
        "security", "disclosure", "disclosure-1367", "force-or-injury", "death", "technique", "retaliation-report",
        "other-incident",
    ]

    /// Until those who have to know are told, in hours, and until they acknowledge, in days.
    private static let noticeHours: Int64 = 1
    private static let incidentDays: Int64 = 30
}

extension WorkStep {
    /// The same, which stops a clock as well.
    fileprivate func stopping(_ kind: ClockKind) -> WorkStep {
        var step = self
        let clocks = clocks
        step.clocks = { item, now in clocks(item, now) + [.stop(kind)] }
        return step
    }
}
