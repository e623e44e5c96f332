import Cryptography
import TransparencyLog

/// What a journal holds, read before anything is changed.
struct JournalReading: Sendable {
    /// A record, or a mark.
    struct Record: Sendable {
        let header: JournalHeader
        /// Its place in the file.
        let position: Int

        fileprivate var payload: Range<Int> {
            position + JournalHeader.length..<position + JournalHeader.length + header.payloadLength
        }

        /// Where the next one may begin.
        var end: Int {
            DurableBlocks.length(of: payload.upperBound)
        }
    }

    /// All of the file.
    let bytes: [UInt8]
    /// Whose headers are whole, and the place they lie in is in the file: the newest last.
    private let records: [Record]
    /// The newest of them.
    private let newest: JournalHeader
    /// What outlasted the process.
    private let mark: JournalHeader?

    /// Reads a journal and the mark beside it.
    ///
    /// A mark that is not whole tells nothing: a power cut may leave it so, and the journal does not need it then.
    ///
    /// - Throws: ``RecordFault`` if one of them is missing, or the journal short, or without any whole header.
    init(_ files: RecordFiles) throws(RecordFault) {
        let path = files.journal
        let bytes = try BlockFile(path: path, readOnly: true).read(length: Journal.length)
        let mark = try BlockFile(path: files.acknowledged, readOnly: true).read(length: JournalHeader.length)
        let length = bytes.count
        guard length == Journal.length else { throw RecordFault(.damaged, "The journal \(path) is cut.") }
        // Most blocks of it hold no header, and are looked at for no longer than that takes.
        records = stride(from: 0, to: length, by: Journal.blockLength)
            .filter { bytes[$0] == JournalHeader.magic[0] }
            .compactMap { position in
                JournalHeader(parsing: bytes[position..<position + JournalHeader.length])
                    .map { Record(header: $0, position: position) }
            }
            .filter { $0.header.payloadLength <= length - $0.position - JournalHeader.length }
            .sorted { $0.header.number < $1.header.number }
        guard let newest = records.last?.header else {
            throw RecordFault(.damaged, "No record of the journal \(path) is whole.")
        }
        self.bytes = bytes
        self.newest = newest
        self.mark = JournalHeader(parsing: mark[...])
    }

    /// What the anchor of an older record says.
    init(_ anchor: HeadAnchor) {
        bytes = []
        records = [Record(header: JournalHeader(anchor), position: 0)]
        newest = JournalHeader(anchor)
        mark = nil
    }

    /// The largest number of a header.
    var number: UInt64 { max(newest.number, mark?.number ?? 0) }

    /// So many lines the database held durably.
    var settled: UInt64 { max(newest.settled, mark?.settled ?? 0) }

    /// So many lines were acknowledged.
    var acknowledged: UInt64 { max(newest.base, mark?.base ?? 0) }

    /// So many lines there would be with those that were on their way.
    var begun: UInt64 { newest.size }

    /// The whole records that follow on so many lines without a gap.
    func records(after size: UInt64) -> [Record] {
        let candidates = Dictionary(
            grouping: records.lazy.filter { !$0.header.isMark && $0.header.base >= size },
            by: \.header.base
        )
        var found: [Record] = []
        var next = size
        // An older one than the one before it would be of another history.
        while let record = candidates[next]?.last(where: { isWhole($0) }),
            record.header.number > found.last?.header.number ?? 0
        {
            found.append(record)
            next = record.header.size
        }
        return found
    }

    /// The newest headers that know the root of no more lines than these: the journal's, and the mark.
    func newest(upTo size: UInt64) -> [JournalHeader] {
        [records.last { $0.header.size <= size }?.header, mark.flatMap { $0.size <= size ? $0 : nil }].compactMap(
            \.self
        )
    }

    func payload(of record: Record) -> ArraySlice<UInt8> { bytes[record.payload] }

    private func isWhole(_ record: Record) -> Bool { Digest.sha256(payload(of: record)) == record.header.payload }
}
