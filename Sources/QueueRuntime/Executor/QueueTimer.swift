package import Dispatch
import Synchronization

/// Calls a handler on a queue again and again until it is cancelled or released.
package final class QueueTimer: Sendable {
    private let source: Mutex<any DispatchSourceTimer>

    /// Starts a timer that first fires after one interval.
    ///
    /// - Parameters:
    ///   - interval: at least one millisecond.
    ///   - leeway: how much later it may fire, so that the kernel can wake the processor less often.
    ///   - queue: where the handler runs.
    ///   - handler: what to do.
    package init(
        every interval: Duration,
        leeway: Duration = .zero,
        on queue: DispatchQueue,
        handler: @escaping @Sendable () -> Void
    ) {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        let interval = DispatchTimeInterval(max(interval, .milliseconds(1)))
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: DispatchTimeInterval(leeway))
        timer.setEventHandler(handler: DispatchWorkItem(block: handler))
        timer.activate()
        source = Mutex(timer)
    }

    deinit {
        cancel()
    }

    /// Stops; a handler that runs at this moment still finishes.
    package func cancel() {
        source.withLock { $0.cancel() }
    }
}

extension DispatchTimeInterval {
    /// The same span in nanoseconds, or as many as can be said.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carries) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        self = overflow || carries ? .never : .nanoseconds(Int(clamping: sum))
    }
}
