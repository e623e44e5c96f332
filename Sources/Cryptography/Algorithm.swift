import COpenSSL

/// A hash algorithm as libcrypto's providers implement it, fetched once for the life of the process.
///
/// `EVP_sha256()` is only a name: with it, every start of a hash looks the implementation up again under a lock. A
/// fetched algorithm never changes and may be used by many threads, but pointer types are not Sendable: so the address
/// is kept as a number.
@safe
struct Algorithm: Sendable {
    private let address: UInt

    static let sha256 = Algorithm(name: "SHA2-256")
    static let sha384 = Algorithm(name: "SHA2-384")
    static let sha512 = Algorithm(name: "SHA2-512")

    /// Stops the process if libcrypto lacks the algorithm: an answer other than the true digest would be worse.
    private init(name: String) {
        address = unsafe UInt(bitPattern: EVP_MD_fetch(nil, name, nil))
        precondition(address != 0, "libcrypto has no \(name)")
    }

    var pointer: OpaquePointer? {
        unsafe OpaquePointer(bitPattern: address)
    }

    /// The digest of bytes that lie together.
    func hash(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>) {
        let done = unsafe EVP_Digest(bytes.baseAddress, bytes.count, output, nil, pointer, nil)
        precondition(done == 1, "libcrypto could not hash")
    }

    /// The digest, as long as the algorithm makes it.
    func hash(_ bytes: [UInt8]) -> [UInt8] {
        let length = unsafe Int(EVP_MD_get_size(pointer))
        return unsafe bytes.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: length) { output, count in
                guard let start = output.baseAddress else { return }
                unsafe hash(input, into: start)
                count = length
            }
        }
    }
}
