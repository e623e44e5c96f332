import Cryptography
import RecordStore
import Synchronization
import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

/// A file without a name, which is gone when the last step lets go of it, and sealed in chunks (AES-256-GCM).
///
/// The nonce of a chunk is the number of the file and the chunk's place in it: each is sealed once, whole, and opens at its own
/// place alone. What does not fill a chunk stays in memory.
final class ExportFile: Sendable {
    private let descriptor: Int32
    private let key: ExportKey
    private let number: UInt32
    private let state = Mutex(State())

    private struct State {
        /// How many chunks were sealed and written.
        var chunks = 0
        /// What comes after them: small pieces are written together.
        var rest: [UInt8] = []
    }

    private static let chunkBytes = 4_096
    private static let sealedBytes = chunkBytes + AES256GCM.tagByteCount
    private static let restBytes = 1 << 18
    private static let place = Array("accord export".utf8)

    init(beside folder: String, _ key: ExportKey) throws {
        self.key = key
        number = key.nextFile()
        descriptor = unsafe open(folder, 0o20200000 | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RecordFault(.full, "No room for an export beside \(folder).") }
    }

    deinit { _ = Glibc.close(descriptor) }

    var count: Int { state.withLock { $0.chunks * Self.chunkBytes + $0.rest.count } }

    func append(_ bytes: [UInt8]) throws {
        try state.withLock { state in
            state.rest += bytes
            if state.rest.count >= Self.restBytes { try write(&state) }
        }
    }

    /// Seals and writes the chunks that are full.
    private func write(_ state: inout State) throws {
        let full = state.rest.count / Self.chunkBytes
        var cipher = try key.cipher()
        var sealed: [UInt8] = []
        sealed.reserveCapacity(full * Self.sealedBytes)
        for chunk in 0..<full {
            let bytes = state.rest[chunk * Self.chunkBytes..<(chunk + 1) * Self.chunkBytes]
            sealed += try cipher.seal(bytes, nonce: nonce(of: state.chunks + chunk), place: Self.place)
        }
        try write(sealed, at: state.chunks * Self.sealedBytes)
        state.chunks += full
        state.rest.removeFirst(full * Self.chunkBytes)
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done,
                    off_t(offset + done)
                )
            }
            guard written > 0 else { throw RecordFault(.full, "No room for an export.") }
            done += written
        }
    }

    /// Four bytes for the file and eight for the place in it.
    private func nonce(of chunk: Int) -> ArraySlice<UInt8> {
        [UInt8](bigEndian: UInt64(number), UInt64(clamping: chunk)).suffix(AES256GCM.nonceByteCount)
    }

    /// Some bytes, fewer at the end.
    ///
    /// - Throws: ``ExportEnded`` if the export was ended, also of what is in memory still.
    func read(from offset: Int, count: Int) throws -> [UInt8] {
        var cipher = try key.cipher()
        return try state.withLock { state in
            let written = state.chunks * Self.chunkBytes
            let end = offset + min(count, max(0, written + state.rest.count - offset))
            guard end > offset else { return [] }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(end - offset)
            if offset < min(end, written) {
                let chunks = offset / Self.chunkBytes..<(min(end, written) - 1) / Self.chunkBytes + 1
                let sealed = try sealed(chunks)
                for (place, chunk) in chunks.enumerated() {
                    let piece = sealed[place * Self.sealedBytes..<(place + 1) * Self.sealedBytes]
                    guard let opened = cipher.open(piece, nonce: nonce(of: chunk), place: Self.place) else {
                        throw RecordFault(.failed, "The export could not be read back.")
                    }
                    let start = chunk * Self.chunkBytes
                    bytes += opened[max(offset - start, 0)..<min(end - start, Self.chunkBytes)]
                }
            }
            if end > written { bytes += state.rest[max(offset - written, 0)..<end - written] }
            return bytes
        }
    }

    private func sealed(_ chunks: Range<Int>) throws -> [UInt8] {
        let wanted = chunks.count * Self.sealedBytes
        var bytes = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    wanted - done,
                    off_t(chunks.lowerBound * Self.sealedBytes + done)
                )
            }
            guard got > 0 else { throw RecordFault(.failed, "The export could not be read back.") }
            done += got
        }
        return bytes
    }

    /// Appends numbers of eight bytes each.
    func append(numbers: [UInt64]) throws {
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(bigEndian: number) }
        try append(bytes)
    }

    /// So many numbers from a place on, fewer at the end.
    func numbers(from offset: Int, count: Int) throws -> [UInt64] {
        Self.numbers(in: try read(from: offset, count: 8 * count)[...])
    }

    static func numbers(in bytes: ArraySlice<UInt8>) -> [UInt64] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: 8).map { place in
            bytes[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    func digest() throws -> Digest {
        var hash = SHA256()
        try pieces { hash.update($0) }
        return hash.finalize()
    }

    func appendMember(_ name: String, _ bytes: [UInt8]) throws {
        try append(TarWriter.header(name: name, size: UInt64(bytes.count)))
        try append(bytes)
        try pad(bytes.count)
    }

    func appendMember(_ name: String, of other: ExportFile) throws {
        try append(TarWriter.header(name: name, size: UInt64(other.count)))
        try other.pieces { try append($0) }
        try pad(other.count)
    }

    /// All of it, a piece at a time.
    private func pieces(_ body: ([UInt8]) throws -> Void) throws {
        var offset = 0
        while offset < count {
            let bytes = try read(from: offset, count: 1 << 20)
            try body(bytes)
            offset += bytes.count
        }
    }

    private func pad(_ count: Int) throws {
        let rest = count % 512
        if rest > 0 { try append([UInt8](repeating: 0, count: 512 - rest)) }
    }
}
