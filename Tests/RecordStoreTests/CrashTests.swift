import RecordStore
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What a stop at any system call leaves of a record (reliability.md 2.1 A, B and D): unsynced writes reordered, torn and
/// dropped by seed, on a disk of our own beneath the real engine.
@Suite("A record whose machine stops", .tags(.medium, .g1), .serialized)
struct CrashTests {
    @Test func `whatever a stop leaves opens whole, with all that was acknowledged`() {
        let seeds = KeptSeeds.record.map(\.seed) + Seeds.range(of: 50)
        let (_, violations) = tryAll(seeds) { try RecordLife.run($0, calls: 400, stops: 100) }
        for violation in violations { Issue.record("\(violation)") }
    }

    /// The write-ahead log is longer than what is overwritten at once.
    @Test func `whatever a stop leaves while parts are destroyed opens whole, too`() {
        let (_, violations) = tryAll(Seeds.all) { try RecordLife.runErasing($0) }
        for violation in violations { Issue.record("\(violation)") }
    }

    @Test func `whatever a stop leaves of a record whose journal went round opens whole, too`() {
        let (_, violations) = tryAll(Seeds.all) { try RecordLife.runRound($0) }
        for violation in violations { Issue.record("\(violation)") }
    }

    /// A journal that is written over before the database has its lines durably has lost them, or the file's pages are of two ages.
    @Test func `a log that is not synced before the journal goes round is found`() {
        #expect(throws: RecordLife.Violation.self) { try RecordLife.runRound(1, mistake: .logSyncsAreSkipped) }
    }

    @Test(arguments: [CrashStorage.Mistake.syncsAreSkipped, .syncsComeLate])
    func `a disk that does not sync, or a program that forgets to, is found`(mistake: CrashStorage.Mistake) {
        let found = #expect(throws: RecordLife.Violation.self) {
            try RecordLife.run(1, calls: 400, stops: 100, mistake: mistake)
        }
        #expect(found?.description.contains("acknowledged") ?? false, "\(found?.description ?? "nothing")")
    }

    /// Each call of a short life fails in turn, once and for ever.
    @Test(arguments: [
        (CrashStorage.Fault.Kind.error(EIO), "an I/O error"), (.error(ENOSPC), "a full disk"), (.short, "half a write"),
    ])
    func `after any call that fails, an append is acknowledged and kept, or it is not acknowledged`(
        kind: CrashStorage.Fault.Kind,
        name: String
    ) {
        // Each seed twice.
        let seeds = Seeds.range(of: 1)
        let (_, violations) = tryAll(Array(0..<2 * UInt64(seeds.count))) { turn in
            let seed = seeds.lowerBound + turn / 2
            let count = turn.isMultiple(of: 2) ? 1 : Int.max
            var number = 0
            while try RecordLife.runFailing(kind, at: number, count: count, seed: seed) { number += 1 }
            guard number > 40 else { throw RecordLife.Violation(description: "only \(number) calls were made") }
        }
        for violation in violations { Issue.record("\(name): \(violation)") }
    }
}
