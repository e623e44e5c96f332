import Cryptography

/// The roots of the complete subtrees of a growing tree, one for each set bit of its size, the largest first.
struct MerklePeaks: Hashable, Sendable {
    private(set) var size: UInt64 = 0
    private(set) var hashes: [Digest] = []

    init() {}

    /// Nil unless there is one hash for each set bit of the size.
    init?(size: UInt64, hashes: [Digest]) {
        guard size <= MerkleTree.maximumSize, hashes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// Appends a leaf; tells each complete subtree that it finishes, by height, smallest first.
    mutating func append(_ leaf: Digest, using hasher: inout TreeHasher, finished: (Int, Digest) -> Void = { _, _ in })
    {
        var hash = leaf
        finished(0, hash)
        for height in 0..<(~size).trailingZeroBitCount {
            guard let left = hashes.popLast() else { break }
            hash = hasher.node(left, hash)
            finished(height + 1, hash)
        }
        hashes.append(hash)
        size += 1
    }

    var root: Digest {
        guard var hash = hashes.last else { return .empty }
        var hasher = TreeHasher()
        for left in hashes.dropLast().reversed() { hash = hasher.node(left, hash) }
        return hash
    }
}
