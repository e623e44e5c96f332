import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// The files of a bundle, and the script in it.
struct VerificationBundleTests {
    /// The exit status of the script for these lines, whole in themselves, and a checkpoint of them.
    private func script(_ lines: [[UInt8]]) throws -> Completed {
        let leaves = lines.map { Digest.leaf($0) }
        let signer = try NoteSamples.signer("log")
        let root = MerkleTree.root(of: leaves)
        let checkpoint = try #require(Checkpoint(origin: "log", size: UInt64(lines.count), root: root))
        let folder = try ScratchFolder("bundle")
        try folder.write("verify.py", BundleResources.verifyScript)
        try folder.write("entries.jsonl", Array(lines.joined()))
        try folder.write("checkpoint", try #require(try checkpoint.signed(by: signer)).encoded)
        return try run("python3", ["-I", "verify.py"], in: folder.path)
    }

    @Test func `the script takes lines of every shape, and only in their one spelling`() throws {
        guard program("python3") != nil else { return }
        var random = SplitMix64(seed: Seeds.fixed[0])
        var good: [[UInt8]] = []
        var heads: [CaseKey: (UInt64, Digest)] = [:]
        for index in 0..<200 {
            var line = try LineSamples.line(&random)
            line.seq = UInt64(index)
            line.statement.log = "log"
            line.prev = good.last.map { Digest.leaf($0) } ?? .empty
            (line.caseSeq, line.casePrev) = heads[line.statement.caseKey] ?? (0, .empty)
            line.recordedAt = Int64(index)
            good.append(try line.encoded())
            heads[line.statement.caseKey] = (line.caseSeq + 1, Digest.leaf(good[index]))
        }
        let whole = try script(good)
        // What stands in their signatures is chance, and no author's.
        let failed = whole.stdout.split(separator: "\n").filter { $0.contains(" failed ") }
        #expect(failed.allSatisfy { $0.hasPrefix("SIGNATURES") }, "\(whole.stdout)\(whole.stderr)")
        #expect(whole.stdout.contains("FORMAT    passed"))
        // The last line, so that no link says so first, and the checkpoint is of what is there.
        let last = String(decoding: good[199], as: UTF8.self)
        for (old, new) in [
            (#","seq":"#, #", "seq":"#), (#","v":1"#, #","u":0,"v":1"#), (#","v":1"#, #","v":2"#),
            (#""saw_size":"#, #""saw_size":0"#), (#""t":199"#, #""t":9007199254740992"#), (#""t":199"#, #""t":199.0"#),
            (#""log":""#, #""log":"é"#), (#""kind":""#, #""kind":"A"#), (#""by":""#, #""by":"x"#),
        ] {
            try #require(last.contains(old))
            let changed = Array(last.replacing(old, with: new, maxReplacements: 1).utf8)
            #expect(throws: LineFault.self, "\(new)") { _ = try LineScan(changed) }
            let judged = try script(good.dropLast() + [changed])
            #expect(judged.status == 30 && judged.stdout.contains("FORMAT    failed"), "\(new): \(judged.stdout)")
        }
    }

    @Test func `a tar file is read back, and any change of a header is refused`() throws {
        var writer = TarWriter()
        try writer.add("a", Array("first".utf8))
        try writer.add("parts/b.json", [])
        let bytes = writer.bytes + TarWriter.end
        var reader = TarReader(size: bytes.count)
        let first = try #require(try reader.next { Array(bytes[$0]) })
        #expect(first.name == "a" && bytes[first.content].elementsEqual("first".utf8))
        #expect(try reader.next { Array(bytes[$0]) }?.name == "parts/b.json")
        #expect(try reader.next { Array(bytes[$0]) } == nil)
        for place in 0..<512 {
            var changed = bytes
            changed[place] ^= 1
            var reader = TarReader(size: changed.count)
            #expect(throws: TarFault.self) { try reader.next { Array(changed[$0]) } }
        }
        for size in [bytes.count - 1, bytes.count + 512] {
            var reader = TarReader(size: size)
            let padded = bytes + [UInt8](repeating: 0, count: 512)
            #expect(throws: TarFault.self) { while try reader.next({ Array(padded[$0]) }) != nil {} }
        }
    }

    @Test(arguments: ["", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "a b", String(repeating: "x", count: 101)])
    func `a name that leads elsewhere is refused`(name: String) {
        #expect(throws: TarFault(.name)) { try TarWriter.header(name: name, size: 0) }
    }

    @Test func `tar reads what is written`() throws {
        var writer = TarWriter()
        try writer.add("README.txt", BundleResources.readme)
        let folder = try ScratchFolder("tar")
        let file = try folder.write("bundle.tar", writer.bytes + TarWriter.end)
        #expect(try run("tar", ["-xOf", file, "README.txt"]).output == BundleResources.readme)
    }
}
