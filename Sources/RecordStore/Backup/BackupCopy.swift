package import Cryptography
import GRDB
import SQLiteRows
import TransparencyLog

/// A backup as it lies in its files, for looking at: nothing is written, and nothing is served from it.
package final class BackupCopy: Sendable {
    private let queue: DatabaseQueue
    private let vault: Vault?
    /// How many lines.
    package let size: UInt64
    /// The root of the tree over them, as tiles and lines give it.
    package let root: Digest

    /// Opens the two files with the keys that a served record has open.
    ///
    /// - Throws: ``RecordFault``.
    package convenience init(_ files: BackupFiles, of record: SQLiteRecord) throws(RecordFault) {
        try self.init(record: files.record, keys: files.keys) { _ in record.vault }
    }

    /// Opens the lines alone; no part is there then.
    ///
    /// - Throws: ``RecordFault``.
    package convenience init(record: String) throws(RecordFault) {
        try self.init(record: record, keys: nil) { _ in nil }
    }

    private init(record: String, keys: String?, _ vault: (Database) throws -> Vault?) throws(RecordFault) {
        do {
            let queue = try BackupDatabase.reading(record)
            if let keys {
                guard StateStorage.exists(keys) else { throw RecordFault(.missing, "There is no file \(keys).") }
                // The lines' file has no tables of these names.
                try queue.writeWithoutTransaction {
                    try $0.execute(sql: "ATTACH DATABASE ? AS keys", arguments: [keys])
                }
            }
            self.vault = try queue.read { try vault($0) }
            (size, root) = try queue.read { db in
                try RecordTables.check(db)
                let size = try RecordTree.size(db)
                return (size, try RecordTree(db: db).root(of: size))
            }
            self.queue = queue
        } catch {
            throw RecordFault(copying: error)
        }
    }

    /// All lines in order with their parts, one after the other, in constant memory; parts that cannot be opened come as they are
    /// stored.
    package func replay(each: (StoredLine) throws -> Void) throws {
        var next: UInt64 = 0
        while true {
            let page = try queue.read { db in
                guard let vault else { return try SQLiteRecord.bareLines(db, from: next) }
                var opener = vault.opener()
                return try SQLiteRecord.fullLines(db, Tail(), next..<UInt64.max, &opener, .asStored)
            }
            guard let last = page.last else { return }
            for line in page { try each(line) }
            next = last.seq + 1
        }
    }

    /// The newest signed checkpoint in it.
    package func newestCheckpoint() throws(RecordFault) -> String? {
        do {
            return try queue.read {
                try String.fetchOne($0, sql: "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
            }
        } catch {
            throw RecordFault(copying: error)
        }
    }

    /// What SQLite itself finds wrong with the files.
    package func integrityFindings() throws(RecordFault) -> [String] {
        do {
            return try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
        } catch {
            throw RecordFault(copying: error)
        }
    }

    /// Lets go of the files.
    package func close() { try? queue.close() }
}

extension SQLiteRecord {
    /// A page of lines without parts.
    static func bareLines(_ db: Database, from seq: UInt64) throws -> [StoredLine] {
        let lines = try db.cachedStatement(sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq LIMIT 1024")
        let rows = try Row.fetchCursor(lines, arguments: [Int64(clamping: seq)])
        var page: [StoredLine] = []
        while try rows.next() != nil {
            page.append(StoredLine(seq: UInt64(clamping: lines.integer(0)), bytes: lines.bytes(1)))
        }
        return page
    }
}
