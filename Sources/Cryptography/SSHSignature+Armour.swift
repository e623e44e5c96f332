extension SSHSignature {
    private static let header = [UInt8]("-----BEGIN SSH SIGNATURE-----".utf8)
    private static let footer = [UInt8]("-----END SSH SIGNATURE-----".utf8)
    /// The longest armoured text that is read, in bytes.
    private static let longestText = 32_768

    /// A signature from the text that `ssh-keygen -Y sign` writes.
    ///
    /// The header stands at the very start, lines may have any length and end in LF or CRLF, and nothing follows the
    /// footer but the end of its line.
    ///
    /// - Throws: ``SSHFault``: `armour`, `base64`, and those of ``init(blob:)``.
    public init(armored text: String) throws(SSHFault) {
        try self.init(armored: [UInt8](text.utf8))
    }

    /// A signature from the bytes of its text, see ``init(armored:)-(String)``.
    ///
    /// - Throws: ``SSHFault``: `armour`, `base64`, and those of ``init(blob:)``.
    public init(armored text: [UInt8]) throws(SSHFault) {
        guard text.count <= Self.longestText else { throw SSHFault(.armour) }
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for index in lines.indices where lines[index].last == UInt8(ascii: "\r") { lines[index].removeLast() }
        guard lines.count >= 3, lines.first?.elementsEqual(Self.header) == true,
            lines.last?.elementsEqual(Self.footer) == true
        else { throw SSHFault(.armour) }
        guard let blob = Base64.decode([UInt8](lines.dropFirst().dropLast().joined())) else {
            throw SSHFault(.base64)
        }
        try self.init(blob: blob)
    }

    /// The text form, in lines of 70 characters as OpenSSH writes them.
    public var armored: String {
        var lines = [String(decoding: Self.header, as: UTF8.self)]
        var rest = Base64.encode(blob)[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(70)))
            rest = rest.dropFirst(70)
        }
        lines.append(String(decoding: Self.footer, as: UTF8.self))
        return lines.joined(separator: "\n") + "\n"
    }
}

extension SSHSignature {
    /// Signs a message for a purpose, byte for byte as `ssh-keygen -Y sign` does with the same key.
    ///
    /// - Throws: ``CryptoFailure`` if libcrypto could not sign.
    public init(
        signing message: [UInt8],
        namespace: String,
        with key: Ed25519PrivateKey,
        hashAlgorithm: HashAlgorithm = .sha512
    ) throws(CryptoFailure) {
        precondition(!namespace.isEmpty, "a signature has a purpose")
        let signed = Self.signedBytes(message: message, namespace: namespace, hashAlgorithm: hashAlgorithm)
        self.init(
            publicKey: SSHPublicKey(key.publicKey),
            namespace: namespace,
            hashAlgorithm: hashAlgorithm,
            inner: Inner(ed25519: try key.sign(signed))
        )
    }
}
