public import Cryptography

/// Up to 256 neighbouring hashes of one height, the unit in which tree hashes are stored (C2SP tlog-tiles).
///
/// A tile of level `l` holds hashes of height `8 * l`: level 0 leaf hashes, level 1 roots of full tiles of level 0. A
/// full tile never changes, so it is written once.
public struct TileHashes: Hashable, Sendable {
    /// How many hashes a full tile holds.
    public static let width = 256
    /// Levels of a tree of the maximum size.
    public static let maximumLevels = 8

    /// The level, from 0 at the leaves.
    public let level: Int
    /// The place among the tiles of this level.
    public let index: UInt64
    /// 1 to 256 hashes, from left to right.
    public let hashes: [Digest]

    /// A tile; nil unless it holds 1 to 256 hashes at a level from 0 to 7.
    public init?(level: Int, index: UInt64, hashes: [Digest]) {
        guard (0..<Self.maximumLevels).contains(level), (1...Self.width).contains(hashes.count) else { return nil }
        self.level = level
        self.index = index
        self.hashes = hashes
    }

    /// A tile from its stored form; nil unless it holds 1 to 256 hashes of 32 bytes at a level from 0 to 7.
    public init?(level: Int, index: UInt64, bytes: [UInt8]) {
        guard bytes.count.isMultiple(of: Digest.byteCount) else { return nil }
        let hashes = stride(from: 0, to: bytes.count, by: Digest.byteCount)
            .compactMap { Digest(bytes: bytes[$0..<$0 + Digest.byteCount]) }
        self.init(level: level, index: index, hashes: hashes)
    }

    /// The stored form: the hashes one after the other, 32 bytes each.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * Digest.byteCount)
        for hash in hashes { hash.write(into: &bytes) }
        return bytes
    }

    /// Whether it holds 256 hashes.
    public var isFull: Bool { hashes.count == Self.width }

    /// The hash of a complete subtree that lies in this tile: one of its hashes, or made of up to 256 of them.
    ///
    /// - Returns: Nil if the subtree lies elsewhere, or if the tile does not hold all of it.
    public func hash(of node: NodeAddress) -> Digest? {
        let height = node.height - 8 * level
        guard (0...8).contains(height), node.index >> UInt64(8 - height) == index else { return nil }
        let first = Int(truncatingIfNeeded: node.index << UInt64(height)) & (Self.width - 1)
        guard first + 1 << height <= hashes.count else { return nil }
        return MerkleTree.root(of: Array(hashes[first..<first + 1 << height]))
    }

    /// The tile in which a complete subtree is found: the one that holds it with the fewest hashes to fold.
    public static func place(of node: NodeAddress) -> (level: Int, index: UInt64) {
        (node.height / 8, node.index >> UInt64(8 - node.height % 8))
    }
}
