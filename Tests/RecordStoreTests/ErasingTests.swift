import Cryptography
import Foundation
import GRDB
import TestSupport
import Testing
import TransparencyLog

@testable import RecordStore

/// Nothing of a destroyed part is left in any file, however it came to lie there.
@Suite("Destroyed parts", .tags(.medium))
struct ErasingTests {
    private let scratch: ScratchFolder
    private let record: SQLiteRecord
    private let lines: [RecordLine]

    /// Small parts, that share a page with others, and large ones, that have pages of their own.
    init() throws {
        scratch = try ScratchFolder("record")
        record = try SQLiteRecord.create(in: scratch.path("record"))
        var maker = LineMaker(seed: 41)
        for bytes in [60, 3_000, 30_000] {
            _ = try record.append(try maker.batch(40, partBytes: bytes), after: record.head)
        }
        try record.catchUp()
        lines = maker.made
    }

    /// The places of parts, with the bytes with which each of them, and its key, begins on the disk.
    private func parts(_ seqs: [Int]) throws -> [(PartPlace, Data)] {
        try record.pool.read { db in
            try seqs.flatMap { seq in
                try (0..<2).flatMap { index in
                    let place = PartPlace(seq: UInt64(seq), index: index)
                    return try ["SELECT bytes FROM part", "SELECT wrapped FROM part_key"].map { selection in
                        let sql = selection + " WHERE place = ?"
                        let bytes = try #require(try Data.fetchOne(db, sql: sql, arguments: [place.row]))
                        return (place, Data(bytes.prefix(16)))
                    }
                }
            }
        }
    }

    private func filesWith(_ bytes: Data) throws -> [String] {
        let folder = scratch.path("record")
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            try Data(contentsOf: URL(filePath: "\(folder)/\($0)")).range(of: bytes) != nil
        }
    }

    private static let some = [0, 3, 39, 41, 79, 80, 100, 119]

    @Test(arguments: [false, true]) func `no file has a byte of them, whether they lay in the log or in the file`(
        isMoved: Bool
    ) throws {
        if isMoved { _ = try record.pool.writeWithoutTransaction { try $0.checkpoint(.passive) } }
        let parts = try parts(Self.some)
        let others = try self.parts([1, 42, 81])
        for (_, bytes) in parts { #expect(try !filesWith(bytes).isEmpty) }
        #expect(try filesWith(parts[0].1).contains("journal"))
        try record.erase(parts.map(\.0))
        for (place, bytes) in parts { #expect(try filesWith(bytes) == [], "\(place)") }
        for (_, bytes) in others { #expect(try filesWith(bytes) == ["record.db"]) }
        #expect(try scratch.read("record/record.db-wal").isEmpty)
        #expect(try record.integrityFindings().isEmpty)
    }

    @Test func `the triggers are back, and the record goes on and is opened again`() throws {
        try record.erase(parts([3]).map(\.0))
        for table in ["line", "stream", "part", "part_key", "request"] {
            let error = #expect(throws: DatabaseError.self) {
                try record.pool.write { try $0.execute(sql: "DELETE FROM \(table)") }
            }
            #expect(error?.message == "the record is append-only", "\(table)")
        }
        try record.close()
        let again = try SQLiteRecord.open(in: scratch.path("record"))
        #expect(again.head.size == 120)
        #expect(
            try again.verifyCommitted(after: SignedHead(size: 0, root: .empty), upTo: again.head).root
                == again.head.root
        )
    }

    @Test func `a trigger that is not as it was lets nothing be destroyed`() throws {
        try record.pool.write { try $0.execute(sql: "DROP TRIGGER line_no_delete") }
        let place = try parts([3])[0]
        #expect(throws: RecordFault.self) { try record.erase([place.0]) }
        #expect(try parts([3])[0].1 == place.1)
    }

    @Test func `while another process reads, nothing is lost and it can be tried again`() throws {
        let place = try parts([3])[0]
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: scratch.path("record/record.db"), configuration: configuration)
        try other.inDatabase { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM line")
        }
        let fault = #expect(throws: RecordFault.self) { try record.erase([place.0]) }
        #expect(fault?.isRecoverable == true && record.latched == nil)
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        try record.erase([place.0])
        #expect(try filesWith(place.1) == [])
    }

    @Test func `nothing of a record that has latched is touched`() throws {
        record.latch(RecordFault(.failed, "as the test wants it"))
        #expect(throws: RecordFault.self) { try record.erase(parts([3]).map(\.0)) }
    }
}
