import Casework
import RecordStore
import StrictJSON
import TransparencyLog

extension SQLiteRecord {
    /// Events of a case after a position in it, in order.
    func events(of caseID: CaseID, after caseSeq: Int64, limit: Int) throws -> [RecordedEvent] {
        try lines(of: caseID.key, after: caseSeq, limit: limit).map { try RecordedEvent(parsing: $0) }
    }

    /// The event at a position of a stream, and whether all its parts are there.
    func step(of stream: CaseID, at position: Int64) throws -> (event: RecordedEvent, isWhole: Bool)? {
        guard let stored = try lines(of: stream.key, after: position - 1, limit: 1).first else { return nil }
        let count = try LogLine(parsing: stored.bytes).statement.parts.count
        let isWhole = stored.parts.count == count && !stored.parts.contains(where: \.isEmpty)
        return (try RecordedEvent(parsing: stored), isWhole)
    }

    /// The text of a part of one line; nil if there is none of that name.
    func text(_ name: String, of seq: UInt64) throws -> String? {
        guard let stored = try line(at: seq) else { return nil }
        for bytes in stored.parts where !bytes.isEmpty {
            let part = try Part(parsing: bytes)
            if part.name == name { return part.value.string }
        }
        return nil
    }
}
