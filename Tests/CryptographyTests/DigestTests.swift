import Cryptography
import TestSupport
import Testing

@Suite("Digests", .tags(.small))
struct DigestTests {
    /// FIPS 180-4, examples of the NIST.
    static let examples: [(String, String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test(arguments: Self.examples.indices)
    func `SHA-256 gives the digests of FIPS 180-4`(index: Int) {
        let (message, hex) = Self.examples[index]
        #expect(Digest.sha256([UInt8](message.utf8)).hex == hex)
        #expect(Digest.sha256(message).hex == hex)
        #expect(Digest.sha256([UInt8](message.utf8)[...]).hex == hex)
    }

    @Test func `SHA-512 gives the digest of FIPS 180-4`() {
        #expect(
            Hex.encode(SHA512.hash([UInt8]("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        )
    }

    @Test func `pieces hash like the whole, however they are cut, and the hash starts anew each time`() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let expected = Digest.sha256(message)
        var hash = SHA256()
        for feeding in CutFeeder(message).feedings() {
            for piece in feeding.pieces { hash.update(piece) }
            #expect(hash.finalize() == expected, "\(feeding)")
        }
        #expect(hash.finalize() == Digest.sha256([]))
    }

    @Test func `bytes, slices, spans, texts and digests are taken alike`() {
        let digest = Digest.sha256("x")
        var hash = SHA256()
        hash.update(1 as UInt8)
        hash.update([9, 2, 3, 9][1...2])
        let bytes: [UInt8] = [4, 5]
        unsafe hash.update(bytes.span.bytes)
        hash.update("text")
        hash.update(digest)
        #expect(hash.finalize() == Digest.sha256([1, 2, 3, 4, 5] + Array("text".utf8) + digest.bytes))
    }

    @Test func `a digest survives each of its forms`() throws {
        for seed in Seeds.all {
            var random = SplitMix64(seed: seed)
            for _ in 0..<500 {
                let bytes = random.bytes(32)
                let digest = try #require(Digest(bytes: bytes))
                #expect(digest.bytes == bytes)
                #expect(Digest(bytes: ([0] + bytes)[1...]) == digest)
                #expect(Digest(bytes: ContiguousArray(bytes)) == digest)
                #expect(Digest(hex: digest.hex) == digest)
                #expect(Digest(base64: digest.base64) == digest)
                var output: [UInt8] = [1]
                digest.writeHex(into: &output)
                #expect(output == [1] + Array(digest.hex.utf8))
                output = [2]
                digest.write(into: &output)
                #expect(output == [2] + bytes)
            }
        }
    }

    @Test func `digests are ordered as their bytes and their hexadecimal forms are`() throws {
        var random = SplitMix64(seed: 5)
        let digests = (0..<200).compactMap { _ in
            Digest(bytes: random.bytes(1) + [UInt8](repeating: 0, count: 30) + random.bytes(1))
        }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }

    @Test(arguments: [
        "", "e3b0", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85 ",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85500",
        "g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ])
    func `other spellings of a digest are refused`(text: String) {
        #expect(Digest(hex: text) == nil)
    }

    @Test func `the base64 of a digest is what Base64 reads, with any character anywhere in it`() throws {
        var random = SplitMix64(seed: 9)
        for _ in 0..<20 {
            let text = Array(try #require(Digest(bytes: random.bytes(32))).base64.utf8)
            for place in text.indices {
                for character in "AEQgz09+/=.\u{0}\n".utf8 {
                    var other = text
                    other[place] = character
                    let bytes = Base64.decode(other)
                    #expect(Digest(base64: other[...])?.bytes == (bytes?.count == 32 ? bytes : nil))
                }
                #expect(Digest(base64: text[..<place]) == nil)
            }
        }
    }

    @Test func `a digest has 32 bytes`() {
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 32)) == .zero)
        #expect(Digest(base64: Base64.encode([UInt8](repeating: 0, count: 33))) == nil)
    }

    @Test func `each changed bit makes another digest`() throws {
        let bytes = Digest.sha256("x").bytes
        let digest = try #require(Digest(bytes: bytes))
        for bit in 0..<256 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let other = try #require(Digest(bytes: changed))
            #expect(other != digest)
            #expect(!other.isSameInConstantTime(as: digest))
        }
        #expect(digest.isSameInConstantTime(as: digest))
    }

    /// RFC 4231, cases 1, 2, 6.
    @Test func `authentication codes are those of RFC 4231`() {
        #expect(
            hmacSHA256(key: [UInt8](repeating: 0x0B, count: 20), message: [UInt8]("Hi There".utf8)).hex
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        )
        #expect(
            hmacSHA256(key: [UInt8]("Jefe".utf8), message: [UInt8]("what do ya want for nothing?".utf8)).hex
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
        #expect(
            hmacSHA256(
                key: [UInt8](repeating: 0xAA, count: 131),
                message: [UInt8]("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
            ).hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        )
    }
}
