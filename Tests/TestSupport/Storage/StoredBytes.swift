#if canImport(Glibc)
import Glibc
#endif

/// The bytes of a file, in pages that copies share until one of them is written to.
struct StoredBytes: Sendable {
    private static let pageLength = 64 << 10
    private static let zeros = [UInt8](repeating: 0, count: pageLength)

    private(set) var length = 0
    /// Nil where nothing but zeros was written.
    private var pages: [[UInt8]?] = []

    init() {}

    init(_ bytes: [UInt8]) { write(bytes[...], at: 0) }

    mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        guard !bytes.isEmpty else { return }
        let end = offset + bytes.count
        grow(to: max(length, end))
        unsafe bytes.withUnsafeBytes { source in
            var done = 0
            while done < source.count {
                let (page, place) = (offset + done).quotientAndRemainder(dividingBy: Self.pageLength)
                let count = min(source.count - done, Self.pageLength - place)
                let piece = unsafe UnsafeRawBufferPointer(rebasing: source[done..<done + count])
                unsafe put(piece, page, place)
                done += count
            }
        }
    }

    private mutating func put(_ piece: UnsafeRawBufferPointer, _ page: Int, _ place: Int) {
        if pages[page] == nil {
            let isZero = unsafe Self.zeros.withUnsafeBytes { zeros in
                guard let new = piece.baseAddress, let old = zeros.baseAddress else { return true }
                return unsafe memcmp(new, old, piece.count) == 0
            }
            if isZero { return }
            pages[page] = Self.zeros
        }
        unsafe pages[page]?.withUnsafeMutableBytes { target in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[place..<place + piece.count]).copyMemory(from: piece)
        }
    }

    private mutating func grow(to length: Int) {
        self.length = length
        let count = (length + Self.pageLength - 1) / Self.pageLength
        if count > pages.count { pages.append(contentsOf: repeatElement(nil, count: count - pages.count)) }
    }

    mutating func truncate(to length: Int) {
        if length < self.length {
            // What is cut away reads as zeros if the file grows again.
            let (page, place) = length.quotientAndRemainder(dividingBy: Self.pageLength)
            if page < pages.count {
                pages.removeSubrange((place == 0 ? page : page + 1)...)
                if place > 0, pages.indices.contains(page) {
                    pages[page]?.replaceSubrange(place..., with: Self.zeros[place...])
                }
            }
        }
        grow(to: length)
    }

    /// Makes a file with these bytes.
    func lay(at path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(length)) == 0 else { throw StorageUnusable(path: path) }
        defer { close(descriptor) }
        for (index, page) in pages.enumerated() {
            guard let page else { continue }
            let begin = index * Self.pageLength
            let count = min(Self.pageLength, length - begin)
            let written = unsafe page.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, count, off_t(begin)) }
            guard written == count else { throw StorageUnusable(path: path) }
        }
    }
}

/// The machine's own disk does not do what the test needs.
package struct StorageUnusable: Error { package let path: String }
