import Cryptography
import StrictJSON
import TransparencyLog

/// Bundles from which a part is gone: by law, or without authority (T12).
extension BundleCorpusTests {
    /// A record whose second case has an entry, its dissemination, an order, a purge by two persons, and the notice.
    ///
    /// Lines 1 entry, 3 dissemination, 5 order, 7 proposal, 9 approval, 11 notice.
    static func purged(
        _ record: VerificationRecord,
        _ change: (inout [LogLine]) -> Void = { _ in }
    ) throws -> VerificationRecord {
        var record = record
        func part(_ name: String) throws -> [UInt8] {
            guard let part = Part(name: name, salt: [UInt8](repeating: 9, count: 32), value: "words") else {
                throw VerificationRecord.Unmade()
            }
            return try part.encoded()
        }
        for index in stride(from: 1, through: 11, by: 2) {
            record.parts[index] = []
            record.values[index].statement.parts = []
        }
        record.parts[1] = [try part("details"), try part("text")]
        record.values[1].statement.parts = record.parts[1].map { .sha256($0) }
        let text = Statement.Reference(seq: 1, part: record.values[1].statement.parts[1])
        func line(_ index: Int, _ kind: String, _ member: String, _ role: String, _ names: [Statement.Reference]) {
            record.values[index].statement.kind = kind
            record.values[index].statement.member = member
            record.values[index].statement.role = role
            record.values[index].statement.references = names
        }
        line(1, "entry.recorded", "agent", "contributor", [])
        line(3, "dissemination.recorded", "agent", "contributor", [Statement.Reference(seq: 1)])
        line(5, "court_order.received", "counsel", "legal", [])
        line(7, "purge.proposed", "lead", "lead", [Statement.Reference(seq: 5), text])
        line(9, "purge.approved", "counsel", "legal", [Statement.Reference(seq: 7), text, Statement.Reference(seq: 3)])
        line(11, "purge.notice_sent", "", "", [Statement.Reference(seq: 9), Statement.Reference(seq: 3)])
        change(&record.values)
        try record.relink()
        record.note = try record.checkpoint().encoded
        return record
    }

    /// What somebody has done to the lines, or to the parts of line 1.
    private struct Deed: Sendable {
        let name: String
        let exit: Int32
        var findings: String?
        var isStrict = false
        /// Which parts of the entry are gone.
        var gone: [Int] = [1]
        var change: @Sendable (inout [LogLine]) -> Void = { _ in }
    }

    private static let deeds: [Deed] = [
        Deed(name: "purged under an order", exit: 0),
        Deed(name: "purged under an order, strictly", exit: 11, isStrict: true),
        Deed(name: "purged, and its line's other part withheld", exit: 0, gone: [0, 1]),
        Deed(name: "approved, and not destroyed yet", exit: 0, isStrict: true, gone: []),
        Deed(name: "T12 gone without any order", exit: 30, findings: "PAYLOADS: part-lost") { lines in
            for index in [5, 7, 9, 11] { lines[index].statement.kind = "note.added" }
        },
        Deed(
            name: "T12 the details gone, and the purged text there",
            exit: 30,
            findings: "PAYLOADS: part-lost",
            gone: [0]
        ),
        Deed(name: "purged without an order", exit: 30, findings: "PAYLOADS: purge-without-authority") {
            $0[5].statement.kind = "note.added"
        },
        Deed(name: "purged under a refused order", exit: 30, findings: "PAYLOADS: purge-without-authority") { lines in
            lines[5].outcome = .denied
            lines[5].rule = "P05"
        },
        Deed(name: "purged after a review", exit: 0) { $0[5].statement.kind = "retention.reviewed" },
        Deed(name: "approved by who proposed", exit: 30, findings: "PAYLOADS: purge-without-authority") {
            $0[9].statement.member = "lead"
        },
        Deed(name: "approved in the same duty", exit: 30, findings: "PAYLOADS: purge-without-authority") {
            $0[9].statement.role = "lead"
        },
        Deed(name: "approved without a proposal", exit: 30, findings: "PAYLOADS: purge-without-authority") {
            $0[9].statement.references.removeFirst()
        },
        Deed(name: "approved more than was proposed", exit: 30, findings: "PAYLOADS: purge-without-authority") {
            $0[7].statement.references.removeLast()
        },
        Deed(name: "an approval that was refused", exit: 30, findings: "PAYLOADS: part-lost") { lines in
            lines[9].outcome = .denied
            lines[9].rule = "P20"
        },
        Deed(name: "an approval that names another part", exit: 30, findings: "PAYLOADS: part-lost") { lines in
            for index in [7, 9] { lines[index].statement.references[1].part = .zero }
        },
        Deed(name: "a notice suppressed", exit: 30, findings: "COVERAGE: purge-notice-missing") {
            $0[11].statement.kind = "note.added"
        },
        Deed(name: "a notice of another purge", exit: 30, findings: "COVERAGE: purge-notice-missing") {
            $0[11].statement.references[0].seq = 7
        },
        Deed(
            name: "an approval that is silent about who was given it",
            exit: 30,
            findings: "COVERAGE: purge-notice-missing"
        ) { lines in
            lines[9].statement.references.removeLast()
            lines[11].statement.kind = "note.added"
        },
        Deed(name: "purged, and given in an emergency before", exit: 0) { emergency(&$0) },
        Deed(
            name: "an emergency's notice suppressed",
            exit: 30,
            findings: "COVERAGE: purge-notice-missing"
        ) { lines in
            emergency(&lines)
            lines[11].statement.kind = "note.added"
        },
        Deed(
            name: "purged under an order that overrides a rule",
            exit: 30,
            findings: "PAYLOADS: purge-without-authority"
        ) { lines in
            lines[5].outcome = .overridden
            lines[5].rule = "P20"
        },
    ]

    /// Lets the entry have been given in an emergency.
    private static func emergency(_ lines: inout [LogLine]) {
        lines[3].statement.kind = "breakglass.invoked"
        lines[3].outcome = .overridden
        lines[3].rule = "P06"
    }

    /// What the verifier and the script say of what was purged, where the order's details are in the copy and where not.
    static func told(isShown: Bool) throws -> MemoryBundle {
        var record = try purged(VerificationRecord(count: 40))
        let facts: JSONObject = ["court": "Superior Court", "docket": "D-21", "kind": "expunge", "order": 1]
        guard let details = Part(name: "details", salt: [UInt8](repeating: 4, count: 32), value: .object(facts)) else {
            throw VerificationRecord.Unmade()
        }
        let file = try details.encoded()
        record.parts[5] = isShown ? [file] : []
        record.values[5].statement.parts = [Part.digest(of: file)]
        try record.relink()
        record.note = try record.checkpoint().encoded
        var bundle = try bundle(of: record, isCase: true)
        bundle.files["parts/\(Part.digest(of: record.parts[1][1]).hex).json"] = nil
        bundle.renewSums(by: record.signer)
        return bundle
    }

    static let removals: [Sample] = [false, true].flatMap { isCase in
        deeds.map { deed in
            Sample(
                name: deed.name,
                isCase: isCase,
                exit: deed.exit,
                finding: deed.findings,
                options: Options(isStrict: deed.isStrict)
            ) { bundle, record in
                let record = try purged(record, deed.change)
                bundle = try BundleCorpusTests.bundle(of: record, isCase: isCase)
                for index in deed.gone {
                    bundle.files["parts/\(Digest.sha256(record.parts[1][index]).hex).json"] = nil
                }
            }
        }
    }
}
