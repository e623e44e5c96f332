import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// Cosignatures, requests to a witness, and policies (C2SP tlog-cosignature, tlog-witness, tlog-policy).
@Suite(.tags(.small, .g2))
struct WitnessTests {
    private static let origin = "log.example.net/meridian"

    private static func witness(_ number: UInt8, _ name: String? = nil) throws -> WitnessSigner {
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: number, count: 32)))
        return try #require(WitnessSigner(name: name ?? "w\(number).example.net", privateKey: key))
    }

    private static func log(_ number: UInt8 = 1) throws -> NoteSigner { try NoteSamples.signer(origin, number) }

    private static let leaves = (0..<40).map { Digest.leaf(Array("line \($0)".utf8)) }

    private static func root(_ size: UInt64) -> Digest { MerkleTree.root(of: Array(leaves.prefix(Int(size)))) }

    private static func node(_ address: NodeAddress) -> Digest {
        let width = 1 << address.height
        return MerkleTree.root(of: Array(leaves[Int(address.index) * width..<(Int(address.index) + 1) * width]))
    }

    private static func checkpoint(_ size: UInt64, root other: Digest? = nil, _ number: UInt8 = 1) throws -> SignedNote
    {
        let checkpoint = try #require(Checkpoint(origin: origin, size: size, root: other ?? root(size)))
        return try #require(try checkpoint.signed(by: log(number)))
    }

    private static func verified(_ size: UInt64) throws -> VerifiedCheckpoint {
        try UnverifiedCheckpoint(checkpoint(size)).verified(by: log().verifierKey)
    }

    private static func request(_ old: UInt64, _ new: UInt64) throws -> WitnessRequest {
        let path = MerkleTree.consistencyProof(from: old, to: new, node: node) ?? []
        return WitnessRequest(old: old, path: path, note: try checkpoint(new))
    }

    @Test func `a cosignature is found again in the note, with its time, by the key alone`() throws {
        let witness = try Self.witness(2)
        let cosignature = try witness.cosign(Self.verified(30), at: 1_930_298_400)
        let note = try #require(try Self.checkpoint(30).adding([cosignature.line]))
        let read = try SignedNote(parsing: note.encoded)
        #expect(try read.cosignatures(by: [witness.key]) == [cosignature])
        #expect(try read.cosignatures(by: [Self.witness(3).key]) == [])
        // The log's own signature is untouched, and covers no cosignature.
        #expect(try read.verify(with: [Self.log().verifierKey]).count == 1)
        // The decoded line is 4 + 8 + 64 bytes (tlog-cosignature).
        #expect(cosignature.line.signature.count == 72)
    }

    @Test func `a cosignature of another time, text or key is refused`() throws {
        let witness = try Self.witness(2)
        let line = try witness.cosign(Self.verified(30), at: 7).line
        let other = try #require(try Self.checkpoint(31).adding([line]))
        #expect(throws: NoteFault(.badSignature)) { try other.cosignatures(by: [witness.key]) }
        var bytes = try #require(try Self.checkpoint(30).adding([line])).encoded
        // The identifier is 4 bytes and the time 8: the last of its Base64 digits stand at 14 and 15 of the field.
        let field = try #require(bytes.lastIndex(of: UInt8(ascii: " "))) + 1
        bytes[field + 13] = bytes[field + 13] == UInt8(ascii: "A") ? UInt8(ascii: "E") : UInt8(ascii: "A")
        let redated = try SignedNote(parsing: bytes)
        #expect(throws: NoteFault(.badSignature)) { try redated.cosignatures(by: [witness.key]) }
    }

    @Test func `openssl verifies a cosignature over the text that the specification names`() throws {
        guard program("openssl") != nil else { return }
        let folder = try ScratchFolder("cosignature")
        let witness = try Self.witness(2)
        let line = try witness.cosign(Self.verified(30), at: 1_930_298_400).line
        let head = try #require(Hex.decode("302a300506032b6570032100"))
        try folder.write("key.der", head + witness.key.publicKey.bytes)
        try folder.write("text", Array("cosignature/v1\ntime 1930298400\n".utf8) + (try Self.checkpoint(30)).text)
        try folder.write("sig", Array(line.signature.dropFirst(8)))
        let words = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in", "text"]
        let verified = try run("openssl", words + ["-sigfile", "sig"], in: folder.path)
        #expect(verified.status == 0, "\(verified.stderr)")
        #expect(line.signature.prefix(8).elementsEqual([0, 0, 0, 0, 0x73, 0x0E, 0x04, 0x20]))
    }

    @Test func `the keys of logs and of witnesses do not pass for one another`() throws {
        let witness = try Self.witness(2)
        #expect(try WitnessKey(parsing: witness.key.text) == witness.key)
        #expect(try WitnessSigner(parsing: witness.text()).key == witness.key)
        #expect(throws: NoteFault(.key)) { try VerifierKey(parsing: witness.key.text) }
        #expect(throws: NoteFault(.key)) { try WitnessKey(parsing: Self.log().verifierKey.text) }
        #expect(throws: NoteFault(.key)) { try NoteSigner(parsing: witness.text()) }
        #expect("\(witness)".contains("PRIVATE") == false)
        // The same key under the same name has another identifier for each use.
        let same = try #require(WitnessKey(name: Self.origin, publicKey: Self.log().verifierKey.publicKey))
        #expect(try same.keyID != Self.log().verifierKey.keyID)
    }

    @Test func `lines of a witness's answer are read as they are written`() throws {
        let lines = try [2, 3].map { try Self.witness($0).cosign(Self.verified(30), at: 7).line }
        let bytes = NoteSignature.encoded(lines)
        #expect(try NoteSignature.lines(parsing: bytes) == lines)
        for broken in [[], [0x0A], Array(bytes.dropLast()), bytes + [0x0A], Array("text\n".utf8) + bytes] {
            #expect(throws: NoteFault(.signatureLine)) { try NoteSignature.lines(parsing: broken) }
        }
    }

    @Test func `a request is read as it is written, and in no other spelling`() throws {
        for (old, new) in [(0, 30), (7, 30), (30, 30)] as [(UInt64, UInt64)] {
            let request = try Self.request(old, new)
            #expect(try WitnessRequest(parsing: request.encoded) == request)
        }
        let good = try Self.request(7, 30).encoded
        #expect(String(decoding: good, as: UTF8.self).hasPrefix("old 7\n"))
        let text = String(decoding: good, as: UTF8.self)
        for broken in [
            String(text.dropFirst(4)), text.replacing("old 7", with: "old 07"), text.replacing("old 7", with: "old -7"),
            text.replacing("old 7\n", with: "old 7\nAAAA\n"),
            text.replacing("old 7", with: "old 7 "), "\n" + text,
        ] {
            #expect(throws: NoteFault.self) { try WitnessRequest(parsing: Array(broken.utf8)) }
        }
        let many = WitnessRequest(old: 1, path: [Digest](repeating: .zero, count: 64), note: try Self.checkpoint(30))
        #expect(throws: NoteFault(.malformed)) { try WitnessRequest(parsing: many.encoded) }
    }

    @Test func `a witness refuses in the order and with the status of tlog-witness`() throws {
        let key = try Self.log().verifierKey
        func refusal(_ request: WitnessRequest, _ key: VerifierKey?, held: UInt64?, root: Digest? = nil) -> Int? {
            let held = held.flatMap { Checkpoint(origin: Self.origin, size: $0, root: root ?? Self.root($0)) }
            do throws(WitnessRefusal) {
                _ = try request.judged(logKey: key, held: held)
                return nil
            } catch { return error.status }
        }
        let request = try Self.request(7, 30)
        #expect(refusal(request, key, held: 7) == nil)
        #expect(refusal(request, nil, held: 7) == 404)
        let other = try #require(VerifierKey(name: "other", publicKey: key.publicKey))
        #expect(refusal(request, other, held: 7) == 404)
        #expect(refusal(request, try Self.log(9).verifierKey, held: 7) == 403)
        #expect(refusal(WitnessRequest(old: 31, path: [], note: request.note), key, held: 31) == 400)
        #expect(refusal(request, key, held: 8) == 409)
        #expect(refusal(request, key, held: nil) == 409)
        // Judged against what the witness holds: another tree of the same size is a fork.
        #expect(refusal(request, key, held: 7, root: Self.root(6)) == 422)
        #expect(
            refusal(WitnessRequest(old: 7, path: Array(request.path.dropLast()), note: request.note), key, held: 7)
                == 422
        )
        #expect(refusal(try Self.request(0, 30), key, held: nil) == nil)
        #expect(refusal(WitnessRequest(old: 0, path: [.zero], note: request.note), key, held: nil) == 422)
        #expect(refusal(try Self.request(30, 30), key, held: 30) == nil)
        #expect(refusal(try Self.request(30, 30), key, held: 30, root: Self.root(29)) == 422)
    }

    // MARK: - Policies

    private static func policy(_ lines: [String]) throws -> WitnessPolicy {
        try WitnessPolicy(parsing: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    private static func line(_ name: String, _ number: UInt8) throws -> String {
        "witness \(name) \(try witness(number).key.text)"
    }

    private static func agencies() throws -> WitnessPolicy {
        try policy([
            "# two agencies and oversight", "log \(log().verifierKey.text)", "",
            line("fib-1", 2), line("fib-2", 3), line("mpd-1", 4), line("rob-1", 5) + " https://rob.example.net/w",
            "group FIB-MB any fib-1 fib-2", "\tgroup   MPD-VT 1 mpd-1 ", "group agencies all FIB-MB MPD-VT",
            "group trusted 1 agencies rob-1", "quorum trusted",
        ])
    }

    @Test func `a quorum counts agencies as its groups say`() throws {
        let policy = try Self.agencies()
        func isMet(_ numbers: UInt8...) throws -> Bool {
            policy.isMet(by: Set(try numbers.map { try Self.witness($0).key }))
        }
        #expect(try !isMet())
        #expect(try !isMet(2, 3))
        #expect(try isMet(2, 4))
        #expect(try isMet(5))
        #expect(try !isMet(9))
        #expect(policy.groups(of: policy.witnesses[0]) == ["FIB-MB"])
        #expect(try Self.policy(["quorum none"]).isMet(by: []))
    }

    @Test func `a witness that the policy does not know, and the log's own key, count for nothing`() throws {
        let own = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: 32)))
        let host = try #require(WitnessSigner(name: "w.example.net", privateKey: own))
        // The policy does not name the log, so that only the judgement can know.
        let policy = try Self.policy(["witness host \(host.key.text)", "quorum host"])
        let line = try host.cosign(Self.verified(30), at: 7).line
        let note = try #require(try Self.checkpoint(30).adding([line]))
        let verified = try UnverifiedCheckpoint(note).verified(by: Self.log().verifierKey)
        let witnessing = try Witnessing(verified, by: policy)
        #expect(!witnessing.isMet)
        #expect(witnessing.cosignatures.isEmpty)
        #expect(try policy.dependent(on: Self.log().verifierKey).map(\.name) == ["host"])

        let stranger = try #require(
            try Self.checkpoint(30).adding([Self.witness(9).cosign(Self.verified(30), at: 7).line])
        )
        #expect(try !Witnessing(UnverifiedCheckpoint(stranger).verified(by: Self.log().verifierKey), by: policy).isMet)
    }

    @Test func `a policy is refused with the line that is wrong`() throws {
        let one = try Self.line("one", 2)
        let bad: [(Int, [String])] = [
            (0, [one]), (1, ["quorum one"]), (2, [one, one]), (2, [one, try Self.line("two", 2)]),
            (2, ["log \(try Self.log(2).verifierKey.text)", one]),
            (2, [one, "log \(try Self.log(2).verifierKey.text)"]),
            (3, [one, "quorum one", "quorum one"]), (1, ["witness one \(try Self.log().verifierKey.text)"]),
            (1, ["log \(try Self.witness(2).key.text)"]), (2, [one, "group g 2 one"]), (2, [one, "group g 0 one"]),
            (2, [one, "group g +1 one"]), (2, [one, "group g any two"]), (2, [one, "group g any one one"]),
            (3, [one, "group g any one", "group h any one"]), (2, [one, "group one any one"]),
            (2, [one, "group none any one"]), (1, ["group g any"]), (1, ["witnes one x"]), (1, ["quorum none \u{7F}"]),
            (1, ["witness one"]), (2, [one, "group g any none"]),
        ]
        for (number, lines) in bad {
            let fault = #expect(throws: WitnessPolicy.Fault.self, "\(lines)") { try Self.policy(lines) }
            #expect(fault?.line == number, "\(lines)")
        }
        // The same material under another name is the same witness.
        let renamed = try Self.witness(2, "other.example.net").key.text
        #expect(throws: WitnessPolicy.Fault.self) { try Self.policy([one, "witness two \(renamed)", "quorum one"]) }
    }

    @Test func `thirty-two logs, witnesses and groups are read`() throws {
        var lines = try (UInt8(1)...32).map { "log \(try NoteSamples.signer("log\($0)", $0).verifierKey.text)" }
        lines += try (UInt8(33)...64).map { try Self.line("w\($0)", $0) }
        lines += (33...64).map { "group g\($0) any w\($0)" } + ["quorum g64"]
        #expect(try Self.policy(lines).witnesses.count == 32)
    }
}
