import Casework
import Cryptography
import RecordStore
import TransparencyLog

/// Which parts were destroyed under an approval that does not say to be one, as a purge of what 8 USC 1367 protects: its lines say
/// `restricted` and name no others, so that the verifier of lines cannot tell.
///
/// Only where the content is, on the daemon's own host, can it be told, and it is told to nobody: what was destroyed so counts as
/// though it were there.
enum RestrictedPurges {
    /// What was destroyed by two persons, by the places of its lines.
    ///
    /// - Parameters:
    ///   - absent: the places of the lines of which something is not there.
    ///   - replay: gives all lines in order; it is asked only where something is not there.
    /// - Returns: Their digests.
    /// - Throws: What reading throws.
    static func destroyed(
        _ absent: Set<UInt64>,
        _ replay: ((StoredLine) throws -> Void) throws -> Void
    ) rethrows -> [UInt64: [Digest]] {
        guard !absent.isEmpty else { return [:] }
        var gone: [CaseKey: [(seq: UInt64, position: UInt64, digests: [Digest])]] = [:]
        var proposers: [CaseKey: Set<String>] = [:]
        var approvals: [CaseKey: UInt64] = [:]
        try replay { stored in
            guard let line = try? LogLine(parsing: stored.bytes), line.statement.kind == "restricted" else { return }
            let key = line.statement.caseKey
            if absent.contains(stored.seq) {
                let missing = line.statement.parts.enumerated().filter { index, _ in
                    index >= stored.parts.count || stored.parts[index].isEmpty
                }
                gone[key, default: []].append((stored.seq, line.caseSeq, missing.map(\.element)))
            }
            guard line.outcome == .accepted, let read = try? RecordedEvent(parsing: stored) else { return }
            switch ProtectedPurgeStep(read.event) {
            case .proposal(let member)?: proposers[key, default: []].insert(member)
            case .approval(let member)?:
                let others = proposers[key]?.subtracting([member]) ?? []
                if !others.isEmpty { approvals[key] = line.caseSeq }
            case nil: return
            }
        }
        var destroyed: [UInt64: [Digest]] = [:]
        for (key, lines) in gone {
            guard let approval = approvals[key] else { continue }
            for line in lines where line.position < approval { destroyed[line.seq] = line.digests }
        }
        return destroyed
    }

    /// The same for one stream, which its readers may be told of.
    static func destroyed(
        _ absent: Set<UInt64>,
        of stream: CaseID,
        in record: some EventLog
    ) throws -> [UInt64: [Digest]] {
        try destroyed(absent) { take in
            var after: Int64 = -1
            while true {
                let page = try record.lines(of: stream.key, after: after, limit: linesPerPage)
                for line in page { try take(line) }
                after += Int64(page.count)
                if page.count < linesPerPage { return }
            }
        }
    }

    private static let linesPerPage = 512
}
