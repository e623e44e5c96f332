package import CaseViews
import QueueRuntime
package import RecordStore

#if canImport(Glibc)
import Glibc
#endif

/// Names of what lies in the state folder, and the checks that they are ours alone.
package struct StateFolder: Hashable, Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var lock: String { path + "/lock" }
    package var logKey: String { path + "/log.key" }
    package var deploymentKey: String { path + "/deployment.key" }
    package var pepper: String { path + "/pepper" }
    package var origin: String { path + "/origin" }
    package var views: String { path + "/views.db" }
    package var witnessed: String { path + "/witnessed" }
    package var record: String { path + "/record" }
    package var hooks: String { path + "/hooks" }
    /// What a restore makes the record in; what is left of one that was ended holds texts that may be purged meanwhile.
    package var restoring: String { record + ".restoring" }

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
                advice: "Make its parent, or name another folder with `state-folder`."
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
                advice: "Make one with `accordd init`, or name the right one with `state-folder`."
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
            guard error.code == .inUse else {
                throw DaemonFault(.storage, "The state folder cannot be used: \(error).", advice: "")
            }
            throw DaemonFault(
                .locked,
                "Another accordd has the folder \(path).",
                advice: "One daemon serves one folder: stop the other, or name another folder."
            )
        }
    }

    /// Opens the record with the deployment's key, or with the one that waits to take its place: what a rotation that was
    /// cut off left is brought to its end.
    ///
    /// - Parameters:
    ///   - origin: Name of the log.
    ///   - setting: Where the deployment's key is.
    /// - Returns: The record, open.
    /// - Throws: ``DaemonFault`` if the key or the record is not as it must be.
    func openRecord(origin: String, deploymentKey setting: String) throws(DaemonFault) -> SQLiteRecord {
        let path = try DeploymentKey.path(setting, self)
        let next = DeploymentKey.next(path)
        let isWaiting = unsafe access(next, F_OK) == 0
        let key = try DeploymentKey.read(at: path)
        do {
            return try SQLiteRecord.open(in: record, sealing: Sealing(log: origin, key: key.key))
        } catch {
            guard error.code == .wrongKey, isWaiting else { throw Self.refused(error) }
        }
        let waiting = try DeploymentKey.read(at: next)
        do {
            let opened = try SQLiteRecord.open(in: record, sealing: Sealing(log: origin, key: waiting.key))
            try waiting.settle(at: path)
            return opened
        } catch let fault as RecordFault {
            throw Self.refused(fault)
        } catch {
            throw error as? DaemonFault ?? DaemonFault(.storage, "\(error)", advice: "")
        }
    }

    /// Removes what is left of a restore that was ended, now that another record is served: no purge would reach it.
    func removeRemains() throws(DaemonFault) {
        do {
            try SQLiteRecord.remove(restoring)
        } catch {
            throw DaemonFault(
                .storage,
                "\(restoring), which a restore left behind that was ended, cannot be removed: \(error).",
                advice: "Remove it yourself: what is purged from the record would stay in it."
            )
        }
    }

    private static func refused(_ fault: RecordFault) -> DaemonFault {
        switch fault.code {
        case .missing:
            DaemonFault(
                .notInitialised,
                fault.message,
                advice: "Make one with `accordd init`."
            )
        case .wrongKey:
            DaemonFault(
                .keyPermissions,
                fault.message,
                advice: "Put the right one back from where it is escrowed. Nothing was changed."
            )
        default:
            DaemonFault(
                .recordRefused,
                fault.message,
                advice:
                    "Nothing was changed. Keep the folder as it is, and tell oversight and the agencies. To serve again, restore a backup."
            )
        }
    }

    func openViews(of record: SQLiteRecord) throws(DaemonFault) -> CaseViews {
        do {
            return try CaseViews(path: views, marking: RowMarking(record))
        } catch {
            throw DaemonFault(
                .storage,
                (error as? ViewsFault)?.message ?? "\(error)",
                advice: "The views can always be made again: remove \(views) and start."
            )
        }
    }
}

extension RowMarking {
    /// Marks that only this record's daemon makes.
    package init(_ record: SQLiteRecord) throws(RecordFault) {
        let marker = try record.marker("view row")
        self.init(
            make: { try marker.mark($0) },
            isMark: { marker.isMark($0, of: $1) },
            weigh: { marker.weigh($0) },
            seal: { try record.seal($0, as: "view weights", at: 0) },
            open: { record.open($0, as: "view weights", at: 0) }
        )
    }
}
