import Cryptography
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// Bundles of a record some of whose lines are signed, good and bad: whoever changes them has the log's key, and links, root
/// and checkpoint are right.
enum SignatureCorpus {
    typealias Change = @Sendable (inout VerificationRecord) throws -> Void
    typealias Alteration = @Sendable (inout BundleCorpusTests.MemoryBundle) -> Void

    /// Lines that the member lead signed: in both cases, and between the lines that enrol and revoke his key.
    static let signed = [3, 5, 8, 21]
    private static let enrolled = 0
    private static let revoked = 30
    static let namespace = "statement@log.example.net"

    static func key(_ seed: UInt8 = 9) throws -> Ed25519PrivateKey {
        try #require(Ed25519PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
    }

    static func fingerprint(_ seed: UInt8 = 9) throws -> String { SSHPublicKey(try key(seed).publicKey).fingerprint }

    /// Has a line signed by a key, which its statement names.
    static func sign(_ line: inout LogLine, seed: UInt8 = 9, for namespace: String = namespace) throws {
        line.statement.by = try fingerprint(seed)
        try attest(&line, seed: seed, for: namespace)
    }

    static func attest(_ line: inout LogLine, seed: UInt8, for namespace: String = namespace) throws {
        let bytes = try line.statement.encoded()
        line.attestation = .signature(
            try SSHSignature(signing: bytes, namespace: namespace, with: key(seed)).blob
        )
    }

    private static func register(
        _ kind: String,
        _ facts: JSONObject,
        at place: Int,
        in record: inout VerificationRecord
    ) throws {
        let salt = [UInt8](repeating: UInt8(place), count: 32)
        let part = try #require(Part(name: "details", salt: salt, value: .object(facts))).encoded()
        record.values[place].statement.kind = kind
        record.values[place].statement.parts = [Part.digest(of: part)]
        record.parts[place] = [part]
    }

    static func record(_ change: Change) throws -> VerificationRecord {
        var record = try VerificationRecord(count: 40)
        let print = JSONValue.string(try fingerprint())
        try register("user.enrolled", ["id": "lead", "keys": [print]], at: enrolled, in: &record)
        try register("user.key_revoked", ["member": "lead", "fingerprint": print], at: revoked, in: &record)
        for place in record.values.indices { record.values[place].recordedAt += Int64(place) * 1_000 }
        for place in signed { try sign(&record.values[place]) }
        try change(&record)
        try record.relink()
        record.note = try record.checkpoint().encoded
        return record
    }

    static func bundle(isCase: Bool, _ change: Change = { _ in }) throws -> BundleCorpusTests.MemoryBundle {
        let record = try record(change)
        var bundle = try BundleCorpusTests.bundle(of: record, isCase: isCase)
        let times = record.values.map(\.recordedAt)
        let term = AllowedSigners.Term(
            member: "lead",
            from: times[enrolled],
            until: times[revoked],
            key: SSHPublicKey(try key().publicKey)
        )
        bundle.files["allowed_signers"] = AllowedSigners(namespace: namespace, terms: [term]).encoded
        for place in record.values.indices
        where !isCase && SignerHistory.concerns(kind: record.values[place].statement.kind) {
            let name = Part.digest(of: record.parts[place][0]).hex
            bundle.files["keys/\(name).json"] = bundle.files.removeValue(forKey: "parts/\(name).json")
        }
        for line in record.values where isCase && line.seq % 2 == 1 {
            guard case .signature(let blob) = line.attestation, let signature = try? SSHSignature(blob: blob) else {
                continue
            }
            let names = SignedFiles.names(caseSeq: line.caseSeq)
            bundle.files[names.statement] = try line.statement.encoded()
            bundle.files[names.signature] = Array(signature.armored.utf8)
        }
        return bundle
    }

