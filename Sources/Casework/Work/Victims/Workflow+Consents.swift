import Policy
import StrictJSON

extension Workflow {
    /// What a victim agreed to in writing: who is told what of a reference, and until when (28 CFR 94.115; 34 USC 12291(b)(2);
    /// domain.md 2.5, 6.6).
    ///
    /// When it lapses or is withdrawn, its recipients read nothing under it any more, are told so, and referrals that rest on it
    /// end.
    static let consents: Workflow = Workflow(
        name: "consent",
        title: "consent",
        letter: "VC",
        interface: "io.accord.VictimConsent",
        audience: .closed([Reader(party: .makersServices), Reader(party: .servicesOf("recipients"))]),
        ended: ["withdrawn", "lapsed"],
        drawsNumbers: true,
        counted: [.caseLead, .oversight],
        goesOnWhileSuspended: true,
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "record",
                method: "Record",
                event: "victim.consent_recorded",
                from: [],
                to: "given",
                by: [.victimServices],
                fields: [
                    WorkField("victim", .code(victimReference)), WorkField("scope", .words(consentScopes)),
                    WorkField("recipients", .agencies(1...8)), WorkField("expiresAt", .time),
                    WorkField("formVersion", .code(formVersion), isPart: true),
                    WorkField("language", .code(language), isPart: true),
                ],
                hasLegalEffect: true,
                purpose: .victimAssistance,
                clocks: { item, _ in item.time("expires_at").map { [.start(.victimConsent, due: $0)] } ?? [] },
                check: { (gate, check) throws(Refusal) in
                    try gate.ownVictim(check)
                    try gate.joinedAll(check, "recipients")
                    try gate.consentEnds(check)
                }
            ),
            WorkStep(
                verb: "withdraw",
                method: "Withdraw",
                event: "victim.consent_withdrawn",
                from: ["given"],
                to: "withdrawn",
                by: [.makersServices],
                hasLegalEffect: true,
                purpose: .victimAssistance
            ),
            WorkStep(
                verb: "acknowledge",
                method: "Acknowledge",
                event: "victim.consent_end_acknowledged",
                from: ["withdrawn", "lapsed"],
                to: nil,
                by: [.servicesOf("recipients")],
                purpose: .victimAssistance,
                apply: { item, _, event, _ in item.keepsInMind(event.agency) }
            ),
        ],
        awaited: [
            Awaited(
                by: [.servicesOf("recipients")],
                isOpen: { item, standing in
                    item.state != "given" && item.agency != standing.agency
                        && !item.agencies("seen").contains(standing.agency)
                },
                says: {
                    "The consent about \($0.word("victim") ?? "-") \($0.state == "lapsed" ? "has lapsed" : "was withdrawn"): "
                        + "nothing is read under it any more, and what was read is not passed on."
                },
                commands: ["victim consent ack CASE ITEM"]
            )
        ],
        crossings: [.victimConsent: "lapsed"],
        carry: { work, consent in
            guard consent.state != "given" else { return }
            work.changeAll(Workflow.referrals.name) { referral in
                guard referral.word("consent") == consent.id, Workflow.resting.contains(referral.state) else { return }
                referral.state = "consent-withdrawn"
            }
        },
        kept: [WorkField("seen", .agencies(0...64))]
    )

    /// What may be told of a reference.
    static let consentScopes = ["needs", "referral"]

    /// The longest for which a consent lasts (domain.md 6.11).
    static let consentDays: Int64 = 180
}

