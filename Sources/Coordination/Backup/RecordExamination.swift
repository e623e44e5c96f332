import RecordStore
import TransparencyLog

/// A look at all lines and parts of a record, or of a copy, with the code that auditors run.
struct RecordExamination {
    /// The newest checkpoint that came with it.
    let note: String?
    /// Those that somebody kept, and whose word counts.
    let known: [Checkpoint]
    var witnesses = WitnessEvidence()

    /// Enough for every processor, and at most some megabytes.
    private static let linesPerRun = 2_048

    /// Reads everything once.
    ///
    /// - Parameters:
    ///   - logKey: from outside.
    ///   - anchorSize: how many lines there are to be.
    ///   - absentParts: what parts are that are listed and not there.
    ///   - replay: gives the lines in order.
    /// - Returns: What each check found.
    /// - Throws: What reading throws.
    func report(
        logKey: VerifierKey,
        anchorSize: UInt64,
        absentParts: RecordVerifier.AbsentParts,
        _ replay: ((StoredLine) throws -> Void) throws -> Void
    ) throws -> VerificationReport {
        var verifier = RecordVerifier(note: note.map { Array($0.utf8) }, known: known, witnesses: witnesses)
        var run: [LineEvidence] = []
        try replay { stored in
            run.append(LineEvidence(line: stored.bytes, parts: stored.parts.filter { !$0.isEmpty }))
            guard run.count == Self.linesPerRun else { return }
            verifier.feed(run)
            run.removeAll(keepingCapacity: true)
        }
        verifier.feed(run)
        return verifier.finish(logKey: logKey, anchorSize: anchorSize, absentParts: absentParts)
    }
}
