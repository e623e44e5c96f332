import Foundation
import TestSupport
import Testing

@testable import RecordStore

/// SQLite drops its write-ahead log from the first damaged bit (reliability.md F4).
@Suite(.tags(.medium, .g1))
struct WriteAheadLogTests {
    /// The files of a record that lost its process in the middle of service.
    private static let left = ["record.db", "record.db-wal", "journal", "acknowledged", "signed-head"]

    private let scratch: ScratchFolder
    private var maker = LineMaker(seed: 50)
    private var files: [String: [UInt8]] = [:]
    /// Bytes of the log that the journal takes for durable: the rest it has itself.
    private let synced: Int

    init() throws {
        scratch = try ScratchFolder("record")
        let record = try SQLiteRecord.create(in: scratch.path("record"))
        for _ in 0..<20 { _ = try record.append(try maker.batch(5), after: record.head) }
        try record.settleTail()
        synced = try scratch.read("record/record.db-wal").count
        for _ in 0..<20 {
            _ = try record.append(try maker.batch(5), after: record.head)
            try record.catchUp()
        }
        for name in Self.left { files[name] = try scratch.read("record/" + name) }
        try record.close()
    }

    /// Puts the files as they were, with some of them changed, into a folder of their own.
    private func lay(_ name: String, _ changed: [String: [UInt8]] = [:]) throws -> String {
        try FileManager.default.createDirectory(atPath: scratch.path(name), withIntermediateDirectories: false)
        for (file, bytes) in files.merging(changed, uniquingKeysWith: { $1 }) {
            try scratch.write("\(name)/\(file)", bytes)
        }
        return scratch.path(name)
    }

    private func lines(_ record: SQLiteRecord) throws -> [StoredLine] {
        var lines: [StoredLine] = []
        try record.replay(from: 0) { lines.append($0) }
        return lines
    }

    @Test func `what a lost process left is opened whole`() throws {
        let record = try SQLiteRecord.open(in: try lay("left"))
        #expect(record.head == maker.head)
        #expect(try lines(record) == maker.made.map(\.stored))
        try record.close()
    }

    @Test func `a flipped bit is found, or changes nothing`() throws {
        var generator = SplitMix64(seed: Seeds.fresh)
        let log = try #require(files["record.db-wal"])
        var refused = 0
        for trial in 0..<Effort.count(250) {
            var damaged = log
            // The header first: each of its bytes is one of few.
            let place = trial < 32 ? trial : generator.below(log.count)
            damaged[place] ^= 1 << UInt8(generator.below(8))
            let folder = try lay("flip-\(trial)", ["record.db-wal": damaged])
            do {
                let record = try SQLiteRecord.open(in: folder)
                #expect(record.head == maker.head, "bit in byte \(place)")
                #expect(try lines(record) == maker.made.map(\.stored), "bit in byte \(place)")
                try record.close()
            } catch let fault as RecordFault {
                #expect(fault.code == .shorterThanAnchor, "bit in byte \(place): \(fault)")
                // What is left is evidence.
                #expect(try scratch.read("flip-\(trial)/record.db-wal") == damaged, "bit in byte \(place)")
                #expect(try scratch.read("flip-\(trial)/record.db") == files["record.db"])
                refused += 1
            }
            try FileManager.default.removeItem(atPath: folder)
        }
        // The header and what was synced; after that nothing is lost.
        #expect(refused > 32)
    }

    @Test func `a write-ahead log that is cut or gone is found`() throws {
        let log = try #require(files["record.db-wal"])
        for (name, left) in [("gone", 0), ("header", 32), ("half", synced / 2), ("torn", synced - 4_200)] {
            let folder = try lay(name, ["record.db-wal": Array(log.prefix(left))])
            let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
            #expect(fault?.code == .shorterThanAnchor, "\(name)")
        }
        for (name, left) in [("synced", synced), ("half of the rest", (synced + log.count) / 2)] {
            let record = try SQLiteRecord.open(in: try lay(name, ["record.db-wal": Array(log.prefix(left))]))
            #expect(try lines(record) == maker.made.map(\.stored), "\(name)")
            try record.close()
        }
    }

    @Test func `a flipped bit in the newest lines of the file is refused`() throws {
        try SQLiteRecord.open(in: try lay("whole")).close()
        let database = try scratch.read("whole/record.db")
        var generator = SplitMix64(seed: Seeds.fresh)
        let name = Array("accord.test/log1".utf8)
        var places = database.indices.dropLast(name.count).filter { place in
            database[place] == name[0] && database[place..<place + name.count].elementsEqual(name)
        }
        #expect(places.count >= 200)
        places.shuffle(using: &generator)
        for place in places.prefix(Effort.count(50)) {
            var damaged = database
            damaged[place + generator.below(name.count)] ^= 1 << UInt8(generator.below(7))
            try scratch.write("whole/record.db", damaged)
            let fault = #expect(throws: RecordFault.self, "byte \(place)") {
                try SQLiteRecord.open(in: scratch.path("whole"))
            }
            // No line links to the last one: there the anchor tells.
            #expect([.damaged, .contradictsAnchor].contains(fault?.code))
        }
    }
}
