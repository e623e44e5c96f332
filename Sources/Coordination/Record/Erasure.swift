import Casework
import Cryptography
import RecordStore
import TransparencyLog

/// The destruction of what the line of an approval names, and of nothing else.
struct Erasure: Sendable {
    let purge: PendingPurge

    init(_ purge: PendingPurge) { self.purge = purge }

    /// Finds the named parts and has their bytes destroyed; it may be done again, and changes nothing then.
    ///
    /// - Returns: The parts.
    @discardableResult
    func run(on record: some EventLog) throws -> [PartPlace] {
        guard let stored = try record.lines(of: purge.caseID.key, after: purge.approvalLine - 1, limit: 1).first else {
            throw RecordFault(.damaged, "The approval of a purge is not on the record.")
        }
        let approval = try LogLine(parsing: stored.bytes)
        if purge.isRestricted {
            let places = try said(before: stored, on: record)
            try record.erase(places)
            return places
        }
        guard approval.outcome == .accepted, approval.statement.kind == "purge.approved" else {
            throw RecordFault(.damaged, "Line \(stored.seq) approves no purge.")
        }
        var places: [PartPlace] = []
        for reference in approval.statement.references {
            guard let digest = reference.part, let named = try record.line(at: reference.seq) else { continue }
            let digests = try LogLine(parsing: named.bytes).statement.parts
            guard let index = digests.firstIndex(of: digest) else {
                throw RecordFault(.damaged, "Line \(reference.seq) does not list what line \(stored.seq) names.")
            }
            places.append(PartPlace(seq: reference.seq, index: index))
        }
        try record.erase(places)
        return places
    }

    /// What was said in a stream of its own before its purge was approved: the second part of each line that has two, as all have
    /// that are restricted.
    private func said(before approval: StoredLine, on record: some EventLog) throws -> [PartPlace] {
        let approved = try RecordedEvent(parsing: approval)
        guard approved.outcome == .accepted,
            PendingPurge(approvedBy: approved.event, at: purge.approvalLine) == purge
        else { throw RecordFault(.damaged, "Line \(approval.seq) approves no purge.") }
        // Also what is gone already: a backup may still have a key to it.
        return try record.lines(of: purge.caseID.key, after: -1, limit: Int(clamping: purge.approvalLine))
            .compactMap { stored in
                let said = try LogLine(parsing: stored.bytes).statement
                return said.kind == "restricted" && said.parts.count == 2 ? PartPlace(seq: stored.seq, index: 1) : nil
            }
    }
}
