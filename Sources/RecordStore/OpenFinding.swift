import Cryptography
import GRDB
import SQLiteRows
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What looking at a record before touching it found.
struct OpenFinding: Sendable {
    let head: RecordHead
    let frontier: MerkleFrontier
    /// What the journal holds and the database does not.
    let records: [JournalReading.Record]
    let tail: Tail
    let newestRequest: RequestKey?
    let report: SQLiteRecord.OpenReport

    /// Looks at everything that can be looked at in a moment: the newest lines and their tiles, the journal, and the
    /// last signed head.
    ///
    /// - Throws: ``RecordFault`` if the record is not the one that was acknowledged, anchored and signed.
    init(_ db: Database, journal: JournalReading, signed: SignedHead) throws {
        let size = try RecordTree.size(db)
        guard size >= journal.settled else { throw Self.shorter(size, journal.settled) }
        var time: Int64 = 0
        var run = try Self.run(db, size, &time)
        records = journal.records(after: size)
        var tail = Tail()
        for record in records {
            tail.append(try SealedBatch(journal.payload(of: record), record.header, after: &run))
        }
        self.tail = tail
        frontier = run.frontier
        let head =
            tail.batches.last?.head ?? RecordHead(size: size, root: run.frontier.root, last: run.last, time: time)
        self.head = head
        guard head.size >= journal.acknowledged else { throw Self.shorter(head.size, journal.acknowledged) }
        let tree = RecordTree(db: db, tail: tail)
        func root(of size: UInt64) throws -> Digest { try size == head.size ? head.root : tree.root(of: size) }
        for past in journal.newest(upTo: head.size) where try root(of: past.size) != past.root {
            throw RecordFault(.contradictsAnchor, "The record is not the one that was anchored at \(past.size).")
        }
        guard signed.size <= head.size else {
            throw RecordFault(
                .contradictsSignedHead,
                "The record has \(head.size) lines, and a head over \(signed.size) was signed."
            )
        }
        guard try root(of: signed.size) == signed.root else {
            throw RecordFault(
                .contradictsSignedHead,
                "The record is not the one that was signed at \(signed.size)."
            )
        }
        newestRequest = try Data.fetchOne(db, sql: "SELECT max(key) FROM request").flatMap { RequestKey(bytes: $0) }
        report = SQLiteRecord.OpenReport(unconfirmedLost: max(journal.begun, head.size) - head.size)
    }

    private static func shorter(_ size: UInt64, _ acknowledged: UInt64) -> RecordFault {
        RecordFault(
            .shorterThanAnchor,
            "The record has \(size) lines, and \(acknowledged) were acknowledged: the end is missing."
        )
    }

    /// The newest 1 to 512 lines of the database: their form, links and numbers, and the last full tile over them.
    private static func run(_ db: Database, _ size: UInt64, _ time: inout Int64) throws -> LineRun {
        let width = UInt64(TileHashes.width)
        let tree = RecordTree(db: db)
        var run = LineRun(from: try LineRun.start(tree, at: (max(size / width, 1) - 1) * width))
        let lines = try db.makeStatement(sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq")
        let rows = try Row.fetchCursor(lines, arguments: [Int64(clamping: run.frontier.size)])
        while try rows.next() != nil {
            let bytes = lines.bytes(1)
            try run.take(bytes, at: UInt64(clamping: lines.integer(0)), tree)
            if run.frontier.size == size { time = (try? LineScan(bytes).recordedAt) ?? 0 }
        }
        guard run.frontier.size == size else { throw RecordFault(.damaged, "Line \(run.frontier.size) is missing.") }
        return run
    }
}
