import Cryptography
import TestSupport
import Testing

/// Digits are handled eight at a time: what comes of that is what the standard library makes of each number.
struct HexTests {
    private static let edges: [UInt64] = [
        0, 1, 9, 10, 15, 16, .max, .max - 1, 0x0123_4567_89AB_CDEF, 0x9999_9999_AAAA_AAAA,
    ]

    private func digits(_ word: UInt64) -> [UInt8] {
        let text = String(word, radix: 16)
        return Array((String(repeating: "0", count: 16 - text.utf8.count) + text).utf8)
    }

    @Test func `a number is written and read as its sixteen digits`() {
        var generator = SplitMix64(seed: Seeds.fresh)
        for word in Self.edges + (0..<10_000).map({ _ in generator.next() }) {
            var written: [UInt8] = []
            Hex.append(word, to: &written)
            #expect(written == digits(word))
            let (read, areDigits) = (Hex.word(written.span), Hex.areDigits(written.span))
            #expect(read == word)
            #expect(areDigits)
        }
    }

    @Test(arguments: 0..<16)
    func `any other byte among them makes it none`(place: Int) {
        for byte in UInt8.min...UInt8.max {
            var text = digits(0x0123_4567_89AB_CDEF)
            text[place] = byte
            let value = Array("0123456789abcdef".utf8).firstIndex(of: byte).map { UInt64($0) }
            let shift = UInt64(60 - 4 * place)
            let expected = value.map { 0x0123_4567_89AB_CDEF & ~(15 << shift) | $0 << shift }
            let (read, areDigits) = (Hex.word(text.span), Hex.areDigits(text.span))
            #expect(read == expected, "byte \(byte)")
            #expect(areDigits == (expected != nil), "byte \(byte)")
        }
    }

    @Test func `bytes have one spelling`() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        for text in ["0", "0G", "AB", "é0", "0x", " 0"] { #expect(Hex.decode(text) == nil, "\(text)") }
    }
}
