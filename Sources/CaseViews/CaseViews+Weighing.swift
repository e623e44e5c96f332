import Casework
import GRDB
import SQLiteRows
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a transaction changes in the weights: in memory only once the rows are there.
struct WeightChanges {
    var blocks: [Weights.Block: UInt128] = [:]
    var chapters: [Weights.Chapter: UInt128] = [:]
}

extension MarkedTable {
    /// Where the number lies by which rows of a case, or of all, are put into blocks; nil for tables that are not weighed.
    var ordering: (column: String, index: Int, ofCase: Bool)? {
        switch self {
        case .progress, .weight: nil
        case .entry, .dissemination: ("number", 1, true)
        case .acknowledgement: ("entry", 1, true)
        case .access: ("seq", 0, false)
        // Its rows have no number of their own: all of a case are one block.
        case .said: ("0", -1, true)
        }
    }

    /// The columns of the key.
    fileprivate var key: [String] {
        switch self {
        case .progress: ["id"]
        case .weight: ["relation", "case_id", "chapter"]
        case .entry, .dissemination: ["case_id", "number"]
        case .acknowledgement: ["case_id", "entry", "member"]
        case .access: ["seq"]
        case .said: ["case_id", "item", "agency"]
        }
    }

    fileprivate var selectionOfMark: String {
        "SELECT mark FROM \(rawValue) WHERE \(key.map { "\($0) = ?" }.joined(separator: " AND "))"
    }
}

extension CaseViews {
    /// Marks a row, writes it as its table takes it, and notes what its block weighs.
    func put(
        _ row: consuming RowValues,
        in block: Weights.Block,
        _ db: Database,
        _ changes: inout WeightChanges
    ) throws {
        let table = block.column.table
        let mark = try write(&row, table.insertion, db)
        if db.changesCount == 0 {
            // There is one with that key; of what was said in shared work the first stays.
            guard table != .said else { return }
            let old = try db.cachedStatement(sql: table.selectionOfMark)
            let found = try Data.fetchOne(old, arguments: row.arguments(table.key.count)).map { [UInt8]($0) }
            changes.blocks[block, default: 0] &-= marking.weigh(found ?? [])
            try db.cachedStatement(sql: table.replacement).execute(binding: row)
        }
        changes.blocks[block, default: 0] &+= marking.weigh(mark)
    }

    /// - Returns: The mark that the row got.
    @discardableResult
    private func write(_ row: inout RowValues, _ sql: String, _ db: Database) throws -> [UInt8] {
        let mark = try marking.make(row.bytes)
        row.append(mark)
        try db.cachedStatement(sql: sql).execute(binding: row)
        return mark
    }

    /// Keeps the chapters that a transaction changes, and how far it came.
    func keep(_ changes: inout WeightChanges, _ weights: Weights, upTo position: Int64, _ db: Database) throws {
        // In one order, so that the same rows are written by the same calls.
        let changed = Dictionary(grouping: changes.blocks, by: \.key.chapter).sorted { $0.key.order < $1.key.order }
        for (chapter, blocks) in changed {
            let sealed = try marking.seal(weights.bytes(of: chapter, with: blocks.map { ($0.key, $0.value) }))
            let (column, number) = (chapter.column, chapter.number)
            var row = MarkedTable.weight.row
            row.append(column.table.rawValue)
            row.append(column.caseID.bytes)
            row.append(number)
            row.append(sealed)
            changes.chapters[chapter] = marking.weigh(try write(&row, MarkedTable.weight.replacement, db))
        }
        let total = weights.total(with: changes.chapters)
        var row = MarkedTable.progress.row
        row.append(1)
        row.append(position)
        row.append(try marking.seal(Weights.bytes(of: total)))
        try write(&row, MarkedTable.progress.replacement, db)
    }

    /// Reads the weights that are kept.
    ///
    /// - Throws: ``ViewsFault`` if they are not those of one time.
    func loadedWeights(_ db: Database) throws -> Weights {
        var weights = Weights()
        let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM weight")
        while let row = try cursor.next() {
            guard isMarked(row, .weight), let table = MarkedTable(rawValue: row["relation"]),
                let caseID = CaseID(bytes: (row["case_id"] as DatabaseBytes).bytes),
                let bytes = marking.open((row["sums"] as DatabaseBytes).bytes)
            else { throw ViewsFault.altered("What the rows weigh is not what was written.") }
            let column = Weights.Column(table: table, caseID: caseID)
            let chapter = Weights.Chapter(column: column, number: row["chapter"])
            guard weights.take(bytes, as: chapter) else {
                throw ViewsFault.altered("What the rows weigh is not what was written.")
            }
            weights.keep(chapter, weighing: marking.weigh((row["mark"] as DatabaseBytes).bytes))
        }
        let progress = try rows(db, of: .progress, sql: "SELECT * FROM progress").first
        let total = (progress?["total"] as DatabaseBytes?).flatMap { marking.open($0.bytes) } ?? []
        guard progress == nil ? weights.total == 0 : total == Weights.bytes(of: weights.total) else {
            throw ViewsFault.altered("What the rows weigh is of another time than how far they are.")
        }
        return weights
    }

