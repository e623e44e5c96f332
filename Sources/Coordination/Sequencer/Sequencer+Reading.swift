import Casework
import Logging
import Policy
import Varlink

/// Recorded readings, step by step, on queues of their own.
extension Sequencer {
    func run(_ task: ReadingTask, for caller: Caller) {
        let work: @Sendable () -> Void = { [self, shelf] in
            let result = Result {
                var step = try task.step(shelf)
                step.next?.asked = task.asked
                return step
            }
            post(.read(caller, result))
        }
        switch task.place {
        case .views:
            project()
            surroundings.onViews(work)
        case .audit: surroundings.onAudit(work)
        }
    }

    func finishReading(_ caller: Caller, _ result: Result<ReadingStep, any Error>) {
        guard sessions[caller.id.connection] != nil else { return }
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

    /// Goes on with a reading if it would still be allowed, and would show the same; else the refusal is recorded and ends it.
    func goOn(reading task: ReadingTask, for caller: Caller) {
        guard let session = sessions[caller.id.connection] else { return }
        guard let (command, grant) = task.asked else { return run(task, for: caller) }
        var again = command
        again.now = present
        var decision = state.decide(again)
        if decision.refusal == nil {
            let isSame = decision.reading?.scope == grant.scope && decision.reading?.audience == grant.audience
            if isSame, !(exports[caller.id]?.key.isEnded ?? false) { return run(task, for: caller) }
            let changed = Refusal(row: "P05", message: "What you may see changed while it was sent.", ask: "Ask again.")
            decision = state.denial(of: command.act.name, by: command.actor, changed, act: command.act)
        }
        endExport(caller.id)
        guard mode == .running, let refusal = decision.refusal else { return refuseService(caller) }
        composing(for: caller) {
            try append(decision, asker: Asker(by: command.actor.by, uid: session.peer.uid))
            prepared.debts.append(Debt(caller: caller, payment: .refusal(refusal)))
        }
    }
}
