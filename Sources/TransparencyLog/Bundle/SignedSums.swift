public import Cryptography

/// The log's signature over a bundle's list of digests (C2SP signed-note): whoever hands a bundle on can change, take out or add
/// no file of it.
///
/// ```
/// accord bundle
/// log accord.example.org/meridian
/// sha256 4ec9599fc203d176a301536c2e091a19bc852759b255bd6818810a42c5fed14a
/// ```
///
/// The digits are of the list's SHA-256. The first line is one that no checkpoint has, so that none can be taken for the other.
public enum SignedSums {
    /// The list: SHA-256 and name of each other file, as sha256sum(1) writes them.
    public static let listName = "SHA256SUMS"
    /// The file of the signature, which the list does not name.
    public static let fileName = "SHA256SUMS.note"
    /// The most bytes that it has.
    static let longest = 4_096

    private static func text(log: String, digest: Digest) -> [UInt8] {
        Array("accord bundle\nlog \(log)\nsha256 \(digest.hex)\n".utf8)
    }

    /// Signs a list.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the list.
    ///   - signer: the log.
    /// - Returns: The file.
    /// - Throws: `CryptoFailure` if libcrypto could not sign.
    public static func note(digest: Digest, by signer: NoteSigner) throws(CryptoFailure) -> [UInt8] {
        try SignedNote(signing: text(log: signer.verifierKey.name, digest: digest), with: [signer])?.encoded ?? []
    }

    /// Whether a file is what the log signed for a list, and nothing else.
    static func isSigned(_ file: [UInt8], digest: Digest, by key: VerifierKey) -> Bool {
        guard let note = try? SignedNote(parsing: file), note.encoded == file, note.signatures.count == 1 else {
            return false
        }
        return note.text == text(log: key.name, digest: digest) && (try? note.verify(with: [key])) != nil
    }
}