    /// What whoever has the log's key may try with lines; found in a whole record and in a case alike.
    private static let changes: [(String, finding: String?, Change)] = [
        ("untouched", nil, { _ in }),
        (
            "a signature moved to another entry", "SIGNATURES: signature-wrong",
            {
                $0.values[7].statement.by = try fingerprint()
                $0.values[7].attestation = $0.values[5].attestation
            }
        ),
        (
            "a signed statement moved to another case", "SIGNATURES: signature-wrong",
            { record in
                record.values[5].statement.caseKey = try #require(CaseKey(bytes: [UInt8](repeating: 2, count: 16)))
                record.values[5].statement = {
                    var moved = record.values[8].statement
                    moved.caseKey = record.values[5].statement.caseKey
                    return moved
                }()
                record.values[5].attestation = record.values[8].attestation
            }
        ),
        (
            "a signed statement of another deployment", "SIGNATURES: signature-for-another-log",
            { record in
                record.values[5].statement.log = "elsewhere.example.net/meridian"
                try sign(&record.values[5], for: namespace)
            }
        ),
        (
            "a signature that was made for a session", "SIGNATURES: signature-for-another-log",
            { try sign(&$0.values[5], for: "session@log.example.net") }
        ),
        (
            "a signed statement that stands there twice", "SIGNATURES: signature-replayed",
            { record in
                record.values[9].statement = record.values[5].statement
                record.values[9].attestation = record.values[5].attestation
            }
        ),
        (
            "a signed statement whose words were exchanged", "SIGNATURES: signature-wrong",
            { $0.values[21].statement.purpose = "other" }
        ),
        (
            "a statement signed by another key", "SIGNATURES: signature-by-another-key",
            { try attest(&$0.values[5], seed: 8) }
        ),
        ("a key that nobody enrolled", "SIGNATURES: signer-not-enrolled", { try sign(&$0.values[5], seed: 8) }),
        ("a key after it was revoked", "SIGNATURES: signer-not-enrolled", { try sign(&$0.values[33]) }),
        (
            "a key that is another member's", "SIGNATURES: signer-not-enrolled",
            {
                $0.values[5].statement.member = "other"
                try sign(&$0.values[5])
            }
        ),
        (
            "a signature that is none", "SIGNATURES: signature-wrong",
            { $0.values[5].attestation = .signature([1, 2, 3]) }
        ),
    ]

    /// A time that is later than any other, as texts are compared, and that `ssh-keygen` does not take.
    private static let spoilTime: Alteration = { bundle in
        guard let end = bundle.files["allowed_signers"]?.firstRange(of: Array(",valid-before=\"".utf8)) else { return }
        bundle.files["allowed_signers"]?[end.upperBound] = UInt8(ascii: "x")
    }

    private static let double: Alteration = {
        $0.files["allowed_signers"] = $0.files["allowed_signers"].map { $0 + $0 }
    }

    /// The type within the key is another than the one before it.
    private static let spoilKey: Alteration = { bundle in
        guard let type = bundle.files["allowed_signers"]?.firstRange(of: Array(" AAAAC3".utf8)) else { return }
        bundle.files["allowed_signers"]?[type.upperBound] ^= 1
    }

