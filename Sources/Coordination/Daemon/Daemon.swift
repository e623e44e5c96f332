import AccordInterface
import CaseViews
import Casework
import Cryptography
import Deconfliction
import Dispatch
package import Logging
package import QueueRuntime
import RecordStore
import Synchronization
import TransparencyLog
import Varlink

#if canImport(Glibc)
import Glibc
#endif

/// A deployment that serves: the record opened and looked at, the sequencer on its queue, the socket open.
package final class Daemon: Sendable {
    private let lock: SingleInstanceLock
    private let sequencer: Sequencer
    private let server: VarlinkServer
    private let timer: QueueTimer
    private let alarm: WallAlarm
    private let hooks: HookRunner?
    private let shelf: Shelf
    private let queues: Queues
    private let settings: Mutex<DaemonSettings>

    /// The queues beside the sequencer's own.
    struct Queues: Sendable {
        let views = DispatchQueue(label: "accord.views", qos: .userInitiated)
        private let pages = DispatchQueue(label: "accord.pages", qos: .userInitiated)
        private let audit = DispatchQueue(label: "accord.audit", qos: .utility)
        private let verification = DispatchQueue(label: "accord.verification", qos: .utility)
        private let exports = DispatchQueue(label: "accord.exports", qos: .utility)
        private let unordered = DispatchQueue(
            label: "accord.unordered",
            qos: .userInitiated,
            attributes: .concurrent
        )
        /// Ticks and deadlines, which nothing may make late.
        let clock = DispatchQueue(label: "accord.clock", qos: .userInitiated)
        /// Backups, which take long.
        let backup = DispatchQueue(label: "accord.backup", qos: .utility)

        subscript(queue: WorkQueue) -> DispatchQueue {
            switch queue {
            case .views: views
            case .pages: pages
            case .audit: audit
            case .verification: verification
            case .exports: exports
            case .unordered: unordered
            }
        }
    }

    private init(
        lock: SingleInstanceLock,
        sequencer: Sequencer,
        server: VarlinkServer,
        timer: QueueTimer,
        alarm: WallAlarm,
        hooks: HookRunner?,
        shelf: Shelf,
        queues: Queues,
        settings: DaemonSettings
    ) {
        self.lock = lock
        self.sequencer = sequencer
        self.server = server
        self.timer = timer
        self.alarm = alarm
        self.hooks = hooks
        self.shelf = shelf
        self.queues = queues
        self.settings = Mutex(settings)
    }

    /// Opens everything in the order in which it must hold: lock, key, record, views, socket.
    ///
    /// - Parameters:
    ///   - settings: what the operator set.
    ///   - handed: the members' socket, if the service manager made it; else it is made here.
    ///   - logger: for the operator.
    /// - Returns: The daemon, serving.
    /// - Throws: ``DaemonFault`` with what to do; nothing is left open then.
    package static func start(
        _ settings: DaemonSettings,
        handed: UnixListener? = nil,
        logger: Logger
    ) throws(DaemonFault) -> Daemon {
        let folder = StateFolder(settings.stateFolder)
        try folder.check()
        let lock = try folder.takeLock()
        let key = try LogKey.read(at: folder.logKey)
        let record = try folder.openRecord(origin: key.origin, deploymentKey: settings.deploymentKey)
        try folder.removeRemains()
        let witnesses = try witnessedNotes(settings, folder, record, key)
        let shelf = Shelf(record: record, views: try folder.openViews(of: record))
        let recovery = Recovery(origin: key.origin)
        let recovered: Recovered
        let signing = CheckpointSigning(key: key, record: record)
        let checkpoint: StoredCheckpoint
        do {
            recovered = try recovery.recover(shelf)
            checkpoint = try signing.newest()
        } catch let fault as ViewsFault {
            throw DaemonFault(
                .storage,
                fault.message,
                advice: "The record is not concerned: make the views anew with `accordd rebuild-views`."
            )
        } catch {
            throw DaemonFault(
                .recordRefused,
                "The record in \(folder.record) cannot be read: \("\(error)".withoutFullStop).",
                advice: "Do not change it. Look at it with `accordd check`, and tell oversight."
            )
        }
        let pepper = try PepperFile.open(
            folder.pepper,
            epoch: recovered.state.deconfliction.epoch,
            isUsed: recovered.state.deconfliction.hasTargets
        )
        let queues = Queues()
        let outlet = ReplyOutlet()
        let alarm = WallAlarm(on: queues.clock)
        let started = Surroundings.wallClock()
        let (desk, hooks, hookFaults) = try self.hooks(settings, folder, recovered.head.size, logger)
        var surroundings = Surroundings(
            queues: queues,
            outlet: outlet,
            alarm: alarm,
            shelf: shelf,
            recovery: recovery,
            signing: signing,
            witnesses: witnesses,
            pepper: pepper,
            backups: BackupPlaces(records: settings.backupFolder, keys: settings.backupKeysFolder).map {
                BackupMaking(places: $0, record: record, signer: key.signer, queue: queues.backup)
            },
            startedAt: started,
            stateFolder: folder.path
        )
        if let path = settings.oversightRouting { surroundings.routing = try RoutingTable(file: path) }
        if let hooks {
            surroundings.runHook = { hooks.run($0, $1, completion: $2) }
            surroundings.keepHooks = { hooks.keep($0, completion: $1) }
        }
        let sequencer = Sequencer(
            Sequencer.Beginning(
                executor: QueueExecutor(label: "accord.sequencer"),
                shelf: shelf,
                surroundings: surroundings,
                settings: SequencerSettings(
                    batchLimit: settings.batchLimit,
                    sessionIdleMilliseconds: Int64(settings.sessionIdleSeconds) * 1_000
                ),
                logger: logger,
                state: recovered.state,
                composer: recovered.composer,
                head: recovered.head,
                caseHeads: recovered.caseHeads,
                kept: recovered.head.size - recovered.replayed,
                checkpoint: checkpoint,
                hooks: desk,
                warnings: hookFaults.isEmpty
                    ? [:] : ["hooks.refused": "Not all hooks are run: the log and `accordd check-config` tell why."]
            )
        )
        alarm.onRing { sequencer.post(.alarm) }
        sequencer.post(.record(.started(version: Deployment.buildVersion)))
        if Int64(pepper.epoch) != recovered.state.deconfliction.epoch {
            sequencer.post(.record(.pepperChanged(epoch: Int64(pepper.epoch))))
        }
        if record.report.unconfirmedLost > 0 {
            sequencer.post(.record(.recovered(lostUnconfirmed: record.report.unconfirmedLost)))
        }
        if let found = recovered.alteredViews { sequencer.post(.views(.remade(found))) }
        sequencer.post(.openHooks)
        let server = try listen(settings, handed, sequencer, outlet, logger)
        let interval = Duration.milliseconds(max(10, settings.checkpointMilliseconds))
        let timer = QueueTimer(every: interval, leeway: .milliseconds(50), on: queues.clock) { sequencer.post(.tick) }
        logger.notice(
            "serving",
            metadata: [
                "socket": "\(settings.socketPath)", "lines": "\(recovered.head.size)",
                "replayed": "\(recovered.replayed)",
                "milliseconds": "\(Surroundings.wallClock() - started)",
            ]
        )
        return Daemon(
            lock: lock,
            sequencer: sequencer,
            server: server,
            timer: timer,
            alarm: alarm,
            hooks: hooks,
            shelf: shelf,
            queues: queues,
            settings: settings
        )
    }

    /// The hooks and how far they have come, what runs them, and what is wrong with others.
    private static func hooks(
        _ settings: DaemonSettings,
        _ folder: StateFolder,
        _ size: UInt64,
        _ logger: Logger
    ) throws(DaemonFault) -> (desk: HookDesk, runner: HookRunner?, faults: [String]) {
        guard let path = settings.hookFolder else { return (HookDesk(), nil, []) }
        let found = HookFolder(path)
        let (ledger, lost) = HookRunner.ledger(at: folder.hooks)
        let faults = found.faults + [lost].compactMap(\.self)
        for fault in faults { logger.error("hooks", metadata: ["fault": "\(fault)"]) }
        var limits = HookLimits()
        limits.atOnce = settings.hooksAtOnce
        limits.tries = settings.hookTries
        do {
            let runner = try HookRunner(
                seconds: UInt32(settings.hookSeconds),
                adoptsOrphans: true,
                ledger: folder.hooks,
                logger: logger
            )
            return (HookDesk(found.hooks, limits: limits, ledger: ledger, size: size), runner, faults)
        } catch {
            throw DaemonFault(
                .storage,
                "Hooks cannot be run: \(error).",
                advice: "Serve without them: `hooks.folder: none`."
            )
        }
    }

    /// The cosigned checkpoints, and the refusal of a record that is not what was cosigned.
    private static func witnessedNotes(
        _ settings: DaemonSettings,
        _ folder: StateFolder,
        _ record: SQLiteRecord,
        _ key: LogKey
    ) throws(DaemonFault) -> WitnessedNotes {
        let logKey = key.signer.verifierKey
        var policy: WitnessPolicy?
        if let path = settings.witnessPolicy { policy = try WitnessPolicy(file: path, logKey: logKey) }
        let notes = try WitnessedNotes(
            folder: settings.witnessFolder ?? folder.witnessed,
            logKey: logKey,
            policy: policy
        )
        var others: [VerifiedCheckpoint] = []
        for path in settings.witnessed { others.append(try WitnessedNotes.read(path, logKey)) }
        try notes.check(record, and: others)
        return notes
    }

    private static func listen(
        _ settings: DaemonSettings,
        _ handed: UnixListener?,
        _ sequencer: Sequencer,
        _ outlet: ReplyOutlet,
        _ logger: Logger
    ) throws(DaemonFault) -> VarlinkServer {
        var limits = ServerLimits()
        limits.connections = settings.maximumConnections
        limits.connectionsPerUser = settings.maximumConnectionsPerUser
        limits.acceptsPerSecond = settings.newConnectionsPerSecond
        do {
            let server = try VarlinkServer(
                service: ServiceDescription(
                    vendor: "Accord",
                    product: "accordd",
                    version: Deployment.buildVersion,
                    url: "https://accord.example.org"
                ),
                interfaces: Interfaces.texts,
                limits: limits,
                logger: logger,
                handler: CallRouter(sequencer: sequencer)
            )
            outlet.connect(server)
            if let handed {
                server.listen(on: handed)
            } else {
                try server.listen(path: settings.socketPath, mode: settings.socketMode, group: settings.socketGroup)
            }
            return server
        } catch {
            throw DaemonFault(
                .socket,
                "The socket \(settings.socketPath) cannot be served: \(error).",
                advice: "See that its folder exists and that no other daemon listens there."
            )
        }
    }

    /// Takes what may change while serving.
    ///
    /// - Returns: Sentences: what was taken, and what needs a restart.
    package func reload(_ new: DaemonSettings) -> [String] {
        settings.withLock { old in
            var sentences: [String] = []
            if new.sessionIdleSeconds != old.sessionIdleSeconds || new.batchLimit != old.batchLimit {
                sequencer.post(
                    .configure(
                        SequencerSettings(
                            batchLimit: new.batchLimit,
                            sessionIdleMilliseconds: Int64(new.sessionIdleSeconds) * 1_000
                        )
                    )
                )
                sentences.append("The idle time of sessions and the batch limit were taken.")
            }
            let fixed: [(String, Bool)] = [
                ("state folder", new.stateFolder != old.stateFolder),
                ("socket path", new.socketPath != old.socketPath),
                ("socket mode", new.socketMode != old.socketMode),
                ("socket group", new.socketGroup != old.socketGroup),
                ("connection limit", new.maximumConnections != old.maximumConnections),
                ("limit of one user's new connections", new.newConnectionsPerSecond != old.newConnectionsPerSecond),
                ("connection limit of one user", new.maximumConnectionsPerUser != old.maximumConnectionsPerUser),
                ("deployment key", new.deploymentKey != old.deploymentKey),
                ("policy of witnesses", new.witnessPolicy != old.witnessPolicy),
                ("routing of complaints", new.oversightRouting != old.oversightRouting),
                ("folder of witnessed checkpoints", new.witnessFolder != old.witnessFolder),
                ("folder of backups", new.backupFolder != old.backupFolder),
                ("folder of backups' keys", new.backupKeysFolder != old.backupKeysFolder),
                (
                    "folder, time and tries of hooks",
                    new.hookFolder != old.hookFolder || new.hookSeconds != old.hookSeconds
                        || new.hooksAtOnce != old.hooksAtOnce || new.hookTries != old.hookTries
                ),
                ("checkpoint interval", new.checkpointMilliseconds != old.checkpointMilliseconds),
            ]
            for (name, hasChanged) in fixed where hasChanged { sentences.append("The \(name) needs a restart.") }
            old.sessionIdleSeconds = new.sessionIdleSeconds
            old.batchLimit = new.batchLimit
            old.logLevel = new.logLevel
            return sentences
        }
    }

    /// Has every queue that a member's act passes take one turn, and then says how the daemon is: server, sequencer, writer.
    ///
    /// If one of them is stuck, there is no answer. That is what a watchdog is to notice, and a timer of its own would not.
    package func pulse(_ completion: @escaping @Sendable (Condition) -> Void) {
        server.afterTurn { [sequencer] in sequencer.post(.pulse(completion)) }
    }

    /// Stops taking calls, lets what was decided become durable, signs a last checkpoint, keeps the state, and closes.
    package func stop(completion: @escaping @Sendable () -> Void) {
        timer.cancel()
        alarm.cancel()
        // What a hook is at is delivered after the next start; that it was ended is not held against it.
        sequencer.post(
            .stop { [self] state, size in
                server.stop(grace: .seconds(2)) { [self] in
                    queues.views.async { [self] in
                        // A snapshot saves time at the next start and is nothing else: without it the record is replayed.
                        try? shelf.keep(state, at: size)
                        shelf.record.betweenAppends { [self] in
                            try? shelf.record.confirm()
                            try? shelf.record.close()
                            guard let hooks else { return completion() }
                            hooks.end(completion: completion)
                        }
                    }
                }
            }
        )
    }
}
