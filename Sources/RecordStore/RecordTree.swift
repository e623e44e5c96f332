import Cryptography
import GRDB
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The tree as it is stored: full tiles of 256 hashes, and lines where no tile is full yet.
struct RecordTree {
    let db: Database
    /// What comes after the database's lines.
    var tail = Tail()

    /// Number of lines.
    static func size(_ db: Database) throws -> UInt64 {
        let last = try Int64.fetchOne(db, sql: "SELECT seq FROM line ORDER BY seq DESC LIMIT 1")
        return last.map { UInt64(clamping: $0) + 1 } ?? 0
    }

    /// The root of a size, which is no larger than the record.
    func root(of size: UInt64) throws -> Digest {
        let root = try MerkleTree.root(of: size) { (node: NodeAddress) throws in try hash(of: node) }
        guard let root else { throw RecordFault(.damaged, "\(size) is no size of a tree.") }
        return root
    }

    /// The growing edge at a size, which is no larger than the record.
    func frontier(of size: UInt64) throws -> MerkleFrontier {
        let frontier = try MerkleFrontier(size: size) { (node: NodeAddress) throws in try hash(of: node) }
        guard let frontier else { throw RecordFault(.damaged, "\(size) is no size of a tree.") }
        return frontier
    }

    /// The hash of a complete subtree.
    func hash(of node: NodeAddress) throws -> Digest {
        if node.height == 0 { return try leaf(node.index) }
        // 256 hashes of the level below are one full tile, so that one tile tells the root over them.
        if node.height.isMultiple(of: 8), let hash = try tile(node.height / 8 - 1, node.index)?.hash(of: node) {
            return hash
        }
        let place = TileHashes.place(of: node)
        if let hash = try tile(place.level, place.index)?.hash(of: node) { return hash }
        // The tile is not full yet. Its hashes are there one by one, and a missing line or tile ends the descent.
        guard !node.height.isMultiple(of: 8) else {
            throw RecordFault(.damaged, "Tile \(node.index) of level \(node.height / 8 - 1) is missing.")
        }
        return try .node(
            hash(of: NodeAddress(height: node.height - 1, index: 2 * node.index)),
            hash(of: NodeAddress(height: node.height - 1, index: 2 * node.index + 1))
        )
    }

    /// A full tile; nil if it is not full yet.
    func tile(_ level: Int, _ index: UInt64) throws -> TileHashes? {
        let statement = try db.cachedStatement(sql: "SELECT hashes FROM tile WHERE level = ? AND position = ?")
        guard let bytes = try Data.fetchOne(statement, arguments: [level, Int64(clamping: index)]) else {
            return tail.tile(level, index)
        }
        guard let tile = TileHashes(level: level, index: index, bytes: [UInt8](bytes)), tile.isFull else {
            throw RecordFault(.damaged, "Tile \(index) of level \(level) is damaged.")
        }
        return tile
    }

    private func leaf(_ seq: UInt64) throws -> Digest {
        if let line = tail.line(at: seq) { return line.leaf }
        let statement = try db.cachedStatement(sql: "SELECT bytes FROM line WHERE seq = ?")
        guard let bytes = try Data.fetchOne(statement, arguments: [Int64(clamping: seq)]) else {
            throw RecordFault(.damaged, "Line \(seq) is missing.")
        }
        return .leaf([UInt8](bytes))
    }
}

/// The tree at one size, for proofs: its edge is in memory, and of each level the full tile that was asked for last.
///
/// What no tile holds yet would else be put together from hundreds of tiles and lines for each proof.
struct SizedTree {
    let stored: RecordTree
    let edge: MerkleFrontier
    private var tiles = [TileNodes?](repeating: nil, count: TileHashes.maximumLevels)

    init(stored: RecordTree, edge: MerkleFrontier) {
        self.stored = stored
        self.edge = edge
    }

    /// The hash of a complete subtree.
    mutating func hash(of node: NodeAddress) throws -> Digest {
        let place = TileHashes.place(of: node)
        if place.index < edge.size >> UInt64(8 * (place.level + 1)) {
            if tiles[place.level]?.index != place.index {
                tiles[place.level] = try stored.tile(place.level, place.index).map { TileNodes($0) }
            }
            if let hash = tiles[place.level]?.hash(of: node) { return hash }
        }
        if let hash = edge.hash(of: node, fullTile: { _, _ in nil }) { return hash }
        return try stored.hash(of: node)
    }
}
