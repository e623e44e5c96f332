import Cryptography

/// Follows the numbers of lines, and tells a missing line from a moved, a repeated and a second one.
struct SequenceCheck: Sendable {
    /// One more than the highest number seen.
    private var next: UInt64 = 0
    /// The numbers of the lines that are here, as runs.
    private var present = NumberRuns()
    /// The leaf hashes that a line with the same number is compared with, by their numbers.
    private var leaves: [UInt64: Digest] = [:]
    private var others: [Finding] = []
    /// Lines that are not here and are said not to be.
    var withheld = WithheldLines()
    /// Of which lines the leaf hashes are kept; nil: of all.
    private let remembered: Set<UInt64>?
    /// Numbers that came again, and whose first leaf hash was not kept.
    private(set) var unsettled: Set<UInt64> = []

    init(remembering numbers: Set<UInt64>?) { remembered = numbers }

    /// Whether every line so far was where it belongs.
    private(set) var isWhole = true

    /// Takes a line's number; false if the line comes after a later one, so that the chain goes on without it.
    mutating func take(seq: UInt64, leaf: Digest) -> Bool {
        if withheld.run(of: seq) != nil { add("line-said-withheld", at: seq) }
        if seq >= next {
            isWhole = isWhole && seq == next
            remember(leaf, of: seq)
            next = seq + 1
            return true
        }
        isWhole = false
        guard present.contains(seq) else {
            remember(leaf, of: seq)
            add("records-out-of-order", at: seq)
            return false
        }
        if leaves[seq] == nil { unsettled.insert(seq) }
        add(leaves[seq] == leaf ? "record-duplicated" : "duplicate-sequence-fork", at: seq)
        return false
    }

    private mutating func remember(_ leaf: Digest, of seq: UInt64) {
        present.insert(seq)
        if remembered?.contains(seq) ?? true { leaves[seq] = leaf }
    }

    /// Passes over a line whose number cannot be read.
    mutating func skip() {
        isWhole = false
        remember(.zero, of: next)
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
        guard next > present.count, next - present.count > withheld.count else { return others }
        var first: UInt64 = 0
        while let run = withheld.run(of: first) ?? present.run(of: first) { first = run.upperBound + 1 }
        let missing = Finding(word: "record-missing", count: next - present.count - withheld.count, first: first)
        return others + [missing]
    }
}

/// A set of numbers that come in order, mostly: it grows by the gaps between them.
struct NumberRuns: Sendable {
    private var runs: [ClosedRange<UInt64>] = []
    private(set) var count: UInt64 = 0

    /// The place of the first run that does not end before a number.
    private func place(of number: UInt64) -> Int {
        if let last = runs.last, last.upperBound < number { return runs.count }
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The run in which a number lies.
    func run(of number: UInt64) -> ClosedRange<UInt64>? {
        let place = place(of: number)
        return place < runs.count && runs[place].contains(number) ? runs[place] : nil
    }

    func contains(_ number: UInt64) -> Bool { run(of: number) != nil }

    /// Takes a number that is not in it yet.
    mutating func insert(_ number: UInt64) {
        count += 1
        let place = place(of: number)
        let goesOn = place > 0 && runs[place - 1].upperBound + 1 == number
        let leadsUp = place < runs.count && number + 1 == runs[place].lowerBound
        switch (goesOn, leadsUp) {
        case (true, true):
            runs[place - 1] = runs[place - 1].lowerBound...runs[place].upperBound
            runs.remove(at: place)
        case (true, false): runs[place - 1] = runs[place - 1].lowerBound...number
        case (false, true): runs[place] = number...runs[place].upperBound
        case (false, false): runs.insert(number...number, at: place)
        }
    }
}

/// Something that was found, how often, and where first.
struct Finding: Sendable {
    var word: String
    var count: UInt64
    var first: UInt64?
}

/// What was found of the kinds that are counted as lines come.
struct Findings: Sendable {
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
        case keyEventMalformed = "key-event-malformed"
        case signatureMissing = "signature-missing"
        case signerSawAnotherHistory = "signer-saw-another-history"
        case sumsMissing = "sums-missing"
        case sumsMalformed = "sums-malformed"
        case sumsUnsigned = "sums-unsigned"
        case sumsSignatureWrong = "sums-signature-wrong"
        case fileAltered = "file-altered"
        case fileMissing = "file-missing"
        case fileUnlisted = "file-unlisted"
        case groundMissing = "ground-missing"
        case deadlineMissing = "deadline-missing"
    }

    private var found: [Kind: Finding] = [:]

    mutating func add(_ kind: Kind, at seq: UInt64?, count: Int = 1) {
        guard count > 0 else { return }
        found[kind, default: Finding(word: kind.rawValue, count: 0, first: seq)].count += UInt64(count)
    }

    func of(_ kinds: Kind...) -> [Finding] { kinds.compactMap { found[$0] } }
}
