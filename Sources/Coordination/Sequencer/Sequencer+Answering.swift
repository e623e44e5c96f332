import CaseViews
import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// What readings answer: from state in memory when they are decided, or from views and record once their line is durable.
extension Sequencer {
    func payment(for command: Command, _ decision: Decision, _ call: Call) throws -> Payment {
        guard command.act.isReading, let grant = decision.reading else { return .replies([]) }
        let id = grant.member
        let now = command.now
        switch command.act {
        case .listAgencies: return list("agency", state.visibleAgencies())
        case .listAgreements: return list("agreement", state.visibleAgreements(id, now: now).map { $0.json(now) })
        case .getCalendar:
            return .replies([
                .final(JSONObject([("calendar", .object(state.calendar.json))] + state.calendarNews.shown))
            ])
        case .listMembers:
            return list("member", state.visibleMembers(id, now: now).map { state.json($0, for: id, now: now) })
        case .listCases:
            return list(
                "case",
                state.visibleCases(id, now: now).map { state.json($0, for: id, inFull: false, now: now) }
            )
        case .getCase:
            guard let file = grant.caseID.flatMap({ state.cases[$0] }) else { return .refusal(Refusal(row: "P01")) }
            return .replies([.final(["case": .object(state.json(file, for: id, inFull: true, now: now))])])
        case .inbox: return list("task", state.inbox(id, now: now).map(\.json))
        case .listDue(_, let isOverdueOnly):
            return list("deadline", state.due(id, in: grant.caseID, isOverdueOnly: isOverdueOnly, now: now))
        case .removal:
            guard let file = grant.caseID.flatMap({ state.cases[$0] }) else { return .refusal(Refusal(row: "P01")) }
            return list("removal", state.removals(of: file, for: id, now: now))
        case .listWork(_, let workflow):
            guard let file = grant.caseID.flatMap({ state.cases[$0] }) else { return .refusal(Refusal(row: "P01")) }
            let counts = state.counts(of: file, workflow: workflow, for: id, now: now)
            return list(
                ["count": counts, "item": state.work(of: file, workflow: workflow, grant.scope, for: id, now: now)]
            )
        case .getWork(_, let name): return work(name, grant, now)
        case .listDocket(let workflow): return list("item", state.docketItems(of: workflow, for: id, now: now))
        case .getDocket(let name): return docket(name, grant, now)
        case .jurisdiction(.list(let agency)): return list("bundle", state.visiblePolicies(id, of: agency, now: now))
        case .deconfliction(.show(let name)):
            guard let shown = state.deconfliction(named: name, for: id, now: now) else {
                return .refusal(Refusal(row: "P04"))
            }
            return .replies([.final(shown)])
        case .hooks(let act): return payment(for: act)
        case .report(.list): return list("report", state.visibleReports(id, now: now))
        case .explain(let question): return explain(question, command)
        case .watch(let request): return .watch(watch(request, call, id, now))
        case .listEntries(_, let after, let limit): return try entries(grant, after, limit)
        case .getEntry: return try entry(grant)
        case .listRegister: return try register(grant, now)
        case .listAccess(_, let limit, _, let first): return .reading(accesses(grant, limit, first: first))
        case .readLines(let after, let limit): return .reading(Self.lines(after: after, limit: limit))
        case .verify(let known): return .reading(verification(known))
        case .replay: return .reading(replay())
        case .export:
            return .export(DueExport(asked: (command, grant), seq: composer.size, holds: decision.event.holds))
        case .backUp: return .backup(seq: composer.size)
        default: return .replies([])
        }
    }

    static let streamed: Set<String> = [
        "agency.list", "agreement.list", "member.list", "case.list", "entry.list", "dissemination.list", "watch",
        "inbox", "due", "purge.list", "policy.list", "work.list", "docket.list", "audit.lines", "audit.export",
        "audit.access",
        "audit.replay", "hooks.list", "hooks.failed", "report.make", "report.list",
    ]

    /// One object a reply, and an empty one at the end.
    func list(_ name: String, _ objects: [JSONObject]) -> Payment { list([name: objects]) }

    private func list(_ objects: KeyValuePairs<String, [JSONObject]>) -> Payment {
        .replies(
            objects.flatMap { name, objects in objects.map { .more(JSONObject([(name, .object($0))])) } } + [
                .final([:])
            ]
        )
    }

    private func watch(_ request: WatchRequest, _ call: Call, _ id: MemberID, _ now: UTCTime) -> Watch {
        var cursors: [CaseID: Int64] = [:]
        for (name, after) in request.positions ?? [] {
            if let caseID = state.caseID(named: name, for: id, now: now) { cursors[caseID] = after }
        }
        if request.positions == nil {
            for file in state.visibleCases(id, now: now) { cursors[file.id] = durableHeads[file.id] ?? -1 }
        }
        return Watch(
            caller: call.caller,
            member: id,
            followsAll: request.positions == nil,
            follows: request.follows,
            idleMilliseconds: request.idleSeconds * 1_000,
            cursors: cursors,
            lastSent: surroundings.uptime()
        )
    }

