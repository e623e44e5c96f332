import Cryptography

/// The fields of a key in text, `name+8 hexadecimal digits+base64`, as C2SP signed-note writes public keys and Go's
/// `sumdb/note` private ones.
struct KeyText {
    /// What stands before a private key.
    static let privatePrefix = "PRIVATE+KEY+"

    let name: String
    let bytes: [UInt8]
    private let digits: Substring

    /// Splits a text; nil unless its Base64, which may hold `+` too, begins with the type.
    init?(_ text: some StringProtocol, type: UInt8) {
        let fields = String(text).split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let bytes = Base64.decode(String(fields[2])), bytes.first == type else { return nil }
        name = String(fields[0])
        digits = fields[1]
        self.bytes = Array(bytes.dropFirst())
    }

    /// Splits the text of a private key.
    init?(private text: String, type: UInt8) {
        guard text.utf8.starts(with: Self.privatePrefix.utf8) else { return nil }
        self.init(text.dropFirst(Self.privatePrefix.count), type: type)
    }

    /// Whether it states this identifier.
    func states(_ keyID: UInt32) -> Bool { Self.digits(of: keyID).utf8.elementsEqual(digits.utf8) }

    static func text(name: String, keyID: UInt32, type: UInt8, _ bytes: [UInt8]) -> String {
        "\(name)+\(digits(of: keyID))+\(Base64.encode([type] + bytes))"
    }

    static func digits(of keyID: UInt32) -> String {
        let digits = String(keyID, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// The first four bytes of SHA-256 over name, LF, type byte and key.
    static func keyID(name: String, type: UInt8, _ publicKey: Ed25519PublicKey) -> UInt32 {
        let identity = Array(name.utf8) + [0x0A, type] + publicKey.bytes
        return Digest.sha256(identity).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
