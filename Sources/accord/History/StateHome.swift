import Glibc

/// Where this program keeps what it must remember: `$XDG_STATE_HOME/accord`, else `~/.local/state/accord`; this user's
/// alone.
enum StateHome {
    /// The folder; nil where there is no home.
    static var path: String? {
        if let state = Environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/accord" }
        if let home = Environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/accord" }
        return nil
    }

    /// Makes a folder and those above it, closed to all others.
    static func makeFolder(_ path: String) throws(Failure) {
        var made = ""
        for name in path.split(separator: "/") {
            made += "/\(name)"
            if unsafe mkdir(made, 0o700) != 0, errno != EEXIST { throw .unwritable(path) }
        }
    }

    /// Puts a whole file in place of another, mode 0600: whoever reads it, or comes after a crash, finds one of the two.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        let beside = "\(path).\(getpid()).new"
        let descriptor = unsafe open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path) }
        var isWritten = true
        var rest = bytes[...]
        while !rest.isEmpty, isWritten {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            isWritten = count > 0
            rest = rest.dropFirst(max(0, count))
        }
        isWritten = isWritten && fdatasync(descriptor) == 0
        close(descriptor)
        guard isWritten, unsafe rename(beside, path) == 0 else {
            let failure = Failure.unwritable(path)
            unsafe unlink(beside)
            throw failure
        }
    }

    /// Makes durable which files a folder has.
    static func settle(_ folder: String) throws(Failure) {
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw .unwritable(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .unwritable(folder) }
    }

    /// A small file; nil if there is none, or if its folder is not this user's to look into: nothing can be kept there
    /// either, which is then said.
    static func read(_ path: String) throws(Failure) -> [UInt8]? {
        guard unsafe access(path, F_OK) == 0 || ![ENOENT, EACCES, ENOTDIR].contains(errno) else { return nil }
        return try InputFile.read(path, atMost: 1 << 20)
    }

    /// Does something while no other process of this program does it in the folder.
    static func locked<Value>(_ folder: String, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let descriptor = unsafe open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unwritable("\(folder)/lock") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .unwritable("\(folder)/lock") }
        }
        return try body()
    }
}

extension Failure {
    static func unwritable(_ path: String) -> Failure {
        Failure(
            code: Failure.file,
            message: "\(path) cannot be written: \(unsafe String(cString: strerror(errno))).",
            status: ExitStatus.cannotCreate
        )
    }
}
