import Cryptography

/// Follows the numbers of lines, and tells a missing line from a moved, a repeated and a second one.
struct SequenceCheck {
    /// One more than the highest number seen.
    private var next: UInt64 = 0
    /// The leaf hashes of the lines before anything was out of place.
    private var leaves: [Digest] = []
    /// The leaf hashes of the lines after that, by their numbers.
    private var displaced: [UInt64: Digest] = [:]
    private var others: [Finding] = []
    /// Lines that are not here and are said not to be.
    var withheld = WithheldLines()

    /// Whether every line so far was where it belongs.
    private(set) var isWhole = true

    /// Takes a line's number; false if the line comes after a later one, so that the chain goes on without it.
    mutating func take(seq: UInt64, leaf: Digest) -> Bool {
        if withheld.run(of: seq) != nil { add("line-said-withheld", at: seq) }
        if seq >= next {
            isWhole = isWhole && seq == next
            if isWhole { leaves.append(leaf) } else { displaced[seq] = leaf }
            next = seq + 1
            return true
        }
        isWhole = false
        guard let earlier = seq < UInt64(leaves.count) ? leaves[Int(seq)] : displaced[seq] else {
            displaced[seq] = leaf
            add("records-out-of-order", at: seq)
            return false
        }
        add(earlier == leaf ? "record-duplicated" : "duplicate-sequence-fork", at: seq)
        return false
    }

    /// Passes over a line whose number cannot be read.
    mutating func skip() {
        isWhole = false
        displaced[next] = .zero
        next += 1
    }

    private mutating func add(_ word: String, at seq: UInt64) {
        if let place = others.firstIndex(where: { $0.word == word }) {
            others[place].count += 1
        } else {
            others.append(Finding(word: word, count: 1, first: seq))
        }
    }

    /// What was found: missing lines last, since only at the end it is known that they do not come.
    var findings: [Finding] {
        // What is said to be withheld and lies beyond the last line is not there to be withheld.
        let beyond = withheld.runs.last { $0.upperBound >= next }
        var others = others
        if let beyond { others.append(Finding(word: "withheld-beyond-end", count: 1, first: beyond.upperBound)) }
        let present = UInt64(leaves.count) + UInt64(displaced.count)
        guard next > present, next - present > withheld.count else { return others }
        var first = UInt64(leaves.count)
        while first < next {
            if let run = withheld.run(of: first) {
                first = run.upperBound + 1
            } else if displaced[first] != nil {
                first += 1
            } else {
                break
            }
        }
        let missing = Finding(word: "record-missing", count: next - present - withheld.count, first: first)
        return others + [missing]
    }
}

/// Something that was found, how often, and where first.
struct Finding {
    var word: String
    var count: UInt64
    var first: UInt64?
}

/// What was found of the kinds that are counted as lines come.
struct Findings {
    enum Kind: String, CaseIterable {
        case malformedLine = "malformed-line"
        case truncatedLastLine = "truncated-last-line"
        case lineAltered = "line-altered"
        case linkBroken = "link-broken"
        case timeRunsBack = "time-runs-back"
        case partAltered = "part-altered"
        case lineOfAnotherLog = "line-of-another-log"
        case lineOfAnotherCase = "line-of-another-case"
        case positionRunsBack = "position-runs-back"
        case withheldMalformed = "withheld-malformed"
        case lineBeyondCheckpoint = "line-beyond-checkpoint"
        case proofMissing = "proof-missing"
        case proofMalformed = "proof-malformed"
        case proofWrong = "proof-wrong"
        case proofOfAnotherCheckpoint = "proof-of-another-checkpoint"
        case signatureWrong = "signature-wrong"
        case signatureByAnotherKey = "signature-by-another-key"
        case signatureForAnotherLog = "signature-for-another-log"
        case signatureReplayed = "signature-replayed"
        case signerNotEnrolled = "signer-not-enrolled"
        case sumsMissing = "sums-missing"
        case sumsMalformed = "sums-malformed"
        case fileAltered = "file-altered"
        case fileMissing = "file-missing"
        case fileUnlisted = "file-unlisted"
    }

    private var found: [Kind: Finding] = [:]

    mutating func add(_ kind: Kind, at seq: UInt64?, count: Int = 1) {
        guard count > 0 else { return }
        found[kind, default: Finding(word: kind.rawValue, count: 0, first: seq)].count += UInt64(count)
    }

    func of(_ kinds: Kind...) -> [Finding] { kinds.compactMap { found[$0] } }
}
