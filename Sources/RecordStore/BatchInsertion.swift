import GRDB
import SQLiteRows
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Inserts batches, with few statements: each has its own cost.
struct BatchInsertion {
    private static let lineTable = RowInsertion.Table("line", ["seq", "stream", "stream_seq", "bytes"])
    private static let requestTable = RowInsertion.Table("request", ["key", "seq"])
    private static let partTable = RowInsertion.Table("part", ["place", "bytes"])
    private static let keyTable = RowInsertion.Table("part_key", ["place", "wrapped"])

    private let streams: GRDB.Statement
    private let tiles: GRDB.Statement
    private var lines: RowInsertion
    private var requests: RowInsertion
    private var parts: RowInsertion
    private var keys: RowInsertion

    init(_ db: Database) throws {
        streams = try db.cachedStatement(sql: "INSERT INTO stream (id, key) VALUES (?, ?)")
        tiles = try db.cachedStatement(sql: "INSERT INTO tile (level, position, hashes) VALUES (?, ?, ?)")
        lines = RowInsertion(db, Self.lineTable)
        requests = RowInsertion(db, Self.requestTable)
        parts = RowInsertion(db, Self.partTable)
        keys = RowInsertion(db, Self.keyTable)
    }

    mutating func insert(_ batches: some Sequence<SealedBatch>) throws {
        var turns = Turns()
        for batch in batches {
            for line in batch.lines {
                try insert(line)
                turns.pass()
            }
            for line in batch.lines {
                turns.pass()
                var place = line.firstPart
                for part in line.parts {
                    try parts.insert { row in
                        row.append(place)
                        row.append(part.bytes)
                    }
                    try keys.insert { row in
                        row.append(place)
                        row.append(part.key)
                    }
                    place += 1
                }
            }
            for tile in batch.tiles {
                try tiles.execute(arguments: [tile.level, Int64(clamping: tile.index), Data(tile.bytes)])
            }
        }
        try lines.finish()
        try requests.finish()
        try parts.finish()
        try keys.finish()
    }

    private mutating func insert(_ line: SealedLine) throws {
        let seq = Int64(clamping: line.seq)
        if line.streamSeq == 0 { try streams.execute(arguments: [line.streamID, Data(line.stream.bytes)]) }
        try lines.insert { row in
            row.append(seq)
            row.append(line.streamID)
            row.append(Int64(clamping: line.streamSeq))
            row.append(line.bytes)
        }
        guard let request = line.request else { return }
        try requests.insert { row in
            row.append(request.bytes)
            row.append(seq)
        }
    }
}
