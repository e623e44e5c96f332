import Coordination
import Dispatch
import QueueRuntime
import Synchronization

/// Tells the service manager that members' acts still get through, and in a sentence how the daemon is.
///
/// `WATCHDOG=1` is sent when a pulse has passed server, sequencer and writer, never by the timer itself: a daemon that
/// answers nobody any more is ended and started anew, though its timers may still run (reliability.md 5.1).
final class Heartbeat: Sendable {
    private let isUnderWay = Atomic(false)
    private let status = Mutex("Serving members.")

    private init() {}

    /// Begins, if the service manager wants to be told anything.
    ///
    /// - Returns: The timer that drives it.
    static func start(_ daemon: Daemon, on queue: DispatchQueue) -> QueueTimer? {
        guard ServiceNotification.isAsked else { return nil }
        let heartbeat = Heartbeat()
        // Three in the time that is allowed: one that is late costs nothing.
        let interval = min(ServiceNotification.watchdog.map { $0 / 3 } ?? .seconds(5), .seconds(5))
        return QueueTimer(every: interval, on: queue) { heartbeat.beat(daemon) }
    }

    private func beat(_ daemon: Daemon) {
        guard !isUnderWay.exchange(true, ordering: .relaxed) else { return }
        daemon.pulse { [self] condition in
            isUnderWay.store(false, ordering: .relaxed)
            var state = "WATCHDOG=1"
            let sentence = condition.sentence
            status.withLock { last in
                if last != sentence { state += "\nSTATUS=\(sentence)" }
                last = sentence
            }
            // Whoever beats is the writer's or the sequencer's thread, which waits for nobody; the next beat says it anew.
            if !ServiceNotification.send(state, waiting: false) { status.withLock { $0 = "" } }
        }
    }
}
