import Foundation
import StrictJSON
import TestSupport
import Testing

/// G3: nobody learns that there is something which 8 USC 1367 protects, but who deals with it.
@Suite(.serialized, .tags(.large, .g3), .needsPrograms, .alder)
struct G3ProtectedTests {
    /// Everybody in the case who does not deal with it, and oversight.
    private static let others = [
        "lead.fib", "agent.fib1", "analyst.fib", "agent.mpd1", "liaison.mpd", "agent.spo1", "liaison.spo",
        "inspector.lsd", "auditor.rob",
    ]

    private static let questions = [
        ["case", "show", "Alder"], ["case", "list"], ["entry", "list", "Alder"], ["inbox"], ["due"],
        ["due", "Alder"], ["victim", "list", "Alder"], ["victim", "protected", "list", "Alder"],
        ["victim", "consent", "list", "Alder"], ["victim", "referral", "list", "Alder"],
        ["victim", "protected", "show", "Alder", "W-48291374"], ["task", "list", "Alder"], ["purge", "list", "Alder"],
        ["dissemination", "list", "Alder"], ["victim", "flag", "Nowhere", "V-7F3A"],
    ]

    private static func answers(_ deployment: Deployment) throws -> [[String]: (status: Int32, output: [UInt8])] {
        var answers: [[String]: (status: Int32, output: [UInt8])] = [:]
        for name in others {
            for words in questions {
                let answer = try deployment.as(name).accord(words)
                answers[[name] + words] = (answer.status, answer.output)
            }
        }
        return answers
    }

    @Test func `every answer has the same bytes with a protected matter and without`() throws {
        let deployment = try Deployment.shared
        let before = try Self.answers(deployment)
        let receipt = try deployment.as("agent.fib1").must("victim", "flag", "Alder", "V-7F3A", "--recipient", "MPD-VT")
        let item = try #require(receipt.item)
        #expect(item.hasPrefix("W-") && receipt.caseNumber == nil)
        try deployment.as("agent.mpd1").must("victim", "presence", "request", "Alder", "V-91C2")
        let after = try Self.answers(deployment)
        for (words, answer) in before {
            #expect(after[words]?.status == answer.status && after[words]?.output == answer.output, "\(words)")
        }
        // Neither an export of the case, nor readings and refusals tell of it.
        let scratch = try ScratchFolder("bundle", open: true)
        try deployment.as("lead.fib").must("audit", "export", "--case", "Alder", "--output", scratch.path("b.tar"))
        let bundle = try Data(contentsOf: URL(fileURLWithPath: scratch.path("b.tar")))
        for word in [item, "v1367", "V-7F3A"] {
            #expect(bundle.range(of: Data(word.utf8)) == nil, "\(word)")
        }
        for name in ["liaison.mpd", "liaison.spo", "inspector.lsd"] {
            let access = try deployment.as(name).must("audit", "access").objects.compactMap { $0["access"]?.object }
            #expect(access.allSatisfy { $0.text("member") == name || !$0.text("item").hasPrefix("W-") }, "\(name)")
        }
        // By its true name, too, and for who flagged it.
        for name in Self.others {
            let person = deployment.as(name)
            let absent = try person.accord("victim", "protected", "show", "Alder", "W-48291374")
            let there = try person.accord("victim", "protected", "show", "Alder", item)
            #expect(there.output == absent.output && there.status == absent.status && absent.code == "E-NOT-FOUND")
        }
    }
}
