import Cryptography
import RecordStore
import TestSupport
import TransparencyLog

/// Makes lines that continue one another, in a few streams, each unlike any other.
struct LineMaker {
    private(set) var size: UInt64 = 0
    private var last = Digest.empty
    private var streams: [CaseKey: (next: UInt64, last: Digest)] = [:]
    private var generator: SplitMix64
    /// The tree over all lines made, by the frontier of the log itself.
    private(set) var frontier = MerkleFrontier()
    /// All lines made.
    private(set) var made: [RecordLine] = []
    var keepsLines = true

    init(seed: UInt64 = 1) { generator = SplitMix64(seed: seed) }

    static func stream(_ number: UInt8) -> CaseKey {
        CaseKey(bytes: [UInt8](repeating: 0, count: 15) + [number]) ?? .system
    }

    /// Makes the next lines, each with so many parts of so many bytes.
    mutating func batch(_ count: Int, parts: Int = 2, partBytes: Int = 40, streams: Int = 3) throws -> [RecordLine] {
        try (0..<count).map { _ in try line(parts: parts, partBytes: partBytes, streams: streams) }
    }

    /// The head over all lines made.
    var head: RecordHead {
        RecordHead(size: size, root: frontier.root, last: last, time: size == 0 ? 0 : Self.time(of: size - 1))
    }

    private static func time(of seq: UInt64) -> Int64 { 1_800_000_000_000 + Int64(seq) }

    private mutating func line(parts count: Int, partBytes: Int, streams streamCount: Int) throws -> RecordLine {
        let key = Self.stream(UInt8(generator.below(streamCount)))
        let chain = streams[key] ?? (0, .empty)
        let parts = (0..<count).map { _ in
            generator.bytes(min(partBytes, 16)) + [UInt8](repeating: 0x61, count: max(0, partBytes - 16))
        }
        guard let nonce = Nonce(bytes: generator.bytes(16)) else { throw LineFault(.size) }
        let line = LogLine(
            seq: size,
            prev: last,
            caseSeq: chain.next,
            casePrev: chain.last,
            recordedAt: Self.time(of: size),
            policy: .empty,
            statement: Statement(
                at: 1_800_000_000,
                by: "uid:1000",
                caseKey: key,
                kind: "entry.recorded",
                log: "accord.test/log1",
                nonce: nonce,
                parts: parts.map { .sha256($0) }
            ),
            attestation: .peer(uid: 1_000)
        )
        let bytes = try line.encoded()
        let leaf = Digest.leaf(bytes)
        let made = RecordLine(
            seq: size,
            recordedAt: line.recordedAt,
            bytes: bytes,
            leaf: leaf,
            stream: key,
            streamSeq: chain.next,
            request: RequestKey(by: "uid:1000", nonce: nonce),
            parts: parts
        )
        if keepsLines { self.made.append(made) }
        streams[key] = (chain.next + 1, leaf)
        frontier.append(leaf)
        last = leaf
        size += 1
        return made
    }
}

extension RecordLine {
    /// As it comes back.
    var stored: StoredLine { StoredLine(seq: seq, bytes: bytes, parts: parts) }
}
