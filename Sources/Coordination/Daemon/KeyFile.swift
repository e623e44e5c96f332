import QueueRuntime

#if canImport(Glibc)
import Glibc
#endif

/// A file with a key in it, which nobody but the daemon may be able to read.
struct KeyFile {
    let path: String
    /// As sentences begin: `The log key`.
    let name: String
    /// The longest that it can be, in bytes.
    let limit: Int
    /// Whether the service manager hands it over: such files are root's, with a list of who else may read them, and that list shows
    /// in the bits of the group (systemd.exec(5)).
    var isCredential = false
    /// What to do if it is not there, or cannot be read.
    let ifMissing: String
    /// What to do if others may have read it, after it was put right.
    let ifExposed: String

    /// What is in it, after looking at who else could read it.
    ///
    /// - Throws: ``DaemonFault`` if others could, or nobody can.
    func contents() throws(DaemonFault) -> [UInt8] {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            throw DaemonFault(.keyPermissions, "\(name) \(path) is missing.", advice: ifMissing)
        }
        let isOwn = status.st_uid == geteuid() || isCredential && status.st_uid == 0
        guard status.st_mode & S_IFMT == S_IFREG, isOwn, status.st_mode & (isCredential ? 0o037 : 0o077) == 0 else {
            throw DaemonFault(
                .keyPermissions,
                "\(name) \(path) can be read by others, or is not the daemon's own file.",
                advice: "chown it to the daemon's user and chmod 0600; if others may have read it, \(ifExposed)."
            )
        }
        do {
            return try DurableFile.contents(of: path, limit: limit)
        } catch {
            throw DaemonFault(.keyPermissions, "\(name) \(path) cannot be read: \(error).", advice: ifMissing)
        }
    }
}
