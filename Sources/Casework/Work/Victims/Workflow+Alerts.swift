import Policy
import StrictJSON

extension Workflow {
    /// Warnings of victim services to those who have to act with care: what is the matter, and never about whom (domain.md 6.7.6).
    static let alerts: Workflow = Workflow(
        name: "alert",
        title: "safety alert",
        letter: "VA",
        interface: "io.accord.VictimAlert",
        audience: .closed([
            Reader(party: .makersServices),
            Reader(party: .anybody) { _, item, standing in !item.roles("roles").isDisjoint(with: standing.roles) },
        ]),
        ended: ["raised"],
        drawsNumbers: true,
        goesOnWhileSuspended: true,
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "raise",
                method: "Raise",
                event: "victim.safety_alert",
                from: [],
                to: "raised",
                by: [.victimServices],
                fields: [WorkField("roles", .words(alerted.map(\.rawValue))), .text("text")],
                purpose: .victimAssistance,
                check: { (gate, check) throws(Refusal) in
                    try gate.withoutIdentity(check)
                    try gate.withoutReference(check)
                }
            ),
            WorkStep(
                verb: "acknowledge",
                method: "Acknowledge",
                event: "victim.safety_alert_acknowledged",
                from: ["raised"],
                to: nil,
                by: [.anybody],
                purpose: .victimAssistance,
                check: { (gate, check) throws(Refusal) in
                    try gate.require(
                        "L01",
                        !(check.item?.hasSeen(check.standing.member) ?? true),
                        "The asker has not taken note of it yet.",
                        message: "You have taken note of it already."
                    )
                },
                apply: { item, _, event, _ in item.keepsInMind(event.member) }
            ),
        ],
        awaited: [
            Awaited(
                by: [.anybody],
                isOpen: { item, standing in item.member != standing.member && !item.hasSeen(standing.member) },
                says: { "Victim services of \($0.agency) warn you: \($0.id)." },
                commands: ["victim alert ack CASE ITEM"]
            )
        ],
        kept: [WorkField("seen", .words([]))]
    )

    /// Roles that are warned.
    private static let alerted: [Role] = [.lead, .contributor, .analyst, .legal, .victimServices, .liaison]
}

extension WorkItem {
    fileprivate func roles(_ fact: String) -> Roles {
        (facts[fact]?.array ?? []).compactMap { $0.string.flatMap { Role(rawValue: $0) } }
            .reduce(into: Roles()) { $0.insert($1) }
    }

    fileprivate func hasSeen(_ member: MemberID) -> Bool {
        (facts["seen"]?.array ?? []).contains { $0.string == member.text }
    }

    /// Keeps in mind that somebody took note.
    fileprivate mutating func keepsInMind(_ member: MemberID?) {
        guard let member, !hasSeen(member) else { return }
        facts["seen"] = .array((facts["seen"]?.array ?? []) + [.string(member.text)])
    }
}
