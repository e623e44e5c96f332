import Policy
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test(arguments: ["MPD-VT", "AB", "A1", "ABCDEFGHIJKLMNOPQRSTUVWX", "SPS"])
    func `a good agency is kept as it came`(text: String) { #expect(AgencyID(text)?.text == text) }

    @Test(arguments: [
        "", "A", "mpd-vt", "1AB", "-AB", "MPD VT", "MPD_VT", "ABCDEFGHIJKLMNOPQRSTUVWXY", "MPD\u{0}", "ÄB", "A\u{301}B",
        "АВ",
    ])
    func `a bad agency is none`(text: String) { #expect(AgencyID(text) == nil) }

    @Test(arguments: ["agent.mpd1", "a.b", "lead.fib", "agent.mpd-1.night", "a.1"])
    func `a good role handle is kept as it came`(text: String) { #expect(MemberID(text)?.text == text) }

    @Test(arguments: [
        "", "agent", "Agent.mpd1", "agent.", ".agent", "agent..mpd", "1agent.mpd", "agent.mpd 1", "agent.mpd\n",
        "agent.é",
        "agent.mpd@x", "a." + String(repeating: "b", count: 47),
    ])
    func `a bad role handle is none`(text: String) { #expect(MemberID(text) == nil) }

    @Test(arguments: ["MOU-31-01", "ABC", "31A", String(repeating: "A", count: 32)])
    func `a good agreement is kept as it came`(text: String) { #expect(AgreementID(text)?.text == text) }

    @Test(arguments: ["", "AB", "-AB", "mou-31", "MOU 31", "MOU/31", String(repeating: "A", count: 33)])
    func `a bad agreement is none`(text: String) { #expect(AgreementID(text) == nil) }

    @Test func `identifiers are ordered and told apart as bytes`() throws {
        let first = try #require(AgencyID("FIB-MB"))
        let second = try #require(AgencyID("HCS-MAR"))
        #expect(first < second)
        #expect(!(second < first))
        #expect(first == AgencyID("FIB-MB"))
        #expect(first != second)
        #expect(Set([first, second, first]).count == 2)
        #expect(first.description == "FIB-MB")
    }

    @Test func `words of the vocabulary are read back from their text and nothing else`() {
        for handling in Handling.allCases { #expect(Handling(handling.text) == handling) }
        for compartment in Compartment.allCases { #expect(Compartment(compartment.text) == compartment) }
        for wrong in ["", "h0", "H3", "case", "CHS"] {
            #expect(Handling(wrong) == nil)
            #expect(Compartment(wrong) == nil)
        }
        #expect(Handling.h0 < .h1 && Handling.h1 < .h2)
        #expect(!Role.assignable.contains(.administrator) && !Role.assignable.contains(.oversight))
    }
}
