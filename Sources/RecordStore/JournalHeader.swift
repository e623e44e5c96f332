import Cryptography
import TransparencyLog

/// What stands at the front of each record of the journal: how long the log was before it, how long it is with it, and
/// what the record must hold to count.
///
/// A record without lines is a mark: it says that everything before it was acknowledged.
struct JournalHeader: Hashable, Sendable {
    /// Bytes that it takes.
    static let length = 256

    /// Counts the headers that were written: the newest has the largest number.
    let number: UInt64
    /// So many lines the database held durably when this was written.
    let settled: UInt64
    /// Lines before the record; whoever asked for them may have been told that they are recorded.
    let base: UInt64
    /// Lines with the record.
    let size: UInt64
    /// The root of the tree over these.
    let root: Digest
    /// Bytes that follow.
    var payloadLength = 0
    /// SHA-256 of these bytes.
    var payload = Digest.empty

    /// Whether it carries no lines.
    var isMark: Bool { payloadLength == 0 }
}

extension JournalHeader {
    /// A mark.
    init(number: UInt64, settled: UInt64, acknowledged size: UInt64, root: Digest) {
        self.init(number: number, settled: settled, base: size, size: size, root: root)
    }

    /// What the anchor of an older record says, which held no lines.
    init(_ anchor: HeadAnchor) {
        self.init(number: 0, settled: anchor.confirmed, base: anchor.confirmed, size: anchor.size, root: anchor.root)
    }
}

extension JournalHeader {
    static let magic = Array("ACCORD\u{1}J".utf8)
    private static let version: UInt64 = 1
    private static let contentLength = length - Digest.byteCount

    /// Magic, version, number, settled, base, size, length of the payload (8 bytes each, big-endian), root, digest of
    /// the payload, zeros, and SHA-256 over all that.
    var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.length)
        for number in [Self.version, number, settled, base, size, UInt64(payloadLength)] {
            bytes.append(bigEndian: number)
        }
        root.write(into: &bytes)
        payload.write(into: &bytes)
        bytes.append(contentsOf: repeatElement(0, count: Self.contentLength - bytes.count))
        Digest.sha256(bytes).write(into: &bytes)
        return bytes
    }

    /// Reads a header; nil for anything that is not one, or not whole.
    init?(parsing bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.length, bytes.starts(with: Self.magic) else { return nil }
        let content = bytes.prefix(Self.contentLength)
        guard Digest.sha256(content) == Digest(bytes: bytes.dropFirst(Self.contentLength)) else { return nil }
        var cursor = ByteCursor(content.dropFirst(Self.magic.count))
        guard cursor.integer(UInt64.self) == Self.version, let number = cursor.integer(UInt64.self),
            let settled = cursor.integer(UInt64.self), let base = cursor.integer(UInt64.self),
            let size = cursor.integer(UInt64.self), let length = cursor.integer(UInt64.self),
            let root = cursor.take(Digest.byteCount).flatMap({ Digest(bytes: $0) }),
            let payload = cursor.take(Digest.byteCount).flatMap({ Digest(bytes: $0) }),
            settled <= base, base <= size, size <= MerkleTree.maximumSize, let payloadLength = Int(exactly: length)
        else { return nil }
        self.init(
            number: number,
            settled: settled,
            base: base,
            size: size,
            root: root,
            payloadLength: payloadLength,
            payload: payload
        )
    }
}
