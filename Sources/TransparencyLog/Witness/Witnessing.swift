/// Who vouched for one checkpoint, judged by a policy.
public struct Witnessing: Hashable, Sendable {
    /// What was cosigned.
    public let checkpoint: Checkpoint
    /// The cosignatures that count, in the order of the policy.
    public let cosignatures: [Cosignature]
    /// Whether they are enough.
    public let isMet: Bool

    /// Judges a checkpoint.
    ///
    /// - Throws: ``NoteFault`` with `badSignature` if a witness of the policy did not make the line that bears its name.
    public init(_ checkpoint: VerifiedCheckpoint, by policy: WitnessPolicy) throws(NoteFault) {
        self.checkpoint = checkpoint.checkpoint
        let counted = policy.witnesses.map(\.key).filter { $0.publicKey != checkpoint.logKey.publicKey }
        let found = try checkpoint.note.cosignatures(by: counted)
        cosignatures = counted.compactMap { key in found.first { $0.key == key } }
        isMet = policy.isMet(by: Set(found.map(\.key)))
    }
}
