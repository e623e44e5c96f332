import Synchronization

/// A count that several steps on different queues follow one after the other.
final class LockedCount: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add(_ more: Int) { count.withLock { $0 += more } }
}
