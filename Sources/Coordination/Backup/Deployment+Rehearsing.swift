import QueueRuntime
import RecordStore
import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

extension Deployment {
    /// How a restore would go: what each step took, and what was found.
    package struct Rehearsal: Sendable {
        package let backup: BackupSet
        package let examination: RestoredExamination
        /// A name and milliseconds, in the order of the steps.
        package let steps: [(name: String, milliseconds: Int64)]
        /// How many lines beyond the backup are known to have been signed: a restore would lose them.
        package let missing: UInt64

        /// 0 where a restore would lose nothing that is known; 20 where the backup is behind a checkpoint that somebody holds, or
        /// another history; 10 where too few witnesses cosigned; 11 where parts have no key, which may have been purged since; 30
        /// where it is damaged.
        package var exitStatus: Int32 {
            if !examination.others.isEmpty { return 30 }
            return examination.faults.isEmpty && examination.absentParts > 0 ? 11 : examination.report.exitCode
        }
    }

    /// Restores into a scratch folder, looks at everything, and leaves nothing behind; the daemon may run meanwhile.
    ///
    /// - Parameters:
    ///   - settings: where the deployment's key is.
    ///   - record: the file of lines, or the folder of which the newest is meant.
    ///   - keys: that of keys.
    ///   - scratch: a folder of the caller's own in which there is room for both files.
    ///   - vkey: the log's key, from outside; nil takes that in the state folder.
    ///   - known: files with checkpoints that people hold.
    ///   - policy: the file that says whose cosignatures count.
    /// - Returns: Times and verdicts.
    /// - Throws: ``DaemonFault`` if it could not be restored.
    package static func rehearse(
        _ settings: DaemonSettings,
        record: String,
        keys: String,
        scratch: String,
        vkey: String?,
        known: [String],
        policy: String?
    ) throws(DaemonFault) -> Rehearsal {
        var steps: [(name: String, milliseconds: Int64)] = []
        var began = MonotonicTime.now.nanoseconds
        func step(_ name: String) {
            let now = MonotonicTime.now.nanoseconds
            steps.append((name, Int64(clamping: (now - began) / 1_000_000)))
            began = now
        }
        let folder = StateFolder(settings.stateFolder)
        let key: VerifierKey
        if let vkey {
            guard let given = try? VerifierKey(parsing: vkey) else {
                throw DaemonFault(.configuration, "That is no log's key.", advice: "Give what `accordd init` printed.")
            }
            key = given
        } else {
            key = try LogKey.read(at: folder.logKey).signer.verifierKey
        }
        var held: [VerifiedCheckpoint] = []
        for path in known { held.append(try VerifiedCheckpoint(kept: path, key)) }
        let witnesses = try policy.map { (path) throws(DaemonFault) in try WitnessPolicy(file: path, logKey: key) }
        let backup = try BackupSet(record: record, keys: keys, key: key)
        step("manifests and digests")
        let deploymentKey = try DeploymentKey.read(at: DeploymentKey.path(settings.deploymentKey, folder))
        let own = try RehearsalFolder(in: scratch)
        defer { own.remove() }
        do {
            let restored = try SQLiteRecord.restore(
                backup.files,
                in: own.record,
                sealing: Sealing(log: key.name, key: deploymentKey.key)
            )
            defer { try? restored.close() }
            step("restored")
            guard restored.head.size == backup.record.lines, restored.head.root == backup.record.root else {
                throw RecordFault(.damaged, "The backup is not the record that its manifest names.")
            }
            let examination = try RestoredExamination(restored, key: key, known: held, policy: witnesses)
            step("verified and decided again")
            let newest = held.map(\.checkpoint.size).max() ?? 0
            return Rehearsal(
                backup: backup,
                examination: examination,
                steps: steps,
                missing: newest > backup.record.lines ? newest - backup.record.lines : 0
            )
        } catch {
            throw DaemonFault(
                .recordRefused,
                "It could not be restored: \((error as? RecordFault)?.message ?? "\(error)")",
                advice: "Take another copy of the backup, or another backup, and tell oversight."
            )
        }
    }
}

/// Where a rehearsal restores to: a folder of nobody else's, since in a scratch folder that others may write to a name that they can
/// guess could lead to the record.
///
/// It is locked as long as the rehearsal runs: one that is not is what a rehearsal left that was ended, and goes with the next.
private struct RehearsalFolder: ~Copyable {
    private static let name = "accord-rehearsal-"

    private let path: String
    private let lock: Int32

    /// Where the record is to be.
    var record: String { "\(path)/record" }

    /// Makes one, once what others left is gone.
    init(in scratch: String) throws(DaemonFault) {
        for name in (try? SystemCall.names(in: scratch)) ?? [] where name.hasPrefix(Self.name) {
            if let left = RehearsalFolder(locking: "\(scratch)/\(name)") { left.remove() }
        }
        for _ in 0..<8 {
            var template = Array("\(scratch)/\(Self.name)XXXXXX".utf8CString)
            guard unsafe mkdtemp(&template) != nil else { break }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // Another rehearsal may have taken it for one that was left.
            if let own = RehearsalFolder(locking: path) {
                self = own
                return
            }
        }
        throw DaemonFault(
            .storage,
            "No folder could be made in \(scratch).",
            advice: "Name another with --scratch, with room for both files."
        )
    }

    /// Nil unless it is a folder of this user that no rehearsal holds.
    private init?(locking path: String) {
        guard let lock = try? SystemCall.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
        var (held, there) = (stat(), stat())
        guard flock(lock, LOCK_EX | LOCK_NB) == 0, unsafe fstat(lock, &held) == 0, held.st_uid == geteuid(),
            unsafe lstat(path, &there) == 0, there.st_ino == held.st_ino, there.st_dev == held.st_dev
        else {
            SystemCall.close(lock)
            return nil
        }
        self.path = path
        self.lock = lock
    }

    deinit { SystemCall.close(lock) }

    /// Removes it with what was restored.
    func remove() {
        try? SQLiteRecord.remove(record)
        unsafe rmdir(path)
    }
}