    /// All rows of a block.
    ///
    /// - Throws: ``ViewsFault`` if they are not those that were written: one is missing, was added, changed or put back.
    func rows(of block: Weights.Block, _ weights: Weights, _ db: Database) throws -> [Row] {
        let (table, caseID) = (block.column.table, block.column.caseID)
        guard let (name, _, ofCase) = table.ordering else { return [] }
        let sql =
            "SELECT * FROM \(table.rawValue) WHERE \(ofCase ? "case_id = ? AND " : "")\(name) BETWEEN ? AND ? ORDER BY 1, 2, 3"
        let bounds: StatementArguments = [block.rows.lowerBound, block.rows.upperBound]
        let arguments = ofCase ? [DatabaseBytes(caseID.bytes)] + bounds : bounds
        let found = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
        var weight: UInt128 = 0
        for row in found {
            guard isMarked(row, table), let mark = Data.fromDatabaseValue(row["mark"]) else {
                throw ViewsFault.altered("A row of \(table.rawValue) is not what was written.")
            }
            weight &+= marking.weigh([UInt8](mark))
        }
        guard weight == weights[block] else {
            throw ViewsFault.altered("The rows of \(table.rawValue) are not those that were written.")
        }
        return found
    }

    /// Does something with the weights, which are read from the file at first.
    func weighed<Value>(_ db: Database, _ body: (Weights) throws -> Value) throws -> Value {
        if let held = weights.withLock({ $0 }) { return try body(held) }
        let loaded = try loadedWeights(db)
        weights.withLock { $0 = loaded }
        return try body(loaded)
    }

    /// The rows of a case after a number, in order, at most so many.
    func rows(
        of table: MarkedTable,
        in caseID: CaseID,
        after number: Int64,
        limit: Int,
        _ db: Database
    ) throws -> [Row] {
        let column = Weights.Column(table: table, caseID: caseID)
        return try weighed(db) { weights in
            var found: [Row] = []
            let blocks = weights.blocks(of: column)
            var next = max(blocks.lowerBound, Weights.Block(column, of: number).number)
            while next < blocks.upperBound, found.count < limit {
                let rows = try rows(of: Weights.Block(column, next), weights, db)
                found += rows.filter { ($0["number"] as Int64) > number }
                next += 1
            }
            return Array(found.prefix(limit))
        }
    }

    /// The rows of a case with a number.
    func rows(of table: MarkedTable, in caseID: CaseID, at number: Int64, _ db: Database) throws -> [Row] {
        let block = Weights.Block(Weights.Column(table: table, caseID: caseID), of: number)
        let index = table.ordering?.index ?? 0
        return try weighed(db) { weights in
            try rows(of: block, weights, db).filter { row in row[index] == number }
        }
    }

    /// Looks at all rows through which a question about accesses went, and at those of other tables that its answer rests on.
    func check(_ answer: [Row], of filter: AccessFilter, in range: ClosedRange<Int64>, _ db: Database) throws {
        let column = Weights.Column(table: .access, caseID: .system)
        try weighed(db) { weights in
            var cases = Set(answer.compactMap { Self.caseID(of: $0) }).map {
                Weights.Column(table: .dissemination, caseID: $0)
            }
            let blocks = weights.blocks(of: column).clamped(
                to: Weights.Block(column, of: range.lowerBound).number..<Weights.Block(column, of: range.upperBound)
                    .number + 1
            )
            var asked: Set<CaseID> = []
            for number in blocks {
                let rows = try rows(of: Weights.Block(column, number), weights, db)
                if filter.origins != nil { asked.formUnion(rows.compactMap { Self.caseID(of: $0) }) }
            }
            // Whose an entry is, and who had said something, decides what is shown to an agency.
            for table in [MarkedTable.entry, .said] { cases += asked.map { Weights.Column(table: table, caseID: $0) } }
            for column in cases {
                for number in weights.blocks(of: column) {
                    _ = try rows(of: Weights.Block(column, number), weights, db)
                }
            }
        }
    }

    private static func caseID(of row: Row) -> CaseID? { CaseID(bytes: (row["case_id"] as DatabaseBytes).bytes) }
}
