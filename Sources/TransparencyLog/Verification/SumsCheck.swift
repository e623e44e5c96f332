import Cryptography

/// The check of a bundle's `SHA256SUMS`: each file is listed there, in the order of names, as it is, and the log signed the list
/// (``SignedSums``).
///
/// So a bundle in which anything was changed, lost or put is not taken for the one that was exported, even if no other check reads
/// that file.
struct SumsCheck: ~Copyable {
    /// What lines have beside them that are no export, and need no list.
    private static let alone = [BundleVerification.linesName, "checkpoint", "check.py", "verify.py"]
    private static let pieceBytes = 1 << 20

    private var last: [UInt8] = []
    private var hash = SHA256()
    private var listed = 0
    private var altered = 0
    private var missing = 0

    private struct Malformed: Error {}

    /// Checks the list of a bundle.
    ///
    /// - Parameters:
    ///   - files: the bundle.
    ///   - key: of the log; nil if it is not known.
    /// - Returns: What is wrong, and how often.
    /// - Throws: What the files throw if they cannot be read.
    static func findings(in files: some BundleFiles, key: VerifierKey?) throws -> [(Findings.Kind, Int)] {
        let count = try files.count
        guard let size = try files.size(of: SignedSums.listName) else {
            return try count > alone.count { try files.size(of: $0) != nil } ? [(.sumsMissing, 1)] : []
        }
        var check = SumsCheck()
        do {
            try check.follow(files, size)
        } catch is Malformed {
            return [(.sumsMalformed, 1)]
        }
        let note = try files.size(of: SignedSums.fileName).map { size in
            try files.read(SignedSums.fileName, 0..<min(size, SignedSums.longest + 1))
        }
        let digest = check.hash.finalize()
        let isSigned = key.flatMap { key in note.map { SignedSums.isSigned($0, digest: digest, by: key) } } ?? true
        return [
            (.sumsUnsigned, note == nil ? 1 : 0), (.sumsSignatureWrong, isSigned ? 0 : 1),
            (.fileAltered, check.altered), (.fileMissing, check.missing),
            (.fileUnlisted, count - check.listed - (note == nil ? 1 : 2)),
        ]
    }

    private mutating func follow(_ files: some BundleFiles, _ size: Int) throws {
        var rest: [UInt8] = []
        var offset = 0
        while offset < size {
            let piece = try files.read(SignedSums.listName, offset..<min(offset + Self.pieceBytes, size))
            guard !piece.isEmpty else { break }
            offset += piece.count
            hash.update(piece)
            rest += piece
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0A) {
                try take(rest[start..<end], files)
                start = end + 1
            }
            rest.removeFirst(start)
            guard rest.count < 1_000 else { throw Malformed() }
        }
        guard rest.isEmpty else { throw Malformed() }
    }

    /// Where a name stands in the order of names: proofs and signed statements come by their numbers, of six digits or more.
    private static func place(of name: [UInt8]) -> [UInt8] {
        for folder in numbered where name.starts(with: folder) {
            return folder + [UInt8(clamping: name.prefix { $0 != 0x2E }.count)] + name
        }
        return name
    }

    private static let numbered = ["proofs/", SigningFiles.statements + "/"].map { Array($0.utf8) }

    /// A digest, two spaces, a name.
    private mutating func take(_ line: ArraySlice<UInt8>, _ files: some BundleFiles) throws {
        let name = Array(line.dropFirst(66))
        let place = Self.place(of: name)
        guard let digest = Digest(hex: String(decoding: line.prefix(64), as: UTF8.self)),
            line.dropFirst(64).prefix(2).elementsEqual([0x20, 0x20]), TarFault.isName(name[...]),
            last.lexicographicallyPrecedes(place)
        else { throw Malformed() }
        last = place
        let text = String(decoding: name, as: UTF8.self)
        guard let size = try files.size(of: text) else {
            missing += 1
            return
        }
        if try Self.digest(of: text, size, files) != digest { altered += 1 }
        if text != SignedSums.listName, text != SignedSums.fileName { listed += 1 }
    }

    private static func digest(of name: String, _ size: Int, _ files: some BundleFiles) throws -> Digest {
        var hash = SHA256()
        for offset in stride(from: 0, to: size, by: pieceBytes) {
            hash.update(try files.read(name, offset..<min(offset + pieceBytes, size)))
        }
        return hash.finalize()
    }
}
