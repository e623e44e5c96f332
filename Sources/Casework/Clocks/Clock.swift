package import Policy
import StrictJSON

/// A clock that runs for somebody's duty (domain.md 6.11): derived from events, and never a table that anybody could change.
///
/// When it is due is computed where it starts and recorded where it runs out, so that a later calendar changes nothing of it.
package struct Clock: Hashable, Sendable {
    package let kind: ClockKind
    /// The case, or whatever stream the duty is recorded in.
    package let stream: CaseID
    /// What it runs for, as people call it, such as `Q-3`, or `P-1/D-4` for a part of it; empty where it is the whole stream.
    package let item: String
    package let startedAt: UTCTime
    package let dueAt: UTCTime

    package init(_ kind: ClockKind, _ stream: CaseID, _ item: String, startedAt: UTCTime, dueAt: UTCTime) {
        self.kind = kind
        self.stream = stream
        self.item = item
        self.startedAt = startedAt
        self.dueAt = dueAt
    }

    /// What the item is a part of: `P-1` of `P-1/D-4`.
    var whole: String { String(item.prefix { $0 != "/" }) }

    /// By what somebody names it who takes note of it: the item, or the kind where it is the whole case.
    package var name: String { item.isEmpty ? kind.rawValue : item }

    var record: JSONObject {
        [
            "clock": .string(kind.rawValue), "item": .string(item), "started_at": .integer(startedAt.milliseconds),
            "due_at": .integer(dueAt.milliseconds),
        ]
    }

    init(_ fields: Fields, in stream: CaseID) throws(EventFault) {
        self.init(
            try fields.word("clock") { ClockKind(rawValue: $0) },
            stream,
            try fields.string("item"),
            startedAt: try fields.time("started_at"),
            dueAt: try fields.time("due_at")
        )
    }

    /// By time; the rest makes the order one and the same everywhere.
    static func isEarlier(_ one: Clock, _ other: Clock) -> Bool {
        (one.dueAt.milliseconds, one.stream, one.kind.rawValue, one.item)
            < (other.dueAt.milliseconds, other.stream, other.kind.rawValue, other.item)
    }
}
