import CaseViews
import Casework
import Logging
import Policy
import RecordStore
import StrictJSON
import Varlink

/// From a batch to what it owes: nothing leaves before the record is synced.
extension Sequencer {
    /// Hands the prepared batch to the writer, if it is free, and decides the next one while that syncs.
    func submitPrepared() {
        while inFlight == nil, !prepared.isEmpty {
            var batch = Batch()
            swap(&batch, &prepared)
            guard !batch.lines.isEmpty else {
                pay(batch)
                continue
            }
            inFlight = batch
            // Nothing is decided beyond the batch yet, so that the state is what the record says when it is durable.
            if composer.size - kept >= settings.linesPerSnapshot { due = (state, composer.size) }
            figures.submittedAt = surroundings.uptime()
            let isAlone = batch.lines.count == 1
            surroundings.write(batch.lines, durable) { [self] in post(.committed($0), lending: isAlone) }
            decideWaiting()
            return
        }
        if inFlight == nil, prepared.isEmpty, waiting.isEmpty, let stopping {
            self.stopping = nil
            project()
            stopping(state, durable.size)
        }
    }

    func finishCommit(_ result: Result<RecordHead, RecordFault>) {
        guard let batch = inFlight else { return }
        inFlight = nil
        switch result {
        case .success(let head):
            durable = head
            figures.noteCommit(of: batch, at: surroundings.uptime())
            for event in batch.committed { durableHeads[event.event.caseID] = Int64(event.caseSeq) }
            unprojected += batch.committed
            pay(batch)
            owesReading = prepared.debts.contains { if case .read = $0.payment { true } else { false } }
            if unprojected.count >= Self.projectedAtOnce { project() }
            endSessions(after: batch.committed)
            erase(after: batch.committed)
            feedWatches(batch.committed)
            goOnWithHooks(batch.committed)
            keepState()
        case .failure(let fault): fail(batch, fault)
        }
    }

    /// Keeps the state of now and then, so that a start after a crash replays little; a copy is made only of what changes.
    private func keepState() {
        guard let (state, size) = due else { return }
        due = nil
        kept = size
        surroundings.on(.views) { [shelf, logger] in
            do {
                try shelf.keep(state, at: size)
            } catch {
                // Without it the next start takes longer, and that is all.
                logger.warning("the state was not kept", metadata: ["error": "\(error)"])
            }
        }
    }

    /// So many events go to the views together: one transaction for each update would cost more than the update.
    private static let projectedAtOnce = 128

    /// Brings the views to what is durable; before anything is read there, and at each tick.
    func project() {
        guard !unprojected.isEmpty else { return }
        let events = unprojected
        unprojected = []
        surroundings.on(.views) { [self, feeding] in feeding.feed(events) { post(.views($0)) } }
    }

    /// What the operator is told of the views; that somebody wrote past the daemon is told to oversight as well.
    func note(_ condition: ViewsFeeding.Condition) {
        switch condition {
        case .current: warnings["views"] = nil
        case .behind(let fault): warnings["views"] = "The views cannot be written and are behind. \(fault)"
        case .remade(let found):
            logger.critical("the views were not what was written", metadata: ["found": "\(found)"])
            warnings["views.altered"] =
                "Lists were not what was written, and were made anew from the record: somebody wrote to views.db. \(found)"
            recordSystem(.viewsRemade(found: found))
        }
    }

    private func pay(_ batch: Batch) {
        var replies: [(CallID, Reply)] = []
        replies.reserveCapacity(batch.debts.count)
        for debt in batch.debts {
            let call = debt.caller.id
            switch debt.payment {
            case .receipt(let index, let caseNumber, let isDuplicate, let knewCase, let found):
                let event = batch.committed[index]
                let receipt = Receipt(
                    event,
                    caseNumber: caseNumber ?? state.number(of: event.event.caseID),
                    isDuplicate: isDuplicate,
                    checkpoint: checkpoint.note,
                    showsPosition: knewCase || knowsCase(of: event.event)
                )
                replies.append((call, .encodedFinal(receipt.encoded(found: found))))
            case .refusal(let refusal): replies.append((call, .refused(refusal, interface: debt.caller.interface)))
            case .replies(let made): for reply in made { replies.append((call, reply)) }
            case .reading(let task): run(task, for: debt.caller)
            case .read(let step): finishReading(debt.caller, .success(step))
            case .export(let due): start(due, for: debt.caller)
            case .report(let due): start(due)
            case .backup(let seq): startBackup(after: seq, for: debt.caller)
            case .hook(let act):
                perform(act)
                replies.append((call, .final([:])))
            case .watch(let watch):
                watches[call] = watch
                goOn(watching: call)
            }
        }
        if !replies.isEmpty { surroundings.send(replies) }
    }

    /// Whether the author of an event may know how much there is in its case.
    ///
    /// Who only answers a question, or certifies that he has purged what he was given, may not.
    func knowsCase(of event: Event) -> Bool {
        guard let member = event.member, state.cases[event.caseID] != nil else { return true }
        return state.mayKnow(event.caseID, member, now: present)
    }

    /// Nothing of the batch was recorded, and nothing that was decided after it can be: everybody concerned is told, and the
    /// state is read anew from the record.
    private func fail(_ batch: Batch, _ fault: RecordFault) {
        figures.failures += 1
        logger.critical("record not written", metadata: ["fault": "\(fault)"])
        let isStopping = mode == .stopping
        mode = .readOnly
        // A batch that does not fit means that the record is not what is known of it: nothing that goes on by itself mends that.
        isLatched = fault.code != .full
        warnings["record"] =
            isLatched
            ? "The record could not be written: restart the daemon, which looks at the record first."
            : "The disk is full: nothing is recorded, so nothing is shown. It goes on by itself when there is room."
        let lost = prepared
        prepared = Batch()
        due = nil
        hooks.openNone()
        for debt in batch.debts + lost.debts { refuseService(debt.caller) }
        for (call, _) in waiting.takeAll() { refuseService(call.caller) }
        reloadState()
        feedWatches([])
        if isStopping { mode = .stopping }
    }

    private func reloadState() {
        do {
            let again = try surroundings.reload()
            state = again.state
            composer = again.composer
            durable = again.head
            durableHeads = again.caseHeads
        } catch {
            logger.critical("record not readable", metadata: ["error": "\(error)"])
            warnings["record"] = "The record could not be read: restart the daemon, which looks at the record first."
            isLatched = true
        }
    }

    /// Tries again after a full disk: the first line that is written again says that there was a gap in service.
    func tryAgain() {
        guard mode == .readOnly, !isLatched, inFlight == nil, shelf.record.isWritable else { return }
        warnings["record"] = nil
        mode = .running
        recordSystem(.sinkRestored)
    }

    /// An act of the daemon itself.
    func recordSystem(_ event: SystemEvent) {
        guard mode == .running else { return }
        composing { try append(event.decision, asker: .system) }
    }
}