    /// What may be done to the files beside.
    private static let alterations: [(String, isCase: Bool, exit: Int32, finding: String?, Alteration)] = [
        ("without allowed signers", false, 0, nil, { $0.files["allowed_signers"] = nil }),
        ("without allowed signers", true, 40, nil, { $0.files["allowed_signers"] = nil }),
        ("with nobody allowed", false, 30, "SIGNATURES: signers-differ", { $0.files["allowed_signers"] = [] }),
        ("with nobody allowed", true, 30, "SIGNATURES: signer-not-enrolled", { $0.files["allowed_signers"] = [] }),
        (
            "with a term that is longer", false, 30, "SIGNATURES: signers-differ",
            { bundle in
                let text = String(decoding: bundle.files["allowed_signers"] ?? [], as: UTF8.self)
                guard let end = text.firstRange(of: ",valid-before=\"") else { return }
                let rest = text[end.upperBound...].drop { $0 != "\"" }.dropFirst()
                bundle.files["allowed_signers"] = Array((text[..<end.lowerBound] + rest).utf8)
            }
        ),
        (
            "with allowed signers in another form", false, 30, "SIGNATURES: signers-malformed",
            { $0.files["allowed_signers"]? += Array("# more\n".utf8) }
        ),
        (
            "with allowed signers in another form", true, 30, "SIGNATURES: signers-malformed",
            { $0.files["allowed_signers"]? += Array("# more\n".utf8) }
        ),
        ("with a line twice", false, 30, "SIGNATURES: signers-malformed", double),
        ("with a line twice", true, 30, "SIGNATURES: signers-malformed", double),
        ("with a key that is none", false, 30, "SIGNATURES: signers-malformed", spoilKey),
        ("with a key that is none", true, 30, "SIGNATURES: signers-malformed", spoilKey),
        ("with a time that is none", false, 30, "SIGNATURES: signers-malformed", spoilTime),
        ("with a time that is none", true, 30, "SIGNATURES: signers-malformed", spoilTime),
        ("without the events of keys", false, 40, nil, { $0.files = $0.files.filter { !$0.key.hasPrefix("keys/") } }),
        (
            "with an event of a key changed", false, 30, "SIGNATURES: signature-file-altered",
            { bundle in for name in bundle.files.keys where name.hasPrefix("keys/") { bundle.files[name]?[30] ^= 1 } }
        ),
        (
            "with an event of a key that is none", false, 30, "SIGNATURES: signature-file-unlisted",
            { $0.files["keys/x.json"] = [1] }
        ),
        (
            "with signed bytes changed", true, 30, "SIGNATURES: signature-file-altered",
            { $0.files["st/000001.json"]?[5] ^= 1 }
        ),
        (
            "without the signed bytes of a line", true, 30, "SIGNATURES: signature-file-missing",
            { $0.files["st/000001.json"] = nil }
        ),
        (
            "without a signature's file", true, 30, "SIGNATURES: signature-file-missing",
            { $0.files["st/000001.sig"] = nil }
        ),
        (
            "without signed bytes and signatures", true, 30, "SIGNATURES: signature-file-missing",
            { $0.files = $0.files.filter { !$0.key.hasPrefix("st/") } }
        ),
        (
            "with signed bytes of no line", true, 30, "SIGNATURES: signature-file-unlisted",
            { $0.files["st/000000.sig"] = [1] }
        ),
    ]

    /// Lets the author of line 21 have seen a head of the record as it is by then.
    private static func see(
        _ size: Int,
        _ record: inout VerificationRecord,
        _ change: (inout [LogLine]) -> Void = { _ in }
    )
        throws
    {
        let root = MerkleTree.root(of: record.lines.prefix(size).map { Digest.leaf($0) })
        change(&record.values)
        record.values[21].statement.sawSize = UInt64(size)
        record.values[21].statement.sawRoot = root
        try sign(&record.values[21])
    }

    /// Puts a rule for signatures on the record, which its author signs.
    static func rule(
        _ facts: JSONObject,
        at place: Int = 2,
        kind: String = "policy.signature_required",
        isSigned: Bool = true,
        in record: inout VerificationRecord
    ) throws {
        try register(kind, facts, at: place, in: &record)
        if isSigned { try sign(&record.values[place]) }
    }

    private static let missing = "SIGNATURES: signature-missing"
    private static let exported: JSONObject = ["kinds": ["access.exported"]]

