import CLinux

#if canImport(Glibc)
import Glibc
#endif

/// A small file that is overwritten in place and synced: no length ever changes, so a sync is one write of data.
final class BlockFile: Sendable {
    let path: String
    private let descriptor: Int32
    /// Whether a sync of another file of the same folder makes what was written out here durable too.
    ///
    /// On ext4 and XFS with the log on the same device each fdatasync that finds data ends in a flush of the device, and a flush
    /// covers all writes that ended before (Linux, Documentation/block/writeback_cache_control.rst). Blocks that are
    /// overwritten in place need nothing else (sync_file_range(2)).
    let sharesFlush: Bool

    /// Makes the file with zeros, synced together with its folder.
    static func create(at path: String, length: Int) throws(RecordFault) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StateStorage.fault("made", path) }
        let file = BlockFile(descriptor: descriptor, path: path)
        try file.write([UInt8](repeating: 0, count: length), at: 0)
        guard fsync(descriptor) == 0 else { throw StateStorage.fault("synced", path) }
        try StateStorage.syncFolder(StateStorage.folder(of: path))
    }

    /// Writes a new file beside an existing one, synced, and lets it take its name: it is the old or the new one,
    /// whole.
    static func replace(_ path: String, with bytes: [UInt8]) throws(RecordFault) {
        let draft = path + ".new"
        let descriptor = unsafe Glibc.open(draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StateStorage.fault("made", draft) }
        let file = BlockFile(descriptor: descriptor, path: draft)
        try file.write(bytes, at: 0)
        try file.sync()
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
        sharesFlush = descriptor >= 0 && Self.sharesFlush(descriptor)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw RecordFault(.damaged, "\(path) is missing.") }
            throw StateStorage.fault("opened", path)
        }
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        sharesFlush = Self.sharesFlush(descriptor)
    }

    private static func sharesFlush(_ descriptor: Int32) -> Bool {
        [Int64(CLINUX_EXT4), Int64(CLINUX_XFS)].contains(clinux_file_system(descriptor))
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

    /// Begins to write a range out to the device, and does not wait.
    func beginWriteOut(at offset: Int, count: Int) throws(RecordFault) {
        try repeating { clinux_begin_write_out(descriptor, Int64(offset), Int64(count)) }
    }

    /// Waits until a range is on the device, which has not flushed it yet.
    func finishWriteOut(at offset: Int, count: Int) throws(RecordFault) {
        try repeating { clinux_finish_write_out(descriptor, Int64(offset), Int64(count)) }
    }

    func sync() throws(RecordFault) {
        try repeating { fdatasync(descriptor) }
    }

    private func repeating(_ call: () -> Int32) throws(RecordFault) {
        while call() != 0 {
            guard errno == EINTR else { throw StateStorage.fault("synced", path) }
        }
    }
}
