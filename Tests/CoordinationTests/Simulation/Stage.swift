import Casework
import Cryptography
import Deconfliction
import RecordStore
import StrictJSON
import Synchronization
import TestSupport
import TransparencyLog
import Varlink

@testable import Coordination

/// What a daemon's surroundings do for it in a simulation, which is nothing by themselves.
///
/// They note what it wants, and the simulation does that when its seed says so.
final class Stage: Sendable {
    /// The queues beside the sequencer's own; each does its work in order.
    enum Queue: Hashable, Sendable {
        case writer
        case beside(WorkQueue)

        static let all = [writer] + WorkQueue.allCases.map(beside)
    }

    /// What leaves the daemon, in order.
    enum Departure: Sendable {
        case replies([(CallID, Reply)])
        case close(ConnectionID)
    }

    /// A mistake of the daemon's, planted to see that it is found.
    enum Plant: Sendable {
        /// Its syncs do nothing, or come late.
        case storage(CrashStorage.Mistake)
        /// It says that a batch is durable before it was written.
        case answersEarly
        /// It does not keep by which request a line was asked for.
        case forgetsRequests
        /// It goes on telling a watcher whose case was closed to him.
        case tellsTheRevoked
        /// It tells a watcher of some entries only.
        case leavesOutEntries
    }

    struct Content: Sendable {
        /// Milliseconds since the UNIX epoch; may be set.
        var clock: Int64 = 1_930_298_400_000
        /// Milliseconds; only grows.
        var uptime: Int64 = 1_000_000
        var chance: SplitMix64
        var alarm: Int64?
        var work: [Queue: [@Sendable () -> Void]] = [:]
        var departures: [Departure] = []
        /// Batches that the daemon was told are durable, in order.
        var committed: [[RecordLine]] = []
        /// The batch that was handed over last, and whose outcome the daemon does not know yet.
        var underWay: [RecordLine] = []
    }

    private let content: Mutex<Content>

    init(seed: UInt64) { content = Mutex(Content(chance: SplitMix64(seed: seed))) }

    func with<Value: Sendable>(_ body: (inout Content) -> Value) -> Value { content.withLock { body(&$0) } }

    func add(_ queue: Queue, _ work: @escaping @Sendable () -> Void) {
        content.withLock { $0.work[queue, default: []].append(work) }
    }

    /// The oldest piece of a queue's work.
    func next(_ queue: Queue) -> (@Sendable () -> Void)? {
        content.withLock { content in
            guard let first = content.work[queue]?.first else { return nil }
            content.work[queue]?.removeFirst()
            return first
        }
    }

    var busy: [Queue] { content.withLock { content in Queue.all.filter { content.work[$0]?.isEmpty == false } } }

    func takeDepartures() -> [Departure] {
        content.withLock { content in
            defer { content.departures = [] }
            return content.departures
        }
    }

    func takeCommitted() -> [[RecordLine]] {
        content.withLock { content in
            defer { content.committed = [] }
            return content.committed
        }
    }
}

extension Stage {
    /// Surroundings for one daemon on this stage.
    func surroundings(
        _ shelf: Shelf,
        _ recovery: Recovery,
        _ signing: CheckpointSigning,
        storage: CrashStorage,
        plant: Plant?
    ) -> Surroundings {
        let record = shelf.record
        let early = Mutex(MerkleFrontier())
        var known = MerkleFrontier()
        if case .answersEarly = plant {
            try? record.replay(from: 0) { known.append(Digest.leaf($0.bytes)) }
            early.withLock { $0 = known }
        }
        return Surroundings(
            clock: { [self] in with { $0.clock } },
            uptime: { [self] in with { $0.uptime } },
            setAlarm: { [self] time in with { $0.alarm = time } },
            chance: Chance(
                bytes: { [self] count in with { $0.chance.bytes(count) } },
                salt: { [self] in with { $0.chance.bytes(32) } }
            ),
            send: { [self] replies in with { $0.departures.append(.replies(replies)) } },
            close: { [self] connection in with { $0.departures.append(.close(connection)) } },
            write: { [self] lines, head, completion in
                var lines = lines
                if case .forgetsRequests = plant { for index in lines.indices { lines[index].request = nil } }
                let written = lines
                with { $0.underWay = written }
                if case .answersEarly = plant, let last = written.last {
                    let promised = early.withLock { frontier in
                        for line in written { frontier.append(line.leaf) }
                        return RecordHead(
                            size: frontier.size,
                            root: frontier.root,
                            last: last.leaf,
                            time: last.recordedAt
                        )
                    }
                    with { $0.committed.append(written) }
                    completion(.success(promised))
                    return add(.writer) { _ = try? record.append(written, after: head) }
                }
                add(.writer) { [self] in
                    let result = Result { () throws(RecordFault) in try record.append(written, after: head) }
                    // The machine has stopped: nobody is told anything any more.
                    guard !storage.hasStopped else { return }
                    with { content in
                        switch result {
                        case .success:
                            content.underWay = []
                            content.committed.append(written)
                        // What became of it is not known before the next start.
                        case .failure(let fault): if fault.isRecoverable { content.underWay = [] }
                        }
                    }
                    completion(result)
                }
            },
            afterWriting: { [self] in add(.writer, $0) },
            on: { [self] queue, work in add(.beside(queue), work) },
            sign: { [self] head, completion in
                add(.writer) {
                    let result = Result { try signing.sign(upTo: head) }
                    if !storage.hasStopped { completion(result) }
                }
            },
            erase: { [self] purge, completion in
                add(.writer) {
                    let result = Result { _ = try Erasure(purge).run(on: record) }
                    if !storage.hasStopped { completion(result) }
                }
            },
            reload: { try recovery.recover(shelf, feedsViews: false) },
            logKey: signing.key.signer.verifierKey.text,
            signSums: { try SignedSums.note(digest: $0, by: signing.key.signer) },
            facts: DaemonFacts(version: "simulation", pid: 1, uid: 999, startedAt: 0),
            disk: { nil },
            hostFigures: { HostFigures(disk: nil, wire: ServerStatistics(), residentBytes: 0) },
            witnesses: nil,
            pepper: Pepper.forBench
        )
    }
}
