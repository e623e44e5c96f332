import Casework
import Policy
import StrictJSON

/// An event as the interface shows it (`type Event`).
struct FeedEvent: Sendable {
    private let event: RecordedEvent
    private let caseNumber: String
    /// Nil where nobody may say a sentence of it.
    private let summary: String?

    init(_ event: RecordedEvent, caseNumber: String, summary: String?) {
        self.event = event
        self.caseNumber = caseNumber
        self.summary = summary
    }

    /// The reply of a watch, written without an intermediate value: stored events are sent by the hundred thousand.
    var encoded: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(384)
        text += #"{"kind":"event","event":"#.utf8
        write(into: &text)
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// Appends the object.
    func write(into text: inout [UInt8]) {
        text += #"{"case":"#.utf8
        JSONText.writeString(caseNumber, into: &text)
        text += #","position":"#.utf8
        JSONText.writeInteger(Int64(clamping: event.caseSeq), into: &text)
        text += #","kind":"#.utf8
        JSONText.writeString(event.event.kind, into: &text)
        text += #","recordedAt":"#.utf8
        JSONText.writeInteger(event.recordedAt * 1_000, into: &text)
        text += #","agency":"#.utf8
        JSONText.writeString(event.event.agency?.text ?? "", into: &text)
        text += #","member":"#.utf8
        JSONText.writeString(event.event.member?.text ?? "", into: &text)
        if let item = event.event.item {
            text += #","item":"#.utf8
            JSONText.writeString(item, into: &text)
        }
        if let summary {
            text += #","summary":"#.utf8
            JSONText.writeString(summary, into: &text)
        }
        text.append(UInt8(ascii: "}"))
    }
}
