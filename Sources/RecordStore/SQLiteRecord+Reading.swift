package import Cryptography
import GRDB
import SQLiteRows
import Synchronization
package import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteRecord {
    package func lines(from seq: UInt64, limit: Int, byteLimit: Int) throws(RecordFault) -> [StoredLine] {
        try reading { db, tail in
            var page = Page(limit: limit, byteLimit: byteLimit)
            try page.take(
                db.cachedStatement(sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq LIMIT ?"),
                [Int64(clamping: seq), page.limit]
            ) { StoredLine(seq: $0, bytes: $1) }
            try page.take(tail.lines(from: page.next ?? seq)) { StoredLine(seq: $0.seq, bytes: $0.bytes) }
            return page.lines
        }
    }

    package func line(at seq: UInt64) throws(RecordFault) -> StoredLine? {
        try reading { db, tail in
            var opener = vault.opener()
            if let line = tail.line(at: seq) { return try line.stored(&opener) }
            let statement = try db.cachedStatement(sql: "SELECT bytes FROM line WHERE seq = ?")
            guard let bytes = try Data.fetchOne(statement, arguments: [Int64(clamping: seq)]) else { return nil }
            return StoredLine(seq: seq, bytes: [UInt8](bytes), parts: try parts(db, of: seq, &opener))
        }
    }

    package func lines(
        of stream: CaseKey,
        after streamSeq: Int64,
        limit: Int,
        byteLimit: Int
    ) throws(RecordFault) -> [StoredLine] {
        try reading { db, tail in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT seq, bytes FROM line
                    WHERE stream = (SELECT id FROM stream WHERE key = ?) AND stream_seq > ?
                    ORDER BY stream_seq LIMIT ?
                    """
            )
            var page = Page(limit: limit, byteLimit: byteLimit)
            var parts = try PartsInOrder(db, vault.opener())
            try page.take(statement, [Data(stream.bytes), streamSeq, page.limit]) {
                StoredLine(seq: $0, bytes: $1, parts: try parts.ofLine($0))
            }
            let later = tail.lines(from: page.next ?? 0).lazy.filter { line in
                line.stream == stream && (streamSeq < 0 || line.streamSeq > UInt64(streamSeq))
            }
            try page.take(later) { try $0.stored(&parts.opener) }
            return page.lines
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
        return try reading { db, tail in
            let wanted = Set(unknown)
            for line in tail.lines(from: 0) {
                if let request = line.request, wanted.contains(request) { found[request] = line.seq }
            }
            let statement = try db.cachedStatement(sql: "SELECT seq FROM request WHERE key = ?")
            for request in unknown {
                let seq = try Int64.fetchOne(statement, arguments: [Data(request.bytes)])
                if let seq { found[request] = UInt64(clamping: seq) }
            }
            return found
        }
    }

    package func streams() throws(RecordFault) -> [StreamHead] {
        try reading { db, tail in
            let newest = try db.makeStatement(
                sql: """
                    SELECT stream.key, line.stream_seq, line.bytes FROM stream
                    CROSS JOIN line ON line.stream = stream.id
                        AND line.stream_seq = (SELECT max(stream_seq) FROM line WHERE stream = stream.id)
                    ORDER BY stream.id
                    """
            )
            let rows = try Row.fetchCursor(newest)
            var heads: [StreamHead] = []
            while try rows.next() != nil {
                guard let key = CaseKey(bytes: newest.bytes(0)) else {
                    throw RecordFault(.damaged, "The name of a stream is damaged.")
                }
                let count = UInt64(clamping: newest.integer(1)) + 1
                heads.append(StreamHead(key: key, count: count, last: .leaf(newest.bytes(2))))
            }
            var places: [CaseKey: Int] = [:]
            for line in tail.lines(from: 0) {
                let head = StreamHead(key: line.stream, count: line.streamSeq + 1, last: line.leaf)
                let known = places[line.stream] ?? heads.firstIndex { $0.key == line.stream }
                places[line.stream] = known ?? heads.count
                if let known {
                    // The database may have got it meanwhile, and more.
                    if heads[known].count < head.count { heads[known] = head }
                } else {
                    heads.append(head)
                }
            }
            return heads
        }
    }

    package func newestCheckpoint() throws(RecordFault) -> String? {
        try reading { db, _ in try String.fetchOne(db, sql: "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1") }
    }

    package func checkpoint(at size: UInt64) throws(RecordFault) -> String? {
        try reading { db, _ in
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
        return try reading { db, tail in
            var tree = try tree(of: size, db, tail)
            return try seqs.map { seq in
                try MerkleTree.inclusionProof(of: seq, in: size) { (node: NodeAddress) throws in
                    try tree.hash(of: node)
                } ?? []
            }
        }
    }

    package func consistencyProof(from old: UInt64, to new: UInt64) throws(RecordFault) -> [Digest]? {
        guard new <= head.size else { return nil }
        return try reading { db, tail in
            var tree = try tree(of: new, db, tail)
            return try MerkleTree.consistencyProof(from: old, to: new) { (node: NodeAddress) throws in
                try tree.hash(of: node)
            }
        }
    }

    /// The tree at a size, with its edge: as it was used last, as reading back left it, or as it is stored.
    private func tree(of size: UInt64, _ db: Database, _ tail: Tail) throws -> SizedTree {
        let stored = RecordTree(db: db, tail: tail)
        let known = [edge.withLock { $0 }, proven.withLock { $0?.frontier }].lazy.compactMap(\.self)
        let frontier = try known.first { $0.size == size } ?? stored.frontier(of: size)
        edge.withLock { $0 = frontier }
        return SizedTree(stored: stored, edge: frontier)
    }

    /// What SQLite itself finds wrong with the file; reads everything.
    ///
    /// A flipped bit in an index changes answers and no hash (reliability.md F13).
    package func integrityFindings() throws(RecordFault) -> [String] {
        try reading { db, _ in try String.fetchAll(db, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// One consistent reading of what the database holds, and of what comes after it.
    func reading<Value>(_ body: (Database, Tail) throws -> Value) throws(RecordFault) -> Value {
        // First: what the database gets meanwhile is there twice, and what is not is nowhere else.
        let tail = ledger.withLock { $0.tail }
        do {
            return try pool.read { try body($0, tail) }
        } catch {
            throw RecordFault(reading: error)
        }
    }

    /// A part with its key; none where the part has no key any more.
    static let partsWithKeys = "SELECT place, bytes, wrapped FROM part JOIN part_key USING (place) WHERE place"

    private func parts(_ db: Database, of seq: UInt64, _ opener: inout PartOpener) throws -> [[UInt8]] {
        let statement = try db.cachedStatement(sql: Self.partsWithKeys + " BETWEEN ? AND ? ORDER BY place")
        let first = Int64(clamping: seq) &* RecordTables.partsPerLine
        let rows = try Row.fetchCursor(statement, arguments: [first, first &+ RecordTables.partsPerLine - 1])
        var parts: [[UInt8]] = []
        while try rows.next() != nil {
            parts.place(try opener.part(in: statement, .refused), at: Int(statement.integer(0) - first))
        }
        return parts
    }
}

/// The parts of lines that are asked for in ascending order: read on where they lie close together, as those of a busy case do, else
/// looked up.
private struct PartsInOrder: ~Copyable {
    /// So many parts of other lines are passed over before it is looked up.
    private static let passedOver = 32

    private let statement: GRDB.Statement
    var opener: PartOpener
    private var rows: RowCursor?
    /// The place of the part at which the rows stand.
    private var next: Int64?

    init(_ db: Database, _ opener: consuming PartOpener) throws {
        statement = try db.cachedStatement(sql: SQLiteRecord.partsWithKeys + " >= ? ORDER BY place")
        self.opener = opener
    }

    mutating func ofLine(_ seq: UInt64) throws -> [[UInt8]] {
        let first = Int64(clamping: seq) &* RecordTables.partsPerLine
        for _ in 0..<Self.passedOver where isNext(before: first) { try goOn() }
        if rows == nil || isNext(before: first) {
            rows = try Row.fetchCursor(statement, arguments: [first])
            try goOn()
        }
        var parts: [[UInt8]] = []
        while let place = next, isNext(before: first &+ RecordTables.partsPerLine) {
            parts.place(try opener.part(in: statement, .refused), at: Int(place - first))
            try goOn()
        }
        return parts
    }

    private mutating func goOn() throws { next = try rows?.next() == nil ? nil : statement.integer(0) }

    private func isNext(before place: Int64) -> Bool { next.map { $0 < place } ?? false }
}

/// Lines up to a number and a length; the first one always comes.
private struct Page {
    let limit: Int
    private var room: Int
    private(set) var lines: [StoredLine] = []
    private var isFull = false

    init(limit: Int, byteLimit: Int) {
        self.limit = max(0, limit)
        room = byteLimit
    }

    /// The position after its last line; nil if it has none.
    var next: UInt64? { lines.last.map { $0.seq + 1 } }

    mutating func take(
        _ statement: GRDB.Statement,
        _ arguments: StatementArguments,
        _ line: (UInt64, [UInt8]) throws -> StoredLine
    ) throws {
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        while !isFull, try rows.next() != nil {
            take(try line(UInt64(clamping: statement.integer(0)), statement.bytes(1)))
        }
    }

    mutating func take(_ more: some Sequence<SealedLine>, _ line: (SealedLine) throws -> StoredLine) throws {
        guard !isFull, lines.count < limit else { return }
        for next in more {
            take(try line(next))
            if isFull || lines.count == limit { return }
        }
    }

    private mutating func take(_ next: StoredLine) {
        guard lines.isEmpty || next.byteCount <= room else {
            isFull = true
            return
        }
        room -= min(room, next.byteCount)
        lines.append(next)
    }
}

extension [[UInt8]] {
    /// Sets a part, with empty ones for those before it that are not there.
    mutating func place(_ part: [UInt8], at position: Int) {
        // Most lines have two.
        if isEmpty { reserveCapacity(2) }
        while count < position { append([]) }
        append(part)
    }
}
