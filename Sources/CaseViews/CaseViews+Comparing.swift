import GRDB

extension CaseViews {
    /// In what these views differ from others that were made from the same lines, one sentence each, and what SQLite finds
    /// wrong with the file.
    package func differences(from other: CaseViews) throws(ViewsFault) -> [String] {
        try reading { db in
            var sentences = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                .map { "SQLite: \($0)" }
            for table in MarkedTable.allCases where table != .weight {
                // The columns of the key come first.
                let sql = "SELECT * FROM \(table.rawValue) ORDER BY 1, 2, 3"
                let count = try other.reading { others in
                    let mine = try Row.fetchCursor(db, sql: sql)
                    let theirs = try Row.fetchCursor(others, sql: sql)
                    var count = 0
                    while true {
                        let (row, expected) = (try mine.next(), try theirs.next())
                        if row == nil, expected == nil { return count }
                        // The same row has another mark each time.
                        let isSame = row.map { values(of: $0, table) } == expected.map { values(of: $0, table) }
                        if !isSame || !(row.map { isMarked($0, table) } ?? true) { count += 1 }
                    }
                }
                if count > 0 { sentences.append("\(count) rows of \(table.rawValue) are not what the record says.") }
            }
            return sentences
        }
    }

    /// What two rows of the same have in common: no mark, nor what is sealed.
    private func values(of row: Row, _ table: MarkedTable) -> [DatabaseValue] {
        Array(row.databaseValues.dropLast(table == .progress ? 2 : 1))
    }
}
