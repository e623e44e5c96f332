package import Casework
package import Cryptography
package import Deconfliction
package import RecordStore
import Synchronization
package import TransparencyLog
package import Varlink

/// Everything that is not decision: time, chance, storage, the wire and the other queues, handed in, so that the sequencer can
/// run under a seeded simulation.
package struct Surroundings: Sendable {
    /// Milliseconds since the UNIX epoch.
    package var clock: @Sendable () -> Int64
    /// Milliseconds on a clock that nobody sets: how long something lasts is measured with it.
    package var uptime: @Sendable () -> Int64
    /// Has the sequencer woken once the clock reads so many milliseconds; nil: not at all.
    ///
    /// The last word counts.
    package var setAlarm: @Sendable (Int64?) -> Void
    package var chance: Chance
    package var send: @Sendable ([(CallID, Reply)]) -> Void
    package var close: @Sendable (ConnectionID) -> Void
    /// Writes a batch after a head; the answer comes when it is durable.
    package var write:
        @Sendable ([RecordLine], RecordHead, @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void) -> Void
    /// Calls back once the writer has done what was given to it before.
    package var afterWriting: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Has work done on a queue beside the sequencer's own.
    ///
    /// What is put on that of the views after a projection sees it.
    package var on: @Sendable (WorkQueue, @escaping @Sendable () -> Void) -> Void
    /// Reads back, proves and signs what came after the last signed head.
    package var sign: @Sendable (RecordHead, @escaping @Sendable (Result<StoredCheckpoint, any Error>) -> Void) -> Void
    /// Destroys the texts that an approval names; while nothing is being written.
    package var erase: @Sendable (PendingPurge, @escaping @Sendable (Result<Void, any Error>) -> Void) -> Void
    /// Copies what a checkpoint covers into the folders of backups; nil where none are configured.
    package var backUp:
        (
            @Sendable (StoredCheckpoint, @escaping @Sendable (Result<BackupMaking.Made, any Error>) -> Void) -> Void
        )? = nil
    /// State, chain and heads as the record has them.
    package var reload: @Sendable () throws -> Recovered
    /// The log's public key as a C2SP vkey.
    package var logKey: String
    /// Signs the list of an export's digests in the log's name (``SignedSums``).
    package var signSums: @Sendable (Digest) throws -> [UInt8]
    package var facts: DaemonFacts
    /// Of the file system of the state folder, in bytes; nil if it cannot be told.
    package var disk: @Sendable () -> (left: Int64, size: Int64)?
    /// Read away from the sequencer's queue.
    package var hostFigures: @Sendable () -> HostFigures
    /// Cosigned checkpoints; nil where there are none to keep.
    package var witnesses: WitnessedNotes?
    /// The key of the index of targets.
    package var pepper: Pepper
    /// Which bodies deal with what is written to oversight.
    package var routing = RoutingTable.empty
    /// Gives a hook an event; the answer says how it ended.
    package var runHook: @Sendable (Hook, [UInt8], @escaping @Sendable (HookEnding) -> Void) -> Void = { _, _, _ in }
    /// Keeps what a restart has to know of hooks; the answer says what went wrong, if so.
    package var keepHooks: @Sendable ([UInt8], @escaping @Sendable (String?) -> Void) -> Void = { _, _ in }
}

/// The queues beside the sequencer's own: nobody who asks for something short waits for what takes others long.
package enum WorkQueue: CaseIterable, Sendable {
    /// Projections, lists and proofs, in order.
    case views
    /// What watches and hooks that are behind are told of: however many come back at once, nobody's list waits for them.
    case pages
    /// Long readings in short steps, in order: whoever else waits has his turn between.
    case audit
    /// The whole record looked at again, in one go where it is verified.
    case verification
    /// The files of exports, each made in one go.
    case exports
    /// What takes no time and needs no order, on all processors: signatures, figures of the machine.
    case unordered
}

/// Chance, so that a test can know what comes.
package struct Chance: Sendable {
    /// So many random bytes.
    package var bytes: @Sendable (Int) throws -> [UInt8]
    /// 32 random bytes for one part.
    package var salt: @Sendable () throws -> [UInt8]

    /// libcrypto's generator.
    package static let libcrypto: Chance = {
        let store = SaltStore()
        return Chance(bytes: { try SecureRandom.bytes($0) }, salt: { try store.next() })
    }()

    package func nonce() throws -> Nonce {
        guard let nonce = Nonce(bytes: try bytes(16)) else { throw LineFault(.size) }
        return nonce
    }
}

/// Salts from a store that is filled some at a time: one for each part would cost a call into the generator.
private final class SaltStore: Sendable {
    private let store = Mutex(RandomStore())

    func next() throws -> [UInt8] { try store.withLock { try $0.salt() } }
}

/// Bounds of the sequencer.
package struct SequencerSettings: Sendable {
    package var batchLimit: Int
    package var sessionIdleMilliseconds: Int64
    /// After so many lines the state is kept, so that a start after a crash replays no more: half a second's worth.
    package var linesPerSnapshot: UInt64

    package init(batchLimit: Int, sessionIdleMilliseconds: Int64, linesPerSnapshot: UInt64 = 50_000) {
        self.batchLimit = max(1, batchLimit)
        self.sessionIdleMilliseconds = sessionIdleMilliseconds
        self.linesPerSnapshot = max(1, linesPerSnapshot)
    }
}

/// What the daemon knows of itself.
package struct DaemonFacts: Sendable {
    package var version: String
    package var pid: Int32
    /// The daemon's own user.
    package var uid: UInt32
    /// Milliseconds since the UNIX epoch.
    package var startedAt: Int64

    package init(version: String, pid: Int32, uid: UInt32, startedAt: Int64) {
        self.version = version
        self.pid = pid
        self.uid = uid
        self.startedAt = startedAt
    }
}
