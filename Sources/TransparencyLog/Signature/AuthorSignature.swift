public import Cryptography

/// An author's own signature over a statement: an SSHSIG blob (OpenSSH PROTOCOL.sshsig) that was found to be good.
///
/// What is signed are the canonical bytes of the statement, which stand in the line as they are. They name log, case,
/// nonce and the digests of all parts, so that a signature fits no other place; and they hold no content, so that nothing
/// in them ever has to be removed.
public struct AuthorSignature: Sendable {
    /// Why a signature is not its author's.
    public enum Fault: String, Error, Hashable, Sendable, CaseIterable {
        /// The key is not the one that the statement names.
        case anotherKey = "signature-by-another-key"
        /// It was made for another purpose or another deployment.
        case anotherLog = "signature-for-another-log"
        /// It is not a signature over these bytes.
        case wrong = "signature-wrong"
    }

    /// The signature, read.
    public let signature: SSHSignature

    /// The key that signed.
    public var key: SSHPublicKey { signature.publicKey }

    /// The SSHSIG namespace of all statements of a deployment: `statement@` and the domain of the log's origin.
    public static func namespace(ofLog origin: String) -> String {
        "statement@" + origin.prefix { $0 != "/" }
    }

    /// A signature that is good for a statement.
    ///
    /// Whether the key was its author's at the time is another question: see ``SignerHistory`` and ``AllowedSigners``.
    ///
    /// - Parameters:
    ///   - blob: the binary form, as in a line's `sig`.
    ///   - statement: the canonical bytes that it has to cover.
    ///   - author: what the statement's `by` says: the fingerprint of a key.
    ///   - origin: what the statement's `log` says.
    /// - Throws: ``Fault``.
    public init(blob: [UInt8], over statement: [UInt8], by author: String, log origin: String) throws(Fault) {
        do throws(SSHFault) {
            signature = try SSHSignature(blob: blob)
        } catch {
            throw .wrong
        }
        try check(statement, by: author, log: origin)
    }

    /// A signature as `ssh-keygen -Y sign` writes it, that is good for a statement; see ``init(blob:over:by:log:)``.
    ///
    /// - Throws: ``Fault``.
    public init(armored: String, over statement: [UInt8], by author: String, log origin: String) throws(Fault) {
        do throws(SSHFault) {
            signature = try SSHSignature(armored: armored)
        } catch {
            throw .wrong
        }
        try check(statement, by: author, log: origin)
    }

    private func check(_ statement: [UInt8], by author: String, log origin: String) throws(Fault) {
        guard key.fingerprint == author else { throw .anotherKey }
        do throws(SSHFault) {
            try signature.verify(message: statement, namespace: Self.namespace(ofLog: origin))
        } catch {
            throw error.code == .namespace ? .anotherLog : .wrong
        }
    }
}

extension LineScan {
    /// The author's signature, checked; nil if the line has none and the daemon vouches for it.
    ///
    /// - Throws: ``AuthorSignature/Fault``.
    public func authorSignature() throws(AuthorSignature.Fault) -> AuthorSignature? {
        guard let place = layout.signature else { return nil }
        guard let blob = Base64.decode(Array(bytes[place])) else { throw .wrong }
        return try AuthorSignature(
            blob: blob,
            over: Array(bytes[statement]),
            by: by,
            log: text(layout.log)
        )
    }
}
