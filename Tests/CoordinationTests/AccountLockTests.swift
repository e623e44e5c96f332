import Casework
import Cryptography
import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Coordination

/// Five bad proofs lock the account from which they came, and nobody else (CJIS Security Policy AC-7).
@Suite("An account with five bad proofs", .tags(.medium))
struct AccountLockTests {
    private static func key(_ seed: UInt8) throws -> Ed25519PrivateKey {
        try #require(Ed25519PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
    }

    /// A proof with a key; a bad one is a signature over something else.
    static func prove(_ bench: Bench, _ name: String, _ seed: UInt8, isBad: Bool) throws -> Answer {
        let connection = bench.connect(name)
        let challenge = try bench.must(connection, "Session.Challenge").parameters
        let message = Array(((challenge["message"]?.string ?? "") + (isBad ? "x" : "")).utf8)
        let signature = try SSHSignature(
            signing: message,
            namespace: challenge["namespace"]?.string ?? "",
            with: try key(seed)
        )
        .armored
        return try bench.answer(connection, "Session.Prove", ["signature": .string(signature)])
    }

    static func enrol(_ bench: Bench, _ name: String, _ seed: UInt8) throws {
        let line = SSHPublicKey(try key(seed).publicKey).authorizedKeyText
        try bench.must(bench.connect(name), "Registry.AddKey", ["member": .string(name), "key": .string(line)])
    }

    @Test func `after the fifth no proof is taken, also a good one, until it is lifted`() throws {
        let bench = try Bench()
        try Self.enrol(bench, "agent.mpd1", 9)
        for _ in 0..<4 { #expect(try Self.prove(bench, "agent.mpd1", 9, isBad: true).code == "E-PROOF") }
        #expect(try Self.prove(bench, "agent.mpd1", 9, isBad: false).error == nil)
        #expect(try Self.prove(bench, "agent.mpd1", 9, isBad: true).code == "E-PROOF")
        #expect(try Self.prove(bench, "agent.mpd1", 9, isBad: false).code == "E-ACCOUNT-LOCKED")
        // What the kernel vouches for goes on.
        try bench.must(bench.connect("agent.mpd1"), "Case.List", more: true)
        let uid = bench.inside { $0.state.members.values.first { $0.id.text == "agent.mpd1" }?.uids.first ?? 0 }
        let lift: JSONObject = ["uid": .integer(Int64(uid)), "reason": "Seen in person."]
        try bench.must(bench.connect("admin.ops"), "Registry.UnlockAccount", lift)
        #expect(try Self.prove(bench, "agent.mpd1", 9, isBad: false).error == nil)
    }

    @Test func `a stranger who names a member's key locks his own account, and not the member out`() throws {
        let bench = try Bench()
        try Self.enrol(bench, "agent.mpd1", 9)
        for _ in 0..<5 { #expect(try Self.prove(bench, "nobody", 9, isBad: true).code == "E-PROOF") }
        #expect(try Self.prove(bench, "nobody", 9, isBad: true).code == "E-ACCOUNT-LOCKED")
        #expect(try Self.prove(bench, "agent.mpd1", 9, isBad: false).error == nil)
    }

    @Test func `bad proofs of a quarter of an hour ago are forgotten`() {
        var proofs = BadProofs()
        let minutes: [(UInt32, Int64)] = [
            (2_001, 0), (2_001, 1), (2_001, 2), (2_001, 3), (2_001, 16), (2_002, 16), (2_001, 17), (2_001, 17),
            (2_001, 17),
        ]
        let locks = minutes.map { uid, minute in proofs.note(from: uid, at: minute * 60_000) }
        #expect(locks == [false, false, false, false, false, false, false, false, true])
    }
}
