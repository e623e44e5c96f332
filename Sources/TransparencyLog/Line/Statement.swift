public import Cryptography

/// What an author says: the value of `st` in a line, and the exact bytes that a signature covers.
///
/// All texts are printable ASCII without `"` and `\`, so that the canonical form (RFC 8785) never escapes anything.
/// A statement names its log, case and nonce, so that it cannot be replayed elsewhere or twice; and a head that the
/// author had verified, so that the past it was made on cannot be exchanged.
public struct Statement: Hashable, Sendable {
    /// How many parts one statement may list.
    public static let maximumParts = 64

    /// The author's agency; empty for the system.
    public var agency: String
    /// The author's clock, seconds since the UNIX epoch.
    ///
    /// Nothing is decided by it.
    public var at: UInt64
    /// Who speaks: `SHA256:…` (a key's fingerprint), `uid:N` or `system`.
    public var by: String
    /// The stream it belongs to; JSON key `case`.
    public var caseKey: CaseKey
    /// The kind of event, such as `entry.recorded`: 1 to 48 of `a-z`, `0-9`, `_` and `.`.
    public var kind: String
    /// The origin of the log.
    public var log: String
    /// The member's handle; empty for the system or an unknown peer.
    public var member: String
    /// JSON key `n`.
    public var nonce: Nonce
    /// The digests of the parts, see ``Part``; at most ``maximumParts``.
    public var parts: [Digest]
    /// The code of the purpose; may be empty.
    public var purpose: String
    /// Lines, or parts of lines, that this one is about; JSON key `ref`.
    public var references: [Reference]
    /// The role in which the author acts; may be empty.
    public var role: String
    /// The root of the newest checkpoint that the author's client had verified; JSON key `saw_root`.
    public var sawRoot: Digest
    /// The size of that checkpoint; zero, with ``Cryptography/Digest/empty``, for none.
    ///
    /// JSON key `saw_size`.
    public var sawSize: UInt64

    /// A statement; the parts left out are those of an author that has seen nothing and refers to nothing.
    public init(
        agency: String = "",
        at: UInt64,
        by: String,
        caseKey: CaseKey,
        kind: String,
        log: String,
        member: String = "",
        nonce: Nonce,
        parts: [Digest] = [],
        purpose: String = "",
        references: [Reference] = [],
        role: String = "",
        sawRoot: Digest = .empty,
        sawSize: UInt64 = 0
    ) {
        self.agency = agency
        self.at = at
        self.by = by
        self.caseKey = caseKey
        self.kind = kind
        self.log = log
        self.member = member
        self.nonce = nonce
        self.parts = parts
        self.purpose = purpose
        self.references = references
        self.role = role
        self.sawRoot = sawRoot
        self.sawSize = sawSize
    }
}

extension Statement {
    /// A line, or one part of a line: `17` or `17:<64 hexadecimal digits>`.
    public struct Reference: Hashable, Sendable {
        /// The line's place in the record.
        public var seq: UInt64
        /// The digest of the part; nil for the whole line.
        public var part: Digest?

        /// A reference to a line or to one of its parts.
        public init(seq: UInt64, part: Digest? = nil) {
            self.seq = seq
            self.part = part
        }
    }
}
