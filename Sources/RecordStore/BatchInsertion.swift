import GRDB
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Inserts batches, with few statements: each has its own cost.
struct BatchInsertion {
    private let lines: GRDB.Statement
    private let streams: GRDB.Statement
    private let requests: GRDB.Statement
    private let tiles: GRDB.Statement
    private let parts: PartInsertion
    /// Lines that begin another stream than the line before: each has its own page in the index.
    private var streamCount = 0
    private var lastStream: Int64?
    private var byteCount = 0

    init(_ db: Database) throws {
        lines = try db.cachedStatement(sql: "INSERT INTO line (seq, stream, stream_seq, bytes) VALUES (?, ?, ?, ?)")
        streams = try db.cachedStatement(sql: "INSERT INTO stream (id, key) VALUES (?, ?)")
        requests = try db.cachedStatement(sql: "INSERT INTO request (key, seq) VALUES (?, ?)")
        tiles = try db.cachedStatement(sql: "INSERT INTO tile (level, position, hashes) VALUES (?, ?, ?)")
        parts = PartInsertion(db)
    }

    mutating func insert(_ batches: some Sequence<SealedBatch>) throws {
        for batch in batches {
            for line in batch.lines { try insert(line) }
            for line in batch.lines { try parts.insert(line) }
            for tile in batch.tiles {
                try tiles.execute(arguments: [tile.level, Int64(clamping: tile.index), Data(tile.bytes)])
            }
            byteCount += batch.payloadLength
        }
        try parts.finish()
    }

    /// Pages of the write-ahead log that this takes, roughly: with the inner pages of each table.
    var pages: Int { byteCount / 4_096 + streamCount + 8 }

    private mutating func insert(_ line: SealedLine) throws {
        let seq = Int64(clamping: line.seq)
        if line.streamSeq == 0 { try streams.execute(arguments: [line.streamID, Data(line.stream.bytes)]) }
        if line.streamID != lastStream { streamCount += 1 }
        lastStream = line.streamID
        try lines.execute(arguments: [seq, line.streamID, Int64(clamping: line.streamSeq), Data(line.bytes)])
        if let request = line.request { try requests.execute(arguments: [Data(request.bytes), seq]) }
    }
}
