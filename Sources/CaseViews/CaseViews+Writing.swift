import Casework
import GRDB
import SQLiteRows

extension CaseViews {
    func apply(_ projection: Projection, in db: Database, _ changes: inout WeightChanges) throws {
        switch projection {
        case .entry(let id, let row): try put(row, of: id, in: db, &changes)
        case .entryState(let id, let number, let state, let supersededBy):
            try change(number, of: id, in: db, &changes) { row in
                row.state = state
                row.supersededBy = supersededBy
            }
        case .handling(let id, let number, let handling):
            try change(number, of: id, in: db, &changes) { $0.handling = handling }
        case .acknowledgement(let id, let number, let member):
            var values = MarkedTable.acknowledgement.row
            values.append(id.bytes)
            values.append(number)
            values.append(member)
            try put(values, in: Weights.Block(.acknowledgement, id, of: number), db, &changes)
        case .dissemination(let id, let row): try put(row, of: id, in: db, &changes)
        case .said(let id, let item, let agency, let seq):
            var values = MarkedTable.said.row
            values.append(id.bytes)
            values.append(item)
            values.append(agency)
            values.append(Int64(clamping: seq))
            try put(values, in: Weights.Block(.said, id, of: 0), db, &changes)
        case .access(let row): try put(row, in: db, &changes)
        }
    }

    private func put(
        _ row: EntryRow,
        of id: CaseID,
        in db: Database,
        _ changes: inout WeightChanges
    ) throws {
        var values = MarkedTable.entry.row
        values.append(id.bytes)
        values.append(row.number)
        values.append(row.position)
        values.append(Int64(clamping: row.seq))
        for text in [row.kind, row.handling, row.compartment, row.origin, row.author] { values.append(text) }
        values.append(row.recordedAt)
        values.append(row.state)
        values.append(row.supersedes)
        values.append(row.supersededBy)
        values.append(row.asksAcknowledgement ? 1 : 0)
        try put(values, in: Weights.Block(.entry, id, of: row.number), db, &changes)
    }

    private func put(
        _ row: DisseminationRow,
        of id: CaseID,
        in db: Database,
        _ changes: inout WeightChanges
    ) throws {
        var values = MarkedTable.dissemination.row
        values.append(id.bytes)
        values.append(row.number)
        values.append(Int64(clamping: row.seq))
        values.append(row.entry)
        for text in [row.origin, row.fromAgency, row.toAgency, row.author, row.purpose, row.handling] {
            values.append(text)
        }
        values.append(row.permission)
        values.append(row.means)
        values.append(row.recordedAt)
        try put(values, in: Weights.Block(.dissemination, id, of: row.number), db, &changes)
    }

    private func put(_ row: AccessRow, in db: Database, _ changes: inout WeightChanges) throws {
        let seq = Int64(clamping: row.seq)
        var values = MarkedTable.access.row
        values.append(seq)
        values.append(row.caseID.bytes)
        values.append(row.position)
        values.append(row.recordedAt)
        for text in [row.agency, row.member, row.by, row.act] { values.append(text) }
        values.append(row.item)
        values.append(row.purpose)
        values.append(row.outcome)
        values.append(row.rule)
        try put(values, in: Weights.Block(.access, .system, of: seq), db, &changes)
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
        try put(row, of: id, in: db, &changes)
    }
}
