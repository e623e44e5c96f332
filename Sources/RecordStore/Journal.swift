import Cryptography
import TransparencyLog

/// What makes a batch durable: a file that is overwritten in place, one record for each batch, one durable write.
///
/// Records lie one after the other, each on blocks of its own, so that no write touches one that was acknowledged. At the
/// end of the file they begin again at its front, over lines that the database holds durably by then.
///
/// A mark says that everything before it was acknowledged. After each record it goes into a small file of its own, without a
/// sync: it is there for whoever looks after the process was killed. Where it shall last it is written as a record without lines.
struct Journal: Sendable {
    static let blockLength = DurableBlocks.blockLength
    /// Bytes of the file.
    static let length = 8 << 20
    /// The longest record: while it is written, the database takes what came before.
    static let longestRecord = length / 4

    private let file: DurableBlocks
    private let acknowledged: BlockFile
    /// The number of the newest header.
    private var number: UInt64
    /// What is durable, in the journal or in the database.
    private(set) var size: UInt64
    private(set) var root: Digest
    /// Where the next record goes.
    private var position = 0
    /// Records whose lines the database does not hold durably yet, oldest first.
    private var live: [(position: Int, size: UInt64)] = []

    /// Makes its files, every block of them written, with two marks on a head that the database holds.
    static func create(_ files: RecordFiles, on head: RecordHead) throws(RecordFault) {
        try BlockFile.replace(files.acknowledged, with: [UInt8](repeating: 0, count: blockLength))
        var bytes = [UInt8](repeating: 0, count: length)
        for number in 1...2 {
            let size = head.size
            let mark = JournalHeader(number: UInt64(number), settled: size, acknowledged: size, root: head.root)
            let place = (number - 1) * blockLength
            bytes.replaceSubrange(place..<place + JournalHeader.length, with: mark.encoded)
        }
        try BlockFile.replace(files.journal, with: bytes)
    }

    /// Opens the files after they were read and found right.
    ///
    /// What was read is written again: a process that was killed may have left it in memory only, and whoever waited for
    /// its write may have been told that it failed.
    ///
    /// - Parameters:
    ///   - files: where they are.
    ///   - reading: what was read of them.
    ///   - records: those whose lines the database does not hold.
    ///   - head: the head with these.
    /// - Throws: ``RecordFault``.
    init(
        _ files: RecordFiles,
        _ reading: JournalReading,
        holding records: [JournalReading.Record],
        head: RecordHead
    ) throws(RecordFault) {
        file = try DurableBlocks(path: files.journal)
        acknowledged = try BlockFile(path: files.acknowledged)
        number = reading.number
        (size, root) = (head.size, head.root)
        guard !records.isEmpty else {
            try settle()
            return
        }
        for record in records {
            try write(Array(reading.bytes[record.position..<record.end]), at: record.position)
            live.append((record.position, record.header.size))
            position = record.end
        }
        try confirm(settled: reading.settled)
    }

    /// Whether a batch, and the mark behind it, can be written without touching a record that is needed.
    ///
    /// A record is needed until its lines are settled: `settled` grows only after a sync of the write-ahead log behind the transaction
    /// that has them. From then on they are durable in the log or in the file, for SQLite syncs the log before it moves pages into
    /// the file, and the file before the log begins anew (`synchronous=NORMAL`); and so does whoever overwrites the log.
    ///
    /// - Parameters:
    ///   - batch: what is to be written.
    ///   - settled: so many lines the database holds durably.
    /// - Returns: False if the database must take what the journal holds first.
    mutating func hasRoom(for batch: SealedBatch, settled: UInt64) -> Bool {
        if let oldest = live.first, oldest.size <= settled { live.removeAll { $0.size <= settled } }
        let needed = Self.recordLength(of: batch) + Self.blockLength
        guard let oldest = live.first?.position else {
            if needed > Self.length - position { position = 0 }
            return true
        }
        guard position > oldest else { return needed <= oldest - position }
        if needed <= Self.length - position { return true }
        guard needed <= oldest else { return false }
        position = 0
        return true
    }

    /// Makes a batch durable, for which there is room, and says that it is.
    ///
    /// - Throws: ``RecordFault``; a recoverable one if nothing is left of the batch.
    mutating func append(_ batch: SealedBatch, settled: UInt64) throws(RecordFault) {
        var bytes = [UInt8](repeating: 0, count: JournalHeader.length)
        bytes.reserveCapacity(JournalHeader.length + batch.payloadLength)
        batch.encode(into: &bytes)
        number += 1
        let header = JournalHeader(
            number: number,
            settled: settled,
            base: batch.base,
            size: batch.head.size,
            root: batch.head.root,
            payloadLength: batch.payloadLength,
            payload: .sha256(bytes[JournalHeader.length...])
        )
        bytes.replaceSubrange(..<JournalHeader.length, with: header.encoded)
        do throws(RecordFault) {
            try file.write(bytes, at: position)
        } catch {
            // What was written of it must not be found, whatever becomes of this process.
            if error.isRecoverable { try confirm(settled: settled) }
            throw error
        }
        live.append((position, batch.head.size))
        position += Self.recordLength(of: batch)
        (size, root) = (batch.head.size, batch.head.root)
        let mark = mark(settled: settled)
        try failing { () throws(RecordFault) in try acknowledged.write(mark, at: 0) }
    }

    /// Says that a head was acknowledged which the database holds durably.
    mutating func skip(to head: RecordHead) throws(RecordFault) {
        live = []
        (size, root) = (head.size, head.root)
        try confirm(settled: size)
    }

    /// Says for good that everything was acknowledged.
    mutating func confirm(settled: UInt64) throws(RecordFault) {
        let mark = mark(settled: settled)
        try write(mark, at: position)
    }

    /// Begins anew when the database holds all lines durably: two marks, of which a power cut tears one at most.
    mutating func settle() throws(RecordFault) {
        live = []
        position = 0
        for _ in 1...2 {
            try confirm(settled: size)
            position += Self.blockLength
        }
    }

    /// The same, and writes zeros over everything else.
    mutating func clear() throws(RecordFault) {
        try settle()
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for offset in stride(from: position, to: Self.length, by: zeros.count) {
            try write(Array(zeros.prefix(Self.length - offset)), at: offset)
        }
    }

    /// Bytes that a batch takes: whole blocks.
    static func recordLength(of batch: SealedBatch) -> Int {
        DurableBlocks.length(of: JournalHeader.length + batch.payloadLength)
    }

    private mutating func mark(settled: UInt64) -> [UInt8] {
        number += 1
        return JournalHeader(number: number, settled: settled, acknowledged: size, root: root).encoded
    }

    private func write(_ bytes: [UInt8], at place: Int) throws(RecordFault) {
        try failing { () throws(RecordFault) in try file.write(bytes, at: place) }
    }

    /// Whatever is written here takes no new room, so that no error of it passes by itself.
    private func failing(_ body: () throws(RecordFault) -> Void) throws(RecordFault) {
        do throws(RecordFault) {
            try body()
        } catch {
            throw RecordFault(.failed, error.message)
        }
    }
}
