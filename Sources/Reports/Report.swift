package import Casework
package import Policy

/// The head of the record that a report was made at: how many lines, their root, and the log's signature on both.
package struct ReportHead: Hashable, Sendable {
    package var size: Int64
    /// 64 hexadecimal digits.
    package var root: String
    /// The C2SP signed note.
    package var note: String

    package init(size: Int64, root: String, note: String) {
        self.size = size
        self.root = root
        self.note = note
    }
}

/// A report as values: what it says, before it has a form.
///
/// It is a function of the lines up to its head, of what was ordered and of what its reader may be told: no clock and no
/// chance has a part in it, so that it comes out the same, byte for byte, whenever it is made again.
package struct Report: Hashable, Sendable {
    package var name: ReportName
    package var title: String
    /// What it is made after, such as a statute.
    package var basis: String
    /// In words: whose, and of when.
    package var scope: String
    package var head: ReportHead
    package var sections: [Section]
    /// What a reader has to know to read it rightly.
    package var notes: [String]
    /// How many rows it has of what it reports; none makes a nil certificate.
    package var rows: Int64

    /// A table, with a chart of it where there is something to draw.
    package struct Section: Hashable, Sendable {
        /// One word, for links and for CSV.
        package var id: String
        package var title: String
        package var columns: [Column]
        package var rows: [[Cell]]
        /// Under the rows; empty where nothing is summed.
        package var total: [Cell] = []
        /// What stands there in place of rows.
        package var empty: String
        /// Which column is drawn, a bar for each row.
        package var drawn: Int?

        package init(
            _ id: String,
            _ title: String,
            _ columns: [Column],
            rows: [[Cell]],
            total: [Cell] = [],
            empty: String = "Nothing in this period.",
            drawn: Int? = nil
        ) {
            self.id = id
            self.title = title
            self.columns = columns
            self.rows = rows
            self.total = total
            self.empty = empty
            self.drawn = drawn
        }
    }

    package struct Column: Hashable, Sendable, ExpressibleByStringLiteral {
        package var title: String
        package var isCount = false

        package init(stringLiteral title: String) { self.title = title }

        package static func count(_ title: String) -> Column {
            var column = Column(stringLiteral: title)
            column.isCount = true
            return column
        }
    }

    /// What stands in a place of a table.
    package enum Cell: Hashable, Sendable {
        case text(String)
        case count(Int64)
        case time(UTCTime)
        /// Nothing to say.
        case none
        /// A count that would tell of single persons, or from which such a count follows.
        case suppressed

        /// Nothing for nil.
        package static func time(optional time: UTCTime?) -> Cell { time.map { .time($0) } ?? .none }

        /// As people read it.
        package var words: String {
            switch self {
            case .text(let text): text
            case .count(let count): String(count)
            case .time(let time): time.minuteText
            case .none: ""
            case .suppressed: "–"
            }
        }
    }
}

extension UTCTime {
    /// Date and time of day, such as `2031-03-07 20:35Z`.
    package var minuteText: String {
        let minutes = milliseconds / 60_000 % 1_440
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        return "\(self) \(two(minutes / 60)):\(two(minutes % 60))Z"
    }
}
