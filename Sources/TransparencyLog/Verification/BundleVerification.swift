import Cryptography

/// The check of a copy as it lies on a disk: its files are brought together, and ``RecordVerifier`` judges them.
///
/// A copy is one case if it has proofs, and a whole record if it has none: what it says of itself is not asked. One case
/// without its proofs fails as a record with missing lines, a record with proofs beside it as a case with foreign lines.
/// `verify.py` in a bundle makes the same checks with the same findings.
public struct BundleVerification: Sendable {
    /// The file of lines: without it there is nothing to check.
    public static let linesName = "entries.jsonl"

    /// A copy has no lines.
    public struct NoLines: Error {}

    private static let pieceBytes = 1 << 20
    private static let runLines = 4_096
    private static let runBytes = 8 << 20
    /// A line that is longer is looked at in pieces of this length, none of which is a line.
    private static let longest = LogLine.maximumBytes + 1

    private let key: VerifierKey?
    private let known: [Checkpoint]
    private let isStrict: Bool
    private let policy: WitnessPolicy?
    private let signers: AllowedSigners?
    private let growth: [WitnessRequest]

    /// A check by what its reader has from elsewhere.
    ///
    /// - Parameters:
    ///   - key: the log's key, from elsewhere. The one in the copy gives no trust: who made the one made the other.
    ///   - known: checkpoints that the reader kept.
    ///   - isStrict: whether withheld parts give an exit status of their own.
    ///   - policy: whose cosignatures count, from elsewhere; it may name the log's key as well.
    ///   - signers: whose the authors' keys were, from elsewhere, such as the file of a whole record.
    ///   - growth: proofs that a case's checkpoint and a known one are of one history, the smaller one's size in `old`.
    public init(
        key: VerifierKey?,
        known: [Checkpoint],
        isStrict: Bool = false,
        policy: WitnessPolicy? = nil,
        signers: AllowedSigners? = nil,
        growth: [WitnessRequest] = []
    ) {
        self.growth = growth
        self.policy = policy
        self.signers = signers
        self.key = key
        self.known = known
        self.isStrict = isStrict
    }

    /// Checks all of a copy.
    ///
    /// - Parameters:
    ///   - files: the copy.
    ///   - crew: what shares the work among threads.
    /// - Returns: What each check found.
    /// - Throws: ``NoLines``, or what the files throw if they cannot be read.
    public func report(
        on files: some BundleFiles,
        crew: RecordVerifier.Crew = RecordVerifier.alone
    ) throws -> VerificationReport {
        var first = try look(at: files, keeping: .nothing, isExact: false, crew)
        let (unsettled, isEven) = (first.verifier.unsettled, first.isEven)
        if unsettled == nil, isEven { return try finish(&first.verifier, files) }
        // What is odd about a copy is told by a second look, which knows what to keep.
        var second = try look(at: files, keeping: unsettled ?? .nothing, isExact: !isEven, crew)
        return try finish(&second.verifier, files)
    }

    /// A verifier that has seen all of a copy, and whether each file beside the lines belongs to one.
    private struct Look: ~Copyable {
        var verifier: RecordVerifier
        var isEven: Bool
    }

    private func look(
        at files: some BundleFiles,
        keeping memory: RecordVerifier.Memory,
        isExact: Bool,
        _ crew: RecordVerifier.Crew
    ) throws -> Look {
        guard let size = try files.size(of: Self.linesName) else { throw NoLines() }
        var beside = try Beside(files, isExact: isExact)
        // A larger file is none, and its beginning shows that as well.
        let ownSigners = try files.size(of: AllowedSigners.fileName).map { size in
            try files.read(AllowedSigners.fileName, 0..<min(size, Self.pieceBytes))
        }
        // A note is at most this long; a longer file is none.
        let note = try files.note("checkpoint")
        let withheld = try files.size(of: WithheldLines.fileName).map { _ in
            try files.small(WithheldLines.fileName, atMost: Self.pieceBytes).flatMap { WithheldLines(parsing: $0) }
        }
        var verifier = RecordVerifier(
            beside.proofs.isEmpty ? .record : .oneCase,
            note: note,
            known: known,
            growth: growth,
            withheld: withheld.flatMap(\.self) ?? WithheldLines(),
            signers: ownSigners,
            heldSigners: signers,
            witnesses: WitnessEvidence(
                policy: policy,
                note: try files.note(WitnessEvidence.noteName),
                growth: try files.note(WitnessEvidence.growthName)
            ),
            memory: memory
        )
        if case .some(nil) = withheld { verifier.feedMalformedWithheld() }
        var run: [LineEvidence] = []
        var room = Self.runBytes
        var rest: [UInt8] = []
        var offset = 0
        while offset < size {
            let piece = try files.read(Self.linesName, offset..<min(offset + Self.pieceBytes, size))
            guard !piece.isEmpty else { break }
            offset += piece.count
            rest += piece
            var start = 0
            while let end = Self.endOfLine(rest, from: start) {
                let evidence = try beside.evidence(for: Array(rest[start..<end]), in: files)
                start = end
                room -= evidence.byteCount
                run.append(evidence)
                if run.count == Self.runLines || room < 0 {
                    verifier.feed(run, crew: crew)
                    run.removeAll(keepingCapacity: true)
                    room = Self.runBytes
                }
            }
            rest.removeFirst(start)
        }
        verifier.feed(run, crew: crew)
        verifier.feedUnterminated(rest)
        verifier.feedUnlisted(parts: UInt64(beside.parts.left), proofs: UInt64(beside.proofs.left))
        verifier.feedSignatureFiles(
            altered: beside.signing.altered,
            missing: beside.signing.missing,
            unlisted: beside.signing.unlisted
        )
        return Look(verifier: verifier, isEven: beside.isEven)
    }

