import Policy

/// All kinds of work that agencies share in a case.
package enum Workflows {
    package static let all: [Workflow] = [
        .tasks, .requests, .subjects, .custody, .operations, .victims, .consents, .referrals, .alerts, .protected,
        .evidence, .discovery, .favourable, .handlingConflicts, .techniques,
    ]

    /// What stands before oversight, and in no case.
    package static let docket: [Workflow] = [.complaints, .incidents, .inspections, .findings, .auditReviews]

    package static func named(_ name: String) -> Workflow? { byName[name] }

    /// A step by what it records.
    ///
    /// Asking for one that is not there is a mistake of ours, and another step would be recorded for it: acts and events are made of
    /// steps that there are, and whoever reads from outside asks ``knownStep(event:)``.
    static func step(event: String) -> (workflow: Workflow, step: WorkStep) {
        guard let found = knownStep(event: event) else { preconditionFailure("No step records \(event).") }
        return found
    }

    static func knownStep(event: String) -> (workflow: Workflow, step: WorkStep)? { byEvent[event] }

    /// A step by its method, such as `io.accord.Request.Answer`.
    static func step(method: String) -> (workflow: Workflow, step: WorkStep)? { byMethod[method] }

    /// The number of an item as people write it: `Q-3`, `q3` or `3`; of a reference `V-7F3A`.
    static func number(_ text: String, _ workflow: Workflow) -> Int64? {
        guard workflow.drawsReferences else { return Reference.number(text, letters: workflow.letter) }
        let name = text.uppercased()
        let digits = name.hasPrefix("\(workflow.letter)-") ? name.dropFirst(workflow.letter.count + 1) : name[...]
        guard digits.utf8.count == 4,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) })
        else { return nil }
        return Int64(digits, radix: 16).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The item that a name such as `Q-3` means.
    static func item(_ text: String, in work: Work) -> WorkItem? {
        let letters = String(text.uppercased().prefix { $0.isASCII && $0.isLetter })
        guard let workflow = byLetter[letters] else { return nil }
        return number(text, workflow).flatMap { work[workflow.name, $0] }
    }

    /// Whether a reading or a refusal is about a kind of work that is hidden.
    package static func tellsOfHidden(_ act: String, _ item: String?) -> Bool {
        all.contains { workflow in
            workflow.isHidden
                && (act.hasPrefix("\(workflow.name).") || item?.hasPrefix("\(workflow.letter)-") ?? false)
        }
    }

    /// Whether a name is one of what is kept of victims, by its letters: whether there is such a one plays no part.
    static func tellsOfVictims(_ text: String) -> Bool {
        let letters = String(text.uppercased().prefix { $0.isASCII && $0.isLetter })
        return byLetter[letters]?.isOfVictims ?? false
    }

    /// A name such as `cm1`, as it is written; nil if it can be none of the docket.
    static func docketName(_ text: String) -> String? {
        let letters = String(text.uppercased().prefix { $0.isASCII && $0.isLetter })
        guard let workflow = byLetter[letters], docket.contains(where: { $0.letter == letters }) else { return nil }
        return number(text, workflow).map { "\(letters)-\($0)" }
    }

    private static let everyStep = (all + docket).flatMap { workflow in
        workflow.steps.map { (workflow: workflow, step: $0) }
    }
    /// Without those that the daemon takes by itself.
    private static let steps = everyStep.filter { !$0.step.method.isEmpty }
    private static let byName = Dictionary(uniqueKeysWithValues: (all + docket).map { ($0.name, $0) })
    private static let byLetter = Dictionary(uniqueKeysWithValues: (all + docket).map { ($0.letter, $0) })
    private static let byEvent = Dictionary(uniqueKeysWithValues: everyStep.map { ($0.step.event, $0) })
    private static let byMethod = Dictionary(
        uniqueKeysWithValues: steps.map { ("\($0.workflow.interface).\($0.step.method)", $0) }
    )

    /// Which kind of event each step is, by its name as an act, for ``SigningRule``.
    static let kinds: [String: [String]] = Dictionary(
        steps.map { ("\($0.workflow.name).\($0.step.verb)", [$0.step.event]) }
    ) { $0 + $1 }

    /// The names of all steps as acts, for ``SigningRule``.
    static let acts = Set(steps.map { "\($0.workflow.name).\($0.step.verb)" })
    static let actsOfLegalEffect = Set(
        steps.filter(\.step.hasLegalEffect).map { "\($0.workflow.name).\($0.step.verb)" }
    )
}
