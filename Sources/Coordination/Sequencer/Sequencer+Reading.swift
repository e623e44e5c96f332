import CaseViews
import Casework
import Logging
import Policy
import RecordStore
import Varlink

/// Recorded readings, step by step, on queues of their own.
extension Sequencer {
    func run(_ task: ReadingTask, for caller: Caller) {
        let size = durable.size
        let work: @Sendable () -> Void = { [self, shelf] in
            let result = Result {
                var step = try task.step(shelf)
                step.asked = task.asked
                step.next?.asked = task.asked
                return step
            }
            if case .failure(let fault as ViewsFault) = result, fault.isAltered, size > 0 {
                do {
                    // Before anybody else reads there.
                    try ViewsFeeding.remake(shelf, through: size - 1)
                    post(.views(.remade(fault.message)))
                } catch {
                    post(.views(.behind("\(error)")))
                }
            }
            post(.read(caller, result))
        }
        if task.queue == .views { project() }
        surroundings.on(task.queue, work)
    }

    func finishReading(_ caller: Caller, _ result: Result<ReadingStep, any Error>) {
        guard sessions[caller.id.connection] != nil else { return }
        if let step = try? result.get(), step.asked != nil, waits(step, for: caller) { return }
        if let export = exports[caller.id] {
            if export.key.isEnded {
                var task = ReadingTask(.audit) { _ in throw ExportEnded() }
                task.asked = export.asked
                return goOn(reading: task, for: caller)
            }
            if (try? result.get())?.next == nil { endExport(caller.id) }
        }
        switch result {
        case .success(let step):
            // Rights may have ended while it was read, and who ended them may know that by now.
            if let objection = objection(to: step.asked, of: caller) { return end(step.asked, objection, for: caller) }
            if let line = step.lost { noteLost(line) }
            if let (call, question) = step.question { post(.attested(call, question)) }
            if let next = step.next {
                if step.replies.isEmpty {
                    goOn(reading: next, for: caller)
                } else {
                    streams[caller.id] = (next, caller)
                }
            }
            if !step.replies.isEmpty { surroundings.send(step.replies.map { (caller.id, $0) }) }
        case .failure(let error):
            logger.error("a reading failed", metadata: ["error": "\(error)"])
            send(caller.id, .readingFailed(interface: caller.interface))
        }
    }

    /// What the operator, and with `accord status` everybody, is told of a text that is gone without an order.
    private func noteLost(_ line: UInt64) {
        logger.critical("a part is missing that nobody destroyed by law", metadata: ["line": "\(line)"])
        warnings["parts"] = "The text of line \(line) is missing from the record, and no order says so."
    }

    /// The same of an export, whose line says how many are gone.
    func noteLost(of caseID: CaseID) {
        logger.critical("an export lacks parts that nobody destroyed by law", metadata: ["case": "\(caseID)"])
        warnings["parts"] =
            "Texts are missing from the record, and no order says so: accord audit verify names the lines."
    }

    /// Goes on with a reading if it would still be allowed, and would show the same; else the refusal is recorded and ends it.
    func goOn(reading task: ReadingTask, for caller: Caller) {
        guard sessions[caller.id.connection] != nil else { return }
        if let objection = objection(to: task.asked, of: caller) { return end(task.asked, objection, for: caller) }
        run(task, for: caller)
    }

    /// Owes what was read to a batch that may open something, if there is one: the disk may still refuse that.
    private func waits(_ step: ReadingStep, for caller: Caller) -> Bool {
        let debt = Debt(caller: caller, payment: .read(step))
        defer { owesReading = owesReading || mayRestOnUnwritten }
        if prepared.mayOpen {
            prepared.debts.append(debt)
        } else if inFlight?.mayOpen ?? false {
            inFlight?.debts.append(debt)
        } else {
            return false
        }
        return true
    }

    /// Why something that was allowed may not be sent any more; nil if it would be allowed now, and would show the same.
    private func objection(to asked: ReadingTask.Asked?, of caller: Caller) -> Decision? {
        guard let (command, grant) = asked else { return nil }
        var again = command
        again.now = present
        let decision = state.decide(again)
        guard decision.refusal == nil else { return decision }
        let isSame = decision.reading?.scope == grant.scope && decision.reading?.audience == grant.audience
        if isSame, !(exports[caller.id]?.key.isEnded ?? false) { return nil }
        let changed = Refusal(row: "P05", message: "What you may see changed while it was sent.", ask: "Ask again.")
        return state.denial(of: command.act.name, by: command.actor, changed, act: command.act)
    }

    private func end(_ asked: ReadingTask.Asked?, _ decision: Decision, for caller: Caller) {
        endExport(caller.id)
        guard mode == .running, let asked, let refusal = decision.refusal, let session = sessions[caller.id.connection]
        else { return refuseService(caller) }
        composing(for: caller) {
            try append(decision, asker: Asker(by: asked.command.actor.by, uid: session.peer.uid))
            prepared.debts.append(Debt(caller: caller, payment: .refusal(refusal)))
        }
    }
}
