#if canImport(Glibc)
import Glibc
#endif

/// Questions to the file system that holds the record, and the calls that make a change of a folder last.
enum StateStorage {
    /// Free bytes under which nothing is tried again: a batch and its part of the index.
    private static let leastRoom: UInt64 = 1 << 20

    /// Whether there is room for another batch, as far as the file system says.
    static func hasRoom(in folder: String) -> Bool {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return false }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) >= leastRoom
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Removes a file for good.
    static func remove(_ path: String) throws(RecordFault) {
        guard unsafe unlink(path) == 0 else { throw fault("removed", path) }
        try syncFolder(folder(of: path))
    }

    /// Makes new names in a folder last.
    static func syncFolder(_ folder: String) throws(RecordFault) {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("opened", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault("synced", folder) }
    }

    /// The folder of a path.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What `errno` says about a path; to be called before anything else.
    static func fault(_ verb: String, _ path: String) -> RecordFault {
        let code = errno
        let reason = unsafe String(cString: strerror(code))
        let isFull = code == ENOSPC || code == EDQUOT
        return RecordFault(isFull ? .full : .failed, "\(path) could not be \(verb): \(reason).")
    }
}
