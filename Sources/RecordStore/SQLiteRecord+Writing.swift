import GRDB
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteRecord {
    /// One transaction; its COMMIT is the durable sync.
    func write(_ batch: [RecordLine], _ plan: AppendPlan) -> Result<Void, RecordFault> {
        do {
            try pool.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    try Self.insert(batch, into: db)
                    for tile in plan.tiles {
                        try db.cachedStatement(sql: "INSERT INTO tile (level, position, hashes) VALUES (?, ?, ?)")
                            .execute(arguments: [tile.level, Int64(tile.index), Data(tile.bytes)])
                    }
                    return .commit
                }
            }
            return .success(())
        } catch {
            return .failure(RecordFault(writing: error))
        }
    }

    private static func insert(_ batch: [RecordLine], into db: Database) throws {
        let lines = try db.cachedStatement(sql: "INSERT INTO line (seq, bytes) VALUES (?, ?)")
        let streams = try db.cachedStatement(sql: "INSERT INTO stream (id, key) VALUES (?, ?)")
        let knownStream = try db.cachedStatement(sql: "SELECT id FROM stream WHERE key = ?")
        let places = try db.cachedStatement(sql: "INSERT INTO stream_line (stream, stream_seq, seq) VALUES (?, ?, ?)")
        let parts = try db.cachedStatement(sql: "INSERT INTO part (seq, position, bytes) VALUES (?, ?, ?)")
        let requests = try db.cachedStatement(sql: "INSERT INTO request (key, seq) VALUES (?, ?)")
        var ids: [CaseKey: Int64] = [:]
        for line in batch {
            let seq = Int64(clamping: line.seq)
            try lines.execute(arguments: [seq, Data(line.bytes)])
            let stream: Int64
            if let id = ids[line.stream] {
                stream = id
            } else {
                let key = Data(line.stream.bytes)
                if let id = try Int64.fetchOne(knownStream, arguments: [key]) {
                    stream = id
                } else {
                    // The position of its first line names it: no counter to keep.
                    stream = seq
                    try streams.execute(arguments: [seq, key])
                }
                ids[line.stream] = stream
            }
            try places.execute(arguments: [stream, Int64(clamping: line.streamSeq), seq])
            for (position, part) in line.parts.enumerated() {
                try parts.execute(arguments: [seq, position, Data(part)])
            }
            if let request = line.request { try requests.execute(arguments: [Data(request.bytes), seq]) }
        }
    }

    /// Keeps a signed checkpoint; from the queue that appends.
    package func store(checkpoint note: String, size: UInt64) throws(RecordFault) {
        do {
            try pool.write { db in
                try db.execute(
                    sql: "INSERT OR IGNORE INTO checkpoint (size, note) VALUES (?, ?)",
                    arguments: [Int64(clamping: size), note]
                )
            }
        } catch {
            throw RecordFault(writing: error)
        }
    }

    /// Moves the write-ahead log into the file and closes.
    package func close() throws(RecordFault) {
        do {
            try pool.close()
        } catch {
            throw RecordFault(reading: error)
        }
    }
}

extension RecordFault {
    /// A full disk may be tried again; after anything else SQLite's own word is not enough (reliability.md F5).
    init(writing error: any Error) {
        let code = (error as? DatabaseError)?.resultCode
        self.init(code == .SQLITE_FULL ? .full : .failed, "The record could not be written: \(error).")
    }

    init(reading error: any Error) {
        self = error as? RecordFault ?? RecordFault(.damaged, "The record could not be read: \(error).")
    }
}
