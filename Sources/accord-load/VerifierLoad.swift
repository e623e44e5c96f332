import Cryptography
import Dispatch
import StrictJSON
import TransparencyLog

/// A record of one case, made piece by piece so that its size is not bound by memory, and the time its check takes.
struct VerifierLoad {
    static let origin = "load.example.org/record"
    private static let pieceLines = 4_096

    let lines: Int
    let parts: Int
    private let changesOne: Bool
    private let caseKey: CaseKey
    private let nonce: Nonce
    let signer: NoteSigner

    /// What came of it.
    struct Outcome {
        /// In the verifier alone.
        var elapsed: Duration = .zero
        /// What that took of all processors together: on a busy machine this says more.
        var worked: Duration = .zero
        /// What SHA-256 alone takes of one processor, over each line and each part: what no verifier can do without.
        var floor: Duration = .zero
        var bytes = 0
        /// Checks that failed, with what they found.
        var failures: [String] = []
    }

    struct Unmade: Error {}

    init(lines: Int, parts: Int, changesOne: Bool = false) throws {
        let seed = [UInt8](repeating: 7, count: 32)
        guard let key = Ed25519PrivateKey(seed: seed), let signer = NoteSigner(name: Self.origin, privateKey: key),
            let caseKey = CaseKey(bytes: [UInt8](repeating: 1, count: 16)),
            let nonce = Nonce(bytes: [UInt8](repeating: 2, count: 16))
        else { throw Unmade() }
        (self.lines, self.parts, self.changesOne) = (lines, parts, changesOne)
        (self.signer, self.caseKey, self.nonce) = (signer, caseKey, nonce)
    }

    /// Makes the record twice, since a copy has its checkpoint from the start, and verifies it the second time.
    ///
    /// - Parameter isAlone: Whether one thread does all; otherwise all processors share the work.
    /// - Returns: How long it took, and what was found.
    /// - Throws: ``Unmade`` if the record cannot be made.
    func run(isAlone: Bool = false) throws -> Outcome {
        var tree = MerkleFrontier()
        var hasher = TreeHasher()
        try eachPiece { for evidence in $0 { tree.append(hasher.leaf(evidence.line), using: &hasher) } }
        guard let head = Checkpoint(origin: Self.origin, size: UInt64(lines), root: tree.root),
            let note = try head.signed(by: signer)
        else { throw Unmade() }

        var outcome = Outcome()
        var verifier = RecordVerifier(note: note.encoded, known: [])
        var changeable = changesOne ? lines / 2 : nil
        try eachPiece { piece in
            var piece = piece
            // Still a line, with another digest.
            if let place = changeable, piece.indices.contains(place) { Self.change(&piece[place].line) }
            changeable = changeable.map { $0 - piece.count }
            outcome.bytes += piece.reduce(0) { $0 + $1.line.count + ($1.parts ?? []).reduce(0) { $0 + $1.count } }
            outcome.floor += Self.time(ofHashing: piece)
            let begin = ContinuousClock.now
            let workBegin = Surroundings.processorTime
            if isAlone {
                verifier.feed(piece)
            } else {
                verifier.feed(piece) { DispatchQueue.concurrentPerform(iterations: $0, execute: $1) }
            }
            outcome.elapsed += ContinuousClock.now - begin
            outcome.worked += Surroundings.processorTime - workBegin
        }
        let begin = ContinuousClock.now
        let report = verifier.finish(logKey: signer.verifierKey)
        outcome.elapsed += ContinuousClock.now - begin
        outcome.failures = report.verdicts.filter { $0.result == .failed }.map { "\($0.check) \($0.finding ?? "")" }
        return outcome
    }

    private static func time(ofHashing piece: [LineEvidence]) -> Duration {
        var hash = SHA256()
        let begin = Surroundings.processorTime
        for evidence in piece {
            hash.update(evidence.line)
            _ = hash.finalize()
            for part in evidence.parts ?? [] {
                hash.update(part)
                _ = hash.finalize()
            }
        }
        return Surroundings.processorTime - begin
    }

    /// Makes the record, some lines at a time; the last one says that it was exported.
    func eachPiece(_ body: ([LineEvidence]) throws -> Void) throws {
        var prev = Digest.empty
        for start in stride(from: 0, to: lines, by: Self.pieceLines) {
            let piece = try (start..<min(start + Self.pieceLines, lines)).map { seq in
                let files = try (0..<parts).map { try part($0, of: seq) }
                let line = try line(seq, after: prev, files)
                prev = Digest.leaf(line)
                return LineEvidence(line: line, parts: parts > 0 ? files : nil)
            }
            try body(piece)
        }
    }

    private static func change(_ line: inout [UInt8]) {
        // The last digit of the user id that the line ends with.
        guard let place = line.lastIndex(where: { $0 == UInt8(ascii: "0") }) else { return }
        line[place] = UInt8(ascii: "1")
    }

    private func line(_ seq: Int, after prev: Digest, _ files: [[UInt8]]) throws -> [UInt8] {
        let statement = Statement(
            agency: "MPD-VT",
            at: 1_700_000_000,
            by: "uid:1000",
            caseKey: caseKey,
            kind: seq == lines - 1 ? "access.exported" : "entry.recorded",
            log: Self.origin,
            member: "agent.mpd1",
            nonce: nonce,
            parts: files.map { Digest.sha256($0) },
            purpose: "CRIM_INVEST",
            role: "contributor"
        )
        return try LogLine(
            seq: UInt64(seq),
            prev: prev,
            caseSeq: UInt64(seq),
            casePrev: prev,
            recordedAt: 1_700_000_000_000 + Int64(seq),
            policy: .zero,
            statement: statement,
            attestation: .peer(uid: 1_000)
        ).encoded()
    }

    /// About as long as the parts of an update with a text of 200 bytes.
    func part(_ index: Int, of seq: Int) throws -> [UInt8] {
        // Of each part another, as of a record: parts that are the same would be one file of a bundle.
        let salt = (0..<32).map { UInt8(truncatingIfNeeded: $0 < 8 ? seq >> (8 * $0) : index &+ $0) }
        let text = String(repeating: "Two vans at the dock. ", count: 9)
        guard let part = Part(name: "text", salt: salt, value: .string(text)) else { throw Unmade() }
        return try part.encoded()
    }
}
