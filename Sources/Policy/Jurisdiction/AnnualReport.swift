package import StrictJSON

/// A report of a year, and by which day of the next an agency's law wants it (domain.md 2.7, 6.11).
package struct AnnualReport: Hashable, Sendable {
    /// The reports that are owed of each year.
    package enum Name: String, Hashable, Sendable, CaseIterable {
        /// Joint task forces, after Cal. Gov. Code 7284.6(c).
        case taskForces = "jtf-annual"
        /// Requests for custody and how they were answered, after 5 ILCS 805/25.
        case detainers = "il-805-25"
    }

    package var name: Name
    /// Month and day, such as `03-01`.
    package var due: String

    /// Where an agreement names its designee and no policy says anything else (5 ILCS 805/25).
    package static let usualDay = "03-01"

    package init(name: Name, due: String) {
        self.name = name
        self.due = due
    }

    /// A day that every year has.
    static func isDay(_ text: String) -> Bool { text.utf8.count == 5 && UTCTime(text: "2031-\(text)") != nil }

    /// The last moment at which the report of a year is in time; nil for years that are none.
    package func dueAt(of year: Int64) -> UTCTime? {
        UTCTime(text: "\(year + 1)-\(due)").map { UTCTime(milliseconds: $0.adding(days: 1).milliseconds - 1) }
    }

    package var json: JSONObject { ["report": .string(name.rawValue), "due": .string(due)] }
}
