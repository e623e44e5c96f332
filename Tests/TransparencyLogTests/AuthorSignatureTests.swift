import Cryptography
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// A statement, made for a key.
private func statement(by author: String, log: String = "log.example.net/meridian", at: UInt64 = 7) throws -> Statement
{
    Statement(
        agency: "MPD-VT",
        at: at,
        by: author,
        caseKey: try #require(CaseKey(bytes: [UInt8](repeating: 1, count: 16))),
        kind: "entry.recorded",
        log: log,
        member: "agent.mpd1",
        nonce: try #require(Nonce(bytes: [UInt8](repeating: 2, count: 16))),
        parts: [.sha256([1])]
    )
}

@Suite(
    "Author signatures by ssh-keygen",
    .tags(.medium),
    .enabled(if: program("ssh-keygen") != nil, "ssh-keygen is not installed")
)
struct AuthorSignatureTests {
    private let folder: ScratchFolder
    private static let namespace = "statement@log.example.net"

    init() throws { folder = try ScratchFolder("author") }

    private func make(_ name: String, _ options: [String]) throws -> SSHPublicKey {
        let made = try run("ssh-keygen", ["-q", "-N", "", "-f", name, "-t"] + options, in: folder.path, deadline: 60)
        try #require(made.status == 0, "\(made.stderr)")
        return try SSHPublicKey(authorizedKey: String(decoding: try folder.read("\(name).pub"), as: UTF8.self))
    }

    private func sign(_ bytes: [UInt8], _ name: String, namespace: String = namespace) throws -> String {
        let arguments = ["-q", "-Y", "sign", "-f", name, "-n", namespace]
        let signed = try run("ssh-keygen", arguments, input: bytes, in: folder.path)
        try #require(signed.status == 0, "\(signed.stderr)")
        return signed.stdout
    }

    @Test(arguments: [["ed25519"], ["ecdsa", "-b", "256"], ["rsa", "-b", "3072"]])
    func `a statement that ssh-keygen signed is its author's, and no other statement is`(kind: [String]) throws {
        let key = try make("key", kind)
        let mine = try statement(by: key.fingerprint)
        let bytes = try mine.encoded()
        let signed = try AuthorSignature(
            armored: try sign(bytes, "key"),
            over: bytes,
            by: key.fingerprint,
            log: mine.log
        )
        #expect(signed.key == key)

        var line = LogLine(
            seq: 0,
            prev: .empty,
            caseSeq: 0,
            casePrev: .empty,
            recordedAt: 1_930_298_400_000,
            policy: .zero,
            statement: mine,
            attestation: .signature(signed.signature.blob)
        )
        #expect(try LineScan(line.encoded()).authorSignature()?.key == key)
        // The same signature under another entry, another case and another log.
        for change in 0..<3 {
            line.statement = mine
            switch change {
            case 0: line.statement.parts = [.sha256([2])]
            case 1: line.statement.caseKey = try #require(CaseKey(bytes: [UInt8](repeating: 3, count: 16)))
            default: line.statement.log = "log.example.net/other"
            }
            let scan = try LineScan(line.encoded())
            #expect(throws: AuthorSignature.Fault.wrong) { try scan.authorSignature() }
        }
        line.statement.log = "elsewhere.example.net/meridian"
        let elsewhere = try LineScan(line.encoded())
        #expect(throws: AuthorSignature.Fault.anotherLog) { try elsewhere.authorSignature() }
        line.attestation = .peer(uid: 7)
        #expect(try LineScan(line.encoded()).authorSignature() == nil)
    }

