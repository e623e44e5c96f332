package import GRDB
import GRDBSQLite

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The values of a row, or of several, in one buffer from which SQLite takes them: nothing is allocated for a value, and nothing
/// copied but into the row itself.
///
/// Each stands there with its kind and length before it, so that no two rows have the same bytes.
package struct RowValues {
    private enum Value {
        case null
        case integer(Int64)
        case double(Double)
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    /// What was given at first, and kind, length and content of each value.
    package private(set) var bytes: [UInt8]
    private var values: [Value]

    /// - Parameters:
    ///   - title: what the bytes begin with.
    ///   - byteCount: room for so many bytes of values.
    package init(title: String = "", byteCount: Int) {
        (bytes, values) = ([], [])
        values.reserveCapacity(16)
        bytes.reserveCapacity(title.utf8.count + byteCount)
        bytes += title.utf8
    }

    /// The number of values.
    package var count: Int { values.count }

    package mutating func append(_ number: Int64) {
        head(1, UInt64(bitPattern: number))
        values.append(.integer(number))
    }

    /// - Parameter number: null for nil.
    package mutating func append(_ number: Int64?) {
        if let number { append(number) } else { appendNull() }
    }

    package mutating func append(_ text: String) {
        head(3, UInt64(text.utf8.count))
        bytes += text.utf8
        values.append(.text(bytes.count - text.utf8.count..<bytes.count))
    }

    /// - Parameter text: null for nil.
    package mutating func append(_ text: String?) {
        if let text { append(text) } else { appendNull() }
    }

    package mutating func append(_ blob: [UInt8]) {
        head(4, UInt64(blob.count))
        bytes += blob
        values.append(.blob(bytes.count - blob.count..<bytes.count))
    }

    /// Appends a value that was read.
    package mutating func append(_ value: DatabaseValue) {
        switch value.storage {
        case .null: appendNull()
        case .int64(let number): append(number)
        case .double(let number):
            head(2, number.bitPattern)
            values.append(.double(number))
        case .string(let text): append(text)
        case .blob(let data): append([UInt8](data))
        }
    }

    /// Lets go of the values, and keeps the memory for others.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// The first values, for a question.
    package func arguments(_ count: Int) -> StatementArguments {
        StatementArguments(
            values.prefix(count).map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .null: nil
                case .integer(let number): number
                case .double(let number): number
                case .text(let range): String(decoding: bytes[range], as: UTF8.self)
                case .blob(let range): Data(bytes[range])
                }
            }
        )
    }

    private mutating func appendNull() {
        head(0, 0)
        values.append(.null)
    }

    private mutating func head(_ kind: UInt8, _ number: UInt64) {
        bytes.append(kind)
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Binds all values, in order, where they stand in memory: they must not go before they are let go of.
    fileprivate func bind(to statement: SQLiteStatement, from memory: UnsafeRawBufferPointer) -> CInt {
        guard let start = memory.baseAddress else { return SQLITE_OK }
        var index: CInt = 0
        for value in values {
            index += 1
            let code =
                switch value {
                case .null: unsafe sqlite3_bind_null(statement, index)
                case .integer(let number): unsafe sqlite3_bind_int64(statement, index, number)
                case .double(let number): unsafe sqlite3_bind_double(statement, index, number)
                case .text(let range):
                    unsafe sqlite3_bind_text(
                        statement,
                        index,
                        (start + range.lowerBound).assumingMemoryBound(to: CChar.self),
                        CInt(range.count),
                        nil
                    )
                case .blob(let range):
                    unsafe sqlite3_bind_blob(statement, index, start + range.lowerBound, CInt(range.count), nil)
                }
            guard code == SQLITE_OK else { return code }
        }
        return SQLITE_OK
    }
}

extension GRDB.Statement {
    /// Executes with these values, one for each of its parameters.
    package func execute(binding values: RowValues) throws {
        // GRDB looks for no arguments then, and lets go of those before.
        setUncheckedArguments(StatementArguments())
        try unsafe values.bytes.withUnsafeBytes { memory in
            // What is bound is gone afterwards.
            defer { unsafe sqlite3_clear_bindings(sqliteStatement) }
            let code = unsafe values.bind(to: sqliteStatement, from: memory)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            try execute()
        }
    }
}
