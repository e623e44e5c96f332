import Cryptography
import Deconfliction
import TestSupport
import Testing

/// Targets: one spelling for each, and numbers whose check digits hold.
@Suite("Identifiers of targets")
struct IdentifierTests {
    typealias Kind = Identifier.Kind

    /// Numbers that others published as examples of a right one.
    @Test(arguments: [
        (Kind.vin, "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        (.vin, "1111 1111 1111 11111", "11111111111111111"),
        (.vin, "wvwzzz1jzxw000001", "WVWZZZ1JZXW000001"),
        (.imo, "IMO 9074729", "9074729"),
        (.container, "CSQU 305438-3", "CSQU3054383"),
        (.container, "msku6011672", "MSKU6011672"),
        (.iban, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
        (.iban, "de89370400440532013000", "DE89370400440532013000"),
        (.phone, "+1 (202) 555-0100", "+12025550100"),
        (.phone, "0044 20 7946 0018", "+442079460018"),
        (.email, "Some.One@Example.ORG", "some.one@example.org"),
    ])
    func `a right one has one spelling`(_ kind: Kind, _ text: String, _ value: String) throws {
        #expect(try Identifier(kind, text).value == value)
    }

    @Test(arguments: [
        (Kind.plate, "ab-12 cd", "us-vt", "USVT\u{1F}AB12CD"), (.document, "x 123.456", "MX", "MX\u{1F}X123456"),
        (.organisation, "hrb 1234", "DE-HRB", "DEHRB\u{1F}HRB1234"),
        (.account, "00 12-34", "BANK1", "BANK1\u{1F}001234"),
        (.handle, "@Night.Owl_7", "Chat App", "CHATAPP\u{1F}night.owl_7"),
        (.person, "Smith, John", "1980-02-29", "JOHN SMITH\u{1F}1980-02-29"),
        (.person, "john SMITH", "1980-02-29", "JOHN SMITH\u{1F}1980-02-29"),
        (.person, "  o'neill   María ", "1990-02-28", "MARÍA NEILL O\u{1F}1990-02-28"),
    ])
    func `what needs an issuer carries it`(_ kind: Kind, _ text: String, _ issuer: String, _ value: String) throws {
        #expect(try Identifier(kind, text, qualifier: issuer).value == value)
        #expect(throws: Identifier.Fault.self) { try Identifier(kind, text) }
    }

    @Test(arguments: [
        (Kind.phone, "202 555 0100"), (.phone, "+44 (0)20 7946 0018"), (.phone, "0039 ( 0 ) 6 698 12345"),
        (.phone, "+0202555010"), (.phone, "+1234567"), (.phone, "+1234567890123456"),
        (.phone, "+1202555010x"), (.vin, "1M8GDM9A1KP042788"), (.vin, "1M8GDM9AXKP04278"), (.vin, "IM8GDM9AXKP042788"),
        (.imo, "9074728"), (.imo, "907472"), (.container, "CSQU3054384"), (.container, "CSQA3054383"),
        (.iban, "GB83WEST12345698765432"), (.iban, "GB82"), (.email, "nobody"), (.email, "a@b"), (.email, "a@-b.org"),
        (.email, "a b@example.org"), (.email, "a@b@example.org"), (.email, "é@example.org"), (.email, ""), (.phone, ""),
    ])
    func `a wrong one is refused with a sentence`(_ kind: Kind, _ text: String) {
        let fault = #expect(throws: Identifier.Fault.self) { try Identifier(kind, text) }
        #expect(fault?.message.hasSuffix(".") == true)
    }

    @Test(arguments: [
        ("Single", "1990-01-01"), ("Two Words", "1990-02-29"), ("Two Words", "1990-13-01"), ("Two Words", "90-01-01"),
        ("Two Words", ""), ("Two W0rds", "1990-01-01"), ("Two Cafe\u{301}", "1990-01-01"), ("*", "1990-01-01"),
    ])
    func `a name alone, a part of one or a day that never was is no target`(_ name: String, _ born: String) {
        #expect(throws: Identifier.Fault.self) { try Identifier(.person, name, qualifier: born) }
    }

    @Test(arguments: [Kind.vin, .imo, .container, .iban])
    func `a number with one digit changed is refused`(_ kind: Kind) throws {
        let right = [
            Kind.vin: "1M8GDM9AXKP042788", .imo: "9074729", .container: "CSQU3054383", .iban: "GB82WEST12345698765432",
        ]
        let text = try #require(right[kind])
        var refused = 0
        var tried = 0
        for (place, byte) in text.utf8.enumerated() where (0x30...0x39).contains(byte) {
            for digit in UInt8(0x30)...0x39 where digit != byte {
                var changed = Array(text.utf8)
                changed[place] = digit
                tried += 1
                if (try? Identifier(kind, String(decoding: changed, as: UTF8.self))) == nil { refused += 1 }
            }
        }
        // What the schemes themselves miss: even weights modulo 10 (IMO), ten that counts as zero (ISO 6346), and a VIN whose
        // first character says that it is not checked.
        let missed = [Kind.imo: 7, .container: 6, .vin: 6][kind] ?? 0
        #expect(tried - refused <= missed, "\(tried - refused) of \(tried)")
    }

    @Test func `no text traps a normaliser`() {
        var generator = SplitMix64(seed: Seeds.fresh)
        for _ in 0..<20_000 {
            let text = String(decoding: generator.bytes(generator.below(60)), as: UTF8.self)
            let other = String(decoding: generator.bytes(generator.below(12)), as: UTF8.self)
            for kind in Kind.allCases { _ = try? Identifier(kind, text, qualifier: kind.needsQualifier ? other : nil) }
        }
    }

    @Test func `the digest depends on the pepper, the kind and the value, and on nothing else`() throws {
        let pepper = try #require(Pepper(epoch: 1, key: .init(repeating: 7, count: 32)))
        let next = try #require(Pepper(epoch: 2, key: .init(repeating: 8, count: 32)))
        let phone = try Identifier(.phone, "+1 202 555 0100")
        #expect(pepper.digest(of: phone) == pepper.digest(of: try Identifier(.phone, "001-202-555-0100")))
        #expect(pepper.digest(of: phone) != next.digest(of: phone))
        let message = Array("phone\u{1F}+12025550100".utf8)
        #expect(pepper.digest(of: phone) == hmacSHA256(key: .init(repeating: 7, count: 32), message: message))
        #expect(
            pepper.digest(of: try Identifier(.document, "AB", qualifier: "C"))
                != pepper.digest(of: try Identifier(.organisation, "AB", qualifier: "C"))
        )
        #expect(Pepper(epoch: 1, key: [1]) == nil)
    }
}
