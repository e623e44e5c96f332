import Cryptography
import Dispatch
import GRDB
import Synchronization
import TransparencyLog

/// The record on SQLite: append-only lines and their parts, tree hashes, checkpoints, and the head anchor beside them.
///
/// One connection writes and checkpoints, on a queue of its own. For the duties see ``EventLog``.
package final class SQLiteRecord: EventLog {
    /// The record's folder.
    package let folder: String
    /// What opening found.
    package let report: OpenReport
    let pool: DatabasePool
    let vault: Vault
    let ledger: Mutex<Ledger>
    /// The edge of the tree over all lines that were read back and proved since the record was opened.
    let proven = Mutex<(frontier: MerkleFrontier, last: Digest)?>(nil)
    /// The edge of the tree at the size of the last proof: mostly that of the newest checkpoint.
    let edge = Mutex<MerkleFrontier?>(nil)
    /// Nil once the record is closed.
    let anchor: Mutex<AnchorFile?>
    private let writer = DispatchQueue(label: "accord.writer", qos: .userInitiated)

    /// What is known of the record without asking anybody.
    struct Ledger: Sendable {
        var head: RecordHead
        var frontier: MerkleFrontier
        var requests: RecentRequests
        var fault: RecordFault?
        var isAppending = false
        /// How much waits for the writer's queue.
        var writing = 0
        /// Whether the last transaction took long: a disk that stalls.
        var isSlow = false
        /// Numbers of streams that were written to lately.
        var streams: [CaseKey: Int64] = [:]
        /// Pages written since the last checkpoint of the write-ahead log, roughly.
        var pages = 0
        /// How often parts were destroyed since it was opened.
        var erasures = 0
    }

    /// What opening found that must be put on the record.
    package struct OpenReport: Hashable, Sendable {
        /// Lines that were on their way when the machine stopped, and are not there: nobody was told that they were.
        package let unconfirmedLost: UInt64
        /// Slots of the head anchor that were torn or altered: one is what a power cut may leave.
        package let damagedAnchorSlots: Int

        package init(unconfirmedLost: UInt64, damagedAnchorSlots: Int) {
            self.unconfirmedLost = unconfirmedLost
            self.damagedAnchorSlots = damagedAnchorSlots
        }
    }

    init(pool: DatabasePool, folder: String, vault: Vault, finding: OpenFinding, anchor: AnchorFile) {
        self.pool = pool
        self.vault = vault
        self.folder = folder
        report = finding.report
        self.anchor = Mutex(anchor)
        ledger = Mutex(
            Ledger(
                head: finding.head,
                frontier: finding.frontier,
                requests: RecentRequests(after: finding.newestRequest)
            )
        )
    }

    package var head: RecordHead { ledger.withLock { $0.head } }

    package var latched: RecordFault? { ledger.withLock { $0.fault } }

    /// Whether an append may succeed: no earlier one failed for good, and there is room.
    package var isWritable: Bool { latched == nil && StateStorage.hasRoom(in: folder) }

    /// Appends a batch: one transaction with one durable sync, which takes the head anchor along.
    ///
    /// A single line is written on the caller's own thread: handing it over costs more than it saves, as long as the disk
    /// does not stall and nothing else waits to write. The completion is called once, perhaps before this returns.
    package func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    ) {
        append(batch, after: head, alongside: { _ in }, completion: completion)
    }

    /// The same, with something more in the transaction.
    private func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        alongside: @escaping @Sendable (Database) throws -> Void,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    ) {
        let plan: AppendPlan
        do throws(RecordFault) {
            plan = try begin(batch, after: head)
        } catch {
            return completion(.failure(error))
        }
        if batch.count == 1, ledger.withLock({ $0.writing == 0 && !$0.isSlow }) {
            writer.sync { completion(end(plan, write(batch, plan, alongside))) }
            if isCheckpointDue { onWriter { [self] in checkpointIfDue() } }
        } else {
            onWriter { [self] in
                completion(end(plan, write(batch, plan, alongside)))
                checkpointIfDue()
            }
        }
    }

    /// Does something between two appends: nothing is being written meanwhile.
    package func betweenAppends(_ body: @escaping @Sendable () -> Void) { onWriter(body) }

    private func onWriter(_ body: @escaping @Sendable () -> Void) {
        ledger.withLock { $0.writing += 1 }
        writer.async { [self] in
            body()
            ledger.withLock { $0.writing -= 1 }
        }
    }

    package func append(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> RecordHead {
        try append(batch, after: head) { _ in }
    }

    /// The same, with something more in the transaction.
    func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        alongside: @escaping @Sendable (Database) throws -> Void
    ) throws(RecordFault) -> RecordHead {
        let answer = Answer()
        append(batch, after: head, alongside: alongside) { result in answer.result.withLock { $0 = result } }
        writer.sync {}
        guard let result = answer.result.withLock({ $0 }) else {
            throw RecordFault(.failed, "The append did not end.")
        }
        return try result.get()
    }

    /// Makes durable that the anchor says everything appended was acknowledged: for the end of service.
    package func confirm() throws(RecordFault) {
        if let latched { throw latched }
        do throws(RecordFault) {
            try anchored { anchor throws(RecordFault) in
                let head = head
                // A batch that is on its way says more, and says it itself.
                if anchor.newest.size <= head.size { try anchor.advance(to: head, confirmed: head.size) }
            }
        } catch {
            latch(RecordFault(.failed, error.message))
            throw error
        }
    }

    /// Ends all writing: confirms, moves the write-ahead log into the file, and closes.
    package func close() throws(RecordFault) {
        try? confirm()
        // What cannot be moved stays where it was synced, and the next opening reads it there.
        if latched == nil { _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
        latch(RecordFault(.latched, "The record was closed."))
        anchor.withLock { $0 = nil }
        vault.forget()
        do {
            try pool.close()
        } catch {
            throw RecordFault(reading: error)
        }
    }

    /// Does something with the anchor.
    func anchored(_ body: (inout AnchorFile) throws(RecordFault) -> Void) throws(RecordFault) {
        try anchor.withLock { file throws(RecordFault) in
            guard var open = file else { throw RecordFault(.latched, "The head anchor was closed.") }
            try body(&open)
            file = open
        }
    }

    /// Ends all writing for a reason; the first one counts.
    func latch(_ fault: RecordFault) { ledger.withLock { $0.fault = $0.fault ?? fault } }
}

