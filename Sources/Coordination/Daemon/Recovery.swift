import CaseViews
package import Casework
import Cryptography
package import RecordStore
import TransparencyLog

/// What the record says, ready to go on from.
package struct Recovered: Sendable {
    package var state: CaseworkState
    package var composer: LineComposer
    package var head: RecordHead
    package var caseHeads: [CaseID: Int64]
    /// How many lines were replayed over the snapshot.
    package var replayed: UInt64
    /// Why the views were made anew; nil if they were what was written.
    package var alteredViews: String?
}

/// From the record to state in memory: the newest snapshot, and every line after it.
package struct Recovery: Sendable {
    package let origin: String

    /// Reads the state from snapshot and record, and lets the views catch up on the way.
    ///
    /// - Parameters:
    ///   - shelf: record and views.
    ///   - feedsViews: False leaves the views alone: they are another queue's, and what was not recorded because the disk is
    ///     full would not fit into them either.
    /// - Returns: State, chain and heads.
    /// - Throws: Whatever reading throws; a line of the record that cannot be understood is an error, never skipped.
    package func recover(_ shelf: Shelf, feedsViews: Bool = true) throws -> Recovered {
        let head = shelf.record.head
        var (state, position) = try snapshot(shelf)
        let begin = position
        var altered: String?
        var viewed = head.size
        do {
            if feedsViews { viewed = try shelf.views.position() }
        } catch {
            guard error.isAltered else { throw error }
            try shelf.emptyViews()
            (viewed, altered) = (0, error.message)
        }
        if viewed > head.size { try shelf.emptyViews() }
        var projected = min(viewed, head.size) == viewed ? viewed : 0
        position = min(position, projected)
        var projections: [Projection] = []
        var last: Digest?
        try shelf.record.replay(from: position) { entry in
            let recorded = try RecordedEvent(parsing: entry)
            // Only the newest lines were rehashed when the record was opened, and a flipped bit must not become a fact.
            let follows = try last == nil || LineScan(entry.bytes).prev == last
            guard follows, recorded.seq + 1 != head.size || recorded.leaf == head.last else {
                throw RecordFault(.damaged, "Line \(recorded.seq) or the one before it is not what was written.")
            }
            last = recorded.leaf
            // What was refused changes nothing; a line that says otherwise was written past the rules.
            guard recorded.outcome != .denied || recorded.event.isAccess else {
                throw RecordFault(.damaged, "Line \(recorded.seq) was refused, and tells of what no refusal tells.")
            }
            if recorded.seq >= begin { state.evolve(recorded.event, at: recorded.place) }
            guard recorded.seq >= projected else { return }
            projections += recorded.projections
            if projections.count >= 4_096 {
                try shelf.views.apply(projections, upTo: recorded.seq + 1)
                projections.removeAll(keepingCapacity: true)
            }
        }
        if projected < head.size || !projections.isEmpty {
            try shelf.views.apply(projections, upTo: head.size)
            projected = head.size
        }
        let streams = try shelf.record.streams()
        var cases: [CaseKey: (next: UInt64, last: Digest)] = [:]
        var caseHeads: [CaseID: Int64] = [:]
        for stream in streams {
            cases[stream.key] = (stream.count, stream.last)
            caseHeads[CaseID(stream.key)] = Int64(stream.count) - 1
        }
        let composer = LineComposer(origin: origin, policy: state.jurisdiction.digest, head: head, cases: cases)
        return Recovered(
            state: state,
            composer: composer,
            head: head,
            caseHeads: caseHeads,
            replayed: head.size - min(begin, head.size),
            alteredViews: altered
        )
    }

    /// A snapshot is taken only if it is not ahead of the record and can be read; else everything is replayed.
    private func snapshot(_ shelf: Shelf) throws -> (CaseworkState, UInt64) {
        guard let kept = try shelf.keptState(), kept.position <= shelf.record.head.size else {
            return (CaseworkState(), 0)
        }
        return (kept.state, kept.position)
    }
}
