import GRDB
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The two files of a backup, kept in two places: lines and sealed parts here, the keys that open parts there.
///
/// A part's key stands in the key file under the part's place in the record, so that the newest key file opens every older file
/// of lines: one key file is enough, and what was purged has no key in it.
package struct BackupFiles: Hashable, Sendable {
    /// Lines, sealed parts, tiles, checkpoints: nothing in it can be opened.
    package var record: String
    /// Parts' keys, wrapped, and what they are wrapped with, wrapped by the deployment's key.
    package var keys: String

    package init(record: String, keys: String) {
        self.record = record
        self.keys = keys
    }
}

extension SQLiteRecord {
    private static let linesPerStep: UInt64 = 1_024
    private static let rowsPerStep = 4_096

    /// How often parts were destroyed, or were about to be, since the record was opened.
    package var erasures: Int { ledger.withLock { $0.erasures } }

    /// By what the deployment's key is known that the record is sealed with.
    package func deploymentKeyID() throws(RecordFault) -> String {
        try reading { db, _ in try String.fetchOne(db, sql: "SELECT deployment_key FROM wrapping_key LIMIT 1") } ?? ""
    }

    /// Copies the first lines and all that belongs to them into two new files, both closed to others and synced.
    ///
    /// Rows are written once, so that no reading has to last: each step is one of its own, appends go on, and the write-ahead log
    /// can be moved into the file meanwhile. Whoever destroys parts meanwhile is not noticed here: compare ``erasures``.
    ///
    /// - Parameters:
    ///   - size: how many lines; a checkpoint over them was signed.
    ///   - files: which must not be there.
    /// - Throws: ``RecordFault``; the files may then be there, and are nothing.
    package func backUp(upTo size: UInt64, to files: BackupFiles) throws(RecordFault) {
        // What the journal alone holds is not read here.
        try catchUp()
        do {
            let copy = try BackupDatabase.make(files.record) { try RecordTables.createContents($0) }
            let keys = try BackupDatabase.make(files.keys) { try RecordTables.createKeys($0) }
            try copyLines(upTo: size, copy, keys)
            try copyTables(upTo: size, copy)
            let wrapping = "first_seq, deployment_key, wrapped"
            try step("SELECT \(wrapping) FROM wrapping_key", [], keys, "wrapping_key (\(wrapping)) VALUES (?, ?, ?)")
            try copy.close()
            try keys.close()
            for path in [files.record, files.keys] { try BlockFile(path: path).sync() }
        } catch {
            throw RecordFault(copying: error)
        }
    }

    private func copyLines(upTo size: UInt64, _ copy: DatabaseQueue, _ keys: DatabaseQueue) throws {
        var next: UInt64 = 0
        while next < size {
            let end = min(next + Self.linesPerStep, size)
            let lines: StatementArguments = [Int64(clamping: next), Int64(clamping: end)]
            let places: StatementArguments = [
                PartPlace(seq: next, index: 0).row, PartPlace(seq: end, index: 0).row,
            ]
            let columns = "seq, stream, stream_seq, bytes"
            let count = try step(
                "SELECT \(columns) FROM line WHERE seq >= ? AND seq < ?",
                lines,
                copy,
                "line (\(columns)) VALUES (?, ?, ?, ?)"
            )
            guard count == Int(end - next) else { throw RecordFault(.damaged, "Lines before \(end) are missing.") }
            let range = "WHERE place >= ? AND place < ?"
            try step("SELECT place, bytes FROM part \(range)", places, copy, "part (place, bytes) VALUES (?, ?)")
            try step(
                "SELECT place, wrapped FROM part_key \(range)",
                places,
                keys,
                "part_key (place, wrapped) VALUES (?, ?)"
            )
            next = end
        }
    }

    private func copyTables(upTo size: UInt64, _ copy: DatabaseQueue) throws {
        let limit = Int64(clamping: size)
        try step(
            """
            SELECT id, key FROM stream
            WHERE EXISTS (SELECT 1 FROM line WHERE line.stream = stream.id AND line.seq < ?)
            """,
            [limit],
            copy,
            "stream (id, key) VALUES (?, ?)"
        )
        // A page goes on after the last row of the one before, also where that row was left out.
        var key = Data()
        while try step(
            "SELECT key, seq FROM request WHERE key > ? ORDER BY key LIMIT \(Self.rowsPerStep)",
            [key],
            copy,
            "request (key, seq) VALUES (?, ?)",
            keeping: { row in
                key = row[0]
                return (row[1] as Int64) < limit
            }
        ) > 0 {}
        var tile: (level: Int64, position: Int64) = (-1, 0)
        while try step(
            """
            SELECT level, position, hashes FROM tile WHERE (level, position) > (?, ?)
            ORDER BY level, position LIMIT \(Self.rowsPerStep)
            """,
            [tile.level, tile.position],
            copy,
            "tile (level, position, hashes) VALUES (?, ?, ?)",
            keeping: { row in
                tile = (row[0], row[1])
                return tile.position < limit >> (8 * (tile.level + 1))
            }
        ) > 0 {}
        var checkpoint: Int64 = -1
        while try step(
            "SELECT size, note FROM checkpoint WHERE size > ? AND size <= ? ORDER BY size LIMIT \(Self.rowsPerStep)",
            [checkpoint, limit],
            copy,
            "checkpoint (size, note) VALUES (?, ?)",
            keeping: { row in
                checkpoint = row[0]
                return true
            }
        ) > 0 {}
    }

