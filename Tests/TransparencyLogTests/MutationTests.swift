import Cryptography
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// Nothing that was signed can be changed anywhere: each edit, deletion, exchange and splice of a bundle, a proof or a receipt is
/// refused, whether or not whoever did it renewed the list of digests.
struct MutationTests {
    typealias Bundle = BundleCorpusTests.MemoryBundle

    /// A bundle that somebody changed.
    struct Mutant {
        let name: String
        let bundle: Bundle
    }

    /// What an export carries that the log signs and no other check reads.
    private static let unsigned: Set<String> = [
        "README.txt", "check.py", "verify.py", "SHA256SUMS", SignedSums.fileName, "policy",
    ]

    private static func good(_ isCase: Bool) throws -> (VerificationRecord, Bundle) {
        let record = try VerificationRecord(count: 20)
        var bundle = try BundleCorpusTests.bundle(of: record, isCase: isCase)
        if isCase {
            // The reader may not know of two lines, and the bundle says so.
            leaveOut([4, 5], of: &bundle, record)
            bundle.files["withheld"] = Array("4 5\n".utf8)
            bundle.renewSums(by: record.signer)
        }
        return (record, bundle)
    }

    /// Every place of a short file, but of only one part and one proof; some of others; the first and the last always.
    private static func places(_ name: String, _ count: Int, isFirst: Bool, _ random: inout SplitMix64) -> [Int] {
        if count <= 600, isFirst { return Array(0..<count) }
        return [0, count - 1] + (0..<(isFirst ? 60 : 4)).map { _ in random.below(count) }
    }

    /// One byte of each file another one, or gone, or one more.
    private static func edits(_ bundle: Bundle, _ random: inout SplitMix64) -> [Mutant] {
        var mutants: [Mutant] = []
        var kinds: Set<Substring> = []
        for (name, bytes) in bundle.files.sorted(by: { $0.key < $1.key }) {
            let folder = name.contains("/") ? name.prefix { $0 != "/" } : name[...]
            for place in places(name, bytes.count, isFirst: kinds.insert(folder).inserted, &random) {
                var changed = bundle
                let kind = random.below(10)
                switch kind {
                case 0: changed.files[name]?.remove(at: place)
                case 1: changed.files[name]?.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                default: changed.files[name]?[place] ^= UInt8(1 + random.below(255))
                }
                mutants.append(Mutant(name: "\(name) at \(place), kind \(kind)", bundle: changed))
            }
            guard !bytes.isEmpty else { continue }
            var cut = bundle
            cut.files[name]?.removeLast(bytes.count / 2)
            mutants.append(Mutant(name: "\(name) cut in half", bundle: cut))
        }
        return mutants
    }

    /// A file gone, two of a kind exchanged; a line gone, two exchanged.
    private static func moves(_ bundle: Bundle, _ random: inout SplitMix64) -> [Mutant] {
        var mutants: [Mutant] = []
        let names = bundle.files.keys.sorted()
        for name in names {
            var changed = bundle
            changed.files[name] = nil
            mutants.append(Mutant(name: "without \(name)", bundle: changed))
        }
        for folder in ["parts/", "proofs/"] {
            let kind = names.filter { $0.hasPrefix(folder) }
            for (first, second) in zip(kind, kind.dropFirst()) {
                var changed = bundle
                changed.exchange(first, second)
                mutants.append(Mutant(name: "\(first) and \(second) exchanged", bundle: changed))
            }
        }
        let count = bundle.lines.count
        for place in 0..<count {
            var without = bundle
            without.lines.remove(at: place)
            mutants.append(Mutant(name: "without line \(place)", bundle: without))
            let other = (place + 1 + random.below(count - 1)) % count
            var exchanged = bundle
            exchanged.lines.swapAt(place, other)
            mutants.append(Mutant(name: "lines \(place) and \(other) exchanged", bundle: exchanged))
        }
        return mutants
    }

