package import Casework
import GRDB

/// An entry without its text.
package struct EntryRow: Sendable {
    /// Below zero for what was written to oversight.
    package var number: Int64
    package var position: Int64
    /// Position in the whole record: where the text is.
    package var seq: UInt64
    package var kind: String
    package var handling: String
    package var compartment: String
    package var origin: String
    package var author: String
    /// Milliseconds since the UNIX epoch.
    package var recordedAt: Int64
    /// current, corrected or withdrawn.
    package var state: String
    package var supersedes: Int64?
    package var supersededBy: Int64?
    package var asksAcknowledgement: Bool
}

/// A line of the dissemination register (28 CFR 23.20(g)); its reason is a part of the record's line.
package struct DisseminationRow: Sendable {
    package var number: Int64
    package var seq: UInt64
    package var entry: Int64
    package var origin: String
    package var fromAgency: String
    package var toAgency: String
    package var author: String
    package var purpose: String
    package var handling: String
    package var permission: Int64?
    package var means: String
    /// Milliseconds since the UNIX epoch.
    package var recordedAt: Int64
}

/// A reading or a refusal (CJIS AU-2).
package struct AccessRow: Sendable {
    package var seq: UInt64
    package var caseID: CaseID
    package var position: Int64
    /// Milliseconds since the UNIX epoch.
    package var recordedAt: Int64
    package var agency: String
    package var member: String
    package var by: String
    package var act: String
    package var item: String?
    package var purpose: String
    package var outcome: String
    package var rule: String?
    /// The newest release of the entry to the agency by then.
    package var release: Int64?
}
