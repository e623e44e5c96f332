import AccordInterface
import Cryptography
import StrictJSON
import TransparencyLog

/// A line of the record which says that it went on from a backup, proved to be on the record.
///
/// It takes no alarm away: it tells whoever holds a checkpoint beyond what was kept why the record did not grow out of his, and by
/// whose word.
struct RestoredHistory {
    /// Position in the record.
    let index: UInt64
    let recordedAt: Int64
    /// How many lines were kept.
    let kept: UInt64
    /// Sizes and roots of heads that are said to be lost.
    let lost: [(size: UInt64, root: String)]
    let by: String
    let reason: String

    /// Whether a checkpoint is one of those that the line names.
    func names(_ checkpoint: Checkpoint) -> Bool {
        lost.contains { $0.size == checkpoint.size && $0.root == checkpoint.root.hex }
    }

    /// Whether a record that was seen at a moment can have lost anything by it: one that went on from a backup before then has shown
    /// more since.
    ///
    /// Clocks of two hosts may differ by an hour.
    func explainsLoss(sinceSecond seen: Int64) -> Bool { recordedAt / 1_000_000 + 3_600 >= seen }

    /// In words, for somebody who holds a checkpoint.
    func sentence(to held: Checkpoint) -> String {
        let named =
            names(held)
            ? "It names your checkpoint as one of those that were lost."
            : "It does not name your checkpoint as lost."
        return """
            Line \(index) of the record says, in the name of \(by) at \(UTCText.text(microseconds: recordedAt, .seconds)), that it was \
            restored from a backup with \(kept) lines: “\(reason)” \(named)
            """
    }

    /// Reads an answer of `Audit.ProveRestorations`.
    ///
    /// - Parameters:
    ///   - reply: as it came.
    ///   - key: of the log, as it was pinned.
    ///   - held: the checkpoint that does not join.
    /// - Returns: The checkpoint to which the proofs lead, and the lines that are proved; nil if it is not signed by that key.
    static func read(
        _ reply: JSONObject,
        key: VerifierKey,
        held: Checkpoint
    ) -> (VerifiedCheckpoint, [RestoredHistory])? {
        guard
            let verified = try? UnverifiedCheckpoint(parsing: Array(reply.text("note").utf8)).verified(by: key)
        else { return nil }
        let found = reply.objects("restorations").compactMap { RestoredHistory($0, in: verified.checkpoint) }
        return (verified, found.filter { $0.kept < held.size })
    }

    private init?(_ object: JSONObject, in checkpoint: Checkpoint) {
        let bytes = Array(object.text("line").utf8)
        let file = Array(object.text("part").utf8)
        let path = object.texts("proof").compactMap { Digest(base64: $0) }
        guard let index = object["index"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let line = try? LogLine(parsing: bytes), line.seq == index, line.outcome == .accepted,
            line.attestation == .system, line.statement.kind == "sys.restored", line.statement.caseKey == .system,
            line.statement.log == checkpoint.origin,
            path.count == object.texts("proof").count,
            MerkleTree.verifiesInclusion(
                of: .leaf(bytes),
                at: index,
                in: checkpoint.size,
                root: checkpoint.root,
                path: path
            ), line.statement.parts.contains(.sha256(file)), let facts = (try? Part(parsing: file))?.value.object,
            let kept = facts["kept"]?.integer.flatMap({ UInt64(exactly: $0) }), kept == index
        else { return nil }
        self.index = index
        recordedAt = line.recordedAt * 1_000
        self.kept = kept
        lost = facts.objects("lost").compactMap { lost in
            lost["size"]?.integer.flatMap { UInt64(exactly: $0) }.map { ($0, lost.text("root")) }
        }
        by = facts.text("by")
        reason = facts.text("reason")
    }
}

extension Connection {
    /// The lines at which the record went on from a backup that held less than what this user saw, as far as they are proved; none if
    /// the daemon does not answer.
    mutating func restorations(before pin: Pin) -> (checkpoint: VerifiedCheckpoint, lines: [RestoredHistory])? {
        guard let key = pin.key,
            let reply = try? call(.Audit.proveRestorations, ["before": .integer(Int64(clamping: pin.checkpoint.size))])
        else { return nil }
        return RestoredHistory.read(reply, key: key, held: pin.checkpoint)
    }
}
