import Cryptography
import TestSupport
import Testing

/// AES-256-GCM against the examples of its specification, and against whoever changes anything.
@Suite("AES-256-GCM", .tags(.small))
struct AES256GCMTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let number: Int
        let key: String
        let nonce: String
        let message: String
        let place: String
        let sealed: String
        var testDescription: String { "test case \(number)" }
    }

    /// McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: those with 256 bits of key and 96 of nonce.
    static let examples = [
        Example(
            number: 13,
            key: String(repeating: "0", count: 64),
            nonce: String(repeating: "0", count: 24),
            message: "",
            place: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Example(
            number: 14,
            key: String(repeating: "0", count: 64),
            nonce: String(repeating: "0", count: 24),
            message: String(repeating: "0", count: 32),
            place: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Example(
            number: 16,
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            message: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            place: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: examples)
    func `gives what its specification gives, and opens it again`(_ example: Example) throws {
        let key = try #require(Hex.decode(example.key).flatMap { SecretKey(bytes: $0) })
        let nonce = try #require(Hex.decode(example.nonce))
        let message = try #require(Hex.decode(example.message))
        let place = try #require(Hex.decode(example.place))
        var cipher = AES256GCM(key: key)
        // Twice: what the context kept of a message must not reach the next one.
        for _ in 0...1 {
            let sealed = try cipher.seal(message[...], nonce: nonce[...], place: place)
            #expect(Hex.encode(sealed) == example.sealed)
            #expect(cipher.open(sealed[...], nonce: nonce[...], place: place) == message)
        }
    }

    @Test func `whatever bit is changed, nothing is opened`() throws {
        let key = try SecretKey()
        var cipher = AES256GCM(key: key)
        let (nonce, message, place) = ([UInt8](1...12), [UInt8](0...40), [UInt8]("line 7".utf8))
        let sealed = try cipher.seal(message[...], nonce: nonce[...], place: place)
        func flips(_ bytes: [UInt8]) -> [[UInt8]] {
            (0..<bytes.count * 8).map { bit in
                var other = bytes
                other[bit / 8] ^= 1 << (bit % 8)
                return other
            }
        }
        for other in flips(sealed) { #expect(cipher.open(other[...], nonce: nonce[...], place: place) == nil) }
        for other in flips(nonce) { #expect(cipher.open(sealed[...], nonce: other[...], place: place) == nil) }
        for other in flips(place) { #expect(cipher.open(sealed[...], nonce: nonce[...], place: other) == nil) }
        for count in 0..<sealed.count {
            #expect(cipher.open(sealed.prefix(count), nonce: nonce[...], place: place) == nil, "\(count) bytes")
        }
        for other in flips(key.withBytes { $0 + [] }) {
            cipher.use(key: other[...])
            #expect(cipher.open(sealed[...], nonce: nonce[...], place: place) == nil)
        }
        cipher.use(key: key)
        #expect(cipher.open(sealed[...], nonce: nonce[...], place: place) == message)
    }

    @Test func `a key is 32 bytes, unlike any other, and shows nothing of itself`() throws {
        let keys = try (0..<100).map { _ in try SecretKey().withBytes { $0 + [] } }
        #expect(Set(keys).count == 100)
        #expect(keys.allSatisfy { $0.count == 32 })
        #expect(SecretKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(SecretKey(bytes: [UInt8](repeating: 1, count: 33)) == nil)
        let key = try #require(SecretKey(bytes: [UInt8](repeating: 0x41, count: 32)))
        var shown = ""
        dump(key, to: &shown)
        #expect(!"\(key)\(shown)".contains("AA") && !"\(shown)".contains("65"))
    }

    @Test func `bytes that are wiped are all zero`() {
        var bytes = [UInt8](1...100)
        bytes.wipe()
        #expect(bytes == [UInt8](repeating: 0, count: 100))
    }
}
