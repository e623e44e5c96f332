import CaseViews
import RecordStore
import Synchronization

/// Feeds the views with committed lines, in order and without a gap: what they could not take once, they take later.
///
/// A gap would hide entries from lists for good, because views only ever go on from where they are.
struct ViewsFeeding: Sendable {
    /// Changes of the views in one transaction while they catch up.
    private static let changesAtOnce = 4_096

    let shelf: Shelf
    private let isBehind = Behind()

    init(shelf: Shelf) { self.shelf = shelf }

    /// Lets the views take events, and before them what they missed; on the queue of the views.
    ///
    /// - Parameters:
    ///   - events: committed events, in order.
    ///   - changed: is told when the views begin to be behind, and why; with nil, when they no longer are.
    func feed(_ events: [RecordedEvent], _ changed: (String?) -> Void) {
        guard let first = events.first, let last = events.last else { return }
        do {
            let position = try shelf.views.position()
            if position == first.seq {
                try shelf.views.apply(events.flatMap(\.projections), upTo: last.seq + 1)
            } else {
                try catchUp(from: position, through: last.seq)
            }
            if isBehind.becomes(false) { changed(nil) }
        } catch {
            if isBehind.becomes(true) { changed("\(error)") }
        }
    }

    private func catchUp(from position: UInt64, through last: UInt64) throws {
        var end = position
        var pending: [Projection] = []
        try shelf.record.replay(from: position) { stored in
            guard stored.seq <= last else { return }
            pending += try RecordedEvent(parsing: stored).projections
            end = stored.seq + 1
            guard pending.count >= Self.changesAtOnce else { return }
            try shelf.views.apply(pending, upTo: end)
            pending.removeAll(keepingCapacity: true)
        }
        if end > position { try shelf.views.apply(pending, upTo: end) }
    }

    private final class Behind: Sendable {
        private let value = Mutex(false)

        /// Whether that is a change.
        func becomes(_ new: Bool) -> Bool {
            value.withLock { value in
                defer { value = new }
                return value != new
            }
        }
    }
}
