public import Cryptography

/// All complete subtrees within one tile, hashed once: for whoever takes many hashes out of the same tile, as one does who
/// proves the lines of a case one after the other.
public struct TileNodes: Sendable {
    /// The place of the tile among those of its level.
    public let index: UInt64
    private let level: Int
    /// The hashes of each height above the tile's own, from 0.
    private let rows: [[Digest]]

    /// The subtrees of a tile.
    public init(_ tile: TileHashes) {
        var hasher = TreeHasher()
        index = tile.index
        level = tile.level
        var rows = [tile.hashes]
        while let below = rows.last, below.count > 1 {
            rows.append((0..<below.count / 2).map { hasher.node(below[2 * $0], below[2 * $0 + 1]) })
        }
        self.rows = rows
    }

    /// The hash of a complete subtree that lies in this tile; nil if it lies elsewhere, or is not complete here.
    public func hash(of node: NodeAddress) -> Digest? {
        let height = node.height - 8 * level
        guard rows.indices.contains(height), node.index >> UInt64(8 - height) == index else { return nil }
        let place = Int(node.index & (1 << UInt64(8 - height) - 1))
        return place < rows[height].count ? rows[height][place] : nil
    }
}
