import Cryptography
import GRDB
import TransparencyLog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The tables, and the tree that is read from them.
enum RecordTables {
    static func create(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE line (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                CREATE TABLE stream (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE) STRICT;
                CREATE TABLE stream_line (
                    stream INTEGER NOT NULL, stream_seq INTEGER NOT NULL, seq INTEGER NOT NULL,
                    PRIMARY KEY (stream, stream_seq)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE part (
                    seq INTEGER NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (seq, position)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE request (key BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE tile (
                    level INTEGER NOT NULL, position INTEGER NOT NULL, hashes BLOB NOT NULL,
                    PRIMARY KEY (level, position)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
                """
        )
        // Belts; the proofs are the braces.
        for table in ["line", "stream", "stream_line", "part", "request", "tile", "checkpoint"] {
            for act in ["UPDATE", "DELETE"] {
                try db.execute(
                    sql: """
                        CREATE TRIGGER \(table)_no_\(act.lowercased()) BEFORE \(act) ON \(table)
                        BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END
                        """
                )
            }
        }
    }

    static func head(_ db: Database) throws -> (RecordHead, MerkleFrontier) {
        guard let row = try Row.fetchOne(db, sql: "SELECT seq, bytes FROM line ORDER BY seq DESC LIMIT 1") else {
            return (.empty, MerkleFrontier())
        }
        let bytes = [UInt8](row["bytes"] as Data)
        let size = UInt64(row["seq"] as Int64) + 1
        guard let scan = try? LineScan(bytes), scan.seq + 1 == size else {
            throw RecordFault(.damaged, "The last line, \(size - 1), is not in the record's form.")
        }
        let frontier = try frontier(db, size: size)
        return (RecordHead(size: size, root: frontier.root, last: .leaf(bytes), time: scan.recordedAt), frontier)
    }

    /// The edge of the tree at a size: from full tiles, and from lines where a tile is not full.
    static func frontier(_ db: Database, size: UInt64) throws -> MerkleFrontier {
        let lines = try db.cachedStatement(sql: "SELECT bytes FROM line WHERE seq = ?")
        let frontier = try MerkleFrontier(size: size) { (node: NodeAddress) throws in
            if node.height == 0 {
                guard let line = try Data.fetchOne(lines, arguments: [Int64(clamping: node.index)]) else {
                    throw RecordFault(.damaged, "Line \(node.index) is missing.")
                }
                return Digest.leaf([UInt8](line))
            }
            let below = node.height / 8 - 1
            guard let tile = try tile(db, level: below, index: node.index), let hash = tile.hash(of: node) else {
                throw RecordFault(.damaged, "Tile \(node.index) of level \(below) is missing.")
            }
            return hash
        }
        guard let frontier else { throw RecordFault(.damaged, "\(size) is no size of a tree.") }
        return frontier
    }

    static func tile(_ db: Database, level: Int, index: UInt64) throws -> TileHashes? {
        let statement = try db.cachedStatement(sql: "SELECT hashes FROM tile WHERE level = ? AND position = ?")
        guard let bytes = try Data.fetchOne(statement, arguments: [level, Int64(clamping: index)]) else { return nil }
        return TileHashes(level: level, index: index, bytes: [UInt8](bytes))
    }
}
