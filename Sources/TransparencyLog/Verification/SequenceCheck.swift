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

    /// Whether every line so far was where it belongs.
    private(set) var isWhole = true

    /// Takes a line's number; false if the line comes after a later one, so that the chain goes on without it.
    mutating func take(seq: UInt64, leaf: Digest) -> Bool {
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
        let count = next - UInt64(leaves.count) - UInt64(displaced.count)
        guard count > 0 else { return others }
        var first = UInt64(leaves.count)
        while displaced[first] != nil { first += 1 }
        return others + [Finding(word: "record-missing", count: count, first: first)]
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
        case lineBeyondCheckpoint = "line-beyond-checkpoint"
        case proofMissing = "proof-missing"
        case proofMalformed = "proof-malformed"
        case proofWrong = "proof-wrong"
        case proofOfAnotherCheckpoint = "proof-of-another-checkpoint"
    }

    private var found: [Kind: Finding] = [:]

    mutating func add(_ kind: Kind, at seq: UInt64, count: Int = 1) {
        guard count > 0 else { return }
        found[kind, default: Finding(word: kind.rawValue, count: 0, first: seq)].count += UInt64(count)
    }

    func of(_ kinds: Kind...) -> [Finding] { kinds.compactMap { found[$0] } }
}
