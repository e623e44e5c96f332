package import Casework
import GRDB
import SQLiteRows
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lists made from the record: entries without their text, the dissemination register, readings and refusals.
///
/// Everything here can be made again from the record; nothing here decides anything. The file is not synced on the way of an
/// update: after a power cut it may be behind, never ahead, and catches up on start.
///
/// One caller at a time: the owner runs all calls on one serial queue, which also makes a reading that was asked for after a
/// projection see it.
package final class CaseViews: Sendable {
    private let queue: DatabaseQueue
    let marking: RowMarking
    /// Nil until they are read from the file.
    let weights = Mutex<Weights?>(nil)

    /// The shape of the tables; another number means that the file is made anew.
    private static let shape = 7

    /// Opens the file, or makes it.
    ///
    /// - Throws: ``ViewsFault`` when it cannot be opened; a file of another shape is emptied, and one that is no database is made
    ///   anew.
    package init(path: String, marking: RowMarking) throws(ViewsFault) {
        self.marking = marking
        do {
            do {
                queue = try Self.open(path)
            } catch let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
                try Self.remove(path)
                queue = try Self.open(path)
            }
        } catch {
            throw ViewsFault("The views could not be opened: \(error)")
        }
    }

    /// Removes the file, whatever is in it, so that it is made anew.
    package static func remove(_ path: String) throws(ViewsFault) {
        do {
            for file in ["", "-wal", "-shm"].map({ path + $0 }) where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        } catch {
            throw ViewsFault("The views could not be removed: \(error)")
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "views"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
        }
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if found != shape {
                try drop(db)
                try create(db)
                try db.execute(sql: "PRAGMA user_version = \(shape)")
            }
        }
        return queue
    }

    /// How many lines of the record are in the views.
    ///
    /// - Throws: ``ViewsFault``, also if what the rows weigh is not what was written with that.
    package func position() throws(ViewsFault) -> UInt64 {
        try reading { db in
            try weighed(db) { _ in }
            let row = try rows(db, of: .progress, sql: "SELECT * FROM progress").first
            return UInt64(clamping: row?["position"] as Int64? ?? 0)
        }
    }

    /// Applies what follows from the lines up to `position`, all of it or nothing.
    package func apply(_ projections: [Projection], upTo position: UInt64) throws(ViewsFault) {
        var changes = WeightChanges()
        try writing { db in
            changes = WeightChanges()
            var turns = Turns()
            for projection in projections {
                try apply(projection, in: db, &changes)
                turns.pass()
            }
            try weighed(db) { try keep(&changes, $0, upTo: Int64(clamping: position), db) }
        }
        // What is held goes on only with what was written.
        weights.withLock { $0?.take(changes) }
    }

    /// Forgets everything, so that it can be made again.
    package func empty() throws(ViewsFault) {
        try writing { db in
            try Self.drop(db)
            try Self.create(db)
        }
        weights.withLock { $0 = nil }
    }

    /// Reads the newest kept state of casework, if there is one: what was kept at the same time, and at no other.
    ///
    /// - Parameter body: is given its head, after how many lines it was taken, and what gives its blocks by case and number.
    /// - Returns: What the body makes of it; nil if there is none.
    /// - Throws: ``ViewsFault`` if it cannot be read.
    package func snapshot<Kept>(
        _ body: (_ head: [UInt8], _ position: UInt64, _ block: (CaseID, Int) throws -> KeptBlock?) throws -> Kept?
    ) throws(ViewsFault) -> Kept? {
        try reading { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT position, bytes FROM snapshot") else { return nil }
            let blocks = try db.cachedStatement(
                sql: "SELECT position, bytes FROM snapshot_block WHERE case_id = ? AND number = ?"
            )
            return try body((row[1] as DatabaseBytes).bytes, UInt64(clamping: row[0] as Int64)) { caseID, number in
                try Row.fetchOne(blocks, arguments: [DatabaseBytes(caseID.bytes), number]).map { row in
                    KeptBlock(
                        caseID: caseID,
                        number: number,
                        position: UInt64(clamping: row[0] as Int64),
                        bytes: (row[1] as DatabaseBytes).bytes
                    )
                }
            }
        }
    }

    /// Keeps a state, so that a start need not replay the whole record: its head, and those of its blocks that changed.
    package func keep(snapshot head: [UInt8], position: UInt64, blocks: [KeptBlock]) throws(ViewsFault) {
        try writing { db in
            let insertion = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO snapshot_block (case_id, number, position, bytes) VALUES (?, ?, ?, ?)"
            )
            for block in blocks {
                try insertion.execute(
                    arguments: [
                        DatabaseBytes(block.caseID.bytes), block.number, Int64(clamping: block.position),
                        DatabaseBytes(block.bytes),
                    ]
                )
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO snapshot (id, position, bytes) VALUES (1, ?, ?)",
                arguments: [Int64(clamping: position), DatabaseBytes(head)]
            )
        }
    }

    func reading<Value>(_ body: (Database) throws -> Value) throws(ViewsFault) -> Value {
        do {
            return try queue.unsafeRead(body)
        } catch {
            throw ViewsFault(error, "The views could not be read")
        }
    }

    private func writing(_ body: (Database) throws -> Void) throws(ViewsFault) {
        do {
            try queue.write(body)
        } catch {
            throw ViewsFault(error, "The views could not be written")
        }
    }
}

/// Why the views could not be used.
///
/// They can always be made again: `accordd rebuild-views`.
package struct ViewsFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    /// Whether somebody wrote past the daemon, or the disk did: what is left there is not to be believed, and made anew.
    package let isAltered: Bool
    package var description: String { message }

    package init(_ message: String) { self.init(message: message, isAltered: false) }

    private init(message: String, isAltered: Bool) { (self.message, self.isAltered) = (message, isAltered) }

    static func altered(_ message: String) -> ViewsFault { ViewsFault(message: message, isAltered: true) }

    init(_ error: any Error, _ what: String) {
        let code = (error as? DatabaseError)?.resultCode
        let isAltered = code.map { [.SQLITE_ERROR, .SQLITE_CORRUPT, .SQLITE_NOTADB].contains($0) } ?? false
        self = error as? ViewsFault ?? ViewsFault(message: "\(what): \(error)", isAltered: isAltered)
    }
}

/// A block of a case's entries as it is kept beside the head of a state.
package struct KeptBlock: Sendable {
    package let caseID: CaseID
    /// Which of the case's.
    package let number: Int
    /// After how many lines it was kept.
    package let position: UInt64
    package let bytes: [UInt8]

    package init(caseID: CaseID, number: Int, position: UInt64, bytes: [UInt8]) {
        self.caseID = caseID
        self.number = number
        self.position = position
        self.bytes = bytes
    }
}
