import Casework
import Cryptography
import Logging
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// From a call to a line: everything here happens between two looks into the mailbox.
extension Sequencer {
    /// Takes a call: what needs no record is answered at once, the rest waits its turn.
    func take(_ call: Call, _ question: Question) {
        switch question {
        // Form comes before rules: nothing was asked yet that a rule could refuse. Of an export it is a rule (P29).
        case .act(let act, _) where Self.streamed.contains(act.name) && !act.isExport && !call.wantsMore:
            send(call.id, .expectedMore)
        case .act(let act, let context) where context.signature != nil: beginSigned(call, act, context)
        case .act, .malformed, .prepare, .signed, .composed, .counted: waiting.append(call, question)
        case .whoAmI: answerWhoAmI(call)
        case .challenge: answerChallenge(call)
        case .prove(let armored): beginProof(call, armored)
        case .status: answerStatus(call)
        case .metrics: answerMetrics(call)
        case .rules: answerRules(call)
        case .signatureRules: answerSignatureRules(call)
        case .checkpoint: answerCheckpoint(call)
        case .consistency(let old, let new): answerConsistency(call, from: old, to: new)
        case .restorations(let size): answerRestorations(call, before: size)
        case .offer(let size): answerOffer(call, from: size)
        case .inclusion(let name, let position): answerInclusion(call, case: name, position: position)
        case .cosignature(let note): takeCosignature(call, note)
        }
    }

    /// Decides what waits, until the batch is full: the rest stays for the next one.
    ///
    /// While watches or readings wait for what is being written, nothing more is decided: else whoever never stops writing could have
    /// them wait for ever.
    func decideWaiting() {
        guard inFlight == nil || !(holdsWatches || owesReading) else { return }
        crossDueClocks()
        while prepared.lines.count < settings.batchLimit, !waiting.isEmpty {
            let room = settings.batchLimit - prepared.lines.count
            let keys = waiting.first(room).map { requestKey(of: $0, $1) }
            let earlier = Result { try shelf.record.find(requests: keys.compactMap(\.self)) }
            // No more than were looked for: what is a repetition needs no line, so that there may be room for more.
            for key in keys {
                guard prepared.lines.count < settings.batchLimit, let (call, question) = waiting.next() else { break }
                composing(for: call.caller) { try decide(call, question, key, earlier) }
            }
        }
    }

    /// Lets the clocks that have run out say so, with what follows, before anything is decided in the state that they leave.
    func crossDueClocks() {
        while mode == .running, prepared.lines.count < settings.batchLimit, let clock = state.dueClock(at: present) {
            var isRecorded = false
            composing {
                let crossing = state.crossing(of: clock)
                let index = try append(crossing, asker: .system)
                isRecorded = true
                try appendConsequences(of: crossing, at: prepared.committed[index].place.recordedAt)
            }
            guard isRecorded else { return }
        }
    }

    /// Has the sequencer woken when the next clock runs out; at each tick anew, should the machine's clock have been set.
    func setAlarm() {
        let due = mode == .running ? state.clocks.next?.dueAt.milliseconds : nil
        guard due != alarm else { return }
        alarm = due
        surroundings.setAlarm(due)
    }

