package import Cryptography
package import TransparencyLog

/// One line with its parts, made once into its final bytes.
package struct RecordLine: Hashable, Sendable {
    /// Position in the record, from 0.
    package var seq: UInt64
    /// Milliseconds since the UNIX epoch, as the line says.
    package var recordedAt: Int64
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
    /// The parts in the order in which the statement lists them; at most 64, and none empty.
    package var parts: [[UInt8]]

    package init(
        seq: UInt64,
        recordedAt: Int64,
        bytes: [UInt8],
        leaf: Digest,
        stream: CaseKey,
        streamSeq: UInt64,
        request: RequestKey?,
        parts: [[UInt8]]
    ) {
        self.seq = seq
        self.recordedAt = recordedAt
        self.bytes = bytes
        self.leaf = leaf
        self.stream = stream
        self.streamSeq = streamSeq
        self.request = request
        self.parts = parts
    }
}
