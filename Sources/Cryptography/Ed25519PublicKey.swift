/// An Ed25519 public key (RFC 8032): the 32 bytes as they are enrolled, compared as bytes.
public struct Ed25519PublicKey: Hashable, Sendable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// A key from its bytes; nil unless there are 32.
    ///
    /// Whether they are a good key says ``isEnrollable``.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Whether this key made the 64 bytes of a signature over the message.
    ///
    /// A key of low order verifies nothing: libcrypto takes some signatures for its own under any message.
    public func verifies(signature: [UInt8], message: [UInt8]) -> Bool {
        guard signature.count == 64, !isLowOrder, let key = KeyHandle(ed25519Public: bytes) else { return false }
        return key.verifies(signature, over: message, hash: nil)
    }

    /// Whether the key may be enrolled: a point on the curve, in its one spelling, and not of low order.
    ///
    /// Whoever enrols another could have signed anything afterwards, or deny everything (C2SP CCTV, ed25519).
    public var isEnrollable: Bool {
        !isLowOrder && isCanonical && isOnCurve
    }
}
