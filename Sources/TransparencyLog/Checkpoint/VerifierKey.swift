public import Cryptography

/// An Ed25519 key under a name, as C2SP signed-note exchanges it in text ("vkey").
public struct VerifierKey: Hashable, Sendable {
    /// The type byte of plain Ed25519 signatures.
    static let ed25519: UInt8 = 0x01

    /// The name: for a log, its origin.
    public let name: String
    /// The first four bytes of SHA-256 over name, LF, type byte and key: tells keys apart, proves nothing.
    public let keyID: UInt32
    /// The key.
    public let publicKey: Ed25519PublicKey

    /// A key under a name; nil if the name is empty or has space or `+` in it, or if the key may not be enrolled.
    public init?(name: String, publicKey: Ed25519PublicKey) {
        guard Self.isName(name), publicKey.isEnrollable else { return nil }
        self.name = name
        self.publicKey = publicKey
        let identity = Array(name.utf8) + [0x0A, Self.ed25519] + publicKey.bytes
        keyID = Digest.sha256(identity).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads `name+8 hexadecimal digits+base64`, where the base64 may have `+` in it too.
    ///
    /// - Throws: ``NoteFault`` unless it is an Ed25519 key whose identifier is right.
    public init(parsing text: String) throws(NoteFault) {
        let fields = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let bytes = Base64.decode(String(fields[2])), bytes.first == Self.ed25519,
            let publicKey = Ed25519PublicKey(bytes: Array(bytes.dropFirst())),
            let key = VerifierKey(name: String(fields[0]), publicKey: publicKey),
            key.keyIDText.utf8.elementsEqual(fields[1].utf8)
        else { throw NoteFault(.key) }
        self = key
    }

    /// The text form, without a line end.
    public var text: String {
        "\(name)+\(keyIDText)+\(Base64.encode([Self.ed25519] + publicKey.bytes))"
    }

    var keyIDText: String {
        let digits = String(keyID, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// Whether a text may name a key: not empty, no Unicode space, no `+`, no control character.
    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }
}

extension VerifierKey: CustomStringConvertible {
    /// The text form.
    public var description: String { text }
}
