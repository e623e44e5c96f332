package import Casework
import GRDB
import Policy

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What one line changes in the views.
package enum Projection: Sendable {
    case entry(CaseID, EntryRow)
    case entryState(CaseID, number: Int64, state: String, supersededBy: Int64?)
    case handling(CaseID, number: Int64, handling: String)
    case acknowledgement(CaseID, number: Int64, member: String)
    case dissemination(CaseID, DisseminationRow)
    case access(AccessRow)

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
                        means: "in-system",
                        recordedAt: recordedAt
                    )
                )
            ]
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

    func apply(in db: Database) throws {
        switch self {
        case .entry(let id, let row):
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            .execute(arguments: [
                Data(id.bytes), row.number, row.position, Int64(clamping: row.seq), row.kind, row.handling,
                row.compartment, row.origin, row.author, row.recordedAt, row.state, row.supersedes, row.supersededBy,
                row.asksAcknowledgement,
            ])
        case .entryState(let id, let number, let state, let supersededBy):
            try db.cachedStatement(
                sql: "UPDATE entry SET state = ?, superseded_by = ? WHERE case_id = ? AND number = ?"
            )
            .execute(arguments: [state, supersededBy, Data(id.bytes), number])
        case .handling(let id, let number, let handling):
            try db.cachedStatement(sql: "UPDATE entry SET handling = ? WHERE case_id = ? AND number = ?")
                .execute(arguments: [handling, Data(id.bytes), number])
        case .acknowledgement(let id, let number, let member):
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO acknowledgement VALUES (?, ?, ?)")
                .execute(arguments: [Data(id.bytes), number, member])
        case .dissemination(let id, let row):
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO dissemination VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            .execute(arguments: [
                Data(id.bytes), row.number, Int64(clamping: row.seq), row.entry, row.origin, row.fromAgency,
                row.toAgency, row.author, row.purpose, row.handling, row.permission, row.means, row.recordedAt,
            ])
        case .access(let row):
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO access VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            .execute(arguments: [
                Int64(clamping: row.seq), Data(row.caseID.bytes), row.position, row.recordedAt, row.agency, row.member,
                row.by, row.act, row.item, row.purpose, row.outcome, row.rule,
            ])
        }
    }
}