    /// Copies what a query gives, in one short reading and one transaction.
    @discardableResult
    private func step(
        _ query: String,
        _ arguments: StatementArguments,
        _ target: DatabaseQueue,
        _ insertion: String,
        keeping isKept: (Row) -> Bool = { _ in true }
    ) throws -> Int {
        try pool.read { try BackupDatabase.copy($0, query, arguments, target, insertion, keeping: isKept) }
    }
}

extension BackupFiles {
    /// Writes a key file anew without the keys of some parts; the old one is left as it is.
    ///
    /// - Throws: ``RecordFault``.
    package static func copyKeys(_ old: String, to new: String, without parts: [PartPlace]) throws(RecordFault) {
        do {
            let source = try BackupDatabase.reading(old)
            let target = try BackupDatabase.make(new) { try RecordTables.createKeys($0) }
            let gone = Set(parts.map(\.row))
            try source.read { db in
                try BackupDatabase.copy(
                    db,
                    "SELECT first_seq, deployment_key, wrapped FROM wrapping_key",
                    [],
                    target,
                    "wrapping_key (first_seq, deployment_key, wrapped) VALUES (?, ?, ?)"
                )
                try BackupDatabase.copy(
                    db,
                    "SELECT place, wrapped FROM part_key ORDER BY place",
                    [],
                    target,
                    "part_key (place, wrapped) VALUES (?, ?)"
                ) { !gone.contains($0[0]) }
            }
            try target.close()
            try source.close()
            try BlockFile(path: new).sync()
        } catch {
            throw RecordFault(copying: error)
        }
    }

    /// Overwrites a file with zeros, and removes it.
    ///
    /// - Throws: ``RecordFault``.
    package static func destroy(_ path: String) throws(RecordFault) { try BlockFile.destroy(path) }
}

/// The files of a backup as databases: each is written once, by one connection, and counts only when it is whole.
enum BackupDatabase {
    private static func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "accord.backup"
        configuration.readonly = isReadOnly
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA cache_size = -4096;
                    """
            )
            // A draft that a crash leaves is thrown away, so that it needs no journal, which would hold its pages twice.
            if !isReadOnly {
                try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON")
            }
        }
        return configuration
    }

    /// Makes a file, which must not be there; 0600.
    static func make(_ path: String, _ tables: (Database) throws -> Void) throws -> DatabaseQueue {
        try BlockFile.create(at: path)
        let queue = try DatabaseQueue(path: path, configuration: configuration(isReadOnly: false))
        try queue.write(tables)
        return queue
    }

    /// Opens a file that nobody writes.
    static func reading(_ path: String) throws -> DatabaseQueue {
        guard StateStorage.exists(path) else { throw RecordFault(.missing, "There is no file \(path).") }
        return try DatabaseQueue(path: path, configuration: configuration(isReadOnly: true))
    }

    /// Copies what a query gives: row by row, in one transaction.
    ///
    /// - Returns: How many rows came, with those that were left out.
    @discardableResult
    static func copy(
        _ source: Database,
        _ query: String,
        _ arguments: StatementArguments,
        _ target: some DatabaseWriter,
        _ insertion: String,
        keeping isKept: (Row) -> Bool = { _ in true }
    ) throws -> Int {
        try target.write { db in
            let insert = try db.cachedStatement(sql: "INSERT INTO \(insertion)")
            let cursor = try Row.fetchCursor(source, sql: query, arguments: arguments)
            var count = 0
            while let row = try cursor.next() {
                count += 1
                if isKept(row) { try insert.execute(arguments: StatementArguments(row.databaseValues)) }
            }
            return count
        }
    }
}

extension RecordFault {
    /// What went wrong with a copy, which is no fault of the record.
    init(copying error: any Error) {
        let fault = RecordFault(reading: error)
        self.init(fault.code == .latched ? .failed : fault.code, fault.message)
    }
}
