package import Policy
package import StrictJSON

extension CaseworkState {
    /// Lets the state follow a step.
    mutating func evolve(_ done: WorkEvent, _ event: Event, _ place: StreamPosition) {
        let (workflow, step) = done.step
        let caseID = done.about ?? event.caseID
        guard let index = cases.index(forKey: caseID) else { return }
        if step.makesItem {
            let stream = done.about == nil ? nil : event.caseID
            guard let item = WorkItem(madeBy: done, event, at: place.recordedAt, stream: stream) else { return }
            cases.values[index].work.add(item)
            if let stream { casesByStream[stream] = caseID }
        }
        cases.values[index].work.change(workflow.name, done.number) { [calendar] item in
            item.take(done, event, at: place, calendar, isAttributed: true)
        }
        guard let item = cases.values[index].work[workflow.name, done.number] else { return }
        cases.values[index].notedWork[item.id] = nil
        if !workflow.isClosed { for party in item.parties { casesByAgency[party, default: []].insert(caseID) } }
        // What is said no more starts nothing.
        if !done.isHollow {
            change(step.clocks(item, place.recordedAt), of: item, in: event.caseID, at: place.recordedAt)
        }
        if Self.planRevisions.contains(done.kind) { deconfliction.awaitComparison(of: item.id, in: caseID) }
        followPurge(done, of: item, in: caseID, at: Int64(clamping: place.caseSeq))
        if workflow.ended.contains(item.state) { stopClocks(of: item, in: event.caseID) }
        workflow.carry(&cases.values[index].work, item)
    }

    /// Steps after which what was submitted to deconfliction for a plan is to be compared anew.
    private static let planRevisions: Set<String> = ["op.proposed", "op.amended"]

    /// Starts and stops the clocks of an item.
    mutating func change(_ changes: [ClockChange], of item: WorkItem, in stream: CaseID, at now: UTCTime) {
        func name(_ part: String?) -> String { part.map { "\(item.id)/\($0)" } ?? item.id }
        for change in changes {
            switch change {
            case .start(let kind, let due, let part):
                start(Clock(kind, stream, name(part), startedAt: now, dueAt: due))
            case .stop(let kind, let part): clocks.stop(kind, stream, name(part))
            }
        }
    }

    /// The streams of items of which nobody but their readers learns that they exist.
    package var restrictedStreams: Set<CaseID> { Set(casesByStream.keys) }

    /// The case of a stream: its own, or that in which an item of shared work has its lines.
    package func file(ofStream stream: CaseID) -> CaseFile? {
        cases[stream] ?? casesByStream[stream].flatMap { cases[$0] }
    }

    /// Nothing is owed about what has ended.
    mutating func stopClocks(of item: WorkItem, in caseID: CaseID) {
        for kind in ClockKind.allCases { clocks.stop(kind, caseID, item.id) }
    }

    /// Lets an item follow a clock that ran out.
    mutating func follow(_ clock: Clock, at place: StreamPosition) {
        guard let index = cases.index(forKey: casesByStream[clock.stream] ?? clock.stream),
            let item = Workflows.item(clock.item, in: cases.values[index].work),
            let workflow = Workflows.named(item.workflow), let state = workflow.crossings[clock.kind]
        else { return }
        cases.values[index].work.change(item.workflow, item.number) { item in
            item.follow(Int64(clamping: place.caseSeq), at: place.recordedAt) { $0.state = state }
        }
        if workflow.ended.contains(state) { stopClocks(of: item, in: clock.stream) }
        guard let now = cases.values[index].work[item.workflow, item.number] else { return }
        workflow.carry(&cases.values[index].work, now)
    }

    /// Items of a case that the member may see, as the interface shows them (`type Item`).
    ///
    /// `scope`: what he may see of what agencies said, where their policies narrow it; nil: all that his standing lets him see.
    package func work(
        of file: CaseFile,
        workflow: String?,
        _ scope: EntryScope? = nil,
        for id: MemberID,
        now: UTCTime
    ) -> [JSONObject] {
        guard let member = members[id] else { return [] }
        let standing = standing(of: member, in: file, now)
        return file.work.all.filter { workflow == nil || $0.workflow == workflow }
            .filter { standing.mayKnow($0, in: file) }
            .map { json($0, in: file, standing, scope ?? standing.scope(file), now) }
    }

