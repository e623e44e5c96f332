public import Cryptography

/// One event of the record: a line of canonical ASCII JSON whose bytes, with the LF, are a leaf of the Merkle tree.
///
/// The daemon only orders: ``statement`` is the author's, everything else is the daemon's. A line holds no content;
/// content lies beside the log in salted parts (``Part``).
public struct LogLine: Hashable, Sendable {
    /// The longest line, with its LF: tlog-tiles stores entries with a length of 16 bits.
    public static let maximumBytes = 60_000
    /// The largest number in a line, 2^53 - 1 (RFC 7493 section 2.2).
    public static let maximumInteger: UInt64 = 9_007_199_254_740_991

    /// The place in the record, from 0.
    public var seq: UInt64
    /// The leaf hash of the line before; ``Cryptography/Digest/empty`` for the first.
    public var prev: Digest
    /// The place in the case's stream, from 0 without gaps; JSON key `cseq`.
    public var caseSeq: UInt64
    /// The leaf hash of the line before in the stream; ``Cryptography/Digest/empty`` for its first.
    ///
    /// JSON key `cprev`.
    public var casePrev: Digest
    /// The daemon's clock, milliseconds since the UNIX epoch, never below the line before; JSON key `t`.
    public var recordedAt: Int64
    /// What was decided.
    public var outcome: LineOutcome
    /// The rule that refused or was overridden, such as `P01`; nil if and only if the outcome is accepted.
    public var rule: String?
    /// The digest of the policy in force.
    public var policy: Digest
    /// The author's words.
    public var statement: Statement
    /// Why the statement is believed to be the author's.
    public var attestation: Attestation

    /// A line.
    public init(
        seq: UInt64,
        prev: Digest,
        caseSeq: UInt64,
        casePrev: Digest,
        recordedAt: Int64,
        outcome: LineOutcome = .accepted,
        rule: String? = nil,
        policy: Digest,
        statement: Statement,
        attestation: Attestation
    ) {
        self.seq = seq
        self.prev = prev
        self.caseSeq = caseSeq
        self.casePrev = casePrev
        self.recordedAt = recordedAt
        self.outcome = outcome
        self.rule = rule
        self.policy = policy
        self.statement = statement
        self.attestation = attestation
    }
}

/// What the daemon decided about a statement.
public enum LineOutcome: String, Hashable, Sendable, CaseIterable {
    /// It took effect.
    case accepted
    /// A rule refused it; that it was tried is on the record.
    case denied
    /// A rule would have refused it, and someone with the right to do so overrode the rule.
    case overridden
}

/// Who answers for a statement being its author's.
public enum Attestation: Hashable, Sendable {
    /// The author, by an SSHSIG blob over the exact bytes of the statement (OpenSSH PROTOCOL.sshsig).
    case signature([UInt8])
    /// The daemon, for the peer user that the kernel named.
    case peer(uid: UInt32)
    /// The daemon, for itself.
    case system
}
