public import Cryptography

/// The files of a copy that belong to signatures: events that say who holds a key, and the signed bytes for `ssh-keygen`.
struct SigningFiles: Sendable {
    /// The folder of the details of events that say who holds a key, each named by its digest: a whole record has them.
    static let registrations = "keys"
    /// The folder of signed bytes and signatures, each named by the line's place in the case: a case has them.
    static let statements = "st"
    private static let largest = 1 << 20

    /// By their names with the folder.
    var keys: FileMarks
    var signed: FileMarks
    private(set) var altered: UInt64 = 0
    /// How many files that a signed line of a case has were taken out.
    private(set) var missing: UInt64 = 0
    /// Whether lines have such files.
    var isCase = false

    init(isExact: Bool) {
        keys = FileMarks(isExact: isExact)
        signed = FileMarks(isExact: isExact)
    }

    var isEmpty: Bool { keys.isEmpty && signed.isEmpty }

    /// Whether each file was asked for, once.
    var isEven: Bool { keys.isEven && signed.isEven }

    /// How many files there are that belong to no line.
    var unlisted: UInt64 { UInt64(keys.left + signed.left) }

    /// Compares the files of a line with it, and gives the details of its event if it says who holds a key.
    mutating func look(at scan: borrowing LineScan, in files: some BundleFiles) throws -> [UInt8]? {
        if isCase || !signed.isEmpty, let place = scan.layout.signature,
            let blob = Base64.decode(Array(scan.bytes[place])), let signature = try? SSHSignature(blob: blob)
        {
            let names = SignedFiles.names(caseSeq: scan.caseSeq)
            let expected = [
                (names.statement, Array(scan.bytes[scan.statement])),
                (names.signature, Array(signature.armored.utf8)),
            ]
            for (path, bytes) in expected {
                guard try files.size(of: path) != nil else {
                    if isCase { missing += 1 }
                    continue
                }
                signed.take(path)
                if try files.small(path, atMost: Self.largest) != bytes { altered += 1 }
            }
        }
        guard !keys.isEmpty, scan.outcome == .accepted, SignerHistory.concerns(kind: scan.kind) else { return nil }
        var registration: [UInt8]?
        for digest in scan.parts {
            let name = SignedFiles.registration(digest)
            guard try files.size(of: name) != nil else { continue }
            keys.take(name)
            let bytes = try files.small(name, atMost: Self.largest) ?? []
            if Part.digest(of: bytes) == digest { registration = bytes } else { altered += 1 }
        }
        return registration
    }
}

/// The names in a bundle of the files that belong to signatures.
public enum SignedFiles {
    /// Of the signed bytes of a line of a case, and of the signature over them.
    public static func names(caseSeq: UInt64) -> (statement: String, signature: String) {
        let digits = String(caseSeq)
        let number = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
        return ("\(SigningFiles.statements)/\(number).json", "\(SigningFiles.statements)/\(number).sig")
    }

    /// Of the details of an event that says who holds a key, by their digest.
    public static func registration(_ digest: Digest) -> String { "\(SigningFiles.registrations)/\(digest.hex).json" }
}
