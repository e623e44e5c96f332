package import Cryptography
package import TransparencyLog

/// What the rest of the house needs of an engine that keeps the record.
///
/// An engine knows bytes, not cases. Its duties, which `EventLogKit` of the tests checks for every engine:
///
/// - **Order.** A batch is appended only if the head it names is the head of the record, whole or not at all. Of two
///   writers with the same head one gets ``RecordFault/Code/conflict``.
/// - **Durability.** When an append is acknowledged, its lines and parts survive the loss of process and power, and
///   a later loss of them is noticed at the next start. Not before both is true may it be acknowledged.
/// - **Committed only.** Readings see acknowledged lines, and lines of a batch whose acknowledgement is on its way:
///   all of a batch or nothing of it. Whoever shows lines to others waits for the acknowledgement first.
/// - **Once.** A request key, and a place in a stream, are taken once; a batch that takes one again is a conflict.
/// - **No guessing.** After an I/O error nothing is acknowledged until the record was opened anew and looked at. A
///   full disk is no such error: nothing was written, and it may be tried again.
package protocol EventLog: Sendable {
    /// The end of what was acknowledged.
    var head: RecordHead { get }

    /// Nil unless an earlier write failed, so that nothing more is written.
    var latched: RecordFault? { get }

    /// Appends a batch after a head; calls back once, on any queue.
    func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    )

    /// The same, waiting for it: for making a record and for tests, never on a queue that serves others.
    func append(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> RecordHead

    /// Lines from a position on, in order, without parts.
    ///
    /// The page ends before it grows beyond `byteLimit`, but its first line always comes.
    func lines(from seq: UInt64, limit: Int, byteLimit: Int) throws(RecordFault) -> [StoredLine]

    /// Lines of a stream after a position in it (-1 for all), in order, with their parts.
    ///
    /// The page ends before it grows beyond `byteLimit`, but its first line always comes.
    func lines(
        of stream: CaseKey,
        after streamSeq: Int64,
        limit: Int,
        byteLimit: Int
    ) throws(RecordFault) -> [StoredLine]

    /// One line with its parts; nil if there is none.
    func line(at seq: UInt64) throws(RecordFault) -> StoredLine?

    /// Destroys parts for good, so that no file holds anything of them; their lines stay, and so does everything that is
    /// proved of them. Nothing is appended meanwhile. What is gone already is no fault.
    func erase(_ parts: [PartPlace]) throws(RecordFault)

    /// All lines from a position on with their parts, one after the other, in constant memory.
    func replay(from seq: UInt64, each: (StoredLine) throws -> Void) throws

    /// The lines that answered requests before, by their keys; those that no line answered are left out.
    func find(requests: [RequestKey]) throws(RecordFault) -> [RequestKey: UInt64]

    /// Where each stream stands, in the order in which they began.
    func streams() throws(RecordFault) -> [StreamHead]

    /// The siblings on the way from a line to the root of a size (RFC 9162 section 2.1.3); nil unless it lies in it.
    func inclusionProof(of seq: UInt64, in size: UInt64) throws(RecordFault) -> [Digest]?

    /// What shows that the record of one size is the beginning of another's (RFC 9162 section 2.1.4); nil unless
    /// `0 < old <= new` and the record is that long.
    func consistencyProof(from old: UInt64, to new: UInt64) throws(RecordFault) -> [Digest]?

    /// Keeps a signed checkpoint; the first one of a size stays.
    func store(checkpoint note: String, size: UInt64) throws(RecordFault)

    /// The checkpoint over most lines.
    func newestCheckpoint() throws(RecordFault) -> String?

    /// The checkpoint over exactly so many lines.
    func checkpoint(at size: UInt64) throws(RecordFault) -> String?
}

extension EventLog {
    /// Lines from a position on, in order, without parts.
    package func lines(from seq: UInt64, limit: Int) throws(RecordFault) -> [StoredLine] {
        try lines(from: seq, limit: limit, byteLimit: .max)
    }

    /// Lines of a stream after a position in it (-1 for all), in order, with their parts.
    package func lines(of stream: CaseKey, after streamSeq: Int64, limit: Int) throws(RecordFault) -> [StoredLine] {
        try lines(of: stream, after: streamSeq, limit: limit, byteLimit: .max)
    }

    /// The parts of a line in the order of its statement, an empty one where one is missing; none if there is no line.
    package func parts(of seq: UInt64) throws(RecordFault) -> [[UInt8]] {
        try line(at: seq)?.parts ?? []
    }
}
