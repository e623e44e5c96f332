import Foundation
import GRDB
import RecordStore
import TestSupport
import Testing
import TransparencyLog

@Suite(.tags(.medium, .g1))
struct CreatingTests {
    private let scratch: ScratchFolder
    private let folder: String

    init() throws {
        scratch = try ScratchFolder("record")
        folder = scratch.path("record")
    }

    @Test func `a record is made once`() throws {
        try SQLiteRecord.create(in: folder).close()
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.create(in: folder) }
        #expect(fault?.code == .exists)
        try FileManager.default.createDirectory(atPath: scratch.path("empty"), withIntermediateDirectories: false)
        let other = #expect(throws: RecordFault.self) { try SQLiteRecord.create(in: scratch.path("empty")) }
        #expect(other?.code == .exists)
    }

    @Test func `opening never makes a record`() throws {
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .missing)
        #expect(try scratch.names().isEmpty)
        try SQLiteRecord.create(in: folder).close()
        // What was anchored and signed says that there was one: it is lost, and no new one is made in its place.
        try FileManager.default.removeItem(atPath: folder + "/record.db")
        let gone = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(gone?.code == .damaged)
        #expect(gone?.message.contains("is gone") == true)
        #expect(!FileManager.default.fileExists(atPath: folder + "/record.db"))
    }

    @Test(arguments: ["journal", "acknowledged", "signed-head"])
    func `a record without one of its memories is not opened`(_ name: String) throws {
        try SQLiteRecord.create(in: folder).close()
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .damaged)
    }

    @Test func `another database under the record's name is not opened`() throws {
        try SQLiteRecord.create(in: folder).close()
        try FileManager.default.removeItem(atPath: folder + "/record.db")
        let other = try DatabaseQueue(path: folder + "/record.db")
        try other.write { try $0.execute(sql: "CREATE TABLE line (seq INTEGER PRIMARY KEY, bytes BLOB)") }
        try other.close()
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .damaged)
        try scratch.write("record/record.db", "not a database at all, but long enough to look like one, perhaps")
        let text = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(text?.code == .damaged)
    }

    @Test func `folder and files are closed to others`() throws {
        let record = try SQLiteRecord.create(in: folder)
        var maker = LineMaker()
        _ = try record.append(try maker.batch(3), after: record.head)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(folder) == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == ["acknowledged", "journal", "record.db", "record.db-shm", "record.db-wal", "signed-head"])
        for name in names { #expect(try mode("\(folder)/\(name)") == 0o600, "\(name)") }
        try record.close()
    }

    @Test func `opened again at every size it has the head that the frontier has, and goes on`() throws {
        let sizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 1_000, 65_535, 65_536, 65_537, 65_793]
        var maker = LineMaker(seed: 20)
        maker.keepsLines = false
        try SQLiteRecord.create(in: folder).close()
        for size in sizes {
            var record = try SQLiteRecord.open(in: folder)
            while maker.size < UInt64(size) {
                let count = min(1_024, size - Int(maker.size))
                _ = try record.append(try maker.batch(count, parts: 0), after: record.head)
            }
            #expect(record.head == maker.head)
            try record.close()
            record = try SQLiteRecord.open(in: folder)
            #expect(record.head == maker.head, "at \(size)")
            #expect(record.report == .init(unconfirmedLost: 0))
            let to = try record.verifyCommitted(after: record.signedHead(), upTo: record.head)
            #expect(to == SignedHead(size: UInt64(size), root: maker.frontier.root))
            try record.advanceSignedHead(from: record.signedHead(), to: to)
            try record.close()
        }
    }

    @Test func `a closed record takes nothing`() throws {
        let record = try SQLiteRecord.create(in: folder)
        try record.close()
        var maker = LineMaker()
        let batch = try maker.batch(1)
        let fault = #expect(throws: RecordFault.self) { try record.append(batch, after: record.head) }
        #expect(fault?.code == .latched)
    }
}
