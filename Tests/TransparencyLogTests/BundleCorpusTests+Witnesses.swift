import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// Bundles with the word of witnesses, and without it.
extension BundleCorpusTests {
    private static func signer(_ number: UInt8) throws -> WitnessSigner {
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: number, count: 32)))
        return try #require(WitnessSigner(name: "w\(number).example.net", privateKey: key))
    }

    private static func policy(_ numbers: [UInt8], first: String = "", quorum: Int? = nil) throws -> String {
        let lines = try numbers.map { "witness w\($0) \(try signer($0).key.text)\n" }
        let names = numbers.map { "w\($0)" }.joined(separator: " ")
        return first + lines.joined() + "group agencies \(quorum ?? numbers.count) \(names)\nquorum agencies\n"
    }

    private static func cosigned(
        _ note: SignedNote,
        _ record: VerificationRecord,
        by numbers: [UInt8]
    ) throws -> SignedNote {
        let verified = try UnverifiedCheckpoint(note).verified(by: record.signer.verifierKey)
        let lines = try numbers.map { try signer($0).cosign(verified, at: 1_930_298_400).line }
        return try #require(note.adding(lines))
    }

    /// Lets witnesses cosign the bundle's own checkpoint; the proofs of a case carry it, too.
    private static func cosign(_ bundle: inout MemoryBundle, _ record: VerificationRecord, by numbers: [UInt8]) throws {
        try replace(&bundle, try cosigned(SignedNote(parsing: record.note), record, by: numbers).encoded)
    }

    private static func replace(_ bundle: inout MemoryBundle, _ note: [UInt8]) throws {
        bundle.files["checkpoint"] = note
        for (name, bytes) in bundle.files where name.hasPrefix("proofs/") {
            let proof = try #require(InclusionProof(parsing: bytes))
            bundle.files[name] = InclusionProof(index: proof.index, path: proof.path, note: note).encoded
        }
    }

    /// Lets witnesses cosign the checkpoint over the first 30 lines of a record, and adds the proof of growth.
    private static func cosignEarlier(
        _ bundle: inout MemoryBundle,
        _ record: VerificationRecord,
        of other: VerificationRecord? = nil,
        by numbers: [UInt8]
    ) throws {
        let leaves = (other ?? record).lines.map { Digest.leaf($0) }
        let root = MerkleTree.root(of: Array(leaves.prefix(30)))
        let head = Checkpoint(origin: VerificationRecord.origin, size: 30, root: root)
        let note = try #require(try head?.signed(by: record.signer))
        bundle.files["witnessed"] = try cosigned(note, record, by: numbers).encoded
        let path = MerkleTree.consistencyProof(from: 30, to: UInt64(leaves.count)) { node in
            let width = 1 << node.height
            return MerkleTree.root(of: Array(leaves[Int(node.index) * width..<(Int(node.index) + 1) * width]))
        }
        let own = try SignedNote(parsing: try #require(bundle.files["checkpoint"]))
        bundle.files["witnessed.growth"] = WitnessRequest(old: 30, path: try #require(path), note: own).encoded
    }

    private static let two = Options(isKeyGiven: true, policy: { _ in try policy([2, 3]) })

    /// One sample for each kind of bundle.
    private static func both(
        _ name: String,
        exit: Int32,
        finding: String? = nil,
        options: Options = two,
        change: @escaping @Sendable (inout MemoryBundle, VerificationRecord) throws -> Void
    ) -> [Sample] {
        [false, true].map { isCase in
            Sample(name: name, isCase: isCase, exit: exit, finding: finding, options: options, change: change)
        }
    }

    private static let groups: [[Sample]] = [
        both("cosigned by enough", exit: 0) { try cosign(&$0, $1, by: [2, 3]) },
        both("cosigned by enough, and by a stranger", exit: 0) { try cosign(&$0, $1, by: [9, 2, 3]) },
        both("cosigned by enough a while ago", exit: 0) { try cosignEarlier(&$0, $1, by: [2, 3]) },
        both("cosigned by nobody", exit: 10) { _, _ in },
        both("cosigned by too few", exit: 10) { try cosign(&$0, $1, by: [2]) },
        both("cosigned by one now and by the other a while ago", exit: 10) { bundle, record in
            try cosign(&bundle, record, by: [2])
            try cosignEarlier(&bundle, record, by: [3])
        },
        both("cosigned, and no policy given", exit: 0, options: Options(isKeyGiven: true)) {
            try cosign(&$0, $1, by: [2, 3])
        },
        both(
            "the host's own key as a witness",
            exit: 10,
            options: Options(isKeyGiven: true, policy: { _ in try policy([7]) })
        ) { try cosign(&$0, $1, by: [7]) },
        both(
            "one key as two witnesses",
            exit: 40,
            options: Options(
                isKeyGiven: true,
                policy: { _ in
                    let key = try #require(WitnessKey(name: "other", publicKey: signer(2).key.publicKey))
                    return try policy([2], first: "witness other \(key.text)\n", quorum: 1)
                }
            )
        ) { try cosign(&$0, $1, by: [2]) },
        both(
            "a policy that names the log",
            exit: 0,
            options: Options(
                policy: { try policy([2], first: "log \($0.signer.verifierKey.text)\n") },
                isLogInPolicy: true
            )
        ) { try cosign(&$0, $1, by: [2]) },
        both(
            "a policy for another log",
            exit: 30,
            finding: "ANCHOR: log-not-in-policy",
            options: Options(
                isKeyGiven: true,
                policy: { _ in
                    let other = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 8, count: 32)))
                    let key = try #require(VerifierKey(name: VerificationRecord.origin, publicKey: other.publicKey))
                    return try policy([2], first: "log \(key.text)\n")
                }
            )
        ) { try cosign(&$0, $1, by: [2]) },
        both("a cosignature from under another checkpoint", exit: 30, finding: "ANCHOR: bad-cosignature") {
            bundle,
            record in
            try cosignEarlier(&bundle, record, by: [2, 3])
            let earlier = try SignedNote(parsing: try #require(bundle.files["witnessed"]))
            bundle.files["witnessed"] = nil
            let moved = try #require(try SignedNote(parsing: record.note).adding(Array(earlier.signatures.dropFirst())))
            try replace(&bundle, moved.encoded)
        },
        both("witnesses cosigned another history", exit: 30, finding: "ANCHOR: witnessed-contradicted") {
            bundle,
            record in
            var other = record
            other.values[5].rule = "P01"
            other.values[5].outcome = .denied
            try other.relink()
            try cosignEarlier(&bundle, record, of: other, by: [2, 3])
        },
        both("what witnesses cosigned is not signed by the log", exit: 30, finding: "ANCHOR: witnessed-malformed") {
            bundle,
            record in
            try cosignEarlier(&bundle, record, by: [2, 3])
            let note = try SignedNote(parsing: try #require(bundle.files["witnessed"]))
            let lines = NoteSignature.encoded(Array(note.signatures.dropFirst()))
            bundle.files["witnessed"] = note.text + [0x0A] + lines
        },
        [
            Sample(
                name: "a proof of growth with a changed hash",
                isCase: true,
                exit: 30,
                finding: "ANCHOR: witnessed-contradicted",
                options: two
            ) { bundle, record in
                try cosignEarlier(&bundle, record, by: [2, 3])
                let growth = try WitnessRequest(parsing: try #require(bundle.files["witnessed.growth"]))
                bundle.files["witnessed.growth"] =
                    WitnessRequest(old: 30, path: growth.path.dropLast() + [.zero], note: growth.note).encoded
            },
            Sample(
                name: "cosigned beyond the end of the copy",
                isCase: false,
                exit: 30,
                finding: "ANCHOR: witnessed-beyond-log",
                options: two
            ) { bundle, record in
                try cosignEarlier(&bundle, record, by: [2, 3])
                bundle.lines.removeLast(15)
            },
        ],
    ]

    static let witnessed = groups.flatMap(\.self)

    @Test func `the verdicts say up to which line the record is witnessed, by whom, and how many follow`() throws {
        let record = try VerificationRecord(count: 40)
        for isCase in [false, true] {
            var bundle = try Self.bundle(of: record, isCase: isCase)
            try Self.cosignEarlier(&bundle, record, by: [2, 3])
            let policy = try WitnessPolicy(parsing: Array(Self.policy([2, 3]).utf8))
            let verification = BundleVerification(key: record.signer.verifierKey, known: [], policy: policy)
            let report = try verification.report(on: bundle)
            let anchor = try #require(report.verdicts.last { $0.check == "ANCHOR" })
            #expect(anchor.result == .passed && anchor.count == 30)
            #expect(anchor.message.contains("w2 (agencies) at 2031-03-03T10:00:00Z"), "\(anchor.message)")
            let tail = try #require(report.verdicts.last { $0.check == "TAIL" })
            #expect(tail.finding == "tail-not-witnessed")
            #expect(tail.count == (isCase ? 5 : 10))
            #expect(tail.first == (isCase ? 15 : 30))
        }
    }
}
