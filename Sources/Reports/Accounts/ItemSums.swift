import Casework

/// Numbers that somebody counted of items, such as arrests of operations: of each what was said last, for it may have been
/// corrected, and in the period in which it was said first.
struct ItemSums: Sendable {
    private struct Item: Hashable {
        let caseID: CaseID
        let name: String
    }

    private var values: [Item: (value: Int64, isWithin: Bool)] = [:]

    mutating func note(_ line: ReportedLine, _ value: Int64, isWithin: Bool) {
        let item = Item(caseID: line.event.caseID, name: line.event.item ?? "")
        values[item] = (value, values[item]?.isWithin ?? isWithin)
    }

    /// Of all that belongs to the period.
    var total: Int64 { values.values.reduce(0) { $0 + ($1.isWithin ? $1.value : 0) } }
}
