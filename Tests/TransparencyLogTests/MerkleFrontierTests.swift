import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// The growing edge: roots, tiles and its stored form, at sizes around the powers of 256.
@Suite(.tags(.small))
struct MerkleFrontierTests {
    private static let count = 66_100
    private static let leaves = (0..<count).map { Digest.sha256("leaf \($0)") }

    private struct Place: Hashable {
        let level: Int
        let index: UInt64
    }

    /// Sizes at which something ends or begins, and a few between.
    private static let sizes: Set<Int> = [
        0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1_000, 65_279, 65_280, 65_535, 65_536, 65_537, 66_100,
    ]

    @Test func `tiles come once, when they are full, and give every hash of the tree`() throws {
        var frontier = MerkleFrontier()
        var tiles: [Place: TileHashes] = [:]
        var random = SplitMix64(seed: Seeds.fixed[0])
        for size in 0...Self.count {
            if Self.sizes.contains(size) {
                #expect(frontier.size == UInt64(size))
                try check(frontier, &random) { tiles[Place(level: $0, index: $1)] }
            }
            guard size < Self.count else { break }
            for tile in frontier.append(Self.leaves[size]) {
                #expect(tile.isFull)
                #expect(tiles.updateValue(tile, forKey: Place(level: tile.level, index: tile.index)) == nil)
                #expect(TileHashes(level: tile.level, index: tile.index, bytes: tile.bytes) == tile)
            }
        }
        #expect(tiles.count == 258 + 1)
        #expect(frontier.partialTiles.map(\.hashes.count) == [66_100 % 256, 258 - 256, 1])
        #expect(frontier.partialTiles.map(\.index) == [258, 1, 0])
    }

    /// The root, what is stored and restored, and proofs from nothing but tiles and the edge.
    private func check(
        _ frontier: MerkleFrontier,
        _ random: inout SplitMix64,
        _ tile: (Int, UInt64) -> TileHashes?
    ) throws {
        let size = frontier.size
        let root = MerkleTree.root(of: Array(Self.leaves.prefix(Int(size))))
        #expect(frontier.root == root, "\(size)")
        let again = try #require(MerkleFrontier(encoded: frontier.encoded), "\(size)")
        #expect(again == frontier && again.root == root, "\(size)")
        func node(_ address: NodeAddress) throws -> Digest {
            let hash = frontier.hash(of: address, fullTile: tile)
            return try #require(hash, "\(address)")
        }
        #expect(try MerkleFrontier(size: size, node: node) == frontier, "\(size)")
        #expect(try MerkleTree.root(of: size, node: node) == root, "\(size)")
        for _ in 0..<(size > 0 ? 20 : 0) {
            let index = UInt64(random.below(Int(size)))
            let leaf = Self.leaves[Int(index)]
            let path = try #require(try MerkleTree.inclusionProof(of: index, in: size, node: node))
            let isGood = MerkleTree.verifiesInclusion(of: leaf, at: index, in: size, root: root, path: path)
            #expect(isGood, "\(index) in \(size)")
        }
    }

    @Test func `what is not in the tree has no hash`() {
        var frontier = MerkleFrontier()
        for leaf in Self.leaves.prefix(5) { frontier.append(leaf) }
        func hash(_ height: Int, _ index: UInt64) -> Digest? {
            frontier.hash(of: NodeAddress(height: height, index: index)) { _, _ in nil }
        }
        #expect(hash(0, 4) == Self.leaves[4])
        #expect(hash(2, 0) == MerkleTree.root(of: Array(Self.leaves.prefix(4))))
        let absent: [(Int, UInt64)] = [(0, 5), (1, 2), (2, 1), (3, 0), (-1, 0), (64, 0), (200, 0), (0, .max)]
        for (height, index) in absent { #expect(hash(height, index) == nil, "\(height) \(index)") }
    }

    @Test func `a stored edge of another length is refused`() throws {
        var frontier = MerkleFrontier()
        for leaf in Self.leaves.prefix(300) { frontier.append(leaf) }
        let bytes = frontier.encoded
        #expect(MerkleFrontier(encoded: bytes) == frontier)
        for count in 0..<bytes.count { #expect(MerkleFrontier(encoded: Array(bytes.prefix(count))) == nil) }
        #expect(MerkleFrontier(encoded: bytes + [0]) == nil)
        #expect(MerkleFrontier(encoded: bytes + [UInt8](repeating: 0, count: 32)) == nil)
        #expect(MerkleFrontier(encoded: [UInt8](repeating: 0xFF, count: 8)) == nil)
    }

    @Test func `a tile gives the hashes of what lies in it, and of nothing else`() throws {
        let tile = try #require(TileHashes(level: 1, index: 2, hashes: Array(Self.leaves.prefix(100))))
        func hash(_ height: Int, _ index: UInt64) -> Digest? {
            tile.hash(of: NodeAddress(height: height, index: index))
        }
        #expect(hash(8, 512) == Self.leaves[0] && hash(8, 611) == Self.leaves[99])
        #expect(hash(14, 8) == MerkleTree.root(of: Array(Self.leaves.prefix(64))))
        let elsewhere: [(Int, UInt64)] = [
            (8, 612), (8, 511), (8, 768), (14, 9), (14, 7), (16, 2), (17, 1), (24, 2), (7, 512), (0, 512), (-1, 2),
            (64, 0),
        ]
        for (height, index) in elsewhere { #expect(hash(height, index) == nil, "\(height) \(index)") }
    }

    @Test func `a tile holds 1 to 256 hashes of a level that there is`() {
        #expect(TileHashes(level: 0, index: 0, hashes: []) == nil)
        #expect(TileHashes(level: 0, index: 0, hashes: [Digest](repeating: .zero, count: 257)) == nil)
        #expect(TileHashes(level: 8, index: 0, hashes: [.zero]) == nil)
        #expect(TileHashes(level: -1, index: 0, hashes: [.zero]) == nil)
        #expect(TileHashes(level: 0, index: 0, bytes: [UInt8](repeating: 0, count: 33)) == nil)
    }
}
