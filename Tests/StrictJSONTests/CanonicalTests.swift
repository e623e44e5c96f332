import StrictJSON
import TestSupport
import Testing

@Suite("Canonical form", .tags(.small))
struct CanonicalTests {
    @Test(.needsVectors, arguments: ["arrays", "french", "unicode", "weird"])
    func `the vectors of RFC 8785 without floats match byte for byte`(name: String) throws {
        let value = try JSONValue(parsing: Vectors.bytes("jcs/input/\(name).json"), limits: .record)
        let expected = try Vectors.bytes("jcs/output/\(name).json")
        #expect(try value.canonical() == expected)
        #expect(try JSONValue(parsing: expected, limits: .record).canonical() == expected)
    }

    @Test(.needsVectors, arguments: ["structures", "values"])
    func `the vectors with floats are refused by the record`(name: String) throws {
        let bytes = try Vectors.bytes("jcs/input/\(name).json")
        let fault = #expect(throws: Malformed.self) { try JSONValue(parsing: bytes, limits: .record) }
        #expect(fault?.code == .fraction)
    }

    @Test func `integral doubles are written as ECMAScript does`() throws {
        let value = try JSONValue(parsing: Self.integralDoubles, limits: .wire)
        #expect(String(decoding: try value.canonical(), as: UTF8.self) == #"{"":1000,"\n":56}"#)
        #expect(try JSONValue.number(-0.0).canonical() == [UInt8(ascii: "0")])
    }

    private static let integralDoubles = [UInt8](#"{"\n": 56.0, "": 1e3}"#.utf8)

    static let withoutForm: [(JSONValue, Malformed.Code)] = [
        (.number(0.5), .fraction),
        (.number(.nan), .fraction),
        (.number(.infinity), .fraction),
        (.number(1e21), .integerRange),
        (.number(9_007_199_254_740_992), .integerRange),
        (.integer(.min), .integerRange),
        (.string("\u{0}"), .nulCharacter),
        (["\u{0}": 1], .nulCharacter),
        (["a": [1, ["b": 0.5]]], .fraction),
    ]

    @Test(arguments: Self.withoutForm)
    func `a value without a canonical form is refused and leaves the output as it was`(
        value: JSONValue,
        code: Malformed.Code
    ) {
        var output: [UInt8] = [1, 2, 3]
        #expect(throws: Malformed(code)) { try value.writeCanonical(into: &output) }
        #expect(output == [1, 2, 3])
    }

    @Test func `keys are sorted by UTF-16 code units as an independent sort sees them`() throws {
        for seed in Seeds.all {
            var generator = JSONGenerator(seed: seed)
            for trial in 0..<2000 {
                let object = JSONObject((0..<6).map { _ in (generator.text(), nil) })
                let sorted = try JSONValue(parsing: object.canonical(), limits: .record).object?.keys ?? []
                let expected = object.keys.sorted { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) }
                #expect(sorted.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "seed \(seed) trial \(trial)")
            }
        }
    }
}
