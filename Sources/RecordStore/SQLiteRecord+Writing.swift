import GRDB
import Synchronization

extension SQLiteRecord {
    /// Pages in the write-ahead log after which they are moved into the file: 16 MiB.
    private static let pagesPerCheckpoint = 4_096
    private static let pageBytes = 4_096

    /// A transaction that takes longer than this is a disk that stalls.
    private static let stall = Duration.milliseconds(2)
    /// So many numbers of streams are kept.
    private static let knownStreams = 4_096

    /// One transaction; its COMMIT is the durable sync, and makes durable what the anchor says about it.
    ///
    /// Afterwards the anchor says that it was acknowledged; with the next commit that is durable too.
    func write(
        _ batch: [RecordLine],
        _ plan: AppendPlan,
        _ alongside: (Database) throws -> Void
    ) -> Result<Void, RecordFault> {
        let start = ContinuousClock.now
        do {
            let streams = ledger.withLock { $0.streams }
            try anchored { anchor throws(RecordFault) in try anchor.begin(plan.head, confirmed: plan.base.size) }
            let sealer = try vault.sealer(ofParts: batch.reduce(0) { $0 + $1.parts.count })
            let inserted = try pool.writeWithoutTransaction { db in
                // Kept ready, because parsing these two words takes longer than inserting a row.
                try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
                do {
                    var insertion = try BatchInsertion(db, streams: streams)
                    for line in batch { try insertion.insert(line) }
                    let parts = PartInsertion(db, sealer)
                    for line in batch { try parts.insert(line) }
                    try parts.finish()
                    for tile in plan.tiles { try insertion.insert(tile) }
                    try alongside(db)
                    try anchored { anchor throws(RecordFault) in try anchor.finish() }
                    try db.cachedStatement(sql: "COMMIT").execute()
                    return (insertion.byteCount + parts.byteCount, insertion.streamCount, insertion.streams)
                } catch {
                    // What failed comes first; SQLite may have rolled back by itself.
                    if db.isInsideTransaction { try? db.rollback() }
                    throw error
                }
            }
            do throws(RecordFault) {
                try anchored { anchor throws(RecordFault) in try anchor.note(plan.head, confirmed: plan.head.size) }
            } catch {
                // It is committed, so that it must not be tried again.
                throw RecordFault(.failed, error.message)
            }
            let duration = ContinuousClock.now - start
            ledger.withLock { ledger in
                // And the inner pages of each table.
                ledger.pages += inserted.0 / Self.pageBytes + inserted.1 + 8
                ledger.streams = inserted.2.count > Self.knownStreams ? [:] : inserted.2
                ledger.isSlow = duration > Self.stall
            }
            return .success(())
        } catch {
            return .failure(RecordFault(writing: error))
        }
    }

    var isCheckpointDue: Bool { ledger.withLock { $0.pages >= Self.pagesPerCheckpoint && $0.fault == nil } }

    /// Moves the write-ahead log into the file when it has grown, on the connection that writes, and not inside a
    /// commit: SQLite's own checkpoints make the commit that is at hand wait, and keep their errors to themselves.
    func checkpointIfDue() {
        guard isCheckpointDue else { return }
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
