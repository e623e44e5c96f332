/// An Ed25519 private key (RFC 8032), held inside libcrypto and wiped with its last owner.
public struct Ed25519PrivateKey: Sendable {
    private let key: KeyHandle
    /// The public key that belongs to it.
    public let publicKey: Ed25519PublicKey

    /// A key from its seed; nil unless there are 32 bytes.
    public init?(seed: [UInt8]) {
        guard seed.count == 32, let key = KeyHandle(ed25519Seed: seed), let bytes = key.ed25519Public,
            let publicKey = Ed25519PublicKey(bytes: bytes)
        else { return nil }
        self.key = key
        self.publicKey = publicKey
    }

    /// A new key that nobody can foresee.
    ///
    /// - Throws: ``CryptoFailure`` if the random generator has no entropy.
    public static func random() throws(CryptoFailure) -> Ed25519PrivateKey {
        guard let key = Ed25519PrivateKey(seed: try SecureRandom.bytes(32)) else { throw CryptoFailure(.key) }
        return key
    }

    /// The signature over a message, 64 bytes; the same message always gives the same ones.
    ///
    /// - Throws: ``CryptoFailure`` if libcrypto could not sign.
    public func sign(_ message: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        guard let signature = key.ed25519Signature(over: message) else { throw CryptoFailure(.signing) }
        return signature
    }

    /// The seed, for writing the key to a file; secret.
    ///
    /// - Throws: ``CryptoFailure`` if libcrypto does not give it.
    public func seed() throws(CryptoFailure) -> [UInt8] {
        guard let seed = key.ed25519Seed else { throw CryptoFailure(.key) }
        return seed
    }
}

extension Ed25519PrivateKey: CustomStringConvertible, CustomReflectable {
    /// A fixed word, so that no log or dump shows more.
    public var description: String { "Ed25519PrivateKey" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
