import Cryptography
import RecordStore
import TestSupport
import Testing
import TransparencyLog

/// The duties of ``EventLog``, one case each, for every engine.
struct EventLogKit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Runs against an empty log.
    let run: @Sendable (any EventLog) throws -> Void

    static let cases: [EventLogKit] = [
        EventLogKit(testDescription: "an empty log has the empty head and no lines", run: beginsEmpty),
        EventLogKit(testDescription: "what was appended is read back, in order, with its parts", run: readsBack),
        EventLogKit(testDescription: "a batch after another head is a conflict", run: refusesAnotherHead),
        EventLogKit(testDescription: "a batch that does not continue is a conflict", run: refusesAnotherContinuation),
        EventLogKit(testDescription: "a page ends at its limits, and its first line always comes", run: limitsPages),
        EventLogKit(testDescription: "a stream is read alone, and its head is known", run: readsStreams),
        EventLogKit(testDescription: "a request is found where it was recorded, and only there", run: findsRequests),
        EventLogKit(testDescription: "a checkpoint is kept once, and the newest is found", run: keepsCheckpoints),
        EventLogKit(testDescription: "every proof that is given verifies", run: proves),
        EventLogKit(testDescription: "a part is destroyed, and nothing else is", run: destroys),
        EventLogKit(testDescription: "a completion is called once with the new head", run: completesOnce),
        EventLogKit(testDescription: "an empty batch changes nothing", run: takesNothing),
    ]
}

extension EventLogKit {
    @Sendable private static func beginsEmpty(_ log: any EventLog) throws {
        #expect(log.head == .empty)
        #expect(try log.lines(from: 0, limit: 10).isEmpty)
        #expect(try log.line(at: 0) == nil)
        #expect(try log.streams().isEmpty)
        #expect(try log.newestCheckpoint() == nil)
    }

