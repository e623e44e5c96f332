import Cryptography
import TestSupport
import Testing

@Suite("Text forms", .tags(.small))
struct TextFormTests {
    /// RFC 4648 section 10.
    @Test(
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
        )
    )
    func `base64 gives the texts of RFC 4648`(plain: String, text: String) {
        #expect(Base64.encode([UInt8](plain.utf8)) == text)
        #expect(Base64.decode(text) == [UInt8](plain.utf8))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_",
        "Zg==Zg==",
        "Z=g=", "Zm9v====", "Zm9\u{E9}",
    ])
    func `base64 in a second spelling is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `bytes survive base64 and hexadecimal, and no other text gives them`() {
        for seed in Seeds.all {
            var random = SplitMix64(seed: seed)
            for _ in 0..<1000 {
                let bytes = random.bytes(random.below(50))
                #expect(Base64.decode(Base64.encode(bytes)) == bytes)
                #expect(Hex.decode(Hex.encode(bytes)) == bytes)
                let text = String(decoding: random.bytes(4).map { $0 & 0x7F }, as: UTF8.self)
                if let decoded = Base64.decode(text) { #expect(Base64.encode(decoded) == text) }
            }
        }
    }

    @Test(arguments: ["0", "AB", "0g", "0 ", "0x00", "\u{E9}"])
    func `hexadecimal in a second spelling is refused`(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func `random bytes have the length asked for and do not repeat`() throws {
        #expect(try SecureRandom.bytes(0) == [])
        #expect(try SecureRandom.bytes(-1) == [])
        #expect(try SecureRandom.bytes(100_000).count == 100_000)
        var store = RandomStore(size: 100)
        var salts: Set<[UInt8]> = []
        for _ in 0..<1000 { salts.insert(try store.salt()) }
        #expect(salts.count == 1000)
        #expect(salts.allSatisfy { $0.count == 32 })
    }
}