extension Workflow {
    /// Services for somebody, asked of an agency that gives them (domain.md 6.6).
    ///
    /// Who leads or contributes may ask for one, and reads nothing of what comes of it.
    static let referrals: Workflow = Workflow(
        name: "referral",
        title: "referral",
        letter: "VR",
        interface: "io.accord.VictimReferral",
        audience: .closed([
            Reader(party: .victimServices) { _, item, standing in
                item.word("services").map { $0 == standing.agency.text } ?? true
            },
            Reader(party: .servicesOf("to")) { _, item, _ in item.state != "consent-withdrawn" },
        ]),
        ended: ["declined", "no-capacity", "completed", "consent-withdrawn"],
        drawsNumbers: true,
        counted: [.caseLead, .oversight],
        goesOnWhileSuspended: true,
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "request",
                method: "Request",
                event: "victim.referral_requested",
                from: [],
                to: "requested",
                by: [.caseLead, .worker, .victimServices],
                fields: [WorkField("needs", .words(needs), isPart: true)],
                purpose: .victimAssistance
            ),
            WorkStep(
                verb: "consent",
                method: "Consent",
                event: "victim.referral_consented",
                from: ["requested"],
                to: "consented",
                by: [.victimServices],
                fields: [WorkField("victim", .code(victimReference)), WorkField("consent", .code(consentName))],
                purpose: .victimAssistance,
                check: { (gate, check) throws(Refusal) in
                    try gate.ownVictim(check)
                    try gate.covered(
                        check,
                        by: check.act.facts["consent"]?.string,
                        check.act.facts["victim"]?.string,
                        nil
                    )
                },
                apply: { item, _, event, _ in item.facts["services"] = event.agency.map { .string($0.text) } }
            ),
            WorkStep(
                verb: "send",
                method: "Send",
                event: "victim.referral_sent",
                from: ["consented"],
                to: "sent",
                by: [.servicesOf("services")],
                fields: [WorkField("to", .agency)],
                purpose: .victimAssistance,
                check: { (gate, check) throws(Refusal) in
                    try gate.joined(check, "to")
                    try gate.covered(
                        check,
                        by: check.item?.word("consent"),
                        check.item?.word("victim"),
                        check.act.facts["to"]?.string.flatMap { AgencyID($0) }
                    )
                }
            ),
            answer("accept", "Accept", "accepted", from: ["sent"]),
            answer("decline", "Decline", "declined", from: ["sent"]),
            answer("no-capacity", "HaveNoCapacity", "no-capacity", from: ["sent"]),
            answer("complete", "Complete", "completed", from: ["accepted"]),
        ],
        awaited: [
            Awaited(
                state: "requested",
                by: [.victimServices],
                says: { "\($0.agency) asks for services for somebody: \($0.id)." },
                commands: ["victim referral consent CASE ITEM REFERENCE CONSENT"]
            ),
            Awaited(
                state: "sent",
                by: [.servicesOf("to")],
                says: {
                    "\($0.word("services") ?? $0.agency.text) refers \($0.word("victim") ?? "somebody") to you: \($0.id)."
                },
                commands: [
                    "victim referral accept CASE ITEM", "victim referral decline CASE ITEM",
                    "victim referral no-capacity CASE ITEM",
                ]
            ),
        ],
        kept: [WorkField("services", .agency)]
    )

    /// The states in which a referral rests on its consent.
    fileprivate static let resting: Set<String> = ["consented", "sent", "accepted"]

    private static func answer(_ verb: String, _ method: String, _ state: String, from: Set<String>) -> WorkStep {
        WorkStep(
            verb: verb,
            method: method,
            event: "victim.referral_\(state.replacing("-", with: "_"))",
            from: from,
            to: state,
            by: [.servicesOf("to")],
            purpose: .victimAssistance
        )
    }

    private static let consentName = WorkField.Code(words: "a consent such as VC-48291374", sample: "VC-48291374") {
        $0.hasPrefix("VC-") && Workflows.number($0, consents) != nil
    }
}

extension WorkItem {
    /// Whether a word is among those of a fact.
    func lists(_ fact: String, _ word: String) -> Bool { (facts[fact]?.array ?? []).contains(.string(word)) }

    /// Keeps in mind that an agency took note.
    fileprivate mutating func keepsInMind(_ agency: AgencyID?) {
        guard let agency, !agencies("seen").contains(agency) else { return }
        facts["seen"] = .strings((agencies("seen") + [agency]).map(\.text))
    }
}

extension CaseFile {
    /// Whether a consent is given under which victim services of an agency are told something of a reference.
    func hasConsent(about victim: WorkItem, for standing: Standing, to scope: String) -> Bool {
        guard standing.roles.contains(.victimServices) else { return false }
        return work.items[Workflow.consents.name, default: []].contains { consent in
            consent.state == "given" && !removals.isGone(consent.removable)
                && consent.word("victim") == victim.id && consent.agency == victim.agency
                && consent.lists("recipients", standing.agency.text) && consent.lists("scope", scope)
        }
    }
}
