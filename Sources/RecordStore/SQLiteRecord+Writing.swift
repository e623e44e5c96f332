import GRDB
import Synchronization

extension SQLiteRecord {
    /// Pages in the write-ahead log after which they are moved into the file: 16 MiB.
    private static let pagesPerCheckpoint = 4_096
    private static let pageBytes = 4_096

    /// One transaction; its COMMIT is the durable sync.
    func write(_ batch: [RecordLine], _ plan: AppendPlan) -> Result<Void, RecordFault> {
        do {
            let pages = try pool.writeWithoutTransaction { db in
                var pages = 0
                try db.inTransaction(.immediate) {
                    var insertion = try BatchInsertion(db)
                    for line in batch { try insertion.insert(line) }
                    for tile in plan.tiles { try insertion.insert(tile) }
                    pages = insertion.byteCount / Self.pageBytes + insertion.streamCount
                    return .commit
                }
                return pages
            }
            // And the inner pages of each table.
            ledger.withLock { $0.pages += pages + 8 }
            return .success(())
        } catch {
            return .failure(RecordFault(writing: error))
        }
    }

    /// Moves the write-ahead log into the file when it has grown, on the connection that writes, and not inside a
    /// commit: SQLite's own checkpoints make the commit that is at hand wait, and keep their errors to themselves.
    func checkpointIfDue() {
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

    package func store(checkpoint note: String, size: UInt64) throws(RecordFault) {
        if let latched { throw RecordFault(.latched, "Nothing is written any more: \(latched.message)") }
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
    }
}
