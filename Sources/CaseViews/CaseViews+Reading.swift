package import Casework
import GRDB

/// Lists. Whoever asks filters them by the policy's visibility: the views decide nothing.
extension CaseViews {
    /// Entries of a case after a number, in order.
    package func entries(of caseID: CaseID, after number: Int64, limit: Int) throws(ViewsFault) -> [EntryRow] {
        try reading { db in
            try rows(
                db,
                of: .entry,
                sql: "SELECT * FROM entry WHERE case_id = ? AND number > ? ORDER BY number LIMIT ?",
                arguments: [DatabaseBytes(caseID.bytes), number, limit]
            )
            .map { EntryRow(row: $0) }
        }
    }

    package func entry(_ number: Int64, of caseID: CaseID) throws(ViewsFault) -> EntryRow? {
        try reading { db in
            try rows(
                db,
                of: .entry,
                sql: "SELECT * FROM entry WHERE case_id = ? AND number = ?",
                arguments: [DatabaseBytes(caseID.bytes), number]
            )
            .first.map { EntryRow(row: $0) }
        }
    }

    /// Who acknowledged an entry, in order of the handle.
    package func acknowledgements(of number: Int64, in caseID: CaseID) throws(ViewsFault) -> [String] {
        try reading { db in
            try rows(
                db,
                of: .acknowledgement,
                sql: "SELECT * FROM acknowledgement WHERE case_id = ? AND entry = ? ORDER BY member",
                arguments: [DatabaseBytes(caseID.bytes), number]
            )
            .map { $0["member"] }
        }
    }

    /// The dissemination register of a case after a number, in order.
    package func register(of caseID: CaseID, after number: Int64, limit: Int) throws(ViewsFault) -> [DisseminationRow] {
        try reading { db in
            try rows(
                db,
                of: .dissemination,
                sql: "SELECT * FROM dissemination WHERE case_id = ? AND number > ? ORDER BY number LIMIT ?",
                arguments: [DatabaseBytes(caseID.bytes), number, limit]
            )
            .map { DisseminationRow(row: $0) }
        }
    }

    /// Readings and refusals after a position of the record, oldest first; of one case, one agency or one member if given.
    package func accesses(
        after seq: Int64,
        caseID: CaseID?,
        agency: String?,
        member: String?,
        limit: Int
    ) throws(ViewsFault) -> [AccessRow] {
        try reading { db in
            try rows(
                db,
                of: .access,
                sql: """
                    SELECT * FROM access WHERE seq > ? AND (?2 IS NULL OR case_id = ?2) AND (?3 IS NULL OR agency = ?3)
                    AND (?4 IS NULL OR member = ?4) ORDER BY seq LIMIT ?5
                    """,
                arguments: [seq, caseID.map { DatabaseBytes($0.bytes) }, agency, member, limit]
            )
            .map { AccessRow(row: $0) }
        }
    }
}

extension EntryRow {
    init(row: Row) {
        number = row["number"]
        position = row["position"]
        seq = UInt64(clamping: row["seq"] as Int64)
        kind = row["kind"]
        handling = row["handling"]
        compartment = row["compartment"]
        origin = row["origin"]
        author = row["author"]
        recordedAt = row["recorded_at"]
        state = row["state"]
        supersedes = row["supersedes"]
        supersededBy = row["superseded_by"]
        asksAcknowledgement = row["acknowledgement"]
    }
}

extension DisseminationRow {
    fileprivate init(row: Row) {
        number = row["number"]
        seq = UInt64(clamping: row["seq"] as Int64)
        entry = row["entry"]
        origin = row["origin"]
        fromAgency = row["from_agency"]
        toAgency = row["to_agency"]
        author = row["author"]
        purpose = row["purpose"]
        handling = row["handling"]
        permission = row["permission"]
        means = row["means"]
        recordedAt = row["recorded_at"]
    }
}

extension AccessRow {
    fileprivate init(row: Row) {
        seq = UInt64(clamping: row["seq"] as Int64)
        caseID = CaseID(bytes: (row["case_id"] as DatabaseBytes).bytes) ?? .system
        position = row["position"]
        recordedAt = row["recorded_at"]
        agency = row["agency"]
        member = row["member"]
        by = row["by"]
        act = row["act"]
        item = row["item"]
        purpose = row["purpose"]
        outcome = row["outcome"]
        rule = row["rule"]
    }
}