    /// A file or a line of another bundle in place of the bundle's own.
    private static func splices(_ bundle: Bundle, _ other: Bundle) -> [Mutant] {
        var mutants: [Mutant] = []
        for (name, bytes) in other.files.sorted(by: { $0.key < $1.key }) where bundle.files[name] != bytes {
            var changed = bundle
            changed.files[name] = bytes
            mutants.append(Mutant(name: "\(name) of another", bundle: changed))
        }
        for place in 0..<min(bundle.lines.count, other.lines.count) where bundle.lines[place] != other.lines[place] {
            var changed = bundle
            changed.lines = Array(bundle.lines[..<place] + other.lines[place...])
            mutants.append(Mutant(name: "another from line \(place)", bundle: changed))
            changed.lines = bundle.lines
            changed.lines[place] = other.lines[place]
            mutants.append(Mutant(name: "line \(place) of another", bundle: changed))
        }
        return mutants
    }

    /// The same case in another log's record, by another key.
    private static func another(_ record: VerificationRecord, _ isCase: Bool) throws -> Bundle {
        var record = record
        for place in record.values.indices { record.values[place].statement.agency = "FIB" }
        try record.relink()
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 9, count: 32)))
        let signer = try #require(NoteSigner(name: VerificationRecord.origin, privateKey: key))
        record.note = try record.checkpoint(by: signer).encoded
        var bundle = try BundleCorpusTests.bundle(of: record, isCase: isCase)
        bundle.files["log.vkey"] = Array((signer.verifierKey.text + "\n").utf8)
        return bundle
    }

    @Test(arguments: [false, true])
    func `no edit, deletion, exchange or splice of a bundle is taken`(isCase: Bool) throws {
        let (record, bundle) = try Self.good(isCase)
        let verification = BundleVerification(key: record.signer.verifierKey, known: [], isStrict: true)
        // Status 11: as it should be, and less than everything.
        #expect(try verification.report(on: bundle).exitCode == (isCase ? 11 : 0))
        let another = try Self.another(record, isCase)
        let (tried, errors) = tryAll(Array(Seeds.range(of: 1))) { seed in
            try Self.tryMutants(of: bundle, another, verification, record.signer, isCase, seed: seed)
        }
        for error in errors { Issue.record("\(error)") }
        print("\(3 * tried.reduce(0, +)) changed bundles: with their list of digests as it was, renewed, signed anew")
    }

    /// A change that was taken.
    private struct Taken: Error {
        let name: String
        let seed: UInt64
        /// Of digests.
        let list: String
    }

    /// Tries changes of a bundle, each with its list of digests as it was, renewed, and signed anew.
    ///
    /// - Returns: How many.
    private static func tryMutants(
        of bundle: Bundle,
        _ another: Bundle,
        _ verification: BundleVerification,
        _ host: NoteSigner,
        _ isCase: Bool,
        seed: UInt64
    ) throws -> Int {
        var random = SplitMix64(seed: seed)
        let mutants = edits(bundle, &random) + moves(bundle, &random) + splices(bundle, another)
        var refused = 0
        for mutant in mutants {
            // Damage on the way: whoever did it, or what, did not think of the list.
            let status = (try? verification.report(on: mutant.bundle))?.exitCode ?? 40
            guard [30, 40].contains(status) else { throw Taken(name: mutant.name, seed: seed, list: "as it was") }
            // On purpose, by whoever hands it on: the list is renewed, and the log does not sign it.
            var renewed = mutant.bundle
            renewed.renewSums(by: nil)
            let passed = (try? verification.report(on: renewed))?.exitCode ?? 40
            let isAsItWas = renewed.files == bundle.files
            guard [30, 40].contains(passed) || isAsItWas else {
                throw Taken(name: mutant.name, seed: seed, list: "renewed")
            }
            // By the host: the log signs it.
            renewed.renewSums(by: host)
            let report = try? verification.report(on: renewed)
            if report?.failures.isEmpty == false || report?.exitCode ?? 40 == 40 {
                refused += 1
            } else if !isHarmless(mutant.name, isCase) {
                throw Taken(name: mutant.name, seed: seed, list: "signed anew")
            }
        }
        #expect(refused > 300)
        return mutants.count
    }

    /// What can be changed by whoever has the log's key, and still takes nothing from what was signed: texts that no check reads,
    /// the copy's own key where the reader has it from elsewhere, a list of signers where nobody signed, and parts that are left
    /// out, which the verdict says.
    private static func isHarmless(_ name: String, _ isCase: Bool) -> Bool {
        unsigned.contains { name.hasPrefix($0) || name == "without \($0)" }
            || name == "without allowed_signers" || name.hasPrefix("log.vkey") || name == "without log.vkey"
            || name.hasPrefix("without parts/")
    }

    @Test(.needsTool("python3"), .needsTool("node"), arguments: [false, true])
    func `neither the script in the bundle nor the page takes one`(isCase: Bool) throws {
        let (record, bundle) = try Self.good(isCase)
        var random = SplitMix64(seed: Seeds.fresh)
        let all =
            try Self.edits(bundle, &random) + Self.moves(bundle, &random)
            + Self.splices(bundle, Self.another(record, isCase))
        let key = record.signer.verifierKey.text
        // A reader of his own would not let this script judge itself.
        let sample = all.shuffled(using: &random).prefix(100)
        let answers = try PageVerificationTests.answers(
            sample.map { PageVerificationTests.Question(tar: try PageVerificationTests.tar($0.bundle), key: key) }
        )
        for (mutant, answer) in zip(sample, answers) {
            #expect([30, 40].contains(answer.exit), "the page: \(mutant.name)")
        }
        for mutant in sample.prefix(10) {
            let folder = try ScratchFolder("mutant")
            try run("mkdir", ["parts", "proofs"], in: folder.path)
            for (name, bytes) in mutant.bundle.files { try folder.write(name, bytes) }
            let elsewhere = try ScratchFolder("script")
            let script = try elsewhere.write("verify.py", BundleResources.verifyScript)
            let done = try run("python3", ["-I", script, "--vkey", key], in: folder.path)
            #expect([30, 40].contains(done.status), "the script: \(mutant.name)\n\(done.stdout)\(done.stderr)")
        }
    }

    @Test(arguments: [false, true]) func `no byte of a bundle's tar file can be another`(isCase: Bool) throws {
        let (record, bundle) = try Self.good(isCase)
        let tar = try PageVerificationTests.tar(bundle)
        let verification = BundleVerification(key: record.signer.verifierKey, known: [])
        func status(_ tar: [UInt8]) throws -> Int32 {
            var reader = TarReader(size: tar.count)
            var copy = Bundle(files: [:])
            do {
                while let member = try reader.next({ Array(tar[$0]) }) {
                    copy.files[member.name] = Array(tar[member.content])
                }
            } catch is TarFault {
                return 40
            }
            return try verification.report(on: copy).exitCode
        }
        #expect(try status(tar) == 0)
        var random = SplitMix64(seed: Seeds.fresh)
        for _ in 0..<Effort.count(150) {
            let place = random.below(tar.count)
            var changed = tar
            changed[place] ^= UInt8(1 + random.below(255))
            #expect(try [30, 40].contains(status(changed)), "byte \(place)")
            #expect(try [30, 40].contains(status(tar.without(place))), "without byte \(place)")
        }
    }
}

