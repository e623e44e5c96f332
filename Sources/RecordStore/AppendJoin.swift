import Synchronization

/// Two syncs under way, the database's and the anchor's; whoever ends last goes on, so that nobody waits.
final class AppendJoin: Sendable {
    private struct Ends: Sendable {
        var written: Result<Void, RecordFault>?
        var anchored: Result<Void, RecordFault>?
    }

    private let ends = Mutex(Ends())
    private let both: @Sendable (Result<Void, RecordFault>, Result<Void, RecordFault>) -> Void

    init(both: @escaping @Sendable (Result<Void, RecordFault>, Result<Void, RecordFault>) -> Void) {
        self.both = both
    }

    func written(_ result: Result<Void, RecordFault>) { end { $0.written = result } }

    func anchored(_ result: Result<Void, RecordFault>) { end { $0.anchored = result } }

    private func end(_ change: (inout Ends) -> Void) {
        let ended = ends.withLock { ends in
            change(&ends)
            return ends
        }
        if let written = ended.written, let anchored = ended.anchored { both(written, anchored) }
    }
}
