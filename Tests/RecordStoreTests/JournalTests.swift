import Cryptography
import Dispatch
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing
import TransparencyLog

@testable import RecordStore

/// What makes a batch durable before the database has it, and remembers how long the record was (reliability.md F4).
@Suite(.tags(.medium, .g1))
struct JournalTests {
    private let scratch: ScratchFolder
    private let folder: String
    private var maker = LineMaker(seed: 40)

    init() throws {
        scratch = try ScratchFolder("record")
        folder = scratch.path("record")
        let record = try SQLiteRecord.create(in: folder)
        _ = try record.append(try maker.batch(5), after: record.head)
        try record.close()
    }

    /// What is left when the process is killed now.
    private func left(_ name: String, without missing: [String] = []) throws -> String {
        let copy = scratch.path(name)
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        for file in ["record.db", "record.db-wal", "journal", "acknowledged", "signed-head"]
        where !missing.contains(file) {
            let bytes = try? scratch.read("record/\(file)")
            if let bytes { try scratch.write("\(name)/\(file)", bytes) }
        }
        return copy
    }

    private func change(_ copy: String, _ file: String = "journal", _ change: (inout [UInt8]) -> Void) throws {
        let url = URL(filePath: "\(copy)/\(file)")
        var bytes = [UInt8](try Data(contentsOf: url))
        change(&bytes)
        try Data(bytes).write(to: url)
    }