extension [UInt8] {
    fileprivate func without(_ place: Int) -> [UInt8] {
        var bytes = self
        bytes.remove(at: place)
        return bytes
    }
}

/// A receipt and its proof: a leaf hash, and the file that leads from it to a signed checkpoint.
extension MutationTests {
    /// Whether a proof's file shows that a line is in the record that a key signs, as whoever holds a receipt asks.
    private func isProven(_ leaf: Digest, at index: UInt64, by file: [UInt8], _ key: VerifierKey) -> Bool {
        guard let proof = InclusionProof(parsing: file), proof.index == index,
            let head = try? UnverifiedCheckpoint(parsing: proof.note).verified(by: key).checkpoint
        else { return false }
        return MerkleTree.verifiesInclusion(of: leaf, at: index, in: head.size, root: head.root, path: proof.path)
    }

    @Test func `no byte of a receipt or of its proof can be another`() throws {
        let record = try VerificationRecord(count: 20)
        let key = record.signer.verifierKey
        let bundle = try BundleCorpusTests.bundle(of: record, isCase: true)
        let file = try #require(bundle.files["proofs/000004.tlog-proof"])
        let leaf = Digest.leaf(record.lines[9])
        #expect(isProven(leaf, at: 9, by: file, key))
        for place in file.indices {
            for change in [UInt8(1), 0x20, 0x80] {
                var changed = file
                changed[place] ^= change
                #expect(!isProven(leaf, at: 9, by: changed, key), "byte \(place)")
            }
            #expect(!isProven(leaf, at: 9, by: Array(file[..<place]), key), "cut at \(place)")
            #expect(!isProven(leaf, at: 9, by: file.without(place), key), "without byte \(place)")
        }
        for place in 0..<32 {
            var bytes = leaf.bytes
            bytes[place] ^= 1
            #expect(!isProven(try #require(Digest(bytes: bytes)), at: 9, by: file, key), "byte \(place) of the receipt")
        }
        // The proof of one line for another, at its own place and at that one's.
        let other = try #require(bundle.files["proofs/000005.tlog-proof"])
        #expect(!isProven(leaf, at: 9, by: other, key) && !isProven(leaf, at: 11, by: other, key))
        #expect(!isProven(leaf, at: 11, by: file, key))
        let stranger = try NoteSamples.signer(VerificationRecord.origin, 8).verifierKey
        #expect(!isProven(leaf, at: 9, by: file, stranger))
    }

