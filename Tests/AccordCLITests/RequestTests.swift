import ArgumentParser
import StrictJSON
import Testing

@testable import accord

struct RequestTests {
    @Test func `a request id begins with the time and is not made twice`() {
        let id = RequestID(milliseconds: 0x0123_4567_89AB, random: Array(0..<10))
        #expect(id.hex == "0123456789ab00010203040506070809")
        let made = Set((0..<1000).map { _ in RequestID.new().hex })
        #expect(made.count == 1000)
        for hex in made { #expect(RequestID(argument: hex)?.hex == hex) }
    }

    @Test(arguments: [
        "", "0123", "0123456789AB00010203040506070809", "0123456789ab0001020304050607080g",
        "0123456789ab000102030405060708099",
    ])
    func `what is not 32 lower-case hexadecimal digits is no request id`(text: String) {
        #expect(RequestID(argument: text) == nil)
    }

    @Test func `the context carries what was said and leaves out what was not`() throws {
        let plain = try ActOptions.parse([])
        let id = RequestID(milliseconds: 0, random: Array(repeating: 0, count: 10))
        #expect(plain.context(id, at: 5) == ["request": .string(id.hex), "at": 5])
        let full = try ActOptions.parse(["--purpose", "OFFICER_SAFETY", "--expect", "17"])
        #expect(
            full.context(id, at: 5) == [
                "purpose": "OFFICER_SAFETY", "request": .string(id.hex), "expectedPosition": 17, "at": 5,
            ]
        )
        #expect(try ReadOptions.parse([]).parameters([:]) == [:])
        #expect(try ReadOptions.parse(["--purpose", "ADMIN"]).parameters([:]) == ["context": ["purpose": "ADMIN"]])
    }

    @Test func `a receipt is one line with case, item, position, leaf and time`() {
        var receipt: JSONObject = [
            "case": "TF-2031-482913", "item": "E-3", "position": 17,
            "leaf": .string(String(repeating: "ab", count: 32)),
            "recordedAt": 1_930_123_456_789_012, "duplicate": false,
        ]
        #expect(
            Receipt.line(receipt).text(isColoured: false)
                == "TF-2031-482913  E-3  position 17  leaf abababababab  2031-03-01T09:24:16.789Z"
        )
        receipt["case"] = .null
        receipt["item"] = nil
        receipt["duplicate"] = true
        #expect(
            Receipt.line(receipt).text(isColoured: false)
                == "registry  position 17  leaf abababababab  2031-03-01T09:24:16.789Z  (recorded before; nothing was added)"
        )
    }

    @Test(arguments: ["V-48291374", "I-48291374", "X-48291374", "U-48291374"])
    func `what stands in no case is not said to be of the registry`(item: String) {
        let receipt: JSONObject = ["item": .string(item), "position": 3, "leaf": "abababababababab"]
        #expect(Receipt.line(receipt).text(isColoured: false).hasPrefix("deconfliction  \(item)  position 3"))
        #expect(Receipt.line(["item": "G-3"]).text(isColoured: false).hasPrefix("registry  G-3"))
    }

    @Test func `a receipt of any shape stops nothing`() {
        for receipt: JSONObject in [[:], ["case": 1, "position": "x", "leaf": .null], ["leaf": "\u{1B}[2J"]] {
            #expect(!Receipt.line(receipt).text(isColoured: false).contains("\u{1B}"))
        }
    }
}
