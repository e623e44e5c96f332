import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TransparencyLog

/// What an export holds: the whole record without content for oversight, or the lines of one case that the asker may know of,
/// with the parts that he may read, and for each line the proof that it lies in the tree of the checkpoint.
struct ExportPlan: Sendable {
    let note: String
    /// What witnesses said of it.
    let witnessed: WitnessedPart
    let checkpointSize: UInt64
    let logKey: String
    /// Signs the list of the bundle's digests.
    let sign: @Sendable (Digest) throws -> [UInt8]
    /// Nil exports the whole record.
    let stream: CaseKey?
    /// The place in the record of the line that records this export: the last one of a case's bundle.
    let lastLine: UInt64
    /// Which lines of a case are in it, and which with their parts; nil takes none.
    let scope: PartsScope?
    /// What the line of the export of a case states of its bundle.
    let holds: JSONObject?

    private static let linesPerPage = 512

    /// Parts are sorted by their digests in so many portions, so that one of them fits into memory.
    private static let portions = 16

    /// Writes the tar file into a nameless file, sealed with a key that is nowhere but in memory: nothing of it can be read
    /// when it was sent, or when the export was ended.
    ///
    /// What does not go into it at once lies in such files too, so that a large case takes no more memory than a small one.
    func write(_ record: SQLiteRecord, under key: ExportKey) throws -> ExportFile {
        func scratch() throws -> ExportFile { try ExportFile(beside: record.folder, key) }
        let entries = try scratch()
        let parts = try scratch()
        let places = try scratch()
        var contents = BundleContentsCount()
        let index = try (0..<Self.portions).map { _ in try scratch() }
        var signing = ExportSigning(statements: stream == nil ? nil : try scratch())
        if stream != nil { try signing.followRegistry(of: record, through: lastLine) }
        // Lines are asked about in their order.
        var scope = scope
        try each(record) { line in
            guard stream != nil else {
                try signing.take(line)
                return try entries.append(line.bytes)
            }
            let recorded = try RecordedEvent(parsing: line)
            let shown = scope?.visibility(of: recorded.event) ?? .none
            if recorded.isPurge { try contents.take(purge: line.bytes) }
            guard shown != .none else { return contents.withheld.append(recorded.caseSeq) }
            try entries.append(line.bytes)
            try signing.take(line)
            try places.append(numbers: [recorded.seq, recorded.caseSeq])
            guard shown == .content else { return }
            if line.seq < lastLine { try contents.take(line.parts, of: line.bytes) }
            for bytes in line.parts where !bytes.isEmpty {
                let digest = Part.digest(of: bytes).bytes
                let portion = index[Int(digest[0]) * Self.portions / 256]
                try portion.append(digest)
                try portion.append(numbers: [UInt64(parts.count), UInt64(bytes.count)])
                try parts.append(bytes)
            }
        }
        let withheld = contents.withheld
        guard stream == nil || contents.finish().json == holds else {
            throw RecordFault(.damaged, "The bundle is not what the line of its export states.")
        }
        let sums = try scratch()
        func list(_ name: String, _ digest: Digest) throws { try sums.append(Array("\(digest.hex)  \(name)\n".utf8)) }
        let file = try scratch()
        func add(_ name: String, _ bytes: [UInt8]) throws {
            try list(name, .sha256(bytes))
            try file.appendMember(name, bytes)
        }
        try add("README.txt", BundleResources.readme)
        try add(AllowedSigners.fileName, signing.allowedSigners(ofLog: origin).encoded)
        try add("check.py", BundleResources.checkScript)
        try add("checkpoint", Array(note.utf8))
        try list("entries.jsonl", entries.digest())
        try file.appendMember("entries.jsonl", of: entries)
        for (name, bytes) in signing.registrations { try add(name, bytes) }
        try add("log.vkey", Array((logKey + "\n").utf8))
        // Names are digests in hexadecimal digits: their order is that of the digests.
        for portion in index {
            let all = try portion.read(from: 0, count: portion.count)
            let entries = stride(from: 0, to: all.count, by: 48).map { all[$0..<$0 + 48] }
            for entry in entries.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                let place = ExportFile.numbers(in: entry.suffix(16))
                let bytes = try parts.read(from: Int(place[0]), count: Int(place[1]))
                try add("parts/\(Hex.encode(Array(entry.prefix(32)))).json", bytes)
            }
        }
        if let policy = witnessed.policy { try add("policy", policy) }
        for start in stride(from: 0, to: places.count, by: 16 * Self.linesPerPage) {
            let numbers = try places.numbers(from: start, count: 2 * Self.linesPerPage)
            let page = stride(from: 0, to: numbers.count, by: 2).map { (seq: numbers[$0], caseSeq: numbers[$0 + 1]) }
            guard let paths = try record.inclusionProofs(of: page.map(\.seq), in: checkpointSize) else {
                throw RecordFault(.damaged, "The checkpoint does not cover all lines of the export.")
            }
            for (place, path) in zip(page, paths) {
                let proof = InclusionProof(index: place.seq, path: path, note: Array(note.utf8))
                try add(InclusionProof.fileName(caseSeq: place.caseSeq), proof.encoded)
            }
        }
        try signing.eachStatement(add)
        try add("verify.py", BundleResources.verifyScript)
        if withheld.count > 0 { try add(WithheldLines.fileName, withheld.encoded) }
        for (name, bytes) in try witnessed.files(note, checkpointSize, record) { try add(name, bytes) }
        try file.appendMember(SignedSums.listName, of: sums)
        try file.appendMember(SignedSums.fileName, sign(sums.digest()))
        try file.append([UInt8](repeating: 0, count: 1_024))
        return file
    }

    /// The name of the log, as its checkpoint has it.
    private var origin: String { String(note.prefix { $0 != "\n" }) }

    private func each(_ record: SQLiteRecord, _ body: (StoredLine) throws -> Void) throws {
        guard let stream else {
            return try record.replay(from: 0) { if $0.seq < checkpointSize { try body($0) } }
        }
        var after: Int64 = -1
        while true {
            let page = try record.lines(of: stream, after: after, limit: Self.linesPerPage)
            for line in page where line.seq <= lastLine { try body(line) }
            after += Int64(page.count)
            if page.count < Self.linesPerPage || page.last.map({ $0.seq >= lastLine }) ?? true { return }
        }
    }
}
