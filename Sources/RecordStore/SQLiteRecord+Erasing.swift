import GRDB
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// One part of one line: the only thing in a record that can be destroyed, and only by law.
package struct PartPlace: Hashable, Sendable {
    /// The line.
    package let seq: UInt64
    /// Its place in the list of the line's statement.
    package let index: Int

    package init(seq: UInt64, index: Int) {
        self.seq = seq
        self.index = index
    }

    /// Its row, in each of the tables that hold something of it.
    var row: Int64 { Int64(clamping: seq) &* RecordTables.partsPerLine &+ Int64(index) }
}

extension SQLiteRecord {
    /// Bytes of the write-ahead log's header (SQLite, fileformat2.html 4.1): one sector has them all.
    private static let logHeaderLength = 32

    /// Destroys parts so that nothing of them is left in the files.
    ///
    /// `secure_delete` overwrites what a deleted row leaves in its page and the pages that become free. The write-ahead log
    /// still holds the rows as they were written, and the file those that were moved into it: so the log is moved into the file,
    /// overwritten with zeros, and cut to nothing (measured in tlog.md 4.4: without that the text stays readable). The
    /// journal is overwritten with zeros first, when the database holds all of its lines.
    ///
    /// The triggers are lifted and back within one transaction, and read back before it ends. A process that is killed
    /// anywhere here has destroyed all or nothing, and whoever destroys again finishes it: what is gone already is no fault.
    ///
    /// - Throws: ``RecordFault``, also while another process reads the file: it may be tried again.
    package func erase(_ parts: [PartPlace]) throws(RecordFault) {
        if let latched { throw RecordFault(.latched, "Nothing is written any more: \(latched.message)") }
        ledger.withLock { $0.erasures += 1 }
        try onInserter { () throws(RecordFault) in
            do throws(RecordFault) {
                try journaled { journal throws(RecordFault) in
                    // Nothing comes in between.
                    try insertTail()
                    try syncDatabase()
                    try journal.clear()
                }
            } catch {
                if !error.isRecoverable { latch(error) }
                throw error
            }
            try delete(parts)
        }
    }

    private func delete(_ parts: [PartPlace]) throws(RecordFault) {
        do {
            // No reader of ours looks into the log meanwhile.
            try pool.barrierWriteWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for table in RecordTables.removable {
                        try db.execute(sql: "DROP TRIGGER \(RecordTables.triggerName(table, "DELETE"))")
                        let statement = try db.makeStatement(sql: "DELETE FROM \(table) WHERE place = ?")
                        for part in parts { try statement.execute(arguments: [part.row]) }
                        try db.execute(sql: RecordTables.trigger(table, "DELETE"))
                    }
                    try RecordTables.checkTriggers(db)
                    return .commit
                }
                _ = try db.checkpoint(.restart)
                try overwriteLog()
                _ = try db.checkpoint(.truncate)
            }
            ledger.withLock { $0.pages = 0 }
        } catch {
            // Somebody reads with another program: nothing is wrong, and it is tried again.
            let isBusy = [.SQLITE_BUSY, .SQLITE_LOCKED].contains((error as? DatabaseError)?.resultCode)
            if isBusy { throw RecordFault(.conflict, "Another process reads the record's file.") }
            let fault = RecordFault(writing: error)
            if !fault.isRecoverable { latch(fault) }
            throw fault
        }
    }

    /// Writes zeros over all of the write-ahead log, of which everything lies in the file now.
    ///
    /// Its header goes first, and for good. While that stands, SQLite reads back what follows it until the first damage: a power
    /// cut among the zeros would leave the oldest transactions alone, and lay their pages over a file that is newer.
    private func overwriteLog() throws(RecordFault) {
        let path = RecordFiles(folder).writeAheadLog
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_size >= Self.logHeaderLength else { return }
        let file = try BlockFile(path: path)
        try file.write([UInt8](repeating: 0, count: Self.logHeaderLength), at: 0)
        try file.sync()
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while offset < Int(status.st_size) {
            let count = min(zeros.count, Int(status.st_size) - offset)
            try file.write(Array(zeros.prefix(count)), at: offset)
            offset += count
        }
        try file.sync()
    }
}
