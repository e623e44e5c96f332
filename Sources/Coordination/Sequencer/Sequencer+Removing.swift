import Casework
import Logging
import Policy
import RecordStore
import TransparencyLog

/// Purges: approved by a line, then destroyed, then said to be.
extension Sequencer {
    /// The lines and parts that an event's line names, where they stand in the record or on their way there.
    func resolve(_ decision: Decision) throws -> [Statement.Reference] {
        guard !decision.references.isEmpty else { return [] }
        let key = decision.event.caseID.key
        return try decision.references.flatMap { reference in
            reference.resolved(in: try line(of: key, at: reference.line))
        }
    }

    private func line(of key: CaseKey, at position: Int64) throws -> LogLine {
        let coming = (inFlight?.lines ?? []) + prepared.lines
        if let line = coming.first(where: { $0.stream == key && Int64(clamping: $0.streamSeq) == position }) {
            return try LogLine(parsing: line.bytes)
        }
        guard let stored = try shelf.record.lines(of: key, after: position - 1, limit: 1).first else {
            throw RecordFault(.damaged, "A line that an act rests on is not on the record.")
        }
        return try LogLine(parsing: stored.bytes)
    }

    /// Begins to destroy what was approved, now that the approval is durable; exports of the case end first.
    func erase(after events: [RecordedEvent]) {
        for event in events {
            guard let purge = PendingPurge(approvedBy: event.event, at: Int64(clamping: event.caseSeq)) else {
                continue
            }
            endExports(of: purge.caseID)
            // Who was refused with these words, and said them again, is explained what the record has of it.
            lastRefused.removeAll()
            erasures.append(purge)
        }
        eraseNext()
    }

    /// One after the other; what did not succeed is tried again at the next tick.
    func eraseNext() {
        guard !isErasing, mode == .running, let purge = erasures.first else { return }
        isErasing = true
        surroundings.erase(purge) { [self] in post(.erased(purge, $0)) }
    }

    func finishErasure(of purge: PendingPurge, _ result: Result<Void, any Error>) {
        isErasing = false
        switch result {
        case .success:
            erasures.removeAll { $0 == purge }
            if erasures.isEmpty { warnings["removal"] = nil }
            guard mode == .running, let decision = state.destruction(of: purge) else { return }
            composing { try append(decision, asker: .system) }
            eraseNext()
        case .failure(let error):
            // Once, and not at each tick.
            if warnings["removal"] == nil {
                logger.error("a purge is not carried out yet", metadata: ["error": "\(error)"])
            }
            warnings["removal"] = "What was purged is not destroyed yet; nobody reads it, and it is tried again."
        }
    }
}
