import GRDB

/// How SQLite is opened, and the proof that it was (reliability.md 5.5).
enum DatabaseSettings {
    /// Readers at the same time: one for each queue that reads, and three for a verification.
    ///
    /// They are opened when they are needed.
    private static let readers = 10
    /// Pages that the writer keeps in memory, in KiB.
    private static let writerCacheKiB = 16 << 10

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "accord.record"
        configuration.maximumReaderCount = readers
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA recursive_triggers = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA secure_delete = ON;
                    """
            )
            if db.configuration.readonly { try db.execute(sql: "PRAGMA query_only = ON") }
        }
        return configuration
    }

    /// One connection that can write nothing, not even a checkpoint when it closes: for looking before touching.
    static func inspection(_ path: String) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// The one connection that writes and checkpoints, and its readers (reliability.md F6).
    static func open(_ path: String) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration)
        // The journal makes a batch durable. The write-ahead log is synced before the journal writes over what it holds, and
        // with NORMAL before it is moved into the file, and that before the log begins anew (SQLite, pragma.html).
        // All pages that a batch touches stay in memory until it is committed: what does not fit is written, read and written
        // again (SQLite, "cache spill").
        try pool.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -\(writerCacheKiB)")
        }
        return pool
    }

    /// Reads back what durability and the triggers rest on, on the writer and on a reader.
    ///
    /// SQLite's own checkpoints are off: it makes them inside a commit and says nothing when they fail.
    static func check(_ pool: DatabasePool) throws {
        let common = [
            "journal_mode": "wal", "foreign_keys": "1", "trusted_schema": "0", "cell_size_check": "1",
            "recursive_triggers": "1", "mmap_size": "0", "wal_autocheckpoint": "0", "secure_delete": "1",
        ]
        let writer = common.merging(["synchronous": "1", "query_only": "0"]) { $1 }
        let reader = common.merging(["query_only": "1"]) { $1 }
        try pool.writeWithoutTransaction { try check($0, writer, "writer") }
        try pool.read { try check($0, reader, "reader") }
    }

    private static func check(_ db: Database, _ expected: [String: String], _ connection: String) throws {
        for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
            let found =
                switch try DatabaseValue.fetchOne(db, sql: "PRAGMA \(name)")?.storage {
                case .string(let word)?: word
                case .int64(let number)?: "\(number)"
                default: "unknown"
                }
            guard found == value else {
                throw RecordFault(
                    .notDurable,
                    "SQLite's \(name) is \(found) on the \(connection), and must be \(value)."
                )
            }
        }
    }
}
