package import Casework
import GRDB
import StrictJSON

/// Lists. Whoever asks filters them by the policy's visibility: the views decide nothing.
extension CaseViews {
    /// Entries of a case after a number, in order.
    package func entries(of caseID: CaseID, after number: Int64, limit: Int) throws(ViewsFault) -> [EntryRow] {
        try reading { db in
            try rows(of: .entry, in: caseID, after: number, limit: limit, db).map { EntryRow(row: $0) }
        }
    }

    package func entry(_ number: Int64, of caseID: CaseID) throws(ViewsFault) -> EntryRow? {
        try reading { db in try rows(of: .entry, in: caseID, at: number, db).first.map { EntryRow(row: $0) } }
    }

    /// Some entries of a case.
    package func entries(_ numbers: Set<Int64>, of caseID: CaseID) throws(ViewsFault) -> [Int64: EntryRow] {
        try reading { db in
            let column = Weights.Column(table: .entry, caseID: caseID)
            return try weighed(db) { weights in
                var found: [Int64: EntryRow] = [:]
                for block in Set(numbers.map { Weights.Block(column, of: $0) }).sorted(by: { $0.number < $1.number }) {
                    for row in try rows(of: block, weights, db).map({ EntryRow(row: $0) })
                    where numbers.contains(row.number) {
                        found[row.number] = row
                    }
                }
                return found
            }
        }
    }

    /// Who acknowledged an entry, in order of the handle.
    package func acknowledgements(of number: Int64, in caseID: CaseID) throws(ViewsFault) -> [String] {
        try reading { db in try rows(of: .acknowledgement, in: caseID, at: number, db).map { $0["member"] } }
    }

    /// The dissemination register of a case after a number, in order.
    package func register(of caseID: CaseID, after number: Int64, limit: Int) throws(ViewsFault) -> [DisseminationRow] {
        try reading { db in
            try rows(of: .dissemination, in: caseID, after: number, limit: limit, db).map { DisseminationRow(row: $0) }
        }
    }

    /// Readings and refusals after a position of the record, oldest first.
    ///
    /// An export of a case may hold all that was contributed to it by then: it is listed to whoever contributed, and as a first
    /// reading where there were entries of others that no earlier export of the same agency can have held.
    package func accesses(_ filter: AccessFilter, after seq: Int64, limit: Int) throws(ViewsFault) -> [AccessRow] {
        try reading { db in
            let found = try rows(
                db,
                of: .access,
                sql: """
                    SELECT a.*, (
                        SELECT max(d.number) FROM dissemination d WHERE d.case_id = a.case_id
                        AND a.item = 'E-' || d.entry AND d.to_agency = a.agency AND d.seq < a.seq
                    ) AS release
                    FROM access a WHERE a.seq > ?1 AND (?2 IS NULL OR a.case_id = ?2) 
                    AND (?3 IS NULL OR a.agency IN (SELECT value FROM json_each(?3)))
                    AND (?4 IS NULL OR a.member = ?4)
                    AND (?5 IS NULL OR a.item LIKE 'E-%' AND EXISTS (
                        SELECT 1 FROM entry e WHERE e.case_id = a.case_id
                        AND e.number = CAST(substr(a.item, 3) AS INTEGER)
                        AND e.origin IN (SELECT value FROM json_each(?5))
                    ) OR EXISTS (
                        SELECT 1 FROM said s WHERE s.case_id = a.case_id AND s.item = a.item
                        AND s.agency IN (SELECT value FROM json_each(?5))
                        AND s.seq < a.seq
                    ) OR a.act = 'audit.export' AND a.outcome = 'accepted' AND (
                        EXISTS (
                            SELECT 1 FROM entry e WHERE e.case_id = a.case_id
                            AND e.origin IN (SELECT value FROM json_each(?5)) AND e.seq < a.seq
                        ) OR EXISTS (
                            SELECT 1 FROM said s WHERE s.case_id = a.case_id
                            AND s.agency IN (SELECT value FROM json_each(?5)) AND s.seq < a.seq
                        )
                    ))
                    AND (NOT ?6 OR a.act IN ('entry.read', 'work.read') AND a.outcome = 'accepted' AND NOT EXISTS (
                        SELECT 1 FROM access b WHERE b.case_id = a.case_id AND b.item = a.item AND b.agency = a.agency
                        AND b.act IN ('entry.read', 'work.read') AND b.outcome = 'accepted' AND b.seq < a.seq
                    ) OR a.act = 'audit.export' AND a.outcome = 'accepted' AND EXISTS (
                        SELECT 1 FROM entry e WHERE e.case_id = a.case_id AND e.seq < a.seq AND e.origin <> a.agency
                        AND (?5 IS NULL OR e.origin IN (SELECT value FROM json_each(?5))) AND NOT EXISTS (
                            SELECT 1 FROM access c WHERE c.case_id = a.case_id AND c.agency = a.agency
                            AND c.act = 'audit.export' AND c.outcome = 'accepted' AND c.seq > e.seq AND c.seq < a.seq
                        )
                    ))
                    AND a.agency NOT IN (SELECT value FROM json_each(?8))
                    ORDER BY a.seq LIMIT ?7
                    """,
                arguments: [
                    seq, filter.caseID.map { DatabaseBytes($0.bytes) }, AccessFilter.list(filter.agencies),
                    filter.member,
                    AccessFilter.list(filter.origins), filter.isFirst, limit, AccessFilter.list(filter.without),
                ]
            )
            let first = max(0, seq == .max ? seq : seq + 1)
            let last = found.count == limit ? found.last?["seq"] ?? Int64.max : .max
            try check(found, of: filter, in: first...max(first, last), db)
            return found.map { AccessRow(row: $0) }
        }
    }
}

/// Which readings and refusals are asked for; nil bounds nothing.
package struct AccessFilter: Hashable, Sendable {
    package var caseID: CaseID?
    /// The agency, also by its former names, and the member who read.
    package var agencies: Set<String>?
    package var member: String?
    /// The agency, also by its former names, that contributed the entry that was read, had said something in the shared work that was, or had done either in
    /// the case that was exported.
    package var origins: Set<String>?
    /// Only the first reading of an entry or an item by an agency: who received it for the first time.
    package var isFirst: Bool
    /// Agencies whose readings and refusals are left out.
    package var without: Set<String>

    package init(
        caseID: CaseID? = nil,
        agencies: Set<String>? = nil,
        member: String? = nil,
        origins: Set<String>? = nil,
        isFirst: Bool = false,
        without: Set<String> = []
    ) {
        self.caseID = caseID
        self.agencies = agencies
        self.member = member
        self.origins = origins
        self.isFirst = isFirst
        self.without = without
    }

    /// As SQLite takes a list.
    fileprivate static func list(_ names: Set<String>?) -> String? {
        names.map { String(decoding: JSONValue.array($0.sorted().map { .string($0) }).encoded, as: UTF8.self) }
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
        release = row["release"]
    }
}
