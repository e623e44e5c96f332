/// HMAC with SHA-256 (RFC 2104): tells those who hold the key that a message is one of theirs.
///
/// Compare codes with ``Digest/isSameInConstantTime(as:)``.
public func hmacSHA256(key: [UInt8], message: [UInt8]) -> Digest {
    // RFC 2104: longer keys are hashed first, shorter ones filled up with zeros to the block of 64 bytes.
    var block = key.count > 64 ? Digest.sha256(key).bytes : key
    block.append(contentsOf: repeatElement(0, count: 64 - block.count))
    var hash = SHA256()
    hash.update(block.map { $0 ^ 0x36 })
    hash.update(message)
    let inner = hash.finalize()
    hash.update(block.map { $0 ^ 0x5C })
    hash.update(inner)
    return hash.finalize()
}
