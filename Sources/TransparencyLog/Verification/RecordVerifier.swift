public import Cryptography

/// Checks a copy of a record, or of one case of it, line by line, with nothing but the copy and what its reader kept.
///
/// Lines are fed in the order of the file. What can be told of a line alone is told for many at a time, by whatever
/// threads the caller has; links, sequence and the Merkle tree are followed in order. Damage never stops it: it goes on, so
/// that one report tells all.
///
/// What it keeps of lines that went by is for its owner to say (``Memory``). With ``Memory/nothing`` it grows by the open cases,
/// by what was purged, by gaps, and by 24 bytes for each line that an author signed.
public struct RecordVerifier: ~Copyable, Sendable {
    /// What the lines are said to be.
    public enum Scope: Hashable, Sendable {
        /// All lines of the record up to some size: together they give the root.
        case record
        /// All lines of one case up to an export of it: each has a proof that leads to the root.
        case oneCase
    }

    /// What is kept of lines that went by, for what may be asked of them later.
    public struct Memory: Hashable, Sendable {
        /// The lines, by their numbers, that a second one with the same number is compared with; nil: all, at 40 bytes each.
        public var numbers: Set<UInt64>?
        /// The lines, by their places in the record, of which it is kept what is not there of their parts; nil: all.
        public var places: Set<UInt64>?
        /// The sizes of the record of which the root is kept: authors signed to have seen it.
        public var sizes: Set<UInt64>

        /// A memory.
        public init(numbers: Set<UInt64>?, places: Set<UInt64>?, sizes: Set<UInt64> = []) {
            self.numbers = numbers
            self.places = places
            self.sizes = sizes
        }

        /// All that may be asked, but for the roots that authors signed to have seen: one look is enough where nobody signed.
        public static let everything = Memory(numbers: nil, places: nil)
        /// Nothing: ``RecordVerifier/unsettled`` tells what a second look has to keep.
        public static let nothing = Memory(numbers: [], places: [])
    }

    /// Runs pieces of work, in any order and perhaps at the same time, and returns when all are done.
    ///
    /// `DispatchQueue.concurrentPerform(iterations:execute:)` is one; this room has no threads of its own.
    public typealias Crew = (_ count: Int, _ work: @Sendable (Int) -> Void) -> Void

    /// Does one piece after the other.
    public static func alone(_ count: Int, _ work: @Sendable (Int) -> Void) {
        for piece in 0..<count { work(piece) }
    }

    /// How many lines are looked at in one piece of work.
    private static let pieceLines = 256

    /// Lines of the case that the copy leaves out because its reader may not know of them; none in a whole record.
    let withheld: WithheldLines
    private let inspector: LineInspector
    private var hasher = TreeHasher()
    private var frontier = MerkleFrontier()
    private let memory: Memory
    private var order: SequenceCheck
    private var streams: [CaseKey: Link] = [:]
    private var last: LineInspection.Place?
    /// The last line's leaf hash: what the next line should state.
    private var lastLeaf = Digest.empty

    let scope: Scope
    let note: [UInt8]?
    /// What the note claims; nil if there is none, or if it is no checkpoint.
    let claim: Checkpoint?
    let known: [Checkpoint]
    private let growth: [WitnessRequest]
    private let sizes: Set<UInt64>
    var roots: [UInt64: Digest] = [:]
    /// Sizes that authors signed to have seen, and whose roots were not kept.
    private var unseen: Set<UInt64> = []
    var findings = Findings()
    /// How many lines were fed.
    public private(set) var size: UInt64 = 0
    var linked: UInt64 = 0
    var caseKey: CaseKey?
    /// The place of the last line, if it is an export.
    var closingExport: (caseSeq: UInt64, seq: UInt64, statement: ExportStatement)?
    /// What of a case is here before its last line.
    var contents = BundleContentsCount()
    /// The parts of the last line that are here: those of an export are not among what it states.
    private var lastGiven: [Digest] = []
    var partsGiven: UInt64 = 0
    var partsAbsent: UInt64 = 0
    var unlistedParts: UInt64 = 0
    var unlistedProofs: UInt64 = 0
    var lookedAtParts = false
    var removals: RemovalCheck
    var coverage: CoverageCheck
    let witnesses: WitnessEvidence
    /// Lines of a case that lie beyond the cosigned checkpoint that came along, and the place of the first.
    var beyondWitnessed: UInt64 = 0
    var firstBeyondWitnessed: UInt64?
    var signatures: SignatureCheck

