import QueueRuntime
package import RecordStore
package import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

/// The two files of a backup that somebody means, each with a manifest that the log's key signed, and as the manifest says.
package struct BackupSet: Sendable {
    package let files: BackupFiles
    package let record: BackupManifest
    package let keys: BackupManifest

    /// Finds and compares them; nothing is opened.
    ///
    /// - Parameters:
    ///   - record: the file of lines, or the folder of which the newest is meant.
    ///   - keys: the file of keys, or its folder.
    ///   - key: of the log.
    /// - Throws: ``DaemonFault``.
    package init(record: String, keys: String, key: VerifierKey) throws(DaemonFault) {
        files = BackupFiles(
            record: try BackupPlaces.file(record, .record),
            keys: try BackupPlaces.file(keys, .keys)
        )
        self.record = try BackupManifest(of: files.record, .record, key: key)
        self.keys = try BackupManifest(of: files.keys, .keys, key: key)
        guard self.keys.lines >= self.record.lines else {
            throw DaemonFault(
                .recordRefused,
                "The keys are of \(self.keys.lines) lines, and the record has \(self.record.lines): they do not open all of it.",
                advice: "Take the newest keys; they open older records too."
            )
        }
    }
}

/// What a record that was made out of a backup turned out to be.
package struct RestoredExamination: Sendable {
    package let report: VerificationReport
    /// What SQLite and the rules found.
    package let others: [String]
    /// Parts that are listed and not there, and that no purge on the record accounts for.
    package let absentParts: UInt64

    /// Findings for which the record is not taken.
    package var faults: [String] {
        report.verdicts.filter { $0.result == .failed && $0.finding != Self.absent }.map {
            "\($0.check): \($0.message)"
        }
            + others
    }

    static let absent = "part-lost"

    /// Looks at everything.
    ///
    /// - Parameters:
    ///   - record: just made.
    ///   - key: of the log.
    ///   - known: checkpoints that people hold.
    ///   - policy: whose cosignatures count.
    /// - Throws: What reading throws.
    init(_ record: SQLiteRecord, key: VerifierKey, known: [VerifiedCheckpoint], policy: WitnessPolicy? = nil) throws {
        let note = try record.newestCheckpoint()
        let witnessed = known.filter { !($0.note.signatures.allSatisfy { $0.name == key.name }) }
            .max { $0.checkpoint.size < $1.checkpoint.size }
        report = try RecordExamination(
            note: note,
            known: known.map(\.checkpoint),
            witnesses: WitnessEvidence(policy: policy, note: policy == nil ? nil : witnessed?.note.encoded)
        )
        .report(of: record, logKey: key, anchorSize: record.head.size).report
        absentParts = report.verdicts.first { $0.finding == Self.absent }?.count ?? 0
        var others = try record.integrityFindings().map { "SQLite: \($0)" }
        let isSound = report.verdicts.allSatisfy { $0.result != .failed || $0.finding == Self.absent }
        if isSound, others.isEmpty { others = try Deployment.replay(record) }
        self.others = others
    }
}

extension VerifiedCheckpoint {
    /// Reads a checkpoint of a log, as it is printed, or as a member's pin with the log's key before it.
    ///
    /// - Throws: ``DaemonFault``.
    package init(kept path: String, _ key: VerifierKey) throws(DaemonFault) {
        do {
            var bytes = try DurableFile.contents(of: path, limit: 65_536)
            let line = Array("\(key.text)\n".utf8)
            if bytes.starts(with: line) { bytes.removeFirst(line.count) }
            self = try UnverifiedCheckpoint(parsing: bytes).verified(by: key)
        } catch {
            throw DaemonFault(
                .configuration,
                "\(path) is no checkpoint that the key of \(key.name) signed: \(error).",
                advice: "Give what `accord audit checkpoint` or `accord audit pin export` printed."
            )
        }
    }
}
