import StrictJSON

/// A cell as it came, before it is made visible and cut into lines.
struct Cell: Equatable {
    var text: String
    var style: Style = .plain
}

/// A column of a list: its title, and how its cell comes from the object of a row.
struct Column: Sendable {
    /// In capitals.
    var title: String
    /// Whether its text may go on in a second line where the terminal is narrow; others keep their width if they can.
    var wraps = false
    /// Whether it is set to the right.
    var isNumber = false
    /// The cell for a row.
    var cell: @Sendable (JSONObject) -> Cell
}

extension Column {
    /// A text, empty where it is missing.
    static func text(_ title: String, _ key: String, wraps: Bool = false) -> Column {
        Column(title: title, wraps: wraps) { Cell(text: $0.text(key)) }
    }

    /// A word that says how something stands, with its colour.
    static func state(_ title: String, _ key: String) -> Column {
        Column(title: title) { Cell(text: $0.text(key), style: .ofState($0.text(key))) }
    }

    /// A count or a position; nothing where there is none, or -1 says so.
    static func number(_ title: String, _ key: String) -> Column {
        Column(title: title, isNumber: true) { object in
            Cell(text: object[key]?.integer.flatMap { $0 < 0 ? nil : String($0) } ?? "")
        }
    }

    /// A moment, to the minute: a list has little room.
    static func time(_ title: String, _ key: String) -> Column {
        Column(title: title) { Cell(text: $0.time(key, .minutes)) }
    }

    /// The day of a moment, in UTC.
    static func day(_ title: String, _ key: String) -> Column {
        Column(title: title) { Cell(text: String($0.time(key).prefix(10))) }
    }

    /// A member and the agency, such as `agent.mpd1 MPD-VT`.
    static func who(_ title: String, _ member: String, _ agency: String) -> Column {
        Column(title: title, wraps: true) { Cell(text: "\($0.text(member)) \($0.text(agency))") }
    }

    /// Texts with commas between.
    static func texts(_ title: String, _ key: String) -> Column {
        Column(title: title, wraps: true) { Cell(text: $0.texts(key).joined(separator: ", ")) }
    }

    /// A word where a truth holds, else nothing.
    static func flag(_ title: String, _ key: String, _ word: String) -> Column {
        Column(title: title) { Cell(text: $0[key]?.bool == true ? word : "") }
    }
}

extension JSONObject {
    /// The text of a member, empty where there is none.
    func text(_ key: String) -> String { self[key]?.string ?? "" }

    /// The moment of a member as ISO 8601, empty where there is none.
    func time(_ key: String, _ precision: UTCText.Precision = .seconds) -> String {
        self[key]?.integer.map { UTCText.text(microseconds: $0, precision) } ?? ""
    }

    /// The texts (or integers) of an array.
    func texts(_ key: String) -> [String] {
        (self[key]?.array ?? []).compactMap { $0.string ?? $0.integer.map(String.init) }
    }

    /// The objects of an array.
    func objects(_ key: String) -> [JSONObject] { (self[key]?.array ?? []).compactMap(\.object) }
}
