import Glibc

/// A copy of the record as it lies on a disk, read and not yet believed.
enum OfflineCopy: Equatable {
    /// A bundle as it was exported.
    case tar([UInt8])
    /// The files of an unpacked bundle by their names, such as `proofs/000000.tlog-proof`.
    case files([String: [UInt8]])
    /// Lines of the record, one after the other.
    case lines([UInt8])

    /// The most bytes that are read in all.
    static let largest = 4 << 30

    /// Reads a bundle, the folder of one, or a file of lines, and tells which by what it finds.
    static func read(_ path: String) throws(Failure) -> OfflineCopy {
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            var files: [String: [UInt8]] = [:]
            var left = largest
            try collect(path, prefix: "", depth: 0, into: &files, left: &left)
            return .files(files)
        }
        let bytes = try InputFile.read(path, atMost: largest)
        return isTar(bytes) ? .tar(bytes) : .lines(bytes)
    }

    /// Whether bytes begin with the header of a tar file (POSIX ustar: the magic stands at 257).
    static func isTar(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 512 && bytes[257..<262].elementsEqual("ustar".utf8)
    }

    /// Takes regular files only: a link in a bundle points at something that is not the bundle.
    private static func collect(
        _ folder: String,
        prefix: String,
        depth: Int,
        into files: inout [String: [UInt8]],
        left: inout Int
    ) throws(Failure) {
        for name in try names(in: folder) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                let bytes = try InputFile.read(path, atMost: left)
                left -= bytes.count
                files[prefix + name] = bytes
            case S_IFDIR where depth < 2:
                try collect(path, prefix: "\(prefix)\(name)/", depth: depth + 1, into: &files, left: &left)
            default:
                throw Failure(
                    code: Failure.file,
                    message: "\(path) is neither a file nor a folder of a bundle.",
                    status: ExitStatus.noInput
                )
            }
        }
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        guard let stream = unsafe opendir(folder) else {
            throw Failure(
                code: Failure.file,
                message: "\(folder) cannot be read: \(unsafe String(cString: strerror(errno))).",
                status: ExitStatus.noInput
            )
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
