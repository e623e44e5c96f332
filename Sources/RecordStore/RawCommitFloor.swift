import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What SQLite itself needs for durable transactions with rows of the record's size, with nothing of ours around it:
/// the floor that a measurement of the record is compared with.
package struct RawCommitFloor: Sendable {
    /// Rows of parts that each line has room for.
    private static let partsPerLine: Int64 = 64
    /// Bytes that are written first, beyond the length at which SQLite begins its write-ahead log anew.
    private static let firstBytes = 20 << 20

    /// Bytes of each line.
    package var lineBytes: Int
    /// Parts of each line, at most 64.
    package var parts: Int
    /// Bytes of each part.
    package var partBytes: Int

    package init(lineBytes: Int, parts: Int, partBytes: Int) {
        self.lineBytes = max(0, lineBytes)
        self.parts = min(max(0, parts), Int(Self.partsPerLine))
        self.partBytes = max(0, partBytes)
    }

    /// One measurement.
    package struct Row: Hashable, Sendable {
        /// Lines of each transaction.
        package let batchSize: Int
        package let transactions: Int
        package let linesPerSecond: Double
        /// Microseconds of a transaction: one in ten is below, half of them, 99 in 100.
        package let p10: Double
        package let median: Double
        package let p99: Double
    }

    /// Writes so many transactions of each size into a new database in an existing folder, and removes it again.
    ///
    /// The folder must hold no `raw-commit-floor.db` of anybody else's.
    package func measure(in folder: String, batchSizes: [Int], transactions: Int) throws -> [Row] {
        let path = "\(folder)/raw-commit-floor.db"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try prepare(queue)
        var next: Int64 = 0
        // A write-ahead log that still grows syncs the file system's journal too: let it reach its length first.
        try commit(Self.firstBytes / max(1, lineBytes + parts * partBytes), from: &next, to: queue)
        _ = try queue.writeWithoutTransaction { try $0.checkpoint(.passive) }
        return try batchSizes.map { size in
            var times: [Double] = []
            for _ in 0..<max(1, transactions) {
                let start = ContinuousClock.now
                try commit(max(1, size), from: &next, to: queue)
                times.append((ContinuousClock.now - start) / .microseconds(1))
            }
            let total = times.reduce(0, +)
            times.sort()
            return Row(
                batchSize: max(1, size),
                transactions: times.count,
                linesPerSecond: Double(max(1, size) * times.count) * 1_000_000 / max(total, 1),
                p10: times[times.count / 10],
                median: times[times.count / 2],
                p99: times[times.count * 99 / 100]
            )
        }
    }

    private func prepare(_ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 4000;
                    CREATE TABLE line (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                    CREATE TABLE part (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                    """
            )
            // A floor that does not sync would flatter nobody but itself.
            guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2,
                try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal"
            else { throw RecordFault(.failed, "SQLite does not sync each commit of the floor.") }
        }
    }

    private func commit(_ count: Int, from next: inout Int64, to queue: DatabaseQueue) throws {
        let first = next
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try insert(first..<first + Int64(count), into: db)
                return .commit
            }
        }
        next += Int64(count)
    }

    private func insert(_ lines: Range<Int64>, into db: Database) throws {
        let line = try db.cachedStatement(sql: "INSERT INTO line (seq, bytes) VALUES (?, ?)")
        let part = try db.cachedStatement(sql: "INSERT INTO part (place, bytes) VALUES (?, ?)")
        for seq in lines {
            let filling = UInt8(truncatingIfNeeded: seq)
            try line.execute(arguments: [seq, Data(repeating: filling, count: lineBytes)])
            for position in 0..<Int64(parts) {
                let bytes = Data(repeating: filling, count: partBytes)
                try part.execute(arguments: [seq * Self.partsPerLine + position, bytes])
            }
        }
    }
}
