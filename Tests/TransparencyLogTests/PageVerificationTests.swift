import Cryptography
import Foundation
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// The check that runs in the page of an export, run by Node: the same verdicts as the verifier's on the same bundles.
struct PageVerificationTests {
    /// What is judged: a tar file, and what its reader has from elsewhere.
    struct Question {
        var tar: [UInt8]
        var key = ""
        var known: [String] = []
        var growth: [String] = []
        var policy = ""
        /// A file of allowed signers from elsewhere.
        var signers: [UInt8]?
        var isStrict = false
        /// Whether the browser has Ed25519.
        var hasEd25519 = true
    }

    /// The answer of the page: its status, and `check result finding count first` of each verdict.
    struct Answer: Equatable {
        var exit: Int64
        var verdicts: [String]
    }

    /// Asks the page's program in one run of Node.
    static func answers(_ questions: [Question]) throws -> [Answer] {
        let folder = try ScratchFolder("page")
        try folder.write("verify.js", BundlePage.verifyScript)
        var list: [JSONValue] = []
        for (index, question) in questions.enumerated() {
            var one: JSONObject = [
                "tar": .string(try folder.write("\(index).tar", question.tar)), "key": .string(question.key),
                "known": .array(question.known.map { .string($0) }), "policy": .string(question.policy),
                "growth": .array(question.growth.map { .string($0) }),
                "isStrict": .bool(question.isStrict), "hasEd25519": .bool(question.hasEd25519),
            ]
            one["signers"] = question.signers.map { .string(String(decoding: $0, as: UTF8.self)) }
            list.append(.object(one))
        }
        let questions = try folder.write("questions.json", JSONValue.array(list).encoded)
        let script = """
            "use strict";
            const fs = require("fs");
            globalThis.crypto ??= require("crypto").webcrypto;
            const Accord = require(process.argv[1]);
            const importKey = crypto.subtle.importKey;
            (async () => {
              for (const question of JSON.parse(fs.readFileSync(process.argv[2], "utf8"))) {
                let report = { exitCode: 40, verdicts: [] };
                question.signers = question.signers === undefined ? undefined : new TextEncoder().encode(question.signers);
                crypto.subtle.importKey = (...words) => !question.hasEd25519 && words[2].name === "Ed25519"
                  ? Promise.reject(new Error("unknown algorithm")) : importKey.apply(crypto.subtle, words);
                try {
                  report = await Accord.verify(Accord.readTar(new Uint8Array(fs.readFileSync(question.tar))), question);
                } catch (error) {
                  report.verdicts.push({ check: "TAR", result: error.message });
                }
                const verdicts = report.verdicts.map((v) => `${v.check} ${v.result} ${v.finding ?? "-"} ${v.count} ${v.first ?? "-"}`);
                console.log(JSON.stringify({ exit: report.exitCode, verdicts }));
              }
            })();
            """
        let node = try run("node", ["-e", script, folder.path("verify.js"), questions], deadline: 120)
        try #require(node.status == 0, "\(node.stderr)")
        return try node.output.split(separator: 0x0A).map { line in
            let object = try #require(try JSONValue(parsing: Array(line), limits: .wire).object)
            return Answer(
                exit: try #require(object["exit"]?.integer),
                verdicts: (object["verdicts"]?.array ?? []).compactMap(\.string)
            )
        }
    }

    /// The verifier's own answer in the form of the page's.
    static func answer(_ report: VerificationReport) -> Answer {
        let verdicts = report.verdicts.map { verdict in
            "\(verdict.check) \(verdict.result) \(verdict.finding ?? "-") \(verdict.count) "
                + (verdict.first.map { "\($0)" } ?? "-")
        }
        return Answer(exit: Int64(report.exitCode), verdicts: verdicts)
    }

