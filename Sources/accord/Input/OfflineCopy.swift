import Glibc
import TransparencyLog

/// A copy of the record as it lies on a disk, read a piece at a time and not yet believed.
enum OfflineCopy: BundleFiles {
    /// A bundle as it was exported.
    case tar(TarCopy)
    /// The folder of an unpacked bundle.
    case folder(String)
    /// Lines of the record, one after the other.
    case lines(InputPieces)
    /// A whole record in the layout of C2SP tlog-tiles.
    case tiles(TilesCopy)

    /// Opens a bundle, the folder of one, tiles, or a file of lines, and tells which by what it finds.
    init(_ path: String) throws(Failure) {
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            let isTiles = unsafe stat("\(path)/tile/entries", &status) == 0
            self = isTiles ? .tiles(try TilesCopy(path)) : .folder(path)
            return
        }
        try self.init(InputPieces(path, followsLinks: true))
    }

    /// What lies in a file.
    init(_ file: InputPieces) throws(Failure) {
        let beginning = try file.read(0..<TarWriter.blockSize)
        guard !beginning.starts(with: Self.databaseMagic) else { throw .database(file.path) }
        self = Self.isTar(beginning) ? .tar(try TarCopy(file)) : .lines(file)
    }

    /// What an SQLite database begins with (SQLite's “Database File Format”, 1.3.1).
    private static let databaseMagic = Array("SQLite format 3\0".utf8)

    /// Whether bytes begin with the header of a tar file (POSIX ustar: the magic stands at 257).
    static func isTar(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 512 && bytes[257..<262].elementsEqual("ustar".utf8)
    }

    func eachName(in folders: [String], _ body: (String) throws -> Void) throws {
        switch self {
        case .tar(let tar):
            let prefixes = folders.map { "\($0)/" }
            try tar.eachName { name in
                if prefixes.contains(where: name.hasPrefix) { try body(name) }
            }
        case .folder(let path):
            for folder in folders { try Self.eachName("\(path)/\(folder)") { try body("\(folder)/\($0)") } }
        case .lines, .tiles: return
        }
    }

    var count: Int {
        get throws {
            switch self {
            case .tar(let tar): tar.count
            case .folder(let path): try Self.count(of: path)
            case .lines: 1
            case .tiles: 2
            }
        }
    }

    func size(of name: String) throws -> Int? {
        switch self {
        case .tar(let tar): return try tar.content(of: name)?.count
        case .folder(let path):
            var status = stat()
            guard unsafe lstat("\(path)/\(name)", &status) == 0 else { return nil }
            guard status.st_mode & S_IFMT == S_IFREG else { return try InputPieces("\(path)/\(name)").size }
            return status.st_size
        case .lines(let file): return name == BundleVerification.linesName ? file.size : nil
        case .tiles(let tiles): return try tiles.size(of: name)
        }
    }

    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
        switch self {
        case .tar(let tar): return try tar.read(name, range)
        case .folder(let path): return try InputPieces("\(path)/\(name)").read(range)
        case .lines(let file): return try file.read(range)
        case .tiles(let tiles): return try tiles.read(name, range)
        }
    }

    /// How many files there are in a folder and those below it, links among them.
    private static func count(of folder: String) throws -> Int {
        var count = 0
        try eachEntry(folder) { name, isFolder in
            count += isFolder ? try Self.count(of: "\(folder)/\(name)") : 1
        }
        return count
    }

    private static func eachName(_ folder: String, _ body: (String) throws -> Void) throws {
        try eachEntry(folder) { name, _ in try body(name) }
    }

    /// Gives what is in a folder, and whether that is a folder; nothing if it is not there.
    ///
    /// A link to a folder is not followed.
    private static func eachEntry(_ folder: String, _ body: (String, Bool) throws -> Void) throws {
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT { return }
        guard descriptor >= 0, let stream = unsafe fdopendir(descriptor) else { throw Failure.unreadable(folder) }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            let isFolder =
                unsafe entry.pointee.d_type == UInt8(DT_DIR)
                || (entry.pointee.d_type == UInt8(DT_UNKNOWN)
                    && lstat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR)
            try body(name, isFolder)
        }
    }
}

/// A regular file that is read where it is wanted.
final class InputPieces {
    let path: String
    private let descriptor: Int32
    /// In bytes, when it was opened.
    let size: Int

    /// Opens a file.
    ///
    /// A link in a bundle points at something that is not the bundle, and is not followed.
    convenience init(_ path: String, followsLinks: Bool = false) throws(Failure) {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
        try self.init(owning: unsafe open(path, flags), path)
    }

    /// Reads a file that is open already, whatever becomes of that.
    convenience init(reading descriptor: Int32, _ path: String) throws(Failure) {
        try self.init(owning: fcntl(descriptor, F_DUPFD_CLOEXEC, 0), path)
    }

    private init(owning descriptor: Int32, _ path: String) throws(Failure) {
        self.path = path
        self.descriptor = descriptor
        var status = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
            size = 0
            throw .unreadable(path)
        }
        size = status.st_size
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                code: Failure.file,
                message: "\(path) is neither a file nor a folder of a bundle.",
                status: ExitStatus.noInput
            )
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The bytes at these places, fewer at the end of the file.
    func read(_ range: Range<Int>) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, min(range.upperBound, size) - range.lowerBound))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done,
                    off_t(range.lowerBound + done)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .unreadable(path) }
            done += count
        }
        return bytes
    }
}

extension BundleFiles {
    /// Gives each line with its LF, reading some at a time; what follows the last LF is given as it is.
    func eachLine(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        guard let size = try size(of: BundleVerification.linesName) else { return }
        var rest: [UInt8] = []
        var offset = 0
        while offset < size {
            let piece = try read(BundleVerification.linesName, offset..<min(offset + 1 << 20, size))
            guard !piece.isEmpty else { break }
            offset += piece.count
            rest += piece
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0A) {
                try body(rest[start...end])
                start = end + 1
            }
            rest.removeFirst(start)
        }
        if !rest.isEmpty { try body(rest[...]) }
    }
}

extension Failure {
    /// A copy of the state folder is the daemon's to look at: what can be verified without it are lines.
    static func database(_ path: String) -> Failure {
        .input("\(path) is a database of the daemon, and holds no lines that can be verified as they lie.", ask: copies)
    }

    static let copies =
        "Give what “accord audit export” or “accord audit lines” wrote; a copied state folder is checked by “accordd check”."

    static func unreadable(_ path: String) -> Failure {
        Failure(
            code: Failure.file,
            message: "\(path) cannot be read: \(unsafe String(cString: strerror(errno))).",
            status: ExitStatus.noInput
        )
    }
}
