import GRDB

/// Inserts rows of one table, many with one statement: each statement has its own cost.
struct RowInsertion {
    /// A table and the columns that are given.
    struct Table: Sendable {
        /// By number of rows.
        fileprivate let statements: [String]
        fileprivate let width: Int

        init(_ name: String, _ columns: [String]) {
            let row = "(" + Array(repeating: "?", count: columns.count).joined(separator: ", ") + ")"
            let start = "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES "
            width = columns.count
            statements = (0...RowInsertion.rowsPerStatement).map { count in
                start + Array(repeating: row, count: count).joined(separator: ", ")
            }
        }
    }

    private static let rowsPerStatement = 32

    private let db: Database
    private let table: Table
    private var values: [DatabaseValue] = []

    init(_ db: Database, _ table: Table) { (self.db, self.table) = (db, table) }

    mutating func insert(_ row: DatabaseValue...) throws {
        values += row
        if values.count == table.width * Self.rowsPerStatement { try finish() }
    }

    /// Inserts what waits.
    mutating func finish() throws {
        guard !values.isEmpty else { return }
        try db.cachedStatement(sql: table.statements[values.count / table.width]).execute(binding: values)
        values.removeAll(keepingCapacity: true)
    }
}
