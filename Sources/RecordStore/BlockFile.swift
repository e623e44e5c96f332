#if canImport(Glibc)
import Glibc
#endif

/// A small file that is overwritten in place and synced: no length ever changes, so a sync is one write of data.
struct BlockFile: Sendable {
    let descriptor: Int32
    let path: String

    /// Makes the file with zeros, synced together with its folder.
    static func create(at path: String, length: Int) throws(RecordFault) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("made", path) }
        defer { _ = Glibc.close(descriptor) }
        try BlockFile(descriptor: descriptor, path: path).write([UInt8](repeating: 0, count: length), at: 0)
        guard fsync(descriptor) == 0 else { throw failure("synced", path) }
        let folder = unsafe open(parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("synced", path) }
        defer { _ = Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw failure("synced", path) }
    }

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens an existing file.
    init(path: String) throws(RecordFault) {
        descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        self.path = path
        guard descriptor >= 0 else { throw Self.failure("opened", path) }
    }

    func read(length: Int) throws(RecordFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var done = 0
        while done < length {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress.map { unsafe $0 + done }, length - done, off_t(done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure("read", path) }
            guard count > 0 else { break }
            done += count
        }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(RecordFault) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    bytes.count - done,
                    off_t(offset + done)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("written", path) }
            done += count
        }
    }

    func sync() throws(RecordFault) {
        while fdatasync(descriptor) != 0 {
            guard errno == EINTR else { throw Self.failure("synced", path) }
        }
    }

    func close() { _ = Glibc.close(descriptor) }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ verb: String, _ path: String) -> RecordFault {
        let code = errno
        let reason = unsafe String(cString: strerror(code))
        let kind: RecordFault.Code = code == ENOSPC || code == EDQUOT || code == EFBIG ? .full : .failed
        return RecordFault(kind, "\(path) could not be \(verb): \(reason).")
    }
}
