package import Casework
import Policy
import StrictJSON

extension Report {
    /// The report's bytes in one of its forms.
    package func rendered(as format: ReportFormat) -> [UInt8] {
        switch format {
        case .text: Array(text.utf8)
        case .json: JSONValue.object(json).encoded + [0x0A]
        case .csv: Array(csv.utf8)
        case .html: Array(page.utf8)
        }
    }

    // MARK: Text

    /// For a terminal or a letter: columns under each other, nothing cut.
    private var text: String {
        var lines = [title, "\(basis). \(scope).", ""]
        for section in sections {
            lines += [section.title, String(repeating: "-", count: section.title.count)]
            lines += section.rows.isEmpty ? [section.empty] : section.textLines
            lines.append("")
        }
        lines += notes
        if !notes.isEmpty { lines.append("") }
        lines.append("Made from the first \(head.size) lines of the record; their root is \(head.root).")
        lines.append("The log's signature on it:")
        lines += head.note.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "    \($0)" }
        return lines.map(\.withoutTrailingSpaces).joined(separator: "\n") + "\n"
    }

    // MARK: JSON

    private var json: JSONObject {
        [
            "report": .string(name.rawValue), "title": .string(title), "basis": .string(basis),
            "scope": .string(scope),
            "head": [
                "size": .integer(head.size), "root": .string(head.root), "checkpoint": .string(head.note),
            ],
            "rows": .integer(rows), "sections": .array(sections.map { .object($0.json) }),
            "notes": .array(notes.map { .string($0) }),
        ]
    }

    // MARK: CSV

    /// RFC 4180: all tables under each other, each line with the table's name first and as many fields as the widest has.
    private var csv: String {
        var records: [[String]] = [
            ["report", "report", name.rawValue], ["report", "title", title], ["report", "basis", basis],
            ["report", "scope", scope], ["report", "size", String(head.size)], ["report", "root", head.root],
            ["report", "checkpoint", head.note],
        ]
        for section in sections {
            records.append([section.id] + section.columns.map(\.title))
            records += section.rows.map { [section.id] + $0.map(\.machineText) }
            if !section.total.isEmpty { records.append(["\(section.id)-total"] + section.total.map(\.machineText)) }
        }
        records += notes.map { ["note", $0] }
        let width = records.map(\.count).max() ?? 0
        return records.map { record in
            let padded = record + Array(repeating: "", count: width - record.count)
            return padded.map(Self.field).joined(separator: ",") + "\r\n"
        }
        .joined()
    }

    /// A field that no program takes for a formula: what begins like one stands behind an apostrophe.
    static func field(_ text: String) -> String {
        let starts: Set<UInt8> = Set("=+-@\t\r".utf8)
        let safe = text.utf8.first.map(starts.contains) ?? false ? "'\(text)" : text
        let special: Set<UInt8> = Set(",\"\r\n".utf8)
        guard safe.utf8.contains(where: special.contains) else { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }
}

extension Report.Section {
    fileprivate var textLines: [String] {
        let cells = [columns.map(\.title)] + rows.map { $0.map(\.words) } + (total.isEmpty ? [] : [total.map(\.words)])
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            row.indices.map { column in
                let room = String(repeating: " ", count: widths[column] - row[column].count)
                return columns[column].isCount ? room + row[column] : row[column] + room
            }
            .joined(separator: "  ")
        }
    }

    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "id": .string(id), "title": .string(title), "columns": .array(columns.map { .string($0.title) }),
            "rows": .array(rows.map { .array($0.map(\.json)) }),
        ]
        if !total.isEmpty { object["total"] = .array(total.map(\.json)) }
        return object
    }
}

extension Report.Cell {
    fileprivate var json: JSONValue {
        switch self {
        case .count(let count): .integer(count)
        case .none: .null
        case .text, .time, .suppressed: .string(machineText)
        }
    }

    /// As programs read it.
    fileprivate var machineText: String {
        switch self {
        case .time(let time): time.secondText
        case .suppressed: "suppressed"
        case .text, .count, .none: words
        }
    }
}

extension UTCTime {
    /// Such as `2031-03-07T20:35:09Z`.
    fileprivate var secondText: String {
        let seconds = milliseconds / 1_000 % 60
        let minutes = minuteText.replacing(" ", with: "T").dropLast()
        return "\(minutes):\(seconds < 10 ? "0" : "")\(seconds)Z"
    }
}

extension String {
    fileprivate var withoutTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
