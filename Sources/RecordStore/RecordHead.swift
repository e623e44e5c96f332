package import Cryptography
import TransparencyLog

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
