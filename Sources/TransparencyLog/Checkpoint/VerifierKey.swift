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
        keyID = KeyText.keyID(name: name, type: Self.ed25519, publicKey)
    }

    /// Reads `name+8 hexadecimal digits+base64`, where the base64 may have `+` in it too.
    ///
    /// - Throws: ``NoteFault`` unless it is an Ed25519 key whose identifier is right.
    public init(parsing text: String) throws(NoteFault) {
        guard let fields = KeyText(text, type: Self.ed25519), let publicKey = Ed25519PublicKey(bytes: fields.bytes),
            let key = VerifierKey(name: fields.name, publicKey: publicKey), fields.states(key.keyID)
        else { throw NoteFault(.key) }
        self = key
    }

    /// The text form, without a line end.
    public var text: String {
        KeyText.text(name: name, keyID: keyID, type: Self.ed25519, publicKey.bytes)
    }

    var keyIDText: String { KeyText.digits(of: keyID) }

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
