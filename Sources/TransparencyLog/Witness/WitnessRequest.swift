public import Cryptography

/// What a log asks of a witness, as the body of C2SP tlog-witness's `add-checkpoint` or as a file: the size that the
/// witness holds, the proof that the log has only grown since, and the signed checkpoint.
public struct WitnessRequest: Hashable, Sendable {
    /// The size of the checkpoint that the witness cosigned last; 0 for none.
    public let old: UInt64
    /// The consistency proof (RFC 9162 section 2.1.4), at most 63 hashes.
    public let path: [Digest]
    /// The checkpoint to be cosigned.
    public let note: SignedNote

    /// A request.
    public init(old: UInt64, path: [Digest], note: SignedNote) {
        self.old = old
        self.path = path
        self.note = note
    }

    /// Reads the one spelling that ``encoded`` writes.
    ///
    /// - Throws: ``NoteFault`` with `malformed`, or what ``SignedNote/init(parsing:)`` throws.
    public init(parsing bytes: [UInt8]) throws(NoteFault) {
        guard bytes.count <= SignedNote.maximumBytes,
            let end = zip(bytes.indices, bytes.dropFirst())
                .first(where: { bytes[$0.0] == 0x0A && $0.1 == 0x0A })?.0
        else { throw NoteFault(.malformed) }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count <= 64, lines[0].hasPrefix("old "), let old = UInt64(lines[0].dropFirst(4)) else {
            throw NoteFault(.malformed)
        }
        let path = lines.dropFirst().compactMap { Digest(base64: String($0)) }
        try self.init(old: old, path: path, note: SignedNote(parsing: Array(bytes[(end + 2)...])))
        guard encoded == bytes else { throw NoteFault(.malformed) }
    }

    /// Whether it shows that one checkpoint grew out of another: it is of these two, and its proof leads from one to the other.
    public func joins(_ old: Checkpoint, _ new: Checkpoint) -> Bool {
        isOf(old, new)
            && MerkleTree.verifiesGrowth(
                from: old.size,
                oldRoot: old.root,
                to: new.size,
                newRoot: new.root,
                path: path
            )
    }

    /// Whether it speaks of two checkpoints.
    func isOf(_ old: Checkpoint, _ new: Checkpoint) -> Bool {
        self.old == old.size && (try? UnverifiedCheckpoint(note).claim) == new
    }

    /// The body, or the file.
    public var encoded: [UInt8] {
        var bytes = Array("old \(old)\n".utf8)
        for hash in path { bytes += Array("\(hash.base64)\n".utf8) }
        return bytes + [0x0A] + note.encoded
    }
}

/// Why a witness does not cosign, in the terms and the order of C2SP tlog-witness.
public enum WitnessRefusal: Error, Hashable, Sendable {
    /// 404: a log that the witness does not follow.
    case unknownLog
    /// 403: no signature by the key that the witness has for the log, or a wrong one.
    case notSigned
    /// 400: the checkpoint is no checkpoint, or smaller than the request says the witness holds.
    case malformed
    /// 409: the request is not for the checkpoint that the witness cosigned last, which has this size.
    case stale(size: UInt64)
    /// 422: the log did not grow out of what the witness holds. The log equivocates: this is evidence.
    case inconsistent

    /// The status with which an HTTP witness answers.
    public var status: Int {
        switch self {
        case .unknownLog: 404
        case .notSigned: 403
        case .malformed: 400
        case .stale: 409
        case .inconsistent: 422
        }
    }
}

extension WitnessRequest {
    /// Judges the request as a witness must, against what it holds itself and never against what the request says.
    ///
    /// - Parameters:
    ///   - logKey: the key that the witness has for the log; nil if it follows no log of that name.
    ///   - held: the checkpoint that it cosigned last; nil if it cosigned none of this log.
    /// - Returns: The checkpoint, to be stored first and then cosigned.
    /// - Throws: ``WitnessRefusal``.
    public func judged(logKey: VerifierKey?, held: Checkpoint?) throws(WitnessRefusal) -> VerifiedCheckpoint {
        guard let unverified = try? UnverifiedCheckpoint(note) else { throw .malformed }
        guard let logKey, logKey.name.utf8.elementsEqual(unverified.claim.origin.utf8) else { throw .unknownLog }
        guard let verified = try? unverified.verified(by: logKey) else { throw .notSigned }
        let new = verified.checkpoint
        guard old <= new.size else { throw .malformed }
        guard old == held?.size ?? 0 else { throw .stale(size: held?.size ?? 0) }
        let isGrown = MerkleTree.verifiesGrowth(
            from: old,
            oldRoot: held?.root ?? .empty,
            to: new.size,
            newRoot: new.root,
            path: path
        )
        guard isGrown else { throw .inconsistent }
        return verified
    }
}
