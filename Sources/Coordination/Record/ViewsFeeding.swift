import CaseViews
import RecordStore
import Synchronization

/// Feeds the views with committed lines, in order and without a gap: what they could not take once, they take later.
///
/// A gap would hide entries from lists for good, because views only ever go on from where they are.
package struct ViewsFeeding: Sendable {
    /// Changes of the views in one transaction while they catch up.
    private static let changesAtOnce = 4_096

    let shelf: Shelf
    private let isBehind = Behind()

    init(shelf: Shelf) { self.shelf = shelf }

    /// How the views are.
    package enum Condition: Hashable, Sendable {
        /// They have what is on the record.
        case current
        /// They could not be written, and why.
        case behind(String)
        /// They were not what was written, and were made anew.
        case remade(String)
    }

    /// Lets the views take events, and before them what they missed; on the queue of the views.
    ///
    /// - Parameters:
    ///   - events: committed events, in order.
    ///   - changed: is told when the views begin to be behind, when they no longer are, and when they were made anew.
    func feed(_ events: [RecordedEvent], _ changed: (Condition) -> Void) {
        guard let first = events.first, let last = events.last else { return }
        do {
            do {
                let position = try shelf.views.position()
                if position == first.seq {
                    try shelf.views.apply(events.flatMap(\.projections), upTo: last.seq + 1)
                } else {
                    try Self.catchUp(shelf, from: position, through: last.seq)
                }
            } catch let fault as ViewsFault where fault.isAltered {
                try Self.remake(shelf, through: last.seq)
                changed(.remade(fault.message))
            }
            if isBehind.becomes(false) { changed(.current) }
        } catch {
            if isBehind.becomes(true) { changed(.behind("\(error)")) }
        }
    }

    /// Makes the views anew, because they are not what was written; on their queue.
    ///
    /// - Parameters:
    ///   - shelf: record and views.
    ///   - last: the place of the last line that they have to have then.
    /// - Throws: What reading the record or writing the views throws.
    static func remake(_ shelf: Shelf, through last: UInt64) throws {
        try shelf.emptyViews()
        try catchUp(shelf, from: 0, through: last)
    }

    private static func catchUp(_ shelf: Shelf, from position: UInt64, through last: UInt64) throws {
        var end = position
        var pending: [Projection] = []
        try shelf.record.replay(from: position) { stored in
            guard stored.seq <= last else { return }
            pending += try RecordedEvent(parsing: stored).projections
            end = stored.seq + 1
            guard pending.count >= changesAtOnce else { return }
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
