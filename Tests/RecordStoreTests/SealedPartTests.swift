import Cryptography
import Foundation
import GRDB
import TestSupport
import Testing
import TransparencyLog

@testable import RecordStore

/// Parts lie sealed, each under a key of its own, and only in their own place.
@Suite(.tags(.medium, .g2))
struct SealedPartTests {
    private let scratch: ScratchFolder
    private let folder: String
    private var maker = LineMaker(seed: 50)

    init() throws {
        scratch = try ScratchFolder("sealed")
        folder = scratch.path("record")
    }

    private mutating func filled(_ count: Int = 12, parts: Int = 2) throws -> SQLiteRecord {
        let record = try SQLiteRecord.create(in: folder)
        _ = try record.append(try maker.batch(count, parts: parts), after: record.head)
        return record
    }

    /// Changes rows as nobody may: past the triggers.
    private func edit(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder + "/record.db")
        try queue.write { db in
            for table in ["part", "part_key"] {
                for act in ["update", "delete"] { try db.execute(sql: "DROP TRIGGER IF EXISTS \(table)_no_\(act)") }
            }
            try db.execute(sql: sql)
        }
        try queue.close()
    }

    private static func place(_ seq: Int64, _ position: Int64) -> Int64 {
        seq * RecordTables.partsPerLine + position
    }

    @Test mutating func `what comes back is what was appended, whatever the number and length of the parts`() throws {
        let record = try SQLiteRecord.create(in: folder)
        for (parts, length) in [(0, 0), (1, 1), (2, 400), (9, 40), (64, 3), (3, 70_000)] {
            _ = try record.append(try maker.batch(3, parts: parts, partBytes: length), after: record.head)
        }
        for line in maker.made { #expect(try record.line(at: line.seq) == line.stored) }
        try record.close()
        let again = try SQLiteRecord.open(in: folder)
        var replayed: [StoredLine] = []
        try again.replay(from: 0) { replayed.append($0) }
        #expect(replayed == maker.made.map(\.stored))
    }

    @Test mutating func `no part lies readable in any file, before and after the write-ahead log is moved`() throws {
        let record = try filled(300)
        func readable() throws -> [String] {
            let words = maker.made.flatMap(\.parts)
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
                let file = Data(try scratch.read("record/\(name)"))
                return words.contains { file.range(of: Data($0)) != nil }
            }
        }
        #expect(try scratch.read("record/record.db-wal").count > 0)
        #expect(try readable().isEmpty)
        try record.close()
        #expect(try readable().isEmpty)
        // The search finds what is there.
        try scratch.write("record/plain", maker.made[7].parts[1])
        #expect(try readable() == ["plain"])
    }

    @Test mutating func `equal parts are sealed into unequal bytes`() throws {
        let record = try SQLiteRecord.create(in: folder)
        var line = try maker.batch(1, parts: 1)[0]
        line.parts = Array(repeating: [UInt8](repeating: 7, count: 40), count: 8)
        _ = try record.append([line], after: record.head)
        try record.catchUp()
        let (sealed, keys) = try record.pool.read { db in
            try (
                Data.fetchAll(db, sql: "SELECT bytes FROM part"), Data.fetchAll(db, sql: "SELECT wrapped FROM part_key")
            )
        }
        #expect(Set(sealed).count == 8)
        #expect(Set(keys).count == 8)
        #expect(sealed.allSatisfy { $0.count == 40 + 16 })
    }

    @Test(arguments: [
        "UPDATE part SET bytes = (SELECT bytes FROM part WHERE place = 257) WHERE place = 256",
        "UPDATE part_key SET wrapped = (SELECT wrapped FROM part_key WHERE place = 257) WHERE place = 256",
        // With its key, too: another place in the line, another line.
        """
        UPDATE part SET bytes = (SELECT bytes FROM part WHERE place = 257) WHERE place = 256;
        UPDATE part_key SET wrapped = (SELECT wrapped FROM part_key WHERE place = 257) WHERE place = 256
        """,
        """
        UPDATE part SET bytes = (SELECT bytes FROM part WHERE place = 512) WHERE place = 256;
        UPDATE part_key SET wrapped = (SELECT wrapped FROM part_key WHERE place = 512) WHERE place = 256
        """,
        "UPDATE part SET bytes = x'00' WHERE place = 256", "UPDATE part_key SET wrapped = x'00' WHERE place = 256",
    ])
    mutating func `a part that is swapped or cut does not open, alone or with its key`(_ sql: String) throws {
        try filled().close()
        try edit(sql)
        let record = try SQLiteRecord.open(in: folder)
        let fault = #expect(throws: RecordFault.self) { try record.line(at: 4) }
        #expect(fault?.code == .damaged)
        #expect(fault?.message.contains("Part 0 of line 4") ?? false, "\(String(describing: fault))")
        #expect(throws: RecordFault.self) { try record.replay(from: 0) { _ in } }
        #expect(throws: RecordFault.self) { try record.lines(of: maker.made[4].stream, after: -1, limit: 100) }
        // Whoever hashes sees all the others, and this one altered.
        var altered: [UInt64] = []
        try record.replay(from: 0, alteredParts: .asStored) { line in
            if line.parts != maker.made[Int(line.seq)].parts { altered.append(line.seq) }
        }
        #expect(altered == [4])
        #expect(try record.line(at: 5) == maker.made[5].stored)
    }

    @Test mutating func `a record of another log does not open one's parts, even under the same key`() throws {
        try filled().close()
        let other = Sealing(log: "accord.test/log2", key: .numbered(1))
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder, sealing: other) }
        #expect(fault?.code == .damaged)
    }

    @Test mutating func `without its key row a part is gone, and nobody opens it any more`() throws {
        try filled().close()
        try edit("DELETE FROM part_key WHERE place = \(Self.place(3, 0))")
        let record = try SQLiteRecord.open(in: folder)
        #expect(try record.parts(of: 3) == [[], maker.made[3].parts[1]])
        #expect(try record.parts(of: 2) == maker.made[2].parts)
    }

    @Test mutating func `a record is not opened with another key, and nothing is changed`() throws {
        try filled().close()
        let before = try scratch.read("record/record.db")
        let other = Sealing(log: Sealing.sample.log, key: .numbered(2))
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder, sealing: other) }
        #expect(fault?.code == .wrongKey)
        #expect(fault?.message.contains(Sealing.sample.keyID) ?? false)
        #expect(fault?.message.contains(other.keyID) ?? false)
        #expect(try scratch.read("record/record.db") == before)
        try SQLiteRecord.open(in: folder).close()
    }

    @Test mutating func `a record of the version before is refused by its name`() throws {
        try filled().close()
        let queue = try DatabaseQueue(path: folder + "/record.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 1") }
        try queue.close()
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .otherVersion)
        #expect(fault?.message.contains("version 1") ?? false)
    }

    @Test mutating func `a closed record opens and seals nothing`() throws {
        let record = try filled()
        let sealed = try record.seal([1, 2, 3], as: "state", at: 5)
        #expect(record.open(sealed, as: "state", at: 5) == [1, 2, 3])
        #expect(record.open(sealed, as: "state", at: 6) == nil)
        #expect(record.open(sealed, as: "views", at: 5) == nil)
        try record.close()
        #expect(record.open(sealed, as: "state", at: 5) == nil)
        #expect(throws: RecordFault.self) { try record.seal([1], as: "state", at: 5) }
    }
}

