/// Keeps back counts that would tell of single persons, and as many others as it takes so that none of these can be worked
/// out from a total (complementary suppression).
enum SmallCells {
    /// Counts from 1 below this are kept back.
    static let threshold: Int64 = 5

    /// The cells of a table with one total.
    ///
    /// What is kept back is hidden well enough when, from all that is shown, each hidden count could be anything from 1 up to the
    /// threshold: at least two are hidden, and together they are large enough. As long as they are not, the smallest that is
    /// shown is kept back as well, and when none is left to hide, the total.
    static func cells(_ counts: [Int64], isSensitive: Bool) -> (cells: [Report.Cell], total: Report.Cell) {
        let total = counts.reduce(0, +)
        guard isSensitive else { return (counts.map { .count($0) }, .count(total)) }
        var hidden = Set(counts.indices.filter { (1..<threshold).contains(counts[$0]) })
        var isTotalHidden = (1..<threshold).contains(total)
        if isTotalHidden { hidden = Set(counts.indices.filter { counts[$0] > 0 }) }
        while !hidden.isEmpty, !isTotalHidden {
            let sum = hidden.reduce(0) { $0 + counts[$1] }
            if hidden.count > 1, sum - Int64(hidden.count - 1) >= threshold { break }
            let shown = counts.indices.filter { counts[$0] > 0 && !hidden.contains($0) }
            guard let next = shown.min(by: { (counts[$0], $0) < (counts[$1], $1) }) else {
                isTotalHidden = true
                break
            }
            hidden.insert(next)
        }
        let cells = counts.indices.map { hidden.contains($0) ? Report.Cell.suppressed : .count(counts[$0]) }
        return (cells, isTotalHidden ? .suppressed : .count(total))
    }
}
