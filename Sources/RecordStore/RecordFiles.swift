/// Names of what lies in a record's folder.
struct RecordFiles: Hashable, Sendable {
    let folder: String

    /// All that may lie in the folder.
    static let names = [
        "record.db", "record.db-wal", "record.db-shm", "record.db-journal", "journal", "journal.new", "acknowledged",
        "acknowledged.new", "anchor", "signed-head", "signed-head.new",
    ]

    init(_ folder: String) { self.folder = folder }

    var database: String { folder + "/record.db" }
    var writeAheadLog: String { database + "-wal" }
    var journal: String { folder + "/journal" }
    /// The mark that outlasts the process.
    var acknowledged: String { folder + "/acknowledged" }
    /// Of a record that was made before there was a journal.
    var anchor: String { folder + "/anchor" }
    var signedHead: String { folder + "/signed-head" }
}
