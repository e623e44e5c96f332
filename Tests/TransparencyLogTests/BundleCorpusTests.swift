import Cryptography
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// Good and bad bundles, of a whole record and of one case: the verifier and the script in the bundle judge them alike.
struct BundleCorpusTests {
    /// The files of a bundle, before and after somebody changed them.
    struct MemoryBundle: BundleFiles {
        var files: [String: [UInt8]]

        func eachName(in folders: [String], _ body: (String) throws -> Void) throws {
            for name in files.keys where folders.contains(where: { name.hasPrefix("\($0)/") }) { try body(name) }
        }
        var count: Int { files.count }
        func size(of name: String) -> Int? { files[name]?.count }
        func read(_ name: String, _ range: Range<Int>) -> [UInt8] { Array((files[name] ?? [])[range]) }

        var lines: [[UInt8]] {
            get { (files["entries.jsonl"] ?? []).split(separator: 0x0A).map { Array($0) + [0x0A] } }
            set { files["entries.jsonl"] = Array(newValue.joined()) }
        }

        /// Makes the list of digests anew: whoever hands a bundle on leaves the old signature there, and the host signs it.
        mutating func renewSums(by host: NoteSigner?) {
            for name in ["SHA256SUMS"] + (host == nil ? [] : ["SHA256SUMS.note"]) { files[name] = nil }
            // Proofs and signed statements by their numbers, of six digits or more.
            func place(_ name: String) -> String {
                let digits = name.prefix { $0 != "." }.utf8.count + 100
                for folder in ["proofs/", "st/"] where name.hasPrefix(folder) { return "\(folder)\(digits)\(name)" }
                return name
            }
            let names = files.keys.filter { $0 != "SHA256SUMS.note" }.sorted {
                place($0).utf8.lexicographicallyPrecedes(place($1).utf8)
            }
            let list = names.flatMap { Array("\(Digest.sha256(files[$0] ?? []).hex)  \($0)\n".utf8) }
            files["SHA256SUMS"] = list
            if let host { files["SHA256SUMS.note"] = try? SignedSums.note(digest: .sha256(list), by: host) }
        }

        /// Exchanges the contents of two files.
        mutating func exchange(_ first: String, _ second: String) {
            (files[first], files[second]) = (files[second], files[first])
        }
    }

