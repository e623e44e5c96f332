import ArgumentParser
import Cryptography
import Glibc
import TransparencyLog

/// A bundle of any length, to measure whoever verifies it: time, and the memory that it takes.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Write a bundle made for it: measure `accord audit verify --offline` with it.",
        discussion: """
            Of a whole record, or of one case with its parts and proofs. Its log is a made one, whose key stands in the \
            bundle. Made in memory: about 150 bytes for each line.
            """
    )

    @Option(help: "How many lines.")
    var lines = 1_000_000

    @Option(help: "Parts of each line; a whole record has none.")
    var parts = 2

    @Flag(name: .customLong("case"), help: "One case, with a proof for each line.")
    var isCase = false

    @Argument(help: "The file, which is replaced.", completion: .file())
    var output: String

    func validate() throws {
        guard (1...2_000_000).contains(lines), (0...8).contains(parts) else {
            throw ValidationError("Lines are 1 to 2,000,000, parts 0 to 8.")
        }
    }

    func run() throws {
        let load = try VerifierLoad(lines: lines, parts: isCase ? parts : 0)
        var file = try BundleFile(output)
        try load.write(to: &file, isCase: isCase)
        try file.end(signedBy: load.signer)
    }
}

extension VerifierLoad {
    fileprivate func write(to file: inout BundleFile, isCase: Bool) throws {
        var leaves: [Digest] = []
        var size = 0
        var digests: [(digest: Digest, line: Int, part: Int)] = []
        var hash = SHA256()
        try eachPiece { piece in
            for evidence in piece {
                for (part, bytes) in (evidence.parts ?? []).enumerated() {
                    digests.append((Part.digest(of: bytes), leaves.count, part))
                }
                leaves.append(.leaf(evidence.line))
                size += evidence.line.count
                hash.update(evidence.line)
            }
        }
        let tree = Levels(leaves)
        guard let head = Checkpoint(origin: Self.origin, size: UInt64(lines), root: tree.root),
            let note = try head.signed(by: signer)?.encoded
        else { throw Unmade() }
        try file.add("README.txt", BundleResources.readme)
        try file.add("allowed_signers", [])
        try file.add("check.py", BundleResources.checkScript)
        try file.add("checkpoint", note)
        try file.begin(BundleVerification.linesName, size: size, digest: hash.finalize())
        try eachPiece { for evidence in $0 { try file.append(evidence.line) } }
        try file.pad(size)
        try file.add("log.vkey", Array("\(signer.verifierKey.text)\n".utf8))
        for place in digests.sorted(by: { $0.digest.bytes.lexicographicallyPrecedes($1.digest.bytes) }) {
            try file.add("parts/\(place.digest.hex).json", part(place.part, of: place.line))
        }
        for seq in isCase ? 0..<UInt64(lines) : 0..<0 {
            guard let path = MerkleTree.inclusionProof(of: seq, in: UInt64(lines), node: tree.hash) else {
                throw Unmade()
            }
            let proof = InclusionProof(index: seq, path: path, note: note)
            try file.add(InclusionProof.fileName(caseSeq: seq), proof.encoded)
        }
        try file.add("verify.py", BundleResources.verifyScript)
    }
}

/// All complete subtrees of a tree.
private struct Levels {
    private var rows: [[Digest]]
    let root: Digest

    init(_ leaves: [Digest]) {
        var hasher = TreeHasher()
        var rows = [leaves]
        while let below = rows.last, below.count > 1 {
            rows.append((0..<below.count / 2).map { hasher.node(below[2 * $0], below[2 * $0 + 1]) })
        }
        self.rows = rows
        root = MerkleTree.root(of: leaves)
    }

    func hash(of node: NodeAddress) -> Digest { rows[node.height][Int(node.index)] }
}

/// A tar file that is written as it is made, and the list of digests at its end.
private struct BundleFile {
    private let descriptor: Int32
    private var waiting: [UInt8] = []
    private var sums: [UInt8] = []

    init(_ path: String) throws {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ValidationError("\(path) cannot be written.") }
    }

    mutating func append(_ bytes: [UInt8]) throws {
        waiting += bytes
        if waiting.count >= 1 << 20 { try flush() }
    }

    private mutating func flush() throws {
        var rest = waiting[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw ValidationError("There is no room for the bundle.") }
            rest.removeFirst(count)
        }
        waiting.removeAll(keepingCapacity: true)
    }

    mutating func begin(_ name: String, size: Int, digest: Digest) throws {
        sums += "\(digest.hex)  \(name)\n".utf8
        try append(TarWriter.header(name: name, size: UInt64(size)))
    }

    mutating func pad(_ size: Int) throws { try append(TarWriter.padding(size: UInt64(size))) }

    mutating func add(_ name: String, _ bytes: [UInt8]) throws {
        try begin(name, size: bytes.count, digest: .sha256(bytes))
        try append(bytes)
        try pad(bytes.count)
    }

    mutating func end(signedBy signer: NoteSigner) throws {
        let note = try SignedSums.note(digest: .sha256(sums), by: signer)
        for (name, bytes) in [(SignedSums.listName, sums), (SignedSums.fileName, note)] {
            try append(TarWriter.header(name: name, size: UInt64(bytes.count)))
            try append(bytes)
            try pad(bytes.count)
        }
        try append(TarWriter.end)
        try flush()
        close(descriptor)
    }
}