    @Sendable private static func destroys(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 12)
        let head = try log.append(try maker.batch(300), after: log.head)
        let places = [PartPlace(seq: 7, index: 1), PartPlace(seq: 9, index: 0), PartPlace(seq: 900, index: 0)]
        // Again: what is gone already is no fault.
        for _ in 1...2 { try log.erase(places) }
        #expect(log.head == head)
        #expect(try log.parts(of: 7).filter { !$0.isEmpty } == [maker.made[7].parts[0]])
        #expect(try log.parts(of: 9) == [[], maker.made[9].parts[1]])
        var rest: [StoredLine] = []
        try log.replay(from: 0) { rest.append($0) }
        #expect(rest.map(\.bytes) == maker.made.map(\.bytes))
        #expect(
            rest.filter { ![7, 9].contains($0.seq) } == maker.made.map(\.stored).filter { ![7, 9].contains($0.seq) }
        )
        #expect(try log.append(try maker.batch(3), after: head) == maker.head)
    }

    @Sendable private static func readsBack(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 2)
        for count in [1, 3, 300, 17] {
            let head = try log.append(try maker.batch(count), after: log.head)
            #expect(head == maker.head)
            #expect(log.head == maker.head)
        }
        var replayed: [StoredLine] = []
        try log.replay(from: 0) { replayed.append($0) }
        #expect(replayed == maker.made.map(\.stored))
        replayed = []
        try log.replay(from: 320) { replayed.append($0) }
        #expect(replayed == maker.made.suffix(1).map(\.stored))
        let some = try log.lines(from: 100, limit: 5)
        #expect(some == maker.made[100..<105].map { StoredLine(seq: $0.seq, bytes: $0.bytes) })
        #expect(try log.line(at: 42) == maker.made[42].stored)
        #expect(try log.parts(of: 42) == maker.made[42].parts)
        #expect(try log.line(at: 321) == nil)
        #expect(try log.line(at: .max) == nil)
    }

    @Sendable private static func refusesAnotherHead(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 3)
        let first = try maker.batch(2)
        let before = log.head
        let head = try log.append(first, after: before)
        let second = try maker.batch(2)
        for wrong in [before, RecordHead(size: 2, root: .zero, last: head.last, time: head.time)] {
            let fault = #expect(throws: RecordFault.self) { try log.append(second, after: wrong) }
            #expect(fault?.code == .conflict)
        }
        #expect(log.head == head)
        #expect(try log.append(second, after: head) == maker.head)
    }

    @Sendable private static func refusesAnotherContinuation(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 4)
        let head = try log.append(try maker.batch(2), after: log.head)
        let next = try maker.batch(3)
        var gap = next
        gap.remove(at: 1)
        var repeated = next
        repeated[2].request = next[0].request
        var taken = next
        taken[1].stream = next[0].stream
        taken[1].streamSeq = next[0].streamSeq
        var crowded = next
        crowded[0].parts = Array(repeating: [1], count: 65)
        for wrong in [gap, repeated, taken, crowded] {
            let fault = #expect(throws: RecordFault.self) { try log.append(wrong, after: head) }
            #expect(fault?.code == .conflict)
            #expect(fault?.isRecoverable == true)
            #expect(log.head == head)
            #expect(try log.lines(from: 2, limit: 1).isEmpty)
        }
        #expect(try log.append(next, after: head) == maker.head)
    }

    @Sendable private static func limitsPages(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 5)
        _ = try log.append(try maker.batch(20, parts: 1, streams: 1), after: log.head)
        let size = maker.made[0].bytes.count
        let key = LineMaker.stream(0)
        #expect(try log.lines(from: 0, limit: 7).count == 7)
        #expect(try log.lines(from: 0, limit: 0).isEmpty)
        #expect(try log.lines(from: 0, limit: -1).isEmpty)
        #expect(try log.lines(from: 0, limit: 20, byteLimit: size * 3 + size / 2).count == 3)
        #expect(try log.lines(from: 19, limit: 20, byteLimit: 1).map(\.seq) == [19])
        #expect(try log.lines(of: key, after: -1, limit: 20, byteLimit: 0).map(\.seq) == [0])
        #expect(try log.lines(of: key, after: 4, limit: 3).map(\.seq) == [5, 6, 7])
        #expect(try log.lines(of: key, after: .max, limit: 3).isEmpty)
        #expect(try log.lines(of: key, after: .min, limit: 3).count == 3)
    }

    @Sendable private static func readsStreams(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 6)
        _ = try log.append(try maker.batch(100, streams: 5), after: log.head)
        var heads: [StreamHead] = []
        for line in maker.made where line.streamSeq == 0 {
            let own = maker.made.filter { $0.stream == line.stream }
            #expect(try log.lines(of: line.stream, after: -1, limit: 200) == own.map(\.stored))
            let last = try #require(own.last)
            heads.append(StreamHead(key: line.stream, count: UInt64(own.count), last: last.leaf))
        }
        #expect(try log.streams() == heads)
        #expect(try log.lines(of: LineMaker.stream(99), after: -1, limit: 5).isEmpty)
    }

    @Sendable private static func findsRequests(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 7)
        _ = try log.append(try maker.batch(30), after: log.head)
        let nonce = try #require(Nonce(bytes: [UInt8](repeating: 7, count: 16)))
        let stranger = RequestKey(by: "uid:1001", nonce: nonce)
        let keys = maker.made.compactMap(\.request)
        #expect(keys.count == 30)
        let found = try log.find(requests: [stranger] + keys)
        #expect(found == Dictionary(uniqueKeysWithValues: zip(keys, maker.made.map(\.seq))))
        #expect(try log.find(requests: []).isEmpty)
    }

    @Sendable private static func keepsCheckpoints(_ log: any EventLog) throws {
        try log.store(checkpoint: "three", size: 3)
        try log.store(checkpoint: "seven", size: 7)
        try log.store(checkpoint: "another seven", size: 7)
        try log.store(checkpoint: "five", size: 5)
        #expect(try log.checkpoint(at: 7) == "seven")
        #expect(try log.checkpoint(at: 4) == nil)
        #expect(try log.newestCheckpoint() == "seven")
    }

    @Sendable private static func proves(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 8)
        _ = try log.append(try maker.batch(700, parts: 0), after: log.head)
        let leaves = maker.made.map(\.leaf)
        for size in [1, 2, 255, 256, 257, 511, 512, 513, 699, 700] {
            let root = MerkleTree.root(of: Array(leaves[..<size]))
            for seq in [0, size / 2, size - 1] {
                let path = try #require(try log.inclusionProof(of: UInt64(seq), in: UInt64(size)))
                let isProved = MerkleTree.verifiesInclusion(
                    of: leaves[seq],
                    at: UInt64(seq),
                    in: UInt64(size),
                    root: root,
                    path: path
                )
                #expect(isProved, "\(seq) in \(size)")
            }
            let path = try #require(try log.consistencyProof(from: UInt64(size), to: 700))
            let isProved = MerkleTree.verifiesGrowth(
                from: UInt64(size),
                oldRoot: root,
                to: 700,
                newRoot: maker.frontier.root,
                path: path
            )
            #expect(isProved, "from \(size)")
        }
        #expect(try log.inclusionProof(of: 0, in: 701) == nil)
        #expect(try log.consistencyProof(from: 1, to: 701) == nil)
        #expect(try log.consistencyProof(from: 0, to: 700) == nil)
    }

    @Sendable private static func completesOnce(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 9)
        let batch = try maker.batch(5)
        let calls = Calls()
        log.append(batch, after: log.head) { calls.take($0) }
        #expect(try calls.wait().get() == maker.head)
        log.append(batch, after: .empty) { calls.take($0) }
        #expect(throws: RecordFault.self) { try calls.wait().get() }
        #expect(calls.count == 0)
    }

    @Sendable private static func takesNothing(_ log: any EventLog) throws {
        var maker = LineMaker(seed: 10)
        let head = try log.append(try maker.batch(1), after: log.head)
        #expect(try log.append([], after: head) == head)
        #expect(log.head == head)
    }
}
