package import Casework
package import Cryptography
import Policy
package import RecordStore
package import TransparencyLog

/// Who asks, as the record will say it.
package struct Asker: Hashable, Sendable {
    /// A key's fingerprint, `uid:N` or `system`.
    package var by: String
    /// What the daemon vouches for; nil for its own acts.
    package var uid: UInt32?

    package static let system = Asker(by: "system", uid: nil)

    package init(by: String, uid: UInt32?) {
        self.by = by
        self.uid = uid
    }
}

/// Where a line stands beside its event: what the statement says of how it came about.
package struct LineOccasion: Sendable {
    package var asker: Asker
    package var nonce: Nonce
    package var request: RequestKey?
    /// The asker's clock in seconds.
    package var at: UInt64
    /// The newest checkpoint that the asker's client had verified.
    package var saw: (size: UInt64, root: Digest)?
    /// Milliseconds since the UNIX epoch, never before the last line's.
    package var now: Int64
    /// Lines, and parts of lines, that the new one names.
    package var references: [Statement.Reference] = []
    /// The author's signature, and the salts of the parts that he was shown; nil where the daemon vouches.
    package var authorship: (signature: [UInt8], salts: [[UInt8]])?
}

/// The chain's end: makes each event once into its final bytes, linked to the line before it in the log and in its case.
package struct LineComposer: Sendable {
    package let origin: String
    /// Digest of the policy in force, agencies' own included, so that a past decision can be replayed: that of the state in which the
    /// next line is decided.
    package var policy: Digest
    package private(set) var size: UInt64
    package private(set) var last: Digest
    /// Milliseconds since the UNIX epoch of the last line.
    package private(set) var lastTime: Int64
    private var cases: [CaseKey: (next: UInt64, last: Digest)]

    package init(
        origin: String,
        policy: Digest,
        head: RecordHead,
        cases: [CaseKey: (next: UInt64, last: Digest)]
    ) {
        self.origin = origin
        self.policy = policy
        size = head.size
        last = head.last
        lastTime = head.time
        self.cases = cases
    }

    /// Makes the next line in the daemon's own name, while nobody is served.
    ///
    /// - Throws: as ``compose(_:_:salt:)``.
    mutating func composeOwn(_ decision: Decision, at now: Int64) throws -> RecordLine {
        let chance = Chance.libcrypto
        let occasion = LineOccasion(
            asker: .system,
            nonce: try chance.nonce(),
            request: nil,
            at: UInt64(max(now, 0)) / 1_000,
            saw: nil,
            now: now
        )
        return try compose(decision, occasion, salt: chance.salt).line
    }

    /// Makes the next line.
    ///
    /// - Throws: ``LineFault`` or `Malformed` if the event cannot be written; nothing is changed then.
    package mutating func compose(
        _ decision: Decision,
        _ occasion: LineOccasion,
        salt: () throws -> [UInt8]
    ) throws -> (line: RecordLine, recorded: RecordedEvent) {
        let event = decision.event
        let key = event.caseID.key
        let chain = cases[key] ?? (0, .empty)
        let (statement, parts) = try statement(of: event, occasion, salt: salt)
        let recordedAt = max(occasion.now, lastTime)
        let line = LogLine(
            seq: size,
            prev: last,
            caseSeq: chain.next,
            casePrev: chain.last,
            recordedAt: recordedAt,
            outcome: decision.refusal != nil ? .denied : decision.overridden != nil ? .overridden : .accepted,
            rule: decision.refusal?.recordedRule ?? decision.overridden,
            policy: policy,
            statement: statement,
            attestation: occasion.authorship.map { .signature($0.signature) }
                ?? occasion.asker.uid.map { .peer(uid: $0) } ?? .system
        )
        let bytes = try line.encoded()
        let leaf = Digest.leaf(bytes)
        let recorded = RecordedEvent(
            seq: size,
            caseSeq: chain.next,
            leaf: leaf,
            recordedAt: recordedAt,
            by: occasion.asker.by,
            outcome: line.outcome,
            rule: line.rule,
            event: event
        )
        size += 1
        last = leaf
        lastTime = recordedAt
        cases[key] = (chain.next + 1, leaf)
        let stored = RecordLine(
            seq: recorded.seq,
            recordedAt: recordedAt,
            bytes: bytes,
            leaf: leaf,
            stream: key,
            streamSeq: recorded.caseSeq,
            request: occasion.request,
            parts: parts
        )
        return (stored, recorded)
    }

    /// What an author says of an event, and the files of its parts: nothing in it depends on where the line will stand.
    ///
    /// - Throws: ``LineFault`` or `Malformed` if the event cannot be written.
    package func statement(
        of event: Event,
        _ occasion: LineOccasion,
        salt: () throws -> [UInt8]
    ) throws -> (statement: Statement, parts: [[UInt8]]) {
        var parts: [[UInt8]] = []
        var digests: [Digest] = []
        for (index, (name, value)) in event.parts().enumerated() {
            let salts = occasion.authorship?.salts ?? []
            let salt = index < salts.count ? salts[index] : try salt()
            guard let part = Part(name: name, salt: salt, value: value) else { throw LineFault(.size) }
            let bytes = try part.encoded()
            digests.append(Part.digest(of: bytes))
            parts.append(bytes)
        }
        let statement = Statement(
            agency: event.agency?.text ?? "",
            at: occasion.at,
            by: occasion.asker.by,
            caseKey: event.caseID.key,
            kind: event.kind,
            log: origin,
            member: event.member?.text ?? "",
            nonce: occasion.nonce,
            parts: digests,
            purpose: event.purpose?.rawValue ?? "",
            references: occasion.references,
            role: event.role?.rawValue ?? "",
            sawRoot: occasion.saw?.root ?? .empty,
            sawSize: occasion.saw?.size ?? 0
        )
        return (statement, parts)
    }
}

extension CaseID {
    /// The name of the case in the record.
    package var key: CaseKey { CaseKey(bytes: bytes) ?? .system }

    package init(_ key: CaseKey) { self = CaseID(bytes: key.bytes) ?? .system }
}
