import RecordStore
import TransparencyLog

/// A look at all lines and parts of a record, or of a copy, with the code that auditors run.
struct RecordExamination {
    /// The newest checkpoint that came with it.
    let note: String?
    /// Those that somebody kept, and whose word counts.
    let known: [Checkpoint]
    var witnesses = WitnessEvidence()
    /// What shares the work among threads.
    var crew: RecordVerifier.Crew = RecordVerifier.alone

    /// Enough for every processor, and at most some megabytes.
    private static let linesPerRun = 2_048

    /// Its lines lie under their numbers, so that none comes twice, and of parts nothing is missing but what was purged: a second
    /// look is rare.
    private static let memory = RecordVerifier.Memory(numbers: [], places: nil)

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - logKey: from outside.
    ///   - anchorSize: how many lines there are to be.
    ///   - absentParts: what parts are that are listed and not there.
    ///   - replay: gives the lines in order, as often as it is asked.
    /// - Returns: What each check found.
    /// - Throws: What reading throws.
    func report(
        logKey: VerifierKey,
        anchorSize: UInt64,
        absentParts: RecordVerifier.AbsentParts,
        _ replay: ((StoredLine) throws -> Void) throws -> Void
    ) throws -> VerificationReport {
        var verifier = try verifier(replay)
        return verifier.finish(logKey: logKey, anchorSize: anchorSize, absentParts: absentParts)
    }

    /// Reads everything, and says nothing yet.
    func verifier(_ replay: ((StoredLine) throws -> Void) throws -> Void) throws -> RecordVerifier {
        try RecordVerifier.settled(keeping: Self.memory) { memory in
            let note = note.map { Array($0.utf8) }
            var verifier = RecordVerifier(note: note, known: known, witnesses: witnesses, memory: memory)
            var run: [LineEvidence] = []
            try replay { stored in
                run.append(LineEvidence(line: stored.bytes, parts: stored.parts.filter { !$0.isEmpty }))
                guard run.count == Self.linesPerRun else { return }
                verifier.feed(run, crew: crew)
                run.removeAll(keepingCapacity: true)
            }
            verifier.feed(run, crew: crew)
            verifier.feedDestroyed(try RestrictedPurges.destroyed(verifier.linesWithAbsentParts, replay))
            return verifier
        }
    }
}
