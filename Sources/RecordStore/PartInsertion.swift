import GRDB

/// Inserts the parts of one batch, sealed, and their keys, many rows with one statement: each statement has its own cost.
final class PartInsertion {
    private static let rowsPerStatement = 32

    /// By number of rows.
    private static let statements = (0...rowsPerStatement).map { count in
        let rows = Array(repeating: "(?, ?)", count: count).joined(separator: ", ")
        return (
            parts: "INSERT INTO part (place, bytes) VALUES " + rows,
            keys: "INSERT INTO part_key (place, wrapped) VALUES " + rows
        )
    }

    private let db: Database
    private let sealer: PartSealer
    private var parts: [DatabaseValue] = []
    private var keys: [DatabaseValue] = []
    /// Bytes that were inserted.
    private(set) var byteCount = 0

    init(_ db: Database, _ sealer: PartSealer) {
        self.db = db
        self.sealer = sealer
    }

    func insert(_ line: RecordLine) throws {
        var place = Int64(clamping: line.seq) * RecordTables.partsPerLine
        for part in line.parts {
            let sealed = try sealer.seal(part, at: place)
            byteCount += sealed.bytes.count + sealed.key.count
            parts.append(place.databaseValue)
            parts.append(sealed.bytes.databaseValue)
            keys.append(place.databaseValue)
            keys.append(sealed.key.databaseValue)
            place += 1
            if parts.count == 2 * Self.rowsPerStatement { try finish() }
        }
    }

    /// Inserts what waits.
    func finish() throws {
        guard !parts.isEmpty else { return }
        let statements = Self.statements[parts.count / 2]
        try db.cachedStatement(sql: statements.parts).execute(arguments: StatementArguments(parts))
        try db.cachedStatement(sql: statements.keys).execute(arguments: StatementArguments(keys))
        parts.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }
}
