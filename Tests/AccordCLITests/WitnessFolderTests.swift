import Cryptography
import Dispatch
import Foundation
import Synchronization
import Testing
import TransparencyLog

@testable import accord

/// What a witness holds, while many cosign with its folder at once.
struct WitnessFolderTests {
    /// One of two histories that a host shows: they differ in a line.
    private struct Record {
        let leaves: [Digest]
        let signer: NoteSigner

        init(differingAt other: Int?) throws {
            var leaves = (0..<64).map { Digest.leaf(Array("line \($0)".utf8)) }
            if let other { leaves[other] = .zero }
            self.leaves = leaves
            let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: 32)))
            signer = try #require(NoteSigner(name: "log.example.net/1", privateKey: key))
        }

        func root(_ size: Int) -> Digest { MerkleTree.root(of: Array(leaves.prefix(size))) }

        func request(from old: Int, to new: Int) throws -> [UInt8] {
            let path =
                old == 0
                ? []
                : MerkleTree.consistencyProof(from: UInt64(old), to: UInt64(new)) { node in
                    let width = 1 << node.height
                    return MerkleTree.root(of: Array(leaves[Int(node.index) * width..<(Int(node.index) + 1) * width]))
                }
            let head = try #require(Checkpoint(origin: signer.verifierKey.name, size: UInt64(new), root: root(new)))
            let note = try #require(try head.signed(by: signer))
            return WitnessRequest(old: UInt64(old), path: try #require(path), note: note).encoded
        }
    }

    @Test(arguments: 0..<4)
    func `those who cosign with one folder at once make it sign one history, and never less than before`(
        round: Int
    ) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "accord-witness-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try WitnessFolder.make(path, name: "witness.example.net/\(round)")
        let records = try [Record(differingAt: nil), Record(differingAt: 0)]
        let log = records[0].signer.verifierKey
        try WitnessFolder(path).follow(log)
        let signed = Mutex<[Checkpoint]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            let record = records[number % 2]
            for _ in 0..<12 {
                guard let folder = try? WitnessFolder(path),
                    let held = try? folder.held(log).map({ Int($0.checkpoint.size) }) ?? 0, held < 60,
                    let request = try? record.request(from: held, to: held + 1 + number / 2),
                    let cosigned = try? folder.cosign(request: request)
                else { continue }
                signed.withLock { $0.append(cosigned.checkpoint.checkpoint) }
            }
        }
        let all = signed.withLock { $0 }
        #expect(!all.isEmpty)
        let histories = records.filter { record in all.contains { record.root(Int($0.size)) == $0.root } }
        #expect(histories.count == 1)
        #expect(Set(all.map(\.size)).count == all.count, "each request is answered from what is held, which grows")
        #expect(try WitnessFolder(path).held(log)?.checkpoint.size == all.map(\.size).max())
    }
}
