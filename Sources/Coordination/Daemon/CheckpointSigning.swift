import Cryptography
import RecordStore
import TransparencyLog

/// Makes signed heads, in the order that past failures of others teach (tlog.md 4.1 and 5.2): read back, rehash, prove that the
/// old signed head grows into the new one, move the signed head on, and only then sign.
struct CheckpointSigning: Sendable {
    let key: LogKey
    let record: SQLiteRecord

    /// Signs the head of the record; on the queue that appends.
    func sign(upTo head: RecordHead) throws -> StoredCheckpoint {
        let from = try record.signedHead()
        let to = try record.verifyCommitted(after: from, upTo: head)
        try record.advanceSignedHead(from: from, to: to)
        guard let checkpoint = Checkpoint(origin: key.origin, size: to.size, root: to.root),
            let note = try checkpoint.signed(by: key.signer)
        else { throw RecordFault(.damaged, "No checkpoint can be made over \(to.size) lines.") }
        let text = String(decoding: note.encoded, as: UTF8.self)
        try record.store(checkpoint: text, size: to.size)
        return StoredCheckpoint(size: to.size, root: to.root, note: text)
    }

    /// The newest signed head, signed anew if its note was lost between the two writes above.
    func newest() throws -> StoredCheckpoint {
        let head = try record.signedHead()
        if let note = try record.checkpoint(at: head.size) {
            return StoredCheckpoint(size: head.size, root: head.root, note: note)
        }
        return try sign(upTo: record.head)
    }
}