    /// How many items there are of the kinds of which somebody is told no more, by state, as the interface shows them (`type Count`).
    package func counts(of file: CaseFile, workflow: String?, for id: MemberID, now: UTCTime) -> [JSONObject] {
        guard let member = members[id] else { return [] }
        let standing = standing(of: member, in: file, now)
        guard standing.mayKnow(file), !standing.isSealedFrom else { return [] }
        return Workflows.all.filter { (workflow == nil || $0.name == workflow) && standing.isCounted($0) }
            .flatMap { kind in
                Dictionary(grouping: file.work.all.filter { $0.workflow == kind.name }, by: \.state)
                    .sorted { $0.key < $1.key }
                    .map { state, items in
                        [
                            "workflow": .string(kind.name), "state": .string(state),
                            "items": .integer(Int64(items.count)),
                        ]
                    }
            }
    }

    /// An item, as far as the member may see it, the lines that hold its texts, which kinds of them he is shown, all if nil,
    /// whose words, and in which stream; nil if he may not know of it.
    package func work(
        _ name: String,
        of file: CaseFile,
        _ scope: EntryScope? = nil,
        for id: MemberID,
        inspects: Bool = false,
        now: UTCTime
    ) -> (shown: JSONObject, lines: [Int64], kinds: Set<String>?, words: EntryScope, stream: CaseID)? {
        guard let member = members[id], let item = Workflows.item(name, in: file.work) else { return nil }
        var standing = standing(of: member, in: file, now)
        standing.inspects = inspects
        guard standing.mayKnow(item, in: file) else { return nil }
        let scope = scope ?? standing.scope(file)
        let shown = json(item, in: file, standing, scope, now)
        let words = standing.words(in: item, scope)
        let stream = item.stream ?? file.id
        switch standing.visibility(of: item, in: file) {
        case .content: return (shown, standing.shown(item).lines, nil, words, stream)
        case .header: return (shown, [], nil, words, stream)
        case .none: return (shown, item.lines, Set(standing.excerpt(of: item, in: file).map(\.event)), words, stream)
        }
    }

    /// Whether an item was sealed or purged, so that its texts are not there by law.
    package func isGone(_ name: String, in file: CaseFile) -> Bool {
        Workflows.item(name, in: file.work).map { file.removals.isGone($0.removable) } ?? false
    }

    /// Which parts of the steps of an item are sealed for its readers.
    package func sealedParts(of name: String, in file: CaseFile) -> Set<String> {
        Workflows.item(name, in: file.work).map(sealedParts(of:)) ?? []
    }

    func sealedParts(of item: WorkItem) -> Set<String> { Workflows.named(item.workflow)?.sealed(item) ?? [] }

    private func json(
        _ whole: WorkItem,
        in file: CaseFile,
        _ standing: Standing,
        _ scope: EntryScope,
        _ now: UTCTime
    ) -> JSONObject {
        let visibility = standing.visibility(of: whole, in: file)
        let words = standing.words(in: whole, scope)
        guard visibility != .none else { return excerpt(whole, in: file, standing, words) }
        let item = standing.shown(whole)
        let workflow = Workflows.named(item.workflow)
        let fields = (workflow?.steps.flatMap(\.recorded) ?? []) + (workflow?.kept ?? [])
        let sees = visibility == .content
        let lacks = sees ? workflow?.lacks(self, file, item, now) ?? [] : []
        let facts = WorkField.withoutSealed(item.facts(words), fields, scope)
        // Which clocks run may follow from what is none of the business of who is only asked.
        let isCut = whole.outward != nil && standing.isOnlyAsked(whole)
        let running = ClockKind.allCases.compactMap { clocks.clock($0, item.stream ?? file.id, item.id)?.dueAt }.min()
        let due = isCut ? item.time("due_at") : running
        return .present([
            ("id", .string(item.id)), ("case", .string(file.number)), ("workflow", .string(item.workflow)),
            ("state", .string(item.state)), ("agency", .string(item.agency.text)),
            ("member", .string(item.member.text)), ("openedAt", .integer(item.openedAt.milliseconds * 1_000)),
            ("changedAt", .integer(item.changedAt.milliseconds * 1_000)),
            ("dueAt", due.map { .integer($0.milliseconds * 1_000) }),
            ("facts", sees ? .object(WorkField.wire(facts, fields)) : nil),
            ("missing", sees ? .strings(lacks.filter { $0.rule != nil }.map(\.words)) : nil),
            ("purged", file.removals.purge(file.removals.purged[whole.removable]).map { .string($0.words) }),
            ("open", sees ? .strings(lacks.filter { $0.rule == nil }.map(\.words)) : nil),
        ])
    }

