import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// What a log says of itself (C2SP tlog-checkpoint).
@Suite(.tags(.small, .g2))
struct CheckpointTests {
    @Test func `any bit of a signed checkpoint counts`() throws {
        let signer = try NoteSamples.signer("log.example.net/meridian")
        let checkpoint = try #require(Checkpoint(origin: signer.verifierKey.name, size: 0, root: .empty))
        let text = "log.example.net/meridian\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
        #expect(checkpoint.text == Array(text.utf8))
        let note = try #require(try checkpoint.signed(by: signer)).encoded
        let verified = try UnverifiedCheckpoint(parsing: note).verified(by: signer.verifierKey)
        #expect(verified.checkpoint == checkpoint)
        for bit in 0..<note.count * 8 {
            var changed = note
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: NoteFault.self, "bit \(bit)") {
                try UnverifiedCheckpoint(parsing: changed).verified(by: signer.verifierKey)
            }
        }
        #expect(throws: NoteFault(.origin)) {
            try UnverifiedCheckpoint(parsing: note).verified(by: NoteSamples.signer("another").verifierKey)
        }
        #expect(throws: NoteFault(.unknownKey)) {
            let other = try NoteSamples.signer(signer.verifierKey.name, 2)
            _ = try UnverifiedCheckpoint(parsing: note).verified(by: other.verifierKey)
        }
        #expect(try checkpoint.signed(by: NoteSamples.signer("another")) == nil)
    }

    @Test(arguments: [0, 1, 9, 10, 9_223_372_036_854_775_807])
    func `sizes up to 2^63 - 1 are read as they are written`(size: UInt64) throws {
        let root: Digest = size == 0 ? .empty : .leaf([])
        let checkpoint = try #require(Checkpoint(origin: "o", size: size, root: root))
        #expect(try Checkpoint(parsing: checkpoint.text) == checkpoint)
    }

    @Test(
        arguments: [
            "o\n1\n", "o\n1\nAAAA\n", "o\n01\n<R>\n", "o\n-1\n<R>\n", "o\n+1\n<R>\n", "o\n1 \n<R>\n", "\n1\n<R>\n",
            "o\n1\n<R>\nextension\n", "o\n1\n<R>\n\n", "o\n1\n<R>", "o\n9223372036854775808\n<R>\n",
            "o\n99999999999999999999999\n<R>\n", "o\n0\n<R>\n", "o o\n1\n<R>\n", "o\n\n<R>\n", "",
        ]
    )
    func `a checkpoint has exactly three lines in their one spelling`(text: String) {
        let bytes = Array(text.replacing("<R>", with: Digest.leaf([]).base64).utf8)
        #expect(throws: NoteFault(.checkpoint)) { try Checkpoint(parsing: bytes) }
    }
}
