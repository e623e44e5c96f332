package import Cryptography
import GRDB
package import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A line as it is stored.
package struct StoredLine: Hashable, Sendable {
    package let seq: UInt64
    /// With its line feed.
    package let bytes: [UInt8]
    /// In the order of the statement; empty where only lines were asked for.
    package var parts: [[UInt8]]
}

/// A case's chain, as far as it has grown.
package struct StreamHead: Hashable, Sendable {
    package let key: CaseKey
    package let count: UInt64
    /// Leaf hash of its last line.
    package let last: Digest
}

extension SQLiteRecord {
    /// Lines from a position on, in order, without parts.
    package func lines(from seq: UInt64, limit: Int) throws(RecordFault) -> [StoredLine] {
        try reading { db in
            let statement = try db.cachedStatement(
                sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq LIMIT ?"
            )
            return try Row.fetchAll(statement, arguments: [Int64(clamping: seq), limit]).map { row in
                StoredLine(seq: UInt64(row[0] as Int64), bytes: [UInt8](row[1] as Data), parts: [])
            }
        }
    }

    /// One line with its parts; nil if there is none.
    package func line(at seq: UInt64) throws(RecordFault) -> StoredLine? {
        try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT bytes FROM line WHERE seq = ?")
            guard let bytes = try Data.fetchOne(statement, arguments: [Int64(clamping: seq)]) else { return nil }
            return StoredLine(seq: seq, bytes: [UInt8](bytes), parts: try Self.parts(db, of: seq))
        }
    }

    /// Lines of a case after a position in it, in order, with their parts.
    package func lines(of stream: CaseKey, after streamSeq: Int64, limit: Int) throws(RecordFault) -> [StoredLine] {
        try reading { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT line.seq, line.bytes FROM stream_line JOIN line ON line.seq = stream_line.seq
                        WHERE stream = (SELECT id FROM stream WHERE key = ?) AND stream_seq > ?
                        ORDER BY stream_seq LIMIT ?
                        """
                ),
                arguments: [Data(stream.bytes), streamSeq, limit]
            )
            return try rows.map { row in
                let seq = UInt64(row[0] as Int64)
                return StoredLine(seq: seq, bytes: [UInt8](row[1] as Data), parts: try Self.parts(db, of: seq))
            }
        }
    }

    /// All lines from a position on with their parts, a page at a time, in constant memory.
    package func replay(from seq: UInt64, each: (StoredLine) throws -> Void) throws {
        var next = seq
        while true {
            let page: [StoredLine] = try reading { db in
                let rows = try Row.fetchAll(
                    db.cachedStatement(sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq LIMIT 1024"),
                    arguments: [Int64(clamping: next)]
                )
                var page = rows.map { row in
                    StoredLine(seq: UInt64(row[0] as Int64), bytes: [UInt8](row[1] as Data), parts: [])
                }
                guard let first = page.first, let last = page.last else { return [] }
                let parts = try Row.fetchCursor(
                    db.cachedStatement(
                        sql: "SELECT seq, bytes FROM part WHERE seq BETWEEN ? AND ? ORDER BY seq, position"
                    ),
                    arguments: [Int64(clamping: first.seq), Int64(clamping: last.seq)]
                )
                while let row = try parts.next() {
                    let index = Int(row[0] as Int64) - Int(clamping: first.seq)
                    if page.indices.contains(index) { page[index].parts.append([UInt8](row[1] as Data)) }
                }
                return page
            }
            guard let last = page.last else { return }
            for line in page { try each(line) }
            next = last.seq + 1
        }
    }

    /// The line that answered a request before; nil if none did.
    package func find(request: RequestKey) throws(RecordFault) -> UInt64? {
        try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT seq FROM request WHERE key = ?")
            return try Int64.fetchOne(statement, arguments: [Data(request.bytes)]).map { UInt64(clamping: $0) }
        }
    }

    /// Where each case's chain stands.
    package func streams() throws(RecordFault) -> [StreamHead] {
        try reading { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT key, (SELECT max(stream_seq) FROM stream_line WHERE stream = id) AS last FROM stream ORDER BY id
                    """
            )
            return try rows.map { row in
                let key = CaseKey(bytes: [UInt8](row[0] as Data)) ?? .system
                let last: Int64 = row[1]
                let bytes = try Data.fetchOne(
                    db,
                    sql: """
                        SELECT bytes FROM line WHERE seq = (SELECT seq FROM stream_line
                        WHERE stream = (SELECT id FROM stream WHERE key = ?) AND stream_seq = ?)
                        """,
                    arguments: [row[0] as Data, last]
                )
                return StreamHead(key: key, count: UInt64(last) + 1, last: .leaf([UInt8](bytes ?? Data())))
            }
        }
    }

    /// The newest stored checkpoint.
    package func newestCheckpoint() throws(RecordFault) -> String? {
        try reading { try String.fetchOne($0, sql: "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1") }
    }

    /// The checkpoint over exactly so many lines.
    package func checkpoint(at size: UInt64) throws(RecordFault) -> String? {
        try reading { db in
            try String.fetchOne(
                db,
                sql: "SELECT note FROM checkpoint WHERE size = ?",
                arguments: [Int64(clamping: size)]
            )
        }
    }

    /// Bytes of the write-ahead log's and the file's own consistency, as SQLite sees it.
    package func integrityFindings() throws(RecordFault) -> [String] {
        try reading { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    private static func parts(_ db: Database, of seq: UInt64) throws -> [[UInt8]] {
        let statement = try db.cachedStatement(sql: "SELECT bytes FROM part WHERE seq = ? ORDER BY position")
        return try Data.fetchAll(statement, arguments: [Int64(clamping: seq)]).map { [UInt8]($0) }
    }

    private func reading<Value>(_ body: (Database) throws -> Value) throws(RecordFault) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw RecordFault(reading: error)
        }
    }
}
