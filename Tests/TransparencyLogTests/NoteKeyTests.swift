import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// Keys of signed notes as text (C2SP signed-note, "vkey").
@Suite(.tags(.small))
struct NoteKeyTests {
    @Test func `keys are read as they are written, and in no other spelling`() throws {
        let signer = try NoteSamples.signer("log.example.net/meridian")
        let text = signer.verifierKey.text
        #expect(try VerifierKey(parsing: text) == signer.verifierKey)
        let secret = try signer.text()
        #expect(try NoteSigner(parsing: secret).verifierKey == signer.verifierKey)
        #expect(!"\(signer)".contains(secret.suffix(20)))
        expectOneSpelling(of: text) { (try? VerifierKey(parsing: $0)) != nil }
        expectOneSpelling(of: secret) { (try? NoteSigner(parsing: $0)) != nil }
    }

    private func expectOneSpelling(of text: String, _ isRead: (String) -> Bool) {
        let bytes = Array(text.utf8)
        #expect(isRead(text) && !isRead(text + "\n") && !isRead(" " + text))
        for place in bytes.indices {
            for bit in 0..<7 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(!isRead(String(decoding: changed, as: UTF8.self)), "bit \(bit) of \(place)")
            }
            #expect(!isRead(String(decoding: bytes[..<place], as: UTF8.self)), "up to \(place)")
            #expect(place == 0 || !isRead(String(decoding: bytes[place...], as: UTF8.self)), "from \(place)")
        }
    }

    @Test(arguments: ["", "a b", "a+b", "a\u{A0}b", "a\nb", "a\u{2003}", "\u{1}"])
    func `a name that would break a note is none`(name: String) throws {
        let key = try NoteSamples.signer("good").verifierKey.publicKey
        #expect(VerifierKey(name: name, publicKey: key) == nil)
        #expect(Checkpoint(origin: name, size: 0, root: .empty) == nil)
    }

    @Test func `a key of low order is none`() throws {
        let zero = try #require(Ed25519PublicKey(bytes: [UInt8](repeating: 0, count: 32)))
        #expect(VerifierKey(name: "log", publicKey: zero) == nil)
    }
}

/// Signers that are always the same.
enum NoteSamples {
    static func signer(_ name: String, _ number: UInt8 = 1) throws -> NoteSigner {
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: number, count: 32)))
        return try #require(NoteSigner(name: name, privateKey: key))
    }
}
