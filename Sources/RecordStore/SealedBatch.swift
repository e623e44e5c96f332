import Cryptography
import TransparencyLog

/// A line as the database holds it: with its stream's number there, and with its parts sealed.
///
/// It lies in one place, whoever has it.
final class SealedLine: Sendable {
    let seq: UInt64
    let bytes: [UInt8]
    let leaf: Digest
    let stream: CaseKey
    /// The stream's row.
    let streamID: Int64
    let streamSeq: UInt64
    let request: RequestKey?
    let parts: [PartSealer.Sealed]

    init(
        seq: UInt64,
        bytes: [UInt8],
        leaf: Digest,
        stream: CaseKey,
        streamID: Int64,
        streamSeq: UInt64,
        request: RequestKey?,
        parts: [PartSealer.Sealed]
    ) {
        self.seq = seq
        self.bytes = bytes
        self.leaf = leaf
        self.stream = stream
        self.streamID = streamID
        self.streamSeq = streamSeq
        self.request = request
        self.parts = parts
    }

    /// The row of its first part.
    var firstPart: Int64 { PartPlace(seq: seq, index: 0).row }

    /// The line as it comes back.
    ///
    /// - Throws: ``RecordFault`` if a part cannot be opened and that is to be refused.
    func stored(_ opener: inout PartOpener, _ alteredParts: AlteredParts = .refused) throws -> StoredLine {
        let opened = try parts.enumerated().map { index, part in
            try opener.part(
                part.bytes.span,
                key: part.key.span,
                at: firstPart + Int64(index),
                alteredParts
            )
        }
        return StoredLine(seq: seq, bytes: bytes, parts: opened)
    }
}

/// A batch with everything that the database will hold of it: what a record of the journal carries.
struct SealedBatch: Sendable {
    /// Lines before it.
    let base: UInt64
    /// The head after it.
    let head: RecordHead
    let lines: [SealedLine]
    /// The tiles that it fills.
    let tiles: [TileHashes]
    /// Bytes that it takes in the journal.
    let payloadLength: Int

    /// Seals the parts of a batch; `streams` has the rows of its streams.
    init(
        _ batch: [RecordLine],
        _ plan: AppendPlan,
        streams: [CaseKey: StreamPlace],
        _ sealer: PartSealer
    ) throws {
        base = plan.base.size
        head = plan.head
        tiles = plan.tiles
        lines = try batch.map { line in
            let first = PartPlace(seq: line.seq, index: 0).row
            return SealedLine(
                seq: line.seq,
                bytes: line.bytes,
                leaf: line.leaf,
                stream: line.stream,
                streamID: streams[line.stream]?.id ?? Int64(clamping: line.seq),
                streamSeq: line.streamSeq,
                request: line.request,
                parts: try line.parts.enumerated().map { try sealer.seal($1, at: first + Int64($0)) }
            )
        }
        payloadLength = lines.reduce(0) { $0 + $1.payloadLength }
    }

    /// Reads a batch back and lets it follow on the lines before it: form, links, numbers and the root it makes.
    ///
    /// - Throws: ``RecordFault`` if it is not what follows.
    init(_ payload: ArraySlice<UInt8>, _ header: JournalHeader, after run: inout LineRun) throws {
        base = header.base
        payloadLength = payload.count
        var cursor = ByteCursor(payload)
        var lines: [SealedLine] = []
        var tiles: [TileHashes] = []
        while !cursor.isAtEnd {
            let seq = run.frontier.size
            let line = try SealedLine(&cursor, at: seq) { bytes in
                tiles += try run.take(bytes, at: seq)
                return run.last
            }
            guard let line else { throw RecordFault(.damaged, "A record of the journal is not in its form.") }
            lines.append(line)
        }
        guard run.frontier.size == header.size, run.frontier.root == header.root, let last = lines.last else {
            throw RecordFault(.contradictsAnchor, "The journal's lines up to \(header.size) are another history.")
        }
        head = RecordHead(
            size: header.size,
            root: header.root,
            last: run.last,
            time: (try? LineScan(last.bytes).recordedAt) ?? 0
        )
        self.lines = lines
        self.tiles = tiles
    }

    /// Appends what a record of the journal carries.
    func encode(into bytes: inout [UInt8]) {
        for line in lines { line.encode(into: &bytes) }
    }
}

extension SealedLine {
    private static let keyLength = NoncedMessage.overhead + SecretKey.byteCount

    fileprivate var payloadLength: Int {
        parts.reduce(bytes.count + 4 + 16 + 16 + 17 + 1) { $0 + 4 + $1.bytes.count + $1.key.count }
    }

    /// Stream, its row, the place in it, the request or zeros and whether there is one, the line after its length, the
    /// number of parts, and each of these after its length, with its key.
    fileprivate func encode(into bytes: inout [UInt8]) {
        bytes += stream.bytes
        bytes.append(bigEndian: streamID)
        bytes.append(bigEndian: streamSeq)
        bytes.append(request == nil ? 0 : 1)
        bytes += request?.bytes ?? [UInt8](repeating: 0, count: 16)
        bytes.append(bigEndian: UInt32(clamping: self.bytes.count))
        bytes += self.bytes
        bytes.append(UInt8(clamping: parts.count))
        for part in parts {
            bytes.append(bigEndian: UInt32(clamping: part.bytes.count))
            bytes += part.bytes
            bytes += part.key
        }
    }

    /// Reads the next line; nil if it is not in its form.
    ///
    /// What its leaf hash is, and whether it follows, is asked then.
    fileprivate convenience init?(
        _ cursor: inout ByteCursor,
        at seq: UInt64,
        leaf: ([UInt8]) throws -> Digest
    ) rethrows {
        guard let stream = cursor.take(16).flatMap({ CaseKey(bytes: [UInt8]($0)) }),
            let streamID = cursor.integer(Int64.self), let streamSeq = cursor.integer(UInt64.self),
            let hasRequest = cursor.integer(UInt8.self), hasRequest <= 1, let request = cursor.take(16),
            let length = cursor.integer(UInt32.self), let bytes = cursor.take(Int(length)),
            let partCount = cursor.integer(UInt8.self)
        else { return nil }
        var parts: [PartSealer.Sealed] = []
        for _ in 0..<partCount {
            guard let length = cursor.integer(UInt32.self), let sealed = cursor.take(Int(length)),
                let key = cursor.take(Self.keyLength)
            else { return nil }
            parts.append(PartSealer.Sealed(bytes: [UInt8](sealed), key: [UInt8](key)))
        }
        let line = [UInt8](bytes)
        self.init(
            seq: seq,
            bytes: line,
            leaf: try leaf(line),
            stream: stream,
            streamID: streamID,
            streamSeq: streamSeq,
            request: hasRequest == 1 ? RequestKey(bytes: request) : nil,
            parts: parts
        )
    }
}

/// Where a stream stands.
struct StreamPlace: Hashable, Sendable {
    /// Its row: the position of its first line names it, so that there is no counter to keep.
    let id: Int64
    /// The place of its next line.
    var next: UInt64
}
