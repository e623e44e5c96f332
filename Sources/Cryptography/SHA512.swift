/// SHA-512 (FIPS 180-4), the hash that `ssh-keygen` signs by default.
public enum SHA512 {
    /// The 64 bytes of the digest.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        Algorithm.sha512.hash(bytes)
    }
}
