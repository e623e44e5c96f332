/// Bytes that wait to be written, with a place up to which they were.
struct OutputBuffer: Sendable {
    /// An empty buffer larger than this gives its memory back.
    private static let keptBytes = 4_096

    /// All bytes, those written included; messages are appended here.
    var bytes: [UInt8] = []
    private var start = 0

    /// Bytes not written yet.
    var count: Int { bytes.count - start }

    var isEmpty: Bool { count == 0 }

    /// Lends what is not written yet.
    func withUnwritten<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// So many bytes were written.
    mutating func consume(_ count: Int) {
        start += count
        if start >= bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
            start = 0
        } else if start >= 64 * Self.keptBytes, start >= bytes.count / 2 {
            bytes.removeSubrange(..<start)
            start = 0
        }
    }

    mutating func removeAll() {
        self = OutputBuffer()
    }
}
