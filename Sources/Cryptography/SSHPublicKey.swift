/// A public key as OpenSSH writes it (RFC 4253 section 6.6, OpenSSH PROTOCOL.u2f).
///
/// Two keys are the same if their binary forms are. A key that was read has the form of its type; whether it may be
/// trusted to stand for a person says ``checkEnrolment()``.
public struct SSHPublicKey: Sendable {
    /// The binary form, which signatures carry.
    public let blob: [UInt8]
    /// The type, such as `ssh-ed25519`.
    public let algorithm: Algorithm
    let material: Material

    /// The longest binary form that is read, in bytes: an RSA key of 16384 bits and some room.
    private static let longestBlob = 4096

    /// A key from its binary form.
    ///
    /// - Throws: ``SSHFault``: `unsupportedType`, `malformedKey`, `truncated`, `trailing`.
    public init(blob: [UInt8]) throws(SSHFault) {
        guard blob.count <= Self.longestBlob else { throw SSHFault(.malformedKey) }
        var reader = SSHReader(blob)
        let name = String(decoding: try reader.string(), as: UTF8.self)
        guard let algorithm = Algorithm.known.first(where: { $0.rawValue == name }) else {
            throw SSHFault(.unsupportedType)
        }
        self.blob = blob
        self.algorithm = algorithm
        material = try Material(algorithm, from: &reader)
        try reader.end()
    }

    /// A key from a line `type base64 [comment]`, as in `id_ed25519.pub`; options before the type are not taken.
    ///
    /// - Throws: ``SSHFault``: `line`, `base64`, and those of ``init(blob:)``.
    public init(authorizedKey line: String) throws(SSHFault) {
        var bytes = [UInt8](line.utf8)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.allSatisfy({ $0 >= 0x20 }) else { throw SSHFault(.line) }
        let words = bytes.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, !words[0].isEmpty, !words[1].isEmpty else { throw SSHFault(.line) }
        guard Algorithm.known.contains(where: { $0.rawValue.utf8.elementsEqual(words[0]) }) else {
            throw SSHFault(.unsupportedType)
        }
        guard let blob = Base64.decode([UInt8](words[1])) else { throw SSHFault(.base64) }
        try self.init(blob: blob)
        guard algorithm.rawValue.utf8.elementsEqual(words[0]) else { throw SSHFault(.line) }
    }

    /// An Ed25519 key in SSH's form.
    public init(_ key: Ed25519PublicKey) {
        var writer = SSHWriter()
        writer.string(Algorithm.ed25519.rawValue)
        writer.string(key.bytes)
        blob = writer.bytes
        algorithm = .ed25519
        material = .ed25519(key, application: nil)
    }

    /// The Ed25519 key, if it is a plain one.
    public var ed25519: Ed25519PublicKey? {
        if case .ed25519(let key, application: nil) = material { key } else { nil }
    }

    /// The name that `ssh-keygen -l` shows: `SHA256:` and the digest of the binary form in base64 without padding.
    public var fingerprint: String {
        "SHA256:" + Digest.sha256(blob).base64.prefix { $0 != "=" }
    }

    /// The line `type base64`, without a comment.
    public var authorizedKeyText: String {
        "\(algorithm.rawValue) \(Base64.encode(blob))"
    }

    /// Refuses keys that must not stand for a person.
    ///
    /// - Throws: ``SSHFault``: `lowOrderKey` and `malformedKey` for Ed25519 keys that are of low order, not on the curve
    ///   or not in their one spelling; `malformedKey` for a point that is not on its curve; `weakKey` for RSA below 2048
    ///   bits; `application` for a security key that was not made for SSH.
    public func checkEnrolment() throws(SSHFault) {
        try material.checkEnrolment()
    }
}

extension SSHPublicKey: Hashable {
    /// Whether the binary forms are the same.
    public static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool {
        left.blob == right.blob
    }

    /// Hashes the binary form.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(blob)
    }
}

extension SSHPublicKey {
    /// A type of key by OpenSSH's name for it.
    public struct Algorithm: RawRepresentable, Hashable, Sendable {
        /// The name.
        public let rawValue: String

        /// A type by its name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Ed25519 (RFC 8709).
        public static let ed25519 = Self(rawValue: "ssh-ed25519")
        /// ECDSA on P-256 with SHA-256 (RFC 5656).
        public static let ecdsaP256 = Self(rawValue: "ecdsa-sha2-nistp256")
        /// ECDSA on P-384 with SHA-384.
        public static let ecdsaP384 = Self(rawValue: "ecdsa-sha2-nistp384")
        /// ECDSA on P-521 with SHA-512.
        public static let ecdsaP521 = Self(rawValue: "ecdsa-sha2-nistp521")
        /// RSA; its signatures are `rsa-sha2-256` or `rsa-sha2-512` (RFC 8332), never SHA-1.
        public static let rsa = Self(rawValue: "ssh-rsa")
        /// Ed25519 on a FIDO security key.
        public static let ed25519SecurityKey = Self(rawValue: "sk-ssh-ed25519@openssh.com")
        /// ECDSA on P-256 on a FIDO security key.
        public static let ecdsaP256SecurityKey = Self(rawValue: "sk-ecdsa-sha2-nistp256@openssh.com")

        static let known: [Algorithm] = [
            .ed25519, .ecdsaP256, .ecdsaP384, .ecdsaP521, .rsa, .ed25519SecurityKey, .ecdsaP256SecurityKey,
        ]
    }
}
