import Cryptography
import GRDB
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
    let newestRequest: RequestKey?
    let report: SQLiteRecord.OpenReport

    /// Looks at everything that can be looked at in a moment: the newest lines and their tiles, the anchor, and the
    /// last signed head.
    ///
    /// - Throws: ``RecordFault`` if the record is not the one that was acknowledged, anchored and signed.
    init(_ db: Database, anchor: AnchorFile, signed: SignedHead) throws {
        try RecordTables.check(db)
        let tree = RecordTree(db: db)
        let size = try RecordTree.size(db)
        let anchored = anchor.newest
        guard size >= anchored.confirmed else {
            throw RecordFault(
                .shorterThanAnchor,
                "The record has \(size) lines, and \(anchored.confirmed) were acknowledged: the end is missing."
            )
        }
        (head, frontier) = try Self.newest(db, size)
        if size >= anchored.size {
            let root = anchored.size == size ? head.root : try tree.root(of: anchored.size)
            guard root == anchored.root else {
                throw RecordFault(
                    .contradictsAnchor,
                    "The record is not the one that was anchored at \(anchored.size)."
                )
            }
        }
        guard signed.size <= size else {
            throw RecordFault(
                .contradictsSignedHead,
                "The record has \(size) lines, and a head over \(signed.size) was signed."
            )
        }
        guard try signed.size == size ? head.root == signed.root : tree.root(of: signed.size) == signed.root else {
            throw RecordFault(
                .contradictsSignedHead,
                "The record is not the one that was signed at \(signed.size)."
            )
        }
        newestRequest = try Data.fetchOne(db, sql: "SELECT max(key) FROM request").flatMap { RequestKey(bytes: $0) }
        report = SQLiteRecord.OpenReport(
            unconfirmedLost: anchored.size > size ? anchored.size - size : 0,
            damagedAnchorSlots: anchor.damagedSlots
        )
    }

    /// The head, from the newest 1 to 512 lines: their form, links and numbers, and the last full tile over them.
    private static func newest(_ db: Database, _ size: UInt64) throws -> (RecordHead, MerkleFrontier) {
        guard size > 0 else { return (.empty, MerkleFrontier()) }
        let width = UInt64(TileHashes.width)
        let tree = RecordTree(db: db)
        var run = LineRun(from: try LineRun.start(tree, at: (max(size / width, 1) - 1) * width))
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT seq, bytes FROM line WHERE seq >= ? ORDER BY seq",
            arguments: [Int64(clamping: run.frontier.size)]
        )
        var time: Int64 = 0
        while let row = try rows.next() {
            let bytes = try row.bytes(1)
            try run.take(bytes, at: UInt64(clamping: row[0] as Int64), tree)
            if run.frontier.size == size { time = (try? LineScan(bytes).recordedAt) ?? 0 }
        }
        guard run.frontier.size == size else { throw RecordFault(.damaged, "Line \(run.frontier.size) is missing.") }
        return (RecordHead(size: size, root: run.frontier.root, last: run.last, time: time), run.frontier)
    }
}
