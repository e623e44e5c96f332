import Cryptography
import TestSupport
import Testing

@Suite("SSH public keys", .tags(.small))
struct SSHPublicKeyTests {
    private static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIlizSIN3DQV78VPNjVvvwjgf+P5HqbPYCYu3BOMdjAE"
    private static let blob = Array(Base64.decode(String(line.dropFirst(12))) ?? [])

    @Test func `a line is read with and without a comment, and written without`() throws {
        let key = try SSHPublicKey(authorizedKey: Self.line)
        for text in ["\(Self.line) a comment, any", "\(Self.line)\n", "\(Self.line)\r\n", "\(Self.line) "] {
            #expect(try SSHPublicKey(authorizedKey: text) == key)
        }
        #expect(key.authorizedKeyText == Self.line)
        #expect(key.algorithm == .ed25519)
        #expect(try SSHPublicKey(blob: key.blob) == key)
        #expect(try SSHPublicKey(#require(key.ed25519)) == key)
        #expect(Set([key, try SSHPublicKey(blob: Self.blob)]).count == 1)
        try key.checkEnrolment()
    }

    @Test func `lines that are not a key are refused`() {
        let cases: [(String, SSHFault.Code)] = [
            ("", .line), ("ssh-ed25519", .line), ("ssh-ed25519 ", .line), (" " + Self.line, .line),
            ("command=\"x\" " + Self.line, .unsupportedType), ("ssh-dss AAAA", .unsupportedType),
            ("ssh-ed25519  AAAA", .line), ("ssh-ed25519 AA=A", .base64), ("ssh-ed25519 AAA", .base64),
            (Self.line + "\n\n", .line), (Self.line + "\n" + Self.line, .line), (Self.line + " a\tb", .line),
            (Self.line.replacing("ssh-ed25519 ", with: "ssh-rsa "), .line), (Self.line + "AAAA", .trailing),
        ]
        for (text, code) in cases {
            #expect(throws: SSHFault(code), "\(text)") { try SSHPublicKey(authorizedKey: text) }
        }
    }

    @Test func `numbers that do not have the form of their type are refused`() {
        let string = SSHBuilder.string as ([UInt8]) -> [UInt8]
        let name = SSHBuilder.string as (String) -> [UInt8]
        let odd = [UInt8](repeating: 0xFF, count: 256)
        let exponent = string([1, 0, 1])
        let cases: [(String, [UInt8], SSHFault.Code)] = [
            ("short Ed25519", name("ssh-ed25519") + string([UInt8](repeating: 1, count: 31)), .malformedKey),
            ("long length", name("ssh-ed25519") + [0xFF, 0xFF, 0xFF, 0xFF, 1], .truncated),
            ("no key", name("ssh-ed25519"), .truncated),
            ("nothing", [], .truncated),
            ("negative modulus", name("ssh-rsa") + exponent + string(odd), .malformedKey),
            ("modulus with needless zeros", name("ssh-rsa") + exponent + string([0, 0] + odd), .malformedKey),
            ("modulus zero", name("ssh-rsa") + exponent + string([]), .malformedKey),
            ("modulus with a needless zero", name("ssh-rsa") + exponent + string([0, 0x7F] + odd), .malformedKey),
            ("huge exponent", name("ssh-rsa") + string([1] + odd) + string([0] + odd), .malformedKey),
            (
                "huge modulus", name("ssh-rsa") + exponent + string([1] + [UInt8](repeating: 1, count: 2048)),
                .malformedKey
            ),
            (
                "compressed point",
                name("ecdsa-sha2-nistp256") + name("nistp256") + string([2] + [UInt8](repeating: 1, count: 32)),
                .malformedKey
            ),
            (
                "curve of another type",
                name("ecdsa-sha2-nistp256") + name("nistp384") + string([4] + [UInt8](repeating: 1, count: 96)),
                .malformedKey
            ),
            ("far too long", name("ssh-ed25519") + string([UInt8](repeating: 1, count: 5000)), .malformedKey),
        ]
        for (title, blob, code) in cases {
            #expect(throws: SSHFault(code), "\(title)") { try SSHPublicKey(blob: blob) }
        }
    }

    @Test func `keys that must not stand for a person cannot be enrolled`() throws {
        let string = SSHBuilder.string as ([UInt8]) -> [UInt8]
        let name = SSHBuilder.string as (String) -> [UInt8]
        let modulus = string([0, 0xC0] + [UInt8](repeating: 0x55, count: 255))
        let cases: [(String, [UInt8], SSHFault.Code)] = [
            ("exponent 1", name("ssh-rsa") + string([1]) + modulus, .weakKey),
            ("even exponent", name("ssh-rsa") + string([2]) + modulus, .weakKey),
            (
                "even modulus",
                name("ssh-rsa") + string([1, 0, 1]) + string([0, 0xC0] + [UInt8](repeating: 0x54, count: 255)), .weakKey
            ),
            (
                "2047 bits",
                name("ssh-rsa") + string([1, 0, 1]) + string([0x7F] + [UInt8](repeating: 0x55, count: 255)), .weakKey
            ),
            (
                "point off the curve",
                name("ecdsa-sha2-nistp256") + name("nistp256") + string([4] + [UInt8](repeating: 1, count: 64)),
                .malformedKey
            ),
            (
                "second spelling", name("ssh-ed25519") + string([0xF0] + [UInt8](repeating: 0xFF, count: 31)),
                .malformedKey
            ),
        ]
        for (title, blob, code) in cases {
            let key = try SSHPublicKey(blob: blob)
            #expect(throws: SSHFault(code), "\(title)") { try key.checkEnrolment() }
        }
        try SSHPublicKey(blob: name("ssh-rsa") + string([1, 0, 1]) + modulus).checkEnrolment()
    }
}
