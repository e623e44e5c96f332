/// Cells in columns, two spaces between, that fit a width.
///
/// A column that wraps gives way, down to its longest word; no word is cut, since a cut identifier is a wrong one. If that
/// is not enough, there are no columns: each row becomes a short paragraph, its first cell above, the others behind their
/// titles. Nothing is left out in either form.
struct Table {
    /// The columns' titles and manners; titles may all be empty.
    var columns: [Column]
    /// The columns' widths; in a column that does not wrap, a longer cell of a later row pushes its line aside.
    private(set) var widths: [Int]
    /// Whether the columns did not fit and rows are written as paragraphs, without a header.
    private(set) var isFlowing = false

    private let width: Int

    private static let gap = 2
    private static let narrowest = 12

    /// Takes the widths from the first rows of a list; later rows are fitted into them.
    init(columns: [Column], rows: [[Cell]], width: Int) {
        self.columns = columns
        self.width = width
        widths = columns.map { DisplayWidth.columns(of: $0.title) }
        var least = widths
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count {
                let text = VisibleText.line(cell.text)
                let natural = DisplayWidth.columns(of: text)
                widths[index] = max(widths[index], natural)
                least[index] = max(least[index], columns[index].wraps ? Self.least(text, natural) : natural)
            }
        }
        fit(least)
    }

    private static func least(_ text: String, _ natural: Int) -> Int {
        let longest = text.split(separator: " ").map { DisplayWidth.columns(of: String($0)) }.max() ?? 0
        return min(natural, max(longest, narrowest))
    }

    private mutating func fit(_ least: [Int]) {
        let available = width - Self.gap * (columns.count - 1)
        while widths.reduce(0, +) > available {
            let candidates = widths.indices.filter { widths[$0] > least[$0] }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else {
                isFlowing = true
                return
            }
            widths[widest] -= 1
        }
    }

    /// The line of titles, for columns.
    var header: Shown { joined(columns.map { Shown($0.title, .bold) }) }

    /// The lines of a row.
    func lines(_ row: [Cell]) -> [Shown] { isFlowing ? paragraph(row) : inColumns(row) }

    private func inColumns(_ row: [Cell]) -> [Shown] {
        let pieces = row.indices.map { index in
            let text = VisibleText.line(row[index].text)
            return columns[index].wraps ? Self.wrapped(text, to: widths[index]) : [text]
        }
        let height = pieces.map(\.count).max() ?? 0
        return (0..<height).map { line in
            joined(pieces.indices.map { line < pieces[$0].count ? Shown(pieces[$0][line], row[$0].style) : "" })
        }
    }

    private func joined(_ cells: [Shown]) -> Shown {
        var line: Shown = ""
        var owed = 0
        for (index, cell) in cells.enumerated() {
            let padding = max(0, widths[index] - cell.width)
            if cell.width > 0 {
                let before = owed + (columns[index].isNumber ? padding : 0)
                line += Shown(String(repeating: " ", count: before))
                line += cell
                owed = Self.gap + (columns[index].isNumber ? 0 : padding)
            } else {
                owed += Self.gap + padding
            }
        }
        return line
    }

    private func paragraph(_ row: [Cell]) -> [Shown] {
        let first = Self.wrapped(VisibleText.line(row.first?.text ?? ""), to: width)
        var lines = first.filter { !$0.isEmpty }.map { Shown($0, .bold) }
        var line: Shown = ""
        func end() {
            if line.width > 0 { lines.append("  \(line)") }
            line = ""
        }
        for (column, cell) in zip(columns, row).dropFirst() where !cell.text.isEmpty {
            let pieces = labelled(column.title.lowercased(), cell)
            if pieces.count > 1 {
                end()
                lines += pieces.map { "  \($0)" }
            } else if let piece = pieces.first {
                if Self.gap + line.width + Self.gap + piece.width > width { end() }
                line += line.width > 0 ? "  \(piece)" : piece
            }
        }
        end()
        return lines
    }

    /// A cell behind its title: in one piece, or in the lines it takes.
    private func labelled(_ title: String, _ cell: Cell) -> [Shown] {
        let text = VisibleText.line(cell.text)
        let before: Shown = title.isEmpty ? "" : "\(title, .dim) "
        let room = width - Self.gap
        if before.width + DisplayWidth.columns(of: text) <= room { return [before + Shown(text, cell.style)] }
        let pieces = Self.wrapped(text, to: room - before.width)
        return pieces.enumerated().map { index, piece in
            (index == 0 ? before : Shown(String(repeating: " ", count: before.width))) + Shown(piece, cell.style)
        }
    }

    /// Cuts a visible text into lines at spaces, and where a word is longer than a line, within it.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        if DisplayWidth.columns(of: text) <= width { return [text] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let columns = DisplayWidth.columns(of: String(word))
            if used > 0, used + 1 + columns > width {
                lines.append(line)
                (line, used) = ("", 0)
            } else if used > 0 || !line.isEmpty {
                line += " "
                used += 1
            }
            for character in word {
                let columns = DisplayWidth.columns(of: String(character))
                if used > 0, used + columns > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.append(character)
                used += columns
            }
        }
        return lines + [line]
    }
}
