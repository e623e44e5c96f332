import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("What may be recorded (rules V07, P22)")
struct TextTests {
    private func record(text: String, kind: String = "report") -> Refusal? {
        do throws(Refusal) {
            _ = try Act(
                method: "io.accord.Entry.Record",
                parameters: ["case": "Alder", "kind": .string(kind), "text": .string(text)]
            )
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("empty", ""), ("blank", " \n\t "), ("NUL", "a\u{0}b"), ("bell", "a\u{7}b"), ("escape", "a\u{1B}[31mb"),
        ("carriage return", "a\rb"), ("carriage return and line feed", "a\r\nb"), ("delete", "a\u{7F}b"),
        ("C1", "a\u{9B}b"), ("next line", "a\u{85}b"), ("zero width space", "a\u{200B}b"),
        ("left-to-right mark", "a\u{200E}b"), ("right-to-left mark", "a\u{200F}b"), ("Arabic letter mark", "a\u{61C}b"),
        ("line separator", "a\u{2028}b"), ("embedding", "a\u{202A}b"), ("override", "a\u{202E}b"),
        ("isolate", "a\u{2066}b"), ("end of isolate", "a\u{2069}b"), ("word joiner", "a\u{2060}b"),
        ("byte order mark", "\u{FEFF}ab"), ("annotation", "a\u{FFF9}b"),
        ("tag", "a\u{E0041}b"),
    ])
    func `a text that could mislead is refused`(name: String, text: String) {
        #expect(record(text: text)?.recordedRule == "V07", "\(name)")
        #expect(record(text: text)?.outward.code == "E-TEXT", "\(name)")
    }

    @Test(arguments: ["a", "two\nlines\tand a tab", "Zoë, Łódź, 東京, שלום, سلام", "Report (see annex S)"])
    func `a plain text is taken`(text: String) { #expect(record(text: text) == nil) }

    @Test func `the limit is counted in bytes`() {
        #expect(record(text: String(repeating: "a", count: 65_536)) == nil)
        #expect(record(text: String(repeating: "a", count: 65_537))?.recordedRule == "V07")
        #expect(record(text: String(repeating: "é", count: 32_769))?.recordedRule == "V07")
    }

    @Test(arguments: [
        "(S//NF) text", "text (TS//SI) more", "(C//REL) x", "(TS) x", "x (S)", "TOP SECRET//SI", "SECRET//NOFORN",
        "SECRET//REL TO USA", "x SECRET//",
        "CONFIDENTIAL//NF", "((S//NF)",
    ])
    func `a text with a classification marking is refused`(text: String) {
        #expect(record(text: text)?.outward.code == "E-CLASSIFIED")
    }

    @Test(arguments: [
        "He gave A123456789.", "A-123456789", "A#123-456-789", "(A12-345-678)", "Country of birth: somewhere",
        "his immigration status: unknown", "IMMIGRATION STATUS = pending", "alien number:1", "Nationality: somewhere",
        "Fingerprint: loop", "Fingerprint classification: whorl", "Face template: 0x12", "Voiceprint: x",
        "Political views: left", "Risk score: 87", "Biometrics: iris", "Facial recognition: hit", "Victim name: J.",
        "B-1, citizenship: somewhere", "Age 30; religion : some", "one\n- ethnicity: some", "country of citizenship: x",
    ])
    func `a text that carries in a file number or an item of a refused kind is refused`(text: String) {
        #expect(record(text: text)?.recordedRule == "P22")
        #expect(record(text: text)?.outward.code == "E-REFUSED-FIELD")
        #expect(!(record(text: text)?.outward.message.contains(text) ?? true))
    }

    @Test(arguments: [
        "Container MSCA1234567 and CSQU3054383", "Plate A12345678", "Invoice A-2031-000451",
        "Account AT611904300234573201",
        "Route A123456789B", "Flight A1234567890", "We do not record nationality: it has no place here.",
        "No risk score was made.", "Victim: unharmed, at the shelter.", "Nobody asked for his immigration status.",
        "country of birth:", "nationality:\nnothing",
        "Freedom of religion: a talk",
        "Multinationality: a paper", "Case A-12-345", "A 123 456 789 euro transfer", "Unit A: 123456789",
    ])
    func `a text that only speaks of such things, or looks like them, is taken`(text: String) {
        #expect(record(text: text) == nil)
    }

    @Test(arguments: ["fingerprints", "immigration-status", "religion", "risk-score", "nationality", "dna", "race"])
    func `a kind of data that has no place here is refused`(kind: String) {
        #expect(record(text: "t", kind: kind)?.outward.code == "E-REFUSED-FIELD")
        var world = World.joined()
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry(kind: kind))).rule == "P22")
    }

    @Test func `a kind that nobody knows is no kind`() {
        #expect(record(text: "t", kind: "rumour")?.recordedRule == "V01")
    }

    @Test func `a reason, a correction and a predicate are texts, too`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        #expect(world.act(as: "agent.mpd1", .correctEntry("Alder", "E-1", text: "\u{0}", reason: "r")).rule == "V07")
        var proposal = World.proposal("Birch")
        proposal.predicate = ""
        #expect(world.act(as: "lead.hcs", .draftCase(proposal)).rule == "V07")
        #expect(throws: Refusal.self) {
            try Act(
                method: "io.accord.Entry.Withdraw",
                parameters: ["case": "Alder", "entry": "E-1", "reason": .string(String(repeating: "r", count: 4_097))]
            )
        }
    }

    @Test func `a method that nobody knows is refused`() {
        #expect(throws: Refusal.self) { try Act(method: "io.accord.Entry.Erase", parameters: [:]) }
    }

    @Test(
        arguments: [
            ("E-3", 3), ("e-3", 3), ("e3", 3), ("3", 3), ("E-", nil), ("", nil), ("-3", nil), ("E--3", nil),
            ("R-3", nil),
            ("E-9999999999999", nil), ("E-٣", nil), ("E-3 ", nil),
        ] as [(String, Int64?)]
    )
    func `a reference is a letter and a number`(text: String, number: Int64?) {
        #expect(Reference.number(text, letter: "E") == number)
    }
}
