import Policy
import StrictJSON

extension Workflow {
    /// What 8 USC 1367 protects: that somebody asks for Continued Presence or for a certification, and everything about it.
    ///
    /// Nobody but who deals with it learns that there is anything: not who flagged it, not the lead, not oversight (domain.md 2.5,
    /// 6.3, 6.4). Victim services see it; counsel and a liaison of the agency that is to certify see it as soon as they are asked.
    static let protected: Workflow = Workflow(
        name: "v1367",
        title: "protected matter",
        letter: "W",
        interface: "io.accord.ProtectedVictim",
        audience: .closed([
            Reader(party: .victimServices) { file, item, _ in
                // An order about nothing is counsel's own.
                item.isOrderOfMatter ? item.word("matter").map(file.hasMatter) ?? false : !item.isIncident
            },
            Reader(party: .liaisonOf("to")), Reader(party: .liaisonOf("told")),
            Reader(party: .counsel) { _, item, _ in item.facts["to"] != nil || item.isOrderOfMatter },
            Reader(party: .oversight) { _, item, _ in item.isIncident },
        ]),
        ended: ["incident-acknowledged", "ordered-and-done"],
        drawsNumbers: true,
        isHidden: true,
        goesOnWhileSuspended: true,
        // A refusal to close would tell that there is something.
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "flag",
                method: "Flag",
                event: "v1367.flagged",
                from: [],
                to: "flagged",
                by: flagging,
                fields: [victim, recipients]
            ),
            WorkStep(
                verb: "request-presence",
                method: "RequestPresence",
                event: "victim.cp_requested",
                from: [],
                to: "presence-requested",
                by: flagging,
                fields: [victim, recipients]
            ),
            WorkStep(
                verb: "grant-presence",
                method: "GrantPresence",
                event: "victim.cp_granted",
                from: ["presence-requested", "presence-granted", "presence-expired"],
                to: "presence-granted",
                by: [.victimServices],
                fields: [WorkField("until", .time)],
                hasLegalEffect: true,
                clocks: { item, now in
                    guard let end = item.time("until") else { return [] }
                    let renewal = end.adding(days: -presenceRenewalDays)
                    return [.start(.presenceRenewal, due: max(now, renewal)), .start(.presenceEnd, due: end)]
                },
                check: { (gate, check) throws(Refusal) in try gate.future(check, "until") }
            ),
            WorkStep(
                verb: "decline-presence",
                method: "DeclinePresence",
                event: "victim.cp_declined",
                from: ["presence-requested"],
                to: "presence-declined",
                by: [.victimServices],
                hasLegalEffect: true
            ),
            WorkStep(
                verb: "add-recipient",
                method: "AddRecipient",
                event: "v1367.recipient_listed",
                from: matters,
                to: nil,
                by: [.victimServices],
                fields: [WorkField("recipient", .agency), WorkField("exception", .word(exceptions))],
                hasLegalEffect: true,
                check: { (gate, check) throws(Refusal) in try gate.joined(check, "recipient") },
                apply: { item, done, _, _ in
                    guard let new = done.facts["recipient"]?.string.flatMap({ AgencyID($0) }) else { return }
                    let listed = item.agencies("recipients")
                    if !listed.contains(new) { item.facts["recipients"] = .strings((listed + [new]).map(\.text)) }
                }
            ),
            WorkStep(
                verb: "request-certification",
                method: "RequestCertification",
                event: "victim.certification_requested",
                from: matters,
                to: nil,
                by: [.victimServices],
                fields: [WorkField("to", .agency)],
                computed: [WorkField("days", .count(1...JurisdictionForm.mostCertificationDays))],
                compute: { gate, check in gate.certificationDays(check) },
                clocks: { item, now in
                    [.start(.certification, due: now.adding(days: item.facts["days"]?.integer ?? 0))]
                },
                check: { (gate, check) throws(Refusal) in
                    try gate.joined(check, "to")
                    try gate.listed(check)
                    try gate.require(
                        "L01",
                        check.item?.facts["to"] == nil || check.item?.facts["decision"] != nil,
                        "No certification is waited for.",
                        message: "A certification is waited for already."
                    )
                },
                apply: { item, done, _, _ in
                    (item.facts["decision"], item.facts["reason"]) = (nil, nil)
                    guard let agency = done.facts["to"]?.string.flatMap({ AgencyID($0) }) else { return }
                    let others = item.agencies("asked").filter { $0 != agency }
                    item.facts["asked"] = .strings((others + [agency]).map(\.text))
                }
            ),
            WorkStep(
                verb: "decide-certification",
                method: "DecideCertification",
                event: "victim.certification_decided",
                from: matters,
                to: nil,
                by: [.liaisonOf("to")],
                fields: [
                    WorkField("decision", .word(["signed", "declined"])),
                    WorkField("reason", .word(declining), isRequired: false),
                ],
                hasLegalEffect: true,
                clocks: { _, _ in [.stop(.certification)] },
                check: { (gate, check) throws(Refusal) in
                    try gate.require(
                        "L01",
                        check.item?.facts["decision"] == nil,
                        "It is not decided yet.",
                        message: "It is decided already."
                    )
                    guard (check.act.facts["decision"]?.string == "declined") == (check.act.facts["reason"] != nil)
                    else {
                        throw .malformed(field: "reason", "given where it is declined, and only there")
                    }
                }
            ),
            WorkStep(
                verb: "report-incident",
                method: "ReportIncident",
                event: "v1367.incident_reported",
                from: [],
                to: "incident",
                by: [.caseLead, .worker, .counsel, .victimServices, .liaison],
                fields: [WorkField("discoveredAt", .time, isRequired: false), .text("text")],
                clocks: { item, now in
                    [.start(.protectedIncident, due: max(now, (item.time("discovered_at") ?? now).adding(hours: 1)))]
                },
                check: { (gate, check) throws(Refusal) in
                    try gate.past(check, "discovered_at")
                    try gate.withoutIdentity(check)
                }
            ),
            WorkStep(
                verb: "acknowledge-incident",
                method: "AcknowledgeIncident",
                event: "v1367.incident_acknowledged",
                from: ["incident"],
                to: "incident-acknowledged",
                by: [.oversight],
                clocks: { _, _ in [.stop(.protectedIncident)] }
            ),
        ] + endingOfMatters,
        awaited: [
            Awaited(
                by: [.liaisonOf("to")],
                isOpen: { item, _ in item.facts["to"] != nil && item.facts["decision"] == nil },
                says: { "\($0.id): a certification is asked of your agency, protected by 8 USC 1367." },
                commands: ["victim certification decide CASE ITEM DECISION"]
            ),
            Awaited(
                state: "incident",
                by: [.oversight],
                says: { "\($0.agency) reports that something protected by 8 USC 1367 was disclosed: \($0.id)." },
                commands: ["victim incident ack CASE ITEM"]
            ),
        ] + awaitedOfEnding,
        crossings: [.presenceEnd: "presence-expired"],
        kept: keptOfMatters
    )

    private static let victim = WorkField("victim", .code(victimReference))
    private static let recipients = WorkField("recipients", .agencies(1...8), isRequired: false)
    private static let flagging: [Party] = [.caseLead, .worker, .victimServices]

    static let matters: Set<String> = [
        "flagged", "presence-requested", "presence-granted", "presence-declined", "presence-expired",
    ]

    /// Under which exception an agency may be told (8 USC 1367(b)).
    private static let exceptions = [
        "law-enforcement-purpose", "judicial-review", "waiver", "benefit-eligibility", "national-security",
        "prior-certification",
    ]

    private static let declining = ["not-a-victim-of-listed-crime", "not-helpful", "no-jurisdiction", "incomplete"]

    /// How long before its end a Continued Presence is to be renewed (domain.md 2.5, 6.11).
    private static let presenceRenewalDays: Int64 = 90
}

extension WorkItem {
    fileprivate var isIncident: Bool { state.hasPrefix("incident") }
}

extension CaseFile {
    /// Whether there is a matter of this name.
    fileprivate func hasMatter(_ name: String) -> Bool {
        let number = Workflows.number(name, Workflow.protected)
        let item = number.flatMap { work[Workflow.protected.name, $0] }
        return item.map { !$0.isIncident && !$0.isOrderOfMatter } ?? false
    }
}
