public import Cryptography

/// What a log says of itself: a name, a size and a root (C2SP tlog-checkpoint), in exactly three lines.
///
/// Extension lines are refused: implementations differ in whether a cosignature covers them, so that three lines are the
/// only form on which everybody agrees.
public struct Checkpoint: Hashable, Sendable {
    /// The name of the log, such as `accord.example.org/log1`.
    public let origin: String
    /// The number of lines.
    public let size: UInt64
    /// The root of the tree over them.
    public let root: Digest

    /// A checkpoint; nil if the origin cannot name a key, or if the size is beyond ``MerkleTree/maximumSize``.
    public init?(origin: String, size: UInt64, root: Digest) {
        guard VerifierKey.isName(origin), size <= MerkleTree.maximumSize, size > 0 || root == .empty else { return nil }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note.
    ///
    /// - Throws: ``NoteFault`` with `checkpoint` unless the bytes are exactly what ``text`` would give.
    public init(parsing text: [UInt8]) throws(NoteFault) {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, let size = UInt64(lines[1]), let root = Digest(base64: String(lines[2])),
            let checkpoint = Checkpoint(origin: String(lines[0]), size: size, root: root), checkpoint.text == text
        else { throw NoteFault(.checkpoint) }
        self = checkpoint
    }

    /// The three lines: origin, size in decimal, root in base64.
    public var text: [UInt8] {
        Array("\(origin)\n\(size)\n\(root.base64)\n".utf8)
    }

    /// The signed note; nil if the signer's name is not the origin.
    ///
    /// - Throws: `CryptoFailure` if libcrypto could not sign.
    public func signed(by signer: NoteSigner) throws(CryptoFailure) -> SignedNote? {
        guard signer.verifierKey.name.utf8.elementsEqual(origin.utf8) else { return nil }
        return try SignedNote(signing: text, with: [signer])
    }
}
