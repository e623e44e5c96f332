import TestSupport
import Testing

@testable import Reports

/// Small counts are kept back so that nothing that is shown gives them away.
@Suite("Small cells")
struct SmallCellsTests {
    private static func shown(_ counts: [Int64]) -> String {
        let (cells, total) = SmallCells.cells(counts, isSensitive: true)
        return (cells + [total]).map(\.words).joined(separator: " ")
    }

    @Test(
        arguments: [
            ([], "0"), ([0, 0], "0 0 0"), ([7, 9], "7 9 16"), ([3], "– –"), ([3, 0], "– 0 –"),
            // The next one goes, too, or the total would tell; then the total itself where nothing is left to go.
            ([3, 9, 20], "– – 20 32"), ([3, 9], "– – 12"), ([1, 1], "– – –"), ([1, 1, 8, 30], "– – – 30 40"),
            ([4, 4, 50], "– – 50 58"),
        ] as [([Int64], String)]
    )
    func `a count below five is kept back, and what it would follow from`(_ counts: [Int64], _ expected: String) {
        #expect(Self.shown(counts) == expected)
    }

    @Test func `where nothing is sensitive nothing is kept back`() {
        #expect(SmallCells.cells([1, 2], isSensitive: false).cells == [.count(1), .count(2)])
    }

    /// By trying all ways in which the total can be made up of what is kept back.
    @Test(arguments: Seeds.all) func `from all that is shown each kept back count below five could be any below five`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let counts = (0..<(1 + random.below(5))).map { _ in Int64(random.below(9)) }
            let (cells, total) = SmallCells.cells(counts, isSensitive: true)
            let hidden = counts.indices.filter { cells[$0] == .suppressed }
            for index in counts.indices where (1..<SmallCells.threshold).contains(counts[index]) {
                #expect(hidden.contains(index), "\(counts)")
            }
            guard !hidden.isEmpty, case .count(let sum) = total else { continue }
            let rest = sum - counts.indices.filter { !hidden.contains($0) }.reduce(0) { $0 + counts[$1] }
            for index in hidden.indices {
                for value in 1..<SmallCells.threshold {
                    let others = Int64(hidden.count - 1)
                    let isPossible = others == 0 ? rest == value : rest - value >= others
                    #expect(isPossible, "\(counts): cell \(hidden[index]) cannot be \(value)")
                }
            }
        }
    }
}
