import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// Notes and their signatures (C2SP signed-note).
@Suite(.tags(.small, .g2))
struct SignedNoteTests {
    private static let text = Array("one line\nand another\n".utf8)

    @Test func `openssl verifies what is signed here, and the other way round`() throws {
        guard program("openssl") != nil else { return }
        let folder = try ScratchFolder("note")
        let signer = try NoteSamples.signer("log.example.net/meridian")
        let note = try #require(try SignedNote(signing: Self.text, with: [signer]))
        // SubjectPublicKeyInfo of Ed25519 (RFC 8410) is a fixed head and the key.
        let head = try #require(Hex.decode("302a300506032b6570032100"))
        try folder.write("key.der", head + signer.verifierKey.publicKey.bytes)
        try folder.write("text", note.text)
        try folder.write("sig", try #require(note.signatures.first).signature)
        let verify = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in", "text"]
        let good = try run("openssl", verify + ["-sigfile", "sig"], in: folder.path)
        #expect(good.status == 0, "\(good.stderr)")
        try folder.write("text", note.text + [0x0A])
        #expect(try run("openssl", verify + ["-sigfile", "sig"], in: folder.path).status != 0)

        try folder.write("text", note.text)
        for arguments in [
            ["genpkey", "-algorithm", "ed25519", "-out", "other.pem"],
            ["pkey", "-in", "other.pem", "-pubout", "-outform", "DER", "-out", "other.der"],
            ["pkeyutl", "-sign", "-inkey", "other.pem", "-rawin", "-in", "text", "-out", "other.sig"],
        ] {
            let done = try run("openssl", arguments, in: folder.path)
            try #require(done.status == 0, "\(done.stderr)")
        }
        let publicKey = try #require(Ed25519PublicKey(bytes: Array(folder.read("other.der").suffix(32))))
        let key = try #require(VerifierKey(name: "other", publicKey: publicKey))
        let identity = try #require(Hex.decode(String(key.text.split(separator: "+")[1])))
        let line = "\u{2014} other \(Base64.encode(identity + (try folder.read("other.sig"))))\n"
        let read = try SignedNote(parsing: note.text + [0x0A] + Array(line.utf8))
        #expect(try read.verify(with: [key]) == [key])
    }

    @Test func `unknown keys are passed over, known ones must be right, and one is needed`() throws {
        let first = try NoteSamples.signer("first")
        let second = try NoteSamples.signer("second", 2)
        let note = try #require(try SignedNote(signing: Self.text, with: [first, second]))
        #expect(try SignedNote(parsing: note.encoded) == note)
        #expect(try note.verify(with: [second.verifierKey]) == [second.verifierKey])
        #expect(try note.verify(with: [second.verifierKey, first.verifierKey]).count == 2)
        #expect(throws: NoteFault(.unknownKey)) { try note.verify(with: []) }
        #expect(throws: NoteFault(.unknownKey)) { try note.verify(with: [NoteSamples.signer("first", 2).verifierKey]) }
        var bytes = note.encoded
        let place = try #require(bytes.lastIndex(of: UInt8(ascii: "="))) - 10
        bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let spoiled = try SignedNote(parsing: bytes)
        #expect(try spoiled.verify(with: [first.verifierKey]) == [first.verifierKey])
        #expect(throws: NoteFault(.badSignature)) {
            try spoiled.verify(with: [first.verifierKey, second.verifierKey])
        }
    }

    @Test func `two signatures of one key are refused, and 100 of others are read`() throws {
        let signer = try NoteSamples.signer("first")
        #expect(try SignedNote(signing: Self.text, with: [signer, signer]) == nil)
        let note = try #require(try SignedNote(signing: Self.text, with: [signer]))
        let line = note.encoded.dropFirst(note.text.count + 1)
        #expect(throws: NoteFault(.duplicateSignature)) { try SignedNote(parsing: note.encoded + line) }
        // As long as a timestamped ML-DSA-44 cosignature, a type that this version does not know.
        let others = (0..<99).map { "\u{2014} w\($0) \(Base64.encode([UInt8](repeating: 6, count: 2_432)))\n" }
        let many = try SignedNote(parsing: note.encoded + Array(others.joined().utf8))
        #expect(many.signatures.count == 100)
        #expect(try many.verify(with: [signer.verifierKey]) == [signer.verifierKey])
        #expect(throws: NoteFault(.malformed)) {
            try SignedNote(parsing: many.encoded + Array("\u{2014} w99 AAAAAAAA\n".utf8))
        }
    }

    @Test(
        arguments: [
            "", "\n", "text\n", "text\n\n", "text\n\nno signature\n", "text\n\n\u{2014} name AAAAAAAA",
            "text\n\n\u{2014} name\n", "text\n\n\u{2014} name \n", "text\n\n\u{2014} name AAAA\n",
            "text\n\n\u{2014} name AAAAAAA\n", "text\n\n\u{2014}  name AAAAAAAA\n", "text\n\n\u{2014} na+me AAAAAAAA\n",
            "text\n\n\u{2014} name AAAAAAAA \n", "text\n\n- name AAAAAAAA\n", "te\u{1}xt\n\n\u{2014} name AAAAAAAA\n",
            "text\r\n\n\u{2014} name AAAAAAAA\n", "text\n\n\u{2014} name AAAAAAAA\nmore\n",
            "text\n\n\u{2014} name AAAAAAAA\n\n", "text\n\u{2014} name AAAAAAAA\n",
        ]
    )
    func `what is no signed note is refused`(text: String) {
        #expect(throws: NoteFault.self) { try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test func `the separator is the last empty line, and bytes that are no UTF-8 are refused`() throws {
        let note = Array("a\n\nb\n\n\u{2014} name AAAAAAAA\n".utf8)
        #expect(try SignedNote(parsing: note).text == Array("a\n\nb\n".utf8))
        #expect(throws: NoteFault(.malformed)) { try SignedNote(parsing: [0xFF] + note) }
        let long = [UInt8](repeating: 0x61, count: SignedNote.maximumBytes)
        #expect(throws: NoteFault(.malformed)) { try SignedNote(parsing: long + note) }
    }
}
