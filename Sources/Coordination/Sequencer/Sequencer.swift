import AccordInterface
import CaseViews
package import Casework
import Cryptography
import Dispatch
package import Logging
import Policy
package import QueueRuntime
package import RecordStore
import StrictJSON
import TransparencyLog
package import Varlink

/// The one place where order is made: takes what waits, decides on state in memory, chains the lines, and pays what is owed
/// only when the batch is durable.
///
/// Between deciding and evolving there is no `await`. While one batch syncs, the next is decided. Everything that comes back
/// from other queues comes through the mailbox, so that there is one way in.
package actor Sequencer {
    private let executor: QueueExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    private nonisolated let mailbox = Mailbox<Item>()

    let shelf: Shelf
    let feeding: ViewsFeeding
    let surroundings: Surroundings
    var settings: SequencerSettings
    let logger: Logger

    // Who is there.
    var sessions: [ConnectionID: Session] = [:]
    var watches: [CallID: Watch] = [:]
    /// What is durable, and no watch was fed with yet.
    var unfed: [RecordedEvent] = []
    /// Whether watches wait for a batch that may open something.
    var holdsWatches = false
    /// Whether something that was read waits for a batch.
    var owesReading = false
    var streams: [CallID: (ReadingTask, Caller)] = [:]
    var lastRefused: [MemberID: LastRefused] = [:]
    var refusals = RefusalMeter()
    var badProofs = BadProofs()
    var clockWatch = ClockWatch()
    var figures = Figures()
    /// When the disk is looked at next, in milliseconds of uptime.
    var diskDueAt: Int64 = 0
    var hooks: HookDesk
    /// For when the alarm is set.
    var alarm: Int64?

    // What is known. `state` runs ahead of the record by what is decided and not yet durable.
    var state: CaseworkState
    var composer: LineComposer
    var durable: RecordHead
    var durableHeads: [CaseID: Int64]

    // What is under way.
    var mode: ServiceMode = .running
    var warnings: [String: String] = [:]
    var isLatched = false
    var waiting = Waiting()
    var prepared = Batch()
    var inFlight: Batch?
    /// The state as the batch in flight leaves it, if it is to be kept once that is durable.
    var due: (state: CaseworkState, size: UInt64)?
    /// How many lines the state that was kept last stands for.
    var kept: UInt64
    /// What is durable and not in the views yet.
    var unprojected: [RecordedEvent] = []
    var checkpoint: StoredCheckpoint
    var isSigning = false
    /// Purges that are durably approved, and whose bytes are still to be destroyed.
    var erasures: [PendingPurge] = []
    var isErasing = false
    /// Who waits for a checkpoint, and over how many lines at least.
    var checkpointWaiters: [(caller: Caller, size: UInt64)] = []
    var exportWaiters: [(due: DueExport, caller: Caller)] = []
    var exports: [CallID: RunningExport] = [:]
    /// Who waits for a checkpoint over the line that records a backup.
    var backupWaiters: [(seq: UInt64, caller: Caller)] = []
    /// Reports that wait for a checkpoint over what is durable when they are asked for.
    var reportWaiters: [(due: DueReport, size: UInt64)] = []
    var stopping: (@Sendable (CaseworkState, UInt64) -> Void)?

    package init(_ beginning: Beginning) {
        executor = beginning.executor
        shelf = beginning.shelf
        feeding = ViewsFeeding(shelf: beginning.shelf)
        surroundings = beginning.surroundings
        settings = beginning.settings
        logger = beginning.logger
        state = beginning.state
        composer = beginning.composer
        durable = beginning.head
        durableHeads = beginning.caseHeads
        kept = beginning.kept
        checkpoint = beginning.checkpoint
        erasures = beginning.state.pendingPurges
        hooks = beginning.hooks
        for warning in beginning.warnings { warnings[warning.key] = warning.value }
    }

    /// Leaves something to do; from any queue.
    ///
    /// - Parameters:
    ///   - item: what.
    ///   - lending: whether the caller has nothing else to do, so that its thread may do it.
    package nonisolated func post(_ item: Item, lending: Bool = false) {
        guard mailbox.post(item) else { return }
        executor.wake(lending: lending) { [self] in assumeIsolated { $0.drain() } }
    }

    private func drain() {
        while let items = mailbox.take() {
            for item in items { perform(item) }
            noteClock()
            decideWaiting()
            submitPrepared()
            setAlarm()
        }
    }

    private func perform(_ item: Item) {
        switch item {
        case .opened(let connection, let peer): sessions[connection] = Session(peer: peer, now: surroundings.uptime())
        case .closed(let connection): forget(connection)
        case .call(let call, let question): take(call, question)
        case .proved(let call, let proof): finishProof(call, proof)
        case .attested(let call, let question): waiting.append(call, question)
        case .drained(let call): goOn(call)
        case .committed(let result): finishCommit(result)
        case .read(let caller, let result): finishReading(caller, result)
        case .found(let caller, let asked, let result): prove(result, asked, to: caller)
        case .page(let call, let page): deliver(page, to: call)
        case .signed(let result): finishCheckpoint(result)
        case .tick: tick()
        // What is due is looked for before anything is decided, whatever woke the sequencer.
        case .alarm: return
        case .openHooks: openHooks()
        case .hookPage(let page): take(page)
        case .hookEnded(let name, let ending): finishHook(name, ending)
        case .hooksKept(let fault): finishKeepingHooks(fault)
        case .erased(let purge, let result): finishErasure(of: purge, result)
        case .backedUp(let caller, let result): finishBackup(caller, result)
        case .record(let event): recordSystem(event)
        case .configure(let new): settings = new
        case .pulse(let completion): pulse(completion)
        case .views(let condition): note(condition)
        case .stop(let completion): stop(completion)
        }
    }

    private func forget(_ connection: ConnectionID) {
        sessions[connection] = nil
        watches = watches.filter { $0.key.connection != connection }
        streams = streams.filter { $0.key.connection != connection }
        for call in exports.keys where call.connection == connection { endExport(call) }
    }

    func send(_ call: CallID, _ reply: Reply) { surroundings.send([(call, reply)]) }

    func refuseService(_ caller: Caller) {
        let reason = mode == .readOnly && !isLatched ? "diskFull" : nil
        send(caller.id, .unavailable(mode, reason: reason, message: warnings["record"], interface: caller.interface))
    }

    /// Now, never before what is recorded: a clock set back revives no grant (reliability.md 2.1 M).
    var present: UTCTime { UTCTime(milliseconds: max(surroundings.clock(), composer.lastTime)) }
}

