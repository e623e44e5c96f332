/// Which lines of a case its bundle leaves out, because its reader may not know of them: a file of its own, so that a line that
/// is lost on the way is not taken for one.
///
/// Each line of the file is the first and the last place of a run, in the case's numbering.
public struct WithheldLines: Hashable, Sendable {
    /// What the file is called in a bundle; there is none where nothing is left out.
    public static let fileName = "withheld"

    /// Runs in order, with at least one line of the bundle between two of them.
    public private(set) var runs: [ClosedRange<UInt64>] = []

    /// None.
    public init() {}

    /// Reads the one spelling that ``encoded`` writes; nil if it is another one, or none.
    public init?(parsing bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let first = UInt64(words[0]), let last = UInt64(words[1]),
                first <= last, last <= LogLine.maximumInteger
            else { return nil }
            runs.append(first...last)
        }
        let isInOrder = zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound }
        guard !runs.isEmpty, isInOrder, encoded == bytes else { return nil }
    }

    /// The file.
    public var encoded: [UInt8] { runs.flatMap { Array("\($0.lowerBound) \($0.upperBound)\n".utf8) } }

    /// How many lines.
    public var count: UInt64 { runs.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 } }

    /// Takes the next line that is left out; they come in order.
    public mutating func append(_ caseSeq: UInt64) {
        if let run = runs.last, run.upperBound + 1 == caseSeq {
            runs[runs.count - 1] = run.lowerBound...caseSeq
        } else {
            runs.append(caseSeq...caseSeq)
        }
    }

    /// The run in which a place lies.
    func run(of place: UInt64) -> ClosedRange<UInt64>? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].upperBound < place { low = middle + 1 } else { high = middle }
        }
        return low < runs.count && runs[low].contains(place) ? runs[low] : nil
    }
}
