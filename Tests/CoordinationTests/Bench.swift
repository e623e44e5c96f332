import CaseViews
import Casework
import Cryptography
import Deconfliction
import Foundation
import Logging
import Policy
import QueueRuntime
import RecordStore
import StrictJSON
import Synchronization
import TestSupport
import TransparencyLog
import Varlink

@testable import Coordination

/// A sequencer with everything around it in the test's hands: its clock, its chance, the wire, and when a batch is
/// written.
///
/// Only the record and the views are real files. Nothing happens between two calls of a test, so that each run is the
/// same.
final class Bench: Sendable {
    /// A batch that waits to be written.
    struct Write: Sendable {
        let lines: [RecordLine]
        let head: RecordHead
        let completion: @Sendable (Result<RecordHead, RecordFault>) -> Void
    }

    /// What a hook was given, and where to say how it ended.
    struct Hooked: Sendable {
        let name: String
        let event: [UInt8]
        let completion: @Sendable (HookEnding) -> Void
    }

    struct Held: Sendable {
        var now: Int64 = 1_930_298_400_000
        var chance: SplitMix64
        var writes: [Write] = []
        /// What is to be told once nothing is being written.
        var afterWrites: [@Sendable () -> Void] = []
        var sent: [CallID: [Reply]] = [:]
        /// How many lines were durable when each reply left.
        var durableAtReply: [CallID: [UInt64]] = [:]
        var closed: Set<ConnectionID> = []
        var connections: UInt64 = 0
        var calls: UInt64 = 0
        var peers: [ConnectionID: Peer] = [:]
        /// Work for queues beside the sequencer's own, while it is held back.
        var work: [WorkQueue: [@Sendable () -> Void]] = [:]
        var disk: (left: Int64, size: Int64)?
        /// What the alarm was set to, the newest last.
        var alarms: [Int64?] = []
        /// What hooks were given, and how they end: at once, or when the test says so.
        var hooked: [Hooked] = []
        var hooksEnd: HookEnding? = .delivered
        /// What was kept of hooks last.
        var ledger: [UInt8] = []

        mutating func takeOldest(_ queue: WorkQueue) -> (@Sendable () -> Void)? {
            work[queue]?.isEmpty == false ? work[queue]?.removeFirst() : nil
        }
    }

    static let origin = "accord.example.org/bench"
    static let uids: [String: UInt32] = [
        "admin.ops": 1_001, "lead.fib": 1_002, "agent.fib1": 1_003, "liaison.spo": 1_004, "agent.mpd1": 1_005,
        "liaison.mpd": 1_006, "auditor.rob": 1_007, "agent.tcp1": 1_008, "nobody": 1_099,
    ]

    let folder: ScratchFolder
    let shelf: Shelf
    let sequencer: Sequencer
    let logKey: VerifierKey
    private let signer: NoteSigner
    let witnesses: WitnessedNotes
    let recovery = Recovery(origin: Bench.origin)
    private let executor = QueueExecutor(label: "bench")
    private let held: Mutex<Held>

