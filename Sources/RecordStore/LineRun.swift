import Cryptography
import TransparencyLog

/// Lines read back one after the other: form, number, link, and the tiles they fill.
struct LineRun: ~Copyable {
    private(set) var frontier: MerkleFrontier
    /// Leaf hash of the line before.
    private(set) var last: Digest
    private var hasher = TreeHasher()

    /// A run that goes on where another one, or the tree, stands.
    init(from start: (frontier: MerkleFrontier, last: Digest)) {
        (frontier, last) = start
    }

    /// Where a run begins after so many lines, as the tree has them.
    static func start(_ tree: RecordTree, at size: UInt64) throws -> (frontier: MerkleFrontier, last: Digest) {
        guard size > 0 else { return (MerkleFrontier(), .empty) }
        return (try tree.frontier(of: size), try tree.hash(of: NodeAddress(height: 0, index: size - 1)))
    }

    /// Takes the next line.
    ///
    /// - Throws: ``RecordFault`` if it is not the one that was written, or does not match a stored tile.
    mutating func take(_ bytes: [UInt8], at seq: UInt64, _ tree: RecordTree) throws {
        for tile in try take(bytes, at: seq) {
            guard try tree.tile(tile.level, tile.index) == tile else {
                throw RecordFault(.damaged, "Tile \(tile.index) of level \(tile.level) does not match its lines.")
            }
        }
    }

    /// Takes the next line.
    ///
    /// - Returns: The tiles that it fills.
    /// - Throws: ``RecordFault`` if it is not the one that was written.
    mutating func take(_ bytes: [UInt8], at seq: UInt64) throws(RecordFault) -> [TileHashes] {
        guard seq == frontier.size else { throw RecordFault(.damaged, "Line \(frontier.size) is missing.") }
        guard let scan = try? LineScan(bytes), scan.seq == seq else {
            throw RecordFault(.damaged, "Line \(seq) is not in the record's form.")
        }
        guard scan.prev == last else {
            throw RecordFault(.damaged, "Line \(seq) does not follow from the line before it.")
        }
        last = hasher.leaf(bytes)
        return frontier.append(last, using: &hasher)
    }
}
