import COpenSSL

/// Bytes that nobody can foresee, from libcrypto's generator, which the kernel seeds.
public enum SecureRandom {
    /// So many random bytes.
    ///
    /// - Throws: ``CryptoFailure`` if the generator has no entropy; there is no second-best source.
    public static func bytes(_ count: Int) throws(CryptoFailure) -> [UInt8] {
        guard count > 0 else { return [] }
        guard let length = Int32(exactly: count) else { throw CryptoFailure(.random) }
        var isFilled = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe buffer.initialize(repeating: 0)
            isFilled = unsafe RAND_bytes(buffer.baseAddress, length) == 1
            initialized = count
        }
        guard isFilled else { throw CryptoFailure(.random) }
        return bytes
    }
}

/// Random bytes taken from the generator in large pieces: a salt of 32 bytes costs a copy instead of a call.
///
/// It belongs to one owner. Bytes handed out are wiped from the store.
public struct RandomStore: ~Copyable, Sendable {
    private var store: [UInt8] = []
    private let size: Int

    /// An empty store that fills itself with so many bytes at a time.
    public init(size: Int = 4096) {
        self.size = max(size, Digest.byteCount)
    }

    /// 32 random bytes.
    ///
    /// - Throws: ``CryptoFailure`` if the generator has no entropy.
    public mutating func salt() throws(CryptoFailure) -> [UInt8] {
        if store.count < Digest.byteCount { store = try SecureRandom.bytes(size) }
        let salt = [UInt8](store.suffix(Digest.byteCount))
        for index in store.indices.suffix(Digest.byteCount) { store[index] = 0 }
        store.removeLast(Digest.byteCount)
        return salt
    }
}
