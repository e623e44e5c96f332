import Synchronization

/// Where other threads leave replies: one hop wakes the server for all that came in meanwhile.
final class Outbox: Sendable {
    private struct Content {
        var replies: [(CallID, Reply)] = []
        var isAwake = false
    }

    private let content = Mutex(Content())
    /// Leaves replies.
    ///
    /// - Returns: true if the server sleeps and has to be woken.
    func post(_ replies: [(CallID, Reply)]) -> Bool {
        content.withLock { content in
            if content.replies.isEmpty {
                content.replies = replies
            } else {
                content.replies.append(contentsOf: replies)
            }
            defer { content.isAwake = true }
            return !content.isAwake
        }
    }

    /// The server is awake: whoever posts need not wake it, because it looks before it sleeps.
    func wake() { content.withLock { $0.isAwake = true } }

    /// Takes everything; nil if there is nothing.
    func take() -> [(CallID, Reply)]? {
        content.withLock { content in
            guard !content.replies.isEmpty else { return nil }
            var taken: [(CallID, Reply)] = []
            swap(&taken, &content.replies)
            return taken
        }
    }

    /// The server sleeps from now on, unless there is something.
    ///
    /// - Returns: Whether it sleeps.
    func sleepIfEmpty() -> Bool {
        content.withLock { content in
            guard content.replies.isEmpty else { return false }
            content.isAwake = false
            return true
        }
    }
}
