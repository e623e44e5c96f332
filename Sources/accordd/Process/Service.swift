import ArgumentParser
import Coordination
import Dispatch
import Glibc
import Logging
import QueueRuntime
import Synchronization

/// The serving process, from its settings to its last answer.
final class Service: Sendable {
    /// How long the last answers may take after TERM.
    ///
    /// What was acknowledged is durable however the process ends.
    private static let drainSeconds = 8
    /// Files, queues and what else is open beside the connections, rounded up.
    private static let ownDescriptors = 128
    /// With fewer it does not come as far as serving anybody.
    private static let leastDescriptors = 32

    private let options: SettingOptions
    private let witnessed: [String]
    private let activation: SocketActivation
    private let first: EffectiveSettings
    private let threshold: LogThreshold
    private let logger: Logger
    private let signals = DispatchQueue(label: "accordd.signals")
    private let stopAsked = DispatchSemaphore(value: 0)
    private let daemon = Mutex<Daemon?>(nil)
    /// Whether HUP came while the daemon was starting.
    private let reloadAsked = Mutex(false)

    /// Reads the settings; nothing has been opened yet.
    init(options: SettingOptions, witnessed: [String]) throws(SettingsRefused) {
        // Before anything can have started a thread: the environment is changed.
        activation = SocketActivation.take()
        self.options = options
        self.witnessed = witnessed
        first = try options.load()
        let threshold = LogThreshold(Logger.Level(rawValue: first.settings.logLevel) ?? .info)
        let output: any LogOutlet = JournalOutput.ofThisProcess() ?? LogOutput()
        self.threshold = threshold
        logger = Logger(label: "accordd") { label in
            ServiceLogHandler(label: label, threshold: threshold, output: output)
        }
    }

    /// Serves until TERM or INT.
    ///
    /// Blocks the main thread, which no queue of Dispatch uses.
    func run() throws {
        if let refusal = Footing.secure() {
            throw Failure(refusal, advice: "Run it in the host's own user namespace.", status: ExitStatus.permission)
        }
        let handed = try HandedSocket.listener(in: activation, at: first.settings.socketPath)
        let sources = SignalSources([SIGTERM, SIGINT, SIGHUP], queue: signals) { [self] in received($0) }
        defer { withExtendedLifetime(sources) {} }
        for notice in first.notices { logger.warning("\(notice)") }
        logger.notice("starting", metadata: facts)
        let room = DescriptorLimit.raise(toHold: first.settings.maximumConnections + Self.ownDescriptors)
        guard room >= Self.leastDescriptors else {
            throw Failure(
                "Only \(room) files may be open, and the daemon needs \(Self.leastDescriptors) at least.",
                advice: "Raise the limit: LimitNOFILE= of the unit, or `ulimit -n`.",
                status: ExitStatus.configuration
            )
        }

        var settings = first.settings
        settings.witnessed = witnessed
        let daemon = try Daemon.start(settings, handed: handed, logger: logger)
        self.daemon.withLock { $0 = daemon }
        signals.async { [self] in if reloadAsked.withLock({ $0 }) { reload() } }
        ServiceNotification.send("READY=1\nSTATUS=Serving members.")
        let heartbeat = Heartbeat.start(daemon, on: signals)

        stopAsked.wait()
        heartbeat?.cancel()
        logger.notice("stopping")
        ServiceNotification.send("STOPPING=1")
        let drained = DispatchSemaphore(value: 0)
        daemon.stop { drained.signal() }
        guard drained.wait(timeout: .now() + .seconds(Self.drainSeconds)) == .success else {
            logger.warning("some answers were not fetched in time; what was acknowledged is durable")
            return
        }
        logger.notice("stopped")
    }

    private var facts: Logger.Metadata {
        [
            "version": "\(Deployment.buildVersion)", "pid": "\(getpid())", "state": "\(first.settings.stateFolder)",
        ]
    }

    /// Called on the queue of signals.
    private func received(_ signal: Int32) {
        guard signal != SIGHUP else { return reload() }
        // While the daemon is still starting nothing was acknowledged, and a start may be cut anywhere.
        guard daemon.withLock({ $0 != nil }) else { _exit(0) }
        stopAsked.signal()
    }

    /// Takes what may change; with one fault in the configuration, nothing.
    private func reload() {
        // A start may take seconds, and its settings were read at its beginning.
        guard let daemon = daemon.withLock({ $0 }) else { return reloadAsked.withLock { $0 = true } }
        ServiceNotification.sendReloading()
        defer { ServiceNotification.send("READY=1") }
        do throws(SettingsRefused) {
            let effective = try options.load()
            var results = daemon.reload(effective.settings)
            if let level = Logger.Level(rawValue: effective.settings.logLevel), level != threshold.level {
                threshold.level = level
                results.append("The log level was taken.")
            }
            if results.isEmpty { results.append("Nothing has changed.") }
            for result in results + effective.notices { logger.notice("reload", metadata: ["result": "\(result)"]) }
        } catch {
            for fault in error.faults {
                logger.error("reload refused, nothing was changed", metadata: ["fault": "\(fault.description)"])
            }
        }
    }
}
