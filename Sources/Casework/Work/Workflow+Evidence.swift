import Policy
import StrictJSON

extension Workflow {
    /// Evidence: its digest, and in whose hands it is (domain.md 1.3, 6.2).
    ///
    /// What it is of stays with its holder: no file comes here. It changes hands when the receiver says that he has it; until then it is with who gives it.
    static let evidence: Workflow = Workflow(
        name: "evidence",
        title: "evidence",
        letter: "EV",
        interface: "io.accord.Evidence",
        audience: .compartment(.ordinary),
        ended: [],
        blocksClosing: { $0.state == "in-transfer" },
        steps: [
            WorkStep(
                verb: "note",
                method: "Note",
                event: "evidence.noted",
                from: [],
                to: "held",
                by: [.caseLead, .worker],
                fields: [
                    WorkField("digest", .code(fileDigest)), .text("text"),
                    WorkField("entry", .entry, isRequired: false),
                ],
                check: { (gate, check) throws(Refusal) in try gate.basis(check) },
                apply: { item, _, event, _ in item.facts["holder"] = event.agency.map { .string($0.text) } }
            ),
            WorkStep(
                verb: "transfer",
                method: "Transfer",
                event: "evidence.transfer_offered",
                from: ["held"],
                to: "in-transfer",
                by: [.of("holder")],
                fields: [WorkField("to", .agency), .text("reason")],
                hasLegalEffect: true,
                check: { (gate, check) throws(Refusal) in
                    try gate.another(check, "to")
                    try gate.joined(check, "to")
                }
            ),
            WorkStep(
                verb: "acknowledge",
                method: "Acknowledge",
                event: "evidence.custody_transferred",
                from: ["in-transfer"],
                to: "held",
                by: [.of("to")],
                fields: [WorkField("received", .code(fileDigest))],
                hasLegalEffect: true,
                check: { (gate, check) throws(Refusal) in
                    try gate.require(
                        "L01",
                        check.act.facts["received"] == check.item?.facts["digest"],
                        "What was received has the digest of what was noted.",
                        message: "What you received is not what was noted: its digest is another.",
                        ask: "Refuse it, and ask who gives it: `accord evidence refuse`."
                    )
                },
                apply: { item, _, event, _ in
                    item.facts["holder"] = event.agency.map { .string($0.text) }
                    item.facts["to"] = nil
                }
            ),
            WorkStep(
                verb: "refuse",
                method: "Refuse",
                event: "evidence.transfer_refused",
                from: ["in-transfer"],
                to: "held",
                by: [.of("to"), .of("holder")],
                fields: [.text("reason")],
                apply: { item, _, _, _ in item.facts["to"] = nil }
            ),
        ],
        awaited: [
            Awaited(
                state: "in-transfer",
                by: [.of("to")],
                says: {
                    "\($0.word("holder") ?? $0.agency.text) gives you \($0.id): say that you have it, or that you do not take it."
                },
                commands: [
                    "evidence acknowledge CASE ITEM --file FILE", "evidence refuse CASE ITEM --reason WHY",
                ]
            )
        ],
        owes: { "in transfer to \($0.word("to") ?? "another agency")" },
        kept: [WorkField("holder", .agency)]
    )

    /// Of a file: made where the file is, with `accord evidence hash`.
    private static let fileDigest = WorkField.Code(
        words: "a SHA-256 digest: 64 hexadecimal digits in small letters, as `accord evidence hash FILE` prints it",
        sample: String(repeating: "5e", count: 32)
    ) { $0.utf8.count == 64 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } }
}
