import Cryptography
import TestSupport
import Testing

/// A kind of key that `ssh-keygen` makes without a device.
struct KeyKind: CustomTestStringConvertible, Sendable {
    let options: [String]
    let hash: String

    var testDescription: String { (options + [hash]).joined(separator: " ") }

    static let strong = ["sha256", "sha512"].flatMap { hash in
        [
            ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"],
            ["-t", "ecdsa", "-b", "521"], ["-t", "rsa", "-b", "2048"], ["-t", "rsa", "-b", "3072"],
        ].map { KeyKind(options: $0, hash: hash) }
    }
}

@Suite(
    "Signatures fresh from ssh-keygen",
    .tags(.medium),
    .enabled(if: program("ssh-keygen") != nil, "ssh-keygen is not installed")
)
struct SSHKeygenTests {
    private let folder: ScratchFolder
    private let message = [UInt8]("Line one\nline two \u{E9}\n".utf8)

    init() throws {
        folder = try ScratchFolder("keygen")
        try folder.write("message", message)
    }

    private func keygen(_ arguments: [String], input: [UInt8] = []) throws -> Completed {
        try run("ssh-keygen", arguments, input: input, in: folder.path, deadline: 60)
    }

    private func makeKey(_ options: [String]) throws -> SSHPublicKey {
        let made = try keygen(["-q", "-N", "", "-C", "a comment", "-f", "key"] + options)
        try #require(made.status == 0, "\(made.stderr)")
        return try SSHPublicKey(authorizedKey: String(decoding: try folder.read("key.pub"), as: UTF8.self))
    }

    private func sign(_ hash: String) throws -> String {
        let signed = try keygen(["-Y", "sign", "-f", "key", "-n", "accord@test", "-O", "hashalg=\(hash)", "message"])
        try #require(signed.status == 0, "\(signed.stderr)")
        return String(decoding: try folder.read("message.sig"), as: UTF8.self)
    }

    @Test(arguments: KeyKind.strong)
    func `a signature verifies, and no other message, purpose or changed byte does`(_ kind: KeyKind) throws {
        let key = try makeKey(kind.options)
        try key.checkEnrolment()
        let listed = try keygen(["-l", "-f", "key.pub"]).stdout
        #expect(listed.split(separator: " ").dropFirst().first.map(String.init) == key.fingerprint)

        let armored = try sign(kind.hash)
        let signature = try SSHSignature(armored: armored)
        #expect(signature.publicKey == key)
        #expect(signature.hashAlgorithm.rawValue == kind.hash)
        #expect(signature.armored == armored)
        try signature.verify(message: message, namespace: "accord@test")

        #expect(throws: SSHFault(.namespace)) { try signature.verify(message: message, namespace: "accord@tesT") }
        #expect(throws: SSHFault(.badSignature)) { try signature.verify(message: [], namespace: "accord@test") }
        for bit in message.indices.map({ $0 * 8 }) {
            #expect(throws: SSHFault(.badSignature)) {
                try signature.verify(message: message.flipped(bit), namespace: "accord@test")
            }
        }
        var random = SplitMix64(seed: 4)
        let blob = signature.blob
        for place in blob.indices {
            let changed = blob.flipped(place * 8 + random.below(8))
            #expect(throws: SSHFault.self, "byte \(place)") {
                try SSHSignature(blob: changed).verify(message: message, namespace: "accord@test")
            }
        }
    }

    @Test func `RSA of 1024 bits is refused at enrolment and in every signature`() throws {
        let key = try makeKey(["-t", "rsa", "-b", "1024"])
        #expect(throws: SSHFault(.weakKey)) { try key.checkEnrolment() }
        let signature = try SSHSignature(armored: sign("sha512"))
        #expect(throws: SSHFault(.weakKey)) { try signature.verify(message: message, namespace: "accord@test") }
    }

    @Test func `a signature with SHA-1 inside is refused before any arithmetic`() throws {
        _ = try makeKey(["-t", "rsa", "-b", "2048"])
        let blob = try SSHSignature(armored: sign("sha512")).blob
        let type = SSHBuilder.string("rsa-sha2-512")
        let place = try #require(blob.firstRange(of: type))
        var changed = blob
        changed.replaceSubrange(place, with: SSHBuilder.string("ssh-rsa"))
        // The length of the inner signature, right before its type, shrinks by five.
        let length = place.lowerBound - 1
        changed[length] -= 5
        #expect(throws: SSHFault(.signatureType)) { try SSHSignature(blob: changed) }
    }

    @Test(arguments: [SSHSignature.HashAlgorithm.sha256, .sha512])
    func `what is signed here is byte for byte what ssh-keygen signs with the same key`(
        hash: SSHSignature.HashAlgorithm
    ) throws {
        let publicKey = try #require(try makeKey(["-t", "ed25519"]).ed25519)
        let seed = try seedOfKeyFile(publicKey)
        let key = try #require(Ed25519PrivateKey(seed: seed))
        let ours = try SSHSignature(
            signing: message,
            namespace: "accord@test",
            with: key,
            hashAlgorithm: hash
        )
        #expect(ours.armored == (try sign(hash.rawValue)))
        try folder.write("ours.sig", ours.armored)
        let arguments = ["-Y", "check-novalidate", "-n", "accord@test", "-s", "ours.sig"]
        #expect(try keygen(arguments, input: message).status == 0)
        #expect(try keygen(arguments, input: message + [0]).status != 0)
    }

    /// An unencrypted key file of OpenSSH holds a string of 64 bytes: the seed, then the public key.
    private func seedOfKeyFile(_ publicKey: Ed25519PublicKey) throws -> [UInt8] {
        let text = String(decoding: try folder.read("key"), as: UTF8.self)
        let body = text.split(separator: "\n").dropFirst().dropLast().joined()
        let bytes = try #require(Base64.decode(body))
        let place = try #require(
            bytes.indices.dropLast(67).first { index in
                bytes[index..<index + 4] == [0, 0, 0, 64] && Array(bytes[index + 36..<index + 68]) == publicKey.bytes
            }
        )
        return Array(bytes[place + 4..<place + 36])
    }
}
