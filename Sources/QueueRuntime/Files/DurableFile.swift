import Glibc
import Synchronization

/// A file whose writes are made durable one by one.
///
/// After a failed sync the kernel may call the lost pages clean, so that a second sync would lie (reliability.md F5): the
/// file then refuses everything until it is opened anew.
package final class DurableFile: Sendable {
    /// Where it is.
    package let path: String
    private let descriptor: Int32
    private let hasFailed = Atomic(false)

    /// Opens a file for reading and writing, and makes it if it is not there; symbolic links are refused.
    ///
    /// A new file's name is durable when this returns.
    ///
    /// - Throws: ``SystemFault``.
    package init(path: String, mode: UInt32 = 0o600) throws(SystemFault) {
        let isNew = try SystemCall.status(ofPath: path) == nil
        descriptor = try SystemCall.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: mode)
        self.path = path
        if isNew { try SystemCall.synchroniseFolder(FolderPath.containing(path)) }
    }

    deinit {
        SystemCall.close(descriptor)
    }

    /// Its length in bytes.
    ///
    /// - Throws: ``SystemFault``.
    package var size: Int64 {
        get throws(SystemFault) { Int64(try SystemCall.status(descriptor, path: path).st_size) }
    }

    /// Reads so many bytes from a place, fewer where the file ends.
    ///
    /// - Throws: ``SystemFault``.
    package func read(at offset: Int64, count: Int) throws(SystemFault) -> [UInt8] {
        try refuseIfFailed()
        return try SystemCall.read(descriptor, at: offset, count: count, path: path)
    }

    /// Writes at a place; not durable before ``synchronise()``.
    ///
    /// - Throws: ``SystemFault``.
    package func write(_ bytes: [UInt8], at offset: Int64) throws(SystemFault) {
        try refuseIfFailed()
        do {
            try SystemCall.write(descriptor, bytes, at: offset, path: path)
        } catch {
            if error.code == .inputOutput { hasFailed.store(true, ordering: .relaxed) }
            throw error
        }
    }

    /// Makes what was written durable.
    ///
    /// - Throws: ``SystemFault``; then and afterwards nothing about the file is certain.
    package func synchronise() throws(SystemFault) {
        try refuseIfFailed()
        do {
            try SystemCall.synchroniseData(descriptor, path: path)
        } catch {
            hasFailed.store(true, ordering: .relaxed)
            throw error
        }
    }

    private func refuseIfFailed() throws(SystemFault) {
        if hasFailed.load(ordering: .relaxed) { throw SystemFault(refusing: .latched, path: path) }
    }
}

extension DurableFile {
    /// Puts a whole file in place of another, so that whoever reads it, and whatever a crash leaves, is one of the two.
    ///
    /// The new file is written beside it, synced, renamed, and the folder synced.
    ///
    /// - Throws: ``SystemFault``; the old file is then still there, unless only the last sync failed.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(SystemFault) {
        let beside = path + ".new"
        try SystemCall.remove(beside)
        let descriptor = try SystemCall.open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
        do throws(SystemFault) {
            defer { SystemCall.close(descriptor) }
            try SystemCall.write(descriptor, bytes, at: 0, path: beside)
            try SystemCall.synchroniseData(descriptor, path: beside)
            try SystemCall.rename(beside, to: path)
        } catch {
            try? SystemCall.remove(beside)
            throw error
        }
        try SystemCall.synchroniseFolder(FolderPath.containing(path))
    }

    /// Lets a synced file take the name of another in the same folder, durably.
    ///
    /// - Throws: ``SystemFault``; it then has one of the two names.
    package static func move(_ path: String, to other: String) throws(SystemFault) {
        try SystemCall.rename(path, to: other)
        try SystemCall.synchroniseFolder(FolderPath.containing(other))
    }

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: of a regular file; a symbolic link is refused.
    ///   - limit: the most bytes that are accepted.
    /// - Returns: the bytes.
    /// - Throws: ``SystemFault``.
    package static func contents(of path: String, limit: Int) throws(SystemFault) -> [UInt8] {
        let descriptor = try SystemCall.open(path, O_RDONLY | O_NOFOLLOW)
        defer { SystemCall.close(descriptor) }
        let size = Int(try SystemCall.status(descriptor, path: path).st_size)
        guard size <= limit else { throw SystemFault(refusing: .wrongSize, path: path) }
        return try SystemCall.read(descriptor, at: 0, count: size, path: path)
    }
}
