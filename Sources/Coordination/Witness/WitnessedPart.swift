import RecordStore
import TransparencyLog

/// What a bundle says of witnesses: the newest checkpoint that they cosigned, how the bundle's own grew out of it, and the
/// policy of this deployment, to be compared with a copy from elsewhere.
struct WitnessedPart: Sendable {
    let policy: [UInt8]?
    private let witnessed: SignedNote?
    private let size: UInt64

    /// What is cosigned up to a checkpoint.
    init(_ notes: WitnessedNotes?, before checkpoint: UInt64) {
        policy = notes?.policy?.bytes
        size = notes?.witnessed.map(\.checkpoint.size) ?? 0
        // Of the checkpoint itself the cosignatures stand under it.
        witnessed = size < checkpoint ? notes?.note(at: size) : nil
    }

    /// The files for it, in the order of their names.
    func files(_ note: String, _ checkpoint: UInt64, _ record: SQLiteRecord) throws -> [(String, [UInt8])] {
        guard let witnessed, let path = try record.consistencyProof(from: size, to: checkpoint) else { return [] }
        let growth = WitnessRequest(old: size, path: path, note: try SignedNote(parsing: Array(note.utf8)))
        return [("witnessed", witnessed.encoded), ("witnessed.growth", growth.encoded)]
    }
}
