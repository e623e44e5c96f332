package import Cryptography

/// What a record is sealed with: the name of its log, and the key of its deployment.
package struct Sealing: Sendable {
    /// Name of the log, to which every sealed part is bound.
    package let log: String
    /// The deployment's key.
    package let key: SecretKey

    package init(log: String, key: SecretKey) {
        self.log = log
        self.key = key
    }

    /// By what a deployment's key is known, without telling it: 16 hexadecimal digits.
    package var keyID: String { Self.id(of: key) }

    /// By what a key is known: half of what SHA-256 makes of a title and the key, which is as random as it is long.
    package static func id(of key: SecretKey) -> String {
        key.withBytes { bytes in
            var hash = SHA256()
            hash.update("accord deployment key\n")
            hash.update(bytes)
            return String(hash.finalize().hex.prefix(16))
        }
    }
}

/// To what something sealed belongs: opened in any other place, it does not open.
struct SealedPlace {
    /// The title and the log, and 8 bytes for the number.
    private(set) var bytes: [UInt8]

    init(_ title: String, log: [UInt8], number: UInt64 = 0) {
        bytes = Array(title.utf8) + [0x0A] + log + [0x0A] + [UInt8](repeating: 0, count: 8)
        self.number = number
    }

    /// A position, or a part's row.
    var number: UInt64 {
        get { bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }
        set {
            for shift in 0..<8 { bytes[bytes.count - 1 - shift] = UInt8(truncatingIfNeeded: newValue >> (8 * shift)) }
        }
    }
}

/// A sealed message with its nonce before it.
enum NoncedMessage {
    /// Bytes by which it is longer than the message.
    static let overhead = AES256GCM.nonceByteCount + AES256GCM.tagByteCount

    static func seal(
        _ message: Span<UInt8>,
        nonce: Span<UInt8>,
        place: SealedPlace,
        with cipher: inout AES256GCM
    ) throws(CryptoFailure) -> [UInt8] {
        try cipher.seal(message, nonce: nonce, isNonceFirst: true, place: place.bytes.span)
    }

    static func open(_ bytes: [UInt8], place: SealedPlace, with cipher: inout AES256GCM) -> [UInt8]? {
        guard bytes.count >= overhead else { return nil }
        let bytes = bytes.span
        return cipher.open(
            bytes.extracting(droppingFirst: AES256GCM.nonceByteCount),
            nonce: bytes.extracting(first: AES256GCM.nonceByteCount),
            place: place.bytes.span
        )
    }
}
