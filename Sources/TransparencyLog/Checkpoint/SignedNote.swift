public import Cryptography

/// A text and signatures over it (C2SP signed-note v1.0.0).
///
/// Nothing is believed until it is verified.
public struct SignedNote: Hashable, Sendable {
    /// The longest note that is read, in bytes.
    public static let maximumBytes = 1_000_000
    /// The most signature lines that are read; C2SP asks for at least 16, Go's reader stops here too.
    public static let maximumSignatures = 100

    /// The text with its last LF: what is signed.
    public let text: [UInt8]
    /// The signatures, in order, of no key twice.
    public let signatures: [NoteSignature]

    /// Reads a note: text, an empty line, signature lines.
    ///
    /// The separator is the last empty line.
    ///
    /// - Throws: ``NoteFault`` with `malformed`, `signatureLine` or `duplicateSignature`.
    public init(parsing bytes: [UInt8]) throws(NoteFault) {
        guard bytes.count <= Self.maximumBytes, bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }),
            String(validating: bytes, as: UTF8.self) != nil, bytes.last == 0x0A,
            let separator = zip(bytes.indices, bytes.dropFirst()).reversed()
                .first(where: { bytes[$0.0] == 0x0A && $0.1 == 0x0A })?.0
        else { throw NoteFault(.malformed) }
        text = Array(bytes[...separator])
        let lines = bytes[(separator + 2)...].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard (1...Self.maximumSignatures).contains(lines.count) else { throw NoteFault(.malformed) }
        var signatures: [NoteSignature] = []
        for line in lines {
            let signature = try NoteSignature(parsing: line)
            guard !signatures.contains(where: { $0.isSameKey(as: signature) }) else {
                throw NoteFault(.duplicateSignature)
            }
            signatures.append(signature)
        }
        self.signatures = signatures
    }

    /// Signs a text; nil if it is not printable lines, each with its LF, or if two signers are the same.
    ///
    /// - Throws: `CryptoFailure` if libcrypto could not sign.
    public init?(signing text: [UInt8], with signers: [NoteSigner]) throws(CryptoFailure) {
        guard text.last == 0x0A else { return nil }
        var bytes = text + [0x0A]
        for signer in signers { bytes += try signer.sign(text).line }
        guard let note = try? SignedNote(parsing: bytes), note.text == text else { return nil }
        self = note
    }

    /// The note as it is stored and sent.
    public var encoded: [UInt8] {
        text + [0x0A] + signatures.flatMap(\.line)
    }

    /// The keys whose signatures the note has.
    ///
    /// Signatures of other keys are passed over, and one bad signature of a given key spoils the note.
    ///
    /// - Throws: ``NoteFault`` with `unknownKey` if there is none of these keys, with `badSignature`.
    @discardableResult
    public func verify(with keys: [VerifierKey]) throws(NoteFault) -> [VerifierKey] {
        var verified: [VerifierKey] = []
        for signature in signatures {
            guard let key = keys.first(where: { signature.isMade(by: $0) }) else { continue }
            guard key.publicKey.verifies(signature: signature.signature, message: text) else {
                throw NoteFault(.badSignature)
            }
            verified.append(key)
        }
        guard !verified.isEmpty else { throw NoteFault(.unknownKey) }
        return verified
    }
}

/// One signature line of a note.
public struct NoteSignature: Hashable, Sendable {
    /// An em dash and a space.
    private static let mark: [UInt8] = Array("\u{2014} ".utf8)

    /// The name of the key.
    public let name: String
    /// The identifier of the key.
    public let keyID: UInt32
    /// What follows the identifier; 64 bytes for Ed25519, other lengths for other types.
    public let signature: [UInt8]

    init(name: String, keyID: UInt32, signature: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.signature = signature
    }

    /// Reads a line without its LF.
    init(parsing line: ArraySlice<UInt8>) throws(NoteFault) {
        let fields = line.dropFirst(Self.mark.count).split(separator: 0x20, omittingEmptySubsequences: false)
        guard line.starts(with: Self.mark), fields.count == 2 else { throw NoteFault(.signatureLine) }
        let name = String(decoding: fields[0], as: UTF8.self)
        guard VerifierKey.isName(name), let bytes = Base64.decode(Array(fields[1])), bytes.count > 4 else {
            throw NoteFault(.signatureLine)
        }
        self.name = name
        keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        signature = Array(bytes.dropFirst(4))
    }

    /// The line with its LF.
    var line: [UInt8] {
        let identity = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
        return Self.mark + Array("\(name) \(Base64.encode(identity + signature))\n".utf8)
    }

    func isSameKey(as other: NoteSignature) -> Bool {
        keyID == other.keyID && name.utf8.elementsEqual(other.name.utf8)
    }

    /// Whether it states that a key made it.
    func isMade(by key: VerifierKey) -> Bool {
        keyID == key.keyID && name.utf8.elementsEqual(key.name.utf8)
    }
}
