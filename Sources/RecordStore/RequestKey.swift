import Cryptography
package import TransparencyLog

/// Who asked, and the client's own number for it, in 16 bytes: so that a retry is known as one.
package struct RequestKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// The first 6 bytes of the nonce, and 10 of SHA-256 over author and nonce.
    ///
    /// The nonce leads, so that the numbers of clients who begin theirs with the time lie together in the index, which
    /// then grows at its end. Ten bytes are enough: whoever finds two of their own requests with one key has repeated
    /// themselves, and to meet another author's takes 2^80 tries.
    ///
    /// - Parameters:
    ///   - by: A key's fingerprint or `uid:N`.
    ///   - nonce: The client's number.
    package init(by: String, nonce: Nonce) {
        let number = nonce.bytes
        var asked: [UInt8] = []
        asked.reserveCapacity(by.utf8.count + number.count)
        asked += by.utf8
        asked += number
        let digest = Digest.sha256(asked).bytes
        var (high, low): (UInt64, UInt64) = (0, 0)
        for index in 0..<6 { high = high << 8 | UInt64(number[index]) }
        for index in 0..<2 { high = high << 8 | UInt64(digest[index]) }
        for index in 2..<10 { low = low << 8 | UInt64(digest[index]) }
        (self.high, self.low) = (high, low)
    }

    /// From the 16 bytes.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The 16 bytes.
    package var bytes: [UInt8] {
        [UInt8](bigEndian: high, low)
    }
}

extension RequestKey {
    /// Eight bytes of a digest tell keys apart, and are hashed in one step.
    package func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

extension RequestKey: Comparable {
    /// The order of the bytes, as in the index.
    package static func < (left: RequestKey, right: RequestKey) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
