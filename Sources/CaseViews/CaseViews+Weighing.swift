import Casework
import GRDB
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

    /// The block of a row.
    fileprivate func block(of row: [DatabaseValue]) -> Weights.Block? {
        guard let ordering else { return nil }
        let bytes = ordering.ofCase ? Data.fromDatabaseValue(row[0]).map { [UInt8]($0) } : nil
        let column = Weights.Column(table: self, caseID: bytes.flatMap { CaseID(bytes: $0) } ?? .system)
        let number = ordering.index < 0 ? 0 : Int64.fromDatabaseValue(row[ordering.index]) ?? 0
        return Weights.Block(column, of: number)
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
    /// Writes a row, as its table takes it, and notes what it weighs.
    func put(
        _ values: [(any DatabaseValueConvertible)?],
        into table: MarkedTable,
        _ db: Database,
        _ changes: inout WeightChanges
    ) throws {
        var row = values.map { $0?.databaseValue ?? .null }
        guard let block = table.block(of: row) else {
            try write(&row, table.replacement, table, db)
            return
        }
        let mark = try write(&row, table.insertion, table, db)
        if db.changesCount == 0 {
            // There is one with that key; of what was said in shared work the first stays.
            guard table != .said else { return }
            let old = try db.cachedStatement(sql: table.selectionOfMark)
            let key = StatementArguments(row.prefix(table.key.count))
            let found = try Data.fetchOne(old, arguments: key).map { [UInt8]($0) }
            changes.blocks[block, default: 0] &-= marking.weigh(found ?? [])
            try db.cachedStatement(sql: table.replacement).execute(arguments: StatementArguments(row))
        }
        changes.blocks[block, default: 0] &+= marking.weigh(mark)
    }

    /// - Returns: The mark that the row got.
    @discardableResult
    private func write(
        _ row: inout [DatabaseValue],
        _ sql: String,
        _ table: MarkedTable,
        _ db: Database
    ) throws -> [UInt8] {
        let mark = try marking.make(table.bytes(row))
        row.append(Data(mark).databaseValue)
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
            var row = [
                column.table.rawValue.databaseValue, DatabaseBytes(column.caseID.bytes).databaseValue,
                number.databaseValue,
                DatabaseBytes(sealed).databaseValue,
            ]
            changes.chapters[chapter] = marking.weigh(
                try write(&row, MarkedTable.weight.replacement, .weight, db)
            )
        }
        let total = weights.total(with: changes.chapters)
        let sealed = try marking.seal(Weights.bytes(of: total))
        try put([1, position, DatabaseBytes(sealed)], into: .progress, db, &changes)
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
