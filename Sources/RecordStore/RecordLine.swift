package import Cryptography
package import TransparencyLog

/// One line with its parts, made once into its final bytes.
package struct RecordLine: Hashable, Sendable {
    /// Position in the record, from 0.
    package var seq: UInt64
    /// The line with its line feed.
    package var bytes: [UInt8]
    /// SHA-256 of 0x00 and the line.
    package var leaf: Digest
    /// The case, or the registry.
    package var stream: CaseKey
    /// Position in that stream, from 0.
    package var streamSeq: UInt64
    /// By what a repetition is known; nil for lines that nobody can repeat.
    package var request: RequestKey?
    /// The parts in the order in which the statement lists them.
    package var parts: [[UInt8]]

    package init(
        seq: UInt64,
        bytes: [UInt8],
        leaf: Digest,
        stream: CaseKey,
        streamSeq: UInt64,
        request: RequestKey?,
        parts: [[UInt8]]
    ) {
        self.seq = seq
        self.bytes = bytes
        self.leaf = leaf
        self.stream = stream
        self.streamSeq = streamSeq
        self.request = request
        self.parts = parts
    }
}

/// The end of the record.
package struct RecordHead: Hashable, Sendable {
    /// Number of lines.
    package var size: UInt64
    /// Root of the tree over all of them.
    package var root: Digest
    /// Leaf hash of the last line; SHA-256 of nothing if there is none.
    package var last: Digest
    /// Milliseconds since the UNIX epoch of the last line; 0 if there is none.
    package var time: Int64

    package init(size: UInt64, root: Digest, last: Digest, time: Int64) {
        self.size = size
        self.root = root
        self.last = last
        self.time = time
    }

    /// The head of a record without lines.
    package static let empty = RecordHead(size: 0, root: .empty, last: .empty, time: 0)
}

/// Who asked, and the client's own number for it: 16 bytes of SHA-256, so that a retry is known as one.
package struct RequestKey: Hashable, Sendable {
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - by: A key's fingerprint or `uid:N`.
    ///   - nonce: The client's number; its first bytes lead the key, so that numbers that begin with the time lie together in
    ///     the index.
    package init(by: String, nonce: Nonce) {
        let digest = Digest.sha256(Array(by.utf8) + nonce.bytes)
        bytes = Array(nonce.bytes.prefix(6) + digest.bytes.prefix(10))
    }
}
