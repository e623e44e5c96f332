import Glibc

/// Files and streams handed to a command.
enum InputFile {
    /// The bytes of a file.
    ///
    /// - Throws: A ``Failure`` if it cannot be read or is longer.
    static func read(_ path: String, atMost limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                code: Failure.file,
                message: "\(path) cannot be read: \(unsafe String(cString: strerror(errno))).",
                status: ExitStatus.noInput
            )
        }
        defer { close(descriptor) }
        guard let bytes = readAll(descriptor, atMost: limit) else {
            throw Failure(
                code: Failure.file,
                message: "\(path) cannot be read, or is longer than \(limit) bytes.",
                status: ExitStatus.noInput
            )
        }
        return bytes
    }

    /// All bytes up to the end; nil if there are more than the limit, or at a fault.
    static func readAll(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return result }
            result += piece[..<count]
            if result.count > limit { return nil }
        }
    }
}