    /// An item as somebody sees it who is shown some of its steps alone: nothing of it tells what became of it since.
    private func excerpt(
        _ item: WorkItem,
        in file: CaseFile,
        _ standing: Standing,
        _ words: EntryScope
    ) -> JSONObject {
        let shown = item.facts(words)
        let steps = standing.excerpt(of: item, in: file)
        let fields = steps.flatMap(\.fields).filter { !$0.isPart }
        let facts = JSONObject(fields.compactMap { field in shown[field.key].map { (field.key, $0) } })
        return .present([
            ("id", .string(item.id)), ("case", .string(file.number)), ("workflow", .string(item.workflow)),
            ("state", .string("shown in part")), ("agency", .string(item.agency.text)),
            ("member", .string(item.member.text)), ("openedAt", .integer(item.openedAt.milliseconds * 1_000)),
            ("changedAt", .integer(item.openedAt.milliseconds * 1_000)),
            ("facts", .object(WorkField.wire(facts, fields))),
        ])
    }

    /// A step in a feed; nil if the member may not know of the item.
    func feedSummary(
        _ done: WorkEvent,
        _ event: Event,
        _ who: String,
        _ file: CaseFile,
        _ standing: Standing
    ) -> String? {
        let (workflow, step) = done.step
        guard !workflow.isHidden, let item = file.work[workflow.name, done.number],
            standing.visibility(of: item, in: file) != .none
                || (standing.isShown(step) && !file.removals.isGone(item.removable)),
            standing.scope(file).visibility(ofStep: event) != .none,
            !(step.isInternal && standing.isOnlyAsked(item))
        else { return nil }
        let to = step.makesItem ? item.agency("to").map { " to \($0)" } ?? "" : ""
        let past = step.event.drop { $0 != "." }.dropFirst().replacing("_", with: " ")
        return "\(who): \(item.id) (\(workflow.title)) \(past)\(to)."
    }

    /// What waits for a member about shared work: kind, item, who it comes from, since when, what it says and the command that
    /// answers it.
    func eachWorkTask(
        in file: CaseFile,
        for member: Member,
        _ standing: Standing,
        _ now: UTCTime,
        _ add: (String, String?, AgencyID, UTCTime, String, String) -> Void
    ) {
        // Who agreed to a plan and is left out of it may not know of it any more, but for that.
        let isLiaison = standing.isLiaison && standing.isJoined && file.state != .closed
        let plans = isLiaison ? file.work.items[Workflow.operations.name] ?? [] : []
        for item in plans where Workflow.isComing(item) && item.plan.isLeftOut(standing.agency) {
            guard !file.removals.isGone(item.removable) else { continue }
            add(
                item.workflow,
                item.id,
                item.agency,
                item.plan.revisedAt,
                "\(item.id) was amended: your agency, which agreed to it, takes no part in it any more.",
                "accord case show \(file.number)"
            )
        }
        for whole in file.work.all
        where (whole.isPurgedMatter || standing.visibility(of: whole, in: file) != .header)
            && standing.mayKnow(whole, in: file)
        {
            let item = standing.shown(whole)
            guard let workflow = Workflows.named(item.workflow) else { continue }
            if file.state != .closed, isTold(item, workflow, in: file, standing) {
                let by = item.agency("to")
                // What has not ended is awaited still: whoever asked may take it back.
                let isAwaited = by != nil && !workflow.ended.contains(item.state)
                add(
                    item.workflow,
                    item.id,
                    by ?? item.agency,
                    item.changedAt,
                    by.map { "\($0) about \(item.id), which your agency asked: \(item.state)." }
                        ?? "\(item.id) (\(workflow.title)) of \(item.agency) is \(item.state).",
                    Self.filled(
                        "accord KIND show CASE ITEM\naccord inbox ack ITEM --case CASE"
                            + (isAwaited ? "\naccord KIND cancel CASE ITEM --reason WHY" : ""),
                        ["KIND": item.workflow, "CASE": file.number, "ITEM": item.id]
                    )
                )
            }
            let isReady =
                file.state != .closed && workflow.isReady.contains(item.state) && standing.isCaseLead
            let lacks = isReady ? workflow.lacks(self, file, item, now).filter { $0.rule != nil } : []
            if !lacks.isEmpty {
                let commands = "accord KIND show CASE ITEM\naccord KIND amend CASE ITEM --reason WHY"
                add(
                    item.workflow,
                    item.id,
                    item.agency,
                    item.changedAt,
                    "\(item.id) cannot go on as it is: \(lacks.map(\.words).joined(separator: " "))",
                    Self.filled(commands, ["KIND": item.workflow, "CASE": file.number, "ITEM": item.id])
                )
            }
            for awaited in workflow.awaited
            where awaited.isOpen(item, standing) && (file.state != .closed || awaited.goesOnWhenClosed) {
                let isAsked = awaited.by.contains {
                    $0.role(standing, item.facts, maker: item.agency, by: item.member) != nil
                }
                guard isAsked else { continue }
                add(
                    item.workflow,
                    item.id,
                    item.agency,
                    // Who is shown a part of it alone is not told that it goes on.
                    standing.visibility(of: whole, in: file) == .none ? item.openedAt : item.changedAt,
                    awaited.says(item),
                    Self.filled(
                        awaited.commands.map { "accord \($0)" }.joined(separator: "\n"),
                        [
                            "CASE": file.number, "ITEM": item.id, "REVISION": String(item.plan.revision),
                            "MATTER": item.word("matter"),
                        ]
                    )
                )
            }
        }
    }

