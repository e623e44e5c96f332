import Casework
import RecordStore
import StrictJSON
import TransparencyLog

extension SQLiteRecord {
    /// Events of a case after a position in it, in order.
    func events(of caseID: CaseID, after caseSeq: Int64, limit: Int) throws -> [RecordedEvent] {
        try lines(of: caseID.key, after: caseSeq, limit: limit).map { try RecordedEvent(parsing: $0) }
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
