import Cryptography
import Dispatch
import Foundation
import TestSupport
import Testing
import TransparencyLog

@testable import RecordStore

/// The memory of how long the record was (reliability.md F4).
@Suite(.tags(.medium, .g1))
struct AnchorTests {
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

    private func anchor() throws -> AnchorFile { try AnchorFile(path: folder + "/anchor") }

    @Test mutating func `a record shorter than what was acknowledged is refused, and nothing is changed`() throws {
        let old = try scratch.read("record/record.db")
        var record = try SQLiteRecord.open(in: folder)
        _ = try record.append(try maker.batch(1), after: record.head)
        try record.close()
        let new = try scratch.read("record/record.db")
        let memory = try scratch.read("record/anchor")
        try scratch.write("record/record.db", old)
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .shorterThanAnchor)
        #expect(try scratch.read("record/record.db") == old)
        #expect(try scratch.read("record/anchor") == memory)
        try scratch.write("record/record.db", new)
        record = try SQLiteRecord.open(in: folder)
        #expect(record.head == maker.head)
        try record.close()
    }

    @Test mutating func `lines that were on their way are told, not refused, and not told twice`() throws {
        let head = maker.head
        _ = try maker.batch(3)
        var file = try anchor()
        try file.advance(to: maker.head, confirmed: head.size)
        var record = try SQLiteRecord.open(in: folder)
        #expect(record.report.unconfirmedLost == 3)
        #expect(record.head == head)
        try record.close()
        record = try SQLiteRecord.open(in: folder)
        #expect(record.report.unconfirmedLost == 0)
        try record.close()
    }

    @Test func `another history of the same length is refused`() throws {
        var file = try anchor()
        try file.advance(to: RecordHead(size: 5, root: .zero, last: .zero, time: 0), confirmed: 5)
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .contradictsAnchor)
    }

    @Test func `a longer record whose beginning is the anchored one is opened`() throws {
        let before = try scratch.read("record/anchor")
        var longer = maker
        let record = try SQLiteRecord.open(in: folder)
        _ = try record.append(try longer.batch(300), after: record.head)
        try record.close()
        try scratch.write("record/anchor", before)
        let again = try SQLiteRecord.open(in: folder)
        #expect(again.head == longer.head)
        #expect(try anchor().newest.confirmed == 305)
        try again.close()
    }

    @Test(arguments: [0, 1], [0, 8, 30, 60, 120, 255])
    func `one damaged slot is told and written anew`(_ slot: Int, _ place: Int) throws {
        var bytes = try scratch.read("record/anchor")
        bytes[slot * AnchorFile.blockLength + place] ^= 0x10
        try scratch.write("record/anchor", bytes)
        var record = try SQLiteRecord.open(in: folder)
        #expect(record.report.damagedAnchorSlots == 1)
        #expect(record.head == maker.head)
        try record.close()
        record = try SQLiteRecord.open(in: folder)
        #expect(record.report.damagedAnchorSlots == 0)
        try record.close()
    }

    @Test(arguments: [0, 100, 4_096, 8_192])
    func `two damaged slots, or a short file, are refused`(_ length: Int) throws {
        var bytes = try scratch.read("record/anchor")
        for slot in 0...1 { bytes[slot * AnchorFile.blockLength + 50] ^= 1 }
        try scratch.write("record/anchor", Array(bytes.prefix(length)))
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .damaged)
    }

    @Test mutating func `each slot lies on a block of its own`() throws {
        #expect(try scratch.read("record/anchor").count == 2 * 4_096)
        let record = try SQLiteRecord.open(in: folder)
        var changed: Set<Int> = []
        for _ in 0..<4 {
            let before = try scratch.read("record/anchor")
            _ = try record.append(try maker.batch(1), after: record.head)
            try record.confirm()
            let after = try scratch.read("record/anchor")
            for place in before.indices where before[place] != after[place] { changed.insert(place) }
        }
        #expect(Set(changed.map { $0 / 4_096 }) == [0, 1])
        #expect(changed.allSatisfy { $0 % 4_096 < HeadAnchor.slotLength })
        try record.close()
    }

    @Test mutating func `an append has anchored its head when it returns, whoever confirms meanwhile`() async throws {
        let record = try SQLiteRecord.open(in: folder)
        let confirming = DispatchQueue(label: "confirming")
        for _ in 0..<200 {
            let base = record.head
            let ended = DispatchGroup()
            confirming.async(group: ended) { try? record.confirm() }
            let head = try record.append(try maker.batch(1), after: base)
            let newest = try anchor().newest
            #expect(newest.size == head.size)
            #expect(newest.root == head.root)
            #expect(newest.confirmed >= base.size)
            await withCheckedContinuation { done in ended.notify(queue: confirming) { done.resume() } }
        }
        try record.confirm()
        #expect(try anchor().newest.confirmed == record.head.size)
        try record.close()
    }

    @Test mutating func `what was acknowledged is confirmed by itself when nothing follows`() throws {
        let record = try SQLiteRecord.open(in: folder)
        let head = try record.append(try maker.batch(2), after: record.head)
        let end = ContinuousClock.now + .seconds(20)
        while try anchor().newest.confirmed < head.size, ContinuousClock.now < end {}
        #expect(try anchor().newest.confirmed == head.size)
        try record.close()
    }

    @Test mutating func `a batch that was not written is taken back from the anchor`() throws {
        let record = try SQLiteRecord.open(in: folder)
        var wrong = try maker.batch(2)
        wrong[1].request = wrong[0].request
        let fault = #expect(throws: RecordFault.self) { try record.append(wrong, after: record.head) }
        #expect(fault?.code == .conflict)
        try record.confirm()
        #expect(try anchor().newest.size == 5)
        #expect(try anchor().newest.confirmed == 5)
        #expect(try anchor().newest.root == record.head.root)
        #expect(record.latched == nil)
        try record.close()
    }
}
