package import Dispatch

/// Runs an actor on a serial queue of its own, so that Dispatch handlers on that queue may enter the actor without a hop.
///
/// An actor that uses it returns ``asUnownedSerialExecutor()`` from `unownedExecutor`; code that is on the queue already
/// calls `assumeIsolated`, which stops the program if that is not true.
package final class QueueExecutor: SerialExecutor {
    /// The serial queue.
    package let queue: DispatchQueue

    /// An executor on a new serial queue.
    package init(label: String, qos: DispatchQoS = .userInitiated) {
        queue = DispatchQueue(label: label, qos: qos)
    }

    /// Gives the owner of the queue its next turn, once its mailbox said that it sleeps.
    ///
    /// Waking a thread costs more than a small turn takes. A caller who has nothing else to do lends its own: the queue is
    /// idle, or about to be, because its owner sleeps, and nobody else wakes it meanwhile.
    ///
    /// - Parameters:
    ///   - lending: whether the turn may run here, before this returns.
    ///   - turn: enters the owner by `assumeIsolated`.
    package func wake(lending: Bool, _ turn: @escaping @Sendable () -> Void) {
        if lending { queue.sync(execute: turn) } else { queue.async(execute: turn) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
