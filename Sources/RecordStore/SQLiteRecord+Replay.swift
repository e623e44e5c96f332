import GRDB
import SQLiteRows

extension SQLiteRecord {
    private static let linesPerPage = 1_024
    private static let bytesPerPage = 4 << 20

    /// All lines from a position on with their parts, one after the other, in constant memory.
    ///
    /// Each page is a reading of its own, so that the write-ahead log can be moved into the file meanwhile.
    package func replay(from seq: UInt64, each: (StoredLine) throws -> Void) throws {
        try replay(from: seq, alteredParts: .refused, each: each)
    }

    /// The same; whoever hashes everything takes parts that cannot be opened as they are stored.
    package func replay(
        from seq: UInt64,
        alteredParts: AlteredParts,
        each: (StoredLine) throws -> Void
    ) throws {
        try pages(of: seq..<UInt64.max, alteredParts: alteredParts) { for line in $0 { try each(line) } }
    }

    /// The lines of a range with their parts, a page of bounded length at a time; on any thread, and on several at once.
    package func pages(
        of range: Range<UInt64>,
        alteredParts: AlteredParts,
        each: ([StoredLine]) throws -> Void
    ) throws {
        var next = range.lowerBound
        while next < range.upperBound {
            let page = try reading { db, tail in
                var opener = vault.opener()
                return try Self.fullLines(db, tail, next..<range.upperBound, &opener, alteredParts)
            }
            guard let last = page.last else { return }
            try each(page)
            next = last.seq + 1
        }
    }

    /// Two cursors side by side, so that each table is read once, and what comes after the database's lines.
    static func fullLines(
        _ db: Database,
        _ tail: Tail,
        _ range: Range<UInt64>,
        _ opener: inout PartOpener,
        _ alteredParts: AlteredParts
    ) throws -> [StoredLine] {
        let start = Int64(clamping: range.lowerBound)
        let lines = try db.cachedStatement(
            sql: "SELECT seq, bytes FROM line WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?"
        )
        let lineRows = try Row.fetchCursor(
            lines,
            arguments: [start, Int64(clamping: range.upperBound), Self.linesPerPage]
        )
        let parts = try db.cachedStatement(sql: Self.partsWithKeys + " >= ? ORDER BY place")
        let partRows = try Row.fetchCursor(
            parts,
            arguments: [start.multipliedReportingOverflow(by: RecordTables.partsPerLine).partialValue]
        )
        var page: [StoredLine] = []
        var room = Self.bytesPerPage
        var hasPart = try partRows.next() != nil
        var next = range.lowerBound
        while room > 0, try lineRows.next() != nil {
            let position = lines.integer(0)
            var line = StoredLine(seq: UInt64(clamping: position), bytes: lines.bytes(1))
            while hasPart {
                let (owner, place) = parts.integer(0).quotientAndRemainder(dividingBy: RecordTables.partsPerLine)
                guard owner <= position else { break }
                // A part whose line is gone belongs to none; the tree tells that the line is missing.
                if owner == position { line.parts.place(try opener.part(in: parts, alteredParts), at: Int(place)) }
                hasPart = try partRows.next() != nil
            }
            room -= min(room, line.byteCount)
            page.append(line)
            next = line.seq + 1
        }
        guard page.count < Self.linesPerPage else { return page }
        for line in tail.lines(from: next).prefix(Self.linesPerPage - page.count)
        where room > 0 && line.seq < range.upperBound {
            page.append(try line.stored(&opener, alteredParts))
            room -= min(room, page[page.count - 1].byteCount)
        }
        return page
    }
}

/// What becomes of parts that cannot be opened: they, their keys or their places were altered.
package enum AlteredParts: Sendable {
    /// The reading fails.
    case refused
    /// They come as they are stored, so that their hash tells that they were altered.
    case asStored
}

extension PartOpener {
    /// The part in the row of place, bytes and wrapped key at which a cursor over the statement stands.
    ///
    /// - Throws: ``RecordFault`` if it cannot be opened and that is to be refused.
    mutating func part(in row: GRDB.Statement, _ alteredParts: AlteredParts) throws(RecordFault) -> [UInt8] {
        try row.withBytes(of: 1) { sealed throws(RecordFault) in
            try row.withBytes(of: 2) { key throws(RecordFault) in
                try part(sealed, key: key, at: row.integer(0), alteredParts)
            }
        }
    }

    /// The part that belongs into a row.
    ///
    /// - Throws: ``RecordFault`` if it cannot be opened and that is to be refused.
    mutating func part(
        _ sealed: Span<UInt8>,
        key: Span<UInt8>,
        at place: Int64,
        _ alteredParts: AlteredParts
    ) throws(RecordFault) -> [UInt8] {
        if let part = open(sealed, key: key, at: place) { return part }
        guard alteredParts == .asStored else {
            let (seq, position) = place.quotientAndRemainder(dividingBy: RecordTables.partsPerLine)
            throw RecordFault(.damaged, "Part \(position) of line \(seq), or its key, is not what was written.")
        }
        return unsafe sealed.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}
