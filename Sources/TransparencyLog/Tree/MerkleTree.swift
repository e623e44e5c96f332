public import Cryptography

/// Roots and proofs of the tree of RFC 9162 section 2.1, over any source of the hashes of complete subtrees.
public enum MerkleTree {
    /// The largest size: the bound that Sigsum and cosignatures use, with at most 63 hashes in a proof.
    public static let maximumSize = UInt64(Int64.max)

    /// The root over leaf hashes, by the recursive definition of RFC 9162 section 2.1.1.
    public static func root(of leaves: [Digest]) -> Digest {
        root(of: leaves[...])
    }

    private static func root(of leaves: ArraySlice<Digest>) -> Digest {
        guard let first = leaves.first else { return .empty }
        guard leaves.count > 1 else { return first }
        let middle = leaves.startIndex + Int(split(UInt64(leaves.count)))
        return .node(root(of: leaves[..<middle]), root(of: leaves[middle...]))
    }

    /// The root of the tree of a size.
    ///
    /// - Returns: Nil if the size is beyond ``maximumSize``.
    /// - Throws: What the source throws.
    public static func root<Failure>(
        of size: UInt64,
        node: (NodeAddress) throws(Failure) -> Digest
    ) throws(Failure) -> Digest? {
        guard size <= maximumSize else { return nil }
        return try hash(of: 0..<size, node: node)
    }

    /// The siblings on the way from a leaf to the root (RFC 9162 section 2.1.3.1), the leaf's own first.
    ///
    /// - Parameters:
    ///   - index: The place of the leaf.
    ///   - size: The size of the tree.
    ///   - node: Gives the hash of a complete subtree of that tree.
    /// - Returns: Nil unless the leaf lies in a tree of a size up to ``maximumSize``.
    /// - Throws: What the source throws.
    public static func inclusionProof<Failure>(
        of index: UInt64,
        in size: UInt64,
        node: (NodeAddress) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest]? {
        guard index < size, size <= maximumSize else { return nil }
        var siblings: [Range<UInt64>] = []
        var range = 0..<size
        while range.upperBound - range.lowerBound > 1 {
            let middle = range.lowerBound + split(range.upperBound - range.lowerBound)
            siblings.append(index < middle ? middle..<range.upperBound : range.lowerBound..<middle)
            range = index < middle ? range.lowerBound..<middle : middle..<range.upperBound
        }
        return try hashes(of: siblings.reversed(), node: node)
    }

    /// What shows that a tree is the beginning of a larger one (RFC 9162 section 2.1.4.1).
    ///
    /// - Parameters:
    ///   - old: The smaller size, which may be equal to the larger one; the proof is then empty.
    ///   - new: The larger size.
    ///   - node: Gives the hash of a complete subtree of the larger tree.
    /// - Returns: Nil unless `0 < old <= new` and `new` is at most ``maximumSize``.
    /// - Throws: What the source throws.
    public static func consistencyProof<Failure>(
        from old: UInt64,
        to new: UInt64,
        node: (NodeAddress) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest]? {
        guard old > 0, old <= new, new <= maximumSize else { return nil }
        var ranges: [Range<UInt64>] = []
        var range = 0..<new
        while range.upperBound != old {
            let middle = range.lowerBound + split(range.upperBound - range.lowerBound)
            ranges.append(old <= middle ? middle..<range.upperBound : range.lowerBound..<middle)
            range = old <= middle ? range.lowerBound..<middle : middle..<range.upperBound
        }
        // A seed that is the whole old tree is known to the verifier already.
        if range.lowerBound > 0 { ranges.append(range) }
        return try hashes(of: ranges.reversed(), node: node)
    }

    private static func hashes<Failure>(
        of ranges: [Range<UInt64>],
        node: (NodeAddress) throws(Failure) -> Digest
    ) throws(Failure) -> [Digest] {
        var hashes: [Digest] = []
        for range in ranges { hashes.append(try hash(of: range, node: node)) }
        return hashes
    }

    /// The root over a range of leaves, folded from complete subtrees right to left.
    private static func hash<Failure>(
        of range: Range<UInt64>,
        node: (NodeAddress) throws(Failure) -> Digest
    ) throws(Failure) -> Digest {
        var root: Digest?
        for address in NodeAddress.covering(range).reversed() {
            let left = try node(address)
            root = root.map { .node(left, $0) } ?? left
        }
        return root ?? .empty
    }

    /// The largest power of two below a size of at least 2.
    private static func split(_ size: UInt64) -> UInt64 {
        1 << UInt64((UInt64.bitWidth - 1) - (size - 1).leadingZeroBitCount)
    }
}
