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
        // A path has at most 63 hashes.
        guard bytes.count < SignedNote.maximumBytes,
            let end = zip(bytes.indices, bytes.dropFirst())
                .first(where: { bytes[$0.0] == 0x0A && $0.1 == 0x0A })?.0
        else { return nil }
        let lines = String(decoding: bytes[...end], as: UTF8.self).split(separator: "\n")
        guard (2...65).contains(lines.count), let index = UInt64(lines[1].dropFirst("index ".count)) else { return nil }
        let path = lines.dropFirst(2).compactMap { Digest(base64: String($0)) }
        self.init(index: index, path: path, note: Array(bytes[(end + 2)...]))
        guard encoded == bytes else { return nil }
    }

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