    private func explain(_ question: Hypothesis, _ asked: Command) -> Payment {
        if let policy = question.jurisdiction { return explain(policy, asked) }
        var subject: Command?
        if question.act == nil {
            // What was refused is judged as it would be now: whose rights have ended learns nothing by asking again.
            let id = state.member(by: asked.actor.by)?.id
            switch id.flatMap({ lastRefused[$0] }) {
            case .act(let command): subject = command
            case .form(let method, let refusal): return explain(refusal, of: method)
            case nil:
                if let past = id.flatMap({ state.pastRefusals[$0] }) { return explained(past.act, past.step) }
            }
            subject?.actor = asked.actor
            subject?.now = asked.now
        } else if let act = Act(hypothesis: question, now: asked.now, in: state) {
            subject = asked
            subject?.act = act
        }
        guard let subject else {
            return .refusal(
                .malformed(
                    field: "act",
                    question.act == nil
                        ? "given: nothing was refused to you yet"
                        : "one of the acts that need a rule, with what it is about as “entry”, and “agency” where it names one"
                )
            )
        }
        let (steps, refusal) = state.explain(subject)
        return .replies([
            .final([
                "act": .string(subject.act.name), "allowed": .bool(refusal == nil),
                "steps": .array(
                    steps.map { step in
                        // What may not be known is not explained away either: P04C looks like P04.
                        let face = refusal?.outward.rule ?? step.rule
                        return [
                            "rule": .string(step.fired ? face : step.rule),
                            "code": .string(step.fired ? refusal?.outward.code ?? step.code : step.code),
                            "fired": .bool(step.fired), "because": .string(step.because),
                        ]
                    }
                ),
                "policy": .string(state.jurisdiction.digest.hex),
            ])
        ])
    }

    /// What was refused for its form alone: no rule was come to but the one that it broke.
    private func explain(_ refusal: Refusal, of method: String) -> Payment {
        let step = Step(
            rule: refusal.outward.rule,
            code: refusal.outward.code,
            fired: true,
            because: refusal.outward.message
        )
        return explained(method, step)
    }

    private func explained(_ act: String, _ step: Step) -> Payment {
        .replies([
            .final([
                "act": .string(act), "allowed": false, "steps": .array([step.json]),
                "policy": .string(state.jurisdiction.digest.hex),
            ])
        ])
    }

    /// What an agency's own policy says of a question.
    private func explain(_ question: JurisdictionHypothesis, _ asked: Command) -> Payment {
        guard let (answer, steps) = state.explain(question, by: asked.actor, now: asked.now) else {
            return .refusal(Refusal(row: "V02"))
        }
        var reply: JSONObject = [
            "act": "jurisdiction", "allowed": .bool(answer.isAllowed()), "steps": .array(steps.map(\.json)),
            "policy": .string(state.jurisdiction.digest.hex),
        ]
        if case .require(let conditions) = answer.verdict {
            reply["requires"] = .array(JurisdictionCondition.inOrder(conditions).map { .string($0.rawValue) })
        }
        return .replies([.final(reply)])
    }

    func answerRules(_ call: Call) {
        guard call.wantsMore else { return send(call.id, .expectedMore) }
        let replies: [(CallID, Reply)] = RuleTable.rules.map { rule in
            let object: JSONObject = [
                "id": .string(rule.id), "code": .string(rule.code), "test": .string(rule.test),
                "citation": .string(rule.citation), "message": .string(rule.message), "ask": .string(rule.ask),
            ]
            return (call.id, .more(["rule": .object(object)]))
        }
        surroundings.send(replies + [(call.id, .final([:]))])
    }

    func answerStatus(_ call: Call) {
        let member = sessions[call.id.connection].flatMap { state.member(by: $0.by) }
        let roles = member.map { member in Set(member.grants.filter { present < $0.expiresAt }.map(\.role)) } ?? []
        var reply: JSONObject = [
            "version": .string(surroundings.facts.version), "pid": .integer(Int64(surroundings.facts.pid)),
            "startedAt": .integer(surroundings.facts.startedAt * 1_000), "mode": .string(mode.rawValue),
            "warnings": .array(allWarnings.map { .string($0) }),
            "origin": .string(composer.origin), "logKey": .string(surroundings.logKey),
            "connections": .integer(Int64(sessions.count)),
        ]
        if !roles.isDisjoint(with: [.administrator, .oversight]) {
            reply["size"] = .integer(Int64(clamping: durable.size))
        }
        if member != nil {
            for (name, value) in standing.members where name != "witnessed" { reply[name] = value }
        }
        send(call.id, .final(reply))
    }
}

extension Step {
    fileprivate var json: JSONValue {
        ["rule": .string(rule), "code": .string(code), "fired": .bool(fired), "because": .string(because)]
    }
}