    init(
        seed: UInt64 = 1,
        batchLimit: Int = 256,
        linesPerSnapshot: UInt64 = 50_000,
        policy: WitnessPolicy? = nil,
        after earlier: Bench? = nil,
        hooks: [Hook] = [],
        hookLimits: HookLimits = HookLimits()
    ) throws {
        folder = try earlier?.folder ?? ScratchFolder("bench")
        let shelf = try earlier?.shelf ?? Self.shelf(in: folder)
        let record = shelf.record
        self.shelf = shelf
        var beginning = Held(chance: SplitMix64(seed: seed))
        if let earlier { beginning.now = earlier.now }
        held = Mutex(beginning)
        let weak = Back()
        guard let signer = earlier?.signer ?? Self.signer else { throw Broken(message: "no signer") }
        let signing = CheckpointSigning(key: LogKey(signer: signer), record: record)
        let witnesses = try WitnessedNotes(
            folder: folder.path("witnessed"),
            logKey: signer.verifierKey,
            policy: policy
        )
        (logKey, self.witnesses, self.signer) = (signer.verifierKey, witnesses, signer)
        if earlier == nil { try Self.found(record, seed: seed) }
        let recovered = try recovery.recover(shelf)
        let recovery = recovery
        sequencer = Sequencer(
            Sequencer.Beginning(
                executor: executor,
                shelf: shelf,
                surroundings: Surroundings(
                    clock: { weak.bench.held.withLock { $0.now } },
                    uptime: { weak.bench.held.withLock { $0.now } },
                    setAlarm: { time in weak.bench.held.withLock { $0.alarms.append(time) } },
                    chance: Chance(
                        bytes: { count in weak.bench.held.withLock { $0.chance.bytes(count) } },
                        salt: { weak.bench.held.withLock { $0.chance.bytes(32) } }
                    ),
                    send: { weak.bench.note($0) },
                    close: { connection in _ = weak.bench.held.withLock { $0.closed.insert(connection) } },
                    write: { lines, head, completion in
                        weak.bench.held.withLock {
                            $0.writes.append(Write(lines: lines, head: head, completion: completion))
                        }
                    },
                    afterWriting: { weak.bench.afterWriting($0) },
                    on: { weak.bench.on($0, $1) },
                    sign: { head, completion in completion(Result { try signing.sign(upTo: head) }) },
                    erase: { purge, completion in completion(Result { try Erasure(purge).run(on: shelf.record) }) },
                    reload: { try recovery.recover(shelf, feedsViews: false) },
                    logKey: signer.verifierKey.text,
                    signSums: { try SignedSums.note(digest: $0, by: signer) },
                    facts: DaemonFacts(version: "bench", pid: 1, uid: 999, startedAt: 0),
                    disk: { weak.bench.held.withLock { $0.disk } },
                    hostFigures: { HostFigures(disk: nil, wire: ServerStatistics(), residentBytes: 0) },
                    witnesses: witnesses,
                    pepper: Pepper.forBench,
                    runHook: { weak.bench.run($0, $1, $2) },
                    keepHooks: { ledger, completion in
                        weak.bench.held.withLock { $0.ledger = ledger }
                        completion(nil)
                    }
                ),
                settings: SequencerSettings(
                    batchLimit: batchLimit,
                    sessionIdleMilliseconds: 1_800_000,
                    linesPerSnapshot: linesPerSnapshot
                ),
                logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }),
                state: recovered.state,
                composer: recovered.composer,
                head: recovered.head,
                caseHeads: recovered.caseHeads,
                kept: recovered.head.size - recovered.replayed,
                checkpoint: try signing.sign(upTo: record.head),
                hooks: HookDesk(
                    hooks,
                    limits: hookLimits,
                    ledger: try earlier.map { $0.ledger.isEmpty ? HookLedger() : try HookLedger($0.ledger) }
                        ?? HookLedger(),
                    size: recovered.head.size
                )
            )
        )
        weak.hold(self)
    }

    /// The log's key, the same in every run.
    static var signer: NoteSigner? {
        Ed25519PrivateKey(seed: [UInt8](repeating: 5, count: 32)).flatMap { NoteSigner(name: origin, privateKey: $0) }
    }

    /// What its record is sealed with, the same in every run.
    static var sealing: Sealing {
        guard let key = SecretKey(bytes: [UInt8](repeating: 6, count: SecretKey.byteCount)) else {
            fatalError("no key")
        }
        return Sealing(log: origin, key: key)
    }

    private static func shelf(in folder: ScratchFolder) throws -> Shelf {
        let record = try SQLiteRecord.create(in: folder.path("record"), sealing: sealing)
        return Shelf(
            record: record,
            views: try CaseViews(path: folder.path("views.db"), marking: RowMarking(record))
        )
    }

    /// The way back from the surroundings, without keeping the bench alive.
    private final class Back: Sendable {
        private struct Reference: Sendable { weak var bench: Bench? }
        private let reference = Mutex(Reference())

        func hold(_ bench: Bench) { reference.withLock { $0.bench = bench } }

        var bench: Bench {
            guard let bench = reference.withLock({ $0.bench }) else { fatalError("the bench is gone") }
            return bench
        }
    }

    struct Broken: Error { let message: String }
}

// MARK: - Calling

extension Bench {
    /// Everything that was left in the mailbox is done when this returns.
    func settle() { executor.queue.sync {} }