    /// Rules that ask for signatures, and what comes of lines that no author signed: the last two are exports.
    private static let rules: [(String, exit: Int32, finding: String?, Change)] = [
        ("of lines that are not here", 0, nil, { try rule(["kinds": ["case.closed"]], in: &$0) }),
        ("of lines that are here", 30, missing, { try rule(exported, in: &$0) }),
        (
            "of lines that are here, by their agency and role", 30, missing,
            { try rule(["agency": "MPD", "role": "lead", "act": "x", "kinds": ["access.exported"]], in: &$0) }
        ),
        ("of another agency's lines", 0, nil, { try rule(["agency": "FIB", "kinds": ["access.exported"]], in: &$0) }),
        ("of lines in another role", 0, nil, { try rule(["role": "legal", "kinds": ["access.exported"]], in: &$0) }),
        (
            "of lines that were refused", 0, nil,
            { record in
                try rule(exported, in: &record)
                for place in [38, 39] { (record.values[place].outcome, record.values[place].rule) = (.denied, "P05") }
            }
        ),
        (
            "of lines that an emergency overrides", 30, missing,
            { record in
                try rule(exported, in: &record)
                (record.values[38].outcome, record.values[38].rule) = (.overridden, "P06")
            }
        ),
        (
            "of the daemon's own lines", 0, nil,
            { record in
                try rule(exported, in: &record)
                for place in [38, 39] { record.values[place].statement.member = "" }
            }
        ),
        (
            "of lines, lifted before them", 0, nil,
            { record in
                try rule(exported, in: &record)
                try rule([:], at: 6, kind: "policy.signature_lifted", in: &record)
            }
        ),
        (
            "of lines, of which another is lifted", 30, missing,
            { record in
                try rule(exported, in: &record)
                try rule(["role": "lead"], at: 6, kind: "policy.signature_lifted", in: &record)
            }
        ),
        ("that nobody signed", 30, missing, { try rule(["kinds": []], isSigned: false, in: &$0) }),
        (
            "that nobody signed away", 30, missing,
            { record in
                try rule(exported, in: &record)
                try rule([:], at: 6, kind: "policy.signature_lifted", isSigned: false, in: &record)
            }
        ),
        (
            "of new keys, and one that nobody signed", 30, missing,
            { record in
                try rule(["kinds": ["user.key_added"]], in: &record)
                let facts: JSONObject = ["member": "lead", "fingerprint": .string(try fingerprint(8))]
                try register("user.key_added", facts, at: 6, in: &record)
            }
        ),
        (
            "of new keys, and one that nobody signed for another", 30, missing,
            { record in
                try rule(["kinds": ["user.key_added"]], in: &record)
                try register("user.key_added", ["member": "other", "fingerprint": "SHA256:x"], at: 6, in: &record)
            }
        ),
        (
            "of new keys, and the first of somebody, who cannot sign yet", 0, nil,
            { record in
                try rule(["kinds": ["user.key_added"]], in: &record)
                try register("user.key_added", ["member": "other", "fingerprint": "SHA256:x"], at: 6, in: &record)
                record.values[6].statement.member = "other"
            }
        ),
        ("of before rules stated what they are for", 0, nil, { try rule(["act": "legal"], in: &$0) }),
        ("in no form", 30, "SIGNATURES: key-event-malformed", { try rule(["kinds": "all"], in: &$0) }),
        ("in another form", 30, "SIGNATURES: key-event-malformed", { try rule(["act": 1, "kinds": []], in: &$0) }),
    ]

    /// What the author of a line signed to have seen: `saw_size` and `saw_root` of his statement.
    private static let seen: [(String, exit: Int32, Change)] = [
        ("the lines before it", 0, { try see(21, &$0) }), ("some of the lines before it", 0, { try see(13, &$0) }),
        ("another line than is here", 30, { try see(13, &$0) { $0[7].statement.purpose = "other" } }),
        ("lines that come after it", 30, { try see(22, &$0) }),
        (
            "nothing, under another root", 30,
            { record in
                try see(0, &record)
                record.values[21].statement.sawRoot = .zero
                try sign(&record.values[21])
            }
        ),
    ]

