/// What is known of one thing, a label and a value in each line.
struct Details {
    private var rows: [[Cell]] = []

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
        let columns = [false, true].map { wraps in Column(title: "", wraps: wraps) { _ in Cell(text: "") } }
        let table = Table(columns: columns, rows: rows, width: width)
        return rows.flatMap(table.lines)
    }
}
