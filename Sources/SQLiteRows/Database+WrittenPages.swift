package import GRDB
import GRDBSQLite

extension Database {
    /// Counts the pages that this connection has written since it was last asked: of a file with a write-ahead log the log's frames,
    /// without what a checkpoint moves into the file (SQLite, SQLITE_DBSTATUS_CACHE_WRITE).
    package func takeWrittenPages() -> Int {
        var (count, most): (CInt, CInt) = (0, 0)
        unsafe sqlite3_db_status(sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &most, 1)
        return Int(count)
    }
}
