import Cryptography
import Foundation
import Synchronization
import TestSupport
import TransparencyLog

@testable import RecordStore

/// The life of a record on a disk that may stop at any call, and what must be found of it afterwards.
///
/// One seed gives one life: appends of one and of several lines, checkpoints of the write-ahead log, signed heads, parts that
/// are destroyed, and the end of service.
struct RecordLife {
    /// Something that was found and may not be.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// What was known when the disk stopped.
    private struct Known {
        /// So many lines were acknowledged.
        let acknowledged: UInt64
        /// So many there may be.
        let possible: UInt64
        /// The head that was signed last, and no other may be.
        let signed: UInt64
        /// The last of ``erasures`` that began, and the last that ended.
        let begun: Int
        let ended: Int

        init(_ mark: [UInt64]) {
            (acknowledged, possible, signed) = (mark[0], mark[1], mark[2])
            (begun, ended) = (Int(mark[3]), Int(mark[4]))
        }
    }

    /// An empty record, made once.
    private static let empty = Result { () -> StorageImage in
        let scratch = try ScratchFolder("empty")
        try SQLiteRecord.create(in: scratch.path("record")).close()
        return try StorageImage(of: scratch.path("record"))
    }

    private let seed: UInt64
    private let scratch: ScratchFolder
    private var dice: SplitMix64
    private var makers: [UInt64: LineMaker] = [:]
    private var erasures: [[PartPlace]] = []

    /// Lets a record live for some calls, and looks at what some stops on the way leave of it.
    ///
    /// - Parameters:
    ///   - seed: decides everything.
    ///   - calls: how many calls that change files the life has, at least.
    ///   - stops: after how many of these what is left is looked at.
    ///   - mistake: what the disk does wrong.
    /// - Throws: ``Violation`` for the first thing that is found and may not be.
    static func run(_ seed: UInt64, calls: Int, stops: Int, mistake: CrashStorage.Mistake? = nil) throws {
        try look(seed) { life in try life.live(calls, stops, mistake) }
    }

    /// Looks at what is left at each moment of a life.
    private static func look(_ seed: UInt64, _ living: (inout RecordLife) throws -> [CrashStorage.Moment]) throws {
        var life = try RecordLife(seed)
        for moment in try living(&life) {
            let survival = life.dice.below(StorageState.Survival.allCases.count)
            try life.look(at: moment, StorageState.Survival.allCases[survival])
        }
    }

    private init(_ seed: UInt64) throws {
        self.seed = seed
        dice = SplitMix64(seed: seed)
        scratch = try ScratchFolder("life")
    }

    // MARK: Living

    /// The disk of a record that is empty.
    private mutating func disk(_ mistake: CrashStorage.Mistake?) throws -> CrashStorage {
        try CrashStorage(scratch.path("record"), holding: Self.empty.get(), seed: dice.next(), mistake: mistake)
    }

