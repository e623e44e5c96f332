import Policy

extension Workflow {
    /// Subjects of a case: of what they are suspected, and on what basis; who they are is in no text here (28 CFR Part 23; domain.md
    /// 2.1, 6.2).
    ///
    /// A second person documents the suspicion, each year somebody says why it still holds, and after five years it is dropped.
    static let subjects = Workflow(
        name: "subject",
        title: "subject",
        letter: "S",
        interface: "io.accord.Subject",
        audience: .compartment(.ordinary),
        ended: ["cleared", "dropped"],
        blocksClosing: { _ in false },
        steps: [
            WorkStep(
                verb: "register",
                method: "Register",
                event: "subject.registered",
                from: [],
                to: "registered",
                by: [.caseLead, .worker],
                fields: [
                    WorkField("kind", .word(subjectKinds)), WorkField("criminality", .word(criminalities)),
                    WorkField("entry", .entry, isRequired: false), .text("basis", isRequired: false),
                    WorkField("nonCriminal", .flag, isRequired: false),
                    WorkField("lawfullyObtained", .flag, isRequired: false),
                ],
                clocks: { item, now in
                    [
                        .start(.subjectValidation, due: now.adding(days: validDays)),
                        .start(.subjectTerm, due: now.adding(days: termDays)),
                    ]
                },
                check: { (gate, check) throws(Refusal) in
                    try gate.suspected(check)
                    try gate.attested(check)
                    try gate.basis(check)
                    try gate.unidentified(check)
                }
            ),
            WorkStep(
                verb: "document",
                method: "Document",
                event: "subject.suspicion_documented",
                from: ["registered"],
                to: "suspicion-documented",
                by: [.reviewer],
                fields: [.text("text"), WorkField("entry", .entry, isRequired: false)],
                check: { (gate, check) throws(Refusal) in
                    try gate.basis(check)
                    try gate.unidentified(check)
                }
            ),
            WorkStep(
                verb: "validate",
                method: "Validate",
                event: "subject.validated",
                from: ["suspicion-documented"],
                to: nil,
                by: [.maker, .caseLead],
                fields: [.text("text")],
                clocks: { item, now in
                    let next = now.adding(days: validDays)
                    return next < item.openedAt.adding(days: termDays)
                        ? [.start(.subjectValidation, due: next)] : [.stop(.subjectValidation)]
                },
                check: { (gate, check) throws(Refusal) in try gate.unidentified(check) }
            ),
            WorkStep(
                verb: "clear",
                method: "Clear",
                event: "subject.cleared",
                from: ["registered", "suspicion-documented"],
                to: "cleared",
                by: [.maker, .caseLead, .counsel],
                fields: [.text("reason")],
                hasLegalEffect: true,
                check: { (gate, check) throws(Refusal) in try gate.unidentified(check) }
            ),
        ],
        awaited: [
            Awaited(
                state: "registered",
                by: [.reviewer],
                says: { "\($0.agency) registered \($0.id): a second person documents the suspicion, or clears it." },
                commands: ["subject document CASE ITEM TEXT", "subject clear CASE ITEM --reason WHY"]
            )
        ],
        crossings: [.subjectTerm: "dropped"]
    )

    static let subjectKinds = ["business", "person", "vehicle", "vessel", "phone", "account", "place"]

    /// Of what somebody is suspected, or what a thing is used for; a closed list (28 CFR 23.20(a), (c)).
    static let criminalities = [
        "trafficking", "smuggling", "labor-exploitation", "organised-crime", "narcotics", "firearms",
        "money-laundering", "document-fraud", "violent-crime", "other-felony",
    ]

    /// Until a subject is to be validated, and until it is dropped in any case (28 CFR 23.20(h); domain.md 6.11).
    private static let validDays: Int64 = 365
    private static let termDays: Int64 = 1_825
}
