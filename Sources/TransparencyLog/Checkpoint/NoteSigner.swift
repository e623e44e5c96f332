public import Cryptography

/// The private side of a ``VerifierKey``.
public struct NoteSigner: Sendable {
    private let privateKey: Ed25519PrivateKey
    /// What others check its signatures with.
    public let verifierKey: VerifierKey

    /// A signer under a name; nil if the name cannot be one.
    public init?(name: String, privateKey: Ed25519PrivateKey) {
        guard let verifierKey = VerifierKey(name: name, publicKey: privateKey.publicKey) else { return nil }
        self.privateKey = privateKey
        self.verifierKey = verifierKey
    }

    /// Reads the text form that Go's `sumdb/note` writes: `PRIVATE+KEY+name+id+base64`.
    ///
    /// - Throws: ``NoteFault`` unless it is an Ed25519 key whose identifier is right.
    public init(parsing text: String) throws(NoteFault) {
        guard let fields = KeyText(private: text, type: VerifierKey.ed25519),
            let privateKey = Ed25519PrivateKey(seed: fields.bytes),
            let signer = NoteSigner(name: fields.name, privateKey: privateKey),
            fields.states(signer.verifierKey.keyID)
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
            + KeyText.text(
                name: verifierKey.name,
                keyID: verifierKey.keyID,
                type: VerifierKey.ed25519,
                try privateKey.seed()
            )
    }

    /// The signature over a note's text, as a line of the note.
    ///
    /// - Throws: `CryptoFailure` if libcrypto could not sign.
    func sign(_ text: [UInt8]) throws(CryptoFailure) -> NoteSignature {
        NoteSignature(name: verifierKey.name, keyID: verifierKey.keyID, signature: try privateKey.sign(text))
    }
}

extension NoteSigner: CustomStringConvertible, CustomReflectable {
    /// The public side, so that no log or dump shows more.
    public var description: String { "NoteSigner \(verifierKey.text)" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
