import Cryptography
import StrictJSON
import TestSupport
import Testing

/// RFC 8032 section 7.1.
struct RFC8032Example: CustomTestStringConvertible, Sendable {
    let name: String
    let seed: String
    let publicKey: String
    let message: String
    let signature: String

    var testDescription: String { name }

    static let all = [
        RFC8032Example(
            name: "test 1",
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature:
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"
        ),
        RFC8032Example(
            name: "test 2",
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature:
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"
        ),
        RFC8032Example(
            name: "test 3",
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]
}

@Suite("Ed25519", .tags(.small))
struct Ed25519Tests {
    @Test(arguments: RFC8032Example.all)
    func `keys and signatures are those of RFC 8032`(_ example: RFC8032Example) throws {
        let key = try #require(Ed25519PrivateKey(seed: try unhex(example.seed)))
        let message = try unhex(example.message)
        #expect(Hex.encode(key.publicKey.bytes) == example.publicKey)
        let signature = try key.sign(message)
        #expect(Hex.encode(signature) == example.signature)
        #expect(key.publicKey.verifies(signature: signature, message: message))
        #expect(Hex.encode(try key.seed()) == example.seed)
        #expect(key.publicKey.isEnrollable)
    }

    @Test func `every flipped bit of signature, key or message is found`() throws {
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 3, count: 32)))
        let message = [UInt8]("what was said".utf8)
        let signature = try key.sign(message)
        for bit in 0..<512 {
            #expect(!key.publicKey.verifies(signature: signature.flipped(bit), message: message), "bit \(bit)")
        }
        for bit in 0..<256 {
            let other = try #require(Ed25519PublicKey(bytes: key.publicKey.bytes.flipped(bit)))
            #expect(!other.verifies(signature: signature, message: message), "bit \(bit)")
        }
        for bit in 0..<message.count * 8 {
            #expect(!key.publicKey.verifies(signature: signature, message: message.flipped(bit)), "bit \(bit)")
        }
    }

    @Test func `wrong lengths are refused`() throws {
        let key = try Ed25519PrivateKey.random()
        let signature = try key.sign([1])
        #expect(!key.publicKey.verifies(signature: Array(signature.dropLast()), message: [1]))
        #expect(!key.publicKey.verifies(signature: signature + [0], message: [1]))
        #expect(!key.publicKey.verifies(signature: [], message: [1]))
        for count in [0, 31, 33, 64] {
            #expect(Ed25519PublicKey(bytes: [UInt8](repeating: 1, count: count)) == nil)
            #expect(Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test func `new keys differ, and none shows its seed when printed`() throws {
        let one = try Ed25519PrivateKey.random()
        let other = try Ed25519PrivateKey.random()
        #expect(one.publicKey != other.publicKey)
        #expect("\(one)" == "Ed25519PrivateKey")
        #expect(String(reflecting: one) == "Ed25519PrivateKey")
        #expect(Mirror(reflecting: one).children.isEmpty)
    }

    @Test(.needsVectors)
    func `the 14 keys of low order are refused and verify nothing`() throws {
        let vectors = try Self.vectors()
        let lowOrder = Set(vectors.filter { $0.flags.contains("low_order_A") }.map(\.key))
        #expect(lowOrder.count == 14)
        for bytes in lowOrder {
            let key = try #require(Ed25519PublicKey(bytes: bytes))
            #expect(key.isLowOrder && !key.isEnrollable)
            #expect(throws: SSHFault(.lowOrderKey)) { try SSHPublicKey(key).checkEnrolment() }
        }
        for vector in vectors where lowOrder.contains(vector.key) {
            let key = try #require(Ed25519PublicKey(bytes: vector.key))
            #expect(!key.verifies(signature: vector.signature, message: vector.message), "vector \(vector.number)")
        }
    }

    @Test(.needsVectors)
    func `keys in a second spelling are refused, and all others of the vectors lie on the curve`() throws {
        for vector in try Self.vectors() {
            let key = try #require(Ed25519PublicKey(bytes: vector.key))
            #expect(key.isCanonical != vector.flags.contains("non_canonical_A"), "vector \(vector.number)")
            #expect(key.isLowOrder == vector.flags.contains("low_order_A"), "vector \(vector.number)")
            #expect(key.isOnCurve, "vector \(vector.number)")
        }
    }

    @Test func `coordinates at and above the prime have a second spelling`() throws {
        // p - 19 ... p + 18, the only range where bytes below 2^255 spell a number twice.
        for last in 0xDA...0xFF {
            let bytes = [UInt8(last)] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
            let key = try #require(Ed25519PublicKey(bytes: bytes))
            #expect(key.isCanonical == (last < 0xED), "\(last)")
        }
    }

    @Test func `half of all coordinates are on the curve, as an independent count says`() throws {
        // y = 2 ... 9 by Euler's criterion in whole numbers: 2, 7 and 8 have no x (see RFC 8032 section 5.1.3).
        let onCurve = try (2...9).filter { y in
            try #require(Ed25519PublicKey(bytes: [UInt8(y)] + [UInt8](repeating: 0, count: 31))).isOnCurve
        }
        #expect(onCurve == Self.smallOnCurve)
        let off = try #require(Ed25519PublicKey(bytes: [2] + [UInt8](repeating: 0, count: 31)))
        #expect(throws: SSHFault(.malformedKey)) { try SSHPublicKey(off).checkEnrolment() }
    }

    private static let smallOnCurve = [3, 4, 5, 6, 9]

    private struct Vector {
        let number: Int64
        let key: [UInt8]
        let signature: [UInt8]
        let message: [UInt8]
        let flags: Set<String>
    }

    private static func vectors() throws -> [Vector] {
        let json = try JSONValue(parsing: Vectors.bytes("ed25519/ed25519vectors.json"), limits: .wire)
        return try #require(json.array).map { entry in
            let object = try #require(entry.object)
            return Vector(
                number: try #require(object["number"]?.integer),
                key: try unhex(object["key"]?.string),
                signature: try unhex(object["sig"]?.string),
                message: Array(try #require(object["msg"]?.string).utf8),
                flags: Set((object["flags"]?.array ?? []).compactMap(\.string))
            )
        }
    }
}

/// The bytes of a hexadecimal text in a vector.
private func unhex(_ text: String?) throws -> [UInt8] {
    let text = try #require(text)
    return try #require(Hex.decode(text))
}

extension [UInt8] {
    /// The bytes with one bit changed.
    func flipped(_ bit: Int) -> [UInt8] {
        var bytes = self
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        return bytes
    }
}
