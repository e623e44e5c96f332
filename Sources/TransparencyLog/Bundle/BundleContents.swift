public import Cryptography
public import StrictJSON

/// What a case's bundle holds, as the line that records its export states it.
///
/// Which lines were left out, and which parts were in it: so whoever hands a bundle on can take nothing out of it and say that its
/// reader was not to have it.
public struct BundleContents: Hashable, Sendable {
    /// The member of the part `details` of the export's line that states it.
    public static let memberName = "holds"

    /// How many parts of the lines before the export's are in the bundle.
    public let parts: UInt64
    /// SHA-256 of their names, in the order in which the lines list them: 64 digits and an LF each.
    public let partsDigest: Digest
    /// How many lines were left out.
    public let withheld: UInt64
    /// SHA-256 of the file ``WithheldLines/encoded``; of nothing where there is none.
    public let withheldDigest: Digest

    init(parts: UInt64, partsDigest: Digest, withheld: WithheldLines) {
        self.parts = parts
        self.partsDigest = partsDigest
        self.withheld = withheld.count
        withheldDigest = .sha256(withheld.encoded)
    }

    /// Reads what ``json`` says; nil if it is anything else.
    public init?(_ value: JSONValue) {
        guard let object = value.object, object.members.count == 4,
            let parts = object["parts"]?.integer, parts >= 0,
            let withheld = object["withheld"]?.integer, withheld >= 0,
            let partsDigest = object["partsDigest"]?.string.flatMap({ Digest(hex: $0) }),
            let withheldDigest = object["withheldDigest"]?.string.flatMap({ Digest(hex: $0) })
        else { return nil }
        self.parts = UInt64(parts)
        self.partsDigest = partsDigest
        self.withheld = UInt64(withheld)
        self.withheldDigest = withheldDigest
    }

    /// For the part `details`.
    public var json: JSONObject {
        [
            "parts": .integer(Int64(clamping: parts)), "partsDigest": .string(partsDigest.hex),
            "withheld": .integer(Int64(clamping: withheld)), "withheldDigest": .string(withheldDigest.hex),
        ]
    }
}

/// Counts what a bundle holds, line by line, and keeps nothing of the lines.
public struct BundleContentsCount: ~Copyable {
    private var hash = SHA256()
    private var parts: UInt64 = 0
    /// The lines that are left out.
    public var withheld = WithheldLines()

    /// Nothing yet.
    public init() {}

    /// Takes the next part that is in the bundle.
    public mutating func take(part digest: Digest) {
        hash.update(digest.hex)
        hash.update(UInt8(ascii: "\n"))
        parts += 1
    }

    /// What was counted; afterwards it begins anew with nothing.
    public mutating func finish() -> BundleContents {
        defer {
            parts = 0
            withheld = WithheldLines()
        }
        return BundleContents(parts: parts, partsDigest: hash.finalize(), withheld: withheld)
    }
}