    static func tar(_ bundle: BundleCorpusTests.MemoryBundle) throws -> [UInt8] {
        var writer = TarWriter()
        for name in bundle.files.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            try writer.add(name, bundle.files[name] ?? [])
        }
        return writer.bytes + TarWriter.end
    }

    @Test(.needsTool("node"))
    func `the page gives the verdicts of the verifier on every bundle, good and bad`() throws {
        var questions: [Question] = []
        var expected: [(String, Answer)] = []
        for sample in BundleCorpusTests.samples {
            let record = try VerificationRecord(count: 40)
            var bundle = try BundleCorpusTests.bundle(of: record, isCase: sample.isCase)
            try sample.change(&bundle, record)
            if sample.isListRenewed { bundle.renewSums(by: record.signer) }
            questions.append(
                Question(
                    tar: try Self.tar(bundle),
                    key: sample.options.isKeyGiven ? record.signer.verifierKey.text : "",
                    known: try sample.options.known(record).map { [String(decoding: $0.encoded, as: UTF8.self)] } ?? [],
                    growth: try sample.options.growth(record).map { [String(decoding: $0, as: UTF8.self)] } ?? [],
                    policy: try sample.options.policy(record) ?? "",
                    signers: try sample.options.signers(),
                    isStrict: sample.options.isStrict
                )
            )
            let report = try? sample.options.verification(record)?.report(on: bundle)
            let nothing = Answer(exit: 40, verdicts: ["FORMAT skipped not-checked 0 -"])
            expected.append((sample.testDescription, report.map(Self.answer) ?? nothing))
        }
        let answers = try Self.answers(questions)
        try #require(answers.count == expected.count)
        for (answer, (name, wanted)) in zip(answers, expected) { #expect(answer == wanted, "\(name)") }
    }

    @Test(.needsTool("node"))
    func `a browser without Ed25519 says that it did not check the signature, and is never green`() throws {
        let record = try VerificationRecord(count: 20)
        var bundle = try BundleCorpusTests.bundle(of: record, isCase: true)
        let good = try Self.tar(bundle)
        bundle.lines.removeLast()
        bundle.renewSums(by: record.signer)
        let key = record.signer.verifierKey.text
        let answers = try Self.answers([
            Question(tar: good, key: key, hasEd25519: false), Question(tar: good, hasEd25519: false),
            Question(tar: try Self.tar(bundle), key: key, hasEd25519: false), Question(tar: good, key: key),
        ])
        #expect(answers.map(\.exit) == [40, 40, 30, 0])
        let unchecked = "ANCHOR skipped signature-not-checked 0 -"
        #expect(answers.map { $0.verdicts.contains(unchecked) } == [true, true, true, false])
    }

    @Test(.needsTool("node"))
    func `a browser without Ed25519 is not green for what witnesses or authors signed either`() throws {
        let record = try VerificationRecord(count: 20)
        let witness = try #require(
            WitnessSigner(name: "w.example.net", privateKey: SignatureCorpus.key(3))
        )
        let policy = "witness w \(witness.key.text)\nquorum w\n"
        var signed = try SignatureCorpus.bundle(isCase: true)
        signed.renewSums(by: record.signer)
        let key = record.signer.verifierKey.text
        let answers = try Self.answers([
            Question(
                tar: try Self.tar(BundleCorpusTests.bundle(of: record, isCase: true)),
                key: key,
                policy: policy,
                hasEd25519: false
            ),
            Question(tar: try Self.tar(signed), key: key, hasEd25519: false),
        ])
        #expect(answers.map(\.exit) == [40, 40])
        #expect(answers[0].verdicts.count { $0 == "ANCHOR skipped signature-not-checked 0 -" } == 2)
        #expect(answers[1].verdicts.contains("SIGNATURES skipped signature-not-checked 3 -"))
    }

    /// What `ssh-keygen` signs with keys of the types that people have.
    @Test(
        .needsTool("node"),
        .needsTool("ssh-keygen"),
        arguments: [["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"], ["rsa", "-b", "3072"]]
    )
    func `the page judges what authors sign with keys of other types as the verifier does`(kind: [String]) throws {
        let folder = try ScratchFolder("key")
        let made = try run("ssh-keygen", ["-q", "-N", "", "-f", "key", "-t"] + kind, in: folder.path, deadline: 60)
        try #require(made.status == 0, "\(made.stderr)")
        let key = try SSHPublicKey(authorizedKey: String(decoding: try folder.read("key.pub"), as: UTF8.self))
        var questions: [Question] = []
        var expected: [Answer] = []
        for isChanged in [false, true] {
            var bundle = try SignatureCorpus.bundle(isCase: true) { record in
                for place in SignatureCorpus.signed {
                    record.values[place].statement.by = key.fingerprint
                    let signed = try run(
                        "ssh-keygen",
                        ["-q", "-Y", "sign", "-f", "key", "-n", SignatureCorpus.namespace],
                        input: try record.values[place].statement.encoded(),
                        in: folder.path
                    )
                    record.values[place].attestation = .signature(try SSHSignature(armored: signed.stdout).blob)
                    if isChanged { record.values[place].statement.purpose = "another" }
                }
            }
            let term = AllowedSigners.Term(member: "lead", from: 0, until: nil, key: key)
            let signers = AllowedSigners(namespace: SignatureCorpus.namespace, terms: [term])
            bundle.files["allowed_signers"] = signers.encoded
            bundle.renewSums(by: try VerificationRecord().signer)
            questions.append(Question(tar: try Self.tar(bundle)))
            expected.append(Self.answer(try BundleVerification(key: nil, known: []).report(on: bundle)))
        }
        #expect(expected.map(\.exit) == [0, 30])
        #expect(expected[0].verdicts.contains("SIGNATURES passed - 3 -"))
        #expect(try Self.answers(questions) == expected)
    }

    @Test func `a page allows its own two programs and nothing else, and holds the bundle in plain base64`() throws {
        let beginning = String(decoding: BundlePage.beginning, as: UTF8.self)
        let end = String(decoding: BundlePage.end, as: UTF8.self)
        #expect(beginning.contains("default-src 'none'; style-src 'sha256-"))
        #expect(!beginning.contains("unsafe") && beginning.hasSuffix("type=\"application/x-tar\">\n"))
        #expect(end.hasPrefix("</script>"))
        // Nothing is loaded from anywhere: the only address in the page is the name of SVG, and nothing is made of text.
        let addresses = (beginning + end).split(separator: "\"").filter { $0.hasPrefix("http") }
        #expect(addresses == ["http://www.w3.org/2000/svg"])
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "import("] {
            #expect(!end.contains(word), "\(word)")
        }
        // The end of the bundle's element and those of the two programs.
        #expect(end.components(separatedBy: "</script>").count == 4)
        let bytes = (0..<BundlePage.pieceBytes + 5_000).map { UInt8(truncatingIfNeeded: $0) }
        let text =
            BundlePage.encoded(Array(bytes[..<BundlePage.pieceBytes]))
            + BundlePage.encoded(Array(bytes[BundlePage.pieceBytes...]))
        #expect(Data(base64Encoded: Data(text), options: .ignoreUnknownCharacters) == Data(bytes))
        #expect(text.split(separator: 0x0A).allSatisfy { $0.count <= 4_096 })
    }
}
