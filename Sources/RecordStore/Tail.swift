import TransparencyLog

/// The batches that the journal holds and the database not yet.
///
/// Readings take it first and look into the database then: a batch leaves it only when the database has it, so that what
/// is in neither was not acknowledged.
struct Tail: Sendable {
    private(set) var batches: [SealedBatch] = []
    /// Bytes of all of them.
    private(set) var byteCount = 0

    /// Lines before the first of them; nil if there is none.
    var base: UInt64? { batches.first?.base }

    mutating func append(_ batch: SealedBatch) {
        batches.append(batch)
        byteCount += batch.payloadLength
    }

    /// The oldest batches, as many as one transaction takes.
    func first(byteLimit: Int) -> ArraySlice<SealedBatch> {
        var room = byteLimit
        return batches.prefix { batch in
            defer { room -= batch.payloadLength }
            return room > 0
        }
    }

    /// The database has so many of them.
    mutating func removeFirst(_ count: Int) {
        for batch in batches.prefix(count) { byteCount -= batch.payloadLength }
        batches.removeFirst(count)
    }

    /// Lines from a position on.
    func lines(from seq: UInt64) -> some Sequence<SealedLine> {
        batches.lazy.filter { $0.head.size > seq }.flatMap(\.lines).filter { $0.seq >= seq }
    }

    func line(at seq: UInt64) -> SealedLine? {
        guard let batch = batches.first(where: { $0.head.size > seq }), seq >= batch.base else { return nil }
        return batch.lines[Int(seq - batch.base)]
    }

    func lastLine(of stream: CaseKey) -> SealedLine? {
        for batch in batches.reversed() {
            if let line = batch.lines.last(where: { $0.stream == stream }) { return line }
        }
        return nil
    }

    func tile(_ level: Int, _ index: UInt64) -> TileHashes? {
        for batch in batches {
            if let tile = batch.tiles.first(where: { $0.level == level && $0.index == index }) { return tile }
        }
        return nil
    }
}
