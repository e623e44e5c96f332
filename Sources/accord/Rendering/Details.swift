/// What is known of one thing, a label and a value in each line.
struct Details {
    private var rows: [[Cell]] = []

    private static let narrowest = 12

    /// Adds a line, unless the value is empty.
    mutating func add(_ label: String, _ value: String, _ style: Style = .plain) {
        if !value.isEmpty { rows.append([Cell(text: label, style: .dim), Cell(text: value, style: style)]) }
    }

    /// Adds a line for each value, the label before the first.
    mutating func add(_ label: String, _ values: [String]) {
        for (index, value) in values.enumerated() {
            rows.append([Cell(text: index == 0 ? label : "", style: .dim), Cell(text: value)])
        }
    }

    /// The lines within a width.
    func lines(width: Int) -> [Shown] {
        let label = rows.map { DisplayWidth.columns(of: $0[0].text) }.max() ?? 0
        return rows.flatMap { row -> [Shown] in
            let pieces = Table.wrapped(VisibleText.line(row[1].text), to: max(Self.narrowest, width - label - 2))
            return pieces.enumerated().map { index, piece in
                let before = index == 0 ? row[0].text : ""
                let padding = String(repeating: " ", count: label + 2 - DisplayWidth.columns(of: before))
                return "\(before, row[0].style)\(padding)\(piece, row[1].style)"
            }
        }
    }
}
