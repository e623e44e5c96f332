/// Names of what lies in a record's folder.
struct RecordFiles: Hashable, Sendable {
    let folder: String

    /// All that may lie in the folder.
    static let names = [
        "record.db", "record.db-wal", "record.db-shm", "record.db-journal", "anchor", "signed-head", "signed-head.new",
    ]

    init(_ folder: String) { self.folder = folder }

    var database: String { folder + "/record.db" }
    var writeAheadLog: String { database + "-wal" }
    var anchor: String { folder + "/anchor" }
    var signedHead: String { folder + "/signed-head" }
}
