import GRDB
import SQLiteRows

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Marks by which a row is known as one that the daemon wrote: what a list shows, and to whom, rests on rows of a file that
/// whoever runs the machine can write.
package struct RowMarking: Sendable {
    /// The mark of a row's bytes.
    package let make: @Sendable (_ row: [UInt8]) throws -> [UInt8]
    /// Whether a mark was made for a row's bytes.
    package let isMark: @Sendable (_ mark: [UInt8], _ row: [UInt8]) -> Bool
    /// What a mark weighs: a number that nobody else can tell, and always the same.
    package let weigh: @Sendable (_ mark: [UInt8]) -> UInt128
    /// Hides sums of weights, which would tell what marks weigh.
    package let seal: @Sendable (_ sums: [UInt8]) throws -> [UInt8]
    /// Opens what was sealed; nil if it was altered.
    package let open: @Sendable (_ sealed: [UInt8]) -> [UInt8]?

    package init(
        make: @escaping @Sendable (_ row: [UInt8]) throws -> [UInt8],
        isMark: @escaping @Sendable (_ mark: [UInt8], _ row: [UInt8]) -> Bool,
        weigh: @escaping @Sendable (_ mark: [UInt8]) -> UInt128,
        seal: @escaping @Sendable (_ sums: [UInt8]) throws -> [UInt8],
        open: @escaping @Sendable (_ sealed: [UInt8]) -> [UInt8]?
    ) {
        self.make = make
        self.isMark = isMark
        self.weigh = weigh
        self.seal = seal
        self.open = open
    }
}

/// The tables whose rows are marked; the mark is the last column.
enum MarkedTable: String, CaseIterable {
    case progress, weight, entry, acknowledgement, dissemination, access, said

    /// Writes a row unless there is one with the same key.
    var insertion: String { "INSERT OR IGNORE INTO " + places }

    /// Writes a row in place of the one with the same key.
    var replacement: String { "INSERT OR REPLACE INTO " + places }

    private var places: String {
        switch self {
        case .progress: "progress VALUES (?, ?, ?, ?)"
        case .weight: "weight VALUES (?, ?, ?, ?, ?)"
        case .entry: "entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        case .acknowledgement: "acknowledgement VALUES (?, ?, ?, ?)"
        case .dissemination: "dissemination VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        case .access: "access VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        case .said: "said VALUES (?, ?, ?, ?, ?)"
        }
    }

    /// A row of the table, without values yet: its bytes are its name and values, and are what the mark is made of.
    var row: RowValues { RowValues(title: rawValue, byteCount: 512) }
}

extension CaseViews {
    /// Whole rows of a table.
    ///
    /// - Throws: ``ViewsFault`` if one was not written by the daemon.
    func rows(
        _ db: Database,
        of table: MarkedTable,
        sql: String,
        arguments: StatementArguments = StatementArguments()
    ) throws -> [Row] {
        let rows = try Row.fetchAll(db, sql: sql, arguments: arguments)
        guard rows.allSatisfy({ isMarked($0, table) }) else {
            throw ViewsFault.altered("A row of \(table.rawValue) is not what was written.")
        }
        return rows
    }

    /// Whether the daemon wrote a whole row; what a question adds to it follows the mark.
    func isMarked(_ row: Row, _ table: MarkedTable) -> Bool {
        guard let mark = Data.fromDatabaseValue(row["mark"]) else { return false }
        var values = table.row
        for (name, value) in zip(row.columnNames, row.databaseValues) {
            if name == "mark" { break }
            values.append(value)
        }
        return marking.isMark([UInt8](mark), values.bytes)
    }
}
