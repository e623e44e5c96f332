import AccordInterface
import CaseViews
import Casework
import Cryptography
import Deconfliction
import Dispatch
import Logging
import Policy
import QueueRuntime
import RecordStore
import StrictJSON
import TestSupport
import TransparencyLog

@testable import Coordination
@testable import Varlink

/// One life of a daemon, from its start to its stop: all of it is real but what ``Stage`` stands for, the sockets, and the
/// disk beneath the record (``CrashStorage``).
final class SimulatedDaemon {
    let storage: CrashStorage
    let shelf: Shelf
    let stage: Stage
    private let sequencer: Sequencer
    private let executor = QueueExecutor(label: "simulation")
    let head: RecordHead
    /// The state that it began with.
    let recovered: [UInt8]

    /// Opens what lies in a folder as `accordd run` does.
    init(
        _ folder: String,
        _ image: StorageImage,
        _ stage: Stage,
        seed: UInt64,
        batchLimit: Int,
        plant: Stage.Plant?
    ) throws {
        var mistake: CrashStorage.Mistake?
        if case .storage(let planted) = plant { mistake = planted }
        storage = try CrashStorage(folder, holding: image, seed: seed, mistake: mistake)
        self.stage = stage
        let record = try SQLiteRecord.open(in: folder + "/record", sealing: Bench.sealing)
        shelf = Shelf(
            record: record,
            views: try CaseViews(path: folder + "/views.db", marking: RowMarking(record))
        )
        guard let signer = Bench.signer else { throw Bench.Broken(message: "no signer") }
        let recovery = Recovery(origin: Bench.origin)
        let signing = CheckpointSigning(key: LogKey(signer: signer), record: record)
        let recovered = try recovery.recover(shelf)
        head = recovered.head
        self.recovered = recovered.state.encode()
        sequencer = Sequencer(
            Sequencer.Beginning(
                executor: executor,
                shelf: shelf,
                surroundings: stage.surroundings(shelf, recovery, signing, storage: storage, plant: plant),
                settings: SequencerSettings(
                    batchLimit: batchLimit,
                    sessionIdleMilliseconds: 1_800_000,
                    linesPerSnapshot: 20
                ),
                logger: Logger(label: "simulation") {
                    Simulation.isTraced
                        ? StreamLogHandler.standardError(label: $0) as any LogHandler : SwiftLogNoOpLogHandler()
                },
                state: recovered.state,
                composer: recovered.composer,
                head: recovered.head,
                caseHeads: recovered.caseHeads,
                kept: recovered.head.size - recovered.replayed,
                checkpoint: try signing.newest()
            )
        )
        post(.record(.started(version: "simulation")))
        let lost = record.report.unconfirmedLost
        if lost > 0 { post(.record(.recovered(lostUnconfirmed: lost))) }
    }

    /// Leaves something in the mailbox, and lets the sequencer do all that follows from it by itself.
    func post(_ item: Sequencer.Item) {
        sequencer.post(item)
        settle()
    }

    private func settle() { executor.queue.sync {} }

    /// Does the oldest piece of a queue's work, if there is any.
    func work(_ queue: Stage.Queue) {
        stage.next(queue)?()
        settle()
    }

    /// The state in memory.
    var state: [UInt8] { executor.queue.sync { sequencer.assumeIsolated { $0.state.encode() } } }

    var isLatched: Bool { executor.queue.sync { sequencer.assumeIsolated { $0.isLatched } } }

    var isRunning: Bool { executor.queue.sync { sequencer.assumeIsolated { $0.mode == .running } } }

    /// What the disk holds once the daemon is gone.
    func stop(_ survival: StorageState.Survival, _ dice: inout SplitMix64) -> StorageImage {
        stage.with { $0.work = [:] }
        let image = storage.state.found(survival, &dice)
        storage.detach()
        try? shelf.record.close()
        return image
    }
}

/// The daemon's end of the connections, the socket server without its sockets: bytes in, calls; replies, bytes out.
struct SimulatedWire {
    struct Line {
        var machine: ConnectionMachine
        let peer: Peer
        var isClosing = false
    }

