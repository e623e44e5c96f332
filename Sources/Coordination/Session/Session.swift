import Varlink

/// One connection, and who was shown to be at its other end.
///
/// The kernel's peer credentials are those of `connect()` (reliability.md 2.3 C); a proof with an SSH key replaces them as the
/// identity for the rest of the connection. It belongs to the sequencer alone.
final class Session {
    let peer: Peer
    /// How the record names the speaker: the proved key, or the peer's uid.
    private(set) var by: String
    /// Fingerprint of the key that was proved on this connection.
    var fingerprint: String? {
        didSet { by = fingerprint ?? by }
    }
    /// The challenge that may still be answered.
    var challenge: SessionChallenge?
    /// The act that was shown last, and may be signed.
    var draft: Draft?
    /// When the last command came, in milliseconds on the clock that nobody sets.
    var lastCommand: Int64

    init(peer: Peer, now: Int64) {
        self.peer = peer
        by = "uid:\(peer.uid)"
        lastCommand = now
    }
}

/// A nonce that proves one key, once, on one connection, within its time.
package struct SessionChallenge: Hashable, Sendable {
    /// How long a challenge may be answered, in milliseconds.
    package static let lifetime: Int64 = 60_000

    /// The text to be signed, byte for byte.
    package let message: String
    /// In milliseconds on the clock that nobody sets.
    package let expiresAt: Int64

    /// - Parameters:
    ///   - origin: The name of the log, so that a proof for one deployment is none for another.
    ///   - nonce: 32 bytes of chance, in hexadecimal.
    ///   - now: Milliseconds since the UNIX epoch; the challenge ends its lifetime after that.
    package init(origin: String, nonce: String, now: Int64) {
        message = "accord session\n\(origin)\n\(nonce)\n"
        expiresAt = now + Self.lifetime
    }

    /// The SSHSIG namespace of a deployment: `session@` and the domain of the log's origin.
    package static func namespace(of origin: String) -> String {
        "session@" + origin.prefix { $0 != "/" }
    }
}
