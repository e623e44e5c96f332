import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// Where lines cannot tell whether a rule asked for signatures, all three verifiers say that it was not looked at.
struct SigningNoticeTests {
    typealias Change = SignatureCorpus.Change

    /// A copy, what the verifier and the page find, and what the script says.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var isCase = false
        /// The finding, what it counts, and the script's words; nil if nothing is to be said.
        let notice: (finding: String, count: Int, words: String)?
        let change: Change
        var testDescription: String { name }
    }

    private static func rule(_ facts: JSONObject, _ record: inout VerificationRecord) throws {
        try SignatureCorpus.rule(facts, in: &record)
    }

    private static func hide(_ member: String = "lead", in record: inout VerificationRecord) {
        for place in [11, 13] {
            record.values[place].statement.kind = "restricted"
            record.values[place].statement.member = member
        }
    }

    private static let unjudged = "lines do not tell what was done"
    private static let cases: [Case] = [
        Case(
            name: "a case",
            isCase: true,
            notice: ("signing-rules-elsewhere", 17, "a case does not tell"),
            change: { _ in }
        ),
        Case(
            name: "a rule that states no kind",
            notice: ("signing-rules-untold", 1, "state no kind"),
            change: { try rule(["act": "entry.seal", "kinds": []], &$0) }
        ),
        Case(
            name: "lines that do not tell what was done",
            notice: ("signing-rules-unjudged", 2, "2 \(unjudged)"),
            change: { record in
                try rule(["kinds": ["case.closed"]], &record)
                hide(in: &record)
            }
        ),
        Case(
            name: "such lines of the daemon itself",
            notice: nil,
            change: { record in
                try rule(["kinds": ["case.closed"]], &record)
                hide("", in: &record)
            }
        ),
        Case(
            name: "such lines of an agency that no rule is for",
            notice: nil,
            change: { record in
                try rule(["agency": "FIB", "kinds": ["case.closed"]], &record)
                hide(in: &record)
            }
        ),
        Case(name: "such lines where there is no rule", notice: nil, change: { hide(in: &$0) }),
    ]

    @Test(.needsTool("python3"), .needsTool("node"), arguments: cases)
    func `what was not looked at is said`(one: Case) throws {
        var bundle = try SignatureCorpus.bundle(isCase: one.isCase, one.change)
        bundle.renewSums(by: try VerificationRecord().signer)
        let report = try BundleVerification(key: nil, known: []).report(on: bundle)
        #expect(report.exitCode == 0, "\(report.failures)")
        let findings = ["signing-rules-elsewhere", "signing-rules-untold", "signing-rules-unjudged"]
        let said = report.verdicts.filter { findings.contains($0.finding ?? "") }
        let expected = one.notice.map { ["\($0.finding) \($0.count)"] } ?? []
        #expect(said.map { "\($0.finding ?? "") \($0.count)" } == expected)

        let question = PageVerificationTests.Question(tar: try PageVerificationTests.tar(bundle), key: "")
        let page = try PageVerificationTests.answers([question])[0]
        let shown = page.verdicts.filter { verdict in findings.contains { verdict.contains($0) } }
        #expect(shown.count == said.count)
        if let notice = one.notice {
            let words = "SIGNATURES notice \(notice.finding) \(notice.count) "
            #expect(shown.allSatisfy { $0.hasPrefix(words) }, "\(shown)")
        }

        let folder = try ScratchFolder("bundle")
        try run("mkdir", ["parts", "proofs", "keys", "st"], in: folder.path)
        for (name, bytes) in bundle.files { try folder.write(name, bytes) }
        let script = try run("python3", ["-I", "verify.py"], in: folder.path)
        #expect(script.status == 0, "\(script.stdout)")
        for words in ["a case does not tell", "state no kind", Self.unjudged] {
            #expect(script.stdout.contains(words) == (one.notice?.words.contains(words) ?? false), "\(script.stdout)")
        }
    }
}