    /// The log's key from elsewhere, and the one in the copy: nil in it if that is none.
    private func keys(_ files: some BundleFiles) throws -> (trusted: VerifierKey?, ofCopy: VerifierKey??) {
        let ofCopy = try files.small("log.vkey", atMost: 4_096).map { text in
            (try? VerifierKey(parsing: String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)))
                .flatMap { Array("\($0.text)\n".utf8) == text ? $0 : nil }
        }
        // A policy with one log says from elsewhere whose record this is.
        return (key ?? policy.flatMap { $0.logs.count == 1 ? $0.logs[0] : nil }, ofCopy)
    }

    private func finish(_ verifier: inout RecordVerifier, _ files: some BundleFiles) throws -> VerificationReport {
        let (trusted, keyOfCopy) = try keys(files)
        let key = trusted ?? keyOfCopy.flatMap(\.self)
        verifier.feedSums(try SumsCheck.findings(in: files, key: key))
        return verifier.finish(
            logKey: key,
            isKeyFromCopy: trusted == nil,
            isKeyMalformed: keyOfCopy.map { $0 == nil } ?? false,
            isStrict: isStrict
        )
    }

    /// One past the LF of a line, or past the longest piece of what is none; nil if there is not enough yet.
    private static func endOfLine(_ bytes: [UInt8], from start: Int) -> Int? {
        let limit = min(bytes.count, start + longest)
        if let place = bytes[start..<limit].firstIndex(of: 0x0A) { return place + 1 }
        return limit - start == longest ? limit : nil
    }
}

extension BundleVerification {
    /// What lies beside the lines, and whether a line asked for it.
    private struct Beside {
        /// By their names with the folder.
        var parts: FileMarks
        var proofs: FileMarks
        var signing: SigningFiles

        /// Whether each file belongs to one line.
        var isEven: Bool { parts.isEven && proofs.isEven && signing.isEven }

        init(_ files: some BundleFiles, isExact: Bool) throws {
            parts = FileMarks(isExact: isExact)
            proofs = FileMarks(isExact: isExact)
            signing = SigningFiles(isExact: isExact)
            let folders = ["parts", "proofs", SigningFiles.registrations, SigningFiles.statements]
            try files.eachName(in: folders) { name in
                if name.hasPrefix("parts/") {
                    parts.add(name)
                } else if name.hasPrefix("proofs/") {
                    proofs.add(name)
                } else if name.hasPrefix(SigningFiles.registrations + "/") {
                    signing.keys.add(name)
                } else {
                    signing.signed.add(name)
                }
            }
            signing.isCase = !proofs.isEmpty
            parts.prepare()
            proofs.prepare()
            signing.keys.prepare()
            signing.signed.prepare()
        }

        /// A line with its parts and its proof, if it is a line.
        mutating func evidence(for line: [UInt8], in files: some BundleFiles) throws -> LineEvidence {
            guard !parts.isEmpty || !proofs.isEmpty || !signing.isEmpty, let scan = try? LineScan(line) else {
                return LineEvidence(line: line)
            }
            var evidence = LineEvidence(line: line, parts: [])
            for index in 0..<scan.partCount {
                let start = scan.layout.part(index)
                let name = "parts/\(scan.text(start..<start + 64)).json"
                guard !parts.isEmpty, try files.size(of: name) != nil else { continue }
                parts.take(name)
                // A file that is too large, or not the part that it is called, is none: two parts of a line that were
                // exchanged are both altered.
                let part = try files.small(name, atMost: Self.largest) ?? []
                evidence.parts?.append(Part.digest(of: part) == scan.digest(at: start) ? part : [])
            }
            evidence.registration = try signing.look(at: scan, in: files)
            let name = InclusionProof.fileName(caseSeq: scan.caseSeq)
            if !proofs.isEmpty, try files.size(of: name) != nil {
                proofs.take(name)
                evidence.proof = try files.small(name, atMost: Self.largest) ?? []
            }
            return evidence
        }

        /// The most bytes of a part or a proof that are read.
        private static let largest = 8 << 20
    }
}

extension BundleFiles {
    /// A file with a note: what is longer than a note may be is cut, and none.
    fileprivate func note(_ name: String) throws -> [UInt8]? {
        try size(of: name).map { try read(name, 0..<min($0, SignedNote.maximumBytes + 1)) }
    }
}

extension LineEvidence {
    fileprivate var byteCount: Int {
        line.count + (proof?.count ?? 0) + (parts ?? []).reduce(0) { $0 + $1.count }
    }
}
