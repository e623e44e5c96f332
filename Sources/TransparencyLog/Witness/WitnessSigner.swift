public import Cryptography

/// The private side of a ``WitnessKey``.
public struct WitnessSigner: Sendable {
    private let privateKey: Ed25519PrivateKey
    /// What others check its cosignatures with.
    public let key: WitnessKey

    /// A witness under a name; nil if the name cannot be one.
    public init?(name: String, privateKey: Ed25519PrivateKey) {
        guard let key = WitnessKey(name: name, publicKey: privateKey.publicKey) else { return nil }
        self.privateKey = privateKey
        self.key = key
    }

    /// Reads ``text()``.
    ///
    /// - Throws: ``NoteFault`` unless it is a private key of type 4 whose identifier is right.
    public init(parsing text: String) throws(NoteFault) {
        guard let fields = KeyText(private: text, type: WitnessKey.type),
            let privateKey = Ed25519PrivateKey(seed: fields.bytes),
            let signer = WitnessSigner(name: fields.name, privateKey: privateKey), fields.states(signer.key.keyID)
        else { throw NoteFault(.key) }
        self = signer
    }

    /// The text form, without a line end.
    ///
    /// Secret.
    ///
    /// - Throws: `CryptoFailure` if libcrypto does not give the seed.
    public func text() throws(CryptoFailure) -> String {
        KeyText.privatePrefix
            + KeyText.text(name: key.name, keyID: key.keyID, type: WitnessKey.type, try privateKey.seed())
    }

    /// States that at a time this was the largest consistent tree that the witness had seen of this log.
    ///
    /// Whoever calls it has checked that and stored the checkpoint before (C2SP tlog-witness).
    ///
    /// - Parameters:
    ///   - checkpoint: what is cosigned; only one that its log signed can be.
    ///   - time: seconds since the UNIX epoch, at most ``MerkleTree/maximumSize``.
    /// - Returns: The cosignature.
    /// - Throws: `CryptoFailure` if libcrypto could not sign.
    public func cosign(_ checkpoint: VerifiedCheckpoint, at time: UInt64) throws(CryptoFailure) -> Cosignature {
        let message = Cosignature.message(of: checkpoint.note.text, at: time)
        return Cosignature(key: key, time: time, signature: try privateKey.sign(message))
    }
}

extension WitnessSigner: CustomStringConvertible, CustomReflectable {
    /// The public side, so that no log or dump shows more.
    public var description: String { "WitnessSigner \(key.text)" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
