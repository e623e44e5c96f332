import Cryptography
import StrictJSON
import Testing
import TransparencyLog

@testable import accord

/// A receipt that a member kept is held against the line that the daemon, or a copy, shows in its place (reliability.md 2.5 H).
struct KeptReceiptTests {
    private static let origin = "log.example.net/1"

    private static func line(_ seq: UInt64, _ prev: Digest, time: Int64 = 1_930_298_400_123) throws -> [UInt8] {
        let statement = Statement(
            agency: "MPD-VT",
            at: 1_930_298_400,
            by: "uid:2001",
            caseKey: try #require(CaseKey(hex: String(repeating: "01", count: 16))),
            kind: "entry.recorded",
            log: origin,
            member: "agent.mpd1",
            nonce: try #require(Nonce(hex: String(repeating: "02", count: 16))),
            parts: [],
            purpose: "CRIM_INVEST",
            references: [],
            role: "contributor",
            sawRoot: .empty,
            sawSize: 0
        )
        return try LogLine(
            seq: seq,
            prev: prev,
            caseSeq: seq,
            casePrev: prev,
            recordedAt: time,
            policy: .zero,
            statement: statement,
            attestation: .peer(uid: 2_001)
        )
        .encoded()
    }

    /// Five lines, the receipt of the third, and what the daemon proves of it.
    private struct Scene {
        var lines: [[UInt8]] = []
        let checkpoint: Checkpoint
        let receipt: JSONObject
        let reply: JSONObject

        init() throws {
            var last = Digest.empty
            for seq in 0..<5 {
                lines.append(try KeptReceiptTests.line(UInt64(seq), last))
                last = .leaf(lines[seq])
            }
            let leaves = lines.map { Digest.leaf($0) }
            let root = MerkleTree.root(of: leaves)
            checkpoint = try #require(Checkpoint(origin: KeptReceiptTests.origin, size: 5, root: root))
            // Of five leaves: the sibling, the pair before, and the lone one at the end.
            let path = [leaves[3], MerkleTree.root(of: Array(leaves[0...1])), leaves[4]]
            receipt = [
                "case": "TF-2031-482913", "item": "E-3", "position": 2, "leaf": .string(leaves[2].hex),
                "recordedAt": 1_930_298_400_123_000, "duplicate": false,
            ]
            reply = [
                "index": 2, "leaf": .string(leaves[2].hex), "line": .string(String(decoding: lines[2], as: UTF8.self)),
                "case": "TF-2031-482913", "item": "E-3", "proof": .array(path.map { .string($0.base64) }), "note": "",
            ]
        }

        /// The finding; nil if all is well, and `no-receipt` for what is none.
        func finding(_ receipt: [UInt8], _ reply: JSONObject? = nil) -> String? {
            guard let receipt = KeptReceipt(parsing: receipt) else { return "no-receipt" }
            do throws(KeptReceipt.Mismatch) {
                _ = try receipt.proved(by: reply ?? self.reply, in: checkpoint)
                return nil
            } catch { return error.finding }
        }
    }

    @Test func `a receipt as it was printed is proved, with what was printed around it and without`() throws {
        let scene = try Scene()
        #expect(scene.finding(JSONValue.object(scene.receipt).encoded) == nil)
        #expect(scene.finding(JSONValue.object(["receipt": .object(scene.receipt), "found": 0]).encoded) == nil)
    }

    @Test(arguments: ["P-3", "Q-3", "E3", "OP-3", "3"])
    func `an item that a line of its kind does not make is refused, whatever the daemon says`(item: String) throws {
        let scene = try Scene()
        var (receipt, reply) = (scene.receipt, scene.reply)
        receipt["item"] = .string(item)
        reply["item"] = nil
        #expect(scene.finding(JSONValue.object(receipt).encoded, reply) == "another-item")
    }

    @Test func `each single byte that is changed, left out or doubled in a receipt is refused`() throws {
        let scene = try Scene()
        let text = JSONValue.object(["receipt": .object(scene.receipt)]).encoded
        let whole = try JSONValue(parsing: text, limits: .wire)
        for place in text.indices {
            for other in Set([text[place] ^ 1, text[place] &+ 1, 0x30, 0x39, 0x61]) where other != text[place] {
                var edited = text
                edited[place] = other
                #expect(scene.finding(edited) != nil, "\(String(decoding: edited, as: UTF8.self))")
            }
            var (shorter, longer) = (text, text)
            shorter.remove(at: place)
            longer.insert(text[place], at: place)
            for edited in [shorter, longer] where (try? JSONValue(parsing: edited, limits: .wire)) != whole {
                #expect(scene.finding(edited) != nil, "\(String(decoding: edited, as: UTF8.self))")
            }
        }
    }

    @Test func `a daemon that lies about the place of a line, its words or its way to the root is not believed`() throws
    {
        let scene = try Scene()
        let receipt = JSONValue.object(scene.receipt).encoded
        let otherLine = String(decoding: scene.lines[3], as: UTF8.self)
        let lies: [(String, JSONValue)] = [
            ("index", 3), ("line", .string(otherLine)), ("line", ""), ("case", "TF-2031-000001"), ("item", "E-4"),
            ("proof", []), ("proof", ["AAAA"]),
        ]
        for (key, value) in lies {
            var reply = scene.reply
            reply[key] = value
            #expect(scene.finding(receipt, reply) != nil, "\(key)")
        }
        let proof = scene.reply["proof"]?.array ?? []
        for place in proof.indices {
            var (swapped, shorter) = (proof, proof)
            swapped.swapAt(place, (place + 1) % proof.count)
            shorter.remove(at: place)
            for path in [swapped, shorter, proof + [proof[place]]] {
                var reply = scene.reply
                reply["proof"] = .array(path)
                #expect(scene.finding(receipt, reply) == "not-included")
            }
        }
    }

    @Test func `what its line's part names is what the receipt says was made`() throws {
        let receipt = try #require(KeptReceipt(parsing: JSONValue.object(try Scene().receipt).encoded))
        let salt = [UInt8](repeating: 7, count: 32)
        let right = try #require(Part(name: "details", salt: salt, value: ["number": 3, "kind": "report"]))
        let wrong = try #require(Part(name: "details", salt: salt, value: ["number": 4, "kind": "report"]))
        try receipt.named(by: right)
        #expect(throws: KeptReceipt.Mismatch.self) { try receipt.named(by: wrong) }
    }
}