extension SQLiteRecord {
    private func begin(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> AppendPlan {
        let frontier: Result<MerkleFrontier, RecordFault> = ledger.withLock { ledger in
            if let fault = ledger.fault {
                return .failure(RecordFault(.latched, "Nothing is written any more: \(fault.message)"))
            }
            guard !ledger.isAppending else { return .failure(RecordFault(.conflict, "Another append is under way.")) }
            guard ledger.head == head else {
                return .failure(RecordFault(.conflict, "The record ends at \(ledger.head.size), not at \(head.size)."))
            }
            ledger.isAppending = true
            return .success(ledger.frontier)
        }
        do throws(RecordFault) {
            return try AppendPlan(batch, after: head, frontier: frontier.get())
        } catch {
            if case .success = frontier { ledger.withLock { $0.isAppending = false } }
            throw error
        }
    }

    private func end(_ plan: AppendPlan, _ written: Result<Void, RecordFault>) -> Result<RecordHead, RecordFault> {
        var written = written
        if case .failure(let reason) = written, reason.isRecoverable {
            // The anchor names a head that will never be; it takes that back before the next one is written.
            do throws(RecordFault) {
                try anchored { anchor throws(RecordFault) in
                    try anchor.advance(to: plan.base, confirmed: plan.base.size)
                }
            } catch {
                written = .failure(RecordFault(.failed, error.message))
            }
        }
        return ledger.withLock { ledger in
            ledger.isAppending = false
            switch written {
            case .success:
                ledger.head = plan.head
                ledger.frontier = plan.frontier
                for (key, seq) in plan.requests { ledger.requests.add(key, at: seq) }
                return .success(plan.head)
            case .failure(let reason):
                let reason = reason.isRecoverable ? reason : RecordFault(.failed, reason.message)
                if !reason.isRecoverable { ledger.fault = ledger.fault ?? reason }
                return .failure(reason)
            }
        }
    }
}

/// What a waiting append is told.
private final class Answer: Sendable {
    let result = Mutex<Result<RecordHead, RecordFault>?>(nil)
}
