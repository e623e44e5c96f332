package import Cryptography
import GRDB
import Synchronization
package import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteRecord {
    package func lines(from seq: UInt64, limit: Int, byteLimit: Int) throws(RecordFault) -> [StoredLine] {
        try reading { db in
            try page(
                db.cachedStatement(sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq LIMIT ?"),
                [Int64(clamping: seq), max(0, limit)],
                byteLimit: byteLimit
            ) { StoredLine(seq: $0, bytes: $1) }
        }
    }

    package func line(at seq: UInt64) throws(RecordFault) -> StoredLine? {
        try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT bytes FROM line WHERE seq = ?")
            guard let bytes = try Data.fetchOne(statement, arguments: [Int64(clamping: seq)]) else { return nil }
            return StoredLine(seq: seq, bytes: [UInt8](bytes), parts: try parts(db, of: seq, vault.opener()))
        }
    }

    package func lines(
        of stream: CaseKey,
        after streamSeq: Int64,
        limit: Int,
        byteLimit: Int
    ) throws(RecordFault) -> [StoredLine] {
        try reading { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT seq, bytes FROM line
                    WHERE stream = (SELECT id FROM stream WHERE key = ?) AND stream_seq > ?
                    ORDER BY stream_seq LIMIT ?
                    """
            )
            let opener = vault.opener()
            return try page(statement, [Data(stream.bytes), streamSeq, max(0, limit)], byteLimit: byteLimit) {
                StoredLine(seq: $0, bytes: $1, parts: try parts(db, of: $0, opener))
            }
        }
    }

    package func find(requests: [RequestKey]) throws(RecordFault) -> [RequestKey: UInt64] {
        var found: [RequestKey: UInt64] = [:]
        var unknown: [RequestKey] = []
        ledger.withLock { ledger in
            for request in requests {
                switch ledger.requests.answer(request) {
                case .recorded(let seq): found[request] = seq
                case .absent: continue
                case .unknown: unknown.append(request)
                }
            }
        }
        guard !unknown.isEmpty else { return found }
        return try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT seq FROM request WHERE key = ?")
            for request in unknown {
                let seq = try Int64.fetchOne(statement, arguments: [Data(request.bytes)])
                if let seq { found[request] = UInt64(clamping: seq) }
            }
            return found
        }
    }

    package func streams() throws(RecordFault) -> [StreamHead] {
        try reading { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT stream.key, line.stream_seq, line.bytes FROM stream
                    CROSS JOIN line ON line.stream = stream.id
                        AND line.stream_seq = (SELECT max(stream_seq) FROM line WHERE stream = stream.id)
                    ORDER BY stream.id
                    """
            )
            var heads: [StreamHead] = []
            while let row = try rows.next() {
                guard let key = CaseKey(bytes: try row.bytes(0)) else {
                    throw RecordFault(.damaged, "The name of a stream is damaged.")
                }
                let count = UInt64(clamping: row[1] as Int64) + 1
                heads.append(StreamHead(key: key, count: count, last: .leaf(try row.bytes(2))))
            }
            return heads
        }
    }

    package func newestCheckpoint() throws(RecordFault) -> String? {
        try reading { try String.fetchOne($0, sql: "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1") }
    }

    package func checkpoint(at size: UInt64) throws(RecordFault) -> String? {
        try reading { db in
            let statement = try db.cachedStatement(sql: "SELECT note FROM checkpoint WHERE size = ?")
            return try String.fetchOne(statement, arguments: [Int64(clamping: size)])
        }
    }

    package func inclusionProof(of seq: UInt64, in size: UInt64) throws(RecordFault) -> [Digest]? {
        try inclusionProofs(of: [seq], in: size)?.first
    }

    /// The proofs of many lines, in ascending order for speed: each tile is then read and hashed once.
    ///
    /// - Returns: Nil unless all lines lie in the size, and the size in the record.
    package func inclusionProofs(of seqs: [UInt64], in size: UInt64) throws(RecordFault) -> [[Digest]]? {
        guard size <= head.size, seqs.allSatisfy({ $0 < size }) else { return nil }
        return try reading { db in
            var tree = try tree(of: size, db)
            return try seqs.map { seq in
                try MerkleTree.inclusionProof(of: seq, in: size) { (node: NodeAddress) throws in
                    try tree.hash(of: node)
                } ?? []
            }
        }
    }

    package func consistencyProof(from old: UInt64, to new: UInt64) throws(RecordFault) -> [Digest]? {
        guard new <= head.size else { return nil }
        return try reading { db in
            var tree = try tree(of: new, db)
            return try MerkleTree.consistencyProof(from: old, to: new) { (node: NodeAddress) throws in
                try tree.hash(of: node)
            }
        }
    }

    /// The tree at a size, with its edge: as it was used last, as reading back left it, or as it is stored.
    private func tree(of size: UInt64, _ db: Database) throws -> SizedTree {
        let stored = RecordTree(db: db)
        let known = [edge.withLock { $0 }, proven.withLock { $0?.frontier }].lazy.compactMap(\.self)
        let frontier = try known.first { $0.size == size } ?? stored.frontier(of: size)
        edge.withLock { $0 = frontier }
        return SizedTree(stored: stored, edge: frontier)
    }

    /// What SQLite itself finds wrong with the file; reads everything.
    ///
    /// A flipped bit in an index changes answers and no hash (reliability.md F13).
    package func integrityFindings() throws(RecordFault) -> [String] {
        try reading { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// One consistent reading of committed lines.
    func reading<Value>(_ body: (Database) throws -> Value) throws(RecordFault) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw RecordFault(reading: error)
        }
    }

    private func page(
        _ statement: GRDB.Statement,
        _ arguments: StatementArguments,
        byteLimit: Int,
        _ line: (UInt64, [UInt8]) throws -> StoredLine
    ) throws -> [StoredLine] {
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var page: [StoredLine] = []
        var room = byteLimit
        while let row = try rows.next() {
            let next = try line(UInt64(clamping: row[0] as Int64), row.bytes(1))
            guard page.isEmpty || next.byteCount <= room else { break }
            room -= min(room, next.byteCount)
            page.append(next)
        }
        return page
    }

    /// A part with its key; none where the part has no key any more.
    static let partsWithKeys = "SELECT place, bytes, wrapped FROM part JOIN part_key USING (place) WHERE place"

    private func parts(_ db: Database, of seq: UInt64, _ opener: PartOpener) throws -> [[UInt8]] {
        let statement = try db.cachedStatement(sql: Self.partsWithKeys + " BETWEEN ? AND ? ORDER BY place")
        let first = Int64(clamping: seq) &* RecordTables.partsPerLine
        let rows = try Row.fetchCursor(statement, arguments: [first, first &+ RecordTables.partsPerLine - 1])
        var parts: [[UInt8]] = []
        while let row = try rows.next() {
            parts.place(try opener.part(row, .refused), at: Int((row[0] as Int64) - first))
        }
        return parts
    }
}

extension Row {
    /// The bytes of a column, copied once.
    func bytes(_ column: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: column) { $0.map { [UInt8]($0) } ?? [] }
    }
}

extension [[UInt8]] {
    /// Sets a part, with empty ones for those before it that are not there.
    mutating func place(_ part: [UInt8], at position: Int) {
        while count < position { append([]) }
        append(part)
    }
}
