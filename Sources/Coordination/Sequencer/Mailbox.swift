import Synchronization

/// Where other queues leave what the sequencer shall do: one hop wakes it for all that came in meanwhile.
///
/// Order of posting is order of taking, so that a connection's opening, its calls and its end stay in sequence.
package final class Mailbox<Item: Sendable>: Sendable {
    private struct Content {
        var items: [Item] = []
        var isAwake = false
    }

    private let content = Mutex(Content())

    package init() {}

    /// Leaves an item.
    ///
    /// - Returns: True if the owner must be woken: it is asleep, and only the first to post wakes it.
    package func post(_ item: Item) -> Bool {
        content.withLock { content in
            content.items.append(item)
            defer { content.isAwake = true }
            return !content.isAwake
        }
    }

    /// Takes everything, or puts the owner to sleep when there is nothing.
    package func take() -> [Item]? {
        content.withLock { content in
            guard !content.items.isEmpty else {
                content.isAwake = false
                return nil
            }
            var taken: [Item] = []
            swap(&taken, &content.items)
            return taken
        }
    }
}
