import Cryptography
import TransparencyLog

/// What an append will make of the head and of the tree.
struct AppendPlan: Sendable {
    /// The head before.
    let base: RecordHead
    /// The head after.
    let head: RecordHead
    let frontier: MerkleFrontier
    /// The tiles that the batch fills.
    let tiles: [TileHashes]
    /// The requests that the batch answers, and where.
    let requests: [(RequestKey, UInt64)]

    /// - Throws: ``RecordFault`` if the lines do not come one after the other, or one has parts that cannot be stored.
    init(_ batch: [RecordLine], after base: RecordHead, frontier: MerkleFrontier) throws(RecordFault) {
        guard base.size <= LogLine.maximumInteger - UInt64(batch.count) else {
            throw RecordFault(.full, "The record has no numbers left.")
        }
        var frontier = frontier
        var tiles: [TileHashes] = []
        var hasher = TreeHasher()
        for line in batch {
            guard line.seq == frontier.size else {
                throw RecordFault(.conflict, "Line \(line.seq) does not come next, \(frontier.size) does.")
            }
            guard line.parts.count <= Statement.maximumParts, line.parts.allSatisfy({ !$0.isEmpty }) else {
                throw RecordFault(.conflict, "Line \(line.seq) has parts that cannot be stored.")
            }
            tiles += frontier.append(line.leaf, using: &hasher)
        }
        self.base = base
        self.head = RecordHead(
            size: frontier.size,
            root: frontier.root,
            last: batch.last?.leaf ?? base.last,
            time: batch.last?.recordedAt ?? base.time
        )
        self.frontier = frontier
        self.tiles = tiles
        requests = batch.compactMap { line in line.request.map { ($0, line.seq) } }
    }
}