/// Another key of the deployment takes the place of the one before.
@Suite(.tags(.medium, .g2))
struct KeyRotationTests {
    private let scratch: ScratchFolder
    private let folder: String
    private var maker = LineMaker(seed: 51)

    init() throws {
        scratch = try ScratchFolder("rotated")
        folder = scratch.path("record")
    }

    private func sealing(_ number: UInt8) -> Sealing { Sealing(log: Sealing.sample.log, key: .numbered(number)) }

    @Test mutating func `the key changes as often as one likes; no part and no part's key is touched`() throws {
        var record = try SQLiteRecord.create(in: folder, sealing: sealing(1))
        func rows(_ record: SQLiteRecord, below size: UInt64) throws -> [Data] {
            let end = Int64(size) * RecordTables.partsPerLine
            return try record.pool.read { db in
                try Data.fetchAll(db, sql: "SELECT bytes FROM part WHERE place < ?", arguments: [end])
                    + Data.fetchAll(db, sql: "SELECT wrapped FROM part_key WHERE place < ?", arguments: [end])
            }
        }
        for number in 2...5 as ClosedRange<UInt8> {
            _ = try record.append(try maker.batch(20), after: record.head)
            try record.catchUp()
            let size = record.head.size
            let before = try rows(record, below: size)
            let kept = try record.seal([9, 9], as: "state", at: size)
            let head = try record.rotate(to: .numbered(number), recording: try maker.batch(1)[0])
            #expect(head == maker.head)
            #expect(try rows(record, below: size) == before)
            #expect(record.open(kept, as: "state", at: size) == [9, 9])
            for line in maker.made { #expect(try record.line(at: line.seq) == line.stored) }
            _ = try record.append(try maker.batch(5), after: record.head)
            try record.close()
            for old in 1..<number {
                let fault = #expect(throws: RecordFault.self) {
                    try SQLiteRecord.open(in: folder, sealing: sealing(old))
                }
                #expect(fault?.code == .wrongKey)
            }
            record = try SQLiteRecord.open(in: folder, sealing: sealing(number))
            for line in maker.made { #expect(try record.line(at: line.seq) == line.stored) }
        }
        #expect(try record.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM wrapping_key") } == 5)
        var count = 0
        try record.replay(from: 0) { line in
            #expect(line == maker.made[Int(line.seq)].stored)
            count += 1
        }
        #expect(count == maker.made.count)
    }

    @Test mutating func `who has the old key and an old copy opens nothing that came after`() throws {
        let record = try SQLiteRecord.create(in: folder, sealing: sealing(1))
        _ = try record.append(try maker.batch(4), after: record.head)
        let stolen = try record.pool.read { try Vault($0, sealing(1)) }
        _ = try record.rotate(to: .numbered(2), recording: try maker.batch(1)[0])
        _ = try record.append(try maker.batch(4), after: record.head)
        try record.catchUp()
        let rows = try record.pool.read { db in
            try Row.fetchAll(db, sql: SQLiteRecord.partsWithKeys + " >= 0 ORDER BY place")
        }
        var opener = stolen.opener()
        for row in rows {
            let place: Int64 = row[0]
            let (sealed, key) = ([UInt8](row[1] as Data), [UInt8](row[2] as Data))
            let part = opener.open(sealed.span, key: key.span, at: place)
            // The line that records the change is still sealed as the ones before it.
            #expect((part != nil) == (place / RecordTables.partsPerLine <= 4), "row \(place)")
        }
    }

    @Test mutating func `what the old key had wrapped is in no file any more`() throws {
        let record = try SQLiteRecord.create(in: folder, sealing: sealing(1))
        _ = try record.append(try maker.batch(4), after: record.head)
        let wrapped = try #require(
            try record.pool.read { try Data.fetchOne($0, sql: "SELECT wrapped FROM wrapping_key") }
        )
        func holders() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
                Data(try scratch.read("record/\(name)")).range(of: wrapped) != nil
            }
        }
        #expect(try !holders().isEmpty)
        _ = try record.rotate(to: .numbered(2), recording: try maker.batch(1)[0])
        try record.close()
        #expect(try holders() == [])
    }

    @Test mutating func `a change that could not be recorded has changed nothing`() throws {
        var record = try SQLiteRecord.create(in: folder, sealing: sealing(1))
        _ = try record.append(try maker.batch(4), after: record.head)
        var line = try maker.batch(1)[0]
        line.seq += 1
        let fault = #expect(throws: RecordFault.self) { try record.rotate(to: .numbered(2), recording: line) }
        #expect(fault?.code == .conflict)
        #expect(try record.line(at: 2) == maker.made[2].stored)
        try record.close()
        record = try SQLiteRecord.open(in: folder, sealing: sealing(1))
        #expect(try record.line(at: 2) == maker.made[2].stored)
    }
}
