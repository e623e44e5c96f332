import Cryptography
import Glibc

/// A file that did not exist, readable by this user only, and removed again unless it was finished.
struct NewFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private var hash = SHA256()
    private(set) var count: Int64 = 0
    private var isFinished = false

    /// Makes a file.
    ///
    /// - Throws: A ``Failure`` if there is something of that name, or if none can be made there.
    init(_ path: String) throws(Failure) {
        let opened = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // Nothing is set before: what is whole when it throws is taken down again, and with it the file that was there.
        guard opened >= 0 else { throw Self.failure(path) }
        self.path = path
        descriptor = opened
    }

    /// A file without a name beside another: gone when it is let go.
    init(scratchBeside path: String) throws(Failure) {
        try self.init("\(path).part")
        unsafe unlink(self.path)
        isFinished = true
    }

    deinit {
        close(descriptor)
        if !isFinished { unsafe unlink(path) }
    }

    mutating func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        let descriptor = descriptor
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(written)
        }
        hash.update(bytes)
        count += Int64(bytes.count)
    }

    /// The SHA-256 of all that was written.
    ///
    /// Afterwards nothing may be added.
    var digest: Digest {
        mutating get { hash.finalize() }
    }

    /// Keeps the file, once it is on the disk.
    ///
    /// - Parameter isDurable: false for one of many files, which are synced together.
    /// - Throws: A ``Failure`` if the disk does not take it.
    mutating func keep(isDurable: Bool = true) throws(Failure) {
        guard !isDurable || fsync(descriptor) == 0 else { throw Self.failure(path) }
        isFinished = true
    }

    /// What was written, to be read.
    func pieces() throws(Failure) -> InputPieces { try InputPieces(reading: descriptor, path) }

    static func failure(_ path: String) -> Failure {
        let isThere = errno == EEXIST
        return Failure(
            code: Failure.file,
            message: "\(path) cannot be written: \(unsafe String(cString: strerror(errno))).",
            ask: isThere ? "Name a new one: an export never replaces anything." : "",
            status: ExitStatus.cannotCreate
        )
    }
}
