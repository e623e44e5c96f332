import GRDB

extension CaseViews {
    static func drop(_ db: Database) throws {
        for table in [
            "progress", "weight", "snapshot", "snapshot_block", "entry", "acknowledgement", "dissemination", "access",
            "said",
        ] {
            try db.execute(literal: "DROP TABLE IF EXISTS \(sql: table)")
        }
    }

    static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE progress (id INTEGER PRIMARY KEY, position INTEGER NOT NULL, total BLOB NOT NULL, mark BLOB NOT NULL) STRICT;
                CREATE TABLE weight (
                    relation TEXT NOT NULL, case_id BLOB NOT NULL, chapter INTEGER NOT NULL, sums BLOB NOT NULL,
                    mark BLOB NOT NULL, PRIMARY KEY (relation, case_id, chapter)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE snapshot (id INTEGER PRIMARY KEY, position INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
                CREATE TABLE snapshot_block (
                    case_id BLOB NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL,
                    PRIMARY KEY (case_id, number)
                ) STRICT;
                CREATE TABLE entry (
                    case_id BLOB NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL, seq INTEGER NOT NULL,
                    kind TEXT NOT NULL, handling TEXT NOT NULL, compartment TEXT NOT NULL, origin TEXT NOT NULL,
                    author TEXT NOT NULL, recorded_at INTEGER NOT NULL, state TEXT NOT NULL, supersedes INTEGER,
                    superseded_by INTEGER, acknowledgement INTEGER NOT NULL, mark BLOB NOT NULL,
                    PRIMARY KEY (case_id, number)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE acknowledgement (
                    case_id BLOB NOT NULL, entry INTEGER NOT NULL, member TEXT NOT NULL, mark BLOB NOT NULL,
                    PRIMARY KEY (case_id, entry, member)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE dissemination (
                    case_id BLOB NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, entry INTEGER NOT NULL,
                    origin TEXT NOT NULL, from_agency TEXT NOT NULL, to_agency TEXT NOT NULL, author TEXT NOT NULL,
                    purpose TEXT NOT NULL, handling TEXT NOT NULL, permission INTEGER, means TEXT NOT NULL,
                    recorded_at INTEGER NOT NULL, mark BLOB NOT NULL,
                    PRIMARY KEY (case_id, number)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE access (
                    seq INTEGER PRIMARY KEY, case_id BLOB NOT NULL, position INTEGER NOT NULL,
                    recorded_at INTEGER NOT NULL, agency TEXT NOT NULL, member TEXT NOT NULL, by TEXT NOT NULL,
                    act TEXT NOT NULL, item TEXT, purpose TEXT NOT NULL, outcome TEXT NOT NULL, rule TEXT, mark BLOB NOT NULL
                ) STRICT;
                CREATE INDEX access_reading ON access (case_id, item, agency, seq)
                    WHERE act IN ('entry.read', 'work.read') AND outcome = 'accepted';
                CREATE INDEX access_export ON access (case_id, agency, seq) WHERE act = 'audit.export' AND outcome = 'accepted';
                CREATE TABLE said (
                    case_id BLOB NOT NULL, item TEXT NOT NULL, agency TEXT NOT NULL, seq INTEGER NOT NULL,
                    mark BLOB NOT NULL, PRIMARY KEY (case_id, item, agency)
                ) STRICT, WITHOUT ROWID;
                """
        )
    }
}
