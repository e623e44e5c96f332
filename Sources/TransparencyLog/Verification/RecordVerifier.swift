public import Cryptography

/// Checks a copy of a record line by line, with nothing but the copy and what its reader kept.
///
/// Lines are fed in the order of the file. Links, sequence and the Merkle tree are followed as they come; memory grows
/// by 32 bytes for each line and by the open cases. Damage never stops it: it goes on, so that one report tells all.
public struct RecordVerifier: ~Copyable {
    private var hasher = TreeHasher()
    private var frontier = MerkleFrontier()
    private var order = SequenceCheck()
    private var streams: [CaseKey: Link] = [:]
    private var last: (seq: UInt64, recordedAt: Int64)?
    /// The digits of the last line's leaf hash: what the next line should state. Kept, so that a line allocates nothing.
    private var lastDigits: [UInt8] = []
    private var digits: [UInt8] = []

    let known: [Checkpoint]
    private let sizes: Set<UInt64>
    var roots: [UInt64: Digest] = [:]
    var findings = Findings()
    var linked: UInt64 = 0
    var partsGiven: UInt64 = 0
    var partsAbsent: UInt64 = 0
    var unlistedParts: UInt64 = 0
    var lookedAtParts = false

    /// Where a case's stream stands.
    private struct Link {
        var next: UInt64
        var leaf: Digest
    }

    /// A verifier that has seen nothing yet.
    ///
    /// - Parameters:
    ///   - checkpoints: those that the reader kept, and whose word counts.
    ///   - sizes: further sizes at which the root will be wanted, such as that of the copy's own checkpoint.
    public init(known checkpoints: [Checkpoint], sizes: [UInt64] = []) {
        known = checkpoints
        self.sizes = Set(checkpoints.map(\.size) + sizes)
        if self.sizes.contains(0) { roots[0] = .empty }
    }

    /// How many whole lines were fed.
    public var size: UInt64 { frontier.size }
    /// The root over all lines fed.
    public var root: Digest { frontier.root }
    /// Sequence findings, for the report.
    var sequenceFindings: [Finding] { order.findings }

    /// Takes the next line.
    ///
    /// - Parameters:
    ///   - line: its bytes with the LF.
    ///   - parts: the files of those parts that are at hand; nil if parts are not looked at.
    public mutating func feed(line: [UInt8], parts: [[UInt8]]?) {
        let position = frontier.size
        let leaf = hasher.leaf(line)
        defer {
            frontier.append(leaf, using: &hasher)
            if sizes.contains(frontier.size) { roots[frontier.size] = frontier.root }
        }
        let scan: LineScan
        do throws(LineFault) {
            scan = try LineScan(line)
        } catch {
            findings.add(.malformedLine, at: position)
            // Its place is taken, but what it says is not known: the next line is judged on its own.
            order.skip()
            last = nil
            return
        }
        follow(scan, leaf: leaf)
        if let parts { check(parts, of: scan) }
    }

    /// Takes what follows the last LF, as a crash or a cut leaves it: no line and no leaf.
    public mutating func feedUnterminated(_ bytes: [UInt8]) {
        if !bytes.isEmpty { findings.add(.truncatedLastLine, at: frontier.size) }
    }

    /// Takes how many files of parts there are that no line lists: a file that nothing vouches for is a fault.
    public mutating func feedUnlistedParts(_ count: UInt64) {
        unlistedParts = count
        if count > 0 { lookedAtParts = true }
    }

    private mutating func follow(_ scan: LineScan, leaf: Digest) {
        guard order.take(seq: scan.seq, leaf: leaf) else { return }
        digits.removeAll(keepingCapacity: true)
        if scan.seq == 0 {
            Digest.empty.writeHex(into: &digits)
            linked += 1
            if !scan.holds(digits, at: scan.layout.prev) { findings.add(.linkBroken, at: 0) }
        } else if let last, last.seq + 1 == scan.seq {
            linked += 1
            // One of the two was changed; what the later one states is what the earlier one was.
            if !scan.holds(lastDigits, at: scan.layout.prev) { findings.add(.lineAltered, at: last.seq) }
            if scan.recordedAt < last.recordedAt { findings.add(.timeRunsBack, at: scan.seq) }
        }
        // Once lines are missing, so are some of the streams.
        if order.isWhole { followStream(scan, leaf: leaf) }
        lastDigits.removeAll(keepingCapacity: true)
        leaf.writeHex(into: &lastDigits)
        last = (scan.seq, scan.recordedAt)
    }

    private mutating func followStream(_ scan: LineScan, leaf: Digest) {
        let key = scan.caseKey
        let link = streams[key] ?? Link(next: 0, leaf: .empty)
        digits.removeAll(keepingCapacity: true)
        link.leaf.writeHex(into: &digits)
        if scan.caseSeq != link.next || !scan.holds(digits, at: scan.layout.casePrev) {
            findings.add(.linkBroken, at: scan.seq)
        }
        streams[key] = Link(next: scan.caseSeq + 1, leaf: leaf)
    }

    private mutating func check(_ parts: [[UInt8]], of scan: LineScan) {
        lookedAtParts = true
        guard scan.partCount > 0 || !parts.isEmpty else { return }
        var listed = scan.parts
        for part in parts {
            let digest = Digest.sha256(part)
            guard let place = listed.firstIndex(of: digest) else {
                findings.add(.partAltered, at: scan.seq)
                continue
            }
            listed.remove(at: place)
            partsGiven += 1
        }
        partsAbsent += UInt64(listed.count)
    }
}
