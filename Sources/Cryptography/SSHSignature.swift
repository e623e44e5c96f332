/// A signature that `ssh-keygen -Y sign` makes (OpenSSH PROTOCOL.sshsig).
///
/// Reading one proves nothing: ``verify(message:namespace:)`` says that the key it carries signed the message for this
/// purpose, and the reader's own list of keys says who that is.
public struct SSHSignature: Sendable {
    /// The key that the signature names as its own.
    public let publicKey: SSHPublicKey
    /// What the signature is for, such as `statement@accord.example`.
    public let namespace: String
    /// The hash of the message that was signed.
    public let hashAlgorithm: HashAlgorithm
    let inner: Inner

    static let magic = [UInt8]("SSHSIG".utf8)
    /// The longest binary form that is read, in bytes.
    private static let longestBlob = 16_384

    /// A signature from its binary form.
    ///
    /// - Throws: ``SSHFault`` for anything but version 1 with an empty reserved field, a known hash and nothing after it.
    public init(blob: [UInt8]) throws(SSHFault) {
        guard blob.count <= Self.longestBlob else { throw SSHFault(.malformedSignature) }
        var reader = SSHReader(blob)
        guard try reader.take(Self.magic.count) == Self.magic else { throw SSHFault(.magic) }
        guard try reader.word() == 1 else { throw SSHFault(.version) }
        publicKey = try SSHPublicKey(blob: try reader.string())
        guard let namespace = String(validating: try reader.string(), as: UTF8.self), !namespace.isEmpty else {
            throw SSHFault(.namespace)
        }
        self.namespace = namespace
        guard try reader.string().isEmpty else { throw SSHFault(.reserved) }
        guard let hashAlgorithm = HashAlgorithm(sshName: try reader.string()) else { throw SSHFault(.hashAlgorithm) }
        self.hashAlgorithm = hashAlgorithm
        inner = try Inner(try reader.string(), for: publicKey)
        try reader.end()
    }

    init(publicKey: SSHPublicKey, namespace: String, hashAlgorithm: HashAlgorithm, inner: Inner) {
        self.publicKey = publicKey
        self.namespace = namespace
        self.hashAlgorithm = hashAlgorithm
        self.inner = inner
    }

    /// Whether a security key asked for the person's PIN or fingerprint (WebAuthn section 6.1, flag UV).
    public var isUserVerified: Bool {
        (inner.flags ?? 0) & 0x04 != 0
    }

    /// The binary form.
    public var blob: [UInt8] {
        var writer = SSHWriter()
        writer.raw(Self.magic)
        writer.word(1)
        writer.string(publicKey.blob)
        writer.string(namespace)
        writer.string("")
        writer.string(hashAlgorithm.rawValue)
        writer.string(inner.blob)
        return writer.bytes
    }

    /// The bytes that are signed for a message: purpose, hash name and digest, so that no signature fits elsewhere.
    public static func signedBytes(
        message: [UInt8],
        namespace: String,
        hashAlgorithm: HashAlgorithm = .sha512
    ) -> [UInt8] {
        var writer = SSHWriter()
        writer.raw(magic)
        writer.string(namespace)
        writer.string("")
        writer.string(hashAlgorithm.rawValue)
        writer.string(hashAlgorithm.hash(message))
        return writer.bytes
    }

    /// Says nothing if the key signed this message for this purpose.
    ///
    /// - Throws: ``SSHFault``: `namespace`, `badSignature`, `userPresence`, `lowOrderKey`, `weakKey`, `malformedKey`.
    public func verify(message: [UInt8], namespace: String) throws(SSHFault) {
        guard !namespace.isEmpty, self.namespace.utf8.elementsEqual(namespace.utf8) else {
            throw SSHFault(.namespace)
        }
        let signed = Self.signedBytes(message: message, namespace: namespace, hashAlgorithm: hashAlgorithm)
        try inner.verify(signed, by: publicKey)
    }
}

extension SSHSignature {
    /// The hashes of a message that SSHSIG knows.
    public enum HashAlgorithm: String, Hashable, Sendable {
        /// SHA-256.
        case sha256
        /// SHA-512, which `ssh-keygen` takes unless told otherwise.
        case sha512

        init?(sshName: [UInt8]) {
            switch sshName {
            case [UInt8]("sha256".utf8): self = .sha256
            case [UInt8]("sha512".utf8): self = .sha512
            default: return nil
            }
        }

        func hash(_ message: [UInt8]) -> [UInt8] {
            switch self {
            case .sha256: Digest.sha256(message).bytes
            case .sha512: SHA512.hash(message)
            }
        }
    }
}
