package import GRDB
import GRDBSQLite

/// The columns of the row at which a cursor over the statement stands: `Row` makes a value of Foundation's of each that has bytes.
extension GRDB.Statement {
    /// The number in a column; 0 if it has none.
    package func integer(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(sqliteStatement, CInt(column)) }

    /// The bytes of a column; none if it is null.
    package func bytes(_ column: Int) -> [UInt8] {
        withBytes(of: column) { bytes in unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) } }
    }

    /// Lends the bytes of a column where SQLite has them, until the cursor moves on; none if it is null.
    package func withBytes<Result, Failure>(
        of column: Int,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // In this order (SQLite, "Result Values From A Query").
        let start = unsafe sqlite3_column_blob(sqliteStatement, CInt(column))
        let count = unsafe Int(sqlite3_column_bytes(sqliteStatement, CInt(column)))
        return try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count)))
    }
}