    /// Does what makes a line; that it could not be made is told to the operator, and to who asked.
    func composing(for caller: Caller? = nil, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            logger.error("a line could not be made", metadata: ["error": "\(error)"])
            if let caller { send(caller.id, .readingFailed(interface: caller.interface)) }
        }
    }

    /// Whether nothing was asked in a session for so long that it is locked (P24).
    func isIdle(_ session: Session, at uptime: Int64) -> Bool {
        uptime - session.lastCommand > settings.sessionIdleMilliseconds
    }

    /// What a repetition is known by; nil where repeating does no harm, or was not provided for.
    ///
    /// It hangs on no state: who is nobody's when it is looked for may be a member when it is decided.
    private func requestKey(of call: Call, _ question: Question) -> RequestKey? {
        guard let (act, context) = question.asked, !act.isReading,
            let nonce = context.request.flatMap({ Nonce(hex: $0) }), let session = sessions[call.id.connection]
        else { return nil }
        return RequestKey(by: session.by, nonce: nonce)
    }

    private func decide(_ call: Call, _ question: Question, _ key: RequestKey?, _ earlier: EarlierRequests) throws {
        guard let session = sessions[call.id.connection] else { return }
        guard mode == .running else { return refuseService(call.caller) }
        let asker = Asker(by: session.by, uid: session.peer.uid)
        let uptime = surroundings.uptime()
        if isIdle(session, at: uptime) {
            return try record(denied: Refusal(row: "P24"), of: call, asker: asker, act: call.qualifiedMethod)
        }
        session.lastCommand = uptime
        switch question {
        case .malformed(let refusal, let misstated):
            noteRefused(.form(misstated.method, refusal), to: state.member(by: asker.by)?.id)
            try record(denied: refusal, of: call, asker: asker, act: misstated.method, in: misstated.caseName)
        case .act(let act, let context): try decide(call, act, context, asker, key, earlier)
        case .signed(let act, let context, let authorship):
            try decide(call, act, context, asker, key, earlier, authorship: authorship)
        case .composed(let act, let context, let report):
            try decide(call, act, context, asker, key, earlier, report: report)
        case .counted(let act, let context, let count):
            try decide(call, act, context, asker, key, earlier, count: count)
        case .prepare(let act, let context): try decide(call, act, context, asker, key, earlier, isPreparing: true)
        default: break
        }
    }

    /// Requests that are on the record, or why that is not known: then none may be decided, for it might be a second time.
    private typealias EarlierRequests = Result<[RequestKey: UInt64], any Error>

    private func decide(
        _ call: Call,
        _ act: Act,
        _ context: RequestContext,
        _ asker: Asker,
        _ key: RequestKey?,
        _ earlier: EarlierRequests,
        authorship: Authorship? = nil,
        report: ComposedReport? = nil,
        count: ExportCount? = nil,
        isPreparing: Bool = false
    ) throws {
        let now = present
        let nonce = try context.request.flatMap { Nonce(hex: $0) } ?? surroundings.chance.nonce()
        if let key, try repeats(key, by: asker.by, of: call, earlier, act) { return }
        if let saw = context.saw, saw.size > 0, !agrees(saw) {
            return try record(denied: Refusal(row: "V04"), of: call, asker: asker, act: act.name)
        }
        if goesOnBeyond(act, by: asker.by) {
            return try record(
                denied: Refusal(row: "V04", message: Self.positionBeyond),
                of: call,
                asker: asker,
                act: act.name
            )
        }
        if authorship != nil || isPreparing,
            let refusal = Self.refusal(of: authorship, over: act, context, by: asker.by)
        {
            return try record(denied: refusal, of: call, asker: asker, act: act.name)
        }
        // In one reply there is no room for what an export ends with.
        if act.isExport, !call.wantsMore {
            return try record(denied: Refusal(row: "P29"), of: call, asker: asker, act: act.name)
        }
        let command = Command(
            actor: Actor(by: asker.by),
            act: act,
            purpose: context.purpose,
            expectedPosition: context.expectedPosition,
            now: now,
            minted: try authorship?.draft?.minted ?? mint(act),
            isSigned: authorship != nil || isPreparing,
            pepper: surroundings.pepper,
            routing: surroundings.routing
        )
        var decision = state.decide(command)
        if let refusal = decision.refusal {
            noteRefused(.act(command), to: decision.event.member)
            if countsOnly(refusal, of: call, asker) { return }
        }
        if decision.refusal == nil, case .report(.make(let order, _)) = act {
            guard let report else { return owe(order, context, command, decision, to: call) }
            guard report.grant == decision.reading?.report else {
                return try record(denied: Self.changedMeanwhile, of: call, asker: asker, act: act.name)
            }
        }
        if decision.refusal == nil, case .export = act, let scope = decision.reading?.parts {
            let id = decision.event.caseID
            guard let count, count.isOf(scope) else {
                let attempt = (count?.attempt ?? 0) + 1
                guard attempt <= Self.mostCounts else {
                    return try record(denied: Self.changedWhileCounted, of: call, asker: asker, act: act.name)
                }
                return self.count(act, context, ExportCount(scope, attempt: attempt), of: id, for: call)
            }
            decision.event.holds = try stated(count, of: id)
        }
        var occasion = LineOccasion(
            asker: asker,
            nonce: try decision.refusal == nil ? nonce : surroundings.chance.nonce(),
            request: decision.refusal == nil ? key : nil,
            at: authorship?.draft?.at ?? context.at ?? UInt64(max(now.milliseconds, 0)) / 1_000,
            saw: context.saw,
            now: now.milliseconds,
            references: try resolve(decision)
        )
        if decision.refusal == nil {
            if isPreparing { return try show(decision, occasion, command, to: call) }
            if let authorship, try !sign(decision, &occasion, authorship) {
                return try record(denied: Refusal(row: "V10"), of: call, asker: asker, act: act.name)
            }
        }
        var payment = try decision.refusal.map { Payment.refusal($0) } ?? payment(for: command, decision, call)
        if let report, decision.refusal == nil { payment = .reading(report.pieces(as: decision.event.item ?? "")) }
        if case .reading(var task) = payment, let grant = decision.reading {
            task.asked = (command, grant)
            payment = .reading(task)
        }
        let owesReceipt = !act.isReading && decision.refusal == nil
        let knewCase = owesReceipt && (decision.knownCase?.isOpen ?? knowsCase(of: decision.event))
        let index = try append(decision, occasion)
        try appendConsequences(of: decision, at: prepared.committed[index].place.recordedAt)
        if owesReceipt {
            let found = state.deconfliction.found(by: decision.event)
            let number = decision.knownCase?.number
            payment = .receipt(index: index, caseNumber: number, isDuplicate: false, knewCase: knewCase, found: found)
        }
        prepared.debts.append(Debt(caller: call.caller, payment: payment))
    }

    /// What follows from an event goes into its batch: there is no purge without its notices, no link in one case alone, and no
    /// conflict of which only one side is told.
    private func appendConsequences(of decision: Decision, at now: UTCTime) throws {
        guard decision.refusal == nil, decision.event.mayHaveConsequences else { return }
        for consequence in state.consequences(after: decision.event, now: now) {
            try append(consequence, asker: .system)
        }
    }

    private func mint(_ act: Act) throws -> Minted {
        guard act.drawsNumber, let id = CaseID(bytes: try surroundings.chance.bytes(16)) else {
            return Minted(caseID: .system, digits: 0)
        }
        let digits = try surroundings.chance.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Minted(caseID: id, digits: digits)
    }

    /// Chains one line and lets the state follow.
    @discardableResult
    func append(_ decision: Decision, _ occasion: LineOccasion) throws -> Int {
        composer.policy = state.jurisdiction.digest
        let (line, recorded) = try composer.compose(decision, occasion, salt: surroundings.chance.salt)
        state.evolve(recorded.event, at: recorded.place)
        prepared.lines.append(line)
        prepared.committed.append(recorded)
        if recorded.mayOpen { prepared.mayOpen = true }
        let index = prepared.lines.count - 1
        if let key = occasion.request { prepared.requests[key] = index }
        return index
    }

    /// Chains one line of the daemon's own making, or for somebody whose call had no request number.
    @discardableResult
    func append(_ decision: Decision, asker: Asker) throws -> Int {
        let now = present.milliseconds
        return try append(
            decision,
            LineOccasion(
                asker: asker,
                nonce: surroundings.chance.nonce(),
                request: nil,
                at: UInt64(max(now, 0)) / 1_000,
                saw: nil,
                now: now,
                references: try resolve(decision)
            )
        )
    }

    /// Keeps what was refused to a member last, so that he may ask why.
    private func noteRefused(_ refused: LastRefused, to member: MemberID?) {
        guard let member else { return }
        if lastRefused.count > 4_096 { lastRefused.removeAll() }
        lastRefused[member] = refused
    }

    /// A refusal that was decided before the state was asked.
    func record(denied refusal: Refusal, of call: Call, asker: Asker, act: String, in caseName: String? = nil) throws {
        if countsOnly(refusal, of: call, asker) { return }
        try append(state.denial(of: act, by: Actor(by: asker.by), refusal, in: caseName), asker: asker)
        prepared.debts.append(Debt(caller: call.caller, payment: .refusal(refusal)))
    }

    /// Answers a request that was recorded before.
    ///
    /// - Returns: True if it was, in the record or on its way there.
    private func repeats(
        _ key: RequestKey,
        by: String,
        of call: Call,
        _ earlier: EarlierRequests,
        _ act: Act
    ) throws -> Bool {
        let pending =
            prepared.requests[key].map { prepared.committed[$0].event }
            ?? inFlight.flatMap { batch in batch.requests[key].map { batch.committed[$0].event } }
        if pending == nil, case .success(let known) = earlier, known[key] == nil { return false }
        guard let member = state.member(by: by)?.id else { return false }
        let seq = try pending == nil ? earlier.get()[key] : nil
        // Of streams that are no case it is not asked which they are.
        let asked = act.caseName.flatMap { state.caseID(named: $0, for: member, now: present) }
        let cases = state.cases.mapValues(\.number)
        @Sendable func isRepeated(_ event: Event) -> Bool {
            // No more than the name is asked of it, which hangs on no state.
            let name = Act(recorded: event, in: CaseworkState())?.name ?? act.name
            return name == act.name && (asked == nil || cases[event.caseID] == nil || event.caseID == asked)
        }
        if let pending, !isRepeated(pending) {
            prepared.debts.append(Debt(caller: call.caller, payment: .refusal(Self.usedNumber)))
            return true
        }
        if let index = prepared.requests[key] {
            let found = state.deconfliction.found(by: prepared.committed[index].event)
            prepared.debts.append(Debt(caller: call.caller, payment: .repeated(index, found: found)))
            return true
        }
        if let index = inFlight?.requests[key] {
            let found = inFlight.flatMap { state.deconfliction.found(by: $0.committed[index].event) }
            inFlight?.debts.append(Debt(caller: call.caller, payment: .repeated(index, found: found)))
            return true
        }
        guard let seq else { return false }
        let note = checkpoint.note
        let known = Set(state.cases.keys.filter { state.mayKnow($0, member, now: present) })
        // Copied only where it is asked for: a second owner would have the next change copy it.
        let compared = act.isComparing ? state.deconfliction : nil
        run(
            ReadingTask { shelf in
                guard let stored = try shelf.record.line(at: seq) else { return ReadingStep([]) }
                let event = try RecordedEvent(parsing: stored)
                // A uid or a key may have been another's once: his receipts are not this member's.
                guard event.event.member == member, isRepeated(event.event) else {
                    return ReadingStep([.refused(Self.usedNumber, interface: call.interface)])
                }
                let number = cases[event.event.caseID]
                let receipt = Receipt(
                    event,
                    caseNumber: number,
                    isDuplicate: true,
                    checkpoint: note,
                    showsPosition: number == nil || known.contains(event.event.caseID)
                )
                return ReadingStep([.encodedFinal(receipt.encoded(found: compared?.found(by: event.event)))])
            },
            for: call.caller
        )
        return true
    }

    private static let usedNumber = Refusal(
        row: "V03",
        message: "This request number was used before, for something else: nothing was done.",
        ask: "Make a new one."
    )

    /// The client's newest checkpoint must be one of ours: otherwise this is not the record it saw (rule V04).
    private func agrees(_ saw: (size: UInt64, root: Digest)) -> Bool {
        if saw.size == checkpoint.size { return saw.root == checkpoint.root }
        guard let note = try? shelf.record.checkpoint(at: saw.size),
            let known = try? UnverifiedCheckpoint(parsing: Array(note.utf8))
        else { return false }
        return known.claim.root == saw.root
    }
}
