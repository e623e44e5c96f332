/// A complete subtree: the one over the leaves `index << height ..< (index + 1) << height`.
///
/// Its hash never changes once all of its leaves are there.
public struct NodeAddress: Hashable, Sendable {
    /// Levels above the leaves, 0 for a leaf.
    public var height: Int
    /// The place among the nodes of this height.
    public var index: UInt64

    /// An address.
    public init(height: Int, index: UInt64) {
        self.height = height
        self.index = index
    }
}

extension NodeAddress {
    /// The complete subtrees that cover the leaves of a range, from left to right.
    ///
    /// The range is one that occurs in a tree: it starts at a multiple of every subtree in it.
    static func covering(_ leaves: Range<UInt64>) -> [NodeAddress] {
        var addresses: [NodeAddress] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let height = (UInt64.bitWidth - 1) - (leaves.upperBound - start).leadingZeroBitCount
            addresses.append(NodeAddress(height: height, index: start >> UInt64(height)))
            start += 1 << UInt64(height)
        }
        return addresses
    }
}
