package import Policy
package import StrictJSON

/// A piece of work in a case, such as the request for information Q-3: where it stands, and the facts that decisions need.
package struct WorkItem: Hashable, Sendable {
    /// The workflow's name.
    package let workflow: String
    package let number: Int64
    package var state: String
    /// Who made it.
    package internal(set) var agency: AgencyID
    package let member: MemberID
    package let openedAt: UTCTime
    /// The stream in which its lines stand, where it is none of the case's own.
    package var stream: CaseID?
    package var changedAt: UTCTime
    /// What its steps said last, by the record's names; texts are in the record alone.
    package var facts: JSONObject
    /// Who said a fact, where it was another than the agency that made the item, or a liaison.
    var sources: [String: Source] = [:]
    /// Positions in the case of the lines that tell of it.
    package var lines: [Int64]
    /// What an agency that is only asked sees of it, once a step was taken that is none of its business.
    var outward: Face?

    /// By whom a fact was said.
    struct Source: Hashable, Sendable {
        let agency: AgencyID
        let role: Role?
    }

    /// What changes of an item.
    struct Face: Hashable, Sendable {
        var state: String
        var changedAt: UTCTime
        var facts: JSONObject
        var lines: [Int64]
    }

    var face: Face {
        get { Face(state: state, changedAt: changedAt, facts: facts, lines: lines) }
        set { (state, changedAt, facts, lines) = (newValue.state, newValue.changedAt, newValue.facts, newValue.lines) }
    }

    /// The item without the steps that are none of the business of an agency that is only asked.
    var seenByAsked: WorkItem {
        guard let outward else { return self }
        var copy = self
        copy.face = outward
        return copy
    }

    /// Lets the item follow a line of the record.
    mutating func follow(_ line: Int64, at time: UTCTime, isInternal: Bool = false, _ change: (inout WorkItem) -> Void)
    {
        if isInternal {
            outward = outward ?? face
        } else if outward != nil {
            var asked = seenByAsked
            asked.outward = nil
            asked.follow(line, at: time, change)
            outward = asked.face
        }
        changedAt = time
        change(&self)
        lines.append(line)
    }

    /// Follows a step: its state, what it says, what it keeps beside, and, where `isAttributed`, who said what.
    mutating func take(
        _ done: WorkEvent,
        _ event: Event,
        at place: StreamPosition,
        _ calendar: BusinessCalendar,
        isAttributed: Bool
    ) {
        let step = done.step.step
        follow(Int64(clamping: place.caseSeq), at: place.recordedAt, isInternal: step.isInternal) { item in
            if let to = step.to { item.state = to }
            if step.isKept {
                for (key, value) in done.facts.members { item.facts[key] = value }
                if isAttributed { item.attribute(done, to: event) }
            }
            step.apply(&item, done, event, calendar)
        }
    }

    /// Keeps in mind who said what a step says.
    mutating func attribute(_ done: WorkEvent, to event: Event) {
        for key in done.facts.keys {
            let isMakers = event.agency == agency && event.role != .liaison
            sources[key] = isMakers ? nil : event.agency.map { Source(agency: $0, role: event.role) }
        }
    }

    /// The facts that were said by somebody whose words are shown.
    func facts(_ words: EntryScope) -> JSONObject {
        JSONObject(
            facts.members.filter { key, _ in
                words.visibility(ofWordsBy: sources[key]?.agency ?? agency, as: sources[key]?.role) == .content
            }
            .map { ($0.key, $0.value) }
        )
    }

    /// As people call it, such as `Q-3`.
    package var id: String { Workflows.named(workflow)?.name(of: number) ?? "?-\(number)" }

    /// The agencies between which it is: the one that made it, and those that it asks.
    package var parties: Set<AgencyID> {
        var parties: Set<AgencyID> = [agency]
        if let to = agency("to") { parties.insert(to) }
        parties.formUnion(agencies("agencies"))
        return parties
    }

    /// Whether it is what another agency recorded of a request that this one made to it, of which it is shown nothing.
    func isRequest(of other: AgencyID) -> Bool { agency("from") == other && agency != other }

    func agency(_ fact: String) -> AgencyID? { facts[fact]?.string.flatMap { AgencyID($0) } }

    func agencies(_ fact: String) -> [AgencyID] {
        (facts[fact]?.array ?? []).compactMap { $0.string.flatMap { AgencyID($0) } }
    }

    func time(_ fact: String) -> UTCTime? { facts[fact]?.integer.map { UTCTime(milliseconds: $0) } }

    func word(_ fact: String) -> String? { facts[fact]?.string }

    func flag(_ fact: String) -> Bool { facts[fact]?.bool ?? false }
}

extension WorkItem {
    /// The item that a step makes, before it follows the step; nil if nobody took it.
    ///
    /// Its lines stand in `stream`, if that is not its case.
    init?(madeBy done: WorkEvent, _ event: Event, at time: UTCTime, stream: CaseID? = nil) {
        guard let agency = event.agency, let member = event.member else { return nil }
        let (workflow, step) = done.step
        self.init(
            workflow: workflow.name,
            number: done.number,
            state: step.to ?? "",
            agency: agency,
            member: member,
            openedAt: time,
            stream: stream,
            changedAt: time,
            facts: [:],
            lines: []
        )
    }
}

