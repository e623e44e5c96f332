import TestSupport
import Testing
import TransparencyLog

/// One line by hand, and everything close to it that is none.
@Suite(.tags(.small, .g2))
struct LineSpellingTests {
    private static let plain =
        #"{"cprev":"<H>","cseq":0,"outcome":"accepted","policy":"<H>","prev":"<H>","seq":1,"st":{"agency":"","at":2,"#
        + #""by":"uid:7","case":"<C>","kind":"a.b","log":"l","member":"","n":"<C>","parts":[],"purpose":"","ref":[],"#
        + #""role":"","saw_root":"<H>","saw_size":0},"t":3,"v":1,"vouch":"system"}"# + "\n"

    /// The text with digits for `<H>` and `<C>`.
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = String(repeating: "0f", count: 32)
        return Array(text.replacing("<H>", with: digits).replacing("<C>", with: digits.prefix(32)).utf8)
    }

    @Test func `a line written by hand is read`() throws {
        let line = try LogLine(parsing: Self.bytes(Self.plain))
        #expect(line.seq == 1 && line.recordedAt == 3 && line.statement.by == "uid:7")
        #expect(line.attestation == .system && line.outcome == .accepted && line.rule == nil)
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String

        init(_ name: String, _ old: String, _ new: String) {
            testDescription = name
            self.old = old
            self.new = new
        }
    }

    @Test(
        arguments: [
            Change("a space", #","cseq":0"#, #", "cseq":0"#),
            Change("keys in another order", #""cseq":0,"outcome":"accepted""#, #""outcome":"accepted","cseq":0"#),
            Change("a key more", #""v":1"#, #""u":0,"v":1"#),
            Change("a key less", #""agency":"","#, ""),
            Change("a key twice", #""at":2"#, #""at":2,"at":2"#),
            Change("another version", #""v":1"#, #""v":2"#),
            Change("a leading zero", #""seq":1"#, #""seq":01"#),
            Change("a minus", #""seq":1"#, #""seq":-1"#),
            Change("a fraction", #""seq":1"#, #""seq":1.0"#),
            Change("an exponent", #""seq":1"#, #""seq":1e0"#),
            Change("2 to the 53", #""seq":1"#, #""seq":9007199254740992"#),
            Change("a number of 30 digits", #""seq":1"#, #""seq":100000000000000000000000000000"#),
            Change("no number", #""seq":1"#, #""seq":"#),
            Change("an upper-case digit", #""saw_root":"<H>""#, #""saw_root":"<C>0F0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f""#),
            Change("a digest too short", #""saw_root":"<H>""#, #""saw_root":"<C>""#),
            Change("a digest too long", #""saw_root":"<H>""#, #""saw_root":"<H>00""#),
            Change("an escape", #""log":"l""#, #""log":"\u006c""#),
            Change("a control character", #""log":"l""#, "\"log\":\"\u{1}\""),
            Change("letters beyond ASCII", #""log":"l""#, #""log":"é""#),
            Change("a kind with upper case", #""kind":"a.b""#, #""kind":"A.b""#),
            Change("no kind", #""kind":"a.b""#, #""kind":"""#),
            Change("a kind of 49", "a.b", String(repeating: "a", count: 49)),
            Change("an outcome that is none", #""outcome":"accepted""#, #""outcome":"granted""#),
            Change("accepted under a rule", #""prev":"<H>","seq""#, #""prev":"<H>","rule":"P01","seq""#),
            Change("denied without a rule", #""outcome":"accepted""#, #""outcome":"denied""#),
            Change("nobody answers for it", #","vouch":"system""#, ""),
            Change("signed and vouched for", #""seq":1,"st""#, #""seq":1,"sig":"AAAA","st""#),
            Change("a voucher that is none", #""vouch":"system""#, #""vouch":"root""#),
            Change("a voucher with a leading zero", #""vouch":"system""#, #""vouch":"uid:01""#),
            Change("a user number of 33 bits", #""vouch":"system""#, #""vouch":"uid:4294967296""#),
            Change("an author that is none", #""by":"uid:7""#, #""by":"lead""#),
            Change("a fingerprint too short", #""by":"uid:7""#, #""by":"SHA256:AAAA""#),
            Change("a part that is no digest", #""parts":[]"#, #""parts":[""]"#),
            Change("a comma too many", #""parts":[]"#, #""parts":["<H>",]"#),
            Change("65 parts", "\"parts\":[", "\"parts\":[" + String(repeating: "\"<H>\",", count: 64) + "\"<H>\""),
            Change("a reference that is none", #""ref":[]"#, #""ref":["x"]"#),
            Change("a reference to half a part", #""ref":[]"#, #""ref":["1:00"]"#),
            Change("null", #""agency":"""#, #""agency":null"#),
            Change("CR before LF", "}\n", "}\r\n"),
            Change("no LF", "}\n", "}"),
            Change("a mark before it", #"{"cprev""#, "\u{FEFF}{\"cprev\""),
        ]
    )
    func `another spelling is refused`(change: Change) throws {
        try #require(Self.plain.utf8.count > change.old.utf8.count && Self.plain.contains(change.old))
        let text = Self.plain.replacing(change.old, with: change.new, maxReplacements: 1)
        #expect(throws: LineFault.self) { try LogLine(parsing: Self.bytes(text)) }
    }

    @Test(arguments: ["", "=", "AAA", "AAA=A", "AA==AAAA", "AAB=", "AB==", "A===", "AA=="])
    func `a signature is base64 in its one spelling`(digits: String) {
        let signed = Self.plain.replacing(#","vouch":"system""#, with: "")
            .replacing(#""seq":1,"#, with: #""seq":1,"sig":"\#(digits)","#)
        let line = try? LogLine(parsing: Self.bytes(signed))
        #expect((line?.attestation == .signature([0])) == (digits == "AA=="))
        #expect((line == nil) == (digits != "AA=="))
    }
}
