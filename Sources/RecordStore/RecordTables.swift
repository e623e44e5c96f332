import GRDB

/// The tables: rows are written once; what may be removed by law one day (parts, their keys, request keys) has tables of its own.
enum RecordTables {
    /// "ACRD", in the header of the file.
    static let application: Int32 = 0x4143_5244
    static let version: Int32 = 3
    /// Of a record that was made before there was a journal.
    private static let versionWithoutJournal: Int32 = 2

    /// A part's row: so many numbers for each line, one for each position.
    static let partsPerLine: Int64 = 64

    static func create(_ db: Database) throws {
        try createContents(db)
        try createKeys(db)
        try createTriggers(db)
    }

    /// All but what opens parts.
    static func createContents(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA application_id = \(application);
                PRAGMA user_version = \(version);
                CREATE TABLE line (
                    seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, stream_seq INTEGER NOT NULL, bytes BLOB NOT NULL,
                    UNIQUE (stream, stream_seq)
                ) STRICT;
                CREATE TABLE stream (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE) STRICT;
                CREATE TABLE part (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                CREATE TABLE request (key BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE tile (
                    level INTEGER NOT NULL, position INTEGER NOT NULL, hashes BLOB NOT NULL,
                    PRIMARY KEY (level, position)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
                """
        )
    }

    /// What opens parts, which a backup keeps apart.
    static func createKeys(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE part_key (place INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
                CREATE TABLE wrapping_key (
                    first_seq INTEGER PRIMARY KEY, deployment_key TEXT NOT NULL, wrapped BLOB NOT NULL
                ) STRICT;
                """
        )
    }

    /// Belts; the proofs are the braces.
    ///
    /// Wrapping keys are written anew when the deployment's key is another one.
    static func createTriggers(_ db: Database) throws {
        for table in names {
            for act in ["UPDATE", "DELETE"] { try db.execute(sql: trigger(table, act)) }
        }
    }

    static func triggerName(_ table: String, _ act: String) -> String { "\(table)_no_\(act.lowercased())" }

    /// What refuses an act on a table.
    static func trigger(_ table: String, _ act: String) -> String {
        """
        CREATE TRIGGER \(triggerName(table, act)) BEFORE \(act) ON \(table)
        BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END
        """
    }

    /// Refuses a file whose triggers are not all there, word for word.
    static func checkTriggers(_ db: Database) throws {
        let found = Set(try String.fetchAll(db, sql: "SELECT sql FROM sqlite_master WHERE type = 'trigger'"))
        for table in names {
            for act in ["UPDATE", "DELETE"] where !found.contains(trigger(table, act)) {
                throw RecordFault(.damaged, "What keeps \(table) from being changed is missing.")
            }
        }
    }

    /// The tables of which a row may be removed by law; each is numbered like `part`.
    static let removable = ["part", "part_key"]

    static let names = ["line", "stream", "part", "part_key", "request", "tile", "checkpoint"]

    /// Refuses a file that is not a record, or one of a version that is not known here.
    ///
    /// - Returns: Whether the record has no journal yet.
    @discardableResult
    static func check(_ db: Database) throws -> Bool {
        let found = try (
            Int32.fetchOne(db, sql: "PRAGMA application_id"), Int32.fetchOne(db, sql: "PRAGMA user_version")
        )
        guard found.0 == application, let other = found.1 else {
            throw RecordFault(.damaged, "The database is no record.")
        }
        guard [version, versionWithoutJournal].contains(other) else {
            throw RecordFault(
                .otherVersion,
                "The record is of version \(other), and this program reads version \(version) only."
            )
        }
        return other == versionWithoutJournal
    }

    /// Says that the record has a journal: a program that knows of none refuses it from then on.
    static func noteJournal(_ db: Database) throws { try db.execute(sql: "PRAGMA user_version = \(version)") }
}
