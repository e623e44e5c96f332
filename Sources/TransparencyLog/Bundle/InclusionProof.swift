public import Cryptography

/// That one line lies in the tree of a checkpoint, as a file of its own (C2SP tlog-proof): the place of the line, the
/// siblings on the way to the root, and the signed checkpoint.
public struct InclusionProof: Hashable, Sendable {
    private static let firstLine = Array("c2sp.org/tlog-proof@v1\n".utf8)

    /// The place of the line in the record.
    public let index: UInt64
    /// The siblings on the way to the root, the leaf's own first (RFC 9162 section 2.1.3).
    public let path: [Digest]
    /// The signed note of the checkpoint, as it came.
    public let note: [UInt8]

    /// A proof.
    public init(index: UInt64, path: [Digest], note: [UInt8]) {
        self.index = index
        self.path = path
        self.note = note
    }

    /// Reads the one spelling that ``encoded`` writes.
    ///
    /// Extra data and extension lines are refused: this log writes none.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count < SignedNote.maximumBytes, bytes.starts(with: Self.beginning) else { return nil }
        var place = Self.beginning.count
        let digits = bytes[place...].prefix { $0 != 0x0A }
        guard digits.count <= 20, let index = UInt64(String(decoding: digits, as: UTF8.self)),
            String(index).utf8.elementsEqual(digits)
        else { return nil }
        place += digits.count + 1
        var path: [Digest] = []
        path.reserveCapacity(32)
        while place < bytes.count, bytes[place] != 0x0A {
            let end = place + 44
            guard path.count < Self.longestPath, end < bytes.count, bytes[end] == 0x0A,
                let hash = Digest(base64: bytes[place..<end])
            else { return nil }
            path.append(hash)
            place = end + 1
        }
        guard place < bytes.count else { return nil }
        self.init(index: index, path: path, note: Array(bytes[(place + 1)...]))
    }

    /// A tree has at most 2^63 leaves.
    private static let longestPath = 63
    private static let beginning = firstLine + Array("index ".utf8)

    /// The file.
    public var encoded: [UInt8] {
        var bytes = Self.firstLine + Array("index \(index)\n".utf8)
        for hash in path { bytes += Array("\(hash.base64)\n".utf8) }
        return bytes + [0x0A] + note
    }

    /// What the file of a line is called in a bundle: by its place in the case, in six digits or more.
    public static func fileName(caseSeq: UInt64) -> String {
        let digits = String(caseSeq)
        return "proofs/" + String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + ".tlog-proof"
    }
}
