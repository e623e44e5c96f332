import StrictJSON
import TestSupport
import Testing

/// A text and what becomes of it.
struct RefusedText: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let code: Malformed.Code
    let offset: Int?

    init(_ name: String, _ bytes: [UInt8], _ code: Malformed.Code, at offset: Int? = nil) {
        (self.name, self.bytes, self.code, self.offset) = (name, bytes, code, offset)
    }

    init(_ name: String, _ text: String, _ code: Malformed.Code, at offset: Int? = nil) {
        self.init(name, [UInt8](text.utf8), code, at: offset)
    }

    var testDescription: String { name }
}

@Suite("Parser", .tags(.small))
struct ParserTests {
    private func parse(_ text: String, _ limits: JSONLimits = .wire) throws -> JSONValue {
        try JSONValue(parsing: [UInt8](text.utf8), limits: limits)
    }

    @Test func `every kind of value is read`() throws {
        let text = #" { "a" : [ null , true , false , 0 , -7 , "x" ] , "b" : { } , "c" : [ ] , "d":1.5 } "#
        let expected: JSONValue = ["a": [nil, true, false, 0, -7, "x"], "b": [:], "c": [], "d": 1.5]
        #expect(try parse(text) == expected)
    }

    @Test func `a value needs no object around it`() throws {
        #expect(try parse("\t\r\n 12 ") == 12)
        #expect(try parse("\"\"") == "")
        #expect(try parse("null").isNull)
    }

    @Test func `integers are exact to the last of 64 bits`() throws {
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
    }

    @Test func `a number with a fraction or an exponent is never an integer`() throws {
        #expect(try parse("1.0") == .number(1))
        #expect(try parse("1e3") == .number(1000))
        #expect(try parse("-0.0").number?.sign == .minus)
        #expect(try parse("1.0").integer == nil)
        #expect(try parse("4.9E-324") == .number(.leastNonzeroMagnitude))
    }

    @Test func `escapes stand for what RFC 8259 says`() throws {
        #expect(
            try parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude02""#)
                == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F602}"
        )
        #expect(try parse(#""a\u0301""#) == "a\u{301}")
        #expect(try parse(#""long enough before \n and after the escape""#).string?.utf8.count == 41)
    }

    @Test func `text beyond ASCII is read at any place of a word`() throws {
        for padding in 0..<20 {
            let text =
                String(repeating: "x", count: padding) + "\u{E9}\u{10FFFF}\u{7F}"
                + String(repeating: "y", count: padding)
            #expect(try parse("\"\(text)\"") == .string(text))
        }
    }

    @Test func `a control character is found at any place of a word, by reader and writer`() throws {
        for place in 0..<20 {
            for control in UInt8(0)..<0x20 {
                var bytes = [UInt8](repeating: 0x7A, count: 20)
                bytes[place] = control
                let fault = Malformed(control == 0 ? .nulCharacter : .controlCharacter, at: place + 2)
                #expect(throws: fault) { try JSONValue(parsing: [0x22, 0x7A] + bytes + [0x22], limits: .wire) }
                let written = JSONValue.string(String(decoding: bytes, as: UTF8.self)).encoded
                #expect(written.allSatisfy { $0 >= 0x20 })
            }
        }
    }

    @Test func `minus zero is zero on the wire and refused in the record`() throws {
        #expect(try parse("-0") == 0)
        #expect(throws: Malformed(.negativeZero, at: 1)) { try parse("[-0]", .record) }
    }

    @Test func `the record takes only integers that RFC 8785 can write`() throws {
        #expect(try parse("9007199254740991", .record) == 9_007_199_254_740_991)
        #expect(try parse("-9007199254740991", .record) == -9_007_199_254_740_991)
        #expect(throws: Malformed(.integerRange, at: 0)) { try parse("9007199254740992", .record) }
        #expect(throws: Malformed(.integerRange, at: 0)) { try parse("-9007199254740992", .record) }
        #expect(throws: Malformed(.fraction, at: 1)) { try parse("[1.0]", .record) }
        #expect(throws: Malformed(.fraction, at: 0)) { try parse("1e0", .record) }
    }

    @Test func `slices, spans and pointers are read like arrays, with places counted from their start`() throws {
        let padded = [UInt8]("garbage[1,02]garbage".utf8)
        let fault = Malformed(.syntax, at: 3)
        #expect(throws: fault) { try JSONValue(parsing: padded[7..<13], limits: .wire) }
        #expect(throws: fault) { try JSONValue(parsing: padded[7..<13].span, limits: .wire) }
        unsafe padded.withUnsafeBufferPointer { buffer in
            let part = unsafe UnsafeBufferPointer(rebasing: buffer[7..<13])
            _ = #expect(throws: fault) { try unsafe JSONValue(parsing: part, limits: .wire) }
        }
        #expect(throws: Malformed(.truncated)) {
            try unsafe JSONValue(parsing: UnsafeBufferPointer(start: nil, count: 0), limits: .wire)
        }
    }

    @Test(arguments: Self.refused)
    func `what is not strict JSON is refused`(_ text: RefusedText) throws {
        let fault = try #require(throws: Malformed.self) { try JSONValue(parsing: text.bytes, limits: .wire) }
        #expect(fault.code == text.code)
        if let offset = text.offset { #expect(fault.offset == offset) }
        #expect(throws: Malformed.self) { try JSONValue(parsing: text.bytes, limits: .record) }
    }

    @Test func `every beginning of a text is refused, and nothing may follow it`() throws {
        let text = [UInt8](
            #"{"key":[1,-20,"t\u00e9\ud83d\ude02xt",true,false,null,{"a":{}}],"other":"caf\#u{E9}"}"#.utf8
        )
        _ = try JSONValue(parsing: text, limits: .record)
        for count in 0..<text.count {
            #expect(throws: Malformed.self, "\(count) bytes") {
                try JSONValue(parsing: text[..<count], limits: .record)
            }
        }
        for byte in UInt8.min...UInt8.max where ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            #expect(throws: Malformed.self) { try JSONValue(parsing: text + [byte], limits: .record) }
        }
    }
}

