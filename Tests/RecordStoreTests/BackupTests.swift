import Cryptography
import Foundation
import GRDB
import RecordStore
import TestSupport
import Testing
import TransparencyLog

/// A backup is two files: lines that open nothing, and keys that open them.
@Suite(.tags(.medium))
struct BackupTests {
    private let folder: ScratchFolder
    private var files: BackupFiles { BackupFiles(record: folder.path("lines"), keys: folder.path("keys")) }

    init() throws { folder = try ScratchFolder("backup") }

    /// A record with so many lines, and what made them.
    private func record(_ count: Int) throws -> (SQLiteRecord, LineMaker) {
        let record = try SQLiteRecord.create(in: folder.path("record"))
        var maker = LineMaker(seed: 71)
        _ = try record.append(try maker.batch(count), after: record.head)
        return (record, maker)
    }

    private func restored() throws -> SQLiteRecord {
        try SQLiteRecord.restore(files, in: folder.path("restored"), sealing: .sample)
    }

    private func all(_ record: SQLiteRecord) throws -> [StoredLine] {
        var lines: [StoredLine] = []
        try record.replay(from: 0) { lines.append($0) }
        return lines
    }

    @Test func `what is restored is the record as it was at that size, and goes on`() throws {
        var (record, maker) = try record(700)
        try record.store(checkpoint: "note 600\n", size: 600)
        try record.store(checkpoint: "note 700\n", size: 700)
        let root = try #require(try record.root(of: 600))
        try record.backUp(upTo: 600, to: files)
        let restored = try restored()
        #expect(restored.head.size == 600)
        #expect(restored.head.root == root)
        #expect(restored.head.last == maker.made[599].leaf)
        #expect(try all(restored) == maker.made.prefix(600).map(\.stored))
        #expect(try restored.newestCheckpoint() == "note 600\n")
        #expect(try restored.signedHead() == SignedHead(size: 600, root: root))
        #expect(try restored.integrityFindings().isEmpty)
        let requests = [599, 600].compactMap { maker.made[$0].request }
        #expect(try restored.find(requests: requests) == [requests[0]: 599])
        #expect(try restored.inclusionProof(of: 5, in: 600) == record.inclusionProof(of: 5, in: 600))
        let again = Array(maker.made[600...])
        #expect(try restored.append(again, after: restored.head) == maker.head)
        _ = try record.append(try maker.batch(1), after: record.head)
    }

    @Test func `lines that come while it is copied are not in it`() throws {
        let (record, made) = try record(3_000)
        var maker = made
        let batches = try (0..<200).map { _ in try maker.batch(3) }
        let writer = Thread {
            for batch in batches { _ = try? record.append(batch, after: record.head) }
        }
        writer.start()
        try record.backUp(upTo: 3_000, to: files)
        while record.head.size < 3_600 { usleep(1_000) }
        let restored = try restored()
        #expect(restored.head.size == 3_000)
        #expect(try all(restored) == maker.made.prefix(3_000).map(\.stored))
        #expect(try restored.streams().map(\.count).reduce(0, +) == 3_000)
    }

    @Test func `neither file holds a word of a part, and the file of lines holds no key`() throws {
        let (record, maker) = try record(300)
        try record.backUp(upTo: 300, to: files)
        let lines = try Data(contentsOf: URL(filePath: files.record))
        let keys = try Data(contentsOf: URL(filePath: files.keys))
        let database =
            try Data(contentsOf: URL(filePath: folder.path("record/record.db")))
            + Data(contentsOf: URL(filePath: folder.path("record/record.db-wal")))
        for part in maker.made.prefix(50).flatMap(\.parts) {
            #expect(lines.range(of: Data(part)) == nil)
            #expect(keys.range(of: Data(part)) == nil)
        }
        let wrapped = try BackupRows.keys(files.keys)
        #expect(wrapped.count == 600)
        for key in wrapped.values {
            #expect(database.range(of: key) != nil)
            #expect(lines.range(of: key) == nil)
        }
    }