    /// Whether what became of an item is news to somebody who is to be told.
    private func isTold(_ item: WorkItem, _ workflow: Workflow, in file: CaseFile, _ standing: Standing) -> Bool {
        (workflow.tells[item.state] ?? []).contains {
            $0.role(standing, item.facts, maker: item.agency, by: item.member) != nil
        }
            && !(file.notedWork[item.id]?.contains(standing.member) ?? false)
    }

    /// Whether somebody is told of what became of the item of that name, and has not taken note of it.
    func isTold(_ name: String, in file: CaseFile, _ standing: Standing) -> Bool {
        guard file.state != .closed, let whole = Workflows.item(name, in: file.work), whole.id == name,
            let workflow = Workflows.named(whole.workflow), standing.mayKnow(whole, in: file)
        else { return false }
        return isTold(standing.shown(whole), workflow, in: file, standing)
    }

    /// Keeps in mind that somebody took note of what became of an item.
    mutating func noteWork(_ name: String, in stream: CaseID, by member: MemberID) {
        guard let index = cases.index(forKey: stream),
            let item = Workflows.item(name, in: cases.values[index].work), item.id == name,
            Workflows.named(item.workflow)?.tells[item.state] != nil
        else { return }
        cases.values[index].notedWork[name, default: []].insert(member)
    }

    /// What keeps a case from being closed: items that have not ended (rule P18); of one that is not for the asker, whose it is.
    func openWork(of file: CaseFile, for standing: Standing) -> [String] {
        file.work.all.compactMap { item in
            // Of what is sealed or purged nobody can bring anything to an end.
            guard let workflow = Workflows.named(item.workflow), !workflow.ended.contains(item.state),
                workflow.blocksClosing(item), !file.removals.isGone(item.removable)
            else { return nil }
            guard standing.mayKnow(item, in: file) else {
                // Who is told how many there are is told what is owed of one, and not of which.
                return standing.isCounted(workflow)
                    ? "\(workflow.owes(item)), by \(item.agency)" : "work of \(item.agency) that is not open to you"
            }
            return "\(item.id) (\(workflow.title), \(workflow.owes(standing.shown(item))))"
        }
    }
}

extension WorkEvent {
    /// The parts as the interface shows them, with what the step said.
    package var shownParts: JSONObject { shownParts(without: []) }

    package func shownParts(without sealed: Set<String>) -> JSONObject {
        let open = JSONObject(parts.members.filter { !sealed.contains($0.key) }.map { ($0.key, $0.value) })
        return WorkField.wire(open, step.step.recorded)
    }

    /// What is sealed is not named by what rests on it.
    package func shownFacts(_ scope: EntryScope) -> JSONObject {
        let fields = step.step.recorded
        return WorkField.wire(WorkField.withoutSealed(facts, fields, scope), fields)
    }

    /// What is shown of a step before oversight.
    package func shownInDocket(without hidden: Set<String>) -> JSONObject {
        JSONObject(shownFacts(.nothing).members.filter { !hidden.contains($0.key) }.map { ($0.key, $0.value) })
    }

    /// Whether it names an entry that is sealed for the reader.
    func namesSealed(_ scope: EntryScope) -> Bool {
        WorkField.withoutSealed(facts, step.step.recorded, scope) != facts
    }
}
