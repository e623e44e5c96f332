import Cryptography

/// What can be told of one line without any other: its form, its leaf hash, its parts, its proof.
///
/// This is the costly half of a verification, and each line's is independent of all others'.
struct LineInspection: Sendable {
    /// What a line in its one spelling says of its place.
    struct Place: Sendable {
        let line: [UInt8]
        let seq: UInt64
        let caseSeq: UInt64
        let caseKey: CaseKey
        let recordedAt: Int64
        /// The two links, as stated.
        let prev: Digest
        let casePrev: Digest
        /// Whether the line says to be of the log of the checkpoint; true where there is no checkpoint.
        let isOfLog: Bool
        /// Whether it records that its case was exported.
        let isExport: Bool
        /// Whether it says what a member did or was refused.
        let isByMember: Bool
        /// Whether it was not refused.
        let isDone: Bool
        /// Where it says what was done, for which agency, in which role.
        let kind: Range<Int>
        let agency: Range<Int>
        let role: Range<Int>
        let member: Range<Int>

        func text(_ range: Range<Int>) -> String { String(decoding: line[range], as: UTF8.self) }
    }

    let leaf: Digest
    /// Nil if it is not a line.
    let place: Place?
    var partsGiven = 0
    var partsAltered = 0
    var partsAbsent = 0
    /// The digests of those that are absent.
    var absent: [Digest] = []
    /// Of a case's line: the digests of those that are there, in the order of the list.
    var given: [Digest] = []
    /// Of an export of the case: what it states of its bundle.
    var export = ExportStatement.unstated
    /// What it owes or rests on, if it is such a line.
    var duty: DutyLine?
    /// What is wrong with its proof.
    var proofFault: Findings.Kind?
    /// Who answers for it.
    var signing = LineSigning()
}

/// Looks at lines one by one.
///
/// It is a value and its answer depends on nothing else, so that many may look at a time.
struct LineInspector: Sendable {
    /// The name of the log, where a checkpoint tells it.
    let origin: [UInt8]?
    /// What proofs have to lead to, and the note that they have to carry; nil if proofs are not looked at.
    let head: (checkpoint: Checkpoint, note: [UInt8])?
    /// Whether places are those in a case.
    let isCase: Bool

    func inspect(_ run: ArraySlice<LineEvidence>, into inspections: inout [LineInspection]) {
        var hasher = TreeHasher()
        inspections.reserveCapacity(inspections.count + run.count)
        for evidence in run { inspections.append(inspect(evidence, &hasher)) }
    }

    private func inspect(_ evidence: LineEvidence, _ hasher: inout TreeHasher) -> LineInspection {
        let leaf = hasher.leaf(evidence.line)
        guard let scan = try? LineScan(evidence.line) else { return LineInspection(leaf: leaf, place: nil) }
        let place = LineInspection.Place(
            line: evidence.line,
            seq: scan.seq,
            caseSeq: scan.caseSeq,
            caseKey: scan.caseKey,
            recordedAt: scan.recordedAt,
            prev: scan.prev,
            casePrev: scan.casePrev,
            isOfLog: origin.map { scan.isText($0, at: scan.layout.log) } ?? true,
            isExport: scan.outcome == .accepted && scan.isText(LineTemplate.export, at: scan.layout.kind),
            isByMember: !scan.layout.member.isEmpty,
            isDone: scan.outcome != .denied,
            kind: scan.layout.kind,
            agency: scan.layout.agency,
            role: scan.layout.role,
            member: scan.layout.member
        )
        var inspection = LineInspection(leaf: leaf, place: place)
        inspection.duty = DutyLine(scan, evidence, number: isCase ? scan.caseSeq : scan.seq)
        inspection.signing = LineSigning(scan, evidence)
        if let parts = evidence.parts { check(parts, of: scan, &hasher, &inspection) }
        if isCase, place.isExport { inspection.export = ExportStatement(scan, evidence) }
        if let head {
            inspection.proofFault = fault(
                in: evidence.proof,
                of: leaf,
                at: scan.seq,
                head.checkpoint,
                head.note,
                &hasher
            )
        }
        return inspection
    }

    /// Each part takes one of the digests that are listed; files come in the order of the list, mostly.
    private func check(
        _ parts: [[UInt8]],
        of scan: borrowing LineScan,
        _ hasher: inout TreeHasher,
        _ inspection: inout LineInspection
    ) {
        let count = scan.partCount
        // A bit for each listed digest: there are at most 64.
        var taken: UInt64 = 0
        var next = 0
        for part in parts {
            let digest = hasher.part(part)
            var place: Int?
            for offset in 0..<count where place == nil {
                let candidate = (next + offset) % count
                if taken >> UInt64(candidate) & 1 == 0, digest == scan.digest(at: scan.layout.part(candidate)) {
                    place = candidate
                }
            }
            guard let place else {
                inspection.partsAltered += 1
                continue
            }
            taken |= 1 << UInt64(place)
            next = place + 1
            inspection.partsGiven += 1
            if isCase { inspection.given.append(digest) }
        }
        inspection.partsAbsent = max(0, count - inspection.partsGiven - inspection.partsAltered)
        guard inspection.partsAbsent > 0 else { return }
        let missing = (0..<count).filter { taken >> UInt64($0) & 1 == 0 }
        inspection.absent = missing.suffix(inspection.partsAbsent).map { scan.digest(at: scan.layout.part($0)) }
    }

    private func fault(
        in file: [UInt8]?,
        of leaf: Digest,
        at seq: UInt64,
        _ head: Checkpoint,
        _ note: [UInt8],
        _ hasher: inout TreeHasher
    ) -> Findings.Kind? {
        guard seq < head.size else { return .lineBeyondCheckpoint }
        guard let file else { return .proofMissing }
        guard let proof = InclusionProof(parsing: file) else { return .proofMalformed }
        let leads = MerkleTree.verifiesInclusion(
            of: leaf,
            at: seq,
            in: head.size,
            root: head.root,
            path: proof.path,
            using: &hasher
        )
        guard leads, proof.index == seq else { return .proofWrong }
        return proof.note == note ? nil : .proofOfAnotherCheckpoint
    }
}
