import CaseViews
import QueueRuntime
import RecordStore

#if canImport(Glibc)
import Glibc
#endif

/// Names of what lies in the state folder, and the checks that they are ours alone.
package struct StateFolder: Hashable, Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var lock: String { path + "/lock" }
    package var logKey: String { path + "/log.key" }
    package var origin: String { path + "/origin" }
    package var views: String { path + "/views.db" }
    package var record: String { path + "/record" }

    /// True if a key or a record lies here already.
    var holdsAnything: Bool {
        [logKey, record].contains { (path: String) in unsafe access(path, F_OK) == 0 }
    }

    /// Makes the folder if it is not there; 0700.
    func make() throws(DaemonFault) {
        if unsafe mkdir(path, 0o700) == 0 { return }
        let code = errno
        guard code == EEXIST else {
            throw DaemonFault(
                .storage,
                "The state folder \(path) cannot be made: \(unsafe String(cString: strerror(code))).",
                advice: "Make its parent, or name another folder with `state.folder`."
            )
        }
    }

    /// Refuses a folder that others may write to or read.
    func check() throws(DaemonFault) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw DaemonFault(
                .notInitialised,
                "There is no state folder at \(path).",
                advice: "Make one with `accordd init`, or name the right one with `state.folder`."
            )
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw DaemonFault(
                .keyPermissions,
                "The state folder \(path) is not a folder of the daemon's own, closed to all others.",
                advice: "Make it so: chown to the daemon's user, chmod 0700."
            )
        }
    }

    /// Takes the folder for this process, before anything else is touched.
    func takeLock() throws(DaemonFault) -> SingleInstanceLock {
        do {
            return try SingleInstanceLock(path: lock)
        } catch {
            throw DaemonFault(
                error.code == .inUse ? .locked : .storage,
                error.code == .inUse ? "Another accordd has the folder \(path)." : "\(error)",
                advice: "One daemon serves one folder: stop the other, or name another folder."
            )
        }
    }

    func openRecord() throws(DaemonFault) -> SQLiteRecord {
        do {
            return try SQLiteRecord.open(in: record)
        } catch {
            throw DaemonFault(
                error.code == .missing ? .notInitialised : .recordRefused,
                error.message,
                advice: error.code == .missing
                    ? "Make one with `accordd init`; opening never makes one."
                    : "Nothing was changed. Keep the folder as it is, verify a copy, and tell oversight and the agencies."
            )
        }
    }

    func openViews() throws(DaemonFault) -> CaseViews {
        do {
            return try CaseViews(path: views)
        } catch {
            throw DaemonFault(
                .storage,
                error.message,
                advice: "The views can always be made again: remove \(views) and start."
            )
        }
    }
}
