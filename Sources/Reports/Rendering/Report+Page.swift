import Cryptography
import Policy

/// The report as one page: no program in it, nothing to load, a table beside each chart.
extension Report {
    var page: String {
        let style = String(decoding: PackageResources.report_css, as: UTF8.self)
        let digest = Digest.sha256(Array(style.utf8)).base64
        let fillings: [(mark: String, text: String)] = [
            (
                "{policy}",
                "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'"
            ),
            ("{title}", Markup.escaped(title)), ("{style}", style), ("{heading}", Markup.escaped(title)),
            ("{basis}", Markup.escaped(basis)), ("{scope}", Markup.escaped(scope)), ("{contents}", contents),
            ("{sections}", sections.map(\.markup).joined()), ("{notes}", noteItems),
            ("{size}", Markup.escaped(String(head.size))), ("{root}", Markup.escaped(head.root)),
            ("{checkpoint}", Markup.escaped(head.note)),
        ]
        // From mark to mark and never back: what is filled in cannot be taken for a mark.
        var rest = String(decoding: PackageResources.report_html, as: UTF8.self)[...]
        var page = ""
        for (mark, text) in fillings {
            guard let place = rest.firstRange(of: mark) else { continue }
            page += rest[..<place.lowerBound] + text
            rest = rest[place.upperBound...]
        }
        return page + rest
    }

    private var contents: String {
        sections.map { "<li><a href=\"#\($0.id)\">\(Markup.escaped($0.title))</a></li>\n" }.joined()
    }

    private var noteItems: String {
        notes.isEmpty
            ? ""
            : "<h2 id=\"notes\">Notes</h2>\n<ul>\n\(notes.map { "<li>\(Markup.escaped($0))</li>\n" }.joined())</ul>\n"
    }
}

enum Markup {
    /// The same; a name with hyphens, such as an agency's, is not broken in two.
    static func words(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let isName = word.contains("-") && word.utf8.count <= 32
            return isName ? "<span class=\"name\">\(escaped(String(word)))</span>" : escaped(String(word))
        }
        .joined(separator: " ")
    }

    /// Text that is text wherever it stands in a page, in an attribute too.
    ///
    /// What directs how text runs, and other control characters, are shown as what they are not: nothing.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n": escaped += "\n"
            default:
                let category = scalar.properties.generalCategory
                escaped += category == .control || category == .format ? "\u{FFFD}" : String(scalar)
            }
        }
        return escaped
    }
}

extension Report.Section {
    fileprivate var markup: String {
        let name = Markup.escaped(title)
        guard !rows.isEmpty else {
            return "<section aria-labelledby=\"\(id)\">\n<h2 id=\"\(id)\">\(name)</h2>\n"
                + "<p>\(Markup.escaped(empty))</p>\n</section>\n"
        }
        return """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">\(name)</h2>
            \(chart)<div class="scroll" role="region" aria-label="\(name)" tabindex="0">
            <table>
            <caption>\(name)</caption>
            <thead><tr>\(columns.map { "<th scope=\"col\"\($0.mark)>\(Markup.escaped($0.title))</th>" }.joined())</tr></thead>
            <tbody>
            \(rows.map { "<tr>\(line($0))</tr>\n" }.joined())</tbody>
            \(total.isEmpty ? "" : "<tfoot><tr>\(line(total))</tr></tfoot>\n")</table>
            </div>
            </section>

            """
    }

    private func line(_ cells: [Report.Cell]) -> String {
        zip(columns, cells).enumerated().map { place, pair in
            let (column, cell) = pair
            let words = cell == .suppressed ? "<abbr title=\"kept back\">–</abbr>" : Markup.words(cell.words)
            return place == 0
                ? "<th scope=\"row\"\(column.mark)>\(words)</th>" : "<td\(column.mark)>\(words)</td>"
        }
        .joined()
    }

    /// A bar for each row, with its label and its number; what it shows stands in the table below as well.
    private var chart: String {
        guard let drawn, rows.count <= Self.mostBars else { return "" }
        let counts = rows.map { row -> Int64? in if case .count(let count) = row[drawn] { count } else { nil } }
        let longest = counts.compactMap(\.self).max() ?? 0
        guard longest > 0 else { return "" }
        let column = columns[drawn].title
        let title = Markup.escaped(column == "Count" ? self.title : "\(self.title): \(column)")
        var bars = ""
        for (place, (row, count)) in zip(rows, counts).enumerated() {
            let top = place * Self.step
            let width = count.map { Int(Double($0) / Double(longest) * Double(Self.room)) } ?? 0
            let label = row[0].words
            let short = label.count > Self.mostLetters ? label.prefix(Self.mostLetters - 1) + "…" : label[...]
            bars += """
                <text x="\(Self.left - 8)" y="\(top + 15)" text-anchor="end">\(Markup.escaped(String(short)))</text>
                <rect class="bar" x="\(Self.left)" y="\(top + 3)" width="\(width)" height="16"/>
                <text x="\(Self.left + width + 6)" y="\(top + 15)">\(count.map(String.init) ?? "kept back")</text>

                """
        }
        return """
            <figure>
            <svg role="img" aria-labelledby="\(id)-chart" viewBox="0 0 \(Self.left + Self.room + 80) \(rows.count * Self.step + 4)">
            <title id="\(id)-chart">\(title). The table below says the same.</title>
            \(bars)</svg>
            <figcaption>\(title)</figcaption>
            </figure>

            """
    }

    /// A chart of more bars than a page holds shows nothing.
    private static let mostBars = 40
    private static let mostLetters = 38
    private static let step = 24
    private static let left = 290
    private static let room = 430
}

extension Report.Column {
    fileprivate var mark: String { isCount ? " class=\"number\"" : "" }
}