    /// What one bundle is, and what is to be found in it.
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let isCase: Bool
        let exit: Int32
        /// `check: finding` of what failed: this one among others.
        let finding: String?
        var options: Options = Options()
        /// Whether whoever changed the bundle thought of the list of digests.
        var isListRenewed = true
        let change: @Sendable (inout MemoryBundle, VerificationRecord) throws -> Void
        var testDescription: String { "\(isCase ? "case" : "record"): \(name)" }
    }

    /// What the reader hands in.
    struct Options: Sendable {
        var isKeyGiven = false
        var isStrict = false
        var known: @Sendable (VerificationRecord) throws -> SignedNote? = { _ in nil }
        /// What shows that a case's checkpoint and the known one are of one history.
        var growth: @Sendable (VerificationRecord) throws -> [UInt8]? = { _ in nil }
        var policy: @Sendable (VerificationRecord) throws -> String? = { _ in nil }
        /// The file of allowed signers that the reader has from elsewhere.
        var signers: @Sendable () throws -> [UInt8]? = { nil }
        /// Whether the policy names the log's key.
        var isLogInPolicy = false

        /// Nil if the policy is none that can be read.
        func verification(_ record: VerificationRecord) throws -> BundleVerification? {
            let text = try policy(record)
            let policy = text.flatMap { try? WitnessPolicy(parsing: Array($0.utf8)) }
            let file = try signers()
            let held = file.flatMap { AllowedSigners(parsing: $0) }
            let proof = try growth(record)
            let grown = proof.flatMap { try? WitnessRequest(parsing: $0) }
            guard (text == nil) == (policy == nil), (file == nil) == (held == nil), (proof == nil) == (grown == nil)
            else { return nil }
            return BundleVerification(
                key: isKeyGiven ? record.signer.verifierKey : nil,
                known: try known(record).map { [try UnverifiedCheckpoint($0).claim] } ?? [],
                isStrict: isStrict,
                policy: policy,
                signers: held,
                growth: grown.map { [$0] } ?? []
            )
        }
    }

    /// The bundle of a record of 40 lines, or of the second of its two cases.
    static func bundle(of record: VerificationRecord, isCase: Bool) throws -> MemoryBundle {
        let leaves = record.lines.map { Digest.leaf($0) }
        let second = record.values[1].statement.caseKey
        let places = record.lines.indices.filter { !isCase || record.values[$0].statement.caseKey == second }
        var bundle = MemoryBundle(files: [
            "checkpoint": record.note, "log.vkey": Array((record.signer.verifierKey.text + "\n").utf8),
            "README.txt": BundleResources.readme, "verify.py": BundleResources.verifyScript,
            "check.py": BundleResources.checkScript, "allowed_signers": [],
        ])
        bundle.lines = places.map { record.lines[$0] }
        for place in places {
            for part in record.parts[place] { bundle.files["parts/\(Digest.sha256(part).hex).json"] = part }
            guard isCase else { continue }
            let path = MerkleTree.inclusionProof(of: UInt64(place), in: UInt64(leaves.count)) { node in
                MerkleTree.root(
                    of: Array(leaves[Int(node.index) << node.height..<(Int(node.index) + 1) << node.height])
                )
            }
            let proof = InclusionProof(index: UInt64(place), path: try #require(path), note: record.note)
            let name = InclusionProof.fileName(caseSeq: record.values[place].caseSeq)
            bundle.files[name] = proof.encoded
        }
        bundle.renewSums(by: record.signer)
        return bundle
    }

    /// Changes that both kinds of bundle suffer, with their findings in each.
    private static let common: [(String, record: String, case: String, @Sendable (inout MemoryBundle) -> Void)] = [
        (
            "T1 a changed part", "PAYLOADS: part-altered", "PAYLOADS: part-altered",
            { bundle in
                for name in bundle.files.keys.filter({ $0.hasPrefix("parts/") }).sorted().prefix(1) {
                    bundle.files[name]?[20] ^= 1
                }
            }
        ),
        (
            "a part that no line lists", "PAYLOADS: part-unlisted", "PAYLOADS: part-unlisted",
            {
                $0.files["parts/x.json"] = [1]
            }
        ),
        ("T2 a changed line", "LINKS: line-altered", "LINKS: line-altered", { $0.lines[5] = redated($0.lines[5]) }),
        ("T3 a deleted line", "SEQUENCE: record-missing", "SEQUENCE: record-missing", { $0.lines.remove(at: 5) }),
        ("the first line deleted", "SEQUENCE: record-missing", "SEQUENCE: record-missing", { $0.lines.removeFirst() }),
        (
            "T4 two lines swapped", "SEQUENCE: records-out-of-order", "SEQUENCE: records-out-of-order",
            {
                $0.lines.swapAt(5, 6)
            }
        ),
        ("T6 a tail cut", "ANCHOR: checkpoint-beyond-log", "TAIL: tail-cut", { $0.lines.removeLast(3) }),
        (
            "T8 a fork", "SEQUENCE: duplicate-sequence-fork", "SEQUENCE: duplicate-sequence-fork",
            {
                $0.lines.insert(redated($0.lines[5]), at: 6)
            }
        ),
        (
            "T9 a line twice", "SEQUENCE: record-duplicated", "SEQUENCE: record-duplicated",
            {
                $0.lines.insert($0.lines[5], at: 6)
            }
        ),
        (
            "T10 the last line cut short", "FORMAT: truncated-last-line", "FORMAT: truncated-last-line",
            {
                $0.files["entries.jsonl"]?.removeLast(40)
            }
        ),
        (
            "a line that is none", "FORMAT: malformed-line", "FORMAT: malformed-line",
            { $0.lines[5] = Array("{}\n".utf8) }
        ),
        (
            "a line beyond all bounds", "FORMAT: malformed-line", "FORMAT: malformed-line",
            {
                $0.lines[5] = [UInt8](repeating: 0x41, count: 130_000) + [0x0A]
            }
        ),
        (
            "a checkpoint that is none", "ANCHOR: checkpoint-malformed", "ANCHOR: checkpoint-malformed",
            {
                $0.files["checkpoint"]?.removeLast(3)
            }
        ),
        (
            "a key twice", "ANCHOR: key-malformed", "ANCHOR: key-malformed",
            { $0.files["log.vkey"] = $0.files["log.vkey"].map { $0 + $0 } }
        ),
        ("a key that is none", "ANCHOR: key-malformed", "ANCHOR: key-malformed", { $0.files["log.vkey"]?[5] ^= 1 }),
    ]

    /// What the issue of attacks adds: T7 in other ways, and what only the list of digests shows.
    private static let attacks: [Sample] =
        [false, true].flatMap { isCase in
            [
                Sample(
                    name:
                        "an entry inserted with an earlier time, all numbered, linked and signed anew by the log's key",
                    isCase: isCase,
                    exit: 30,
                    finding: "SEQUENCE: time-runs-back",
                    options: Options(isKeyGiven: true)
                ) { bundle, record in
                    bundle = try BundleCorpusTests.bundle(of: inserted(record, at: 5, by: -4), isCase: isCase)
                },
                Sample(
                    name: "an entry inserted and dated to fit, for whoever holds no checkpoint",
                    isCase: isCase,
                    exit: 0,
                    finding: nil,
                    options: Options(isKeyGiven: true)
                ) { bundle, record in
                    bundle = try BundleCorpusTests.bundle(of: inserted(record, at: 5, by: 0), isCase: isCase)
                },
                Sample(
                    name: "an entry inserted and dated to fit, for whoever holds a checkpoint",
                    isCase: isCase,
                    exit: isCase ? 40 : 20,
                    finding: isCase ? nil : "ANCHOR: known-checkpoint-contradicted",
                    options: Options(isKeyGiven: true, known: { try $0.checkpoint() })
                ) { bundle, record in
                    bundle = try BundleCorpusTests.bundle(of: inserted(record, at: 5, by: 0), isCase: isCase)
                },
                Sample(
                    name: "a payload swapped between two entries",
                    isCase: isCase,
                    exit: 30,
                    finding: "PAYLOADS: part-altered"
                ) { bundle, record in
                    bundle.exchange(partName(record, 3, 0), partName(record, 15, 0))
                },
                Sample(
                    name: "two payloads of one entry swapped",
                    isCase: isCase,
                    exit: 30,
                    finding: "PAYLOADS: part-altered"
                ) { bundle, record in
                    bundle.exchange(partName(record, 9, 0), partName(record, 9, 1))
                },
                Sample(
                    name: "a payload swapped between two entries with its digest",
                    isCase: isCase,
                    exit: 30,
                    finding: "LINKS: line-altered"
                ) { bundle, record in
                    let digests = [3, 15].map { Digest.sha256(record.parts[$0][0]).hex }
                    bundle.lines = bundle.lines.map { line in
                        let text = String(decoding: line, as: UTF8.self)
                        let other = text.contains(digests[0]) ? 1 : 0
                        return Array(text.replacing(digests[1 - other], with: digests[other]).utf8)
                    }
                },
                listed("a README.txt that says something else", isCase, "file-altered") {
                    $0.files["README.txt"]?[9] ^= 1
                },
                listed("a file lost", isCase, "file-missing") { $0.files["README.txt"] = nil },
                listed("a file that is not listed", isCase, "file-unlisted") { $0.files["policy"] = [1] },
                listed("a file that no export has", isCase, "file-unlisted") { $0.files["notes/mine.txt"] = [1] },
                listed("the signature of the list lost", isCase, "sums-unsigned") {
                    $0.files[SignedSums.fileName] = nil
                },
                listed("the list of another's hand", isCase, "sums-signature-wrong") { $0.renewSums(by: try? other()) },
                listed("a word after the signature of the list", isCase, "sums-signature-wrong") {
                    $0.files[SignedSums.fileName]?.append(0x0A)
                },
                listed("a checkpoint in place of the list's signature", isCase, "sums-signature-wrong") {
                    $0.files[SignedSums.fileName] = $0.files["checkpoint"]
                },
                listed("the list lost", isCase, "sums-missing") { $0.files["SHA256SUMS"] = nil },
                listed("the list in another order", isCase, "sums-malformed") { bundle in
                    let lines = (bundle.files["SHA256SUMS"] ?? []).split(separator: 0x0A)
                    bundle.files["SHA256SUMS"] = lines.reversed().flatMap { $0 + [0x0A] }
                },
                listed("the list with a name that leads elsewhere", isCase, "sums-malformed") { bundle in
                    let digest = String(repeating: "0", count: 64)
                    bundle.files["SHA256SUMS"]?.insert(contentsOf: Array("\(digest)  ../x\n".utf8), at: 0)
                },
            ]
                + ["README.txt", "allowed_signers", "check.py", "policy", "witnessed"].flatMap { name in
                    ["lost", "put", "altered"].map { what in
                        listed("\(name) \(what), and the list made anew", isCase, "sums-signature-wrong") { bundle in
                            // What the host exported.
                            bundle.files[name] = what == "put" ? nil : bundle.files[name] ?? [1]
                            bundle.renewSums(by: try? VerificationRecord(count: 1).signer)
                            bundle.files[name] = what == "lost" ? nil : [2]
                            bundle.renewSums(by: nil)
                        }
                    }
                }
        }

    /// A change by somebody who did not think of the list of digests.
    private static func listed(
        _ name: String,
        _ isCase: Bool,
        _ word: String,
        _ change: @escaping @Sendable (inout MemoryBundle) -> Void
    ) -> Sample {
        Sample(name: name, isCase: isCase, exit: 30, finding: "FORMAT: \(word)", isListRenewed: false) { bundle, _ in
            change(&bundle)
        }
    }

    private static let special: [Sample] = [
        Sample(name: "T7 rewritten", isCase: false, exit: 30, finding: "ANCHOR: root-mismatch") { bundle, record in
            var record = record
            try rewrite(&record)
            bundle.lines = record.lines
        },
        Sample(name: "T7 rewritten", isCase: true, exit: 30, finding: "ANCHOR: proof-wrong") { bundle, record in
            var record = record
            try rewrite(&record)
            bundle.lines = record.lines.indices.filter { $0 % 2 == 1 }.map { record.lines[$0] }
        },
        Sample(name: "T11 another key", isCase: false, exit: 30, finding: "ANCHOR: unknown-key") { bundle, record in
            bundle.files["checkpoint"] = try record.checkpoint(by: other()).encoded
        },
        Sample(name: "T11 another key", isCase: true, exit: 30, finding: "ANCHOR: unknown-key") { bundle, record in
            let note = try record.checkpoint(by: other()).encoded
            bundle = try BundleCorpusTests.bundle(of: with(record, note: note), isCase: true)
        },
        Sample(name: "T11 a wrong signature", isCase: false, exit: 30, finding: "ANCHOR: bad-signature") {
            bundle,
            record in
            var note = record.note
            note[note.count - 20] = note[note.count - 20] == 0x41 ? 0x42 : 0x41
            bundle.files["checkpoint"] = note
        },
        Sample(
            name: "the other key handed in",
            isCase: false,
            exit: 0,
            finding: nil,
            options: Options(isKeyGiven: true),
            isListRenewed: false
        ) {
            bundle,
            _ in bundle.files = bundle.files.filter { ["checkpoint", "entries.jsonl"].contains($0.key) }
        },
        Sample(name: "a case without its proofs", isCase: true, exit: 30, finding: "SEQUENCE: record-missing") {
            bundle,
            _ in
            bundle.files = bundle.files.filter { !$0.key.hasPrefix("proofs/") }
        },
        Sample(name: "with a proof beside it", isCase: false, exit: 30, finding: "LINKS: line-of-another-case") {
            bundle,
            record in
            bundle.files["proofs/000001.tlog-proof"] =
                try BundleCorpusTests.bundle(of: record, isCase: true).files["proofs/000001.tlog-proof"]
        },
        Sample(name: "a line of another case", isCase: true, exit: 30, finding: "LINKS: line-of-another-case") {
            $0.lines.insert($1.lines[10], at: 6)
        },
        Sample(name: "a proof missing", isCase: true, exit: 30, finding: "ANCHOR: proof-missing") { bundle, _ in
            bundle.files["proofs/000003.tlog-proof"] = nil
        },
        Sample(name: "a proof too many", isCase: true, exit: 30, finding: "ANCHOR: proof-unlisted") { bundle, _ in
            bundle.files["proofs/000099.tlog-proof"] = bundle.files["proofs/000003.tlog-proof"]
        },
        Sample(name: "proofs of a millionth line too many", isCase: true, exit: 30, finding: "ANCHOR: proof-unlisted") {
            bundle,
            _ in
            for name in ["proofs/999999.tlog-proof", "proofs/1000000.tlog-proof"] { bundle.files[name] = [1] }
        },
        Sample(name: "two proofs exchanged", isCase: true, exit: 30, finding: "ANCHOR: proof-wrong") { bundle, _ in
            let third = bundle.files["proofs/000003.tlog-proof"]
            bundle.files["proofs/000003.tlog-proof"] = bundle.files["proofs/000004.tlog-proof"]
            bundle.files["proofs/000004.tlog-proof"] = third
        },
        Sample(name: "a tail cut with its proofs", isCase: true, exit: 30, finding: "TAIL: tail-cut") { bundle, _ in
            bundle.lines.removeLast()
            bundle.files["proofs/000019.tlog-proof"] = nil
        },
        Sample(
            name: "a proof of another checkpoint",
            isCase: true,
            exit: 30,
            finding: "ANCHOR: proof-of-another-checkpoint"
        ) { bundle, _ in
            bundle.files["proofs/000003.tlog-proof"]? += Array("\u{2014} other AAAAAAA=\n".utf8)
        },
        Sample(name: "beyond the checkpoint", isCase: true, exit: 30, finding: "ANCHOR: line-beyond-checkpoint") {
            bundle,
            record in
            let leaves = record.lines.prefix(30).map { Digest.leaf($0) }
            let head = try #require(
                Checkpoint(origin: VerificationRecord.origin, size: 30, root: MerkleTree.root(of: leaves))
            )
            let note = try #require(try head.signed(by: record.signer)).encoded
            bundle = try BundleCorpusTests.bundle(of: with(record, note: note), isCase: true)
        },
        Sample(name: "without a checkpoint", isCase: false, exit: 40, finding: nil) { bundle, _ in
            bundle.files["checkpoint"] = nil
        },
        Sample(name: "without a checkpoint", isCase: true, exit: 40, finding: nil) { bundle, _ in
            bundle.files["checkpoint"] = nil
        },
        Sample(name: "without lines", isCase: false, exit: 40, finding: nil) { bundle, _ in
            bundle.files["entries.jsonl"] = nil
        },
        Sample(name: "a part withheld", isCase: true, exit: 0, finding: nil) { bundle, _ in withhold(&bundle) },
        Sample(
            name: "a part withheld, strictly",
            isCase: true,
            exit: 11,
            finding: nil,
            options: Options(isStrict: true)
        ) {
            bundle,
            _ in withhold(&bundle)
        },
        Sample(
            name: "strictly, and nothing withheld",
            isCase: true,
            exit: 0,
            finding: nil,
            options: Options(isStrict: true)
        ) {
            _,
            _ in
        },
        Sample(name: "lines left out, and said so", isCase: true, exit: 0, finding: nil) { bundle, record in
            leaveOut([3, 4, 7], of: &bundle, record)
            bundle.files["withheld"] = Array("3 4\n7 7\n".utf8)
        },
        Sample(
            name: "lines left out, and said so, strictly",
            isCase: true,
            exit: 11,
            finding: nil,
            options: Options(isStrict: true)
        ) { bundle, record in
            leaveOut([0], of: &bundle, record)
            bundle.files["withheld"] = Array("0 0\n".utf8)
        },
        Sample(name: "more left out than said", isCase: true, exit: 30, finding: "SEQUENCE: record-missing") {
            bundle,
            record in
            leaveOut([3, 4, 5], of: &bundle, record)
            bundle.files["withheld"] = Array("3 4\n".utf8)
        },
        Sample(name: "said and not left out", isCase: true, exit: 30, finding: "SEQUENCE: line-said-withheld") {
            bundle,
            record in
            leaveOut([3], of: &bundle, record)
            bundle.files["withheld"] = Array("3 4\n".utf8)
        },
        Sample(name: "said beyond the end", isCase: true, exit: 30, finding: "SEQUENCE: withheld-beyond-end") {
            bundle,
            _ in bundle.files["withheld"] = Array("30 31\n".utf8)
        },
        Sample(name: "said in no form", isCase: true, exit: 30, finding: "SEQUENCE: withheld-malformed") {
            bundle,
            record in
            leaveOut([3], of: &bundle, record)
            bundle.files["withheld"] = Array("3\n".utf8)
        },
        Sample(
            name: "of the checkpoint that is known",
            isCase: true,
            exit: 0,
            finding: nil,
            options: Options(known: { try $0.checkpoint() })
        ) { _, _ in },
        Sample(
            name: "of a smaller checkpoint than the one known",
            isCase: true,
            exit: 40,
            finding: nil,
            options: Options(known: { try earlier($0) })
        ) { _, _ in },
        Sample(
            name: "that grew from the checkpoint that is known",
            isCase: false,
            exit: 0,
            finding: nil,
            options: Options(known: { try earlier($0) })
        ) { _, _ in },
        Sample(
            name: "another history than is known",
            isCase: false,
            exit: 20,
            finding: "ANCHOR: known-checkpoint-contradicted",
            options: Options(known: { try rewritten($0).checkpoint() })
        ) { _, _ in },
        Sample(
            name: "another history than is known",
            isCase: true,
            exit: 20,
            finding: "ANCHOR: known-checkpoint-contradicted",
            options: Options(known: { try rewritten($0).checkpoint() })
        ) { _, _ in },
        Sample(
            name: "of another log",
            isCase: false,
            exit: 30,
            finding: "ANCHOR: line-of-another-log"
        ) { bundle, record in
            var record = record
            record.values[39].statement.log = "log.example.net/other"
            record.lines[39] = try record.values[39].encoded()
            bundle.lines = record.lines
            bundle.files["checkpoint"] = try record.checkpoint().encoded
        },
    ]

    static let samples: [Sample] =
        [false, true].flatMap { isCase in
            [Sample(name: "untouched", isCase: isCase, exit: 0, finding: nil) { _, _ in }]
                + common.map { name, record, ofCase, change in
                    Sample(name: name, isCase: isCase, exit: 30, finding: isCase ? ofCase : record) { bundle, _ in
                        change(&bundle)
                    }
                }
        } + special + removals + coverage + exports + witnessed + growths + SignatureCorpus.samples + attacks

    @Test(arguments: samples)
    func `verifier and script give the same verdicts and the same status`(sample: Sample) throws {
        let record = try VerificationRecord(count: 40)
        var bundle = try Self.bundle(of: record, isCase: sample.isCase)
        try sample.change(&bundle, record)
        if sample.isListRenewed { bundle.renewSums(by: record.signer) }
        let known = try sample.options.known(record)
        let policy = try sample.options.policy(record)
        let report = try? sample.options.verification(record)?.report(on: bundle)
        #expect(report?.exitCode ?? 40 == sample.exit, "\(report?.verdicts.map(\.message) ?? [])")
        let failures = report?.failures ?? []
        if let finding = sample.finding { #expect(failures.contains(finding), "\(failures)") }
        if sample.exit == 0 {
            let isTrusted = sample.options.isKeyGiven || sample.options.isLogInPolicy || known?.encoded == record.note
            let isOpen = report?.verdicts.contains { $0.finding == "trust-not-established" } ?? false
            #expect(isOpen != isTrusted)
        }

        guard program("python3") != nil else { return }
        let folder = try ScratchFolder("bundle")
        try run("mkdir", ["parts", "proofs", "keys", "st"], in: folder.path)
        for (name, bytes) in bundle.files {
            if name.contains("/") { try run("mkdir", ["-p", String(name.prefix { $0 != "/" })], in: folder.path) }
            try folder.write(name, bytes)
        }
        let elsewhere = try ScratchFolder("elsewhere")
        var words = ["-I", try elsewhere.write("verify.py", BundleResources.verifyScript)]
        if let known { words += ["--known", try elsewhere.write("kept", known.encoded)] }
        if let policy { words += ["--policy", try elsewhere.write("mine", policy)] }
        if let growth = try sample.options.growth(record) {
            words += ["--growth", try elsewhere.write("grown", growth)]
        }
        if let signers = try sample.options.signers() {
            words += ["--signers", try elsewhere.write("signers", signers)]
        }
        if sample.options.isStrict { words.append("--strict") }
        if sample.options.isKeyGiven { words += ["--vkey", record.signer.verifierKey.text] }
        let script = try run("python3", words, in: folder.path)
        #expect(script.status == sample.exit, "\(script.stdout)\(script.stderr)")
        let found = script.stdout.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count > 2, words[1] == "failed" else { return nil }
            return "\(words[0]): \(words[2].dropLast())"
        }
        #expect(found.sorted() == failures.sorted(), "\(script.stdout)")

        // The short script looks at form, numbers, links and the root, and finds what is wrong with these.
        try folder.write("check.py", BundleResources.checkScript)
        let short = try run("python3", ["-I", "check.py"], in: folder.path)
        let word = sample.finding?.split(separator: " ").last.map(String.init) ?? ""
        if Self.foundByShortScript.contains(word) { #expect(short.status != 0, "\(short.stdout)") }
        if sample.exit == 0 { #expect(short.status == 0, "\(short.stdout)\(short.stderr)") }
    }

    private static let foundByShortScript: Set<String> = [
        "record-missing", "records-out-of-order", "record-duplicated", "duplicate-sequence-fork", "line-altered",
        "malformed-line", "truncated-last-line", "root-mismatch", "checkpoint-beyond-log", "proof-wrong",
        "proof-missing", "line-beyond-checkpoint", "line-of-another-case", "line-said-withheld",
    ]

    @Test func `a flipped bit anywhere in the lines and proofs of a case is found`() throws {
        let record = try VerificationRecord(count: 12)
        let (bundle, signer) = (try Self.bundle(of: record, isCase: true), record.signer)
        let verification = BundleVerification(key: nil, known: [])
        #expect(try verification.report(on: bundle).exitCode == 0)
        for (name, bytes) in bundle.files where name.hasPrefix("proofs/") || name == "entries.jsonl" {
            // Every bit takes long without the optimiser: a step of 9 takes nearly each byte, with another bit of each.
            for bit in stride(from: 0, to: bytes.count * 8, by: Effort.isLong ? 1 : 9) {
                var changed = bundle
                changed.files[name]?[bit / 8] ^= 1 << UInt8(bit % 8)
                // By the host, who signs the list: nothing that only that would find.
                changed.renewSums(by: signer)
                #expect(try verification.report(on: changed).exitCode == 30, "\(name) bit \(bit)")
            }
        }
    }

    @Test func `threads that share the work change nothing of the report`() throws {
        let record = try VerificationRecord(count: 1_000)
        let bundle = try Self.bundle(of: record, isCase: true)
        let verification = BundleVerification(key: nil, known: [])
        let backwards = try verification.report(on: bundle) { count, work in
            for piece in (0..<count).reversed() { work(piece) }
        }
        #expect(try backwards == verification.report(on: bundle))
        #expect(backwards.exitCode == 0)
    }
}

/// Replaces the last digit of the author's clock: still a line, with another digest.
private func redated(_ line: [UInt8]) -> [UInt8] {
    var line = line
    let text = String(decoding: line, as: UTF8.self)
    guard let end = text.utf8ByteOffset(of: ",\"by\":") else { return line }
    line[end - 1] = line[end - 1] == 0x30 ? 0x31 : 0x30
    return line
}

extension String {
    fileprivate func utf8ByteOffset(of text: String) -> Int? {
        firstRange(of: text).map { utf8.distance(from: startIndex, to: $0.lowerBound) }
    }
}

private func rewrite(_ record: inout VerificationRecord) throws {
    record.values[5].rule = "P01"
    record.values[5].outcome = .denied
    try record.relink()
}

private func rewritten(_ record: VerificationRecord) throws -> VerificationRecord {
    var record = record
    try rewrite(&record)
    return record
}

/// The record with one more line before a place, dated like it or by some milliseconds apart.
///
/// Whoever has the log's key numbers, links and signs it all anew.
private func inserted(_ record: VerificationRecord, at place: Int, by milliseconds: Int64) throws -> VerificationRecord
{
    var record = record
    var line = record.values[place]
    line.statement.nonce = try #require(Nonce(bytes: [UInt8](repeating: 0xEE, count: 16)))
    line.statement.parts = []
    line.recordedAt += milliseconds
    for later in place..<record.values.count {
        record.values[later].seq += 1
        if record.values[later].statement.caseKey == line.statement.caseKey { record.values[later].caseSeq += 1 }
    }
    record.values.insert(line, at: place)
    record.lines.insert([], at: place)
    record.parts.insert([], at: place)
    try record.relink()
    record.note = try record.checkpoint().encoded
    return record
}

private func partName(_ record: VerificationRecord, _ line: Int, _ part: Int) -> String {
    "parts/\(Digest.sha256(record.parts[line][part]).hex).json"
}

private func with(_ record: VerificationRecord, note: [UInt8]) -> VerificationRecord {
    var record = record
    record.note = note
    return record
}

private func other() throws -> NoteSigner {
    let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 8, count: 32)))
    return try #require(NoteSigner(name: VerificationRecord.origin, privateKey: key))
}

