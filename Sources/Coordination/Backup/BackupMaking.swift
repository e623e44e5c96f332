import Dispatch
import QueueRuntime
package import RecordStore
import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

/// Makes backups while the record is served, on a queue of their own.
package struct BackupMaking: Sendable {
    let places: BackupPlaces
    let record: SQLiteRecord
    let signer: NoteSigner
    /// Where the work is done, one backup after the other.
    let queue: DispatchQueue

    /// What was made.
    package struct Made: Hashable, Sendable {
        package let record: BackupManifest
        package let keys: BackupManifest
        /// Names of the files, without their folders.
        package let names: BackupFiles
    }

    /// Copies what a signed checkpoint covers, verifies the copy, and lets it count.
    ///
    /// - Parameters:
    ///   - checkpoint: the newest one.
    ///   - now: milliseconds since the UNIX epoch.
    ///   - completion: called once, on any queue; the files count if it is told so, and are gone otherwise.
    func make(
        _ checkpoint: StoredCheckpoint,
        now: Int64,
        completion: @escaping @Sendable (Result<Made, any Error>) -> Void
    ) {
        queue.async { work(checkpoint, now, completion) }
    }

    private func work(
        _ checkpoint: StoredCheckpoint,
        _ now: Int64,
        _ completion: @escaping @Sendable (Result<Made, any Error>) -> Void
    ) {
        do {
            try places.check()
            try places.removeDrafts()
            let drafts = places.drafts(lines: checkpoint.size, at: now / 1_000)
            let erasures = record.erasures
            try record.backUp(upTo: checkpoint.size, to: drafts)
            try verify(drafts, checkpoint)
            let files = BackupFiles(
                record: BackupPlaces.settled(drafts.record),
                keys: BackupPlaces.settled(drafts.keys)
            )
            let manifests = try (
                manifest(.record, drafts.record, checkpoint, now), manifest(.keys, drafts.keys, checkpoint, now)
            )
            // Nothing is destroyed between this look and the moment from which a purge finds the new file.
            record.betweenAppends {
                let older = Result { () throws -> [String] in
                    guard record.erasures == erasures else {
                        throw RecordFault(.conflict, "Something was purged while the backup was made: make it again")
                    }
                    return try settle(drafts, files, manifests)
                }
                queue.async {
                    completion(
                        older.map { older in
                            // The newest keys open the older lines too, and nothing that was purged since.
                            for file in older { try? BackupPlaces.destroyKeys(file) }
                            return Made(record: manifests.0, keys: manifests.1, names: files.named)
                        }
                    )
                    try? places.removeDrafts()
                }
            }
        } catch {
            try? places.removeDrafts()
            completion(.failure(error))
        }
    }

    /// The keys first: lines without keys can be verified, and keys that nobody needs are destroyed with the next backup.
    ///
    /// - Returns: Older files of keys.
    private func settle(
        _ drafts: BackupFiles,
        _ files: BackupFiles,
        _ manifests: (BackupManifest, BackupManifest)
    ) throws -> [String] {
        let older = try places.keyFiles().filter { $0 != files.keys }
        try DurableFile.move(drafts.keys, to: files.keys)
        try manifests.1.write(beside: files.keys, signer: signer)
        try DurableFile.move(drafts.record, to: files.record)
        try manifests.0.write(beside: files.record, signer: signer)
        return older
    }

    /// Looks at the copy with the code that auditors run, and opens every part.
    private func verify(_ files: BackupFiles, _ checkpoint: StoredCheckpoint) throws {
        let copy = try BackupCopy(files, of: record)
        defer { copy.close() }
        guard copy.size == checkpoint.size, copy.root == checkpoint.root else {
            throw RecordFault(.damaged, "The copy is not the record that was signed at \(checkpoint.size).")
        }
        var faults = try copy.integrityFindings().map { "SQLite: \($0)" }
        let report = try RecordExamination(note: copy.newestCheckpoint(), known: [])
            .report(logKey: signer.verifierKey, anchorSize: checkpoint.size, absentParts: .lost, copy.replay)
        faults += report.verdicts.filter { $0.result == .failed }.map { "\($0.check): \($0.message)" }
        guard faults.isEmpty else { throw RecordFault(.damaged, "The copy: \(faults.joined(separator: "; "))") }
    }

    private func manifest(
        _ content: BackupManifest.Content,
        _ file: String,
        _ checkpoint: StoredCheckpoint,
        _ now: Int64
    ) throws -> BackupManifest {
        let found = try BackupManifest.measure(file)
        return BackupManifest(
            content: content,
            origin: signer.verifierKey.name,
            lines: checkpoint.size,
            root: checkpoint.root,
            digest: found.digest,
            bytes: found.bytes,
            deploymentKey: try record.deploymentKeyID(),
            madeAt: now / 1_000,
            version: Deployment.buildVersion
        )
    }

    /// Destroys the keys of parts in the files of keys that lie in their folder, once they are destroyed in the record.
    ///
    /// Copies elsewhere are out of reach: they are to be replaced with the newest.
    func destroyKeys(of parts: [PartPlace], now: Int64) throws {
        guard !parts.isEmpty else { return }
        // What a backup left that was cut off has the keys, too.
        try places.removeDrafts()
        for file in try places.keyFilesOfBackups() {
            // Nobody could restore with it; one whose manifest cannot be read now may be the only one there is.
            if unsafe access(BackupManifest.path(of: file), F_OK) != 0, errno == ENOENT {
                try BackupPlaces.destroyKeys(file)
                continue
            }
            let old = try BackupManifest(of: file, .keys, key: signer.verifierKey)
            var seconds = max(now / 1_000, old.madeAt + 1)
            var draft = places.drafts(lines: old.lines, at: seconds).keys
            while try places.keyFiles().contains(BackupPlaces.settled(draft)) {
                seconds += 1
                draft = places.drafts(lines: old.lines, at: seconds).keys
            }
            try BackupFiles.copyKeys(file, to: draft, without: parts)
            let found = try BackupManifest.measure(draft)
            var new = old
            (new.digest, new.bytes, new.madeAt) = (found.digest, found.bytes, seconds)
            try DurableFile.move(draft, to: BackupPlaces.settled(draft))
            try new.write(beside: BackupPlaces.settled(draft), signer: signer)
            try BackupPlaces.destroyKeys(file)
        }
    }
}

extension BackupFiles {
    /// Without their folders.
    fileprivate var named: BackupFiles {
        func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
        return BackupFiles(record: name(record), keys: name(keys))
    }
}
