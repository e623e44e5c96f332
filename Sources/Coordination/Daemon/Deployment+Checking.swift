import CaseViews
import Casework
import Cryptography
import Dispatch
import Policy
import QueueRuntime
import RecordStore
import Synchronization
import TransparencyLog

extension Deployment {
    /// What a look at everything in the state folder found.
    package struct Findings: Hashable, Sendable {
        /// How many lines were looked at.
        package let lines: UInt64
        /// Those that were taken.
        package let looks: [Look]

        /// Sentences, one for each thing that is not as it was written.
        package var sentences: [String] { looks.flatMap(\.sentences) }
    }

    /// One of the looks that a check consists of.
    package struct Look: Hashable, Sendable {
        /// What was looked at.
        package let name: String
        /// What was found.
        package let sentences: [String]
        /// How long it took.
        package let duration: Duration

        init(at name: String, _ find: () throws -> [String]) rethrows {
            let start = ContinuousClock.now
            self.name = name
            sentences = try find()
            duration = ContinuousClock.now - start
        }

        /// Takes looks that do not wait for each other, each with a thread of its own.
        static func atOnce(_ looks: (name: String, find: @Sendable () throws -> [String])...) throws -> [Look] {
            let taken = Mutex<[Int: Result<Look, any Error>]>([:])
            DispatchQueue.concurrentPerform(iterations: looks.count) { place in
                let look = Result { try Look(at: looks[place].name, looks[place].find) }
                taken.withLock { $0[place] = look }
            }
            return try taken.withLock { taken in try looks.indices.compactMap { try taken[$0]?.get() } }
        }
    }

    /// Looks at everything in a state folder that no daemon serves: the record with the code that auditors run, the database
    /// with SQLite's own check, every part, views and kept state against those that the record gives again, and each line that
    /// was accepted against the rules.
    ///
    /// A chain does not see a damaged index, and SQLite does not see an altered part: only together they find every flipped bit
    /// that changes an answer (reliability.md F13).
    package static func check(_ settings: DaemonSettings) throws(DaemonFault) -> Findings {
        let folder = StateFolder(settings.stateFolder)
        try folder.check()
        let lock = try folder.takeLock()
        defer { withExtendedLifetime(lock) {} }
        let key = try LogKey.read(at: folder.logKey)
        try PepperFile.check(folder.pepper)
        let record = try folder.openRecord(origin: key.origin, deploymentKey: settings.deploymentKey)
        do {
            let head = record.head
            var looks = [
                try Look(at: "lines and parts") {
                    try RecordExamination(note: record.newestCheckpoint(), known: [])
                        .report(of: record, logKey: key.signer.verifierKey, anchorSize: head.size).report
                        .verdicts.filter { $0.result == .failed }.map { "\($0.check): \($0.message)" }
                },
                try Look(at: "database") {
                    try record.integrityFindings().map { "SQLite: \($0)" }
                        + record.schemaFindings().map { "SQLite: \($0) is not what the record is made with." }
                },
            ]
            var isSound: Bool { looks.allSatisfy(\.sentences.isEmpty) }
            if isSound {
                let verifier = key.signer.verifierKey
                looks.append(try Look(at: "checkpoints") { try compareCheckpoints(record, signedBy: verifier) })
            }
            // Views of an altered record say nothing.
            if isSound {
                looks += try Look.atOnce(
                    ("views and state", { try compareViews(folder, record) }),
                    ("decisions", { try replay(record) })
                )
            }
            try record.close()
            return Findings(lines: head.size, looks: looks)
        } catch {
            throw DaemonFault(
                .recordRefused,
                "The record in \(folder.record) cannot be read: \(error).",
                advice: "Do not change it. Keep a copy, and tell oversight and the agencies."
            )
        }
    }

    /// Decides again what the record says was accepted.
    static func replay(_ record: SQLiteRecord) throws -> [String] {
        let replay = PolicyReplay(policy: RuleTable.digest)
        let found = try replay.step(on: record, upTo: record.head.size)
        let named = found.prefix(20).map { "POLICY REPLAY: line \($0.line.seq): \($0.difference.message)" }
        return replay.report.verdicts.filter { $0.result == .failed }
            .map { "\($0.check): \($0.finding ?? ""), \($0.count) lines: \($0.message)" } + named
    }

    /// Whether each stored checkpoint is signed, and says what the lines say.
    private static func compareCheckpoints(_ record: SQLiteRecord, signedBy key: VerifierKey) throws -> [String] {
        var sentences: [String] = []
        try record.eachCheckpoint { size, note in
            let claim = try? UnverifiedCheckpoint(parsing: Array(note.utf8)).verified(by: key).checkpoint
            guard let claim, claim.size == size, try record.root(of: size) == claim.root else {
                sentences.append("CHECKPOINTS: the one over \(size) lines is not what was signed.")
                return
            }
        }
        return sentences
    }

    /// Makes the views and the state anew beside those that are kept, and compares.
    private static func compareViews(_ folder: StateFolder, _ record: SQLiteRecord) throws -> [String] {
        let draft = folder.views + ".check"
        try CaseViews.remove(draft)
        defer { try? CaseViews.remove(draft) }
        let views = try CaseViews(path: folder.views, marking: RowMarking(record))
        let again = try CaseViews(path: draft, marking: RowMarking(record))
        let shelf = Shelf(record: record, views: views)
        let position = try views.position()
        let kept = try shelf.keptState()
        var sentences: [String] = []
        if kept == nil, try views.snapshot({ _, _, _ in true }) != nil {
            sentences.append("VIEWS: the kept state cannot be opened.")
        }
        if position > record.head.size || kept.map({ $0.position > record.head.size }) ?? false {
            return sentences + ["VIEWS: they are ahead of the record."]
        }
        var state = CaseworkState()
        var pending: [Projection] = []
        func compareState(at position: UInt64) {
            guard let kept, kept.position == position, kept.state.encode() != state.encode() else { return }
            sentences.append("VIEWS: the kept state of \(position) lines is not the one that these lines give.")
        }
        compareState(at: 0)
        // A number that leads to another line, or to none, would have a repetition recorded a second time.
        var numbered: [RequestKey: UInt64] = [:]
        var found: Int64 = 0
        func compareRequests() throws {
            for (key, seq) in try record.find(requests: Array(numbered.keys)) {
                found += 1
                if numbered[key] != seq { sentences.append("REQUESTS: line \(seq) is named by the number of another.") }
            }
            numbered.removeAll(keepingCapacity: true)
        }
        try record.replay(from: 0) { stored in
            let event = try RecordedEvent(parsing: stored)
            numbered[try SQLiteRecord.requestKey(of: stored.bytes)] = event.seq
            if numbered.count >= 4_096 { try compareRequests() }
            state.evolve(event.event, at: event.place)
            compareState(at: event.seq + 1)
            // A crash leaves views behind, which is no difference.
            guard event.seq < position else { return }
            pending += event.projections
            guard pending.count >= 4_096 else { return }
            try again.apply(pending, upTo: event.seq + 1)
            pending.removeAll(keepingCapacity: true)
        }
        try again.apply(pending, upTo: position)
        try compareRequests()
        let known = try record.requestCount()
        if found != known { sentences.append("REQUESTS: of \(known) numbers, \(found) lead to their lines.") }
        return sentences + (try views.differences(from: again)).map { "VIEWS: \($0)" }
    }
}