/// The items of a case, each workflow's in the order in which they were made.
package struct Work: Hashable, Sendable {
    private(set) var items: [String: [WorkItem]] = [:]

    func next(_ workflow: Workflow) -> Int64 { Int64(count(workflow)) + 1 }

    func count(_ workflow: Workflow) -> Int { items[workflow.name]?.count ?? 0 }

    subscript(_ workflow: String, _ number: Int64) -> WorkItem? {
        place(workflow, number).flatMap { items[workflow]?[$0] }
    }

    /// Where an item stands: numbers that are counted tell it, those that are drawn are looked for.
    private func place(_ workflow: String, _ number: Int64) -> Int? {
        guard let list = items[workflow] else { return nil }
        let counted = number >= 1 && number <= Int64(list.count) ? Int(number) - 1 : nil
        return counted.flatMap { list[$0].number == number ? $0 : nil } ?? list.firstIndex { $0.number == number }
    }

    mutating func add(_ item: WorkItem) {
        // Numbers are without gaps, or drawn once; a line that says otherwise comes from no daemon.
        let isDrawn = Workflows.named(item.workflow)?.drawsNumbers ?? false
        guard
            isDrawn
                ? self[item.workflow, item.number] == nil : item.number == Int64(items[item.workflow]?.count ?? 0) + 1
        else { return }
        items[item.workflow, default: []].append(item)
    }

    mutating func change(_ workflow: String, _ number: Int64, _ body: (inout WorkItem) -> Void) {
        guard let place = place(workflow, number), let index = items.index(forKey: workflow) else { return }
        body(&items.values[index][place])
    }

    /// Changes items of a kind that no line of theirs tells of.
    mutating func changeAll(_ workflow: String, _ body: (inout WorkItem) -> Void) {
        for place in (items[workflow] ?? []).indices { body(&items[workflow, default: []][place]) }
    }

    /// All, by workflow and in the order in which they were made.
    var all: [WorkItem] { items.sorted { $0.key < $1.key }.flatMap(\.value) }
}

extension Work {
    /// What a snapshot of the state says of work.
    var record: JSONValue {
        .array(
            all.map { item in
                var object = item.face.record
                object["workflow"] = .string(item.workflow)
                object["number"] = .integer(item.number)
                object["agency"] = .string(item.agency.text)
                object["member"] = .string(item.member.text)
                object["opened_at"] = .integer(item.openedAt.milliseconds)
                object["outward"] = item.outward.map { .object($0.record) }
                object["stream"] = item.stream.map { .string($0.hex) }
                object["sources"] = .array(
                    item.sources.sorted { $0.key < $1.key }.map { fact, source in
                        .object(
                            .present([
                                ("fact", .string(fact)), ("agency", .string(source.agency.text)),
                                ("role", source.role.map { .string($0.rawValue) }),
                            ])
                        )
                    }
                )
                return .object(object)
            }
        )
    }

    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            let workflow = try fields.word("workflow") { Workflows.named($0) }
            let face = try WorkItem.Face(fields, of: workflow)
            let outward = try fields.object["outward"].map { (value) throws(EventFault) in
                try WorkItem.Face(Fields(value), of: workflow)
            }
            var sources: [String: WorkItem.Source] = [:]
            for value in fields.object["sources"]?.array ?? [] {
                let source = try Fields(value)
                sources[try source.string("fact")] = WorkItem.Source(
                    agency: try source.word("agency") { AgencyID($0) },
                    role: source.optionalString("role").flatMap { Role(rawValue: $0) }
                )
            }
            let stream = fields.object["stream"] == nil ? nil : try fields.word("stream") { CaseID(hex: $0) }
            add(
                WorkItem(
                    workflow: workflow.name,
                    number: try fields.ordinal("number"),
                    state: face.state,
                    agency: try fields.word("agency") { AgencyID($0) },
                    member: try fields.word("member") { MemberID($0) },
                    openedAt: try fields.time("opened_at"),
                    stream: stream,
                    changedAt: face.changedAt,
                    facts: face.facts,
                    sources: sources,
                    lines: face.lines,
                    outward: outward
                )
            )
        }
    }
}

extension WorkItem.Face {
    fileprivate var record: JSONObject {
        [
            "state": .string(state), "changed_at": .integer(changedAt.milliseconds), "facts": .object(facts),
            "lines": .integers(lines),
        ]
    }

    fileprivate init(_ fields: Fields, of workflow: Workflow) throws(EventFault) {
        self.init(
            state: try fields.string("state"),
            changedAt: try fields.time("changed_at"),
            facts: try Fields(fields.object["facts"]).object,
            lines: try fields.integers("lines")
        )
        // What rules reckon with is within what can be said: nothing read back can trap.
        for (key, value) in facts.members where !workflow.keeps(key, value) {
            throw EventFault(message: "\(key) is no fact of a \(workflow.title)")
        }
        guard lines.allSatisfy({ (0...Fields.highestOrdinal).contains($0) }) else {
            throw EventFault(message: "lines are none")
        }
    }
}
