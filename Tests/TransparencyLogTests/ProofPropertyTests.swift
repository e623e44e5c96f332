import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// Proofs of every small size against other people's code, and of random large sizes against the definition.
@Suite(.tags(.small, .g2))
struct ProofPropertyTests {
    /// A tree that is not stored: all leaves are the same but a few, so that every complete subtree without one of these
    /// is known by its height alone.
    private struct SparseTree {
        let special: [UInt64]
        private let uniform: [Digest]

        init(special: [UInt64]) {
            self.special = Array(Set(special)).sorted()
            var uniform = [Digest.leaf([])]
            for height in 1...40 { uniform.append(.node(uniform[height - 1], uniform[height - 1])) }
            self.uniform = uniform
        }

        private func hasSpecial(_ range: Range<UInt64>) -> Bool {
            var (low, high) = (0, special.count)
            while low < high {
                let middle = (low + high) / 2
                if special[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
            }
            return low < special.count && special[low] < range.upperBound
        }

        func leaf(_ index: UInt64) -> Digest {
            hasSpecial(index..<index + 1) ? .leaf(Array("\(index)".utf8)) : uniform[0]
        }

        /// RFC 9162 section 2.1.1, by its words: split at the largest power of two that is smaller.
        func root(_ range: Range<UInt64>) -> Digest {
            let count = range.upperBound - range.lowerBound
            if count == 0 { return .empty }
            if count == 1 { return leaf(range.lowerBound) }
            if count & (count - 1) == 0, !hasSpecial(range) { return uniform[count.trailingZeroBitCount] }
            var half: UInt64 = 1
            while half * 2 < count { half *= 2 }
            let middle = range.lowerBound + half
            return .node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
        }

        func hash(_ node: NodeAddress) -> Digest {
            root(node.index << UInt64(node.height)..<(node.index + 1) << UInt64(node.height))
        }
    }

    private static func flipped(_ path: [Digest], at place: Int, bit: Int) -> [Digest] {
        var bytes = path[place].bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        var changed = path
        changed[place] = Digest(bytes: bytes) ?? .zero
        return changed
    }

    @Test func `proofs in trees of up to ten million leaves verify, and with one bit flipped in any hash they do not`()
        throws
    {
        var random = SplitMix64(seed: Seeds.fresh)
        func below(_ bound: UInt64) -> UInt64 { UInt64(random.below(Int(bound))) }
        for _ in 0..<150 {
            let size = 2 + below(9_999_999)
            let (index, old) = (below(size), 1 + below(size - 1))
            let places = [index, old - 1, size - 1] + (0..<8).map { _ in below(size) }
            let tree = SparseTree(special: places)
            let (root, oldRoot) = (tree.root(0..<size), tree.root(0..<old))
            #expect(MerkleTree.root(of: size, node: tree.hash) == root, "\(size)")

            let path = try #require(MerkleTree.inclusionProof(of: index, in: size, node: tree.hash))
            func includes(_ path: [Digest], _ index: UInt64, _ leaf: Digest) -> Bool {
                MerkleTree.verifiesInclusion(of: leaf, at: index, in: size, root: root, path: path)
            }
            #expect(includes(path, index, tree.leaf(index)), "\(index) in \(size)")
            #expect(!includes(path, index, .zero) && !includes(path, (index + 1) % size, tree.leaf(index)))
            for place in path.indices {
                let spoiled = Self.flipped(path, at: place, bit: random.below(256))
                #expect(!includes(spoiled, index, tree.leaf(index)), "hash \(place) of \(index) in \(size)")
            }

            let growth = try #require(MerkleTree.consistencyProof(from: old, to: size, node: tree.hash))
            func grows(_ path: [Digest], _ oldRoot: Digest) -> Bool {
                MerkleTree.verifiesConsistency(from: old, oldRoot: oldRoot, to: size, newRoot: root, path: path)
            }
            #expect(grows(growth, oldRoot), "\(old) to \(size)")
            #expect(!grows(growth, .zero))
            for place in growth.indices {
                let spoiled = Self.flipped(growth, at: place, bit: random.below(256))
                #expect(!grows(spoiled, oldRoot), "hash \(place) of \(old) to \(size)")
            }
        }
    }

    @Test(.needsPython("pymerkle"))
    func `at every size up to 1,025 root and proofs are those of pymerkle`() throws {
        let script = """
            from pymerkle import InmemoryTree
            tree = InmemoryTree(algorithm="sha256")
            for n in range(1, 1026):
                tree.append_entry(b"%d" % (n - 1))
                index, old = n * 7919 % n + (n > 1) * (n * 31 % n), n * 17 % n + 1
                index %= n
                path = tree.prove_inclusion(index + 1, n).serialize()["path"]
                grown = tree.prove_consistency(old, n).serialize()["path"]
                print(n, tree.get_root(n).hex(), index, ",".join(path[1:]), old, ",".join(grown), sep=" ")
            """
        let python = try #require(Programs.python)
        let done = try run(python, ["-W", "ignore", "-c", script])
        try #require(done.status == 0, "\(done.stderr)")
        let leaves = (0..<1_025).map { Digest.leaf(Array("\($0)".utf8)) }
        var frontier = MerkleFrontier()
        var full: [[UInt64]: TileHashes] = [:]
        var lines = 0
        for line in done.stdout.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            try #require(words.count == 6)
            let (size, index, old) = (UInt64(words[0]) ?? 0, UInt64(words[2]) ?? 0, UInt64(words[4]) ?? 0)
            // The tree as it is stored: full tiles and the growing edge.
            for tile in frontier.append(leaves[Int(size) - 1]) { full[[UInt64(tile.level), tile.index]] = tile }
            func node(_ address: NodeAddress) -> Digest {
                let found = frontier.hash(of: address) { level, index in full[[UInt64(level), index]] }
                if let found { return found }
                let width = 1 << address.height
                return MerkleTree.root(of: Array(leaves[Int(address.index) * width..<(Int(address.index) + 1) * width]))
            }
            #expect(frontier.root.hex == words[1], "\(size)")
            #expect(MerkleTree.root(of: size, node: node)?.hex == String(words[1]), "\(size)")
            let path = MerkleTree.inclusionProof(of: index, in: size, node: node) ?? []
            #expect(path.map(\.hex) == words[3].split(separator: ",").map(String.init), "\(index) in \(size)")
            // Theirs names the old root as well where it is a complete subtree, and orders its hashes otherwise.
            var grown = Set((MerkleTree.consistencyProof(from: old, to: size, node: node) ?? []).map(\.hex))
            if old & (old - 1) == 0 { grown.insert(MerkleTree.root(of: Array(leaves.prefix(Int(old)))).hex) }
            #expect(grown == Set(words[5].split(separator: ",").map(String.init)), "\(old) to \(size)")
            lines += 1
        }
        #expect(lines == 1_025)
    }
}
