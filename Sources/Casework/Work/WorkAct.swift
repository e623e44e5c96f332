import Policy
package import StrictJSON

/// A step that a member asks to take.
package struct WorkAct: Hashable, Sendable {
    /// The event that it would be, which names the step.
    package let event: String
    /// What the asker calls the item; nil where the step makes one.
    package let name: String?
    /// Facts, by the record's names.
    package let facts: JSONObject
    /// Parts of their own, such as texts.
    package let parts: JSONObject

    var step: (workflow: Workflow, step: WorkStep) { Workflows.step(event: event) }

    /// Whether it makes something that goes by a number which is drawn.
    var drawsNumber: Bool { step.step.makesItem && step.workflow.drawsNumbers }

    /// Such as `rfi.answer`.
    package var act: String { "\(step.workflow.name).\(step.step.verb)" }

    /// The item, such as `Q-3`; nil where there is none, or none that could be.
    package var item: String? {
        name.flatMap { Workflows.number($0, step.workflow) }.map { step.workflow.name(of: $0) }
    }
}

extension WorkEvent {
    private static let stepKey = "docket"

    /// Whether it is about something that stands in no case.
    var isDocket: Bool { step.workflow.isDocket }

    /// The parts of a line that does not say by its kind what it is: two, as every line has that is restricted.
    var recordedInDocket: [(name: String, value: JSONValue)] {
        let said = recorded.map { name, value in
            guard name == "details", let object = value.object else { return (name, value) }
            return (name, .object(object.with([(Self.stepKey, .string(kind))])))
        }
        return said.count > 1 ? said : said + [("text", "")]
    }

    /// Reads one back.
    ///
    /// - Throws: ``EventFault`` if it is none, or does not say what it must say.
    init(docket details: Fields, _ parts: [(name: String, value: JSONValue)]) throws(EventFault) {
        let kind = try details.string(Self.stepKey)
        var object = details.object
        object[Self.stepKey] = nil
        let said = parts.filter { $0.value != "" }
        guard let done = try WorkEvent(kind, Fields(.object(object)), said), done.isDocket else {
            throw EventFault(message: "\(kind) is no step before oversight")
        }
        self = done
    }
}

extension Act {
    /// A step of a workflow; nil for a method of another interface.
    static func workAct(_ method: String, _ read: Parameters) throws(Refusal) -> Act? {
        switch method {
        case "io.accord.Work.List":
            let name = read.optionalString("workflow")
            guard name.map({ Workflows.named($0) != nil }) ?? true else {
                throw .malformed(field: "workflow", "one of \(Workflows.all.map(\.name).joined(separator: ", "))")
            }
            return .listWork(read.string("case"), workflow: name)
        case "io.accord.Docket.List":
            let name = read.optionalString("workflow")
            guard name.map({ name in Workflows.docket.contains { $0.name == name } }) ?? true else {
                let words = Workflows.docket.map(\.name).joined(separator: ", ")
                throw .malformed(field: "workflow", "one of \(words)")
            }
            return .listDocket(workflow: name)
        case "io.accord.Docket.Get": return .getDocket(read.string("item"))
        case "io.accord.Work.Get": return .getWork(read.string("case"), read.string("item"))
        default: break
        }
        guard let (workflow, step) = Workflows.step(method: method) else { return nil }
        var facts = JSONObject()
        var parts = JSONObject()
        for field in step.fields {
            guard let value = try field.read(read) else { continue }
            if field.isPart { parts[field.key] = value } else { facts[field.key] = value }
        }
        let act = WorkAct(
            event: step.event,
            name: step.makesItem ? nil : read.string("item"),
            facts: facts,
            parts: parts
        )
        guard step.makesItem || act.item != nil else {
            throw .malformed(field: "item", "the \(workflow.title), such as \(workflow.letter)-1")
        }
        return workflow.isDocket ? .docket(act) : .work(read.string("case"), act)
    }
}

