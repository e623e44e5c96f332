import Cryptography
import Policy
import Testing

@Suite("The table of rules")
struct RuleTableTests {
    @Test(arguments: RuleTable.rules) func `every row says what it tests, where it comes from and whom to ask`(
        rule: Rule
    ) {
        #expect(rule.id.utf8.first == 0x50 || rule.id.utf8.first == 0x56 || rule.id.utf8.first == 0x4C)
        #expect(rule.code.hasPrefix("E-"))
        #expect(rule.code.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        for text in [rule.test, rule.citation, rule.message, rule.ask] {
            #expect(!text.isEmpty, "\(rule.id)")
        }
    }

    @Test func `no identifier stands for two rules`() {
        #expect(Set(RuleTable.rules.map(\.id)).count == RuleTable.rules.count)
    }

    @Test func `a row is found by its identifier, and an unknown one is refused by the strictest`() {
        for rule in RuleTable.rules { #expect(RuleTable.row(rule.id) == rule) }
        #expect(RuleTable.row("P99").id == "P05")
    }

    @Test func `the knowledge of a case is asked for before anything that tells of it`() throws {
        func place(_ id: String) throws -> Int { try #require(RuleTable.rules.firstIndex { $0.id == id }) }
        for later in ["P02", "P03", "P05", "P06", "P07", "P08", "P23", "L01", "L02"] {
            #expect(try place("P01") < place(later), "\(later)")
        }
        #expect(try place("V02") < place("P01"))
    }

    @Test func `the digest of the table is that of its text`() {
        let rows = RuleTable.rules.map { [$0.id, $0.code, $0.test, $0.citation, $0.message, $0.ask] }
        let text = rows.map { $0.joined(separator: "\u{1F}") }.joined(separator: "\n")
        #expect(RuleTable.digest == Digest.sha256(Array(text.utf8)))
    }
}

@Suite("Refusals")
struct RefusalTests {
    @Test func `what is recorded may name another rule than what is told`() {
        let told = Refusal(row: "P04")
        let forbidden = Refusal(row: "P04", recorded: "P04C")
        #expect(told.outward == forbidden.outward)
        #expect(told.recordedCode == "E-NOT-FOUND")
        #expect(forbidden.recordedCode == "E-COMPARTMENT")
        #expect(forbidden.recordedRule == "P04C")
        #expect(forbidden.outward.code == "E-NOT-FOUND")
        #expect(forbidden.outward.rule == "P04")
    }

    @Test func `an act may say more than its row, and the code stays`() {
        let refusal = Refusal(row: "P06", message: "Not this one.", ask: "Ask the desk.")
        #expect(refusal.outward.message == "Not this one.")
        #expect(refusal.outward.ask == "Ask the desk.")
        #expect(refusal.outward.code == "E-H2-ORIGINATOR")
        #expect(refusal.outward.citation == RuleTable.row("P06").citation)
        #expect(!refusal.isAlert && Refusal(row: "P09").isAlert)
    }

    @Test func `a field that cannot be is named`() {
        let refusal = Refusal.malformed(field: "endsAt", "a time")
        #expect(refusal.recordedRule == "V01")
        #expect(refusal.outward.code == "E-INVALID")
        #expect(refusal.outward.message.contains("endsAt"))
    }

    @Test func `both forms of an absent thing read the same`() {
        #expect(RuleTable.row("P04").message == RuleTable.row("P04C").message)
        #expect(RuleTable.row("P04").ask == RuleTable.row("P04C").ask)
        for id in ["P04C", "P28"] { #expect(RuleTable.outward(id) == "P04") }
        for rule in RuleTable.rules where !["P04C", "P28"].contains(rule.id) {
            #expect(RuleTable.outward(rule.id) == rule.id)
        }
    }
}
