package import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Calls a handler once the machine's clock reads a certain time: one timer for as long as it lives.
///
/// It follows the clock where that is set: set forward past the time it rings at once, and set back it rings when the clock
/// gets there.
package final class WallAlarm: Sendable {
    private let source: Mutex<any DispatchSourceTimer>
    private let bell = Bell()

    /// What is called; it may be known later than the alarm is made.
    private final class Bell: Sendable {
        let handler = Mutex<(@Sendable () -> Void)?>(nil)

        func ring() { handler.withLock { $0 }?() }
    }

    /// An alarm that is not set yet.
    ///
    /// - Parameter queue: Where the handler runs.
    package init(on queue: DispatchQueue) {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(wallDeadline: .distantFuture)
        timer.setEventHandler(handler: DispatchWorkItem { [bell] in bell.ring() })
        timer.activate()
        source = Mutex(timer)
    }

    deinit {
        cancel()
    }

    /// Says what is called from now on; it may come once more than asked for, if the time is changed while it rings.
    package func onRing(_ handler: @escaping @Sendable () -> Void) { bell.handler.withLock { $0 = handler } }

    /// Sets it.
    ///
    /// - Parameter milliseconds: Since the UNIX epoch, UTC; one that has passed rings at once. Nil: not at all.
    package func set(_ milliseconds: Int64?) {
        var deadline = DispatchWallTime.distantFuture
        // Zero would mean another clock to Dispatch.
        if let milliseconds = milliseconds.map({ max(1, $0) }) {
            let nanoseconds = Int(milliseconds % 1_000) * 1_000_000
            deadline = DispatchWallTime(timespec: timespec(tv_sec: Int(milliseconds / 1_000), tv_nsec: nanoseconds))
        }
        source.withLock { $0.schedule(wallDeadline: deadline) }
    }

    /// Ends it; a handler that runs at this moment still finishes.
    package func cancel() {
        source.withLock { $0.cancel() }
        bell.handler.withLock { $0 = nil }
    }
}