    @Test func `nobody else can read the files`() throws {
        let (record, _) = try record(3)
        try record.backUp(upTo: 3, to: files)
        for file in [files.record, files.keys] {
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `the newest keys open older lines, but for what was destroyed since`() throws {
        let (record, maker) = try record(300)
        try record.backUp(upTo: 200, to: files)
        try record.erase([PartPlace(seq: 7, index: 1)])
        let newer = BackupFiles(record: folder.path("lines 2"), keys: folder.path("keys 2"))
        try record.backUp(upTo: 300, to: newer)
        let mixed = BackupFiles(record: files.record, keys: newer.keys)
        let restored = try SQLiteRecord.restore(mixed, in: folder.path("restored"), sealing: .sample)
        #expect(try restored.parts(of: 7).filter { !$0.isEmpty } == [maker.made[7].parts[0]])
        #expect(try all(restored).filter { $0.seq != 7 } == maker.made.prefix(200).map(\.stored).filter { $0.seq != 7 })
    }

    @Test func `keys are destroyed in a file of keys, and the bytes with them`() throws {
        let (record, maker) = try record(300)
        try record.backUp(upTo: 300, to: files)
        let gone = PartPlace(seq: 7, index: 1)
        let before = try BackupRows.keys(files.keys)
        let key = try #require(before[7 * 64 + 1])
        try BackupFiles.copyKeys(files.keys, to: folder.path("keys 2"), without: [gone])
        let after = try BackupRows.keys(folder.path("keys 2"))
        #expect(after == before.filter { $0.key != 7 * 64 + 1 })
        #expect(try Data(contentsOf: URL(filePath: folder.path("keys 2"))).range(of: key) == nil)
        try BackupFiles.destroy(files.keys)
        #expect(!FileManager.default.fileExists(atPath: files.keys))
        let newer = BackupFiles(record: files.record, keys: folder.path("keys 2"))
        let restored = try SQLiteRecord.restore(newer, in: folder.path("restored"), sealing: .sample)
        #expect(try restored.parts(of: 7).filter { !$0.isEmpty } == [maker.made[7].parts[0]])
    }

    @Test func `without the deployment's key nothing is opened`() throws {
        let (record, _) = try record(20)
        try record.backUp(upTo: 20, to: files)
        let other = Sealing(log: Sealing.sample.log, key: .numbered(2))
        let fault = #expect(throws: RecordFault.self) {
            try SQLiteRecord.restore(files, in: folder.path("restored"), sealing: other)
        }
        #expect(fault?.code == .wrongKey)
    }

    @Test func `a file of lines alone is no record`() throws {
        let (record, _) = try record(20)
        try record.backUp(upTo: 20, to: files)
        try FileManager.default.createDirectory(atPath: folder.path("copied"), withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: files.record, toPath: folder.path("copied/record.db"))
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder.path("copied")) }
        #expect(fault?.code == .damaged)
    }

    @Test func `a copy is looked at without being restored`() throws {
        let (record, maker) = try record(300)
        try record.backUp(upTo: 257, to: files)
        let copy = try BackupCopy(files, of: record)
        #expect(copy.size == 257)
        #expect(copy.root == (try record.root(of: 257)))
        var lines: [StoredLine] = []
        try copy.replay { lines.append($0) }
        #expect(lines == maker.made.prefix(257).map(\.stored))
        #expect(try copy.integrityFindings().isEmpty)
        let bare = try BackupCopy(record: files.record)
        lines = []
        try bare.replay { lines.append($0) }
        #expect(lines == maker.made.prefix(257).map { StoredLine(seq: $0.seq, bytes: $0.bytes) })
    }

    @Test func `nothing is written over, and nothing is restored over`() throws {
        let (record, _) = try record(3)
        try record.backUp(upTo: 3, to: files)
        #expect(throws: RecordFault.self) { try record.backUp(upTo: 3, to: files) }
        let fault = #expect(throws: RecordFault.self) {
            try SQLiteRecord.restore(files, in: folder.path("record"), sealing: .sample)
        }
        #expect(fault?.code == .exists)
    }
}

/// The rows of a file of keys.
private enum BackupRows {
    /// Wrapped keys by place.
    static func keys(_ path: String) throws -> [Int64: Data] {
        let queue = try DatabaseQueue(path: path)
        let rows = try queue.read { try Row.fetchAll($0, sql: "SELECT place, wrapped FROM part_key") }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }
}
