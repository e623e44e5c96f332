import Policy
import StrictJSON

extension Workflow {
    /// Victims by random references: who they are is with the provider, and nowhere here (28 CFR 94.115; domain.md 2.5, R-VIC).
    ///
    /// There is no text in it; what it says of somebody are parts of their own, which a purge destroys. Victim services of the agency that minted a reference see it, and those of agencies that a consent
    /// names, as long as it lasts, what that consent covers. The lead and oversight are told how many there are. Nothing here
    /// asks whether somebody helps the case: services are never conditional on it.
    static let victims: Workflow = Workflow(
        name: "victim",
        title: "victim reference",
        letter: "V",
        interface: "io.accord.Victim",
        audience: .closed([Reader(party: .makersServices)]),
        ended: [],
        drawsNumbers: true,
        drawsReferences: true,
        counted: [.caseLead, .oversight],
        goesOnWhileSuspended: true,
        blocksClosing: { $0.owesMinorNotice || !$0.flag("rights_told") },
        steps: [
            WorkStep(
                verb: "mint",
                method: "Mint",
                event: "victim.reference_minted",
                from: [],
                to: "minted",
                by: [.victimServices],
                purpose: .victimAssistance,
                isOpened: { file, item, standing in file.hasConsent(about: item, for: standing, to: "needs") }
            ),
            WorkStep(
                verb: "needs",
                method: "RecordNeeds",
                event: "victim.needs_recorded",
                from: ["minted"],
                to: nil,
                by: [.makersServices],
                fields: [WorkField("needs", .words(needs), isPart: true)],
                purpose: .victimAssistance,
                isOpened: { file, item, standing in file.hasConsent(about: item, for: standing, to: "needs") }
            ),
            WorkStep(
                verb: "flag-minor",
                method: "FlagMinor",
                event: "victim.minor_flagged",
                from: ["minted"],
                to: nil,
                by: [.makersServices],
                purpose: .victimAssistance,
                clocks: { item, now in
                    !item.flag("minor_notified")
                        ? [.start(.minorNotice, due: now.adding(hours: hoursForMinors))] : []
                },
                check: { (gate, check) throws(Refusal) in
                    try gate.require(
                        "L01",
                        !(check.item?.flag("minor") ?? false),
                        "It is not flagged yet.",
                        message: "It is flagged already."
                    )
                },
                apply: { item, _, _, _ in item.facts["minor"] = true }
            ),
            WorkStep(
                verb: "minor-notice",
                method: "FileMinorNotice",
                event: "victim.minor_notice_filed",
                from: ["minted"],
                to: nil,
                by: [.makersServices],
                fields: [WorkField("minorNotice", .code(noticeReference), isPart: true)],
                hasLegalEffect: true,
                purpose: .victimAssistance,
                clocks: { _, _ in [.stop(.minorNotice)] },
                check: { (gate, check) throws(Refusal) in
                    try gate.require(
                        "L01",
                        check.item?.flag("minor") ?? false,
                        "A minor is flagged.",
                        message: "No minor is flagged: there is no notice to be filed.",
                        ask: "`accord victim minor` flags one."
                    )
                },
                apply: { item, _, _, _ in item.facts["minor_notified"] = true }
            ),
            WorkStep(
                verb: "rights-notice",
                method: "GiveRightsNotice",
                event: "victim.rights_notice_given",
                from: ["minted"],
                to: nil,
                by: [.makersServices],
                fields: [
                    WorkField("rightsNotice", .code(formVersion), isPart: true),
                    WorkField("language", .code(language), isPart: true),
                ],
                hasLegalEffect: true,
                purpose: .victimAssistance,
                apply: { item, _, _, _ in item.facts["rights_told"] = true }
            ),
        ],
        owes: { item in
            [
                item.owesMinorNotice ? "the notice about a minor" : nil,
                !item.flag("rights_told") ? "the notice of a victim's rights" : nil,
            ].compactMap(\.self).joined(separator: " and ")
        },
        kept: [WorkField("minor", .flag), WorkField("minorNotified", .flag), WorkField("rightsTold", .flag)]
    )

    /// What somebody may need; a closed list (domain.md 6.7.6).
    static let needs = [
        "shelter", "medical", "mental-health", "interpreter", "legal-representation", "safety-plan", "food/clothing",
        "childcare", "transport", "employment-rights", "repatriation-counselling", "other",
    ]

    /// Until the notice about a minor is to be filed (22 USC 7105(b); domain.md 6.11).
    private static let hoursForMinors: Int64 = 24

    /// A victim's reference; whether there is such a one plays no part.
    static let victimReference = WorkField.Code(words: "a victim's reference such as V-7F3A", sample: "V-7F3A") {
        text in
        text.hasPrefix("V-") && Workflows.number(text, victims) != nil && text == text.uppercased()
    }

    /// Under which a notice was filed elsewhere: what has no digit could be a name.
    static let noticeReference = WorkField.Code(
        words: "the notice's reference, such as 2031-04417",
        sample: "2031-04417"
    ) {
        let marks = Set("0123456789-/.ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        return (4...24).contains($0.utf8.count) && $0.utf8.allSatisfy(marks.contains)
            && $0.utf8.count(where: { (0x30...0x39).contains($0) }) * 2 >= $0.utf8.count
    }
}

extension WorkItem {
    var owesMinorNotice: Bool { flag("minor") && !flag("minor_notified") }
}
