import Policy
import StrictJSON

extension Act {
    /// A step of shared work, or a reading of it, that a question is about; nil for another act.
    ///
    /// What the rules do not look at, and what only the asker could say, has a stand-in; what of the item itself matters, such as
    /// its revision, is that of the item: whether he may know of it is decided like everything else.
    init?(workHypothesis question: Hypothesis, now: UTCTime, in state: CaseworkState) {
        let name = question.caseName ?? ""
        let words = (question.act ?? "").split(separator: ".").map(String.init)
        guard words.count == 2, let workflow = Workflows.named(words[0]) else { return nil }
        switch words[1] {
        case "list": self = .listWork(name, workflow: workflow.name)
        case "show": self = .getWork(name, question.entry ?? "")
        default:
            guard let step = workflow.steps.first(where: { $0.verb == words[1] }) else { return nil }
            let file = question.caseName.flatMap { state.anyCase(named: $0) }.flatMap { state.cases[$0] }
            let number = question.entry.flatMap { Workflows.number($0, workflow) }
            let item = file.flatMap { file in number.flatMap { file.work[workflow.name, $0] } }
            let standIn = StandIn(agency: question.agency, item: item, now: now)
            var facts = JSONObject()
            var parts = JSONObject()
            for field in step.fields {
                guard let value = standIn.value(of: field, in: step) else { continue }
                if field.isPart { parts[field.key] = value } else { facts[field.key] = value }
            }
            self = .work(
                name,
                WorkAct(
                    event: step.event,
                    name: step.makesItem ? nil : question.entry ?? "",
                    facts: facts,
                    parts: parts
                )
            )
        }
    }
}

/// What stands in a question for what a step would say.
private struct StandIn {
    let agency: String?
    let item: WorkItem?
    let now: UTCTime

    /// As the record would say it; nil where nothing need be said.
    func value(of field: WorkField, in step: WorkStep) -> JSONValue? {
        switch (step.event, field.key) {
        // A suspicion rests on an entry or on reasons, and an amendment changes something.
        case ("subject.registered", "basis"): return "-"
        case ("subject.registered", "lawfully_obtained"): return true
        case ("op.amended", "purposes"):
            return item?.facts["purposes"] ?? [.string(Purpose.criminalInvestigation.rawValue)]
        // To an inquiry, that nobody takes custody; to a request, that it is not complied with.
        case ("custody.answered", "answer"): return item?.isIncoming ?? false ? "not-complying" : "will-not"
        // Whole days that hold the operation.
        case (_, "window_start"): return .integer(day(of: item?.plan.startsAt ?? now))
        case (_, "window_end"): return .integer(day(of: (item?.plan.endsAt ?? now).adding(days: 1)))
        default:
            guard field.isRequired else { return nil }
            return value(field)
        }
    }

    private func value(_ field: WorkField) -> JSONValue {
        switch field.form {
        case .text, .name: return "-"
        case .code(let code): return .string(code.sample)
        case .agency: return .string(agency ?? "")
        case .agencies: return .strings([agency ?? ""])
        case .member: return .string(item?.member.text ?? "")
        case .word(let words): return .string(words.first ?? "")
        case .words(let words): return .strings(Array(words.prefix(1)))
        case .time: return .integer(now.adding(hours: Self.hours[field.key] ?? 24).milliseconds)
        case .count(let range): return .integer(field.key == "revision" ? item?.plan.revision ?? 1 : range.lowerBound)
        case .point: return "0,0"
        case .codes: return ["en"]
        case .names: return ["-"]
        case .flag: return false
        case .entry: return 1
        case .objects(let fields, _): return [.object(JSONObject(fields.map { ($0.key, value($0)) }))]
        }
    }

    /// An operation begins in a day and takes an hour, and its authority holds for longer.
    private static let hours: [String: Int64] = ["ends_at": 25, "expires_at": 240]

    private func day(of time: UTCTime) -> Int64 { time.milliseconds / 86_400_000 * 86_400_000 }
}
