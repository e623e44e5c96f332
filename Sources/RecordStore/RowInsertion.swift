import GRDB
import SQLiteRows

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
    private var waiting: RowValues

    init(_ db: Database, _ table: Table) {
        (self.db, self.table) = (db, table)
        waiting = RowValues(byteCount: 0)
    }

    /// Takes one row, whose values are appended to those that wait.
    mutating func insert(_ append: (inout RowValues) -> Void) throws {
        append(&waiting)
        if waiting.count == table.width * Self.rowsPerStatement { try finish() }
    }

    /// Inserts what waits.
    mutating func finish() throws {
        guard waiting.count > 0 else { return }
        try db.cachedStatement(sql: table.statements[waiting.count / table.width]).execute(binding: waiting)
        waiting.removeAll()
    }
}
