import Cryptography

/// Follows the numbers of lines, and tells a missing line from a moved, a repeated and a second one.
struct SequenceCheck {
    /// One more than the highest number seen.
    private var next: UInt64 = 0
    /// The leaf hashes of the lines before anything was out of place.
    private var leaves: [Digest] = []
    /// The leaf hashes of the lines after that, by their numbers.
    private var displaced: [UInt64: Digest] = [:]
    private var missing: [Range<UInt64>] = []
    private var others: [Finding] = []

    /// With more gaps than this, what lies in which is no longer looked for: the work for each line stays bounded.
    private static let mostGaps = 4096

    /// Whether every line so far was where it belongs.
    private(set) var isWhole = true

    /// Takes a line's number; false if the line is not the next in its order, so that the chain goes on without it.
    mutating func take(seq: UInt64, leaf: Digest) -> Bool {
        if seq == next {
            if isWhole { leaves.append(leaf) } else { displaced[seq] = leaf }
            next += 1
            return true
        }
        isWhole = false
        if seq > next {
            missing.append(next..<seq)
            displaced[seq] = leaf
            next = seq + 1
            return true
        }
        if missing.count > Self.mostGaps {
            add("records-out-of-order", at: seq)
        } else if let place = missing.lastIndex(where: { $0.contains(seq) }) {
            let gap = missing.remove(at: place)
            for rest in [gap.lowerBound..<seq, seq + 1..<gap.upperBound] where !rest.isEmpty { missing.append(rest) }
            displaced[seq] = leaf
            add("records-out-of-order", at: seq)
        } else {
            let earlier = displaced[seq] ?? (seq < UInt64(leaves.count) ? leaves[Int(seq)] : nil)
            add(earlier == leaf ? "record-duplicated" : "duplicate-sequence-fork", at: seq)
        }
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
        guard let first = missing.map(\.lowerBound).min() else { return others }
        let count = missing.reduce(UInt64(0)) { $0 + UInt64($1.count) }
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
    }

    private var found: [Kind: Finding] = [:]

    mutating func add(_ kind: Kind, at seq: UInt64) {
        found[kind, default: Finding(word: kind.rawValue, count: 0, first: seq)].count += 1
    }

    func of(_ kinds: Kind...) -> [Finding] { kinds.compactMap { found[$0] } }
}
