import Cryptography

/// A line as a copy has it, with what lies beside it: values, so that it can be looked at on any thread.
public struct LineEvidence: Sendable {
    /// Its bytes with the LF.
    public var line: [UInt8]
    /// The files of those parts that are at hand; nil if parts are not looked at.
    public var parts: [[UInt8]]?
    /// The file of its inclusion proof; nil if there is none.
    ///
    /// Only looked at for a case.
    public var proof: [UInt8]?

    /// The details of an event that says who holds a key, where a copy without content has them.
    public var registration: [UInt8]?

    /// A line and what belongs to it.
    public init(line: [UInt8], parts: [[UInt8]]? = nil, proof: [UInt8]? = nil) {
        self.line = line
        self.parts = parts
        self.proof = proof
    }

    /// Those files of parts at hand that a line lists.
    func files(listedIn digests: [Digest]) -> [[UInt8]] {
        ((parts ?? []) + [registration].compactMap(\.self)).filter { digests.contains(Part.digest(of: $0)) }
    }
}

extension [[UInt8]] {
    /// The part `details` among files of parts.
    var details: Part? { lazy.compactMap { try? Part(parsing: $0) }.first { $0.name == "details" } }
}
