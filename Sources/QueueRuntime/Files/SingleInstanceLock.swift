import Glibc

/// Held by the one process that may work in a folder; the kernel takes it back however the process ends.
///
/// The lock file stays: removing it would let two processes lock two files of the same name.
package final class SingleInstanceLock: Sendable {
    /// The lock file.
    package let path: String
    private let descriptor: Int32

    /// Takes the lock without waiting (flock(2)), and writes the process's number into the file for people to read.
    ///
    /// - Throws: ``SystemFault`` with `inUse` if another process has it.
    package init(path: String) throws(SystemFault) {
        let descriptor = try SystemCall.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let (result, number) = SystemCall.repeating { flock(descriptor, LOCK_EX | LOCK_NB) }
        guard result == 0 else {
            SystemCall.close(descriptor)
            throw number == EWOULDBLOCK
                ? SystemFault(refusing: .inUse, path: path) : SystemFault("flock", number: number, path: path)
        }
        self.path = path
        self.descriptor = descriptor
        // Only a convenience: the lock holds whether or not the number can be written.
        if ftruncate(descriptor, 0) == 0 { try? SystemCall.write(descriptor, Array("\(getpid())\n".utf8), at: 0) }
    }

    deinit {
        SystemCall.close(descriptor)
    }
}