private func earlier(_ record: VerificationRecord) throws -> SignedNote? {
    let leaves = record.lines.prefix(30).map { Digest.leaf($0) }
    return try Checkpoint(origin: VerificationRecord.origin, size: 30, root: MerkleTree.root(of: leaves))?
        .signed(by: record.signer)
}

private func withhold(_ bundle: inout BundleCorpusTests.MemoryBundle) {
    let names = bundle.files.keys.filter { $0.hasPrefix("parts/") }
    guard let first = names.min() else { return }
    // A copy has all parts of a line or none of them.
    func isOf(_ line: [UInt8], _ name: String) -> Bool {
        line.firstRange(of: Array(name.dropFirst("parts/".count).prefix(64).utf8)) != nil
    }
    guard let line = bundle.lines.first(where: { isOf($0, first) }) else { return }
    for name in names where isOf(line, name) { bundle.files[name] = nil }
}

/// Takes lines of the case out of its bundle, with all that belongs to them.
func leaveOut(
    _ numbers: Set<Int>,
    of bundle: inout BundleCorpusTests.MemoryBundle,
    _ record: VerificationRecord
) {
    bundle.lines = bundle.lines.enumerated().filter { !numbers.contains($0.offset) }.map(\.element)
    for number in numbers {
        bundle.files[InclusionProof.fileName(caseSeq: UInt64(number))] = nil
        for part in record.parts[2 * number + 1] { bundle.files["parts/\(Digest.sha256(part).hex).json"] = nil }
    }
}
