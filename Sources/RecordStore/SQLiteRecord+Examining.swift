import GRDB
package import TransparencyLog

/// What beside lines, parts and tiles decides what is answered, for a look at everything.
extension SQLiteRecord {
    /// Gives each checkpoint that is stored, in order of size.
    package func eachCheckpoint(_ body: (UInt64, String) throws -> Void) throws {
        let pageSize = 4_096
        var after: Int64 = -1
        while true {
            let page = try reading { db, _ in
                try Row.fetchAll(
                    db,
                    sql: "SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT ?",
                    arguments: [after, pageSize]
                )
            }
            for row in page {
                after = row[0]
                try body(UInt64(clamping: after), row[1])
            }
            guard page.count == pageSize else { return }
        }
    }

    /// How many requests are known by their numbers.
    package func requestCount() throws(RecordFault) -> Int64 {
        try catchUp()
        return try reading { db, _ in try Int64.fetchOne(db, sql: "SELECT count(*) FROM request") ?? 0 }
    }

    /// By which key a line would be found again, had its author given it its number.
    package static func requestKey(of line: [UInt8]) throws(LineFault) -> RequestKey {
        let scan = try LineScan(line)
        return RequestKey(by: scan.by, nonce: scan.nonce)
    }

    /// What the database's schema has otherwise than a new one: a name each.
    package func schemaFindings() throws -> [String] {
        let sql = "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_master"
        let expected = try DatabaseQueue().write { db in
            try RecordTables.create(db)
            return Set(try String.fetchAll(db, sql: sql))
        }
        let found = Set(try reading { db, _ in try String.fetchAll(db, sql: sql) })
        return found.symmetricDifference(expected).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }
}
