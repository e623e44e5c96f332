import StrictJSON

/// Rows as they come.
///
/// The widths follow from the first of them, so that a list of any length needs little memory.
struct Listing {
    private let columns: [Column]
    private let remarks: (JSONObject) -> [Shown]
    private var first: [(row: [Cell], remarks: [Shown])] = []
    private var table: Table?

    private static let sample = 200

    init(columns: [Column], remarks: @escaping (JSONObject) -> [Shown] = { _ in [] }) {
        self.columns = columns
        self.remarks = remarks
    }

    /// Takes a row, and prints when the widths are known.
    mutating func add(_ object: JSONObject, to page: inout Page) {
        let row = columns.map { $0.cell(object) }
        if let table {
            Self.show(row, remarks(object), in: table, on: &page)
        } else {
            first.append((row, remarks(object)))
            if first.count == Self.sample { begin(page: &page) }
        }
    }

    /// Prints what is still held.
    mutating func end(on page: inout Page, nothing: String) {
        if table == nil, first.isEmpty {
            page.line("\(nothing, .dim)")
        } else if table == nil {
            begin(page: &page)
        }
    }

    private mutating func begin(page: inout Page) {
        let table = Table(columns: columns, rows: first.map(\.row), width: page.terminal.width)
        if !table.isFlowing { page.line(table.header) }
        for (row, remarks) in first { Self.show(row, remarks, in: table, on: &page) }
        first = []
        self.table = table
    }

    private static func show(_ row: [Cell], _ remarks: [Shown], in table: Table, on page: inout Page) {
        page.lines(table.lines(row))
        for remark in remarks { page.line(remark) }
    }
}
