import COpenSSL

/// A key inside libcrypto, freed with its last owner.
///
/// A finished `EVP_PKEY` is only read when it signs or verifies, and libcrypto lets many threads do so at once; since
/// pointer types are not Sendable, its address is kept as a number.
@safe
final class KeyHandle: Sendable {
    private let address: UInt

    private init?(taking key: OpaquePointer?) {
        guard let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        address = UInt(bitPattern: key)
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    private var pointer: OpaquePointer? {
        unsafe OpaquePointer(bitPattern: address)
    }

    /// An Ed25519 public key from its 32 bytes; libcrypto does not look at them before it verifies.
    convenience init?(ed25519Public bytes: [UInt8]) {
        unsafe self.init(taking: EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count))
    }

    /// An Ed25519 private key from its seed of 32 bytes.
    convenience init?(ed25519Seed seed: [UInt8]) {
        unsafe self.init(taking: EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count))
    }

    /// A point on a NIST curve, uncompressed; nil if it does not lie on the curve.
    convenience init?(group: String, point: [UInt8]) {
        unsafe self.init(taking: accord_ec_public_key(group, point, point.count))
    }

    /// An RSA public key from its numbers, both unsigned and big-endian.
    convenience init?(modulus: [UInt8], exponent: [UInt8]) {
        unsafe self.init(taking: accord_rsa_public_key(modulus, modulus.count, exponent, exponent.count))
    }

    /// The 32 bytes of an Ed25519 public key.
    var ed25519Public: [UInt8]? {
        unsafe raw { unsafe EVP_PKEY_get_raw_public_key(pointer, $0, $1) }
    }

    /// The 32 bytes of an Ed25519 seed.
    var ed25519Seed: [UInt8]? {
        unsafe raw { unsafe EVP_PKEY_get_raw_private_key(pointer, $0, $1) }
    }

    private func raw(_ get: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>) -> Int32) -> [UInt8]? {
        var isRead = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length = 32
            isRead = unsafe get(buffer.baseAddress, &length) == 1 && length == 32
            count = isRead ? 32 : 0
        }
        return isRead ? bytes : nil
    }

    /// Whether this key made the signature over the message.
    ///
    /// - Parameters:
    ///   - signature: as libcrypto takes it: 64 raw bytes, DER for ECDSA, PKCS#1 for RSA.
    ///   - message: the bytes that were signed.
    ///   - hash: `SHA256` and so on; nil for Ed25519, which hashes by itself.
    /// - Returns: whether it verifies; false also for a signature of the wrong form.
    func verifies(_ signature: [UInt8], over message: [UInt8], hash: String?) -> Bool {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let verifies =
            unsafe EVP_DigestVerifyInit_ex(context, nil, hash, nil, nil, pointer, nil) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        // Failures queue up in the thread's error list, where the next user of libcrypto would find them.
        if !verifies { ERR_clear_error() }
        return verifies
    }

    /// An Ed25519 signature, 64 bytes; nil if libcrypto could not make one.
    func ed25519Signature(over message: [UInt8]) -> [UInt8]? {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestSignInit_ex(context, nil, nil, nil, nil, pointer, nil) == 1 else {
            ERR_clear_error()
            return nil
        }
        var isMade = false
        let signature = unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            var length = 64
            isMade = unsafe EVP_DigestSign(context, buffer.baseAddress, &length, message, message.count) == 1
            isMade = isMade && length == 64
            count = isMade ? 64 : 0
        }
        if !isMade { ERR_clear_error() }
        return isMade ? signature : nil
    }
}
