public import Cryptography

/// The public key of a witness under its name, as a C2SP vkey of type 4: Ed25519 cosignatures with a time.
///
/// It is no ``VerifierKey``: the key of a witness never passes for that of a log, nor the other way round.
public struct WitnessKey: Hashable, Sendable {
    /// The type byte of Ed25519 cosignatures (C2SP tlog-cosignature).
    static let type: UInt8 = 0x04

    /// The name, such as `witness.example.org/oversight`.
    public let name: String
    /// The first four bytes of SHA-256 over name, LF, type byte and key.
    public let keyID: UInt32
    /// The key.
    public let publicKey: Ed25519PublicKey

    /// A key under a name; nil if the name is empty or has space or `+` in it, or if the key may not be enrolled.
    public init?(name: String, publicKey: Ed25519PublicKey) {
        guard VerifierKey.isName(name), publicKey.isEnrollable else { return nil }
        self.name = name
        self.publicKey = publicKey
        keyID = KeyText.keyID(name: name, type: Self.type, publicKey)
    }

    /// Reads a vkey.
    ///
    /// - Throws: ``NoteFault`` unless it is of type 4 and its identifier is right.
    public init(parsing text: String) throws(NoteFault) {
        guard let fields = KeyText(text, type: Self.type), let publicKey = Ed25519PublicKey(bytes: fields.bytes),
            let key = WitnessKey(name: fields.name, publicKey: publicKey), fields.states(key.keyID)
        else { throw NoteFault(.key) }
        self = key
    }

    /// The text form, without a line end.
    public var text: String { KeyText.text(name: name, keyID: keyID, type: Self.type, publicKey.bytes) }
}

extension WitnessKey: CustomStringConvertible {
    /// The text form.
    public var description: String { text }
}