/// A step that was taken.
package struct WorkEvent: Hashable, Sendable {
    package let kind: String
    package let number: Int64
    package let facts: JSONObject
    package let parts: JSONObject
    /// The case, where its line stands in a stream of its own.
    package var about: CaseID?
    /// Whether what it said was destroyed by law, so that no more is known than that the step was taken.
    var isHollow = false

    var step: (workflow: Workflow, step: WorkStep) { Workflows.step(event: kind) }

    package var item: String { step.workflow.name(of: number) }

    /// The number, where it was drawn.
    var drawn: Int64? { step.step.makesItem && step.workflow.drawsNumbers ? number : nil }

    /// The parts of the event's line, `details` first.
    ///
    /// Of what nobody is to know that it exists, all lines have the two parts that one written to oversight has; all that its author
    /// said is one of them, so that a purge destroys it.
    var recorded: [(name: String, value: JSONValue)] {
        guard let about else {
            let details = facts.with([("item", .integer(number))])
            return [("details", .object(details))] + parts.members.map { ($0.key, $0.value) }
        }
        let found = Set(step.step.computed.map(\.key))
        let said = parts.with(facts.members.filter { !found.contains($0.key) }.map { ($0.key, $0.value) })
        let details = JSONObject(facts.members.filter { found.contains($0.key) }.map { ($0.key, $0.value) })
            .with([("item", .integer(number)), ("case", .string(about.hex)), ("step", .string(kind))])
        return [("details", .object(details)), ("text", said.members.isEmpty ? "" : .object(said))]
    }

    init(kind: String, number: Int64, facts: JSONObject, parts: JSONObject, about: CaseID? = nil) {
        self.kind = kind
        self.number = number
        self.facts = facts
        self.parts = parts
        self.about = about
    }

    /// Reads back what stands in a stream of its own; nil if it is something else that is `restricted`.
    ///
    /// - Throws: ``EventFault`` if it does not say what it must say.
    init?(restricted details: Fields, _ parts: [(name: String, value: JSONValue)]) throws(EventFault) {
        guard let kind = details.optionalString("step") else { return nil }
        let about = try details.word("case") { CaseID(hex: $0) }
        guard let (workflow, step) = Workflows.knownStep(event: kind), workflow.isHidden else {
            throw EventFault(message: "\(kind) is no step that is restricted")
        }
        var facts = details.object
        (facts["step"], facts["case"]) = (nil, nil)
        let text = parts.first { $0.name == "text" }?.value
        var said = parts.filter { $0.name == "details" }
        if let object = text?.object {
            for (key, value) in object.members {
                if step.fields.contains(where: { $0.key == key && !$0.isPart }) {
                    facts[key] = value
                } else {
                    said.append((key, value))
                }
            }
        } else if let text, text != "" {
            // A line of before said its text there, and the rest among the details.
            said.append(("text", text))
        }
        guard let read = try WorkEvent(kind, Fields(.object(facts)), said, isHollow: text == nil) else { return nil }
        self = read
        self.about = about
    }

    /// Reads a step back; nil if the kind is none of a workflow.
    ///
    /// - Throws: ``EventFault`` if it does not say what it must say; parts may have been destroyed by law.
    init?(
        _ kind: String,
        _ details: Fields,
        _ parts: [(name: String, value: JSONValue)],
        isHollow: Bool = false
    ) throws(EventFault) {
        guard let (_, step) = Workflows.knownStep(event: kind) else { return nil }
        var facts = details.object
        facts["item"] = nil
        var said = JSONObject(parts.filter { $0.name != "details" }.map { ($0.name, $0.value) })
        for field in step.recorded {
            // What is a part of its own today stood among the details once.
            if field.isPart, !field.isText {
                said[field.key] = said[field.key] ?? facts[field.key]
                facts[field.key] = nil
            }
            let value = field.isPart ? said[field.key] : facts[field.key]
            guard value.map(field.fits) ?? (!field.isRequired || field.isPart || isHollow) else {
                throw EventFault(message: "\(field.key) is not in its form")
            }
        }
        for key in facts.keys where !step.recorded.contains(where: { $0.key == key && !$0.isPart }) {
            throw EventFault(message: "\(key) is nothing that \(kind) says")
        }
        self.init(
            kind: kind,
            number: try details.ordinal("item"),
            facts: facts,
            parts: said
        )
        self.isHollow = isHollow
    }
}