    private mutating func live(
        _ calls: Int,
        _ stops: Int,
        _ mistake: CrashStorage.Mistake?
    ) throws -> [CrashStorage.Moment] {
        let storage = try disk(mistake)
        defer { storage.detach() }
        storage.keepMoments(before: Set((0..<calls).shuffled(using: &dice).prefix(stops)))
        var maker = LineMaker(seed: dice.next())
        makers[0] = maker
        var known: [UInt64] = [0, 0, 0, 0, 0]
        func note(_ place: Int, _ value: UInt64) {
            known[place] = value
            storage.note(known)
        }
        note(0, 0)
        var record = try SQLiteRecord.open(in: scratch.path("record"))
        while storage.calls < calls {
            switch dice.below(16) {
            case 0:
                let from = try record.signedHead()
                let to = try record.verifyCommitted(after: from, upTo: record.head)
                note(2, to.size)
                try record.advanceSignedHead(from: from, to: to)
                try record.store(checkpoint: "note \(to.size)", size: to.size)
            case 1: record.ledger.withLock { $0.pages = 1 << 20 }
            case 2 where record.head.size > 0:
                erasures.append([PartPlace(seq: UInt64(dice.below(Int(record.head.size))), index: dice.below(2))])
                note(3, UInt64(erasures.count))
                try record.erase(erasures[erasures.count - 1])
                note(4, UInt64(erasures.count))
            case 3 where dice.oneIn(3):
                try record.close()
                record = try SQLiteRecord.open(in: scratch.path("record"))
            case 4: try record.confirm()
            default:
                let count = dice.oneIn(3) ? 1 + dice.below(12) : 1
                let batch = try maker.batch(count, partBytes: dice.oneIn(8) ? 9_000 : 40)
                makers[maker.size] = maker
                note(1, maker.size)
                guard try record.append(batch, after: record.head) == maker.head else {
                    throw Violation(description: "seed \(seed): an append gave another head")
                }
                note(0, maker.size)
            }
        }
        try record.close()
        return storage.takeMoments()
    }

    // MARK: Looking

    /// Starts again from what a stop left, sometimes with another stop on the way, and holds it against what was known.
    private mutating func look(at moment: CrashStorage.Moment, _ survival: StorageState.Survival) throws {
        let known = Known(moment.mark)
        let at = "seed \(seed), stopped before call \(moment.call), \(survival) left"
        var image = moment.state.found(survival, &dice)
        if dice.oneIn(6) { image = try stopAgain(image, at) }
        let folder = scratch.path("again")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = try CrashStorage(folder, holding: image, seed: dice.next())
        defer { storage.detach() }
        do {
            let record = try SQLiteRecord.open(in: folder)
            try compare(record, known, at)
            try record.close()
        } catch let fault as RecordFault {
            throw Violation(description: "\(at): \(fault)")
        }
    }

    /// A second stop, while the record is opened.
    private mutating func stopAgain(_ image: StorageImage, _ at: String) throws -> StorageImage {
        let folder = scratch.path("between")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = try CrashStorage(folder, holding: image, seed: dice.next())
        defer { storage.detach() }
        storage.set(CrashStorage.Fault(.stop, after: dice.below(40)))
        let record = try? SQLiteRecord.open(in: folder)
        let left = storage.state.found(dice.oneIn(2) ? .sectors : .nothing, &dice)
        try? record?.close()
        return left
    }

    private func compare(_ record: SQLiteRecord, _ known: Known, _ at: String) throws {
        func violated(_ what: String) -> Violation { Violation(description: "\(at): \(what)") }
        let size = record.head.size
        guard size >= known.acknowledged else {
            throw violated("\(known.acknowledged) lines were acknowledged, \(size) are there")
        }
        guard size <= known.possible, let maker = makers[size], record.head == maker.head else {
            throw violated("\(size) lines are there, which no batch gives (\(known.acknowledged), \(known.possible))")
        }
        var next = 0
        try record.replay(from: 0) { stored in
            guard next < maker.made.count, stored.bytes == maker.made[next].bytes else {
                throw violated("line \(next) is another one")
            }
            try compare(stored, maker.made[next].parts, known, at)
            next += 1
        }
        guard next == maker.made.count else { throw violated("\(next) lines were read of \(size)") }
        if let last = maker.made.last, let key = last.request {
            guard try record.find(requests: [key])[key] == last.seq else {
                throw violated("the request of line \(last.seq) is forgotten")
            }
        }
        guard try record.signedHead().size <= known.signed else { throw violated("a head is signed that was not") }
        let findings = try record.integrityFindings()
        guard findings.isEmpty else { throw violated("SQLite: \(findings)") }
        // It goes on.
        var further = maker
        guard try record.append(try further.batch(2), after: record.head) == further.head else {
            throw violated("the next append gave another head")
        }
    }

