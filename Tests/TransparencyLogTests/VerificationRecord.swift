import Cryptography
import StrictJSON
import TransparencyLog

/// A small record as a bundle holds it, which tests change.
struct VerificationRecord {
    var values: [LogLine] = []
    var lines: [[UInt8]] = []
    /// The part files of each line.
    var parts: [[[UInt8]]] = []
    var note: [UInt8] = []
    let signer: NoteSigner

    static let origin = "log.example.net/meridian"

    /// Lines of two cases, every third with a part, every ninth with two, each case ending with an export; and a checkpoint of all.
    init(count: Int = 12) throws {
        let seed = [UInt8](repeating: 7, count: 32)
        guard let key = Ed25519PrivateKey(seed: seed), let signer = NoteSigner(name: Self.origin, privateKey: key)
        else { throw Unmade() }
        self.signer = signer
        var last: [CaseKey: (UInt64, Digest)] = [:]
        var prev = Digest.empty
        for index in 0..<count {
            let number = UInt8(truncatingIfNeeded: index)
            guard let caseKey = CaseKey(bytes: [UInt8](repeating: 1 + number % 2, count: 16)),
                let nonce = Nonce(bytes: [UInt8](repeating: number, count: 16)),
                let part = Part(name: "text", salt: [UInt8](repeating: number, count: 32), value: "word \(index)"),
                let other = Part(name: "reason", salt: [UInt8](repeating: number, count: 32), value: "why \(index)")
            else { throw Unmade() }
            let files = try index % 3 > 0 ? [] : index % 9 > 0 ? [part.encoded()] : [part.encoded(), other.encoded()]
            let (caseSeq, casePrev) = last[caseKey] ?? (0, .empty)
            let statement = Statement(
                agency: "MPD",
                at: 1_700_000_000_000,
                by: "system",
                caseKey: caseKey,
                kind: index < count - 2 ? "note.added" : "access.exported",
                log: Self.origin,
                member: "lead",
                nonce: nonce,
                parts: files.map { Digest.sha256($0) },
                purpose: "test",
                references: [],
                role: "lead",
                sawRoot: .empty,
                sawSize: 0
            )
            let line = LogLine(
                seq: UInt64(index),
                prev: prev,
                caseSeq: caseSeq,
                casePrev: casePrev,
                recordedAt: 1_700_000_000_000 + Int64(index),
                policy: .zero,
                statement: statement,
                attestation: .system
            )
            let bytes = try line.encoded()
            prev = Digest.leaf(bytes)
            last[caseKey] = (caseSeq + 1, prev)
            values.append(line)
            lines.append(bytes)
            parts.append(files)
        }
        note = try checkpoint().encoded
    }

    struct Unmade: Error {}

    /// The tree's head over all lines as they are now.
    var head: Checkpoint {
        get throws {
            let root = MerkleTree.root(of: lines.map { Digest.leaf($0) })
            guard let head = Checkpoint(origin: Self.origin, size: UInt64(lines.count), root: root) else {
                throw Unmade()
            }
            return head
        }
    }

    func checkpoint(by other: NoteSigner? = nil) throws -> SignedNote {
        guard let note = try head.signed(by: other ?? signer) else { throw Unmade() }
        return note
    }

    /// Links all lines anew, as somebody would who rewrites the record.
    mutating func relink() throws {
        var last: [CaseKey: Digest] = [:]
        var prev = Digest.empty
        for index in values.indices {
            values[index].prev = prev
            values[index].casePrev = last[values[index].statement.caseKey] ?? .empty
            lines[index] = try values[index].encoded()
            prev = Digest.leaf(lines[index])
            last[values[index].statement.caseKey] = prev
        }
    }

    func verify(
        known: [Checkpoint] = [],
        anchor: UInt64? = nil,
        hasKey: Bool = true,
        rest: [UInt8] = []
    ) -> VerificationReport {
        var verifier = RecordVerifier(note: note, known: known)
        verifier.feed(
            lines.enumerated().map { index, line in
                LineEvidence(line: line, parts: index < parts.count ? parts[index] : [])
            }
        )
        verifier.feedUnterminated(rest)
        return verifier.finish(logKey: hasKey ? signer.verifierKey : nil, anchorSize: anchor)
    }
}

extension VerificationReport {
    /// `check: finding` of each check that failed.
    var failures: [String] {
        verdicts.filter { $0.result == .failed }.map { "\($0.check): \($0.finding ?? "")" }
    }
}