extension ParserTests {
    static let refused: [RefusedText] = [
        RefusedText("nothing", "", .truncated, at: 0),
        RefusedText("space only", " \n", .truncated, at: 2),
        RefusedText("key twice", #"{"a":1,"b":2,"a":3}"#, .duplicateKey, at: 13),
        RefusedText("key twice by an escape", #"{"a":1,"\u0061":2}"#, .duplicateKey, at: 7),
        RefusedText(
            "key twice among many",
            "{" + (0..<40).map { "\"k\($0)\":0," }.joined() + "\"k17\":1}",
            .duplicateKey
        ),
        RefusedText("key twice within", #"[{"x":{"a":1,"a":1}}]"#, .duplicateKey),
        RefusedText("mark of UTF-8", [0xEF, 0xBB, 0xBF, 0x31], .encoding, at: 0),
        RefusedText("mark of UTF-16, little-endian", [0xFF, 0xFE, 0x31, 0x00], .encoding, at: 0),
        RefusedText("mark of UTF-16, big-endian", [0xFE, 0xFF, 0x00, 0x31], .encoding, at: 0),
        RefusedText("UTF-16 without mark", [0x5B, 0x00, 0x5D, 0x00], .encoding, at: 0),
        RefusedText("UTF-16 without mark, big-endian", [0x00, 0x5B, 0x00, 0x5D], .encoding, at: 0),
        RefusedText("NUL in a string", [0x22, 0x61, 0x00, 0x22], .nulCharacter, at: 2),
        RefusedText("NUL by an escape", #"["\u0000"]"#, .nulCharacter, at: 2),
        RefusedText("NUL in a key", #"{"a\u0000":1}"#, .nulCharacter),
        RefusedText("NUL between values", [0x5B, 0x31, 0x00, 0x5D], .nulCharacter, at: 2),
        RefusedText("raw line feed in a string", "\"a\nb\"", .controlCharacter, at: 2),
        RefusedText("raw control after an escape", "\"\\na\u{1F}b\"", .controlCharacter, at: 4),
        RefusedText("lone leading surrogate", #""\ud83d""#, .encoding),
        RefusedText("lone trailing surrogate", #""\ude02""#, .encoding),
        RefusedText("two leading surrogates", #""\ud83d\ud83d""#, .encoding),
        RefusedText("leading surrogate and text", #""\ud83dabcdef""#, .encoding),
        RefusedText("leading surrogate and another escape", #""\ud83d\n""#, .encoding),
        RefusedText("surrogate as UTF-8", [0x22, 0xED, 0xA0, 0xBD, 0x22], .encoding, at: 1),
        RefusedText("overlong slash", [0x22, 0xC0, 0xAF, 0x22], .encoding),
        RefusedText("overlong NUL", [0x22, 0xC0, 0x80, 0x22], .encoding),
        RefusedText("overlong in three bytes", [0x22, 0xE0, 0x80, 0xAF, 0x22], .encoding),
        RefusedText("beyond U+10FFFF", [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .encoding),
        RefusedText("lone continuation byte", [0x22, 0x80, 0x22], .encoding),
        RefusedText("cut character", [0x22, 0xE2, 0x82, 0x22], .encoding),
        RefusedText("bad byte beside an escape", [0x22, 0x5C, 0x6E, 0xFF, 0x22], .encoding),
        RefusedText("bad byte between values", [0x5B, 0xA0, 0x5D], .encoding, at: 1),
        RefusedText("unknown escape", #""\x41""#, .syntax),
        RefusedText("short escape", #""\u00""#, .syntax),
        RefusedText("sign in an escape", #""\u+041""#, .syntax),
        RefusedText("comma at the end of an array", "[1,]", .syntax, at: 3),
        RefusedText("comma at the end of an object", #"{"a":1,}"#, .syntax, at: 7),
        RefusedText("two commas", "[1,,2]", .syntax),
        RefusedText("comma first", "[,1]", .syntax),
        RefusedText("no comma", "[1 2]", .syntax),
        RefusedText("no colon", #"{"a" 1}"#, .syntax),
        RefusedText("no value", #"{"a":}"#, .syntax),
        RefusedText("key without quotes", "{a:1}", .syntax),
        RefusedText("single quotes", "'a'", .syntax),
        RefusedText("key that is a number", "{1:1}", .syntax),
        RefusedText("wrong bracket", "[1}", .syntax),
        RefusedText("comment", "[1]//x", .trailing),
        RefusedText("two values", "1 2", .trailing, at: 2),
        RefusedText("bracket too many", "[]]", .trailing, at: 2),
        RefusedText("form feed as space", "\u{C}1", .syntax),
        RefusedText("leading zero", "01", .syntax),
        RefusedText("leading zero after minus", "-01", .syntax),
        RefusedText("plus", "+1", .syntax),
        RefusedText("minus alone", "-", .truncated),
        RefusedText("minus and a word", "-Infinity", .syntax),
        RefusedText("point first", ".5", .syntax),
        RefusedText("point last", "1.", .truncated),
        RefusedText("point and exponent", "1.e5", .syntax),
        RefusedText("exponent without digits", "[1e+]", .syntax),
        RefusedText("hexadecimal", "0x10", .trailing),
        RefusedText("not a number", "NaN", .syntax),
        RefusedText("capital letters", "True", .syntax),
        RefusedText("word that goes on", "nulll", .trailing),
        RefusedText("2^63", "9223372036854775808", .integerRange, at: 0),
        RefusedText("one below -2^63", "-9223372036854775809", .integerRange),
        RefusedText("2^64 + 1, which wraps to 1", "18446744073709551617", .integerRange),
        RefusedText("thousand digits", String(repeating: "9", count: 1000), .integerRange),
        RefusedText("1e400", "1e400", .numberRange),
        RefusedText("double with a million digits", "0." + String(repeating: "1", count: 1_000_000), .numberRange),
        RefusedText("string without end", "\"abc", .truncated, at: 4),
        RefusedText("backslash at the end", "\"abc\\", .truncated),
    ]
}
