import GRDB

extension SQLiteRecord {
    private static let linesPerPage = 1_024
    private static let bytesPerPage = 4 << 20

    /// All lines from a position on with their parts, one after the other, in constant memory.
    ///
    /// Each page is a reading of its own, so that the write-ahead log can be moved into the file meanwhile.
    package func replay(from seq: UInt64, each: (StoredLine) throws -> Void) throws {
        var next = seq
        while true {
            let page = try reading { try fullLines($0, from: next) }
            guard let last = page.last else { return }
            for line in page { try each(line) }
            next = last.seq + 1
        }
    }

    /// Two cursors side by side, so that each table is read once.
    private func fullLines(_ db: Database, from seq: UInt64) throws -> [StoredLine] {
        let start = Int64(clamping: seq)
        let lines = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq LIMIT ?"),
            arguments: [start, Self.linesPerPage]
        )
        let parts = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT place, bytes FROM part WHERE place >= ? ORDER BY place"),
            arguments: [start.multipliedReportingOverflow(by: RecordTables.partsPerLine).partialValue]
        )
        var page: [StoredLine] = []
        var room = Self.bytesPerPage
        var part = try parts.next()
        while room > 0, let row = try lines.next() {
            let position: Int64 = row[0]
            var line = StoredLine(seq: UInt64(clamping: position), bytes: try row.bytes(1))
            while let found = part {
                let (owner, place) = (found[0] as Int64).quotientAndRemainder(dividingBy: RecordTables.partsPerLine)
                guard owner <= position else { break }
                // A part whose line is gone belongs to none; the tree tells that the line is missing.
                if owner == position { line.parts.place(try found.bytes(1), at: Int(place)) }
                part = try parts.next()
            }
            room -= min(room, line.byteCount)
            page.append(line)
        }
        return page
    }
}