    private func compare(_ stored: StoredLine, _ made: [[UInt8]], _ known: Known, _ at: String) throws {
        let gone = erasures.prefix(known.ended).joined().filter { $0.seq == stored.seq }.map(\.index)
        let going = erasures.prefix(known.begun).joined().filter { $0.seq == stored.seq }.map(\.index)
        for (index, part) in made.enumerated() {
            let found = stored.parts.indices.contains(index) ? stored.parts[index] : []
            let isRight =
                gone.contains(index) ? found.isEmpty : found == part || (going.contains(index) && found.isEmpty)
            guard isRight else {
                throw Violation(description: "\(at): part \(index) of line \(stored.seq) is not what it should be")
            }
        }
    }
}

// MARK: - Destroying

extension RecordLife {
    /// Lets a record with a long write-ahead log destroy a part, and looks at all that stops near the end of it may leave.
    ///
    /// - Throws: ``Violation``.
    static func runErasing(_ seed: UInt64) throws {
        var life = try RecordLife(seed)
        for moment in try life.erase().suffix(8) {
            for survival in StorageState.Survival.allCases {
                for _ in 0..<3 { try life.look(at: moment, survival) }
            }
        }
    }

    private mutating func erase() throws -> [CrashStorage.Moment] {
        let storage = try CrashStorage(scratch.path("record"), holding: try Self.empty.get(), seed: dice.next())
        defer { storage.detach() }
        let record = try SQLiteRecord.open(in: scratch.path("record"))
        var maker = LineMaker(seed: dice.next())
        for _ in 0..<12 { _ = try record.append(try maker.batch(2, partBytes: 60_000), after: record.head) }
        makers[maker.size] = maker
        erasures.append([PartPlace(seq: UInt64(dice.below(Int(maker.size))), index: 0)])
        storage.note([maker.size, maker.size, 0, 1, 0])
        storage.keepMoments(before: Set(0..<2_000))
        try record.erase(erasures[0])
        let moments = storage.takeMoments()
        try record.close()
        return moments
    }
}

// MARK: - Going round

extension RecordLife {
    /// Lets a record write more than its journal has room for, and looks at what some stops on the way leave of it.
    ///
    /// - Throws: ``Violation``.
    static func runRound(_ seed: UInt64, mistake: CrashStorage.Mistake? = nil) throws {
        try look(seed) { life in try life.goRound(calls: 8_000, stops: 20, mistake) }
    }

    private mutating func goRound(
        calls: Int,
        stops: Int,
        _ mistake: CrashStorage.Mistake?
    ) throws -> [CrashStorage.Moment] {
        let storage = try disk(mistake)
        defer { storage.detach() }
        let record = try SQLiteRecord.open(in: scratch.path("record"))
        var maker = LineMaker(seed: dice.next())
        makers[0] = maker
        storage.note([0, 0, 0, 0, 0])
        storage.keepMoments(before: Set((0..<calls).shuffled(using: &dice).prefix(stops)))
        var bytes = 0
        while storage.calls < calls {
            let acknowledged = maker.size
            let partBytes = dice.oneIn(2) ? 60_000 : 4_000
            let batch = try maker.batch(1 + dice.below(4), partBytes: partBytes)
            bytes += batch.count * 2 * partBytes
            makers[maker.size] = maker
            storage.note([acknowledged, maker.size, 0, 0, 0])
            _ = try record.append(batch, after: record.head)
            storage.note([maker.size, maker.size, 0, 0, 0])
            if dice.oneIn(8) { record.ledger.withLock { $0.pages = 1 << 20 } }
        }
        guard bytes > Journal.length else { throw Violation(description: "seed \(seed): the journal did not go round") }
        try record.close()
        return storage.takeMoments()
    }
}

// MARK: - Failing

