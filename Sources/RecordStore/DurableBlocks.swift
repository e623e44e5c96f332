import CLinux

#if canImport(Glibc)
import Glibc
#endif

/// A file of blocks that are overwritten in place, each write durable when it returns.
///
/// Where the file system can, they go past the page cache: a write is then one order to the disk, and no page has to be found,
/// marked, written out and waited for.
final class DurableBlocks: Sendable {
    static let blockLength = 4_096

    private let path: String
    private let descriptor: Int32

    /// Opens an existing file.
    init(path: String) throws(RecordFault) {
        self.path = path
        let direct = unsafe clinux_open_durable(path, 1)
        // A file system in memory, or one that journals what is written, has only the way through the page cache.
        descriptor = unsafe direct < 0 && errno == EINVAL ? clinux_open_durable(path, 0) : direct
        guard descriptor >= 0 else {
            if errno == ENOENT { throw RecordFault(.damaged, "\(path) is missing.") }
            throw StateStorage.fault("opened", path)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// So many bytes as whole blocks.
    static func length(of count: Int) -> Int { (count + blockLength - 1) / blockLength * blockLength }

    /// Writes whole blocks, with zeros behind the bytes.
    ///
    /// - Throws: ``RecordFault``; then nobody knows what stands there.
    func write(_ bytes: [UInt8], at offset: Int) throws(RecordFault) {
        let length = Self.length(of: bytes.count)
        // The disk takes it from memory that begins on a block, too.
        let fault = unsafe withUnsafeTemporaryAllocation(byteCount: length, alignment: Self.blockLength) { blocks in
            unsafe blocks.copyBytes(from: bytes)
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: blocks[bytes.count...])
            unsafe rest.initializeMemory(as: UInt8.self, repeating: 0)
            return unsafe write(UnsafeRawBufferPointer(blocks), at: offset)
        }
        if let fault { throw fault }
    }

    private func write(_ blocks: UnsafeRawBufferPointer, at offset: Int) -> RecordFault? {
        var done = 0
        while done < blocks.count {
            let rest = unsafe blocks.baseAddress.map { unsafe $0 + done }
            let count = unsafe pwrite(descriptor, rest, blocks.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return StateStorage.fault("written", path) }
            done += count
        }
        return nil
    }
}
