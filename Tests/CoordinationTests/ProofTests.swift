import Casework
import Cryptography
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

@testable import Coordination

/// Proofs over the wire, and the cosignatures of witnesses.
@Suite(.tags(.medium, .g2))
struct ProofTests {
    private static func witness(_ number: UInt8) throws -> WitnessSigner {
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: number, count: 32)))
        return try #require(WitnessSigner(name: "w\(number).example.net", privateKey: key))
    }

    /// Two agencies, of which both have to vouch.
    private static func policy() throws -> WitnessPolicy {
        let text = """
            witness rob \(try witness(2).key.text)
            witness mpd \(try witness(3).key.text)
            group ROB any rob
            group MPD-VT any mpd
            group both all ROB MPD-VT
            quorum both

            """
        return try WitnessPolicy(parsing: Array(text.utf8))
    }

    private func checkpoint(_ answer: Answer, _ bench: Bench) throws -> VerifiedCheckpoint {
        let note = try #require(answer.parameters["note"]?.string)
        return try UnverifiedCheckpoint(parsing: Array(note.utf8)).verified(by: bench.logKey)
    }

    private func path(_ answer: Answer) -> [Digest]? {
        answer.parameters["proof"]?.array?.compactMap { $0.string.flatMap { Digest(base64: $0) } }
    }

    @Test func `the record grows out of each checkpoint that somebody kept, and the proof shows it`() throws {
        let bench = try Bench()
        let member = bench.connect("agent.mpd1")
        var kept: [Checkpoint] = []
        for _ in 0..<6 {
            try bench.must(member, "Case.List", more: true)
            kept.append(try checkpoint(try bench.must(member, "Audit.GetCheckpoint"), bench).checkpoint)
        }
        let newest = try #require(kept.last)
        for old in kept {
            let answer = try bench.must(member, "Audit.ProveConsistency", ["from": .integer(Int64(old.size))])
            #expect(try checkpoint(answer, bench).checkpoint == newest)
            let isGrown = MerkleTree.verifiesConsistency(
                from: old.size,
                oldRoot: old.root,
                to: newest.size,
                newRoot: newest.root,
                path: try #require(path(answer))
            )
            #expect(isGrown)
        }
        // Between two older ones, too.
        let between = try bench.must(
            member,
            "Audit.ProveConsistency",
            ["from": .integer(Int64(kept[1].size)), "to": .integer(Int64(kept[3].size))]
        )
        let isGrown = MerkleTree.verifiesConsistency(
            from: kept[1].size,
            oldRoot: kept[1].root,
            to: kept[3].size,
            newRoot: kept[3].root,
            path: try #require(path(between))
        )
        #expect(isGrown)
    }

    @Test func `what the record was never as long as grew into nothing, and the answer says so`() throws {
        let bench = try Bench()
        let member = bench.connect("agent.mpd1")
        let size = try checkpoint(try bench.must(member, "Audit.GetCheckpoint"), bench).checkpoint.size
        for from in [Int64(size) + 1, .max, -1] {
            let answer = try bench.must(member, "Audit.ProveConsistency", ["from": .integer(from)])
            #expect(path(answer) == nil, "\(from)")
            #expect(try checkpoint(answer, bench).checkpoint.size == size)
        }
        let beyond = try bench.must(member, "Audit.ProveConsistency", ["from": 1, "to": .integer(Int64(size) + 1)])
        #expect(path(beyond) == nil)
        #expect(path(try bench.must(member, "Audit.ProveConsistency", ["from": 0])) == [])
        let stranger = try bench.answer(bench.connect("nobody"), "Audit.ProveConsistency", ["from": 1])
        #expect(stranger.code == "E-NOT-ENROLLED")
    }

    @Test func `oversight may ask for the proof of any line, others for no place in the whole record`() throws {
        let bench = try Bench()
        let auditor = bench.connect("auditor.rob")
        let answer = try bench.must(auditor, "Audit.ProveInclusion", ["position": 3])
        let newest = try checkpoint(answer, bench).checkpoint
        let isIncluded = MerkleTree.verifiesInclusion(
            of: try #require(answer.parameters["leaf"]?.string.flatMap { Digest(hex: $0) }),
            at: 3,
            in: newest.size,
            root: newest.root,
            path: try #require(path(answer))
        )
        #expect(isIncluded)
        #expect(try bench.answer(auditor, "Audit.ProveInclusion", ["position": 1_000_000]).code == "E-INVALID")
        for name in ["agent.mpd1", "admin.ops", "nobody"] {
            let member = bench.connect(name)
            let there = try bench.answer(member, "Audit.ProveInclusion", ["position": 3])
            let absent = try bench.answer(member, "Audit.ProveInclusion", ["position": 1_000_000])
            #expect(there.error != nil, "\(name)")
            #expect(there.parameters == absent.parameters, "\(name)")
        }
    }

    @Test func `a line of a case is proved to who may know of it; to others it does not exist`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let lead = by["lead.fib"]
        // A checkpoint that covers the case.
        try bench.must(lead, "Audit.GetCheckpoint")
        let answer = try bench.must(lead, "Audit.ProveInclusion", ["case": "Alder", "position": 0])
        let newest = try checkpoint(answer, bench).checkpoint
        let isIncluded = MerkleTree.verifiesInclusion(
            of: try #require(answer.parameters["leaf"]?.string.flatMap { Digest(hex: $0) }),
            at: UInt64(try #require(answer.parameters["index"]?.integer)),
            in: newest.size,
            root: newest.root,
            path: try #require(path(answer))
        )
        #expect(isIncluded)
        // The line itself, and the number of its case, so that a receipt can be held against it.
        let line = Array((answer.parameters["line"]?.string ?? "").utf8)
        #expect(Digest.leaf(line).hex == answer.parameters["leaf"]?.string)
        #expect(answer.parameters["case"]?.string == bench.inside { $0.state.cases.values.first?.number })
        let stranger = bench.connect("agent.tcp1")
        let forbidden = try bench.answer(stranger, "Audit.ProveInclusion", ["case": "Alder", "position": 0])
        let absent = try bench.answer(stranger, "Audit.ProveInclusion", ["case": "Zebra", "position": 0])
        #expect(forbidden.code == "E-NOT-MEMBER")
        #expect(forbidden.parameters == absent.parameters)
    }

    // MARK: - Witnesses

    private func cosigned(
        _ bench: Bench,
        by numbers: [UInt8],
        at time: UInt64 = 1_930_298_400
    ) throws -> SignedNote {
        let answer = try bench.must(bench.connect("auditor.rob"), "Audit.GetCheckpoint")
        let newest = try checkpoint(answer, bench)
        let lines = try numbers.map { try Self.witness($0).cosign(newest, at: time).line }
        return try #require(newest.note.adding(lines))
    }

    private func add(_ note: SignedNote, _ bench: Bench) throws -> Answer {
        let text = String(decoding: note.encoded, as: UTF8.self)
        return try bench.answer(bench.connect("agent.mpd1"), "Audit.AddCosignature", ["note": .string(text)])
    }

    @Test func `a cosignature of a configured witness is kept and served, and enough of them make it trusted`() throws {
        let bench = try Bench(policy: Self.policy())
        let first = try add(try cosigned(bench, by: [2]), bench)
        #expect(first.parameters["added"] == 1)
        #expect(first.parameters["isWitnessed"] == false)
        let second = try add(try cosigned(bench, by: [3, 9]), bench)
        #expect(second.parameters["added"] == 1)
        #expect(second.parameters["isWitnessed"] == true)
        #expect(try add(try cosigned(bench, by: [2, 3]), bench).parameters["added"] == 0)

        let served = try bench.must(bench.connect("agent.mpd1"), "Audit.GetCheckpoint")
        let witnessed = try #require(served.parameters["witnessed"]?.string)
        let note = try SignedNote(parsing: Array(witnessed.utf8))
        let keys = try [2, 3].map { try Self.witness($0).key }
        #expect(try note.cosignatures(by: keys).count == 2)
        // A line of a witness that nobody configured is not passed on.
        #expect(note.signatures.count == 3)
        let standing = try #require(served.parameters["witnesses"]?.array?.first?.object)
        #expect(standing["name"] == "rob")
        #expect(standing["groups"] == ["ROB"])
        let status = try bench.must(bench.connect("agent.mpd1"), "Service.GetStatus")
        #expect(status.parameters["isWitnessed"] == true)
        #expect(try bench.must(bench.connect("nobody"), "Service.GetStatus").parameters["witnesses"] == nil)
        // The next start reads it again.
        let again = try WitnessedNotes(
            folder: bench.folder.path("witnessed"),
            logKey: bench.logKey,
            policy: Self.policy()
        )
        #expect(again.witnessed?.isMet == true)
        try again.check(bench.shelf.record)
    }

    @Test func `status warns while too few witnesses cosigned, and when they last did so a day ago`() throws {
        let bench = try Bench(policy: Self.policy())
        func warnings() throws -> Int {
            try bench.must(bench.connect("nobody"), "Service.GetStatus").parameters["warnings"]?.array?.count ?? 0
        }
        #expect(try warnings() == 1)
        _ = try add(try cosigned(bench, by: [2, 3]), bench)
        #expect(try warnings() == 0)
        bench.pass(86_400_000 + 1_000)
        #expect(try warnings() == 1)
    }

    @Test func `a witness whose clock runs ahead does not silence the warning of a day`() throws {
        let bench = try Bench(policy: Self.policy())
        func warnings() throws -> Int {
            try bench.must(bench.connect("nobody"), "Service.GetStatus").parameters["warnings"]?.array?.count ?? 0
        }
        _ = try add(try cosigned(bench, by: [2, 3], at: 1_930_298_400 + 90 * 86_400), bench)
        #expect(try warnings() == 0)
        bench.pass(86_400_000 + 1_000)
        #expect(try warnings() == 1)
    }

    @Test func `what is no checkpoint of this log, or of no configured witness, is not taken`() throws {
        let bench = try Bench(policy: Self.policy())
        let good = try cosigned(bench, by: [2])
        let other = try #require(NoteSigner(name: Bench.origin, privateKey: Ed25519PrivateKey.random()))
        let claim = try Checkpoint(parsing: good.text)
        let forged = try #require(try claim.signed(by: other)?.adding([good.signatures[1]]))
        let longer = try #require(Checkpoint(origin: claim.origin, size: claim.size + 1, root: claim.root))
        let unsigned = try #require(try longer.signed(by: other))
        for note in [forged, unsigned, try cosigned(bench, by: [9]), try cosigned(bench, by: [])] {
            #expect(try add(note, bench).code == "E-INVALID")
        }
        // A witness's line from under another checkpoint.
        try bench.must(bench.connect("agent.mpd1"), "Case.List", more: true)
        let moved = try #require(try cosigned(bench, by: []).adding([good.signatures[1]]))
        #expect(try add(moved, bench).code == "E-INVALID")
        #expect(
            try bench.answer(bench.connect("nobody"), "Audit.AddCosignature", ["note": "x"]).code == "E-NOT-ENROLLED"
        )
        #expect(bench.witnesses.witnessed == nil)
    }

    @Test func `where no witness is configured nothing is taken`() throws {
        let bench = try Bench()
        #expect(try add(try cosigned(bench, by: [2]), bench).code == "E-INVALID")
    }

    @Test func `a record behind what a witness holds, and another record, are refused by size and name`() throws {
        let bench = try Bench(policy: Self.policy())
        let before = try Bench(seed: 2, policy: Self.policy())
        _ = try add(try cosigned(bench, by: [2]), bench)
        let held = try WitnessedNotes(folder: bench.folder.path("witnessed"), logKey: bench.logKey, policy: nil)
        let size = bench.shelf.record.head.size
        // As long, and another one.
        let rewritten = #expect(throws: DaemonFault.self) { try held.check(before.shelf.record) }
        #expect(rewritten?.message.contains("w2.example.net") == true)
        #expect(rewritten?.message.contains("rewritten") == true)
        #expect(rewritten?.exitStatus == 78)
        try bench.must(bench.connect("agent.mpd1"), "Case.List", more: true)
        _ = try add(try cosigned(bench, by: [3]), bench)
        let more = try WitnessedNotes(folder: bench.folder.path("witnessed"), logKey: bench.logKey, policy: nil)
        let short = #expect(throws: DaemonFault.self) { try more.check(before.shelf.record) }
        #expect(short?.message.contains("\(size) lines") == true, "\(short?.message ?? "")")
        #expect(short?.message.contains("w3.example.net") == true)
    }

    @Test func `the policy file is refused with its line, and the log's own key in it`() throws {
        let folder = try ScratchFolder("policy")
        let own = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
        let log = try #require(VerifierKey(name: Bench.origin, publicKey: own.publicKey))
        let host = try #require(WitnessSigner(name: "host", privateKey: own))
        let cases = [
            ("witness a b\nquorum a\n", "line 1"), ("quorum none\nquorum none\n", "line 2"),
            ("witness host \(host.key.text)\nquorum host\n", "host"),
            (
                "log \(try NoteSigner(name: "l", privateKey: Ed25519PrivateKey.random())?.verifierKey.text ?? "")\nquorum none\n",
                "log"
            ),
        ]
        for (text, word) in cases {
            let path = try folder.write("policy", text)
            let fault = #expect(throws: DaemonFault.self) { try WitnessPolicy(file: path, logKey: log) }
            #expect(fault?.code == .configuration)
            #expect(fault?.message.contains(word) == true, "\(fault?.message ?? "")")
            #expect(fault?.message.contains(path) == true)
        }
        #expect(throws: DaemonFault.self) { try WitnessPolicy(file: folder.path("absent"), logKey: nil) }
    }
}
