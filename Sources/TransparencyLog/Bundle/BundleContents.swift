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
    /// How many parts were to be in it and were missing from the record, where no order says so.
    public let lost: UInt64
    /// How many lines were left out.
    public let withheld: UInt64
    /// SHA-256 of the file ``WithheldLines/encoded``; of nothing where there is none.
    public let withheldDigest: Digest

    init(parts: UInt64, partsDigest: Digest, lost: UInt64, withheld: WithheldLines) {
        self.parts = parts
        self.lost = lost
        self.partsDigest = partsDigest
        self.withheld = withheld.count
        withheldDigest = .sha256(withheld.encoded)
    }

    /// Reads what ``json`` says; nil if it is anything else.
    public init?(_ value: JSONValue) {
        guard let object = value.object, object.members.count == (object["lost"] == nil ? 4 : 5),
            let lost = (object["lost"] ?? .integer(0)).integer, (lost > 0) == (object["lost"] != nil),
            let parts = object["parts"]?.integer, parts >= 0,
            let withheld = object["withheld"]?.integer, withheld >= 0,
            let partsDigest = object["partsDigest"]?.string.flatMap({ Digest(hex: $0) }),
            let withheldDigest = object["withheldDigest"]?.string.flatMap({ Digest(hex: $0) })
        else { return nil }
        self.parts = UInt64(parts)
        self.lost = UInt64(lost)
        self.partsDigest = partsDigest
        self.withheld = UInt64(withheld)
        self.withheldDigest = withheldDigest
    }

    /// Whether it is what a bundle has to hold, but for the parts that it says are lost.
    public func mayBe(_ whole: BundleContents) -> Bool {
        withheld == whole.withheld && withheldDigest == whole.withheldDigest && parts + lost == whole.parts
            && (lost > 0 || partsDigest == whole.partsDigest)
    }

    /// For the part `details`; that nothing was lost is not said.
    public var json: JSONObject {
        var object: JSONObject = [
            "parts": .integer(Int64(clamping: parts)), "partsDigest": .string(partsDigest.hex),
            "withheld": .integer(Int64(clamping: withheld)), "withheldDigest": .string(withheldDigest.hex),
        ]
        if lost > 0 { object["lost"] = .integer(Int64(clamping: lost)) }
        return object
    }
}

/// Counts what a bundle holds, line by line, and keeps nothing of the lines.
public struct BundleContentsCount: ~Copyable, Sendable {
    private var hash = SHA256()
    private var parts: UInt64 = 0
    /// Parts that were to be in the bundle, and are not on the record.
    private var absent: Set<Statement.Reference> = []
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

    /// Takes the parts of the next line that is in the bundle with them, in the order of the line; one that is not on the
    /// record is empty, or missing at the end.
    ///
    /// - Throws: ``LineFault`` if the line is none.
    public mutating func take(_ parts: [[UInt8]], of line: [UInt8]) throws(LineFault) {
        for part in parts where !part.isEmpty { take(part: Part.digest(of: part)) }
        guard try parts.count < LineScan(line).partCount || parts.contains(where: \.isEmpty) else { return }
        let line = try LogLine(parsing: line)
        for (index, digest) in line.statement.parts.enumerated() where index >= parts.count || parts[index].isEmpty {
            absent.insert(Statement.Reference(seq: line.seq, part: digest))
        }
    }

    /// Takes a line of the case that says that parts are destroyed by law, whether or not it is in the bundle.
    ///
    /// - Throws: ``LineFault`` if the line is none.
    public mutating func take(purge line: [UInt8]) throws(LineFault) {
        guard !absent.isEmpty else { return }
        absent.subtract(try LogLine(parsing: line).statement.references)
    }

    /// What was counted; afterwards it begins anew with nothing.
    public mutating func finish() -> BundleContents {
        defer {
            parts = 0
            absent = []
            withheld = WithheldLines()
        }
        return BundleContents(
            parts: parts,
            partsDigest: hash.finalize(),
            lost: UInt64(absent.count),
            withheld: withheld
        )
    }
}
