package import CaseViews
package import Casework
package import Cryptography
import Policy
package import RecordStore
import StrictJSON
package import TransparencyLog

/// An event with its place in the record: what views, watches and replay are fed.
///
/// It is handed on often and changed never, so that it lies in one place.
package final class RecordedEvent: Sendable {
    /// Position in the whole record.
    package let seq: UInt64
    /// Position within the case, or within the registry.
    package let caseSeq: UInt64
    package let leaf: Digest
    /// Milliseconds since the UNIX epoch.
    package let recordedAt: Int64
    /// Who spoke: a key's fingerprint, `uid:N` or `system`.
    package let by: String
    package let outcome: LineOutcome
    package let rule: String?
    package let event: Event

    package init(
        seq: UInt64,
        caseSeq: UInt64,
        leaf: Digest,
        recordedAt: Int64,
        by: String,
        outcome: LineOutcome,
        rule: String?,
        event: Event
    ) {
        self.seq = seq
        self.caseSeq = caseSeq
        self.leaf = leaf
        self.recordedAt = recordedAt
        self.by = by
        self.outcome = outcome
        self.rule = rule
        self.event = event
    }

    /// Reads an event back from its line and parts.
    ///
    /// - Throws: `LineFault`, `Malformed` or `EventFault` if the line is not one of ours; never skipped, for a state made from
    ///   part of a record is no state of it.
    package convenience init(parsing stored: StoredLine) throws {
        let line = try LineScan(stored.bytes)
        // One that is not there any more was removed by law, or is lost: verification tells which.
        var parts: [(name: String, value: JSONValue)] = []
        for bytes in stored.parts where !bytes.isEmpty { parts.append(try Part.fact(in: bytes)) }
        self.init(
            seq: line.seq,
            caseSeq: line.caseSeq,
            leaf: .leaf(stored.bytes),
            recordedAt: line.recordedAt,
            by: line.by,
            outcome: line.outcome,
            rule: line.rule,
            event: try Event(
                kind: line.kind,
                caseID: CaseID(line.caseKey),
                agency: line.agency,
                member: line.member,
                role: line.role,
                purpose: line.purpose,
                parts: parts
            )
        )
    }

    /// Whether it says that parts are destroyed by law.
    var isPurge: Bool {
        if case .removal(.purgeApproved) = event.body { outcome == .accepted } else { false }
    }

    package var place: StreamPosition {
        StreamPosition(
            caseSeq: caseSeq,
            recordedAt: UTCTime(milliseconds: recordedAt),
            rule: outcome == .denied ? rule : nil
        )
    }

    /// Whether it may open something to somebody to whom it was closed; an entry does not, nor who read it.
    var mayOpen: Bool {
        switch event.body {
        case .access, .system, .entryRecorded, .entryWithdrawn, .entryAcknowledged, .clock, .report: false
        default: outcome == .accepted
        }
    }

    package var projections: [Projection] {
        Projection.from(
            event,
            seq: seq,
            caseSeq: caseSeq,
            recordedAt: recordedAt,
            by: by,
            outcome: outcome.rawValue,
            rule: rule
        )
    }
}
