import TestSupport
import Testing
import TransparencyLog

/// A verifier that keeps nothing of lines that went by, and looks again where something is odd, says what one says that keeps all.
struct SecondLookTests {
    private static func report(
        _ lines: [LineEvidence],
        _ record: VerificationRecord,
        _ scope: RecordVerifier.Scope,
        looks: inout Int
    ) -> VerificationReport {
        var verifier = RecordVerifier.settled { memory in
            looks += 1
            var verifier = RecordVerifier(scope, note: record.note, known: [], memory: memory)
            verifier.feed(lines)
            return verifier
        }
        return verifier.finish(logKey: record.signer.verifierKey)
    }

    private static func evidence(_ record: VerificationRecord) -> [LineEvidence] {
        record.lines.indices.map { LineEvidence(line: record.lines[$0], parts: record.parts[$0]) }
    }

    @Test(arguments: Seeds.all) func `whatever becomes of the lines, the report is the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let sound = try VerificationRecord(count: 24)
        let purged = try BundleCorpusTests.purged(sound)
        var twice = 0
        for trial in 0..<400 {
            let record = trial.isMultiple(of: 2) ? sound : purged
            var lines = Self.evidence(record)
            for _ in 0..<random.below(4) where lines.count > 1 {
                let (place, other) = (random.below(lines.count), random.below(lines.count))
                switch random.below(6) {
                case 0: lines.remove(at: place)
                case 1: lines.insert(lines[place], at: other)
                case 2: lines.swapAt(place, other)
                case 3: lines[place].line[random.below(lines[place].line.count)] ^= 1
                case 4: lines[place].parts = Array((lines[place].parts ?? []).dropFirst())
                default: lines[place].parts = []
                }
            }
            let scope = random.oneIn(4) ? RecordVerifier.Scope.oneCase : .record
            var all = RecordVerifier(scope, note: record.note, known: [])
            all.feed(lines)
            #expect(all.unsettled == nil)
            let expected = all.finish(logKey: record.signer.verifierKey)
            var looks = 0
            #expect(Self.report(lines, record, scope, looks: &looks) == expected, "\(trial)")
            twice += looks - 1
        }
        #expect(twice > 100)
    }

    @Test func `lines that are read in pieces, in any order, are told of as lines that are read one after the other`()
        throws
    {
        let record = try VerificationRecord(count: 60)
        var lines = Self.evidence(record)
        lines.remove(at: 41)
        lines[17].line[300] ^= 1
        var inOrder = RecordVerifier(note: record.note, known: [])
        inOrder.feed(lines)
        let expected = inOrder.finish(logKey: record.signer.verifierKey)
        for length in [1, 7, 60] {
            var verifier = RecordVerifier(note: record.note, known: [])
            let pieces = stride(from: 0, to: lines.count, by: length).map { [lines] start in
                Array(lines[start..<min(start + length, lines.count)])
            }
            let backwards: RecordVerifier.Crew = { count, work in for piece in (0..<count).reversed() { work(piece) } }
            verifier.feed(pieces: pieces.count, crew: backwards) { piece, look in
                look(pieces[piece].prefix(3))
                look(pieces[piece].dropFirst(3))
            }
            #expect(verifier.finish(logKey: record.signer.verifierKey) == expected, "\(length)")
        }
    }

    @Test func `a piece that cannot be read ends the look`() throws {
        let record = try VerificationRecord()
        let lines = Self.evidence(record)
        var verifier = RecordVerifier(note: record.note, known: [])
        #expect(throws: VerificationRecord.Unmade.self) {
            try verifier.feed(pieces: 3) { piece, look in
                guard piece < 2 else { throw VerificationRecord.Unmade() }
                look(lines[...])
            }
        }
    }

    @Test
    func `a sound record is looked at once, one with a purge twice, and a line that comes again is told from a fork`()
        throws
    {
        let record = try VerificationRecord(count: 24)
        var looks = 0
        #expect(Self.report(Self.evidence(record), record, .record, looks: &looks).failures.isEmpty)
        #expect(looks == 1)

        looks = 0
        let purged = try BundleCorpusTests.purged(record)
        var gone = Self.evidence(purged)
        gone[1].parts?.removeLast()
        let report = Self.report(gone, purged, .record, looks: &looks)
        #expect(
            report.failures.isEmpty && report.verdicts.contains { $0.finding == "parts-destroyed" && $0.count == 1 }
        )
        #expect(looks == 2)

        looks = 0
        var lines = Self.evidence(record)
        lines.insert(lines[7], at: 20)
        #expect(Self.report(lines, record, .record, looks: &looks).failures.contains("SEQUENCE: record-duplicated"))
        var fork = record
        fork.values[7].statement.purpose = "other"
        lines[20].line = try fork.values[7].encoded()
        #expect(
            Self.report(lines, record, .record, looks: &looks).failures.contains("SEQUENCE: duplicate-sequence-fork")
        )
        #expect(looks == 4)
    }

    /// A copy that counts what is read of its lines.
    private final class Counted: BundleFiles {
        let bundle: BundleCorpusTests.MemoryBundle
        private(set) var bytes = 0

        init(_ bundle: BundleCorpusTests.MemoryBundle) { self.bundle = bundle }

        func eachName(in folders: [String], _ body: (String) throws -> Void) throws {
            try bundle.eachName(in: folders, body)
        }
        var count: Int { bundle.count }
        func size(of name: String) -> Int? { bundle.size(of: name) }
        func read(_ name: String, _ range: Range<Int>) -> [UInt8] {
            if name == BundleVerification.linesName { bytes += range.count }
            return bundle.read(name, range)
        }
    }

    @Test(arguments: [false, true]) func `a sound bundle is read once, and one with a file too many twice`(
        isCase: Bool
    ) throws {
        var bundle = try BundleCorpusTests.bundle(of: VerificationRecord(count: 40), isCase: isCase)
        let verification = BundleVerification(key: nil, known: [])
        let sound = Counted(bundle)
        #expect(try verification.report(on: sound).exitCode == 0)
        let size = try #require(bundle.size(of: BundleVerification.linesName))
        // Once to be judged, and once for the list of digests.
        #expect(sound.bytes == 2 * size)
        bundle.files["parts/\(String(repeating: "0", count: 64)).json"] = []
        bundle.files["parts/\(String(repeating: "1", count: 64)).json"] = []
        let odd = Counted(bundle)
        let report = try verification.report(on: odd)
        #expect(report.verdicts.contains { $0.finding == "part-unlisted" && $0.count == 2 })
        #expect(odd.bytes == 3 * size)
    }
}