    /// Files that an event of a key may list as its details, and that no part is: in another spelling, or of another form.
    private static let malformed: [String] = {
        let salt = String(repeating: "0", count: 64)
        func part(_ name: String, _ value: String) -> String {
            #"{"name":\#(name),"salt":"\#(salt)","value":\#(value)}"# + "\n"
        }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let level = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        func facts(_ more: String) -> String { #"{"fingerprint":"SHA256:x","member":"lead"\#(more)}"# }
        return [
            "hello", "[1]\n", "{}\n", deep, "\u{FEFF}" + part(#""details""#, facts("")), part("1", facts("")),
            part(#""other""#, facts("")), part(#""details""#, "[]"), part(#""details""#, #"{"member":"lead"}"#),
            part(#""details""#, #"{"fingerprint":[],"member":"lead"}"#), part(#""details""#, facts(#", "x":1"#)),
            part(#""details""#, facts(#","x":1.5"#)), part(#""details""#, facts(#","x":NaN"#)),
            part(#""details""#, facts(#","x":-0"#)), part(#""details""#, facts(#","x":9007199254740992"#)),
            part(#""details""#, facts(#","x":"\u0000""#)), part(#""details""#, facts(#","x":"\ud800""#)),
            part(#""details""#, facts(#","x":1,"x":1"#)), part(#""details""#, facts(#","a":1"#)),
            part(#""details""#, facts(#","x":"# + level)), String(part(#""details""#, facts("")).dropLast()),
        ]
    }()

    /// What a reader may hold from elsewhere, and what comes of it.
    private static func held(
        member: String = "lead",
        from: Int = enrolled,
        until: Int? = revoked,
        seed: UInt8 = 9,
        namespace: String = namespace
    ) throws -> [UInt8] {
        let times = try record { _ in }.values.map(\.recordedAt)
        let term = AllowedSigners.Term(
            member: member,
            from: from < 0 ? times[0] - 60_000 : times[from],
            until: until.map { times[$0] },
            key: SSHPublicKey(try key(seed).publicKey)
        )
        return AllowedSigners(namespace: namespace, terms: [term]).encoded
    }

    private static let ended = "a file in which the key had ended before"
    private static let contradicted = "SIGNATURES: signers-contradicted"

    private static let readers: [(String, exit: Int32, finding: String?, @Sendable () throws -> [UInt8])] = [
        ("the same keys", 0, nil, { try held() }),
        ("a file from before the key was revoked", 0, nil, { try held(until: nil) }),
        ("an older file without the key", 40, nil, { try held(seed: 8) }),
        ("a file of before anybody signed", 40, nil, { [] }),
        (ended, 40, nil, { try held(member: "other", from: -1, until: enrolled) }),
        ("the key of another member", 30, contradicted, { try held(member: "other") }),
        ("the key from later on", 30, contradicted, { try held(from: 2) }),
        ("another end", 30, contradicted, { try held(until: 22) }),
        ("keys of another log", 30, contradicted, { try held(namespace: "statement@else.example.net") }),
        ("what is no such file", 40, nil, { Array("lead\n".utf8) }),
    ]

    /// Nothing in it tells of keys.
    private static let leaveAlone: Alteration = { $0.files["allowed_signers"] = nil }

    /// A whole record that lacks the words of a rule for signatures.
    @Sendable
    private static func withoutRule(_ bundle: inout BundleCorpusTests.MemoryBundle, _: VerificationRecord) throws {
        let change: Change = { try rule(exported, in: &$0) }
        let name = try SignedFiles.registration(Part.digest(of: record(change).parts[2][0]))
        bundle = try Self.bundle(isCase: false, change)
        bundle.files[name] = nil
    }

    static let samples: [BundleCorpusTests.Sample] =
        [false, true].flatMap { isCase in
            readers.flatMap { name, exit, finding, signers in
                [false, true].map { isMissing in
                    // Where a case has no file of its own, the one that its reader holds is what tells of keys.
                    let isAlone = isMissing && isCase && exit == 30
                    let suffices = isAlone && ["the key from later on", "another end"].contains(name)
                    let isOver = isMissing && isCase && name == ended
                    return BundleCorpusTests.Sample(
                        name: "signed, and its reader holds \(name)\(isMissing ? ", and the copy nothing" : "")",
                        isCase: isCase,
                        exit: suffices ? 0 : isOver ? 30 : exit,
                        finding: isAlone ? nil : isOver ? "SIGNATURES: signer-not-enrolled" : finding,
                        options: BundleCorpusTests.Options(signers: signers)
                    ) { bundle, _ in
                        bundle = try Self.bundle(isCase: isCase)
                        if isMissing { leaveAlone(&bundle) }
                    }
                }
            }
        }
        + [false, true].flatMap { isCase in
            changes.map { name, finding, change in
                BundleCorpusTests.Sample(
                    name: "signed: \(name)",
                    isCase: isCase,
                    exit: finding == nil ? 0 : 30,
                    finding: finding
                ) { bundle, _ in bundle = try Self.bundle(isCase: isCase, change) }
            }
        }
        + rules.map { name, exit, finding, change in
            BundleCorpusTests.Sample(
                name: "signed, and a rule for signatures \(name)",
                isCase: false,
                exit: exit,
                finding: finding
            ) { bundle, _ in bundle = try Self.bundle(isCase: false, change) }
        }
        + [
            BundleCorpusTests.Sample(
                name: "signed, and a rule for signatures whose words are not here",
                isCase: false,
                exit: 40,
                finding: nil,
                change: withoutRule
            ),
            BundleCorpusTests.Sample(
                name: "signed, and a rule is not here, while its reader holds the keys",
                isCase: false,
                exit: 40,
                finding: nil,
                options: BundleCorpusTests.Options(signers: { try held() }),
                change: withoutRule
            ),
            BundleCorpusTests.Sample(
                name: "signed, and the events of keys are not here, while its reader holds the keys",
                isCase: false,
                exit: 40,
                finding: nil,
                options: BundleCorpusTests.Options(signers: { try held() })
            ) { bundle, _ in
                bundle = try Self.bundle(isCase: false)
                bundle.files = bundle.files.filter { !$0.key.hasPrefix("keys/") }
            },
            BundleCorpusTests.Sample(
                name: "signed, and nothing tells of keys",
                isCase: true,
                exit: 40,
                finding: nil
            ) { bundle, _ in
                bundle = try Self.bundle(isCase: true)
                leaveAlone(&bundle)
            },
        ]
        + seen.map { name, exit, change in
            BundleCorpusTests.Sample(
                name: "signed, and its author saw \(name)",
                isCase: false,
                exit: exit,
                finding: exit == 0 ? nil : "SIGNATURES: signer-saw-another-history"
            ) { bundle, _ in
                bundle = try Self.bundle(isCase: false) { record in
                    // The lines before it are linked first: what he saw is their root.
                    try record.relink()
                    try change(&record)
                }
            }
        }
        + malformed.enumerated().map { number, file in
            BundleCorpusTests.Sample(
                name: "signed, and an event of a key is in no form, \(number)",
                isCase: false,
                exit: 30,
                finding: "SIGNATURES: key-event-malformed"
            ) { bundle, _ in
                let bytes = Array(file.utf8)
                bundle = try Self.bundle(isCase: false) { record in
                    record.values[revoked].statement.parts = [Part.digest(of: bytes)]
                    record.parts[revoked] = [bytes]
                }
            }
        }
        + [
            BundleCorpusTests.Sample(
                name: "signed, and a file of an event of a key that was refused",
                isCase: false,
                exit: 30,
                finding: "SIGNATURES: signature-file-unlisted"
            ) { bundle, _ in
                bundle = try Self.bundle(isCase: false) { record in
                    record.values[revoked].outcome = .denied
                    record.values[revoked].rule = "P20"
                }
            }
        ]
        + alterations.map { name, isCase, exit, finding, alter in
            BundleCorpusTests.Sample(name: "signed, \(name)", isCase: isCase, exit: exit, finding: finding) {
                bundle,
                _ in
                bundle = try Self.bundle(isCase: isCase)
                alter(&bundle)
            }
        }
}