    func connect(_ name: String) -> ConnectionID {
        let peer = Peer(uid: Self.uids[name] ?? 1, gid: 1)
        let connection = held.withLock { held in
            held.connections += 1
            let id = ConnectionID(number: held.connections)
            held.peers[id] = peer
            return id
        }
        post(.opened(connection, peer))
        return connection
    }

    func post(_ item: Sequencer.Item) {
        sequencer.post(item)
        settle()
    }

    /// Leaves a call, such as `Entry.Record`, and waits until it was looked at; it is answered when its batch is written.
    @discardableResult
    func call(
        _ connection: ConnectionID,
        _ method: String,
        _ parameters: JSONObject = [:],
        more: Bool = false
    ) -> CallID {
        let (number, peer) = held.withLock { held in
            held.calls += 1
            return (held.calls, held.peers[connection] ?? Peer(uid: 1, gid: 1))
        }
        let words = method.split(separator: ".").map(String.init)
        let call = Call(
            id: CallID(connection: connection, number: number),
            interface: "io.accord.\(words[0])",
            method: words[1],
            parameters: parameters,
            wantsMore: more,
            peer: peer
        )
        post(.call(call, CallRouter.question(call)))
        return call.id
    }

    /// Calls and writes what comes of it.
    func answer(
        _ connection: ConnectionID,
        _ method: String,
        _ parameters: JSONObject = [:],
        more: Bool = false
    ) throws -> Answer {
        let id = call(connection, method, parameters, more: more)
        try writeAll()
        guard let answer = answers(to: id).last else { throw Broken(message: "\(method) was not answered") }
        return answer
    }

    @discardableResult
    func must(
        _ connection: ConnectionID,
        _ method: String,
        _ parameters: JSONObject = [:],
        more: Bool = false
    ) throws -> Answer {
        let answer = try answer(connection, method, parameters, more: more)
        if let error = answer.error { throw Broken(message: "\(method): \(error) \(answer.code ?? "")") }
        return answer
    }

    /// The peer has taken what it was sent.
    func drain(_ call: CallID) { post(.drained(call)) }

    /// The peer takes all that it is sent, as it comes.
    func drainAll(_ call: CallID) {
        var taken = 0
        while case let sent = answers(to: call), sent.count > taken, sent.last?.isLast == false {
            taken = sent.count
            drain(call)
        }
    }

    func answers(to call: CallID) -> [Answer] { (held.withLock { $0.sent[call] } ?? []).map(Answer.init) }

    func durableWhenAnswered(_ call: CallID) -> [UInt64] { held.withLock { $0.durableAtReply[call] } ?? [] }

    var closed: Set<ConnectionID> { held.withLock { $0.closed } }

    /// Milliseconds since the UNIX epoch.
    var now: Int64 { held.withLock { $0.now } }

    func setDisk(left: Int64, size: Int64) { held.withLock { $0.disk = (left, size) } }

    func pass(_ milliseconds: Int64) { held.withLock { $0.now += milliseconds } }

    /// Time passes in which these look in every eighty days, so that none of their accounts is disabled.
    func pass(days: Int64, atWork names: some Sequence<String>) throws {
        for day in stride(from: Int64(0), to: days, by: 80) {
            for name in names { _ = call(connect(name), "Registry.ListAgencies", more: true) }
            try writeAll()
            pass(min(80, days - day) * 86_400_000)
        }
    }

    var alarms: [Int64?] { held.withLock { $0.alarms } }

    /// The clock comes to where the alarm was set, and it rings.
    func ring() throws {
        guard let time = alarms.last ?? nil else { throw Broken(message: "no alarm is set") }
        held.withLock { $0.now = max($0.now, time) }
        post(.alarm)
        try writeAll()
    }

    var hooked: [Hooked] { held.withLock { $0.hooked } }

    var ledger: [UInt8] { held.withLock { $0.ledger } }

    /// Says how hooks end from now on; nil: when the test says so.
    func endHooks(_ ending: HookEnding?) { held.withLock { $0.hooksEnd = ending } }

    private func run(_ hook: Hook, _ event: [UInt8], _ completion: @escaping @Sendable (HookEnding) -> Void) {
        let ending = held.withLock { held in
            held.hooked.append(Hooked(name: hook.name, event: event, completion: completion))
            return held.hooksEnd
        }
        if let ending { completion(ending) }
    }

