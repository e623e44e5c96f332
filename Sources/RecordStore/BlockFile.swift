#if canImport(Glibc)
import Glibc
#endif

/// A file that is overwritten in place and synced: its length does not change then, so that a sync is one write of data.
final class BlockFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Makes an empty file, synced together with its folder.
    static func create(at path: String) throws(RecordFault) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StateStorage.fault("made", path) }
        try BlockFile(descriptor: descriptor, path: path).sync()
        try StateStorage.syncFolder(StateStorage.folder(of: path))
    }

    /// Writes a new file beside an existing one, synced, and lets it take its name: it is the old or the new one,
    /// whole.
    static func replace(_ path: String, with bytes: [UInt8]) throws(RecordFault) {
        let draft = path + ".new"
        let descriptor = unsafe Glibc.open(draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StateStorage.fault("made", draft) }
        let file = BlockFile(descriptor: descriptor, path: draft)
        do throws(RecordFault) {
            try file.write(bytes, at: 0)
            try file.sync()
        } catch {
            // It takes no room on a disk that is full.
            unsafe unlink(draft)
            throw error
        }
        guard unsafe rename(draft, path) == 0 else { throw StateStorage.fault("replaced", path) }
        try StateStorage.syncFolder(StateStorage.folder(of: path))
    }

    /// Overwrites all of a file with zeros, durably, and removes it: what it held is not left in the disk's free blocks, as far as
    /// the file system writes in place.
    static func destroy(_ path: String) throws(RecordFault) {
        let file = try BlockFile(path: path)
        var status = stat()
        guard unsafe fstat(file.descriptor, &status) == 0 else { throw StateStorage.fault("read", path) }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while offset < Int(status.st_size) {
            let count = min(zeros.count, Int(status.st_size) - offset)
            try file.write(count == zeros.count ? zeros : Array(zeros.prefix(count)), at: offset)
            offset += count
        }
        try file.sync()
        guard unsafe unlink(path) == 0 else { throw StateStorage.fault("removed", path) }
        try StateStorage.syncFolder(StateStorage.folder(of: path))
    }

    /// Opens an existing file.
    init(path: String, readOnly: Bool = false) throws(RecordFault) {
        descriptor = unsafe Glibc.open(path, (readOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW)
        self.path = path
        guard descriptor >= 0 else {
            if errno == ENOENT { throw RecordFault(.damaged, "\(path) is missing.") }
            throw StateStorage.fault("opened", path)
        }
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Bytes of the file from an offset on; less if it is shorter.
    func read(length: Int, at offset: Int = 0) throws(RecordFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var done = 0
        while done < length {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    length - done,
                    off_t(offset + done)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StateStorage.fault("read", path) }
            guard count > 0 else { break }
            done += count
        }
        return Array(bytes.prefix(done))
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(RecordFault) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe buffer.baseAddress.map { unsafe $0 + done }
                return unsafe pwrite(descriptor, rest, bytes.count - done, off_t(offset + done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw StateStorage.fault("written", path) }
            done += count
        }
    }

    /// Writes all of it anew, as it is read, and syncs it.
    ///
    /// A sync that failed may have lost what is read from memory still, and the next one succeeds all the same (Rebello et al., USENIX
    /// ATC 2020): only what is written after that is durable then. It takes no new room.
    func renew() throws(RecordFault) {
        var offset = 0
        while true {
            let bytes = try read(length: 1 << 20, at: offset)
            guard !bytes.isEmpty else { break }
            try write(bytes, at: offset)
            offset += bytes.count
        }
        try sync()
    }

    func sync() throws(RecordFault) {
        while fdatasync(descriptor) != 0 {
            guard errno == EINTR else { throw StateStorage.fault("synced", path) }
        }
    }
}
