/// Cells in columns, two spaces between, that fit a width.
///
/// A column that wraps gives way first; only if that is not enough, the widest of the others does. Nothing is cut off: a
/// text that does not fit goes on in the next line.
struct Table {
    /// The columns' titles and manners; titles may all be empty.
    var columns: [Column]
    /// The columns' widths.
    private(set) var widths: [Int]
    /// The columns whose cells go on in a second line; in others a longer cell of a later row pushes its line aside.
    private var isWrapping: [Bool]

    private static let gap = 2
    private static let narrowest = 6

    /// Takes the widths from the first rows of a list; later rows are fitted into them.
    init(columns: [Column], rows: [[Cell]], width: Int) {
        self.columns = columns
        widths = columns.map { DisplayWidth.columns(of: $0.title) }
        isWrapping = columns.map(\.wraps)
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], DisplayWidth.columns(of: VisibleText.line(cell.text)))
            }
        }
        fit(width)
    }

    private mutating func fit(_ width: Int) {
        let available = width - Self.gap * (columns.count - 1)
        for mayShrink in [columns.map(\.wraps), columns.map { _ in true }] {
            while widths.reduce(0, +) > available {
                let candidates = widths.indices.filter { mayShrink[$0] && widths[$0] > Self.narrowest }
                guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
                widths[widest] -= 1
                isWrapping[widest] = true
            }
        }
    }

    /// The line of titles.
    var header: Shown { joined(columns.map { Shown($0.title, .bold) }) }

    /// The lines of a row.
    func lines(_ row: [Cell]) -> [Shown] {
        let pieces = row.indices.map { index in
            let text = VisibleText.line(row[index].text)
            return isWrapping[index] ? Self.wrapped(text, to: widths[index]) : [text]
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
