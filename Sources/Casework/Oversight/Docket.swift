package import Policy
package import StrictJSON

/// What oversight has before it, and what stands in no case: complaints, incidents, inspections and findings.
///
/// Each item has a stream of its own, whose lines are all of the kind `restricted`, so that neither a case nor a line tells of
/// it (domain.md 6.4).
package struct Docket: Hashable, Sendable {
    private(set) var work = Work()
    private var streams: [String: CaseID] = [:]
    private var names: [CaseID: String] = [:]

    init() {}

    /// The stream in which an item's lines stand.
    package func stream(of item: WorkItem) -> CaseID? { streams[item.id] }

    /// The item whose lines stand in a stream.
    func item(in stream: CaseID) -> WorkItem? { names[stream].flatMap { Workflows.item($0, in: work) } }

    mutating func add(_ item: WorkItem, in stream: CaseID) {
        guard names[stream] == nil else { return }
        work.add(item)
        streams[item.id] = stream
        names[stream] = item.id
    }

    mutating func change(_ item: WorkItem, _ body: (inout WorkItem) -> Void) {
        work.change(item.workflow, item.number, body)
    }
}

extension Docket {
    /// What a snapshot of the state says of it.
    var record: JSONValue {
        [
            "items": work.record,
            "streams": .array(
                streams.sorted { $0.key < $1.key }.map { ["item": .string($0.key), "stream": .string($0.value.hex)] }
            ),
        ]
    }

    /// A state that was kept by an earlier version knows of none, and there was none.
    init(_ value: JSONValue?) throws(EventFault) {
        guard let value else { return }
        let fields = try Fields(value)
        work = try Work(fields.object["items"])
        for value in fields.object["streams"]?.array ?? [] {
            let fields = try Fields(value)
            let name = try fields.string("item")
            let stream = try fields.word("stream") { CaseID(hex: $0) }
            streams[name] = stream
            names[stream] = name
        }
    }
}

extension CaseworkState {
    /// Lets the docket follow a step.
    mutating func evolve(docket done: WorkEvent, _ event: Event, _ place: StreamPosition) {
        let (workflow, step) = done.step
        if step.makesItem, let item = WorkItem(madeBy: done, event, at: place.recordedAt) {
            docket.add(item, in: event.caseID)
        }
        guard let item = docket.item(in: event.caseID), item.id == done.item else { return }
        docket.change(item) { [calendar] item in
            item.take(done, event, at: place, calendar, isAttributed: false)
        }
        guard let item = docket.item(in: event.caseID) else { return }
        change(step.clocks(item, place.recordedAt), of: item, in: event.caseID, at: place.recordedAt)
        if workflow.ended.contains(item.state) { stopClocks(of: item, in: event.caseID) }
    }

    /// Lets an item follow a clock of its stream that ran out.
    mutating func followInDocket(_ clock: Clock, at place: StreamPosition) {
        guard let item = docket.item(in: clock.stream) else { return }
        let to = Workflows.named(item.workflow)?.crossings[clock.kind]
        docket.change(item) { item in
            item.follow(Int64(clamping: place.caseSeq), at: place.recordedAt) { if let to { $0.state = to } }
        }
    }

    /// Whether somebody sees an item: oversight, as far as it is neither concerned nor named itself, and of a finding the liaisons
    /// of the agency that has to answer.
    func sees(_ item: WorkItem, _ member: Member, _ now: UTCTime) -> Bool {
        let isConcerned =
            ([item.agency("agency")] + item.agencies("agencies")).contains(member.agency)
            || item.word("named") == member.id.text
        let roles = member.roles(in: nil, now)
        if roles.contains(.oversight), !isConcerned { return true }
        return isAsked(item, member, now)
    }

    /// Whether it is a finding that somebody answers for his agency.
    func isAsked(_ item: WorkItem, _ member: Member, _ now: UTCTime) -> Bool {
        item.workflow == "finding" && item.agency("to") == member.agency
            && member.roles(in: nil, now).contains(.liaison)
    }

    /// The items that somebody sees, in their order (`type Item` of io.accord.Docket).
    package func docketItems(of workflow: String?, for id: MemberID, now: UTCTime) -> [JSONObject] {
        guard let member = members[id], !member.isDisabled else { return [] }
        return docket.work.all.filter { workflow == nil || $0.workflow == workflow }
            .filter { sees($0, member, now) }
            .map { json(docket: $0, for: member, now) }
    }

