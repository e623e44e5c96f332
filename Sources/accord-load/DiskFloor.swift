import RecordStore

/// SQLite's own durable commits on the same file system, at the batch sizes that matter for a load.
struct DiskFloor {
    private static let singleTransactions = 500
    private static let batchTransactions = 100

    /// A transaction of one line.
    let single: RawCommitFloor.Row
    /// A transaction of as many lines as the load has under way at once: the largest batch that the daemon can form.
    let batch: RawCommitFloor.Row

    private struct Unmeasured: Error {}

    /// Writes and removes a database in the folder.
    init(outstanding: Int, textBytes: Int, folder: String) throws {
        // As an update is stored: a line, a part for its details of about 195 bytes, a part of 101 and its text.
        let floor = RawCommitFloor(lineBytes: 820, parts: 2, partBytes: 148 + textBytes / 2)
        func measured(_ size: Int, _ transactions: Int) throws -> RawCommitFloor.Row {
            let rows = try floor.measure(in: folder, batchSizes: [size], transactions: transactions)
            guard let row = rows.first else { throw Unmeasured() }
            return row
        }
        single = try measured(1, Self.singleTransactions)
        batch = outstanding == 1 ? single : try measured(outstanding, Self.batchTransactions)
    }
}
