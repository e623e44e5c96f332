import StrictJSON
import TestSupport
import Testing

@Suite("Writing", .tags(.small))
struct WritingTests {
    private func text(_ value: JSONValue) -> String {
        String(decoding: value.encoded, as: UTF8.self)
    }

    @Test func `compact form keeps the order given`() {
        let value: JSONValue = ["z": [1, -2, nil], "a": ["b": true, "c": false], "e": [:], "f": []]
        #expect(text(value) == #"{"z":[1,-2,null],"a":{"b":true,"c":false},"e":{},"f":[]}"#)
    }

    @Test func `only what must be is escaped`() {
        #expect(text("a/b\u{7F}\u{E9}\u{2028}\u{1F602}") == "\"a/b\u{7F}\u{E9}\u{2028}\u{1F602}\"")
        #expect(text("\"\\\u{8}\t\n\u{C}\r") == #""\"\\\b\t\n\f\r""#)
        #expect(text("\u{0}\u{1}\u{F}\u{10}\u{1F} ") == #""\u0000\u0001\u000f\u0010\u001f ""#)
        #expect(
            text("plain text, long enough for two words\nand a line")
                == #""plain text, long enough for two words\nand a line""#
        )
    }

    @Test func `integers are written in full`() {
        #expect(text(.integer(.min)) == "-9223372036854775808")
        #expect(text(.integer(.max)) == "9223372036854775807")
        #expect(text([0, 9, 10, -1, -10, 100]) == "[0,9,10,-1,-10,100]")
    }

    @Test func `doubles are as short as they can be read back, and never look like integers`() throws {
        #expect(text(0.1) == "0.1")
        #expect(text(1000.0) == "1000.0")
        #expect(text(.number(.leastNonzeroMagnitude)) == "5e-324")
        #expect(text(.number(1e300)) == "1e+300")
        #expect(text(.number(.nan)) == "null")
        #expect(text(.number(-.infinity)) == "null")
    }

    @Test func `pieces are appended to what is there`() {
        var output = [UInt8]("{".utf8)
        JSONText.writeKey("a\"b", into: &output)
        JSONText.writeInteger(-12, into: &output)
        output.append(UInt8(ascii: "}"))
        #expect(String(decoding: output, as: UTF8.self) == #"{"a\"b":-12}"#)
    }
}