    /// Where a case's stream stands.
    private struct Link {
        var next: UInt64
        var leaf: Digest
    }

    /// A verifier that has seen nothing yet.
    ///
    /// - Parameters:
    ///   - scope: what the lines are said to be. It is for the caller to say, and a copy of the other kind fails.
    ///   - note: the signed checkpoint that came with the copy, as it came.
    ///   - checkpoints: those that the reader kept, and whose word counts.
    ///   - growth: what shows that a case's checkpoint and one of these are of one history.
    ///   - withheld: the lines of a case that are said to be left out.
    ///   - signers: the copy's file of allowed signers, if it has one.
    ///   - heldSigners: a file of allowed signers that the reader has from elsewhere.
    ///   - witnesses: what came of witnesses, and the policy of the reader.
    ///   - memory: what is kept of lines that went by.
    public init(
        _ scope: Scope = .record,
        note: [UInt8]?,
        known checkpoints: [Checkpoint],
        growth: [WitnessRequest] = [],
        withheld: WithheldLines = WithheldLines(),
        signers: [UInt8]? = nil,
        heldSigners: AllowedSigners? = nil,
        witnesses: WitnessEvidence = WitnessEvidence(),
        memory: Memory = .everything
    ) {
        self.scope = scope
        self.memory = memory
        order = SequenceCheck(remembering: memory.numbers)
        removals = RemovalCheck(remembering: memory.places)
        self.withheld = scope == .oneCase ? withheld : WithheldLines()
        order.withheld = self.withheld
        coverage = CoverageCheck(withheld: self.withheld)
        contents.withheld = self.withheld
        self.note = note
        claim = note.flatMap { try? UnverifiedCheckpoint(parsing: $0).claim }
        signatures = SignatureCheck(scope, origin: claim?.origin, file: signers, held: heldSigners)
        known = checkpoints
        self.growth = growth
        self.witnesses = witnesses
        sizes = Set((checkpoints + [claim, witnesses.claim].compactMap(\.self)).map(\.size)).union(memory.sizes)
        if sizes.contains(0) { roots[0] = .empty }
        let head = claim.flatMap { claim in note.map { (claim, $0) } }
        inspector = LineInspector(
            origin: claim.map { Array($0.origin.utf8) },
            head: scope == .oneCase ? head : nil,
            isCase: scope == .oneCase
        )
    }

    /// Whether a case's checkpoint and a kept one are of one history; nil if nothing here tells.
    func isJoined(to kept: Checkpoint) -> Bool? {
        guard let claim else { return nil }
        if kept.size == claim.size { return kept.root == claim.root }
        let (old, new) = kept.size < claim.size ? (kept, claim) : (claim, kept)
        let proofs = growth.filter { $0.isOf(old, new) }
        return proofs.isEmpty ? nil : proofs.contains { $0.joins(old, new) }
    }

    /// What would have had to be kept of lines: nil if the report says all; else it does so after a second look with this memory.
    public var unsettled: Memory? {
        let (numbers, places) = (order.unsettled, removals.unsettled)
        guard !numbers.isEmpty || !places.isEmpty || !unseen.isEmpty else { return nil }
        return Memory(
            numbers: memory.numbers?.union(numbers),
            places: memory.places?.union(places),
            sizes: memory.sizes.union(unseen)
        )
    }

