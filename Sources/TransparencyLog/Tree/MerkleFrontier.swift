public import Cryptography

/// The growing edge of the tree: enough to append a leaf and to tell the root, without reading anything back.
///
/// It keeps one hash for each set bit of the size and the tiles that are not full yet: at most 255 hashes a level.
public struct MerkleFrontier: Hashable, Sendable {
    private var peaks = MerklePeaks()
    /// The hashes of the unfinished tile of each level.
    private var unfinished: [[Digest]] = []

    /// The edge of the empty tree.
    public init() {}

    /// The number of leaves.
    public var size: UInt64 { peaks.size }

    /// The root of the tree.
    public var root: Digest { peaks.root }

    /// The tiles that are not full, lowest level first; empty ones are left out.
    public var partialTiles: [TileHashes] {
        unfinished.enumerated()
            .compactMap { level, hashes in
                TileHashes(level: level, index: size >> UInt64(8 * (level + 1)), hashes: hashes)
            }
    }

    /// Appends a leaf.
    ///
    /// - Returns: The tiles that it fills, lowest level first: none, but for each 256th leaf one or more.
    @discardableResult
    public mutating func append(_ leaf: Digest) -> [TileHashes] {
        var hasher = TreeHasher()
        return append(leaf, using: &hasher)
    }

    /// Appends a leaf, with a hasher that is kept for many.
    ///
    /// - Returns: The tiles that it fills, lowest level first.
    @discardableResult
    public mutating func append(_ leaf: Digest, using hasher: inout TreeHasher) -> [TileHashes] {
        precondition(size < MerkleTree.maximumSize, "A tree holds at most 2^63 - 1 leaves")
        var full: [TileHashes] = []
        let index = size
        var unfinished: [[Digest]] = []
        swap(&unfinished, &self.unfinished)
        peaks.append(leaf, using: &hasher) { height, hash in
            guard height.isMultiple(of: 8) else { return }
            let level = height / 8
            if unfinished.count == level { unfinished.append([]) }
            unfinished[level].append(hash)
            guard unfinished[level].count == TileHashes.width else { return }
            let place = index >> UInt64(8 * (level + 1))
            if let tile = TileHashes(level: level, index: place, hashes: unfinished[level]) { full.append(tile) }
            unfinished[level].removeAll(keepingCapacity: true)
        }
        swap(&unfinished, &self.unfinished)
        return full
    }

    /// The hash of a complete subtree of this tree, from its unfinished tiles or from stored full ones.
    ///
    /// This is what ``MerkleTree`` asks for; each answer takes one tile.
    ///
    /// - Returns: Nil if the subtree is not complete, or if the tile that should hold it is none or does not.
    /// - Throws: What the source of full tiles throws.
    public func hash<Failure>(
        of node: NodeAddress,
        fullTile: (_ level: Int, _ index: UInt64) throws(Failure) -> TileHashes?
    ) throws(Failure) -> Digest? {
        guard (0..<63).contains(node.height), node.index < size >> UInt64(node.height) else { return nil }
        let place = TileHashes.place(of: node)
        if place.index < size >> UInt64(8 * (place.level + 1)) {
            guard let tile = try fullTile(place.level, place.index), tile.isFull else { return nil }
            return tile.hash(of: node)
        }
        guard place.level < unfinished.count else { return nil }
        return TileHashes(level: place.level, index: place.index, hashes: unfinished[place.level])?.hash(of: node)
    }
}

extension MerkleFrontier {
    /// The edge of a tree of a size, from the hashes of complete subtrees: leaf hashes and the roots of full tiles.
    ///
    /// It asks for at most 255 hashes of each height that is a multiple of 8.
    ///
    /// - Returns: Nil if the size is beyond ``MerkleTree/maximumSize``.
    /// - Throws: What the source throws.
    public init?<Failure>(size: UInt64, node: (NodeAddress) throws(Failure) -> Digest) throws(Failure) {
        guard size <= MerkleTree.maximumSize else { return nil }
        var unfinished: [[Digest]] = []
        var level = 0
        while level == 0 || size >> UInt64(8 * level) > 0 {
            let count = size >> UInt64(8 * level)
            var hashes: [Digest] = []
            for index in (count & ~255)..<count {
                hashes.append(try node(NodeAddress(height: 8 * level, index: index)))
            }
            unfinished.append(hashes)
            level += 1
            if 8 * level >= UInt64.bitWidth { break }
        }
        self.init(size: size, unfinished: unfinished)
    }

    /// The stored form: the size in 8 bytes, big-endian, then the hashes of the unfinished tiles, lowest level first.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: size)
        for hash in unfinished.joined() { hash.write(into: &bytes) }
        return bytes
    }

    /// Reads ``encoded``; nil unless there is exactly one hash for each place that the size leaves unfinished.
    public init?(encoded: [UInt8]) {
        guard encoded.count >= 8 else { return nil }
        let size = encoded[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        guard size <= MerkleTree.maximumSize else { return nil }
        var unfinished: [[Digest]] = []
        var rest = encoded.dropFirst(8)
        for level in 0..<TileHashes.maximumLevels where level == 0 || size >> UInt64(8 * level) > 0 {
            let count = Int(size >> UInt64(8 * level) & 255)
            guard rest.count >= count * Digest.byteCount else { return nil }
            var hashes: [Digest] = []
            for _ in 0..<count {
                guard let hash = Digest(bytes: rest.prefix(Digest.byteCount)) else { return nil }
                hashes.append(hash)
                rest = rest.dropFirst(Digest.byteCount)
            }
            unfinished.append(hashes)
        }
        guard rest.isEmpty else { return nil }
        self.init(size: size, unfinished: unfinished)
    }

    /// The peaks follow from the unfinished tiles: each set bit of the size is a run of hashes of one of them.
    private init?(size: UInt64, unfinished: [[Digest]]) {
        var hashes: [Digest] = []
        for level in unfinished.indices.reversed() {
            var start = 0
            for height in (0..<8).reversed() where unfinished[level].count >> height & 1 == 1 {
                hashes.append(MerkleTree.root(of: Array(unfinished[level][start..<start + 1 << height])))
                start += 1 << height
            }
        }
        guard let peaks = MerklePeaks(size: size, hashes: hashes) else { return nil }
        self.peaks = peaks
        self.unfinished = size == 0 ? [] : unfinished
    }
}
