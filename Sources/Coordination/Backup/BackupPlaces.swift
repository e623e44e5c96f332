import QueueRuntime
import RecordStore

#if canImport(Glibc)
import Glibc
#endif

/// The two folders of backups: one for lines and sealed parts, the other, best on another medium, for what opens them.
///
/// Files are named by how many lines they cover and when they were made, so that the last name is the newest.
package struct BackupPlaces: Hashable, Sendable {
    package var records: String
    package var keys: String

    /// Nil unless both are set.
    package init?(records: String?, keys: String?) {
        guard let records, let keys else { return nil }
        self.records = records
        self.keys = keys
    }

    private static let suffix = ".accord"
    private static let draftSuffix = ".draft"

    /// Refuses folders that others could read, and one for both.
    func check() throws(DaemonFault) {
        var found: [stat] = []
        for (name, path) in [("backup.folder", records), ("backup.keys-folder", keys)] {
            var status = stat()
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                status.st_mode & 0o077 == 0
            else {
                throw DaemonFault(
                    .keyPermissions,
                    "\(name), \(path), is not a folder of the daemon's own, closed to all others.",
                    advice: "Make it, chown it to the daemon's user, and chmod 0700."
                )
            }
            found.append(status)
        }
        guard found[0].st_ino != found[1].st_ino || found[0].st_dev != found[1].st_dev else {
            throw DaemonFault(
                .configuration,
                "backup.folder and backup.keys-folder are one folder.",
                advice: "Keys are kept apart from what they open: name another folder, best on another medium."
            )
        }
    }

    /// The files of a backup over so many lines that is made now; drafts until ``settle(_:)``.
    func drafts(lines: UInt64, at seconds: Int64) -> BackupFiles {
        let digits = String(lines)
        let name = String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + "\(digits)-\(seconds)"
        return BackupFiles(
            record: "\(records)/record-\(name)\(Self.suffix)\(Self.draftSuffix)",
            keys: "\(keys)/keys-\(name)\(Self.suffix)\(Self.draftSuffix)"
        )
    }

    /// The name that a draft takes when it is whole.
    static func settled(_ draft: String) -> String { String(draft.dropLast(draftSuffix.utf8.count)) }

    /// Removes what a backup left that was cut off.
    func removeDrafts() throws {
        for name in try SystemCall.names(in: records) where name.hasSuffix(Self.draftSuffix) {
            try SystemCall.remove("\(records)/\(name)")
        }
        for name in try SystemCall.names(in: keys) where name.hasSuffix(Self.draftSuffix) {
            try BackupFiles.destroy("\(keys)/\(name)")
        }
    }

    /// The files of keys that lie there, the newest last.
    func keyFiles() throws -> [String] { try Self.files(in: keys, .keys) }

    /// The same, for whoever destroys keys: a folder without any, beside backups that want some, is not mounted, and no
    /// empty one.
    ///
    /// - Throws: ``DaemonFault`` if it looks so.
    func keyFilesOfBackups() throws -> [String] {
        let found = try keyFiles()
        guard found.isEmpty, try !Self.files(in: records, .record).isEmpty else { return found }
        throw DaemonFault(
            .configuration,
            "backup.keys-folder, \(keys), has no keys, and backup.folder has backups.",
            advice:
                "Mount it, or put the newest file of keys back; or remove the backups that nobody can open any more."
        )
    }

    /// Overwrites a file of keys, and removes it with its manifest.
    static func destroyKeys(_ file: String) throws {
        try SystemCall.remove(BackupManifest.path(of: file))
        try BackupFiles.destroy(file)
    }

    private static func files(in folder: String, _ content: BackupManifest.Content) throws -> [String] {
        try SystemCall.names(in: folder).filter { $0.hasPrefix("\(content.rawValue)-") && $0.hasSuffix(suffix) }
            .sorted()
            .map { "\(folder)/\($0)" }
    }

    /// The file that is meant: itself, or of a folder the newest that has a manifest.
    ///
    /// - Throws: ``DaemonFault`` if there is none.
    package static func file(_ path: String, _ content: BackupManifest.Content) throws(DaemonFault) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return path }
        let found = (try? files(in: path, content)) ?? []
        guard let file = found.last(where: { unsafe access(BackupManifest.path(of: $0), F_OK) == 0 }) else {
            throw DaemonFault(
                .recordRefused,
                "There is no backup of \(content.rawValue) in \(path).",
                advice: "Name the file, or the folder in which `accord backup make` left it."
            )
        }
        return file
    }
}

extension SystemCall {
    /// Opens a regular file for reading; a symbolic link is refused.
    static func openForReading(_ path: String) throws(SystemFault) -> Int32 { try open(path, O_RDONLY | O_NOFOLLOW) }
}
