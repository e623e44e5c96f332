import Dispatch
import Synchronization

/// Writes the head anchor on a queue of its own, one write after the other, so that its sync overlaps the database's.
final class AnchorWriter: Sendable {
    private let queue = DispatchQueue(label: "accord.anchor", qos: .userInitiated)
    /// Taken on the queue only: nobody waits for a sync to look at something.
    private let file: Mutex<AnchorFile?>

    init(_ file: AnchorFile) { self.file = Mutex(file) }

    /// Writes and syncs a slot, after all that was asked for before, and calls back on the anchor's queue.
    func advance(
        to head: RecordHead,
        confirmed: UInt64,
        completion: @escaping @Sendable (Result<Void, RecordFault>) -> Void
    ) {
        queue.async { [self] in
            completion(
                file.withLock { file in
                    do throws(RecordFault) {
                        guard try file?.advance(to: head, confirmed: confirmed) != nil else {
                            throw RecordFault(.latched, "The head anchor was closed.")
                        }
                        return .success(())
                    } catch {
                        return .failure(error)
                    }
                }
            )
        }
    }

    /// Waits until all writes that were asked for have ended.
    func finish() { queue.sync {} }

    /// Waits for all writes and lets go of the file.
    func close() { queue.sync { file.withLock { $0 = nil } } }

    /// Calls back on the anchor's queue a moment later.
    func later(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
    }
}
