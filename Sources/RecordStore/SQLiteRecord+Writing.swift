import GRDB
import Synchronization
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteRecord {
    /// A batch that takes longer than this is a disk that stalls.
    private static let stall = Duration.milliseconds(2)
    /// So many places of streams are kept.
    private static let knownStreams = 4_096

    /// Makes a batch durable; from the queue that appends.
    ///
    /// What the database would refuse later is refused first, for by then the batch was acknowledged.
    func write(_ batch: [RecordLine], _ plan: AppendPlan, _ alongside: Alongside?) -> Result<Void, RecordFault> {
        guard !batch.isEmpty || alongside != nil else { return .success(()) }
        let start = ContinuousClock.now
        do {
            // While the database has no room, nothing more is taken: what the journal holds has its place there one day.
            if ledger.withLock({ $0.isBehind }) { try catchUp() }
            try checkRequests(of: batch)
            let streams = try places(after: batch)
            let sealer = try vault.sealer(ofParts: batch.reduce(0) { $0 + $1.parts.count })
            let sealed = try SealedBatch(batch, plan, streams: streams, sealer)
            let publication = Publication(plan: plan, streams: streams)
            if let alongside {
                try insertDirectly(sealed, publication, alongside)
            } else if Journal.recordLength(of: sealed) > Journal.longestRecord {
                try insertDirectly(sealed, publication) { _ in }
            } else {
                try write(sealed, publication)
            }
            let duration = ContinuousClock.now - start
            ledger.withLock { $0.isSlow = duration > Self.stall }
            return .success(())
        } catch {
            return .failure(RecordFault(writing: error))
        }
    }

    /// What becomes known when a batch is durable.
    struct Publication: Sendable {
        let plan: AppendPlan
        let streams: [CaseKey: StreamPlace]
    }

    private func write(_ batch: SealedBatch, _ publication: Publication) throws(RecordFault) {
        // While this one waits for the disk the processor is free for those before it.
        insertIfDue()
        while true {
            let isWritten = try journaled { journal throws(RecordFault) in
                let settled = ledger.withLock { $0.settled }
                guard journal.hasRoom(for: batch, settled: settled) else { return false }
                try journal.append(batch, settled: settled)
                // Still under the lock of the journal, so that nobody finds it in neither.
                publish(publication) { $0.tail.append(batch) }
                return true
            }
            guard !isWritten else { return }
            try settleTail()
        }
    }

    func publish(_ publication: Publication, _ change: (inout Ledger) -> Void) {
        let plan = publication.plan
        ledger.withLock { ledger in
            ledger.head = plan.head
            ledger.frontier = plan.frontier
            for (key, seq) in plan.requests { ledger.requests.add(key, at: seq) }
            if ledger.streams.count > Self.knownStreams { ledger.streams = [:] }
            for (key, place) in publication.streams { ledger.streams[key] = place }
            change(&ledger)
        }
    }

    /// Refuses a batch with a request that was answered before.
    private func checkRequests(of batch: [RecordLine]) throws(RecordFault) {
        let requests = batch.compactMap(\.request)
        guard try find(requests: requests).isEmpty, requests.count < 2 || Set(requests).count == requests.count else {
            throw RecordFault(.conflict, "A request of the batch was recorded before.")
        }
    }

    /// Where the streams of a batch stand after it.
    ///
    /// - Throws: ``RecordFault`` if a line does not come next in its stream.
    private func places(after batch: [RecordLine]) throws(RecordFault) -> [CaseKey: StreamPlace] {
        var places: [CaseKey: StreamPlace] = [:]
        for line in batch {
            var place: StreamPlace
            if let known = places[line.stream] ?? ledger.withLock({ $0.streams[line.stream] }) {
                place = known
            } else {
                place = try self.place(of: line.stream) ?? StreamPlace(id: Int64(clamping: line.seq), next: 0)
            }
            guard line.streamSeq == place.next else {
                throw RecordFault(.conflict, "Line \(line.seq) does not come next in its stream.")
            }
            place.next += 1
            places[line.stream] = place
        }
        return places
    }

    /// Where a stream stands; nil if it did not begin yet.
    private func place(of stream: CaseKey) throws(RecordFault) -> StreamPlace? {
        try reading { db, tail in
            if let last = tail.lastLine(of: stream) {
                return StreamPlace(id: last.streamID, next: last.streamSeq + 1)
            }
            let statement = try db.cachedStatement(
                sql: """
                    SELECT id, (SELECT max(stream_seq) FROM line WHERE stream = id) FROM stream WHERE key = ?
                    """
            )
            guard let row = try Row.fetchOne(statement, arguments: [Data(stream.bytes)]) else { return nil }
            return StreamPlace(id: row[0], next: UInt64(clamping: row[1] as Int64) + 1)
        }
    }
}
