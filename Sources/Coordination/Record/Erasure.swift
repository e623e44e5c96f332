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
}
