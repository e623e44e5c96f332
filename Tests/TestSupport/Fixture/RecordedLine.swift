package import StrictJSON

/// A line of the record as everybody who oversees it sees it: commitments and circumstances, no content.
package struct RecordedLine: Sendable, CustomStringConvertible {
    /// The object of the line.
    package let object: JSONObject
    /// The bytes of the line, without LF.
    package let text: String

    /// Reads a line.
    package init?(_ text: String) {
        guard let object = try? JSONValue(parsing: Array(text.utf8), limits: .fixture).object else { return nil }
        self.object = object
        self.text = text
    }

    package var seq: Int64 { object["seq"]?.integer ?? -1 }
    package var caseKey: String { object.text("st.case") }
    package var kind: String { object.text("st.kind") }
    package var member: String { object.text("st.member") }
    package var agency: String { object.text("st.agency") }
    package var purpose: String { object.text("st.purpose") }
    package var outcome: String { object.text("outcome") }
    package var rule: String { object.text("rule") }
    /// Milliseconds since the UNIX epoch.
    package var recordedAt: Int64 { object["t"]?.integer ?? -1 }

    /// What happened, in short: `entry.recorded inspector.lsd` or `access.denied agent.mpd1 P06`.
    package var description: String { [kind, member, rule].filter { !$0.isEmpty }.joined(separator: " ") }
}

extension Deployment {
    /// The lines of the record after a position, as auditor.rob reads them.
    package func record(after position: Int64? = nil) throws -> [RecordedLine] {
        let words = ["audit", "lines"] + (position.map { ["--after", "\($0)"] } ?? [])
        let answer = try self.as("auditor.rob").accord(words)
        guard answer.status == 0 else { throw Failed(description: "\(answer)") }
        return answer.objects.compactMap { RecordedLine($0.text("line").trimmed) }
    }

    /// Position of the newest line.
    package func end() throws -> Int64 { try record().last?.seq ?? -1 }
}

extension String {
    fileprivate var trimmed: String { hasSuffix("\n") ? String(dropLast()) : self }
}
