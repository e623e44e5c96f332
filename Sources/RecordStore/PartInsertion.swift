import GRDB

/// Inserts sealed parts and their keys, many rows with one statement: each statement has its own cost.
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
    private var parts: [DatabaseValue] = []
    private var keys: [DatabaseValue] = []

    init(_ db: Database) { self.db = db }

    func insert(_ line: SealedLine) throws {
        var place = line.firstPart
        for part in line.parts {
            parts.append(place.databaseValue)
            parts.append(part.bytes.databaseValue)
            keys.append(place.databaseValue)
            keys.append(part.key.databaseValue)
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
