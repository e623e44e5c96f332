import Cryptography
import RecordStore
import TestSupport
import Testing
import TransparencyLog

@Suite(.tags(.medium))
struct ProofTests {
    @Test(arguments: [1, 256, 700, 1_300])
    func `the proofs of many lines lead to the root, as one by one`(size: Int) throws {
        let scratch = try ScratchFolder("record")
        let record = try SQLiteRecord.create(in: scratch.path("record"))
        defer { try? record.close() }
        var maker = LineMaker(seed: 12)
        _ = try record.append(try maker.batch(1_300, parts: 0), after: record.head)
        let leaves = maker.made.prefix(size).map(\.leaf)
        // In order and not: what was read for one line may not be taken for another's.
        let places = Array(stride(from: 0, to: size, by: 7)) + [0, size / 2, size - 1]
        let proofs = try #require(try record.inclusionProofs(of: places.map { UInt64($0) }, in: UInt64(size)))
        #expect(proofs.count == places.count)
        for (place, path) in zip(places, proofs) {
            let leads = MerkleTree.verifiesInclusion(
                of: leaves[place],
                at: UInt64(place),
                in: UInt64(size),
                root: MerkleTree.root(of: leaves),
                path: path
            )
            #expect(leads, "\(place) in \(size)")
        }
        #expect(try record.inclusionProofs(of: [0, UInt64(size)], in: UInt64(size)) == nil)
        #expect(try record.inclusionProofs(of: [0], in: 1_301) == nil)
    }

    @Test func `from every size up to 1,025 the stored tiles give the proof of growth`() throws {
        let scratch = try ScratchFolder("record")
        let record = try SQLiteRecord.create(in: scratch.path("record"))
        defer { try? record.close() }
        var maker = LineMaker(seed: 13)
        _ = try record.append(try maker.batch(1_300, parts: 0), after: record.head)
        var frontier = MerkleFrontier()
        for old in 1...1_025 {
            frontier.append(maker.made[old - 1].leaf)
            #expect(try record.root(of: UInt64(old)) == frontier.root)
            let path = try #require(try record.consistencyProof(from: UInt64(old), to: 1_300))
            let isGrown = MerkleTree.verifiesConsistency(
                from: UInt64(old),
                oldRoot: frontier.root,
                to: 1_300,
                newRoot: record.head.root,
                path: path
            )
            #expect(isGrown, "\(old)")
        }
        #expect(try record.root(of: 1_301) == nil)
        #expect(try record.consistencyProof(from: 1, to: 1_301) == nil)
    }

    /// The edge of the tree is kept from one proof to the next.
    @Test func `proofs at several sizes, in turns and while the record grows, each lead to their own root`() throws {
        let scratch = try ScratchFolder("record")
        let record = try SQLiteRecord.create(in: scratch.path("record"))
        defer { try? record.close() }
        var maker = LineMaker(seed: 14)
        for _ in 0..<4 {
            _ = try record.append(try maker.batch(300, parts: 0), after: record.head)
            let leaves = maker.made.map(\.leaf)
            for size in [leaves.count, 256, leaves.count - 1, 1, leaves.count, 257] {
                let root = MerkleTree.root(of: Array(leaves[..<size]))
                let path = try #require(try record.inclusionProof(of: UInt64(size / 2), in: UInt64(size)))
                let leads = MerkleTree.verifiesInclusion(
                    of: leaves[size / 2],
                    at: UInt64(size / 2),
                    in: UInt64(size),
                    root: root,
                    path: path
                )
                #expect(leads, "the middle of \(size)")
                let old = (size + 1) / 2
                let growth = try #require(try record.consistencyProof(from: UInt64(old), to: UInt64(size)))
                let isGrown = MerkleTree.verifiesConsistency(
                    from: UInt64(old),
                    oldRoot: MerkleTree.root(of: Array(leaves[..<old])),
                    to: UInt64(size),
                    newRoot: root,
                    path: growth
                )
                #expect(isGrown, "\(old) to \(size)")
            }
        }
    }
}