    @Test(arguments: Seeds.all) func `no hash of a consistency proof can be another, nor its sizes or roots`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let leaves = (0..<600).map { Digest.sha256("leaf \($0)") }
        func root(_ size: Int) -> Digest { MerkleTree.root(of: Array(leaves[..<size])) }
        func node(_ address: NodeAddress) -> Digest {
            let start = Int(address.index) << address.height
            return MerkleTree.root(of: Array(leaves[start..<start + 1 << address.height]))
        }
        for _ in 0..<12 {
            let new = 3 + random.below(597)
            let old = 1 + random.below(new - 1)
            let path = try #require(MerkleTree.consistencyProof(from: UInt64(old), to: UInt64(new)) { node($0) })
            func isConsistent(_ from: Int, _ fromRoot: Digest, _ to: Int, _ toRoot: Digest, _ path: [Digest]) -> Bool {
                MerkleTree.verifiesConsistency(
                    from: UInt64(from),
                    oldRoot: fromRoot,
                    to: UInt64(to),
                    newRoot: toRoot,
                    path: path
                )
            }
            #expect(isConsistent(old, root(old), new, root(new), path))
            for place in path.indices {
                var bytes = path[place].bytes
                bytes[random.below(32)] ^= UInt8(1 + random.below(255))
                var changed = path
                changed[place] = try #require(Digest(bytes: bytes))
                #expect(!isConsistent(old, root(old), new, root(new), changed), "\(old) to \(new), hash \(place)")
                var without = path
                without.remove(at: place)
                #expect(!isConsistent(old, root(old), new, root(new), without), "\(old) to \(new), without \(place)")
                var twice = path
                twice.insert(path[place], at: place)
                #expect(!isConsistent(old, root(old), new, root(new), twice), "\(old) to \(new), twice \(place)")
                guard place > 0 else { continue }
                var exchanged = path
                exchanged.swapAt(place, place - 1)
                #expect(
                    !isConsistent(old, root(old), new, root(new), exchanged),
                    "\(old) to \(new), exchanged \(place)"
                )
            }
            #expect(!isConsistent(old, root(old), new, root(new - 1), path))
            #expect(!isConsistent(old, root(old + 1), new, root(new), path))
            let head = Digest.sha256("another head")
            #expect(!isConsistent(old, head, new, root(new), path) && !isConsistent(old, root(old), new, head, path))
        }
    }
}
