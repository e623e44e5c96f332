import Casework
import GRDB

extension CaseViews {
    func apply(_ projection: Projection, in db: Database, _ changes: inout WeightChanges) throws {
        switch projection {
        case .entry(let id, let row): try put(row.values(of: id), into: .entry, db, &changes)
        case .entryState(let id, let number, let state, let supersededBy):
            try change(number, of: id, in: db, &changes) { row in
                row.state = state
                row.supersededBy = supersededBy
            }
        case .handling(let id, let number, let handling):
            try change(number, of: id, in: db, &changes) { $0.handling = handling }
        case .acknowledgement(let id, let number, let member):
            try put([DatabaseBytes(id.bytes), number, member], into: .acknowledgement, db, &changes)
        case .dissemination(let id, let row):
            try put(
                [
                    DatabaseBytes(id.bytes), row.number, Int64(clamping: row.seq), row.entry, row.origin,
                    row.fromAgency,
                    row.toAgency, row.author, row.purpose, row.handling, row.permission, row.means, row.recordedAt,
                ],
                into: .dissemination,
                db,
                &changes
            )
        case .said(let id, let item, let agency, let seq):
            try put([DatabaseBytes(id.bytes), item, agency, Int64(clamping: seq)], into: .said, db, &changes)
        case .access(let row):
            try put(
                [
                    Int64(clamping: row.seq), DatabaseBytes(row.caseID.bytes), row.position, row.recordedAt, row.agency,
                    row.member, row.by, row.act, row.item, row.purpose, row.outcome, row.rule,
                ],
                into: .access,
                db,
                &changes
            )
        }
    }

    /// A row is read, changed and written as a whole, because its mark stands for all of it.
    private func change(
        _ number: Int64,
        of id: CaseID,
        in db: Database,
        _ changes: inout WeightChanges,
        _ change: (inout EntryRow) -> Void
    ) throws {
        let found = try rows(
            db,
            of: .entry,
            sql: "SELECT * FROM entry WHERE case_id = ? AND number = ?",
            arguments: [DatabaseBytes(id.bytes), number]
        )
        guard var row = found.first.map({ EntryRow(row: $0) }) else { return }
        change(&row)
        try put(row.values(of: id), into: .entry, db, &changes)
    }
}

extension EntryRow {
    fileprivate func values(of id: CaseID) -> [(any DatabaseValueConvertible)?] {
        [
            DatabaseBytes(id.bytes), number, position, Int64(clamping: seq), kind, handling, compartment, origin,
            author,
            recordedAt, state, supersedes, supersededBy, asksAcknowledgement,
        ]
    }
}