    static let catalogue = Result {
        try Catalogue(
            ServiceDescription(vendor: "Accord", product: "accordd", version: "0", url: "https://accord.example.org"),
            texts: Interfaces.texts
        )
    }

    /// Small enough to be reached: a peer that does not read holds its stream up.
    static let limits: ServerLimits = {
        var limits = ServerLimits()
        (limits.lowWater, limits.highWater) = (512, 4_096)
        return limits
    }()

    private(set) var lines: [UInt64: Line] = [:]
    private var lastNumber: UInt64 = 0

    /// What the daemon is to be told.
    enum Arrival {
        case opened(ConnectionID, Peer)
        case closed(ConnectionID)
        case call(Call)
        case drained(CallID)
    }

    var arrivals: [Arrival] = []

    mutating func connect(_ peer: Peer) -> UInt64 {
        lastNumber += 1
        lines[lastNumber] = Line(machine: ConnectionMachine(limits: Self.limits), peer: peer)
        arrivals.append(.opened(ConnectionID(number: lastNumber), peer))
        return lastNumber
    }

    /// Bytes come from a peer, cut anywhere.
    mutating func receive(_ bytes: ArraySlice<UInt8>, on number: UInt64) throws {
        unsafe bytes.withUnsafeBytes { unsafe lines[number]?.machine.input.append($0) }
        try pump(number)
    }

    private mutating func pump(_ number: UInt64) throws {
        while lines[number] != nil {
            switch lines[number]?.machine.next({ CallRouter.isDecidedInOrder($0.method, $0.parameters) }) {
            case .call(let message, let call):
                try begin(message, CallID(connection: ConnectionID(number: number), number: call))
            case .violation:
                lines[number]?.machine.beginDraining()
                lines[number]?.isClosing = true
                return
            case .wait, .finished, nil: return
            }
        }
    }

    private mutating func begin(_ message: CallMessage, _ call: CallID) throws {
        let number = call.connection.number
        guard case .method(let interface, let method) = try Self.catalogue.get().target(of: message.method) else {
            throw Bench.Broken(message: "there is no \(message.method)")
        }
        if let path = interface.firstMismatch(of: message.parameters, with: method.input) {
            throw Bench.Broken(message: "\(message.method) has no such \(path)")
        }
        guard let peer = lines[number]?.peer else { return }
        arrivals.append(
            .call(
                Call(
                    id: call,
                    interface: interface.name,
                    method: method.name,
                    parameters: message.parameters,
                    wantsMore: message.wantsMore,
                    isOneway: message.isOneway,
                    peer: peer
                )
            )
        )
    }

    mutating func deliver(_ reply: Reply, to call: CallID) throws {
        let number = call.connection.number
        switch lines[number]?.machine.answer(call.number, reply) {
        case .over, .refused: try pump(number)
        case .closes: lines[number]?.isClosing = true
        default: return
        }
    }

    /// A peer takes so many bytes of what waits for it.
    mutating func take(_ count: Int, from number: UInt64) throws -> [UInt8] {
        guard let waiting = lines[number]?.machine.output.count, waiting > 0 else { return [] }
        let bytes = unsafe lines[number]?.machine.output.withUnwritten { unsafe Array($0.prefix(count)) } ?? []
        lines[number]?.machine.output.consume(bytes.count)
        try flushed(number)
        return bytes
    }

    /// What follows when something was written: a stream may go on, a call that waited for room may begin.
    mutating func flushed(_ number: UInt64) throws {
        guard let line = lines[number] else { return }
        if line.isClosing, line.machine.output.isEmpty { return close(number) }
        if let call = lines[number]?.machine.takesDrain() {
            arrivals.append(.drained(CallID(connection: ConnectionID(number: number), number: call)))
        }
        try pump(number)
    }

    /// One end is closed: what is queued is lost, and so is what was not whole yet.
    mutating func close(_ number: UInt64) {
        guard lines.removeValue(forKey: number) != nil else { return }
        arrivals.append(.closed(ConnectionID(number: number)))
    }

    /// No connection is left, and numbers go on.
    var emptied: SimulatedWire {
        var wire = SimulatedWire()
        wire.lastNumber = lastNumber
        return wire
    }

    func waiting(for number: UInt64) -> Int { lines[number]?.machine.output.count ?? 0 }
}
