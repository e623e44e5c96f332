import Cryptography
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// The content beside the log.
@Suite(.tags(.small))
struct PartTests {
    private let salt = [UInt8](repeating: 0xA5, count: 32)

    @Test func `a part is written as anyone would, and sha256sum is its verifier`() throws {
        let value: JSONValue = ["text": "Grüße, \"quoted\"\n\u{1F600}", "a": [1, -2, nil, true]]
        let part = try #require(Part(name: "text", salt: salt, value: value))
        let bytes = try part.encoded()
        let expected =
            #"{"name":"text","salt":""# + String(repeating: "a5", count: 32)
            + #"","value":{"a":[1,-2,null,true],"text":"Grüße, \"quoted\"\n"# + "\u{1F600}" + #""}}"# + "\n"
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(try Part(parsing: bytes) == part)
        #expect(try part.digest() == Digest.sha256(bytes))
        guard program("sha256sum") != nil else { return }
        #expect(try run("sha256sum", input: bytes).stdout.hasPrefix(try part.digest().hex))
    }

    @Test func `a part has one spelling`() throws {
        let bytes = try #require(Part(name: "n", salt: salt, value: ["v", 1])).encoded()
        for place in bytes.indices {
            var shorter = bytes
            shorter.remove(at: place)
            let other = try? Part(parsing: shorter)
            #expect(try other.map { try $0.encoded() == shorter } ?? true, "without byte \(place)")
        }
        let digits = Hex.encode(salt)
        for text in [
            #"{"name":"n","salt":"00","value":1}"#, #"{"name":"n","value":1}"#, #"[]"#, "",
            #"{"salt":"\#(digits)","name":"n","value":1}"#, #"{"name":"n","salt":"\#(digits)","value":1.5}"#,
            #"{"name":"n","salt":"\#(digits)","value":1,"z":0}"#, #"{"name":"n", "salt":"\#(digits)","value":1}"#,
            #"{"name":"\u006e","salt":"\#(digits)","value":1}"#,
        ] {
            #expect(throws: Malformed.self, "\(text)") { try Part(parsing: Array("\(text)\n".utf8)) }
        }
        #expect(throws: Malformed.self) { try Part(parsing: bytes.dropLast()) }
        #expect(throws: Malformed.self) { try Part(parsing: bytes + [0x0A]) }
    }

    @Test func `of a part that came out of its seal the fact is read, and what is no part is none`() throws {
        let value: JSONValue = ["text": "Grüße", "a": [1, nil, true]]
        let fact = try Part.fact(in: try #require(Part(name: "text", salt: salt, value: value)).encoded())
        #expect(fact.name == "text" && fact.value == value)
        for text in [#"{"name":"n","value":1}"#, #"{"name":"n","salt":1,"value":1}"#, "[]", "", "{"] {
            #expect(throws: Malformed.self, "\(text)") { try Part.fact(in: Array("\(text)\n".utf8)) }
        }
        #expect(throws: Malformed.self) { try Part.fact(in: Array(#"{"name":"n","salt":"","value":1}"#.utf8)) }
    }

    @Test func `a salt has 32 bytes, a value no fractions`() throws {
        for count in [0, 16, 31, 33] {
            #expect(Part(name: "n", salt: [UInt8](repeating: 0, count: count), value: 1) == nil)
        }
        let part = try #require(Part(name: "n", salt: salt, value: [.number(0.5)]))
        var output: [UInt8] = [9]
        #expect(throws: Malformed(.fraction)) { try part.encode(into: &output) }
        #expect(output == [9])
    }
}
