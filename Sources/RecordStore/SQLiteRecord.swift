import Cryptography
import Dispatch
import GRDB
import Synchronization
import TransparencyLog

/// The record on SQLite: append-only lines and their parts, tree hashes, checkpoints, and the journal before them.
///
/// A batch is durable when the journal has it, and is acknowledged then. The database gets it afterwards, on a queue of its own,
/// where one connection writes and checkpoints. For the duties see ``EventLog``.
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
    let journal: Mutex<Journal?>
    /// The database's write-ahead log, which is synced before the journal writes over what it holds.
    let writeAheadLog: Mutex<BlockFile?>
    private let writer = DispatchQueue(label: "accord.writer", qos: .userInitiated)
    /// Where the database is written: it never waits for the queue that appends.
    let inserter = DispatchQueue(label: "accord.inserter", qos: .userInitiated)

    /// What is known of the record without asking anybody.
    struct Ledger: Sendable {
        var head: RecordHead
        var frontier: MerkleFrontier
        var requests: RecentRequests
        /// What was acknowledged and is not in the database yet.
        var tail: Tail
        /// So many lines the database holds durably.
        var settled: UInt64
        var fault: RecordFault?
        var isAppending = false
        /// How much waits for the writer's queue.
        var writing = 0
        /// Whether the last batch took long: a disk that stalls.
        var isSlow = false
        /// Where streams stand that were written to lately.
        var streams: [CaseKey: StreamPlace] = [:]
        /// Whether an insertion is on its way.
        var isInserting = false
        /// Whether the database had no room for the last one.
        var isBehind = false
        /// Bytes of the journal whose lines the database holds, and not durably yet.
        var unsettled = 0
        /// Pages written since the last checkpoint of the write-ahead log.
        var pages = 0
        /// How often parts were destroyed since it was opened.
        var erasures = 0

        /// So many lines are in the database.
        var inserted: UInt64 { tail.base ?? head.size }
    }

    /// What opening found that must be put on the record.
    package struct OpenReport: Hashable, Sendable {
        /// Lines that were on their way when the machine stopped, and are not there: nobody was told that they were.
        package let unconfirmedLost: UInt64

        package init(unconfirmedLost: UInt64) { self.unconfirmedLost = unconfirmedLost }
    }

    init(
        pool: DatabasePool,
        writeAheadLog: BlockFile,
        folder: String,
        vault: Vault,
        finding: OpenFinding,
        journal: Journal
    ) {
        self.pool = pool
        self.writeAheadLog = Mutex(writeAheadLog)
        self.vault = vault
        self.folder = folder
        report = finding.report
        self.journal = Mutex(journal)
        var requests = RecentRequests(after: finding.newestRequest)
        for line in finding.tail.lines(from: 0) {
            if let request = line.request { requests.add(request, at: line.seq) }
        }
        ledger = Mutex(
            Ledger(
                head: finding.head,
                frontier: finding.frontier,
                requests: requests,
                tail: finding.tail,
                settled: finding.tail.base ?? finding.head.size
            )
        )
    }

    package var head: RecordHead { ledger.withLock { $0.head } }

    package var latched: RecordFault? { ledger.withLock { $0.fault } }

    /// Whether an append may succeed: no earlier one failed for good, and there is room.
    package var isWritable: Bool { latched == nil && StateStorage.hasRoom(in: folder) }

    /// Appends a batch: one record of the journal with one durable sync.
    ///
    /// A single line is written on the caller's own thread: handing it over costs more than it saves, as long as the disk
    /// does not stall and nothing else waits to write. The completion is called once, perhaps before this returns.
    package func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    ) {
        append(batch, after: head, alongside: nil, completion: completion)
    }

    /// The same, with something more in the transaction: then the database itself makes it durable.
    private func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        alongside: Alongside?,
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
        } else {
            onWriter { [self] in completion(end(plan, write(batch, plan, alongside))) }
        }
    }

    /// What else goes into the transaction of a batch.
    typealias Alongside = @Sendable (Database) throws -> Void

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
        try append(batch, after: head, alongside: nil)
    }

    /// The same, with something more in the transaction.
    func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        alongside: Alongside?
    ) throws(RecordFault) -> RecordHead {
        let answer = Answer()
        append(batch, after: head, alongside: alongside) { result in answer.result.withLock { $0 = result } }
        writer.sync {}
        guard let result = answer.result.withLock({ $0 }) else {
            throw RecordFault(.failed, "The append did not end.")
        }
        return try result.get()
    }

    /// Makes durable that everything appended was acknowledged: for the end of service.
    package func confirm() throws(RecordFault) {
        if let latched { throw latched }
        do throws(RecordFault) {
            try journaled { journal throws(RecordFault) in
                try journal.confirm(settled: ledger.withLock { $0.settled })
            }
        } catch {
            latch(RecordFault(.failed, error.message))
            throw error
        }
    }

    /// Ends all writing: brings everything into the database's file, and closes.
    package func close() throws(RecordFault) {
        let isSettled = latched == nil && (try? settle()) != nil
        // What cannot be brought there stays where it was synced, and the next opening reads it there.
        if latched == nil, !isSettled { try? confirm() }
        // After a sync that failed, SQLite would move into the file what is only read, and let go of the log that is on the disk.
        if !isSettled { writeAheadLog.withLock { try? $0?.renew() } }
        latch(RecordFault(.latched, "The record was closed."))
        journal.withLock { $0 = nil }
        writeAheadLog.withLock { $0 = nil }
        vault.forget()
        do {
            try pool.close()
        } catch {
            throw RecordFault(reading: error)
        }
    }

    /// Does something with the journal.
    ///
    /// The ledger may be locked meanwhile; whoever has the ledger must not ask for the journal.
    func journaled<Value>(_ body: (inout Journal) throws(RecordFault) -> Value) throws(RecordFault) -> Value {
        try journal.withLock { file throws(RecordFault) in
            guard var open = file.take() else { throw RecordFault(.latched, "The journal was closed.") }
            defer { file = open }
            return try body(&open)
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
        ledger.withLock { ledger in
            ledger.isAppending = false
            switch written {
            case .success: return .success(plan.head)
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
