import CaseViews
import Casework
import Cryptography
import Policy
import QueueRuntime
import RecordStore
package import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

extension Deployment {
    /// What a restore is to do, and who answers for it.
    package struct RestoreOrder: Hashable, Sendable {
        /// The file of lines, or the folder of which the newest is meant; and that of keys.
        package var record: String
        package var keys: String
        /// The handle of an administrator of that record.
        package var by: String
        package var reason: String
        /// Files with checkpoints that people hold.
        package var known: [String]
        /// How many lines are known to be lost, said by whoever has looked at it; nil for none.
        package var loss: UInt64?

        package init(record: String, keys: String, by: String, reason: String, known: [String], loss: UInt64?) {
            self.record = record
            self.keys = keys
            self.by = by
            self.reason = reason
            self.known = known
            self.loss = loss
        }
    }

    /// What came of it.
    package struct Restored: Sendable {
        package let restoration: Restoration
        package let report: VerificationReport
        /// How many lines the record has now, with the one that says that it was restored.
        package let lines: UInt64
        /// Files of checkpoints that were put aside: their lines are those that are said to be lost.
        package let putAside: [String]
    }

    /// Makes a record out of a backup in a state folder that has none, and records that: it only goes forward from there.
    ///
    /// The keys of the deployment have to be in the folder already: they are in no backup. Signed heads beyond the backup that are
    /// known, from witnesses' cosignatures in their folder or from files that are given, are named in the line as lost; how many
    /// lines that are has to be said, so that nobody takes an older backup by mistake.
    ///
    /// - Throws: ``DaemonFault``; there is no record in the folder then, as before.
    package static func restore(_ settings: DaemonSettings, _ order: RestoreOrder) throws(DaemonFault) -> Restored {
        let folder = StateFolder(settings.stateFolder)
        try folder.check()
        let lock = try folder.takeLock()
        defer { withExtendedLifetime(lock) {} }
        guard unsafe access(folder.record, F_OK) != 0 else {
            throw DaemonFault(
                .alreadyInitialised,
                "There is a record in \(folder.path) already: nothing is restored over it.",
                advice:
                    "Keep it, for it tells what was lost: move it out of the folder, and leave the keys where they are."
            )
        }
        let key = try LogKey.read(at: folder.logKey)
        let backup = try BackupSet(record: order.record, keys: order.keys, key: key.signer.verifierKey)
        let notes = try WitnessedNotes(
            folder: settings.witnessFolder ?? folder.witnessed,
            logKey: key.signer.verifierKey,
            policy: nil
        )
        var known = notes.all
        for path in order.known { known.append(try VerifiedCheckpoint(kept: path, key.signer.verifierKey)) }
        let lost = try lost(known, beyond: backup.record, said: order.loss)
        let deploymentKey = try DeploymentKey.read(at: DeploymentKey.path(settings.deploymentKey, folder))
        let draft = folder.restoring
        do {
            try SQLiteRecord.remove(draft)
            try CaseViews.remove(folder.views)
            let record = try SQLiteRecord.restore(
                backup.files,
                in: draft,
                sealing: Sealing(log: key.origin, key: deploymentKey.key)
            )
            guard record.head.size == backup.record.lines, record.head.root == backup.record.root else {
                throw RecordFault(.damaged, "The backup is not the record that its manifest names.")
            }
            let examination = try RestoredExamination(
                record,
                key: key.signer.verifierKey,
                known: known.filter { $0.checkpoint.size <= backup.record.lines }
            )
            guard examination.faults.isEmpty else {
                throw RecordFault(.damaged, examination.faults.joined(separator: "\n"))
            }
            let restoration = Restoration(
                kept: SignedHead(size: record.head.size, root: record.head.root),
                lost: lost,
                by: order.by,
                uid: geteuid(),
                reason: order.reason,
                madeAt: backup.record.madeAt,
                absentParts: examination.absentParts
            )
            let lines = try append(restoration, to: record, folder, key)
            try DurableFile.move(draft, to: folder.record)
            let putAside: [String]
            do {
                putAside = try notes.putAside(beyond: backup.record.lines)
            } catch {
                throw DaemonFault(
                    .storage,
                    "The record is restored, but checkpoints beyond it could not be put aside: \(error)",
                    advice:
                        "Move those of more than \(backup.record.lines) lines out of witness.folder yourself, then start."
                )
            }
            return Restored(
                restoration: restoration,
                report: examination.report,
                lines: lines,
                putAside: putAside
            )
        } catch {
            try? SQLiteRecord.remove(draft)
            try? CaseViews.remove(folder.views)
            if let fault = error as? DaemonFault { throw fault }
            throw DaemonFault(
                (error as? RecordFault).map { [.full, .failed].contains($0.code) } ?? true ? .storage : .recordRefused,
                "Nothing was restored: \((error as? RecordFault)?.message ?? "\(error)")",
                advice: "Take another copy of the backup, or another backup, and tell oversight."
            )
        }
    }

    /// The signed heads beyond a backup, if whoever restores has said how many lines that are.
    private static func lost(
        _ known: [VerifiedCheckpoint],
        beyond backup: BackupManifest,
        said: UInt64?
    ) throws(DaemonFault) -> [SignedHead] {
        let heads = Set(known.map { SignedHead(size: $0.checkpoint.size, root: $0.checkpoint.root) })
            .filter { $0.size > backup.lines }
            .sorted { ($0.size, $0.root.hex) > ($1.size, $1.root.hex) }
        let count = heads.first.map { $0.size - backup.lines } ?? 0
        guard count == said ?? 0 else {
            throw DaemonFault(
                .recordRefused,
                count == 0
                    ? "Nothing is known to be lost beyond this backup."
                    : "The backup has \(backup.lines) lines, and one over \(backup.lines + count) was signed: \(count) lines would be lost.",
                advice: count == 0
                    ? "Leave --loss out, or give the checkpoints that show it with --known."
                    : "Look for a newer backup. If there is none, say that you know it: --loss \(count)"
            )
        }
        return Array(heads.prefix(Restoration.mostLost))
    }

    /// Records the restore as the first line after what was kept, and signs it.
    private static func append(
        _ restoration: Restoration,
        to record: SQLiteRecord,
        _ folder: StateFolder,
        _ key: LogKey
    ) throws -> UInt64 {
        let shelf = Shelf(record: record, views: try folder.openViews(of: record))
        let recovered = try Recovery(origin: key.origin).recover(shelf)
        let now = max(Surroundings.wallClock(), recovered.head.time)
        let member = MemberID(restoration.by).flatMap { recovered.state.members[$0] }
        let isAdministrator =
            member?.grants.contains { $0.role == .administrator && UTCTime(milliseconds: now) < $0.expiresAt } ?? false
        guard isAdministrator, member?.isDisabled == false else {
            throw DaemonFault(
                .configuration,
                "\(restoration.by) is no administrator of this record.",
                advice: "Name with --by who answers for the restore, as the record knows him."
            )
        }
        var composer = recovered.composer
        let line = try composer.composeOwn(SystemEvent.restored(restoration).decision, at: now)
        let head = try record.append([line], after: recovered.head)
        try record.confirm()
        _ = try CheckpointSigning(key: key, record: record).sign(upTo: head)
        try record.close()
        return head.size
    }
}