    /// The whole headers of a journal by their places, the newest last.
    private func headers(_ copy: String) throws -> [(place: Int, header: JournalHeader)] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: copy + "/journal")))
        return stride(from: 0, to: bytes.count, by: Journal.blockLength)
            .compactMap { place in
                JournalHeader(parsing: bytes[place..<place + JournalHeader.length]).map { (place, $0) }
            }
            .sorted { $0.header.number < $1.header.number }
    }

    private func mark(_ copy: String) throws -> JournalHeader? {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: copy + "/acknowledged")))
        return JournalHeader(parsing: bytes.prefix(JournalHeader.length))
    }

    private func newest(_ copy: String) throws -> JournalHeader {
        let headers = try headers(copy).map(\.header) + [try mark(copy)].compactMap(\.self)
        return try #require(headers.max { $0.number < $1.number })
    }

    /// Opens a record and expects everything that was made to be there.
    private func expectAll(_ copy: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        let record = try SQLiteRecord.open(in: copy)
        #expect(record.head == maker.head, sourceLocation: sourceLocation)
        var lines: [StoredLine] = []
        try record.replay(from: 0) { lines.append($0) }
        #expect(lines == maker.made.map(\.stored), sourceLocation: sourceLocation)
        #expect(try record.integrityFindings().isEmpty, sourceLocation: sourceLocation)
        try record.close()
    }

    private func refusal(_ copy: String) -> RecordFault.Code? {
        #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: copy) }?.code
    }

    // MARK: What comes back

    @Test mutating func `lines that only the journal has are read, and come back after a lost process`() throws {
        let record = try SQLiteRecord.open(in: folder)
        for count in [1, 300, 1, 260, 1] { _ = try record.append(try maker.batch(count), after: record.head) }
        try record.catchUp()
        // Alone it waits for more.
        let last = try maker.batch(3)
        _ = try record.append(last, after: record.head)
        #expect(record.ledger.withLock { !$0.tail.batches.isEmpty })
        for line in last {
            #expect(try record.line(at: line.seq) == line.stored)
            #expect(try record.lines(of: line.stream, after: Int64(line.streamSeq) - 1, limit: 1) == [line.stored])
        }
        let copy = try left("copy")
        var known = try record.streams()
        try record.close()
        let again = try SQLiteRecord.open(in: copy)
        #expect(again.head == maker.head)
        #expect(again.report.unconfirmedLost == 0)
        #expect(again.ledger.withLock { $0.tail.batches.isEmpty })
        #expect(try again.find(requests: maker.made.compactMap(\.request)).count == maker.made.count)
        #expect(try again.streams() == known)
        #expect(try again.verifyCommitted(after: .none, upTo: again.head).root == maker.frontier.root)
        _ = try again.append(try maker.batch(2), after: again.head)
        known = try again.streams()
        try again.close()
        try expectAll(copy)
    }

    @Test mutating func `the write-ahead log may lose whatever was not synced`() throws {
        let record = try SQLiteRecord.open(in: folder)
        _ = try record.append(try maker.batch(40), after: record.head)
        try record.settleTail()
        let synced = try scratch.read("record/record.db-wal")
        for _ in 0..<30 {
            _ = try record.append(try maker.batch(4), after: record.head)
            try record.catchUp()
        }
        let log = try scratch.read("record/record.db-wal")
        #expect(log.count > synced.count)
        for (number, length) in [synced.count, synced.count + 5_000, log.count - 3_000, log.count].enumerated() {
            let copy = try left("cut-\(number)")
            try Data(log.prefix(length)).write(to: URL(filePath: copy + "/record.db-wal"))
            try expectAll(copy)
        }
        // What it had synced it must have.
        for (number, length) in [0, 32, synced.count - 5_000].enumerated() {
            let copy = try left("short-\(number)")
            try Data(log.prefix(length)).write(to: URL(filePath: copy + "/record.db-wal"))
            #expect(refusal(copy) == .shorterThanAnchor)
        }
        try record.close()
    }

    @Test mutating func `over many laps of the journal, and with batches of every length, nothing is lost`() throws {
        let record = try SQLiteRecord.open(in: folder)
        var generator = SplitMix64(seed: Seeds.fresh)
        var direct = 0
        for round in 0..<60 {
            let bytes = round % 9 == 4 ? 60_000 : generator.below(9_000) + 1
            let batch = try maker.batch(1 + generator.below(40), partBytes: bytes)
            if batch.reduce(0, { $0 + $1.parts.reduce(0) { $0 + $1.count } }) > Journal.longestRecord { direct += 1 }
            #expect(try record.append(batch, after: record.head) == maker.head)
            if generator.below(8) == 0 { try expectAll(try left("round-\(round)")) }
        }
        #expect(direct > 0)
        try record.close()
        try expectAll(folder)
    }

    @Test mutating func `a batch too long for the journal is acknowledged when the database has it durably`()
        throws
    {
        let record = try SQLiteRecord.open(in: folder)
        _ = try record.append(try maker.batch(2), after: record.head)
        _ = try record.append(try maker.batch(40, partBytes: 60_000), after: record.head)
        try expectAll(try left("killed"))
        #expect(refusal(try left("shortened", without: ["record.db-wal"])) == .shorterThanAnchor)
        try record.close()
    }

    // MARK: How long it was

    @Test mutating func `a record shorter than what was acknowledged is refused, and nothing is changed`() throws {
        let old = try scratch.read("record/record.db")
        var record = try SQLiteRecord.open(in: folder)
        _ = try record.append(try maker.batch(1), after: record.head)
        try record.close()
        let new = try scratch.read("record/record.db")
        let memory = try scratch.read("record/journal")
        try scratch.write("record/record.db", old)
        #expect(refusal(folder) == .shorterThanAnchor)
        #expect(try scratch.read("record/record.db") == old)
        #expect(try scratch.read("record/journal") == memory)
        try scratch.write("record/record.db", new)
        record = try SQLiteRecord.open(in: folder)
        #expect(record.head == maker.head)
        try record.close()
    }

    /// The newest record, with its mark or without: as it is left when the power fails before the sync returned, and the
    /// process before it could answer.
    @Test(arguments: [0, 100, 255, 256, 700, 1_500])
    mutating func `a damaged record is refused if it was acknowledged, and told if it was not`(_ place: Int) throws {
        let record = try SQLiteRecord.open(in: folder)
        let before = try record.append(try maker.batch(2), after: record.head)
        _ = try record.append(try maker.batch(3), after: before)
        let newest = try #require(try headers(folder).last { !$0.header.isMark })
        #expect(newest.header.size == maker.size)
        #expect(try self.newest(folder).isMark)
        #expect(try self.newest(folder).size == maker.size)

        let acknowledged = try left("acknowledged")
        try change(acknowledged) { $0[newest.place + place] ^= 4 }
        let memory = try Data(contentsOf: URL(filePath: acknowledged + "/journal"))
        #expect(refusal(acknowledged) == .shorterThanAnchor)
        #expect(try Data(contentsOf: URL(filePath: acknowledged + "/journal")) == memory)

        let torn = try left("torn")
        try change(torn) { $0[newest.place + place] ^= 4 }
        try change(torn, "acknowledged") { $0[0] ^= 4 }
        // Of a record whose header is torn nothing is known, not even that it was begun.
        let isKnown = place >= JournalHeader.length
        for lost in [isKnown ? 3 : 0, 0] as [UInt64] {
            let again = try SQLiteRecord.open(in: torn)
            #expect(again.head == before)
            #expect(again.report.unconfirmedLost == lost)
            try again.close()
        }
        try record.close()
    }

    @Test mutating func `a damaged record that others follow is refused`() throws {
        let settled = maker.frontier.root
        let record = try SQLiteRecord.open(in: folder)
        for _ in 0..<5 { _ = try record.append(try maker.batch(2), after: record.head) }
        let records = try headers(folder).filter { !$0.header.isMark && $0.header.base >= 5 }
        #expect(records.count == 5)
        for (number, place) in records.map(\.place).enumerated() {
            let copy = try left("copy-\(number)")
            try change(copy) { $0[place + 300] ^= 1 }
            #expect(refusal(copy) == .shorterThanAnchor)
        }
        // The mark tells of nothing else, and an older one of less.
        for (number, place) in [9, 60, 255].enumerated() {
            let copy = try left("mark-\(number)")
            try change(copy, "acknowledged") { $0[place] ^= 1 }
            try expectAll(copy)
        }
        let copy = try left("older")
        let older = JournalHeader(number: 1, settled: 5, acknowledged: 5, root: settled)
        try change(copy, "acknowledged") { $0.replaceSubrange(..<JournalHeader.length, with: older.encoded) }
        try expectAll(copy)
        try record.close()
    }

    @Test mutating func `a flipped bit anywhere in the journal is found, or changes nothing`() throws {
        let record = try SQLiteRecord.open(in: folder)
        for _ in 0..<30 { _ = try record.append(try maker.batch(2), after: record.head) }
        var generator = SplitMix64(seed: Seeds.fresh)
        let used = try #require(try headers(folder).map(\.place).max()) + Journal.blockLength
        var refused = 0
        for trial in 0..<Effort.count(150) {
            let copy = try left("flip-\(trial)")
            let place = trial < 8 ? trial * 1_000 : generator.below(used)
            try change(copy) { $0[place] ^= 1 << UInt8(generator.below(8)) }
            do {
                let again = try SQLiteRecord.open(in: copy)
                defer { try? again.close() }
                #expect(again.head == maker.head, "bit in byte \(place)")
                #expect(try again.lines(from: 0, limit: 100).map(\.bytes) == maker.made.map(\.bytes))
            } catch {
                #expect(error.code == .shorterThanAnchor, "bit in byte \(place): \(error)")
                refused += 1
            }
            try FileManager.default.removeItem(atPath: copy)
        }
        #expect(refused > 0)
        try record.close()
    }

    @Test func `another history is refused, whether the database has the lines or only the journal`() throws {
        var other = LineMaker(seed: 41)
        let record = try SQLiteRecord.create(in: scratch.path("other"))
        _ = try record.append(try other.batch(5), after: record.head)
        let copy = try left("settled", without: ["journal"])
        try record.settle()
        try FileManager.default.copyItem(atPath: scratch.path("other/journal"), toPath: copy + "/journal")
        #expect(refusal(copy) == .contradictsAnchor)
        _ = try record.append(try other.batch(2), after: record.head)
        let next = try left("tail", without: ["journal"])
        try FileManager.default.copyItem(atPath: scratch.path("other/journal"), toPath: next + "/journal")
        #expect([.contradictsAnchor, .damaged].contains(refusal(next)))
        try record.close()
        let mark = try left("mark", without: ["acknowledged"])
        try FileManager.default.copyItem(atPath: scratch.path("other/acknowledged"), toPath: mark + "/acknowledged")
        #expect(refusal(mark) == .shorterThanAnchor)
        let older = try left("older mark")
        let foreign = JournalHeader(number: 1, settled: 5, acknowledged: 5, root: other.head.root)
        try change(older, "acknowledged") { $0.replaceSubrange(..<JournalHeader.length, with: foreign.encoded) }
        #expect(refusal(older) == .contradictsAnchor)
    }

    @Test func `a longer record whose beginning is the one that was acknowledged is opened`() throws {
        let before = try scratch.read("record/journal")
        var longer = maker
        let record = try SQLiteRecord.open(in: folder)
        _ = try record.append(try longer.batch(300), after: record.head)
        try record.close()
        try scratch.write("record/journal", before)
        let again = try SQLiteRecord.open(in: folder)
        #expect(again.head == longer.head)
        #expect(try newest(folder).base == 305)
        try again.close()
    }

    @Test(arguments: [0, 1], [0, 8, 30, 60, 120, 255])
    func `one damaged mark changes nothing`(_ mark: Int, _ place: Int) throws {
        let marks = try headers(folder).suffix(2)
        try change(folder) { $0[Array(marks)[mark].place + place] ^= 0x10 }
        try expectAll(folder)
        #expect(try headers(folder).suffix(2).allSatisfy { $0.header.base == 5 && $0.header.settled == 5 })
    }

    @Test(arguments: [0, 100, 4_096, Journal.length - 1, Journal.length])
    func `a journal without a whole header, or cut, is refused`(_ length: Int) throws {
        let places = try headers(folder).map(\.place)
        try change(folder) { bytes in
            if length == Journal.length { for place in places { bytes[place + 50] ^= 1 } }
            bytes.removeLast(bytes.count - length)
        }
        #expect(refusal(folder) == .damaged)
    }

    // MARK: How it is written

    @Test mutating func `no write touches a block of what was acknowledged`() throws {
        let record = try SQLiteRecord.open(in: folder)
        var kept: [Int: [UInt8]] = [:]
        for count in [1, 2, 30, 1] {
            _ = try record.append(try maker.batch(count), after: record.head)
            let bytes = try scratch.read("record/journal")
            for (place, block) in kept { #expect(Array(bytes[place..<place + Journal.blockLength]) == block) }
            let newest = try #require(try headers(folder).last { !$0.header.isMark })
            let end = newest.place + JournalHeader.length + newest.header.payloadLength
            for place in stride(from: newest.place, to: end, by: Journal.blockLength) {
                kept[place] = Array(bytes[place..<place + Journal.blockLength])
            }
        }
        #expect(kept.count > 4)
        try record.close()
    }

    @Test
    mutating func `an append is known to be acknowledged when it returns, whoever confirms meanwhile`()
        async throws
    {
        let record = try SQLiteRecord.open(in: folder)
        let confirming = DispatchQueue(label: "confirming")
        for _ in 0..<200 {
            let ended = DispatchGroup()
            confirming.async(group: ended) { try? record.confirm() }
            let head = try record.append(try maker.batch(1), after: record.head)
            let newest = try newest(folder)
            #expect(newest.base == head.size && newest.root == head.root)
            await withCheckedContinuation { done in ended.notify(queue: confirming) { done.resume() } }
        }
        try record.close()
        try expectAll(folder)
    }

    @Test mutating func `a batch that does not fit leaves nothing in the journal`() throws {
        let record = try SQLiteRecord.open(in: folder)
        let before = try scratch.read("record/journal")
        var wrong = try maker.batch(2)
        wrong[1].request = wrong[0].request
        let fault = #expect(throws: RecordFault.self) { try record.append(wrong, after: record.head) }
        #expect(fault?.code == .conflict)
        #expect(try scratch.read("record/journal") == before)
        #expect(record.latched == nil)
        try record.close()
    }

    @Test mutating func `what the database does not take ends all appends, and is there when it takes it again`() throws
    {
        let record = try SQLiteRecord.open(in: folder)
        try record.pool.write { db in
            try db.execute(sql: "CREATE TRIGGER refusing BEFORE INSERT ON part BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
        _ = try record.append(try maker.batch(2), after: record.head)
        #expect(throws: RecordFault.self) { try record.catchUp() }
        let fault = #expect(throws: RecordFault.self) { try record.append([], after: record.head) }
        #expect(fault?.code == .latched)
        #expect(try record.line(at: 6) == maker.made[6].stored)
        try record.close()
        #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        let queue = try DatabaseQueue(path: folder + "/record.db")
        try queue.write { try $0.execute(sql: "DROP TRIGGER refusing") }
        try queue.close()
        try expectAll(folder)
    }

    // MARK: A record that was made before there was a journal

    private func older(confirmed: UInt64, size: UInt64, root: Digest) throws {
        try FileManager.default.removeItem(atPath: folder + "/journal")
        let queue = try DatabaseQueue(path: folder + "/record.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 2") }
        try queue.close()
        let anchor = try #require(HeadAnchor().next(size: size, root: root, confirmed: confirmed))
        var blocks = [UInt8](repeating: 0, count: 2 * 4_096)
        blocks.replaceSubrange(4_096..<4_096 + HeadAnchor.slotLength, with: anchor.encoded)
        try scratch.write("record/anchor", blocks)
    }

    @Test func `a record with an anchor and no journal gets one, and its anchor goes`() throws {
        try older(confirmed: 5, size: 5, root: maker.head.root)
        try expectAll(folder)
        #expect(!FileManager.default.fileExists(atPath: folder + "/anchor"))
        #expect(try newest(folder).base == 5)
        try expectAll(folder)
    }

    @Test func `one that was killed while it got its journal is opened, and a program that knows of none refuses it`()
        throws
    {
        let journal = try scratch.read("record/journal")
        try older(confirmed: 5, size: 5, root: maker.head.root)
        try scratch.write("record/journal", Array(journal.prefix(4_096)))
        try expectAll(folder)
        let queue = try DatabaseQueue(path: folder + "/record.db")
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 3)
        try queue.close()
        // What an attacker or a mistake takes away is missed, and not taken for an older record.
        try FileManager.default.removeItem(atPath: folder + "/journal")
        try scratch.write("record/anchor", [UInt8](repeating: 0, count: 8_192))
        #expect(refusal(folder) == .damaged)
    }

    @Test func `what its anchor says still counts`() throws {
        try older(confirmed: 6, size: 6, root: .zero)
        #expect(refusal(folder) == .shorterThanAnchor)
        #expect(FileManager.default.fileExists(atPath: folder + "/anchor"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/journal"))
        try FileManager.default.removeItem(atPath: folder + "/anchor")
        #expect(refusal(folder) == .damaged)
    }

    @Test func `its lines that were on their way are told`() throws {
        try older(confirmed: 5, size: 8, root: .zero)
        let record = try SQLiteRecord.open(in: folder)
        #expect(record.report.unconfirmedLost == 3)
        try record.close()
        try expectAll(folder)
    }
}
