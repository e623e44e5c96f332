import Cryptography
import TransparencyLog

/// The head anchor on disk: two slots, each on a block of its own, written in turns.
///
/// SQLite drops the write-ahead log from its first damaged bit, and a shorter chain is a perfect chain: only something
/// outside the database knows how long it was (reliability.md F4).
struct AnchorFile: Sendable {
    /// No write of one slot touches the other's block.
    static let blockLength = 4_096

    private let file: BlockFile
    private(set) var newest: HeadAnchor
    /// Slots that are torn or altered; one is what a power cut may leave.
    let damagedSlots: Int

    /// Makes the file with both slots saying that there is nothing.
    static func create(at path: String) throws(RecordFault) {
        try BlockFile.create(at: path, length: 2 * blockLength)
        let file = try BlockFile(path: path)
        let first = HeadAnchor()
        try file.write(first.encoded, at: first.slot * blockLength)
        try file.sync()
        var anchor = try AnchorFile(path: path)
        try anchor.advance(to: .empty, confirmed: 0)
    }

    init(path: String) throws(RecordFault) {
        file = try BlockFile(path: path)
        let blocks = try file.read(length: 2 * Self.blockLength)
        let slots = (0...1).flatMap { blocks.dropFirst($0 * Self.blockLength).prefix(HeadAnchor.slotLength) }
        let reading = HeadAnchor.read(slots)
        guard let newest = reading.newest else {
            throw RecordFault(.damaged, "Both slots of the head anchor \(path) are damaged.")
        }
        self.newest = newest
        damagedSlots = reading.faults.count
    }

    /// Writes the next slot and syncs it; `confirmed` is the largest size that may have been acknowledged.
    mutating func advance(to head: RecordHead, confirmed: UInt64) throws(RecordFault) {
        try note(head, confirmed: confirmed)
        try file.sync()
    }

    /// Writes the next slot, which outlasts the process and not yet a power cut.
    mutating func note(_ head: RecordHead, confirmed: UInt64) throws(RecordFault) {
        guard let next = newest.next(size: head.size, root: head.root, confirmed: confirmed) else {
            throw RecordFault(.failed, "The head anchor cannot say \(head.size) with \(confirmed) confirmed.")
        }
        try file.write(next.encoded, at: next.slot * Self.blockLength)
        newest = next
    }

    /// Writes the next slot and begins to write it out; ``finish()`` comes before the commit that it is for.
    mutating func begin(_ head: RecordHead, confirmed: UInt64) throws(RecordFault) {
        try note(head, confirmed: confirmed)
        if file.sharesFlush { try file.beginWriteOut(at: newest.slot * Self.blockLength, count: Self.blockLength) }
    }

    /// Waits until the newest slot is where the sync of the record makes it durable too, or makes it durable where that
    /// sync would not.
    func finish() throws(RecordFault) {
        guard file.sharesFlush else { return try file.sync() }
        try file.finishWriteOut(at: newest.slot * Self.blockLength, count: Self.blockLength)
    }

    /// Makes both slots say that a head was acknowledged, unless the newest says so and none is damaged.
    mutating func settle(on head: RecordHead) throws(RecordFault) {
        let isSettled = newest.size == head.size && newest.root == head.root && newest.confirmed == head.size
        guard !isSettled || damagedSlots > 0 else { return }
        for _ in 0...1 { try advance(to: head, confirmed: head.size) }
    }
}
