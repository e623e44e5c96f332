import COpenSSL

/// 32 secret bytes, wiped with their last owner.
///
/// They lie outside Swift's arrays, which leave copies behind when they grow or are handed on. The bytes are written once
/// and only read afterwards; since pointer types are not Sendable, their address is kept as a number.
@safe
public final class SecretKey: Sendable {
    private let address: UInt

    /// The number of bytes.
    public static let byteCount = 32

    /// A key that nobody can foresee.
    ///
    /// - Throws: ``CryptoFailure`` if the random generator has no entropy.
    public init() throws(CryptoFailure) {
        address = Self.room()
        guard unsafe RAND_bytes(pointer, Int32(Self.byteCount)) == 1 else { throw CryptoFailure(.random) }
    }

    /// A key from its bytes, which stay the caller's to wipe; nil unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        address = Self.room()
        unsafe pointer?.update(from: bytes, count: Self.byteCount)
    }

    deinit {
        unsafe CRYPTO_clear_free(pointer, Self.byteCount, nil, 0)
    }

    private static func room() -> UInt {
        let address = unsafe UInt(bitPattern: CRYPTO_zalloc(byteCount, nil, 0))
        precondition(address != 0, "there is no memory for a key")
        return address
    }

    private var pointer: UnsafeMutablePointer<UInt8>? {
        unsafe UnsafeMutablePointer(bitPattern: address)
    }

    /// Lends a copy of the bytes, which is wiped afterwards; nobody may keep it.
    public func withBytes<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var copy = unsafe [UInt8](UnsafeRawBufferPointer(start: pointer, count: Self.byteCount))
        defer { copy.wipe() }
        return try body(copy)
    }
}

extension SecretKey: CustomStringConvertible, CustomReflectable {
    /// A fixed word, so that no log or dump shows more.
    public var description: String { "SecretKey" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension [UInt8] {
    /// Overwrites all bytes in a way that no compiler leaves out.
    public mutating func wipe() {
        unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}

extension MutableSpan<UInt8> {
    /// Overwrites all bytes in a way that no compiler leaves out.
    public mutating func wipe() {
        unsafe withUnsafeMutableBufferPointer { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
