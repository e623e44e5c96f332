import Dispatch
import GRDB
import SQLiteRows
import Synchronization
import TransparencyLog

/// The way from the journal into the database: all of it on the inserter's queue.
extension SQLiteRecord {
    /// So much is left in the journal before the database gets it, because a transaction has its own cost.
    private static let batchesPerInsertion = 256
    private static let bytesPerInsertion = 512 << 10
    /// And so much goes into one transaction.
    private static let bytesPerTransaction = 4 << 20
    /// So much of the journal may be in the database and not durable there: the rest is for what comes meanwhile.
    private static let bytesPerSync = Journal.length / 4
    /// Pages in the write-ahead log after which they are moved into the file: 16 MiB.
    private static let pagesPerCheckpoint = 4_096

    /// Lets the database get what the journal holds, if that is much; nobody waits for it.
    func insertIfDue() {
        let isDue = ledger.withLock { ledger in
            guard !ledger.isInserting, ledger.fault == nil,
                ledger.tail.byteCount >= Self.bytesPerInsertion
                    || ledger.tail.batches.count >= Self.batchesPerInsertion
            else { return false }
            ledger.isInserting = true
            return true
        }
        guard isDue else { return }
        inserter.async { [self] in
            // What fails here is told to the next append.
            try? insertTail()
            if ledger.withLock({ $0.unsettled >= Self.bytesPerSync && $0.fault == nil }) { try? syncDatabase() }
            ledger.withLock { $0.isInserting = false }
        }
    }

    /// Brings the database up to all that was acknowledged.
    ///
    /// - Throws: ``RecordFault``; a recoverable one if there is no room for it.
    func catchUp() throws(RecordFault) { try onInserter { () throws(RecordFault) in try insertTail() } }

    /// The same, durably there: so that the journal may be written over.
    func settleTail() throws(RecordFault) {
        try onInserter { () throws(RecordFault) in
            try insertTail()
            try syncDatabase()
        }
    }

    /// The same, moved into the database's file, with a journal that begins anew.
    func settle() throws(RecordFault) {
        try onInserter { () throws(RecordFault) in
            try insertTail()
            try syncDatabase()
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try journaled { journal throws(RecordFault) in
                guard ledger.withLock({ $0.settled == $0.head.size }) else { return }
                try journal.settle()
            }
        }
    }

    /// Writes a batch into the database at once, durably, and past the journal: it is too long for that, or not all of
    /// it are lines.
    func insertDirectly(
        _ batch: SealedBatch,
        _ publication: Publication,
        _ alongside: Alongside
    ) throws(RecordFault) {
        try onInserter { () throws(RecordFault) in
            try insertTail()
            do {
                try insert([batch], alongside)
            } catch {
                throw RecordFault(writing: error)
            }
            do throws(RecordFault) {
                try syncWriteAheadLog()
                try journaled { journal throws(RecordFault) in
                    try journal.skip(to: batch.head)
                    publish(publication) { $0.settled = batch.head.size }
                }
            } catch {
                // It is committed, so that it must not be tried again.
                throw RecordFault(.failed, error.message)
            }
        }
    }

    package func store(checkpoint note: String, size: UInt64) throws(RecordFault) {
        if let latched { throw RecordFault(.latched, "Nothing is written any more: \(latched.message)") }
        try onInserter { () throws(RecordFault) in
            do {
                try pool.write { db in
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO checkpoint (size, note) VALUES (?, ?)",
                        arguments: [Int64(clamping: size), note]
                    )
                }
            } catch {
                let fault = RecordFault(writing: error)
                if !fault.isRecoverable { latch(fault) }
                throw fault
            }
            try syncDatabase()
        }
    }

    /// Does something while nothing else writes the database.
    func onInserter<Value>(_ body: () throws(RecordFault) -> Value) throws(RecordFault) -> Value {
        let result = inserter.sync { () -> Result<Value, RecordFault> in
            do throws(RecordFault) {
                return .success(try body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Inserts what the journal holds, and moves the write-ahead log into the file when that has grown.
    ///
    /// Any error but a full disk ends all appends: what was acknowledged does not get where it belongs.
    func insertTail() throws(RecordFault) {
        while true {
            let batches = ledger.withLock { $0.tail.first(byteLimit: Self.bytesPerTransaction) }
            guard !batches.isEmpty else { return }
            if let latched { throw RecordFault(.latched, "Nothing is written any more: \(latched.message)") }
            do {
                try insert(batches) { _ in }
            } catch {
                var fault = RecordFault(writing: error)
                if fault.code == .full {
                    ledger.withLock { $0.isBehind = true }
                } else {
                    fault = RecordFault(.failed, fault.message)
                    latch(fault)
                }
                throw fault
            }
            ledger.withLock { ledger in
                ledger.tail.removeFirst(batches.count)
                ledger.isBehind = false
                ledger.unsettled += batches.reduce(0) { $0 + Journal.recordLength(of: $1) }
            }
            checkpointIfDue()
        }
    }

    /// One transaction, which is durable with the next sync of the write-ahead log.
    private func insert(_ batches: some Sequence<SealedBatch>, _ alongside: Alongside) throws {
        let pages = try pool.writeWithoutTransaction { db in
            // Kept ready, because parsing these two words takes longer than inserting a row.
            try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            do {
                var insertion = try BatchInsertion(db)
                try insertion.insert(batches)
                try alongside(db)
                try db.cachedStatement(sql: "COMMIT").execute()
                return db.takeWrittenPages()
            } catch {
                // What failed comes first; SQLite may have rolled back by itself.
                if db.isInsideTransaction { try? db.rollback() }
                throw error
            }
        }
        ledger.withLock { $0.pages += pages }
    }

    /// Makes durable what the database holds.
    ///
    /// After a sync that failed nobody knows what is on the disk, not even when the next one succeeds: so nothing is
    /// written any more, and the journal keeps what it has.
    func syncDatabase() throws(RecordFault) {
        let inserted = ledger.withLock { $0.inserted }
        do throws(RecordFault) {
            try syncWriteAheadLog()
        } catch {
            let fault = RecordFault(.failed, error.message)
            latch(fault)
            throw fault
        }
        ledger.withLock { ledger in
            ledger.settled = max(ledger.settled, inserted)
            ledger.unsettled = 0
        }
    }

    private func syncWriteAheadLog() throws(RecordFault) {
        try writeAheadLog.withLock { file throws(RecordFault) in
            guard let file else { throw RecordFault(.latched, "The record was closed.") }
            try file.sync()
        }
    }

    /// Moves the write-ahead log into the file when it has grown, on the connection that writes, and not inside a
    /// commit: SQLite's own checkpoints make the commit that is at hand wait, and keep their errors to themselves.
    private func checkpointIfDue() {
        guard ledger.withLock({ $0.pages >= Self.pagesPerCheckpoint && $0.fault == nil }) else { return }
        do {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.passive) }
            ledger.withLock { $0.pages = 0 }
        } catch {
            let fault = RecordFault(writing: error)
            // A full disk has lost nothing: everything is in the write-ahead log, and the next batch tries again.
            if !fault.isRecoverable { latch(fault) }
        }
    }
}
