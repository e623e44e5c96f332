import Cryptography
import StrictJSON
import TransparencyLog

/// Bundles of a case whose export states what was left out: whoever hands one on takes something out, and makes the list of
/// digests and the file of what is left out anew.
extension BundleCorpusTests {
    /// The bundle of the second case, without some of its lines and the parts of others, as its export states it.
    private static func exported(
        _ record: VerificationRecord,
        leavingOut lines: Set<Int> = [],
        withoutPartsOf bare: Set<Int> = [],
        _ state: (JSONObject) -> JSONValue = { .object(["act": "audit.export", "holds": .object($0)]) }
    ) throws -> MemoryBundle {
        var record = record
        var count = BundleContentsCount()
        for number in 0..<19 {
            if lines.contains(number) {
                count.withheld.append(UInt64(number))
            } else if !bare.contains(number) {
                for part in record.parts[2 * number + 1] { count.take(part: Part.digest(of: part)) }
            }
        }
        let salt = [UInt8](repeating: 5, count: 32)
        guard let details = Part(name: "details", salt: salt, value: state(count.finish().json)) else {
            throw VerificationRecord.Unmade()
        }
        record.parts[39] = [try details.encoded()]
        record.values[39].statement.parts = record.parts[39].map { Part.digest(of: $0) }
        try record.relink()
        record.note = try record.checkpoint().encoded
        var bundle = try bundle(of: record, isCase: true)
        leaveOut(lines, of: &bundle, record)
        for number in bare { takeOut(partsOf: number, &bundle, record) }
        if !lines.isEmpty {
            var withheld = WithheldLines()
            for number in lines.sorted() { withheld.append(UInt64(number)) }
            bundle.files[WithheldLines.fileName] = withheld.encoded
        }
        return bundle
    }

    private static func takeOut(partsOf number: Int, _ bundle: inout MemoryBundle, _ record: VerificationRecord) {
        for part in record.parts[2 * number + 1] { bundle.files["parts/\(Part.digest(of: part).hex).json"] = nil }
    }

    private typealias Deed = (
        name: String, exit: Int32, finding: String?,
        change: @Sendable (inout MemoryBundle, VerificationRecord) throws -> Void
    )

    private static let deeds: [Deed] = [
        ("nothing left out", 0, nil, { $0 = try exported($1) }),
        ("some lines left out", 0, nil, { $0 = try exported($1, leavingOut: [3, 4, 7]) }),
        ("some parts left out", 0, nil, { $0 = try exported($1, withoutPartsOf: [1, 4]) }),
        ("lines and parts left out", 0, nil, { $0 = try exported($1, leavingOut: [4, 10], withoutPartsOf: [1]) }),
        (
            "a line taken out since, and said to be left out", 30, "SEQUENCE: withheld-not-as-exported",
            { bundle, record in
                bundle = try exported(record)
                leaveOut([5], of: &bundle, record)
                bundle.files["withheld"] = Array("5 5\n".utf8)
            }
        ),
        (
            "one line taken out for another", 30, "SEQUENCE: withheld-not-as-exported",
            { bundle, record in
                let other = try exported(record, leavingOut: [6])
                bundle = try exported(record, leavingOut: [5])
                bundle.lines = other.lines.dropLast() + bundle.lines.suffix(1)
                bundle.files["withheld"] = other.files["withheld"]
            }
        ),
        (
            "the only part of a line taken out since", 30, "PAYLOADS: parts-not-as-exported",
            { bundle, record in
                bundle = try exported(record, leavingOut: [5])
                takeOut(partsOf: 1, &bundle, record)
            }
        ),
        (
            "parts put in that were left out", 30, "PAYLOADS: parts-not-as-exported",
            { bundle, record in
                bundle = try exported(record, withoutPartsOf: [1])
                for part in record.parts[3] { bundle.files["parts/\(Part.digest(of: part).hex).json"] = part }
            }
        ),
        (
            "what the export states taken out", 30, "TAIL: export-unread",
            { bundle, record in
                bundle = try exported(record)
                let kept = try BundleCorpusTests.bundle(of: record, isCase: true).files
                bundle.files = bundle.files.filter { !$0.key.hasPrefix("parts/") || kept[$0.key] != nil }
            }
        ),
        (
            "a part that was missing from the record then", 30, "PAYLOADS: parts-lost-at-export",
            { bundle, record in
                bundle = try exported(record, withoutPartsOf: [1]) { holds in
                    var holds = holds
                    holds["lost"] = 2
                    return ["holds": .object(holds)]
                }
            }
        ),
        ("an export of before exports stated it", 0, nil, { $0 = try exported($1) { _ in ["act": "audit.export"] } }),
        (
            "an export of before exports stated it, and lines left out", 0, nil,
            { $0 = try exported($1, leavingOut: [5]) { _ in ["act": "audit.export"] } }
        ),
    ]

    /// What an export may state in no form.
    private static let forms: [@Sendable (JSONObject) -> JSONValue] = [
        { _ in .array([]) }, { _ in .null }, { _ in ["holds": .null] }, { _ in ["holds": [:]] },
        { holds in
            var holds = holds
            holds["more"] = 1
            return ["holds": .object(holds)]
        },
        { holds in
            var holds = holds
            holds["lost"] = 0
            return ["holds": .object(holds)]
        },
        { holds in
            var holds = holds
            holds["parts"] = -1
            return ["holds": .object(holds)]
        },
        { holds in
            var holds = holds
            holds["withheld"] = "0"
            return ["holds": .object(holds)]
        },
        { holds in
            var holds = holds
            holds["withheld"] = .bool(false)
            return ["holds": .object(holds)]
        },
        { holds in
            var holds = holds
            holds["partsDigest"] = .string(String(repeating: "A", count: 64))
            return ["holds": .object(holds)]
        },
    ]

    static let exports: [Sample] =
        deeds.map { deed in
            Sample(
                name: "exported, \(deed.name)",
                isCase: true,
                exit: deed.exit,
                finding: deed.finding,
                change: deed.change
            )
        }
        + forms.enumerated().map { number, form in
            Sample(
                name: "exported, and states it in no form, \(number)",
                isCase: true,
                exit: 30,
                finding: "TAIL: export-unread"
            ) { $0 = try exported($1, form) }
        }
}
