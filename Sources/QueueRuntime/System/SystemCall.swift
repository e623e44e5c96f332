package import Glibc

/// The system calls that the rooms above use, one function each: a call that a signal interrupted is repeated, and the
/// error number is read before anything else can change it.
package enum SystemCall {
    /// Repeats a call while a signal interrupts it.
    ///
    /// - Returns: what the call returned, and `errno` if that was -1.
    @inline(__always)
    package static func repeating<Result: BinaryInteger>(_ call: () -> Result) -> (Result, Int32) {
        while true {
            let result = call()
            let number = errno
            if result != -1 { return (result, 0) }
            if number != EINTR { return (result, number) }
        }
    }

    /// `open(2)`, always close-on-exec.
    ///
    /// - Throws: ``SystemFault``.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemFault) -> Int32 {
        let (descriptor, number) = repeating { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard descriptor >= 0 else { throw SystemFault("open", number: number, path: path) }
        return descriptor
    }

    /// `close(2)`; whatever it says, the number is free afterwards (Linux), so that it is never repeated.
    package static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// The names of all that lies in a folder, `.` and `..` among them, in no order.
    ///
    /// - Throws: ``SystemFault``.
    package static func names(in folder: String) throws(SystemFault) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw SystemFault("opendir", number: errno, path: folder) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        return names
    }

    /// `pread(2)` until so many bytes were read or the file ends.
    ///
    /// - Throws: ``SystemFault``.
    package static func read(
        _ descriptor: Int32,
        at offset: Int64,
        count: Int,
        path: String? = nil
    ) throws(SystemFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let position = off_t(offset) + done
            let (length, number) = unsafe bytes.withUnsafeMutableBytes { buffer in
                repeating { unsafe pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, position) }
            }
            guard length >= 0 else { throw SystemFault("pread", number: number, path: path) }
            if length == 0 { break }
            done += length
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// `pwrite(2)` until all bytes were written.
    ///
    /// - Throws: ``SystemFault``; part of the bytes may have been written.
    package static func write(
        _ descriptor: Int32,
        _ bytes: [UInt8],
        at offset: Int64,
        path: String? = nil
    ) throws(SystemFault) {
        var done = 0
        while done < bytes.count {
            let position = off_t(offset) + done
            let (length, number) = unsafe bytes.withUnsafeBytes { buffer in
                repeating {
                    unsafe pwrite(descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done, position)
                }
            }
            guard length >= 0 else { throw SystemFault("pwrite", number: number, path: path) }
            done += length
        }
    }

    /// `fdatasync(2)`.
    ///
    /// - Throws: ``SystemFault``. Afterwards nothing is known about the file: do not try again (reliability.md F5).
    package static func synchroniseData(_ descriptor: Int32, path: String? = nil) throws(SystemFault) {
        let (result, number) = repeating { fdatasync(descriptor) }
        guard result == 0 else { throw SystemFault("fdatasync", number: number, path: path) }
    }

    /// `fsync(2)` of a folder, which makes the names in it durable.
    ///
    /// - Throws: ``SystemFault``.
    package static func synchroniseFolder(_ path: String) throws(SystemFault) {
        let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        let (result, number) = repeating { fsync(descriptor) }
        guard result == 0 else { throw SystemFault("fsync", number: number, path: path) }
    }

    /// `rename(2)`.
    ///
    /// - Throws: ``SystemFault``.
    package static func rename(_ old: String, to new: String) throws(SystemFault) {
        let (result, number) = repeating { unsafe Glibc.rename(old, new) }
        guard result == 0 else { throw SystemFault("rename", number: number, path: new) }
    }

    /// `unlink(2)`; that there is nothing is no fault.
    ///
    /// - Throws: ``SystemFault``.
    package static func remove(_ path: String) throws(SystemFault) {
        let (result, number) = repeating { unsafe unlink(path) }
        guard result == 0 || number == ENOENT else { throw SystemFault("unlink", number: number, path: path) }
    }

    /// `fstat(2)`.
    ///
    /// - Throws: ``SystemFault``.
    package static func status(_ descriptor: Int32, path: String? = nil) throws(SystemFault) -> stat {
        var status = stat()
        let (result, number) = repeating { unsafe fstat(descriptor, &status) }
        guard result == 0 else { throw SystemFault("fstat", number: number, path: path) }
        return status
    }

    /// `lstat(2)`, which does not follow a symbolic link; nil if there is nothing.
    ///
    /// - Throws: ``SystemFault``.
    package static func status(ofPath path: String) throws(SystemFault) -> stat? {
        var status = stat()
        let (result, number) = repeating { unsafe lstat(path, &status) }
        if result == 0 { return status }
        guard number == ENOENT else { throw SystemFault("lstat", number: number, path: path) }
        return nil
    }
}
