import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// Roots and proofs against the definition, and every way to spoil a proof.
@Suite(.tags(.small, .g2))
struct MerkleTreeTests {
    /// Leaves and roots of transparency-dev/merkle `testonly/constants.go`.
    private static let inputs = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `the roots are the published ones`() throws {
        let leaves = try Self.inputs.map { Digest.leaf(try #require(Hex.decode($0))) }
        var frontier = MerkleFrontier()
        for size in 0...leaves.count {
            #expect(MerkleTree.root(of: Array(leaves.prefix(size))).hex == Self.roots[size])
            #expect(frontier.root.hex == Self.roots[size])
            if size < leaves.count { frontier.append(leaves[size]) }
        }
    }

    /// One of each kind of damage, at places chosen by chance.
    private static func damaged(_ path: [Digest], _ random: inout SplitMix64) -> [[Digest]] {
        var all = [path + [.zero], [.zero] + path]
        guard let first = path.first, let last = path.last else { return all }
        all += [Array(path.dropLast()), Array(path.dropFirst()), path + [last], [first] + path]
        let place = random.below(path.count)
        var bytes = path[place].bytes
        bytes[random.below(32)] ^= 1 << UInt8(random.below(8))
        var changed = path
        changed[place] = Digest(bytes: bytes) ?? .zero
        all.append(changed)
        if path.count > 1 {
            var swapped = path
            swapped.swapAt(place, (place + 1 + random.below(path.count - 1)) % path.count)
            all.append(swapped)
        }
        return all
    }

    @Test func `up to 200 leaves every inclusion proof is the defined one, and no damaged one verifies`() throws {
        let definition = MerkleDefinition(count: 200)
        var random = SplitMix64(seed: Seeds.fixed[1])
        for size in 1...200 {
            let root = definition.root(0..<size)
            for index in 0..<size {
                let leaf = definition.leaves[index]
                let path = try #require(
                    MerkleTree.inclusionProof(of: UInt64(index), in: UInt64(size)) { Self.hash(definition, $0) }
                )
                func verifies(_ path: [Digest], at place: Int, _ leaf: Digest) -> Bool {
                    let (place, size) = (UInt64(place), UInt64(size))
                    return MerkleTree.verifiesInclusion(of: leaf, at: place, in: size, root: root, path: path)
                }
                let isRight =
                    path == definition.path(index, 0..<size) && verifies(path, at: index, leaf)
                    && !verifies(path, at: index, .zero) && !verifies(path, at: index + 1, leaf)
                let damaged = Self.damaged(path, &random)
                #expect(isRight && !damaged.contains { verifies($0, at: index, leaf) }, "\(index) in \(size)")
            }
        }
    }

    @Test func `up to 200 leaves every consistency proof is the defined one, and no damaged one verifies`() throws {
        let definition = MerkleDefinition(count: 200)
        var random = SplitMix64(seed: Seeds.fixed[2])
        for new in 1...200 {
            for old in 1...new {
                let path = try #require(
                    MerkleTree.consistencyProof(from: UInt64(old), to: UInt64(new)) { Self.hash(definition, $0) }
                )
                let (oldRoot, newRoot) = (definition.root(0..<old), definition.root(0..<new))
                func verifies(_ path: [Digest], _ oldRoot: Digest, _ newRoot: Digest) -> Bool {
                    let (old, new) = (UInt64(old), UInt64(new))
                    return MerkleTree.verifiesConsistency(
                        from: old,
                        oldRoot: oldRoot,
                        to: new,
                        newRoot: newRoot,
                        path: path
                    )
                }
                let isRight =
                    path == definition.proof(old, new) && verifies(path, oldRoot, newRoot)
                    && !verifies(path, .zero, newRoot) && !verifies(path, oldRoot, .zero)
                    && (old == new || !verifies(path, newRoot, oldRoot))
                let damaged = Self.damaged(path, &random)
                #expect(isRight && !damaged.contains { verifies($0, oldRoot, newRoot) }, "\(old) to \(new)")
            }
        }
    }

    private static func hash(_ definition: MerkleDefinition, _ node: NodeAddress) -> Digest {
        let start = Int(node.index) << node.height
        return definition.root(start..<start + 1 << node.height)
    }

    @Test func `beginning with nothing is refused by the strict rule and taken by the witness's`() {
        let root = Digest.leaf([1])
        func strict(_ new: UInt64, _ newRoot: Digest, _ path: [Digest]) -> Bool {
            MerkleTree.verifiesConsistency(from: 0, oldRoot: .empty, to: new, newRoot: newRoot, path: path)
        }
        func growth(_ new: UInt64, _ newRoot: Digest, _ path: [Digest], oldRoot: Digest = .empty) -> Bool {
            MerkleTree.verifiesGrowth(from: 0, oldRoot: oldRoot, to: new, newRoot: newRoot, path: path)
        }
        #expect(!strict(0, .empty, []) && !strict(1, root, []))
        #expect(growth(0, .empty, []) && growth(1, root, []))
        #expect(!growth(0, root, []) && !growth(1, root, [root]) && !growth(1, root, [], oldRoot: root))
        #expect(!growth(.max, root, []))
        #expect(MerkleTree.verifiesGrowth(from: 1, oldRoot: root, to: 1, newRoot: root, path: []))
        #expect(!MerkleTree.verifiesGrowth(from: 2, oldRoot: root, to: 1, newRoot: root, path: []))
    }

    @Test func `what lies outside a tree is refused, whatever its size`() {
        let root = Digest.leaf([1])
        func includes(_ index: UInt64, _ size: UInt64) -> Bool {
            MerkleTree.verifiesInclusion(of: root, at: index, in: size, root: root, path: [])
        }
        #expect(includes(0, 1))
        for (index, size) in [(0, 0), (1, 1), (.max, .max), (0, .max), (.max, 1)] as [(UInt64, UInt64)] {
            #expect(!includes(index, size))
            #expect(MerkleTree.inclusionProof(of: index, in: size) { _ in root } == nil)
        }
        for (old, new) in [(2, 1), (.max, .max), (1, .max), (.max, 1), (0, 0), (0, 5)] as [(UInt64, UInt64)] {
            #expect(MerkleTree.consistencyProof(from: old, to: new) { _ in root } == nil)
            #expect(!MerkleTree.verifiesConsistency(from: old, oldRoot: root, to: new, newRoot: root, path: []))
        }
        #expect(MerkleTree.root(of: .max) { _ in root } == nil)
    }

    @Test func `the largest tree has proofs of at most 63 hashes`() throws {
        let size = MerkleTree.maximumSize
        for index in [0, 1, size / 2, size - 2, size - 1] {
            let path = try #require(MerkleTree.inclusionProof(of: index, in: size) { Digest.sha256("\($0)") })
            #expect(path.count <= 63)
        }
        let path = try #require(MerkleTree.consistencyProof(from: size - 1, to: size) { Digest.sha256("\($0)") })
        #expect(path.count <= 63)
    }
}
