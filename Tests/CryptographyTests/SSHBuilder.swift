import Cryptography

/// Builds the binary forms of SSH in a test, right or wrong.
enum SSHBuilder {
    static func string(_ piece: [UInt8]) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: piece.count >> (24 - 8 * $0)) } + piece
    }

    static func string(_ text: String) -> [UInt8] {
        string(Array(text.utf8))
    }

    /// A signature of Ed25519 whose parts can be replaced one by one; it verifies if none is.
    struct Signature {
        var magic = Array("SSHSIG".utf8)
        var version: [UInt8] = [0, 0, 0, 1]
        var keyBlob: [UInt8]
        var namespace = Array("test@accord".utf8)
        var reserved: [UInt8] = []
        var hashName = "sha256"
        var type = "ssh-ed25519"
        var value: [UInt8]
        var afterValue: [UInt8] = []
        var afterAll: [UInt8] = []

        static let message = Array("a message".utf8)

        init(_ key: Ed25519PrivateKey) throws {
            keyBlob = SSHPublicKey(key.publicKey).blob
            value = []
            value = try key.sign(signedBytes)
        }

        var signedBytes: [UInt8] {
            magic + string(namespace) + string(reserved) + string(hashName)
                + string(Digest.sha256(Self.message).bytes)
        }

        var blob: [UInt8] {
            magic + version + string(keyBlob) + string(namespace) + string(reserved) + string(hashName)
                + string(string(type) + string(value) + afterValue) + afterAll
        }

        /// Turns it into one of a security key with these flags.
        mutating func useSecurityKey(_ key: Ed25519PrivateKey, application: String, flags: UInt8) throws {
            type = "sk-ssh-ed25519@openssh.com"
            keyBlob = string(type) + string(key.publicKey.bytes) + string(application)
            afterValue = [flags, 0, 0, 0, 9]
            value = try key.sign(
                Digest.sha256(application).bytes + afterValue + Digest.sha256(signedBytes).bytes
            )
        }
    }
}