extension RecordLife {
    /// A short life in which one call, or all from it on, go wrong; then the power fails.
    ///
    /// - Returns: Whether there were so many calls.
    /// - Throws: ``Violation``.
    static func runFailing(_ kind: CrashStorage.Fault.Kind, at number: Int, count: Int, seed: UInt64) throws -> Bool {
        var life = try RecordLife(seed &+ UInt64(number))
        return try life.fail(kind, at: number, count: count)
    }

    private mutating func fail(_ kind: CrashStorage.Fault.Kind, at number: Int, count: Int) throws -> Bool {
        let at = "\(kind) at call \(number), \(count) times, seed \(seed)"
        func violated(_ what: String) -> Violation { Violation(description: "\(at): \(what)") }
        let storage = try CrashStorage(scratch.path("record"), holding: try Self.empty.get(), seed: seed)
        let record = try SQLiteRecord.open(in: scratch.path("record"))
        storage.set(CrashStorage.Fault(kind, after: number, count: count))
        let before = storage.calls
        var maker = LineMaker(seed: seed)
        makers[0] = maker
        var possible: UInt64 = 0
        var signed: UInt64 = 0
        for step in 0..<12 {
            var next = maker
            let batch = try next.batch(step == 5 ? 9 : 1, partBytes: step == 7 ? 9_000 : 40)
            let wasLatched = record.latched != nil
            // What was tried first after the last success is what may be found of it.
            if !wasLatched { makers[next.size] = next }
            switch Result(catching: { () throws(RecordFault) in try record.append(batch, after: record.head) }) {
            case .success(let head):
                guard !wasLatched else { throw violated("an append after the record was closed to appends") }
                guard head == next.head else { throw violated("an append gave another head") }
                maker = next
                possible = maker.size
            case .failure(let fault):
                guard record.head == maker.head else { throw violated("what failed changed the head") }
                if !fault.isRecoverable {
                    guard record.latched != nil else { throw violated("\(fault) did not end appends") }
                    if !wasLatched { possible = max(possible, next.size) }
                }
            }
            switch step {
            case 3, 8:
                guard let from = try? record.signedHead(), record.latched == nil,
                    let to = try? record.verifyCommitted(after: from, upTo: record.head)
                else { continue }
                signed = to.size
                guard (try? record.advanceSignedHead(from: from, to: to)) != nil else { continue }
                try? record.store(checkpoint: "note", size: to.size)
            case 6: record.ledger.withLock { $0.pages = 1 << 20 }
            case 10: try? record.confirm()
            default: continue
            }
        }
        let calls = storage.calls - before
        var acknowledged = maker.size
        storage.set(nil)
        var state = storage.state
        storage.detach()
        try? record.close()
        if dice.oneIn(2) {
            do {
                (state, acknowledged) = try startAgain(state)
            } catch let fault as RecordFault {
                throw violated("started again: \(fault)")
            }
            guard (maker.size...possible).contains(acknowledged) else {
                throw violated("started again, \(acknowledged) lines are there (\(maker.size), \(possible))")
            }
            possible = acknowledged
        }
        for survival in StorageState.Survival.allCases.shuffled(using: &dice).prefix(2) {
            let moment = CrashStorage.Moment(call: number, state: state, mark: [acknowledged, possible, signed, 0, 0])
            do {
                try look(at: moment, survival)
            } catch let violation as Violation {
                throw violated(violation.description)
            }
        }
        return calls > number
    }

    /// Starts again after the process was killed, on a machine that goes on: what a failed sync has lost is read from memory still.
    ///
    /// - Returns: The disk, and how many lines were shown: they count as acknowledged.
    private mutating func startAgain(_ state: StorageState) throws -> (StorageState, UInt64) {
        let folder = scratch.path("started")
        let storage = try CrashStorage(folder, goingOnFrom: state, seed: dice.next())
        defer { storage.detach() }
        let record = try SQLiteRecord.open(in: folder)
        let left = (storage.state, record.head.size)
        storage.detach()
        try? record.close()
        return left
    }
}
