package import Cryptography
package import TransparencyLog

/// A line as it is stored.
package struct StoredLine: Hashable, Sendable {
    /// Position in the record.
    package let seq: UInt64
    /// With its line feed.
    package let bytes: [UInt8]
    /// In the order of the statement, an empty one for a part that is not there any more; none where only lines were
    /// asked for.
    package var parts: [[UInt8]]

    package init(seq: UInt64, bytes: [UInt8], parts: [[UInt8]] = []) {
        self.seq = seq
        self.bytes = bytes
        self.parts = parts
    }

    /// What it costs to hold it.
    var byteCount: Int { parts.reduce(bytes.count) { $0 + $1.count } }
}

/// A case's chain, as far as it has grown.
package struct StreamHead: Hashable, Sendable {
    package let key: CaseKey
    /// Number of its lines.
    package let count: UInt64
    /// Leaf hash of its last line.
    package let last: Digest

    package init(key: CaseKey, count: UInt64, last: Digest) {
        self.key = key
        self.count = count
        self.last = last
    }
}