    private func note(_ replies: [(CallID, Reply)]) {
        let size = shelf.record.head.size
        held.withLock { held in
            for (call, reply) in replies {
                held.sent[call, default: []].append(reply)
                held.durableAtReply[call, default: []].append(size)
            }
        }
    }
}

// MARK: - Writing

extension Bench {
    var heldWrites: Int { held.withLock { $0.writes.count } }

    private func next() throws -> Write {
        guard let write = held.withLock({ $0.writes.isEmpty ? nil : $0.writes.removeFirst() }) else {
            throw Broken(message: "nothing waits to be written")
        }
        return write
    }

    /// Writes the oldest batch that waits, durably.
    func write() throws {
        let write = try next()
        let head = try shelf.record.append(write.lines, after: write.head)
        write.completion(.success(head))
        settle()
        guard heldWrites == 0 else { return }
        let waiting = held.withLock { held in
            defer { held.afterWrites = [] }
            return held.afterWrites
        }
        for tell in waiting { tell() }
    }

    private func afterWriting(_ tell: @escaping @Sendable () -> Void) {
        let isWriting = held.withLock { held in
            if !held.writes.isEmpty { held.afterWrites.append(tell) }
            return !held.writes.isEmpty
        }
        if !isWriting { tell() }
    }

    func writeAll() throws { while heldWrites > 0 { try write() } }

    /// Lets the oldest batch fail, with nothing written.
    func fail(_ code: RecordFault.Code) throws {
        try next().completion(.failure(RecordFault(code, "as the test wants it")))
        settle()
    }

    func hold(_ queue: WorkQueue) { held.withLock { $0.work[queue] = [] } }

    /// Does a queue's work that was held back, in its order or, where that has none, the other way round.
    func run(_ queue: WorkQueue, newestFirst: Bool = false) {
        while let work = held.withLock({ held in newestFirst ? held.work[queue]?.popLast() : held.takeOldest(queue) }) {
            work()
            settle()
        }
    }

    private func on(_ queue: WorkQueue, _ work: @escaping @Sendable () -> Void) {
        let isHeld = held.withLock { held in
            held.work[queue]?.append(work)
            return held.work[queue] != nil
        }
        if !isHeld { work() }
    }
}

// MARK: - Looking

extension Bench {
    func inside<Value: Sendable>(_ look: @Sendable (isolated Sequencer) -> Value) -> Value {
        executor.queue.sync { sequencer.assumeIsolated { look($0) } }
    }

    /// The state in memory is the one that the record gives.
    func isAsRecorded() throws -> Bool {
        let again = try recovery.recover(shelf).state.encode()
        return inside { $0.state.encode() } == again
    }

    func lines() throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        try shelf.record.replay(from: 0) { events.append(try RecordedEvent(parsing: $0)) }
        return events
    }
}

/// A reply, read back.
struct Answer: Sendable {
    let error: String?
    let isLast: Bool
    let parameters: JSONObject

    init(_ reply: Reply) {
        switch reply {
        case .final(let object): (error, isLast, parameters) = (nil, true, object)
        case .more(let object): (error, isLast, parameters) = (nil, false, object)
        case .failure(let name, let object): (error, isLast, parameters) = (name, true, object)
        case .encodedFinal(let bytes): (error, isLast, parameters) = (nil, true, Self.object(bytes))
        case .encodedMore(let bytes): (error, isLast, parameters) = (nil, false, Self.object(bytes))
        default: (error, isLast, parameters) = ("close", true, [:])
        }
    }

    private static func object(_ bytes: [UInt8]) -> JSONObject {
        (try? JSONValue(parsing: bytes[...], limits: JSONLimits(maximumBytes: 1 << 24, maximumDepth: 16)))?.object
            ?? [:]
    }

    var code: String? { parameters["code"]?.string }
    var isUnavailable: Bool { error?.hasSuffix(".Unavailable") ?? false }
    var receipt: JSONObject? { parameters["receipt"]?.object }
    var leaf: String? { receipt?["leaf"]?.string }
    var isDuplicate: Bool? { receipt?["duplicate"]?.bool }
}

extension Pepper {
    /// The same in every run.
    static var forBench: Pepper {
        guard let pepper = Pepper(epoch: 1, key: [UInt8](repeating: 7, count: 32)) else { fatalError("no pepper") }
        return pepper
    }
}
