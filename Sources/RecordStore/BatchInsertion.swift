import GRDB
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Inserts the lines of one batch, with few statements: each has its own cost.
struct BatchInsertion {
    private let db: Database
    private let lines: GRDB.Statement
    private let newStream: GRDB.Statement
    private let knownStream: GRDB.Statement
    private let requests: GRDB.Statement
    private let tiles: GRDB.Statement
    /// Numbers of streams that are known.
    private(set) var streams: [CaseKey: Int64]
    /// Lines that begin another stream than the line before: each has its own page in the index.
    private(set) var streamCount = 0
    private var lastStream: Int64?
    /// Bytes of lines, so far.
    private(set) var byteCount = 0

    /// With the numbers of streams that are known to be in the database.
    init(_ db: Database, streams: [CaseKey: Int64]) throws {
        self.db = db
        self.streams = streams
        lines = try db.cachedStatement(sql: "INSERT INTO line (seq, stream, stream_seq, bytes) VALUES (?, ?, ?, ?)")
        newStream = try db.cachedStatement(sql: "INSERT INTO stream (id, key) VALUES (?, ?)")
        knownStream = try db.cachedStatement(sql: "SELECT id FROM stream WHERE key = ?")
        requests = try db.cachedStatement(sql: "INSERT INTO request (key, seq) VALUES (?, ?)")
        tiles = try db.cachedStatement(sql: "INSERT INTO tile (level, position, hashes) VALUES (?, ?, ?)")
    }

    mutating func insert(_ line: RecordLine) throws {
        let seq = Int64(clamping: line.seq)
        let stream = try stream(of: line, seq)
        if stream != lastStream { streamCount += 1 }
        lastStream = stream
        try lines.execute(arguments: [seq, stream, Int64(clamping: line.streamSeq), Data(line.bytes)])
        byteCount += line.bytes.count
        if let request = line.request { try requests.execute(arguments: [Data(request.bytes), seq]) }
    }

    func insert(_ tile: TileHashes) throws {
        try tiles.execute(arguments: [tile.level, Int64(clamping: tile.index), Data(tile.bytes)])
    }

    private mutating func stream(of line: RecordLine, _ seq: Int64) throws -> Int64 {
        if let id = streams[line.stream] { return id }
        let key = Data(line.stream.bytes)
        let known = try Int64.fetchOne(knownStream, arguments: [key])
        // The position of its first line names a stream: no counter to keep.
        if known == nil { try newStream.execute(arguments: [seq, key]) }
        streams[line.stream] = known ?? seq
        return known ?? seq
    }
}