    /// An item, where its lines stand, whether who made it is not shown, and which facts are not; nil if the member does not see it.
    package func docketItem(
        _ name: String,
        for id: MemberID,
        now: UTCTime
    ) -> (shown: JSONObject, stream: CaseID, lines: [Int64], hidesMaker: Bool, hidden: Set<String>)? {
        guard let member = members[id], let item = Workflows.item(name, in: docket.work), sees(item, member, now),
            let stream = docket.stream(of: item)
        else { return nil }
        return (
            json(docket: item, for: member, now), stream, item.lines, item.flag("anonymous"), hidden(from: member, now)
        )
    }

    /// What the daemon keeps for itself; and who answers a finding is not told from what oversight has it.
    private func hidden(from member: Member, _ now: UTCTime) -> Set<String> {
        member.roles(in: nil, now).contains(.oversight) ? ["files"] : ["files", "source"]
    }

    private func json(docket item: WorkItem, for member: Member, _ now: UTCTime) -> JSONObject {
        let workflow = Workflows.named(item.workflow)
        let fields = (workflow?.steps.flatMap(\.recorded) ?? []) + (workflow?.kept ?? [])
        let hidden = hidden(from: member, now)
        let facts = JSONObject(item.facts.members.filter { !hidden.contains($0.key) }.map { ($0.key, $0.value) })
        let isNamed = !item.flag("anonymous")
        let due = docket.stream(of: item).flatMap { clocks.entries(in: $0).map(\.clock.dueAt).min() }
        return .present([
            ("id", .string(item.id)), ("workflow", .string(item.workflow)), ("state", .string(item.state)),
            ("agency", isNamed ? .string(item.agency.text) : nil),
            ("member", isNamed ? .string(item.member.text) : nil),
            ("openedAt", .integer(item.openedAt.milliseconds * 1_000)),
            ("changedAt", .integer(item.changedAt.milliseconds * 1_000)),
            ("dueAt", due.map { .integer($0.milliseconds * 1_000) }),
            ("facts", .object(WorkField.wire(WorkField.withoutSealed(facts, fields, .nothing), fields))),
        ])
    }

    /// What waits for somebody in the docket.
    func docketTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        docket.work.all.compactMap { item in
            guard sees(item, member, now), let duty = duty(item, member, now) else { return nil }
            return InboxTask(
                kind: item.workflow,
                caseNumber: "",
                item: item.id,
                // Who complained is for who reads the complaint, and not for a list on a screen.
                fromAgency: "",
                since: item.changedAt,
                summary: duty.says,
                command: "accord \(duty.command)"
            )
        }
    }

    private func duty(_ item: WorkItem, _ member: Member, _ now: UTCTime) -> (says: String, command: String)? {
        let oversees = member.roles(in: nil, now).contains(.oversight)
        let kind = item.word("category") ?? ""
        switch (item.workflow, item.state) {
        case ("finding", "issued") where isAsked(item, member, now):
            return ("Oversight made a finding that your agency answers: \(item.id).", "finding show \(item.id)")
        case ("finding", "responded") where oversees:
            return ("\(item.id) is answered.", "finding show \(item.id)")
        case ("complaint", let state) where oversees && state != "closed" && item.flag("retaliation"):
            let says = "Something was done to somebody who may have complained, or what he wrote was read: \(item.id)."
            return (says, "complaint show \(item.id)")
        case ("complaint", "received") where oversees:
            return ("A complaint is to be routed: \(item.id), \(kind).", "complaint route \(item.id)")
        case ("incident", "received") where oversees:
            return ("Whom \(item.id), \(kind), concerns is to be told within the hour.", "incident route \(item.id)")
        case ("inspection", "expired") where oversees:
            return ("\(item.id) has expired and is to be closed.", "inspect close \(item.id)")
        default: return nil
        }
    }

    /// What an agency of a case still owes oversight: it keeps the case open (domain.md 6.5).
    func owedToOversight(in file: CaseFile) -> [String] {
        docket.work.all.compactMap { item in
            guard item.workflow == "finding", item.state == "issued",
                item.facts["files"]?.array?.first?.string == file.id.hex
            else { return nil }
            return "an answer that \(item.agency("to")?.text ?? "an agency") owes oversight"
        }
    }
}
