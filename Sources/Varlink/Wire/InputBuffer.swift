import Glibc
import StrictJSON

/// Bytes that came in and are not yet whole messages.
///
/// Only bytes that were not looked at before are searched for the terminator, so that a peer who sends byte by byte does
/// not make the search quadratic.
struct InputBuffer: Sendable {
    /// Beyond this, consumed bytes are moved out of the way and an empty buffer gives its memory back.
    private static let keptBytes = 4_096

    private var bytes: [UInt8] = []
    /// Where the next message begins.
    private var start = 0
    /// Up to here there is no terminator, or ``end`` is it.
    private var scanned = 0
    /// The terminator of the next message, once found.
    private var end: Int?

    /// Bytes that are not consumed yet.
    var count: Int { bytes.count - start }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: more)
    }

    mutating func removeAll() {
        self = InputBuffer()
    }

    /// The length of the next message without its terminator, nil if it is not whole.
    mutating func nextLength() -> Int? {
        if let end { return end - start }
        let found: Int? = unsafe bytes.withUnsafeBytes { buffer in
            guard scanned < buffer.count, let base = buffer.baseAddress else { return nil }
            guard let place = unsafe memchr(base + scanned, 0, buffer.count - scanned) else { return nil }
            return unsafe UnsafeRawPointer(place) - base
        }
        scanned = found ?? bytes.count
        end = found
        return found.map { $0 - start }
    }

    /// Consumes the next message, read as JSON.
    ///
    /// - Returns: nil if it is not whole.
    /// - Throws: ``Malformed``; it is consumed then, too.
    mutating func next(within limits: JSONLimits) throws(Malformed) -> JSONValue? {
        guard let length = nextLength() else { return nil }
        defer { consume(length + 1) }
        return try unsafe bytes.withUnsafeBufferPointer { buffer throws(Malformed) in
            let message = unsafe UnsafeBufferPointer(rebasing: buffer[start..<start + length])
            return try unsafe JSONValue(parsing: message, limits: limits)
        }
    }

    /// Consumes the next message as it is; nil if it is not whole.
    mutating func nextBytes() -> [UInt8]? {
        guard let length = nextLength() else { return nil }
        defer { consume(length + 1) }
        return Array(bytes[start..<start + length])
    }

    /// Consumes the next message and lends it as it is; nil if it is not whole.
    mutating func nextBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value? {
        guard let length = nextLength() else { return nil }
        defer { consume(length + 1) }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe body(UnsafeBufferPointer(rebasing: buffer[start..<start + length]))
        }
    }

    private mutating func consume(_ count: Int) {
        start += count
        scanned = start
        end = nil
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
            start = 0
            scanned = 0
        } else if start >= 16 * Self.keptBytes, start >= bytes.count / 2 {
            bytes.removeSubrange(..<start)
            start = 0
            scanned = 0
        }
    }
}