    /// A verifier that has looked as often as it takes: once, and a second time where something is odd or was purged.
    ///
    /// - Parameters:
    ///   - memory: what the first look keeps.
    ///   - look: feeds all lines to a verifier with a memory.
    /// - Returns: The verifier, whose report says all.
    /// - Throws: What the look throws.
    public static func settled(
        keeping memory: Memory = .nothing,
        _ look: (Memory) throws -> RecordVerifier
    ) rethrows -> RecordVerifier {
        let first = try look(memory)
        guard let unsettled = first.unsettled else { return first }
        return try look(unsettled)
    }

    /// Sequence findings, for the report.
    var sequenceFindings: [Finding] { order.findings }

    /// Takes the next lines.
    ///
    /// - Parameters:
    ///   - run: the lines with what lies beside them.
    ///   - crew: what does the independent half of the work; by default it is done here.
    public mutating func feed(_ run: [LineEvidence], crew: Crew = alone) {
        let starts = Array(stride(from: 0, to: run.count, by: Self.pieceLines))
        feed(pieces: starts.count, crew: crew) { piece, look in
            look(run[starts[piece]..<min(starts[piece] + Self.pieceLines, run.count)])
        }
    }

    /// Takes the next lines where they can be read in pieces, so that the reading is shared, too.
    ///
    /// - Parameters:
    ///   - count: how many pieces there are.
    ///   - crew: what does the independent half of the work; by default it is done here.
    ///   - read: hands over the lines of a piece, in order, as many at a time as it likes; on any thread.
    /// - Throws: What reading throws; of two pieces the earlier one's.
    public mutating func feed<Fault>(
        pieces count: Int,
        crew: Crew = alone,
        _ read: @escaping @Sendable (_ piece: Int, _ look: (ArraySlice<LineEvidence>) -> Void) throws(Fault) -> Void
    ) throws(Fault) {
        let inspector = inspector
        let pieces = OrderedPieces<Fault>(self, count: count)
        crew(count) { piece in
            let inspected = Result { () throws(Fault) in
                var inspections: [LineInspection] = []
                try read(piece) { inspector.inspect($0, into: &inspections) }
                return inspections
            }
            pieces.put(inspected, at: piece)
        }
        var fault: Fault?
        self = pieces.end(&fault)
        if let fault { throw fault }
    }

    /// Takes what follows the last LF, as a crash or a cut leaves it: no line and no leaf.
    public mutating func feedUnterminated(_ bytes: [UInt8]) {
        if !bytes.isEmpty { findings.add(.truncatedLastLine, at: size) }
    }

    /// Takes that what says which lines are left out is in no form that does.
    public mutating func feedMalformedWithheld() { findings.add(.withheldMalformed, at: 0) }

    /// Takes what is wrong with the list of a bundle's digests.
    mutating func feedSums(_ found: [(Findings.Kind, Int)]) {
        for (kind, count) in found { findings.add(kind, at: nil, count: count) }
    }

    /// The places of the lines of which a part is listed and not there, as far as they are kept in mind.
    public var linesWithAbsentParts: Set<UInt64> { removals.lines }

    /// Takes which parts were destroyed by law under lines that do not say so, by the places of the lines that list them: they count
    /// as though they were there, lest their number tell.
    ///
    /// Whoever has the content alone can say that, and answers for it.
    public mutating func feedDestroyed(_ parts: [UInt64: [Digest]]) {
        partsGiven += removals.forget(parts)
    }

    /// Takes how many files of parts and of proofs there are that belong to no line: a file that nothing vouches for is
    /// a fault.
    public mutating func feedUnlisted(parts: UInt64, proofs: UInt64) {
        unlistedParts = parts
        unlistedProofs = proofs
        if parts > 0 { lookedAtParts = true }
    }

    /// Takes how many files that belong to signatures are not as they should be, and how many belong to no line.
    public mutating func feedSignatureFiles(altered: UInt64, missing: UInt64, unlisted: UInt64) {
        signatures.altered = altered
        signatures.missing = missing
        signatures.unlisted = unlisted
    }