    @Test
    func `ssh-keygen confirms a signature with the file of allowed signers, for its time, member and purpose alone`()
        throws
    {
        let seed = [UInt8](repeating: 9, count: 32)
        let key = try #require(Ed25519PrivateKey(seed: seed))
        let own = SSHPublicKey(key.publicKey)
        let bytes = try statement(by: own.fingerprint).encoded()
        let signature = try SSHSignature(signing: bytes, namespace: Self.namespace, with: key)
        #expect(
            try AuthorSignature(
                blob: signature.blob,
                over: bytes,
                by: own.fingerprint,
                log: "log.example.net/meridian"
            ).key == own
        )
        // From 2031-03-03 09:00:00 to 10:00:00.
        let signers = AllowedSigners(
            namespace: Self.namespace,
            terms: [.init(member: "agent.mpd1", from: 1_930_294_800_123, until: 1_930_298_400_999, key: own)]
        )
        #expect(AllowedSigners(parsing: signers.encoded) == signers)
        try folder.write("allowed_signers", signers.encoded)
        try folder.write("sig", signature.armored)
        func verifies(
            _ time: Int64,
            _ member: String = "agent.mpd1",
            _ namespace: String = Self.namespace
        ) throws -> Bool {
            let words = [
                "-Y", "verify", "-f", "allowed_signers", "-I", member, "-n", namespace, "-s", "sig", "-O",
                "verify-time=\(AllowedSigners.second(of: time))Z",
            ]
            return try run("ssh-keygen", words, input: bytes, in: folder.path).status == 0
        }
        for (time, isGood) in [
            (1_930_294_799_999, false), (1_930_294_800_000, true), (1_930_298_400_999, true),
            (1_930_298_401_000, false),
        ] as [(Int64, Bool)] {
            #expect(try verifies(time) == isGood, "\(time)")
            #expect(signers.permits(own.fingerprint, of: "agent.mpd1", at: time) == isGood, "\(time)")
        }
        #expect(try !verifies(1_930_296_000_000, "agent.mpd2"))
        #expect(!signers.permits(own.fingerprint, of: "agent.mpd2", at: 1_930_296_000_000))
        #expect(try !verifies(1_930_296_000_000, "agent.mpd1", "statement@elsewhere.example.net"))
    }

    @Test func `a key is its member's from the line that enrols it to the line that revokes it`() throws {
        let key = SSHPublicKey(try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 9, count: 32))).publicKey)
        let print = key.fingerprint
        var history = SignerHistory()
        func follow(_ kind: String, _ facts: JSONObject, at time: Int64) throws {
            let part = Part(name: "details", salt: [UInt8](repeating: 0, count: 32), value: .object(facts))
            #expect(history.follow(kind, try #require(part), at: time))
        }
        try follow("user.enrolled", ["id": "agent.mpd1", "keys": [.string(print)]], at: 1_000)
        #expect(history.holds(print, "agent.mpd1") && !history.holds(print, "agent.mpd2"))
        try follow("user.key_revoked", ["member": "agent.mpd1", "fingerprint": .string(print)], at: 5_000)
        #expect(!history.holds(print, "agent.mpd1"))
        try follow("user.key_added", ["member": "agent.mpd2", "fingerprint": .string(print)], at: 9_000)
        #expect(history.holds(print, "agent.mpd2"))
        try follow("user.disabled", ["member": "agent.mpd2"], at: 12_000)
        #expect(!history.holds(print, "agent.mpd2"))
        try follow("user.key_added", ["member": "agent.mpd3", "fingerprint": .string(print)], at: 20_000)
        try follow("user.key_revoked", ["member": "agent.mpd3", "fingerprint": .string(print)], at: 20_400)
        // Only keys that signed are listed.
        #expect(history.allowedSigners(ofLog: "log.example.net/x").encoded.isEmpty)
        history.note(key, print)
        let text = String(decoding: history.allowedSigners(ofLog: "log.example.net/x").encoded, as: UTF8.self)
        #expect(
            text == """
                agent.mpd1 namespaces="statement@log.example.net",valid-after="19700101000001Z",valid-before="19700101000005Z" \
                \(key.authorizedKeyText)
                agent.mpd2 namespaces="statement@log.example.net",valid-after="19700101000009Z",valid-before="19700101000012Z" \
                \(key.authorizedKeyText)
                agent.mpd3 namespaces="statement@log.example.net",valid-after="19700101000020Z",valid-before="19700101000021Z" \
                \(key.authorizedKeyText)

                """
        )
    }

    @Test(
        arguments: [
            (0, "19700101000000"), (951_782_399_000, "20000228235959"), (951_782_400_000, "20000229000000"),
            (951_868_800_000, "20000301000000"), (4_107_542_399_999, "21000228235959"),
            (4_107_542_400_000, "21000301000000"),
            (1_930_298_400_000, "20310303100000"), (253_402_300_799_999, "99991231235959"),
        ] as [(Int64, String)]
    )
    func `a time is written in whole seconds of the civil calendar`(time: Int64, text: String) {
        #expect(AllowedSigners.second(of: time) == text)
    }
}
