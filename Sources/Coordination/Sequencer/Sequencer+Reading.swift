import Logging
import Varlink

/// Recorded readings, step by step, on queues of their own.
extension Sequencer {
    func run(_ task: ReadingTask, for caller: Caller) {
        let work: @Sendable () -> Void = { [self, shelf] in
            post(.read(caller, Result { try task.step(shelf) }))
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
        switch result {
        case .success(let step):
            if let next = step.next {
                if step.replies.isEmpty {
                    run(next, for: caller)
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
}