    mutating func take(_ inspection: LineInspection) {
        let index = size
        size += 1
        if scope == .record {
            frontier.append(inspection.leaf, using: &hasher)
            if sizes.contains(size) { roots[size] = frontier.root }
        }
        closingExport = nil
        for part in lastGiven { contents.take(part: part) }
        lastGiven = inspection.given
        guard let place = inspection.place else {
            findings.add(.malformedLine, at: index)
            // Its place is taken, but what it says is not known: the next line is judged on its own.
            order.skip()
            last = nil
            return
        }
        let number = scope == .record ? place.seq : place.caseSeq
        if scope == .oneCase, let witnessed = witnesses.claim, place.seq >= witnessed.size {
            beyondWitnessed += 1
            firstBeyondWitnessed = firstBeyondWitnessed ?? number
        }
        if place.isExport { closingExport = (place.caseSeq, place.seq, inspection.export) }
        if scope == .record, let saw = inspection.signing.saw { compare(saw, before: index, at: number) }
        if !place.isOfLog { findings.add(.lineOfAnotherLog, at: number) }
        if let fault = inspection.proofFault { findings.add(fault, at: number) }
        partsGiven += UInt64(inspection.partsGiven)
        partsAbsent += UInt64(inspection.partsAbsent)
        if inspection.partsGiven + inspection.partsAltered > 0 { lookedAtParts = true }
        findings.add(.partAltered, at: number, count: inspection.partsAltered)
        if place.isByMember { coverage.take(memberActsAt: place.recordedAt) }
        if let line = inspection.duty {
            removals.take(line)
            coverage.take(line)
        }
        if !inspection.absent.isEmpty {
            removals.take(
                absent: inspection.absent,
                isPartial: inspection.partsGiven > 0,
                of: place.seq,
                number: number
            )
        }
        signatures.take(inspection.signing, at: number, place, &findings)
        if scope == .oneCase, place.caseKey != caseKey {
            if caseKey != nil { return findings.add(.lineOfAnotherCase, at: number) }
            caseKey = place.caseKey
        }
        follow(place, number: number, leaf: inspection.leaf)
    }

    /// What an author signed to have seen is the beginning of this record, before his line: each is a witness of it.
    private mutating func compare(_ saw: (size: UInt64, root: Digest), before index: UInt64, at number: UInt64) {
        guard saw.size <= index else { return findings.add(.signerSawAnotherHistory, at: number) }
        guard let root = saw.size == 0 ? .empty : roots[saw.size] else {
            unseen.insert(saw.size)
            return
        }
        if root != saw.root { findings.add(.signerSawAnotherHistory, at: number) }
    }

    private mutating func follow(_ place: LineInspection.Place, number: UInt64, leaf: Digest) {
        guard order.take(seq: number, leaf: leaf) else { return }
        let link = scope == .record ? place.prev : place.casePrev
        if number == 0 {
            linked += 1
            if link != .empty { findings.add(.linkBroken, at: 0) }
        } else if let last {
            let before = scope == .record ? last.seq : last.caseSeq
            if before + 1 == number {
                linked += 1
                // One of the two was changed; what the later one states is what the earlier one was.
                if link != lastLeaf { findings.add(.lineAltered, at: before) }
            }
            if place.recordedAt < last.recordedAt { findings.add(.timeRunsBack, at: number) }
            if place.seq <= last.seq { findings.add(.positionRunsBack, at: number) }
        }
        // Once lines are missing, so are some of the streams.
        if scope == .record, order.isWhole { followStream(place, leaf: leaf) }
        lastLeaf = leaf
        last = place
    }

    private mutating func followStream(_ place: LineInspection.Place, leaf: Digest) {
        let link = streams[place.caseKey] ?? Link(next: 0, leaf: .empty)
        if place.caseSeq != link.next || place.casePrev != link.leaf { findings.add(.linkBroken, at: place.seq) }
        streams[place.caseKey] = Link(next: place.caseSeq + 1, leaf: leaf)
    }
}
