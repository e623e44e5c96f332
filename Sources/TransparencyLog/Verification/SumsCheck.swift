import Cryptography

/// The check of a bundle's `SHA256SUMS`: each file of the bundle is listed there, in the order of names, as it is.
///
/// The list proves nothing, since whoever changes a file can change the list. But a bundle in which a file was lost or damaged,
/// even one that no other check reads, is not taken for the one that was exported.
struct SumsCheck {
    /// What the list is called in a bundle.
    static let fileName = "SHA256SUMS"
    /// What a bundle can hold beside the files of its lines.
    private static let ours = [
        "README.txt", AllowedSigners.fileName, "check.py", "checkpoint", BundleVerification.linesName, "log.vkey",
        "policy",
        "verify.py", WithheldLines.fileName, WitnessEvidence.noteName, WitnessEvidence.growthName,
    ]
    /// What each bundle has, beside what other checks ask for.
    private static let always = ["README.txt", AllowedSigners.fileName, "check.py", "log.vkey", "verify.py"]
    /// Where the files of lines are.
    private static let folders = ["parts/", "proofs/", SigningFiles.registrations + "/", SigningFiles.statements + "/"]
    private static let pieceBytes = 1 << 20

    private var last: [UInt8] = []
    private var listed = 0
    private var altered = 0
    private var missing = 0
    /// Those of ``always`` that are neither there nor listed.
    private var unnamed = Set(Self.always)

    private struct Malformed: Error {}

    /// Checks the list of a bundle.
    ///
    /// - Parameters:
    ///   - files: the bundle. Lines alone, without the key that an export has, need no list.
    ///   - beside: how many files of lines there are.
    /// - Returns: What is wrong, and how often.
    /// - Throws: What the files throw if they cannot be read.
    static func findings(in files: some BundleFiles, beside: Int) throws -> [(Findings.Kind, Int)] {
        guard let size = try files.size(of: fileName) else {
            return try files.size(of: "log.vkey") == nil ? [] : [(.sumsMissing, 1)]
        }
        var check = SumsCheck()
        do {
            try check.follow(files, size)
        } catch is Malformed {
            return [(.sumsMalformed, 1)]
        }
        check.missing += try check.unnamed.count { try files.size(of: $0) == nil }
        let present = try ours.count { try files.size(of: $0) != nil } + beside
        return [
            (.fileAltered, check.altered), (.fileMissing, check.missing), (.fileUnlisted, present - check.listed),
        ]
    }

    private mutating func follow(_ files: some BundleFiles, _ size: Int) throws {
        var rest: [UInt8] = []
        var offset = 0
        while offset < size {
            let piece = try files.read(Self.fileName, offset..<min(offset + Self.pieceBytes, size))
            guard !piece.isEmpty else { break }
            offset += piece.count
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
            line.dropFirst(64).prefix(2).elementsEqual([0x20, 0x20]), TarFault.isName(name),
            last.lexicographicallyPrecedes(place)
        else { throw Malformed() }
        last = place
        let text = String(decoding: name, as: UTF8.self)
        unnamed.remove(text)
        guard let size = try files.size(of: text) else {
            missing += 1
            return
        }
        if try Self.digest(of: text, size, files) != digest { altered += 1 }
        if Self.ours.contains(text) || Self.folders.contains(where: text.hasPrefix) { listed += 1 }
    }

    private static func digest(of name: String, _ size: Int, _ files: some BundleFiles) throws -> Digest {
        var hash = SHA256()
        for offset in stride(from: 0, to: size, by: pieceBytes) {
            hash.update(try files.read(name, offset..<min(offset + pieceBytes, size)))
        }
        return hash.finalize()
    }
}
