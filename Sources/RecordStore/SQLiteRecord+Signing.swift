import Cryptography
import GRDB
import SQLiteRows
import Synchronization
import TransparencyLog

extension SQLiteRecord {
    private static let bytesPerPage = 4 << 20

    /// The newest signed head.
    package func signedHead() throws(RecordFault) -> SignedHead {
        try SignedHead(path: RecordFiles(folder).signedHead)
    }

    /// Moves the signed head on, before the signature leaves the process; from the queue that appends.
    ///
    /// - Throws: ``RecordFault`` if the signed head is not `from` any more, or `to` is behind it.
    package func advanceSignedHead(from: SignedHead, to: SignedHead) throws(RecordFault) {
        let current = try signedHead()
        guard current == from, to.size >= current.size, to.size > current.size || to.root == current.root else {
            throw RecordFault(
                .contradictsSignedHead,
                "A head over \(current.size) lines was signed; none may be signed over \(to.size) now."
            )
        }
        if to != current { try to.write(to: RecordFiles(folder).signedHead) }
    }

    /// Where reading back goes on: as the last one left it, or as the tree has it.
    private func start(at head: SignedHead) throws(RecordFault) -> (frontier: MerkleFrontier, last: Digest) {
        if let proven = proven.withLock({ $0 }), proven.frontier.size == head.size { return proven }
        return try reading { db, _ in try LineRun.start(RecordTree(db: db), at: head.size) }
    }

    /// Reads back from the database the lines that came after a signed head, rehashes them, and proves that they grow from it
    /// to a head of the record: a flipped bit must be found before a signature stands on it (tlog.md 4.1, Yeti 2022).
    ///
    /// - Returns: Size and root of what was read.
    /// - Throws: ``RecordFault`` if the record at `from` is another one, or a line, a link, a stored tile or the new
    ///   root is not what it was when it was written.
    package func verifyCommitted(after from: SignedHead, upTo head: RecordHead) throws(RecordFault) -> SignedHead {
        guard from.size <= head.size else {
            throw RecordFault(.contradictsSignedHead, "The record has \(head.size) lines, \(from.size) were signed.")
        }
        try catchUp()
        var run = LineRun(from: try start(at: from))
        guard run.frontier.root == from.root else {
            throw RecordFault(
                .contradictsSignedHead,
                "The record is not the one that was signed at \(from.size)."
            )
        }
        while run.frontier.size < head.size {
            try reading { db, _ in
                let lines = try db.cachedStatement(
                    sql: "SELECT seq, bytes FROM line WHERE seq >= ? AND seq < ? ORDER BY seq"
                )
                let page = try Row.fetchCursor(
                    lines,
                    arguments: [Int64(clamping: run.frontier.size), Int64(clamping: head.size)]
                )
                var room = Self.bytesPerPage
                while room > 0 {
                    guard try page.next() != nil else {
                        if run.frontier.size < head.size {
                            throw RecordFault(.damaged, "Line \(run.frontier.size) is missing.")
                        }
                        break
                    }
                    let bytes = lines.bytes(1)
                    room -= bytes.count
                    try run.take(bytes, at: UInt64(clamping: lines.integer(0)), RecordTree(db: db))
                }
            }
        }
        guard run.frontier.root == head.root else {
            throw RecordFault(.damaged, "The lines read back do not make the root that was written.")
        }
        proven.withLock { $0 = (run.frontier, run.last) }
        return SignedHead(size: head.size, root: head.root)
    }
}
