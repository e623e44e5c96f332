import Casework

/// What the rows of the views weigh together, so that one which is missing, was added, or is an older one is noticed when its
/// neighbours are read.
///
/// A mark tells that a row was written, and not that it is still there. Each row's mark has a weight that only the daemon can tell.
/// Rows that lie together, up to 64 of them, are a block, whose weight is the sum over its rows: in whatever order they come, one
/// row more, less or other gives another sum. The sums are held in memory, so that while the daemon runs no file can agree with
/// other rows. Beside the rows they are kept sealed, a chapter of 256 blocks a row, and the sum over the chapters stands, sealed,
/// with the progress: a file whose chapters are of different times is not believed at the start.
struct Weights: Sendable {
    /// The blocks of one table: those of one case, or of all.
    struct Column: Hashable, Sendable {
        let table: MarkedTable
        /// The system case where the table is one for all.
        let caseID: CaseID
    }

    /// A block by its number.
    struct Block: Hashable, Sendable {
        let column: Column
        let number: Int64

        init(_ column: Column, _ number: Int64) { (self.column, self.number) = (column, number) }

        /// The block in which a row lies.
        init(_ column: Column, of row: Int64) { self.init(column, row >> Weights.bits) }

        /// The block in which a row of a table lies.
        init(_ table: MarkedTable, _ caseID: CaseID, of row: Int64) {
            self.init(Column(table: table, caseID: caseID), of: row)
        }

        /// The numbers of its rows.
        var rows: ClosedRange<Int64> { (number << Weights.bits)...((number << Weights.bits) + (1 << Weights.bits) - 1) }

        var chapter: Chapter { Chapter(column: column, number: number >> Weights.chapterBits) }
    }

    /// Blocks that are kept in one row.
    struct Chapter: Hashable, Sendable {
        let column: Column
        let number: Int64

        var order: (String, String, Int64) { (column.table.rawValue, column.caseID.hex, number) }

        var blocks: Range<Int64> { (number << Weights.chapterBits)..<((number + 1) << Weights.chapterBits) }
    }

    /// The blocks of a column, without a gap.
    private struct Sums: Sendable {
        var first: Int64
        var sums: [UInt128]
    }

    private static let bits: Int64 = 6
    private static let chapterBits: Int64 = 8

    private var columns: [Column: Sums] = [:]
    /// What the marks of the kept chapters weigh.
    private var kept: [Chapter: UInt128] = [:]
    /// The sum over the chapters.
    private(set) var total: UInt128 = 0

    /// What a block weighs.
    subscript(block: Block) -> UInt128 {
        guard let column = columns[block.column], block.number >= column.first,
            block.number < column.first + Int64(column.sums.count)
        else { return 0 }
        return column.sums[Int(block.number - column.first)]
    }

    /// The blocks of a column that may have rows.
    func blocks(of column: Column) -> Range<Int64> {
        guard let column = columns[column] else { return 0..<0 }
        return column.first..<column.first + Int64(column.sums.count)
    }

    /// Adds to what a block weighs.
    mutating func add(_ weight: UInt128, to block: Block) {
        var column = columns.removeValue(forKey: block.column) ?? Sums(first: block.number, sums: [])
        if block.number < column.first {
            column.sums.insert(contentsOf: repeatElement(0, count: Int(column.first - block.number)), at: 0)
            column.first = block.number
        }
        let index = Int(block.number - column.first)
        if index >= column.sums.count {
            column.sums.append(contentsOf: repeatElement(0, count: index + 1 - column.sums.count))
        }
        column.sums[index] &+= weight
        columns[block.column] = column
    }

    /// The bytes of a chapter with changes that are not in it yet.
    func bytes(of chapter: Chapter, with changes: [(Block, UInt128)]) -> [UInt8] {
        var sums = [UInt128](repeating: 0, count: chapter.blocks.count)
        if let column = columns[chapter.column] {
            for number in chapter.blocks.clamped(to: blocks(of: chapter.column)) {
                sums[Int(number - chapter.blocks.lowerBound)] = column.sums[Int(number - column.first)]
            }
        }
        for (block, change) in changes { sums[Int(block.number - chapter.blocks.lowerBound)] &+= change }
        while sums.last == 0 { sums.removeLast() }
        return sums.flatMap { Self.bytes(of: $0) }
    }

    /// A sum as it is kept.
    static func bytes(of sum: UInt128) -> [UInt8] { unsafe withUnsafeBytes(of: sum.littleEndian) { unsafe Array($0) } }

    /// Reads what ``bytes(of:with:)`` gave.
    ///
    /// - Returns: False if it is no chapter.
    mutating func take(_ bytes: [UInt8], as chapter: Chapter) -> Bool {
        let count = bytes.count / 16
        guard bytes.count % 16 == 0, count <= chapter.blocks.count else { return false }
        guard count > 0 else { return true }
        let first = chapter.blocks.lowerBound
        add(0, to: Block(chapter.column, first))
        add(0, to: Block(chapter.column, first + Int64(count) - 1))
        guard var column = columns.removeValue(forKey: chapter.column) else { return false }
        let start = Int(first - column.first)
        for index in 0..<count {
            let digits = bytes[16 * index..<16 * index + 16]
            column.sums[start + index] = digits.reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        }
        columns[chapter.column] = column
        return true
    }

    /// Notes what the mark of a kept chapter weighs, in place of what it weighed before.
    mutating func keep(_ chapter: Chapter, weighing weight: UInt128) {
        total = total &- (kept.updateValue(weight, forKey: chapter) ?? 0) &+ weight
    }

    /// Follows what was written.
    mutating func take(_ changes: WeightChanges) {
        for (block, change) in changes.blocks { add(change, to: block) }
        for (chapter, weight) in changes.chapters { keep(chapter, weighing: weight) }
    }

    /// What the sum over the chapters is once some of them weigh something else.
    func total(with chapters: [Chapter: UInt128]) -> UInt128 {
        chapters.reduce(total) { $0 &- (kept[$1.key] ?? 0) &+ $1.value }
    }
}
