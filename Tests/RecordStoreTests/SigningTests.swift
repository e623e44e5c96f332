import Cryptography
import GRDB
import TestSupport
import Testing
import TransparencyLog

@testable import RecordStore

@Suite(.tags(.medium, .g2))
struct SigningTests {
    private let scratch: ScratchFolder
    private let folder: String
    private let maker: LineMaker

    init() throws {
        scratch = try ScratchFolder("record")
        folder = scratch.path("record")
        var maker = LineMaker(seed: 70)
        let record = try SQLiteRecord.create(in: folder)
        _ = try record.append(try maker.batch(600), after: record.head)
        try record.close()
        self.maker = maker
    }

    /// Changes the database behind the record's back.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder + "/record.db")
        try queue.write { db in
            for table in RecordTables.names {
                try db.execute(sql: "DROP TRIGGER \(table)_no_update; DROP TRIGGER \(table)_no_delete")
            }
            try db.execute(sql: sql)
        }
        try queue.close()
    }

    @Test func `the signed head only moves forward, from where it is`() throws {
        let record = try SQLiteRecord.open(in: folder)
        let first = SignedHead(size: 600, root: maker.frontier.root)
        let wrong: [(SignedHead, SignedHead)] = [
            (first, SignedHead(size: 601, root: .zero)), (.none, SignedHead(size: 0, root: .zero)),
        ]
        for (from, to) in wrong {
            let fault = #expect(throws: RecordFault.self) { try record.advanceSignedHead(from: from, to: to) }
            #expect(fault?.code == .contradictsSignedHead)
        }
        try record.advanceSignedHead(from: .none, to: first)
        #expect(try record.signedHead() == first)
        try record.advanceSignedHead(from: first, to: first)
        for to in [SignedHead(size: 599, root: .zero), SignedHead(size: 600, root: .zero), .none] {
            let fault = #expect(throws: RecordFault.self) { try record.advanceSignedHead(from: first, to: to) }
            #expect(fault?.code == .contradictsSignedHead)
        }
        #expect(try record.signedHead() == first)
        try record.close()
        try SQLiteRecord.open(in: folder).close()
    }

    @Test(arguments: [601, 600, 3])
    func `a record that does not reach or contradicts its signed head is refused`(_ size: UInt64) throws {
        try SignedHead(size: size, root: .zero).write(to: folder + "/signed-head")
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .contradictsSignedHead)
    }

    @Test func `a damaged signed head is refused`() throws {
        let whole = try scratch.read("record/signed-head")
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 1
            try scratch.write("record/signed-head", bytes)
            let fault = #expect(throws: RecordFault.self, "byte \(place)") { try SQLiteRecord.open(in: folder) }
            #expect(fault?.code == .damaged)
        }
    }

    @Test func `what is read back before it is signed makes the root that was written`() throws {
        let record = try SQLiteRecord.open(in: folder)
        let head = SignedHead(size: 600, root: maker.frontier.root)
        #expect(try record.verifyCommitted(after: .none, upTo: record.head) == head)
        #expect(try record.verifyCommitted(after: head, upTo: record.head) == head)
        let middle = SignedHead(size: 300, root: try record.reading { db, _ in try RecordTree(db: db).root(of: 300) })
        #expect(try record.verifyCommitted(after: middle, upTo: record.head) == head)
        let other = SignedHead(size: 300, root: .zero)
        let fault = #expect(throws: RecordFault.self) { try record.verifyCommitted(after: other, upTo: record.head) }
        #expect(fault?.code == .contradictsSignedHead)
        var short = record.head
        short.size = 299
        let back = #expect(throws: RecordFault.self) { try record.verifyCommitted(after: middle, upTo: short) }
        #expect(back?.code == .contradictsSignedHead)
        try record.close()
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        /// Whether it lies where opening looks.
        let isSeenAtOnce: Bool

        init(_ what: String, _ sql: String, isSeenAtOnce: Bool = true) {
            (testDescription, self.sql, self.isSeenAtOnce) = (what, sql, isSeenAtOnce)
        }

        /// Puts another author into a line; SQLite's `replace` makes text of a blob, and the table wants a blob.
        static func author(_ seq: Int) -> String {
            let changed = "replace(CAST(bytes AS TEXT), 'uid:1000', 'uid:1001')"
            return "UPDATE line SET bytes = CAST(\(changed) AS BLOB) WHERE seq = \(seq)"
        }
    }

    static let changes = [
        Change("an early line", Change.author(17), isSeenAtOnce: false),
        Change("a late line", Change.author(300)),
        Change("the last line", Change.author(599)),
        Change("an early line is gone", "DELETE FROM line WHERE seq = 100", isSeenAtOnce: false),
        Change("a late line is gone", "DELETE FROM line WHERE seq = 520"),
        Change("an early tile", "UPDATE tile SET hashes = zeroblob(8192) WHERE position = 0"),
        Change("the newest tile", "UPDATE tile SET hashes = zeroblob(8192) WHERE position = 1"),
        Change("a tile is gone", "DELETE FROM tile WHERE position = 1"),
        Change("a tile is short", "UPDATE tile SET hashes = zeroblob(32) WHERE position = 0"),
    ]

    @Test(arguments: changes)
    func `a record changed behind our back is refused at the start, or before it is signed`(_ change: Change) throws {
        try tamper(change.sql)
        if change.isSeenAtOnce {
            let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
            #expect([.damaged, .contradictsAnchor].contains(fault?.code))
        } else {
            let record = try SQLiteRecord.open(in: folder)
            let head = maker.head
            let fault = #expect(throws: RecordFault.self) { try record.verifyCommitted(after: .none, upTo: head) }
            #expect(fault?.code == .damaged)
            try record.close()
        }
    }
}
