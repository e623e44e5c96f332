import Dispatch
import Synchronization

/// What handlers on other threads reported, for a test to wait on.
final class Reports<Item: Sendable>: Sendable {
    private let items = Mutex<[Item]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    func add(_ item: Item) {
        items.withLock { $0.append(item) }
        arrivals.signal()
    }

    /// Waits for so many more reports, at most a minute, and gives all there are.
    func wait(for count: Int) -> [Item] {
        for _ in 0..<count where arrivals.wait(timeout: .now() + 60) == .timedOut { break }
        return items.withLock { $0 }
    }

    var all: [Item] { items.withLock { $0 } }
}
