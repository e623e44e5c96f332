import Cryptography

/// What a copy says of witnesses, and the policy by which its reader judges them.
public struct WitnessEvidence: Sendable {
    /// The file of the newest checkpoint that witnesses cosigned, where it is not the copy's own.
    public static let noteName = "witnessed"
    /// The file of the proof that the copy's own checkpoint grew out of that one: a ``WitnessRequest``.
    public static let growthName = "witnessed.growth"

    let policy: WitnessPolicy?
    let note: [UInt8]?
    let growth: [UInt8]?
    /// What the note claims; nil if there is none, or if it is no checkpoint.
    let claim: Checkpoint?

    /// Evidence as it came.
    ///
    /// - Parameters:
    ///   - policy: from elsewhere. The one in a copy gives no trust.
    ///   - note: the file ``noteName``.
    ///   - growth: the file ``growthName``.
    public init(policy: WitnessPolicy? = nil, note: [UInt8]? = nil, growth: [UInt8]? = nil) {
        self.policy = policy
        self.note = note
        self.growth = growth
        claim = note.flatMap { try? UnverifiedCheckpoint(parsing: $0).claim }
    }

    /// Whether the checkpoint of a copy grew out of the cosigned one, by the proof beside it.
    func joins(_ own: Checkpoint, note ownNote: [UInt8]) -> Bool {
        guard let claim, claim.origin == own.origin, claim.size <= own.size else { return false }
        if claim.size == own.size { return claim.root == own.root }
        guard let growth, let request = try? WitnessRequest(parsing: growth) else { return false }
        return request.note.encoded == ownNote && request.joins(claim, own)
    }
}
