package import Casework
import Policy

/// What one line changes in the views.
package enum Projection: Sendable {
    case entry(CaseID, EntryRow)
    case entryState(CaseID, number: Int64, state: String, supersededBy: Int64?)
    case handling(CaseID, number: Int64, handling: String)
    case acknowledgement(CaseID, number: Int64, member: String)
    case dissemination(CaseID, DisseminationRow)
    case access(AccessRow)
    /// An agency said something in a piece of shared work.
    case said(CaseID, item: String, agency: String, seq: UInt64)

    /// What follows from an event of the record.
    package static func from(
        _ event: Event,
        seq: UInt64,
        caseSeq: UInt64,
        recordedAt: Int64,
        by: String,
        outcome: String,
        rule: String?
    ) -> [Projection] {
        let agency = event.agency?.text ?? ""
        let member = event.member?.text ?? ""
        switch event.body {
        case .entryRecorded(let entry), .submitted(_, let entry):
            var caseID = event.caseID
            if case .submitted(let about, _) = event.body { caseID = about }
            let row = EntryRow(
                number: entry.number,
                position: Int64(clamping: caseSeq),
                seq: seq,
                kind: entry.kind.rawValue,
                handling: entry.handling.text,
                compartment: entry.compartment.text,
                origin: agency,
                author: member,
                recordedAt: recordedAt,
                state: "current",
                supersedes: entry.supersedes,
                supersededBy: nil,
                asksAcknowledgement: entry.asksAcknowledgement
            )
            guard let old = entry.supersedes else { return [.entry(caseID, row)] }
            return [
                .entry(caseID, row),
                .entryState(caseID, number: old, state: "corrected", supersededBy: entry.number),
            ]
        case .entryWithdrawn(let number, _):
            return [.entryState(event.caseID, number: number, state: "withdrawn", supersededBy: nil)]
        case .handlingChanged(let number, _, let to, _):
            return [.handling(event.caseID, number: number, handling: to.text)]
        case .entryAcknowledged(let number):
            return [.acknowledgement(event.caseID, number: number, member: member)]
        case .disseminated(let line):
            return [
                .dissemination(
                    event.caseID,
                    DisseminationRow(
                        number: line.number,
                        seq: seq,
                        entry: line.entry,
                        origin: line.origin.text,
                        fromAgency: agency,
                        toAgency: line.recipient.text,
                        author: member,
                        purpose: event.purpose?.rawValue ?? "",
                        handling: line.handling.text,
                        permission: line.permission,
                        means: line.emergencyHours == nil ? "in-system" : "break-glass",
                        recordedAt: recordedAt
                    )
                )
            ]
        case .work(let done):
            // What is closed to all who are not named stands in no list.
            if event.kind == "restricted" { return [] }
            return agency.isEmpty ? [] : [.said(event.caseID, item: done.item, agency: agency, seq: seq)]
        case .access(let act, let item, _):
            return [
                .access(
                    AccessRow(
                        seq: seq,
                        caseID: event.caseID,
                        position: Int64(clamping: caseSeq),
                        recordedAt: recordedAt,
                        agency: agency,
                        member: member,
                        by: by,
                        act: act,
                        item: item,
                        purpose: event.purpose?.rawValue ?? "",
                        outcome: outcome,
                        rule: rule
                    )
                )
            ]
        default: return []
        }
    }
}
