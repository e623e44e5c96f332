/// What is wrong with a bundle, where, and what to write instead.
package struct JurisdictionFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A step from the whole to the place that is meant.
    package enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    package let path: [Step]
    package let message: String
    /// The row of the table that it meets: V01 for the form, P31 for the carve-out of 8 USC 1373, P32 for a suppressed notice.
    package let row: String

    package init(_ path: [Step], _ message: String, row: String = "V01") {
        self.path = path
        self.message = message
        self.row = row
    }

    /// Such as `rules[2].effect`.
    package var place: String {
        path.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
    }

    package var description: String { "\(place): \(message)" }
}
