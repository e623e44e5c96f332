package import Cryptography

/// The key of the target index: with it, and only with it, an identifier becomes what the index holds.
///
/// A keyed digest is not anonymous: phone numbers are few, and whoever holds the pepper can try them all. So it stays in the
/// daemon, and a new epoch makes all old digests useless.
package struct Pepper: Sendable {
    /// Counts the peppers of a deployment from 1.
    package let epoch: UInt32
    private let key: [UInt8]

    /// A pepper; nil unless there are 32 bytes.
    package init?(epoch: UInt32, key: [UInt8]) {
        guard key.count == 32 else { return nil }
        self.epoch = epoch
        self.key = key
    }

    /// What the index holds in place of an identifier: HMAC-SHA-256 over its kind, 0x1F, and the value (domain.md 6.9).
    package func digest(of identifier: Identifier) -> Digest {
        hmacSHA256(key: key, message: Array("\(identifier.kind.rawValue)\u{1F}\(identifier.value)".utf8))
    }
}
