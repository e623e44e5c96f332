import Casework
import Cryptography
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// What is answered to whoever holds a checkpoint that the record did not grow out of: the lines at which it went on from a backup.
extension Sequencer {
    /// So many at most; the newest.
    private static let mostRestorations = 16

    /// They come with their proofs, so that nobody has to take the daemon's word that they are on the record.
    func answerRestorations(_ call: Call, before size: UInt64) {
        guard enrolled(call) != nil else { return }
        let restored = state.restorations.filter { UInt64(clamping: $0.kept) < size }.suffix(Self.mostRestorations)
        let (note, covered, caller) = (checkpoint.note, checkpoint.size, call.caller)
        surroundings.on(.views) { [self, shelf] in
            let result = Result { () throws -> ReadingStep in
                let found = try restored.compactMap { try Self.proved($0, in: shelf.record, covered) }
                return ReadingStep([.final(["note": .string(note), "restorations": .array(found)])])
            }
            post(.read(caller, result))
        }
    }

    /// `type Restoration`; nil if no checkpoint covers it yet.
    private static func proved(_ restored: RestoredLine, in record: some EventLog, _ size: UInt64) throws -> JSONValue?
    {
        guard let stored = try record.lines(of: .system, after: restored.line - 1, limit: 1).first,
            let path = try record.inclusionProof(of: stored.seq, in: size), let part = stored.parts.first
        else { return nil }
        return [
            "index": .integer(Int64(clamping: stored.seq)),
            "line": .string(String(decoding: stored.bytes, as: UTF8.self)),
            "part": .string(String(decoding: part, as: UTF8.self)),
            "proof": .array(path.map { .string($0.base64) }),
        ]
    }
}
