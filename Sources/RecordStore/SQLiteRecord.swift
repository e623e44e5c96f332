import Cryptography
import Dispatch
import GRDB
import Synchronization
import TransparencyLog

/// The record on SQLite: append-only lines and their parts, tree hashes, checkpoints, and the head anchor beside them.
///
/// Duties, for whoever writes a second engine: an append is durable when it is acknowledged, and happens only after the head it
/// names; readings see only what was appended; after an I/O error nothing is acknowledged until the record was opened anew.
///
/// One connection writes and checkpoints (reliability.md F6); appends come from one serial queue.
package final class SQLiteRecord: Sendable {
    let pool: DatabasePool
    package let folder: String
    private let ledger: Mutex<Ledger>
    private let anchorQueue = DispatchQueue(label: "accord.anchor")
    /// What opening found.
    package let report: OpenReport

    struct Ledger: Sendable {
        var head: RecordHead
        var frontier: MerkleFrontier
        var anchor: AnchorFile
        var fault: RecordFault?
        /// The largest size whose append was completed.
        var acknowledged: UInt64
    }

    /// What opening found that must be put on the record.
    package struct OpenReport: Hashable, Sendable {
        /// Lines that were on their way when the machine stopped, and are not there: nobody was told that they were.
        package var unconfirmedLost: UInt64
    }

    init(pool: DatabasePool, folder: String, ledger: Ledger, report: OpenReport) {
        self.pool = pool
        self.folder = folder
        self.ledger = Mutex(ledger)
        self.report = report
    }

    package var head: RecordHead { ledger.withLock { $0.head } }

    /// Nil unless an earlier write failed for good.
    package var latched: RecordFault? { ledger.withLock { $0.fault } }

    /// Appends a batch: one transaction with one durable sync, and the head anchor synced beside it.
    ///
    /// - Parameters:
    ///   - head: The head after which the batch comes; another one is a conflict and writes nothing.
    ///   - completion: Called once, on a queue of the record's, when both syncs are done or one has failed.
    package func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    ) {
        let plan: AppendPlan
        do {
            plan = try prepare(batch, after: head)
        } catch {
            return completion(.failure(error))
        }
        let join = AppendJoin { [self] database, anchor in finish(plan, database, anchor, completion) }
        anchorQueue.async { [self] in
            join.anchored(anchor(size: plan.head.size, root: plan.head.root, confirmed: plan.confirmed))
        }
        join.written(write(batch, plan))
    }

    /// The same, waiting for it: for making a record and for tests, never on a queue that serves others.
    package func append(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> RecordHead {
        let plan = try prepare(batch, after: head)
        let anchored = anchor(size: plan.head.size, root: plan.head.root, confirmed: plan.confirmed)
        let answer = Mutex<Result<RecordHead, RecordFault>?>(nil)
        finish(plan, write(batch, plan), anchored) { result in answer.withLock { $0 = result } }
        guard let result = answer.withLock({ $0 }) else { throw RecordFault(.failed, "The append did not end.") }
        return try result.get()
    }

    /// Notes that everything appended so far was acknowledged, so that losing it is noticed at the next start.
    package func confirm() throws(RecordFault) {
        let (head, confirmed) = ledger.withLock { ($0.head, $0.anchor.newest.confirmed) }
        guard confirmed < head.size else { return }
        try anchor(size: head.size, root: head.root, confirmed: head.size).get()
    }

    private func prepare(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> AppendPlan {
        let (current, frontier, fault, acknowledged) = ledger.withLock {
            ($0.head, $0.frontier, $0.fault, $0.acknowledged)
        }
        if let fault { throw RecordFault(.latched, "An earlier write failed: \(fault.message)") }
        guard current == head else {
            throw RecordFault(.conflict, "The record ends at \(current.size), not at \(head.size).")
        }
        return AppendPlan(batch, after: head, frontier: frontier, confirmed: acknowledged)
    }

    private func anchor(size: UInt64, root: Digest, confirmed: UInt64) -> Result<Void, RecordFault> {
        ledger.withLock { ledger in
            do throws(RecordFault) {
                try ledger.anchor.advance(size: size, root: root, confirmed: confirmed)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
    }

    private func finish(
        _ plan: AppendPlan,
        _ database: Result<Void, RecordFault>,
        _ anchored: Result<Void, RecordFault>,
        _ completion: (Result<RecordHead, RecordFault>) -> Void
    ) {
        let fault: RecordFault? =
            switch (database, anchored) {
            case (.success, .success): nil
            case (.failure(let fault), _): fault
            // The database has what the anchor does not know: only opening anew brings them together.
            case (.success, .failure(let fault)): RecordFault(.failed, fault.message)
            }
        let result: Result<RecordHead, RecordFault> = ledger.withLock { ledger in
            guard let fault else {
                ledger.head = plan.head
                ledger.frontier = plan.frontier
                ledger.acknowledged = plan.head.size
                return .success(plan.head)
            }
            if !fault.isRecoverable { ledger.fault = fault }
            return .failure(fault)
        }
        if case .success = result { confirmWhenIdle(plan.head.size) }
        completion(result)
    }

    /// A moment after the last append, the anchor says that it was acknowledged; a busy record says so with its next batch.
    private func confirmWhenIdle(_ size: UInt64) {
        anchorQueue.asyncAfter(deadline: .now() + .milliseconds(20)) { [self] in
            let (head, anchor) = ledger.withLock { ($0.head, $0.anchor.newest) }
            guard head.size == size, anchor.size == size, anchor.confirmed < size else { return }
            if case .failure(let fault) = self.anchor(size: size, root: head.root, confirmed: size) {
                ledger.withLock { $0.fault = $0.fault ?? fault }
            }
        }
    }
}

/// What an append will make.
struct AppendPlan: Sendable {
    let head: RecordHead
    let frontier: MerkleFrontier
    let tiles: [TileHashes]
    let confirmed: UInt64

    init(_ batch: [RecordLine], after head: RecordHead, frontier: MerkleFrontier, confirmed: UInt64) {
        var frontier = frontier
        var tiles: [TileHashes] = []
        var hasher = TreeHasher()
        for line in batch { tiles += frontier.append(line.leaf, using: &hasher) }
        let time = batch.last.flatMap { try? LineScan($0.bytes).recordedAt } ?? head.time
        self.head = RecordHead(
            size: frontier.size,
            root: frontier.root,
            last: batch.last?.leaf ?? head.last,
            time: time
        )
        self.frontier = frontier
        self.tiles = tiles
        self.confirmed = confirmed
    }
}

/// Two syncs under way; whoever ends last goes on.
private final class AppendJoin: Sendable {
    private struct Ends: Sendable {
        var database: Result<Void, RecordFault>?
        var anchor: Result<Void, RecordFault>?
    }

    private let ends = Mutex(Ends())
    private let both: @Sendable (Result<Void, RecordFault>, Result<Void, RecordFault>) -> Void

    init(both: @escaping @Sendable (Result<Void, RecordFault>, Result<Void, RecordFault>) -> Void) {
        self.both = both
    }

    func written(_ result: Result<Void, RecordFault>) { end { $0.database = result } }

    func anchored(_ result: Result<Void, RecordFault>) { end { $0.anchor = result } }

    private func end(_ change: (inout Ends) -> Void) {
        let ended = ends.withLock { ends in
            change(&ends)
            return ends
        }
        if let database = ended.database, let anchor = ended.anchor { both(database, anchor) }
    }
}
