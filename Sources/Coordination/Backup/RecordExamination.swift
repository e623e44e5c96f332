import Dispatch
import RecordStore
import Synchronization
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
    /// What one processor reads and looks at before it takes the next piece, and how many pieces may wait for an earlier one: what
    /// is kept of a line that was looked at is about as long as the line.
    private static let linesPerPiece: UInt64 = 256
    private static let piecesPerTurn: UInt64 = 64
    /// Each takes one of the record's readers, and the others are left to those who are served meanwhile.
    private static let mostProcessors = 3

    /// Its lines lie under their numbers, so that none comes twice, and of parts nothing is missing but what was purged: a second
    /// look is rare.
    private static let memory = RecordVerifier.Memory(numbers: [], places: nil)

    /// Reads everything, one line after the other.
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
        var verifier = try RecordVerifier.settled(keeping: Self.memory) { memory in
            var verifier = begun(memory)
            try feed(&verifier, replay)
            verifier.feedDestroyed(try RestrictedPurges.destroyed(verifier.linesWithAbsentParts, replay))
            return verifier
        }
        return verifier.finish(logKey: logKey, anchorSize: anchorSize, absentParts: absentParts)
    }

    /// Reads all of a record, with all processors: what can be told of a line alone, its parts opened, is told by whoever read it.
    ///
    /// - Parameters:
    ///   - record: the lines that it has now; what is recorded meanwhile is looked at, too.
    ///   - logKey: from outside.
    ///   - anchorSize: how many lines there are to be.
    /// - Returns: What each check found, and of how many lines.
    /// - Throws: What reading throws.
    func report(
        of record: SQLiteRecord,
        logKey: VerifierKey,
        anchorSize: UInt64
    ) throws -> (report: VerificationReport, lines: UInt64) {
        func replay(_ each: (StoredLine) throws -> Void) throws {
            try record.replay(from: 0, alteredParts: .asStored, each: each)
        }
        var verifier = try RecordVerifier.settled(keeping: Self.memory) { memory in
            var verifier = begun(memory)
            let size = record.head.size
            var next: UInt64 = 0
            while next < size {
                let turn = next..<min(size, next + Self.piecesPerTurn * Self.linesPerPiece)
                let starts = Array(stride(from: turn.lowerBound, to: turn.upperBound, by: Int(Self.linesPerPiece)))
                try verifier.feed(pieces: starts.count, crew: Self.processors) { piece, look in
                    let range = starts[piece]..<min(turn.upperBound, starts[piece] + Self.linesPerPiece)
                    try record.pages(of: range, alteredParts: .asStored) { look($0.map(LineEvidence.init)[...]) }
                }
                next = turn.upperBound
            }
            try feed(&verifier) { try record.replay(from: size, alteredParts: .asStored, each: $0) }
            verifier.feedDestroyed(try RestrictedPurges.destroyed(verifier.linesWithAbsentParts, replay))
            return verifier
        }
        let lines = verifier.size
        return (verifier.finish(logKey: logKey, anchorSize: anchorSize, absentParts: .lost), lines)
    }

    private func begun(_ memory: RecordVerifier.Memory) -> RecordVerifier {
        RecordVerifier(note: note.map { Array($0.utf8) }, known: known, witnesses: witnesses, memory: memory)
    }

    private func feed(_ verifier: inout RecordVerifier, _ replay: ((StoredLine) throws -> Void) throws -> Void) throws {
        var run: [LineEvidence] = []
        try replay { stored in
            run.append(LineEvidence(stored))
            guard run.count == Self.linesPerRun else { return }
            verifier.feed(run)
            run.removeAll(keepingCapacity: true)
        }
        verifier.feed(run)
    }

    private static func processors(_ count: Int, _ work: @Sendable (Int) -> Void) {
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(count, mostProcessors)) { _ in
            while case let piece = next.add(1, ordering: .relaxed).oldValue, piece < count { work(piece) }
        }
    }
}

extension LineEvidence {
    /// A line as it is stored, with the parts that are there.
    fileprivate init(_ stored: StoredLine) {
        let isWhole = !stored.parts.contains { $0.isEmpty }
        self.init(line: stored.bytes, parts: isWhole ? stored.parts : stored.parts.filter { !$0.isEmpty })
    }
}
