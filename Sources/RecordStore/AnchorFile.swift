import Cryptography
import TransparencyLog

/// The head anchor on disk: two slots, each on a block of its own, written in turns.
///
/// SQLite drops the write-ahead log from its first damaged bit, and a shorter chain is a perfect chain: only something outside
/// the database knows how long it was (reliability.md F4).
struct AnchorFile: Sendable {
    static let blockLength = 4_096

    let file: BlockFile
    private(set) var newest: HeadAnchor

    static func create(at path: String) throws(RecordFault) {
        try BlockFile.create(at: path, length: 2 * blockLength)
        let file = try BlockFile(path: path)
        let first = HeadAnchor()
        try file.write(first.encoded, at: first.slot * blockLength)
        try file.sync()
        file.close()
    }

    init(path: String) throws(RecordFault) {
        file = try BlockFile(path: path)
        let blocks = try file.read(length: 2 * Self.blockLength)
        let slots =
            blocks[..<HeadAnchor.slotLength] + blocks[Self.blockLength..<Self.blockLength + HeadAnchor.slotLength]
        guard let newest = HeadAnchor.read(Array(slots)).newest else {
            throw RecordFault(.damaged, "Both slots of the head anchor \(path) are damaged.")
        }
        self.newest = newest
    }

    /// Writes the next slot and syncs it.
    mutating func advance(size: UInt64, root: Digest, confirmed: UInt64) throws(RecordFault) {
        guard let next = newest.next(size: size, root: root, confirmed: confirmed) else {
            throw RecordFault(.failed, "The head anchor cannot say \(size) with \(confirmed) confirmed.")
        }
        try file.write(next.encoded, at: next.slot * Self.blockLength)
        try file.sync()
        newest = next
    }
}
