/// A checkpoint as it arrived: what it claims, with nobody's word for it.
public struct UnverifiedCheckpoint: Hashable, Sendable {
    /// The note.
    public let note: SignedNote
    /// What its text claims.
    public let claim: Checkpoint

    /// Reads a signed note whose text is a checkpoint.
    ///
    /// - Throws: ``NoteFault`` if it is none.
    public init(parsing bytes: [UInt8]) throws(NoteFault) {
        try self.init(SignedNote(parsing: bytes))
    }

    /// A note whose text is a checkpoint.
    ///
    /// - Throws: ``NoteFault`` with `checkpoint` if it is none.
    public init(_ note: SignedNote) throws(NoteFault) {
        self.note = note
        claim = try Checkpoint(parsing: note.text)
    }

    /// The checkpoint, if the log's key signed it and carries its origin as name.
    ///
    /// - Throws: ``NoteFault`` with `origin`, `unknownKey` or `badSignature`.
    public func verified(by logKey: VerifierKey) throws(NoteFault) -> VerifiedCheckpoint {
        guard logKey.name.utf8.elementsEqual(claim.origin.utf8) else { throw NoteFault(.origin) }
        try note.verify(with: [logKey])
        return VerifiedCheckpoint(checkpoint: claim, note: note, logKey: logKey)
    }
}

/// A checkpoint that its log's key has signed.
///
/// Only the verifier makes one.
public struct VerifiedCheckpoint: Hashable, Sendable {
    /// What the log says.
    public let checkpoint: Checkpoint
    /// The note with all its signature lines.
    public let note: SignedNote
    /// The key that signed.
    public let logKey: VerifierKey

    fileprivate init(checkpoint: Checkpoint, note: SignedNote, logKey: VerifierKey) {
        self.checkpoint = checkpoint
        self.note = note
        self.logKey = logKey
    }
}
