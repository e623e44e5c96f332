import GRDB
import TestSupport
import Testing

@testable import RecordStore

@Suite(.tags(.medium, .g1))
struct DatabaseTests {
    private let scratch: ScratchFolder
    private let record: SQLiteRecord

    init() throws {
        scratch = try ScratchFolder("record")
        record = try SQLiteRecord.create(in: scratch.path("record"))
        var maker = LineMaker(seed: 30)
        _ = try record.append(try maker.batch(300), after: record.head)
        try record.catchUp()
        try record.store(checkpoint: "note", size: 300)
    }

    @Test func `the writer syncs its log before it is moved, and readers can write nothing`() throws {
        try DatabaseSettings.check(record.pool)
        #expect(try record.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 1)
        #expect(try record.pool.read { try Int.fetchOne($0, sql: "PRAGMA query_only") } == 1)
    }

    @Test(arguments: ["synchronous = OFF", "foreign_keys = OFF", "trusted_schema = ON", "wal_autocheckpoint = 9"])
    func `a setting that durability rests on is read back, and refused if it is not so`(_ pragma: String) throws {
        try record.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(pragma)") }
        let fault = #expect(throws: RecordFault.self) { try DatabaseSettings.check(record.pool) }
        #expect(fault?.code == .notDurable)
    }

    @Test(arguments: RecordTables.names)
    func `nothing is updated, deleted or replaced in a table`(_ table: String) throws {
        let pool = record.pool
        let count = try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
        #expect(try #require(count) > 0)
        let column = try pool.read { try $0.columns(in: table)[0].name }
        for sql in [
            "UPDATE \(table) SET \(column) = \(column)", "DELETE FROM \(table)",
            "REPLACE INTO \(table) SELECT * FROM \(table) LIMIT 1",
        ] {
            let error = #expect(throws: DatabaseError.self) { try pool.write { try $0.execute(sql: sql) } }
            #expect(error?.message == "the record is append-only", "\(sql)")
        }
        #expect(try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } == count)
    }

    /// Long lines fill pages of their own; of short ones each changes another page of the index of requests.
    @Test(arguments: [
        (batches: 60, lines: 32, partBytes: 20_000, file: 40 << 20),
        (batches: 100, lines: 300, partBytes: 16, file: 20 << 20),
    ])
    func `the write-ahead log is moved into the file before it grows without end`(
        _ load: (batches: Int, lines: Int, partBytes: Int, file: Int)
    ) throws {
        var maker = LineMaker(seed: 30)
        maker.keepsLines = false
        _ = try maker.batch(300)
        var longest = 0
        for _ in 1...load.batches {
            let batch = try maker.batch(load.lines, parts: 2, partBytes: load.partBytes, streams: 1)
            _ = try record.append(batch, after: record.head)
            try record.catchUp()
            longest = max(longest, try scratch.read("record/record.db-wal").count)
        }
        #expect((16 << 20..<20 << 20).contains(longest), "\(longest)")
        let file = try scratch.read("record/record.db").count
        #expect(file > load.file, "\(file)")
        #expect(try record.integrityFindings().isEmpty)
    }

    @Test func `a part that is gone leaves the places of the others`() throws {
        let parts = try record.parts(of: 7)
        #expect(parts.count == 2)
        try record.pool.write { db in
            try db.execute(sql: "DROP TRIGGER part_no_delete")
            try db.execute(sql: "DELETE FROM part WHERE place = ?", arguments: [7 * RecordTables.partsPerLine])
        }
        #expect(try record.parts(of: 7) == [[], parts[1]])
        var replayed: StoredLine?
        try record.replay(from: 7) { if $0.seq == 7 { replayed = $0 } }
        #expect(replayed?.parts == [[], parts[1]])
        #expect(try record.parts(of: 8).count == 2)
    }
}