extension Sequencer {
    /// What may be left in the mailbox.
    package indirect enum Item: Sendable {
        case opened(ConnectionID, Peer)
        case closed(ConnectionID)
        case call(Call, Question)
        case drained(CallID)
        case proved(Call, Proof)
        /// A signed act, whose signature was looked at.
        case attested(Call, Question)
        case committed(Result<RecordHead, RecordFault>)
        case read(Caller, Result<ReadingStep, any Error>)
        /// The line of which somebody asked for a proof; nil if it is not there.
        case found(Caller, ProofRequest, Result<RecordedEvent?, any Error>)
        case page(CallID, WatchPage)
        case signed(Result<StoredCheckpoint, any Error>)
        case tick
        /// The clock has come to where the next deadline is due.
        case alarm
        /// The daemon serves: hooks are told of what happens.
        case openHooks
        /// What a hook is told of next is read.
        case hookPage(HookPage)
        case hookEnded(String, HookEnding)
        /// How far hooks have come is kept, or why not.
        case hooksKept(String?)
        case erased(PendingPurge, Result<Void, any Error>)
        case backedUp(Caller, Result<BackupMaking.Made, any Error>)
        /// An act of the daemon itself.
        case record(SystemEvent)
        case configure(SequencerSettings)
        /// Somebody wants to know whether everything still moves.
        case pulse(@Sendable (Condition) -> Void)
        /// How the views are, where that changed.
        case views(ViewsFeeding.Condition)
        /// The completion is given the state and how many lines it stands for.
        case stop(@Sendable (CaseworkState, UInt64) -> Void)
    }

    /// What the sequencer starts from.
    package struct Beginning {
        package var executor: QueueExecutor
        package var shelf: Shelf
        package var surroundings: Surroundings
        package var settings: SequencerSettings
        package var logger: Logger
        package var state: CaseworkState
        package var composer: LineComposer
        package var head: RecordHead
        package var caseHeads: [CaseID: Int64]
        /// How many lines the state that was kept last stands for.
        package var kept: UInt64
        package var checkpoint: StoredCheckpoint
        package var hooks = HookDesk()
        /// What is wrong from the start, by what it is about.
        package var warnings: [String: String] = [:]
    }
}
