public import Cryptography

extension MerkleTree {
    /// Whether a path leads from a leaf to a root (RFC 9162 section 2.1.3.2).
    ///
    /// The length of the path follows from index and size alone, and any other is refused before anything is hashed.
    public static func verifiesInclusion(
        of leaf: Digest,
        at index: UInt64,
        in size: UInt64,
        root: Digest,
        path: [Digest]
    ) -> Bool {
        var hasher = TreeHasher()
        return verifiesInclusion(of: leaf, at: index, in: size, root: root, path: path, using: &hasher)
    }

    /// The same, with a hasher that is kept for many.
    static func verifiesInclusion(
        of leaf: Digest,
        at index: UInt64,
        in size: UInt64,
        root: Digest,
        path: [Digest],
        using hasher: inout TreeHasher
    ) -> Bool {
        guard index < size, size <= maximumSize else { return false }
        let inner = UInt64.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        let border = (index >> UInt64(inner)).nonzeroBitCount
        guard path.count == inner + border else { return false }
        var hash = leaf
        for (level, sibling) in path.enumerated() {
            let isLeft = level < inner && index >> UInt64(level) & 1 == 0
            hash = isLeft ? hasher.node(hash, sibling) : hasher.node(sibling, hash)
        }
        return hash == root
    }

    /// Whether a tree is the beginning of a larger one (RFC 9162 section 2.1.4.2), with the strict rule for nothing.
    ///
    /// An old size of zero is refused, whatever else is given: everything is consistent with nothing, so that whoever
    /// asks has lost what they wanted to compare. See ``verifiesGrowth(from:oldRoot:to:newRoot:path:)`` for a beginning.
    public static func verifiesConsistency(
        from old: UInt64,
        oldRoot: Digest,
        to new: UInt64,
        newRoot: Digest,
        path: [Digest]
    ) -> Bool {
        guard old > 0, old <= new, new <= maximumSize else { return false }
        guard old < new else { return path.isEmpty && oldRoot == newRoot }
        var hashes = path[...]
        guard let seed = old & (old - 1) == 0 ? oldRoot : hashes.popFirst() else { return false }
        let shift = UInt64((~(old - 1)).trailingZeroBitCount)
        var first = (old - 1) >> shift
        var second = (new - 1) >> shift
        var oldHash = seed
        var newHash = seed
        for hash in hashes {
            guard second > 0 else { return false }
            if first & 1 == 1 || first == second {
                oldHash = .node(hash, oldHash)
                newHash = .node(hash, newHash)
                while first & 1 == 0, first > 0 {
                    first >>= 1
                    second >>= 1
                }
            } else {
                newHash = .node(newHash, hash)
            }
            first >>= 1
            second >>= 1
        }
        return second == 0 && oldHash == oldRoot && newHash == newRoot
    }

    /// Whether a log has only grown since a head that a witness holds (C2SP tlog-witness).
    ///
    /// As ``verifiesConsistency(from:oldRoot:to:newRoot:path:)``, but from size zero every tree grows, with an empty
    /// path; and a tree of size zero has the empty root.
    public static func verifiesGrowth(
        from old: UInt64,
        oldRoot: Digest,
        to new: UInt64,
        newRoot: Digest,
        path: [Digest]
    ) -> Bool {
        guard old == 0 else {
            return verifiesConsistency(from: old, oldRoot: oldRoot, to: new, newRoot: newRoot, path: path)
        }
        return oldRoot == .empty && path.isEmpty && new <= maximumSize && (new > 0 || newRoot == .empty)
    }
}
