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
    let ledger: Mutex<Ledger>
    private let anchor: AnchorWriter
    private let writer = DispatchQueue(label: "accord.writer", qos: .userInitiated)

    /// What is known of the record without asking anybody.
    struct Ledger: Sendable {
        var head: RecordHead
        var frontier: MerkleFrontier
        /// The largest size that the anchor says was acknowledged.
        var confirmed: UInt64
        var requests: RecentRequests
        var fault: RecordFault?
        var isAppending = false
        var isConfirming = false
        /// Pages written since the last checkpoint of the write-ahead log, roughly.
        var pages = 0
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

    init(pool: DatabasePool, folder: String, finding: OpenFinding, anchor: AnchorFile) {
        self.pool = pool
        self.folder = folder
        report = finding.report
        self.anchor = AnchorWriter(anchor)
        ledger = Mutex(
            Ledger(
                head: finding.head,
                frontier: finding.frontier,
                confirmed: finding.head.size,
                requests: RecentRequests(after: finding.newestRequest)
            )
        )
    }

    package var head: RecordHead { ledger.withLock { $0.head } }

    package var latched: RecordFault? { ledger.withLock { $0.fault } }

    /// Whether an append may succeed: no earlier one failed for good, and there is room.
    package var isWritable: Bool { latched == nil && StateStorage.hasRoom(in: folder) }

    /// Appends a batch: one transaction with one durable sync, and the head anchor synced beside it.
    ///
    /// The caller does not wait: it hashes, and two other threads write and sync at the same time. The completion is called
    /// once, on one of these, when both syncs are done or one failed; before this returns only if nothing was begun.
    package func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    ) {
        let plan: AppendPlan
        do throws(RecordFault) {
            plan = try begin(batch, after: head)
        } catch {
            return completion(.failure(error))
        }
        let join = AppendJoin { [self] in completion(end(plan, written: $0, anchored: $1)) }
        writer.async { [self] in
            join.written(write(batch, plan))
            checkpointIfDue()
        }
        // The batch comes after a head that was acknowledged.
        anchor.advance(to: plan.head, confirmed: plan.base.size) { join.anchored($0) }
    }

    /// Does something between two appends: nothing is being written meanwhile.
    package func betweenAppends(_ body: @escaping @Sendable () -> Void) { writer.async(execute: body) }

    package func append(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> RecordHead {
        let answer = Answer()
        append(batch, after: head) { result in answer.result.withLock { $0 = result } }
        writer.sync {}
        anchor.finish()
        guard let result = answer.result.withLock({ $0 }) else {
            throw RecordFault(.failed, "The append did not end.")
        }
        return try result.get()
    }

    /// Notes in the anchor that everything appended was acknowledged, and waits for it: for the end of service.
    package func confirm() throws(RecordFault) {
        confirmNow()
        anchor.finish()
        if let fault = latched { throw fault }
    }

    /// Ends all writing: waits for the anchor, moves the write-ahead log into the file, and closes.
    package func close() throws(RecordFault) {
        confirmNow()
        // What cannot be moved stays where it was synced, and the next opening reads it there.
        if latched == nil { _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
        latch(RecordFault(.latched, "The record was closed."))
        anchor.close()
        do {
            try pool.close()
        } catch {
            throw RecordFault(reading: error)
        }
    }

    /// Ends all writing for a reason; the first one counts.
    func latch(_ fault: RecordFault) { ledger.withLock { $0.fault = $0.fault ?? fault } }
}

extension SQLiteRecord {
    /// How long nothing must follow an append until the anchor says that it was acknowledged; a busy record says so
    /// with its next batch.
    private static let idleMilliseconds = 20

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

    private func end(
        _ plan: AppendPlan,
        written: Result<Void, RecordFault>,
        anchored: Result<Void, RecordFault>
    ) -> Result<RecordHead, RecordFault> {
        var fault: RecordFault?
        var isRecoverable = false
        if case .failure(let reason) = written { (fault, isRecoverable) = (reason, reason.isRecoverable) }
        if case .failure(let reason) = anchored {
            // The database may hold what the anchor does not know: only opening anew brings them together.
            (fault, isRecoverable) = (fault ?? RecordFault(.failed, reason.message), false)
        }
        guard let fault else {
            ledger.withLock { ledger in
                ledger.head = plan.head
                ledger.frontier = plan.frontier
                ledger.confirmed = plan.base.size
                for (key, seq) in plan.requests { ledger.requests.add(key, at: seq) }
                ledger.isAppending = false
            }
            confirmWhenIdle()
            return .success(plan.head)
        }
        let reason = isRecoverable ? fault : RecordFault(.failed, fault.message)
        if isRecoverable {
            // The anchor names a head that will never be; it takes that back before the next one is written.
            anchor.advance(to: plan.base, confirmed: plan.base.size) { [self] in settle($0, on: plan.base.size) }
        } else {
            latch(reason)
        }
        ledger.withLock { $0.isAppending = false }
        return .failure(reason)
    }

    private func confirmWhenIdle() {
        let isFirst = ledger.withLock { ledger in
            defer { ledger.isConfirming = true }
            return !ledger.isConfirming
        }
        guard isFirst else { return }
        let size = head.size
        anchor.later(milliseconds: Self.idleMilliseconds) { [self] in
            ledger.withLock { $0.isConfirming = false }
            let (now, isBusy) = ledger.withLock { ($0.head.size, $0.isAppending) }
            if now == size, !isBusy { confirmNow() } else { confirmWhenIdle() }
        }
    }

    private func confirmNow() {
        ledger.withLock { ledger in
            guard ledger.fault == nil, !ledger.isAppending, ledger.confirmed < ledger.head.size else { return }
            let head = ledger.head
            // Asked for under the lock: the slot of a batch that begins after this must come after it.
            anchor.advance(to: head, confirmed: head.size) { [self] in settle($0, on: head.size) }
        }
    }

    private func settle(_ anchored: Result<Void, RecordFault>, on confirmed: UInt64) {
        switch anchored {
        case .success: ledger.withLock { $0.confirmed = max($0.confirmed, confirmed) }
        case .failure(let reason): latch(RecordFault(.failed, reason.message))
        }
    }
}

/// What a waiting append is told.
private final class Answer: Sendable {
    let result = Mutex<Result<RecordHead, RecordFault>?>(nil)
}
