import Cryptography
import TestSupport
import Testing

@Suite("SSH signatures", .tags(.small))
struct SSHSignatureTests {
    private let key: Ed25519PrivateKey
    private let message = SSHBuilder.Signature.message

    init() throws {
        key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 11, count: 32)))
    }

    private func verify(_ blob: [UInt8], _ namespace: String = "test@accord") throws(SSHFault) {
        try SSHSignature(blob: blob).verify(message: message, namespace: namespace)
    }

    private func expect(_ code: SSHFault.Code, _ change: (inout SSHBuilder.Signature) throws -> Void) throws {
        var signature = try SSHBuilder.Signature(key)
        try verify(signature.blob)
        try change(&signature)
        let blob = signature.blob
        #expect(throws: SSHFault(code)) { try verify(blob) }
    }

    @Test(.needsVectors, arguments: ["ed25519", "ecdsa", "rsa", "ed25519_sk", "ecdsa_sk"])
    func `the signatures of OpenSSH's own tests verify`(name: String) throws {
        let signature = try SSHSignature(armored: Vectors.text("sshsig/\(name).sig"))
        let message = try Vectors.bytes("sshsig/signed-data")
        let key = try SSHPublicKey(authorizedKey: Vectors.text("sshsig/\(name).pub"))
        #expect(signature.publicKey == key)
        #expect(signature.namespace == "unittest")
        try signature.verify(message: message, namespace: Vectors.text("sshsig/namespace"))
        #expect(throws: SSHFault(.badSignature)) {
            try signature.verify(message: message + [0], namespace: "unittest")
        }
        #expect(throws: SSHFault(.namespace)) { try signature.verify(message: message, namespace: "unittesu") }
        #expect(try SSHSignature(armored: signature.armored).blob == signature.blob)
    }

    @Test(.needsVectors, arguments: ["ecdsa_sk_webauthn", "mldsa44-ed25519"])
    func `kinds of signature that are not known are refused as such`(name: String) throws {
        let text = try Vectors.text("sshsig/\(name).sig")
        #expect(throws: SSHFault(.unsupportedType)) { try SSHSignature(armored: text) }
    }

    @Test(.needsVectors, arguments: ["ed25519", "ecdsa", "rsa", "ed25519_sk", "ecdsa_sk"])
    func `every changed byte of a signature is found`(name: String) throws {
        let blob = try SSHSignature(armored: Vectors.text("sshsig/\(name).sig")).blob
        let message = try Vectors.bytes("sshsig/signed-data")
        var random = SplitMix64(seed: 8)
        for place in blob.indices {
            let changed = blob.flipped(place * 8 + random.below(8))
            #expect(throws: SSHFault.self, "byte \(place)") {
                try SSHSignature(blob: changed).verify(message: message, namespace: "unittest")
            }
        }
        for count in blob.indices {
            #expect(throws: SSHFault.self, "\(count) bytes") { try SSHSignature(blob: Array(blob[..<count])) }
        }
        for place in message.indices {
            #expect(throws: SSHFault(.badSignature)) {
                try SSHSignature(blob: blob).verify(message: message.flipped(place * 8), namespace: "unittest")
            }
        }
    }

    @Test func `each part must be as the format says`() throws {
        try expect(.magic) { $0.magic = Array("SSHSIH".utf8) }
        try expect(.version) { $0.version = [0, 0, 0, 2] }
        try expect(.reserved) {
            $0.reserved = [1]
            $0.value = try key.sign($0.signedBytes)
        }
        try expect(.namespace) {
            $0.namespace = []
            $0.value = try key.sign($0.signedBytes)
        }
        try expect(.namespace) { $0.namespace = [0xFF] }
        try expect(.hashAlgorithm) {
            $0.hashName = "sha1"
            $0.value = try key.sign($0.signedBytes)
        }
        try expect(.badSignature) { $0.hashName = "sha512" }
        try expect(.trailing) { $0.afterAll = [0] }
        try expect(.trailing) { $0.afterValue = [0] }
        try expect(.trailing) { $0.keyBlob += [0] }
        try expect(.malformedSignature) { $0.value += [0] }
        try expect(.malformedSignature) { $0.value.removeLast() }
        try expect(.signatureType) { $0.type = "rsa-sha2-256" }
        try expect(.unsupportedType) { $0.keyBlob = SSHBuilder.string("ssh-dss") + [1, 2, 3] }
    }

    @Test func `a signature for another purpose is refused even where it is asked for under its own name`() throws {
        let signature = try SSHSignature(signing: message, namespace: "e\u{301}@accord", with: key)
        try signature.verify(message: message, namespace: "e\u{301}@accord")
        // Canonically equivalent, thus the same to String ==, but other bytes.
        #expect(throws: SSHFault(.namespace)) { try signature.verify(message: message, namespace: "\u{E9}@accord") }
        #expect(throws: SSHFault(.namespace)) { try signature.verify(message: message, namespace: "") }
    }

    @Test func `signing without a purpose is our own mistake and stops the process`() async {
        await #expect(processExitsWith: .failure) {
            let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: 32)))
            _ = try SSHSignature(signing: [1], namespace: "", with: key)
        }
    }

    @Test func `a key of low order signs nothing`() throws {
        var signature = try SSHBuilder.Signature(key)
        let neutral = [1] + [UInt8](repeating: 0, count: 31)
        signature.keyBlob = SSHBuilder.string("ssh-ed25519") + SSHBuilder.string(neutral)
        // R the neutral element and S zero: libcrypto takes it under any message.
        signature.value = neutral + [UInt8](repeating: 0, count: 32)
        let blob = signature.blob
        #expect(throws: SSHFault(.lowOrderKey)) { try verify(blob) }
    }

    @Test func `a security key must have been touched and made for SSH`() throws {
        var signature = try SSHBuilder.Signature(key)
        try signature.useSecurityKey(key, application: "ssh:", flags: 0x01)
        try verify(signature.blob)
        #expect(try !SSHSignature(blob: signature.blob).isUserVerified)
        try SSHSignature(blob: signature.blob).publicKey.checkEnrolment()

        try signature.useSecurityKey(key, application: "ssh:accord", flags: 0x05)
        try verify(signature.blob)
        #expect(try SSHSignature(blob: signature.blob).isUserVerified)

        try signature.useSecurityKey(key, application: "ssh:", flags: 0x04)
        let untouched = signature.blob
        #expect(throws: SSHFault(.userPresence)) { try verify(untouched) }

        // Setting the flag afterwards does not help, because it was signed.
        signature.afterValue[0] = 0x01
        let forged = signature.blob
        #expect(throws: SSHFault(.badSignature)) { try verify(forged) }

        try signature.useSecurityKey(key, application: "https://example.org", flags: 0x01)
        let elsewhere = try SSHSignature(blob: signature.blob).publicKey
        #expect(throws: SSHFault(.application)) { try elsewhere.checkEnrolment() }
    }

    @Test func `the text form may be wrapped anywhere, and nothing stands before or after it`() throws {
        let armored = try SSHSignature(signing: message, namespace: "test@accord", with: key).armored
        let lines = armored.split(separator: "\n").map(String.init)
        let body = lines.dropFirst().dropLast().joined()
        func read(_ text: String) throws(SSHFault) {
            try SSHSignature(armored: text).verify(message: message, namespace: "test@accord")
        }
        try read(armored)
        try read(String(armored.dropLast()))
        try read(armored.split(separator: "\n").joined(separator: "\r\n") + "\r\n")
        try read("\(lines[0])\n\(body)\n\(lines[lines.count - 1])\n")
        try read("\(lines[0])\n" + body.map { "\($0)\n" }.joined() + "\(lines[lines.count - 1])\n")

        let armour = [
            " " + armored, "\n" + armored, armored + "x", armored + "\n",
            armored.replacing("BEGIN", with: "begin"), armored.replacing("-----END SSH SIGNATURE-----", with: ""),
            armored.replacing("-----END SSH SIGNATURE-----\n", with: "-----END SSH SIGNATURE----- \n"),
            body, "", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
        ]
        for text in armour { #expect(throws: SSHFault(.armour), "\(text)") { try read(text) } }
        let base64 = [
            armored + armored,
            "\(lines[0])\n\(body.dropLast(4))?\(body.suffix(3))\n\(lines[lines.count - 1])\n",
            "\(lines[0])\n\(body) \n\(lines[lines.count - 1])\n",
            "\(lines[0])\n\(body.dropLast())\n\(lines[lines.count - 1])\n",
        ]
        for text in base64 { #expect(throws: SSHFault(.base64), "\(text)") { try read(text) } }
    }

    @Test func `no bytes at all stop the readers`() throws {
        let blob = try SSHBuilder.Signature(key).blob
        let keyBlob = SSHPublicKey(key.publicKey).blob
        for seed in Seeds.all {
            var random = SplitMix64(seed: seed)
            for _ in 0..<5000 {
                var changed = random.oneIn(2) ? blob : keyBlob
                for _ in 0..<(1 + random.below(4)) { changed[random.below(changed.count)] = random.oneIn(2) ? 0xFF : 0 }
                if random.oneIn(3) { changed.removeLast(random.below(changed.count)) }
                _ = try? SSHSignature(blob: changed)
                _ = try? SSHPublicKey(blob: changed)
                _ = try? SSHSignature(blob: random.bytes(random.below(200)))
                _ = try? SSHSignature(armored: random.bytes(random.below(200)))
            }
        }
    }
}
