import CLinux
import Glibc

/// A listening Unix socket, and its file if we made it.
package final class UnixListener: Sendable {
    /// Its descriptor, which does not block.
    package let descriptor: Int32
    /// Its file; nil if it was inherited.
    package let path: String?
    /// Which file we made, so that we never remove another's.
    private let identity: FileIdentity?

    private struct FileIdentity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Binds a path and listens.
    ///
    /// A socket file that nobody listens on is replaced; anything else that lies there is left alone. Mode and group are
    /// set before the first connection is possible. The caller holds a ``SingleInstanceLock``, so that nobody else does
    /// this at the same time.
    ///
    /// - Parameters:
    ///   - path: at most 107 bytes; its folder must not let anybody replace files.
    ///   - mode: of the file. Connecting needs the permission to write.
    ///   - group: of the file; nil leaves that of the process.
    ///   - backlog: how many connections wait for being accepted.
    /// - Throws: ``SystemFault``.
    package init(
        binding path: String,
        mode: UInt32 = 0o600,
        group: UInt32? = nil,
        backlog: Int32 = 512
    ) throws(SystemFault) {
        let address = try SocketAddress(path: path)
        try Self.checkFolder(of: path)
        try Self.removeStale(path, address)
        let descriptor = try Self.makeSocket()
        do throws(SystemFault) {
            try unsafe Self.check("bind", path, address.withPointer { unsafe bind(descriptor, $0, $1) })
            try unsafe Self.check("chmod", path, chmod(path, mode))
            if let group { try unsafe Self.check("lchown", path, lchown(path, uid_t.max, group)) }
            try Self.check("listen", path, listen(descriptor, backlog))
            identity = try Self.identity(of: path)
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
        clinux_refuse_descriptors(descriptor)
        self.descriptor = descriptor
        self.path = path
    }

    /// Takes over a listening socket that was inherited.
    ///
    /// - Throws: ``SystemFault`` if it is not one.
    package init(inherited descriptor: Int32) throws(SystemFault) {
        guard Self.isListening(descriptor) else { throw SystemFault(refusing: .notSocket) }
        try Self.prepare(descriptor)
        clinux_refuse_descriptors(descriptor)
        self.descriptor = descriptor
        path = nil
        identity = nil
    }

    deinit {
        SystemCall.close(descriptor)
    }

    /// Takes one connection, which does not block.
    ///
    /// - Returns: its descriptor, or nil if none waits. A peer that hung up while waiting counts as none.
    /// - Throws: ``SystemFault``, with `noDescriptors` if there are too many.
    package func accept() throws(SystemFault) -> Int32? {
        while true {
            let (accepted, number) = SystemCall.repeating { clinux_accept(descriptor) }
            if accepted >= 0 {
                clinux_refuse_descriptors(accepted)
                return accepted
            }
            if number == ECONNABORTED { continue }
            if number == EAGAIN { return nil }
            throw SystemFault("accept4", number: number, path: path)
        }
    }

    /// Removes the socket's file, if it is still the one that we made.
    package func removeFile() {
        guard let path, let identity, (try? Self.identity(of: path)) == identity else { return }
        try? SystemCall.remove(path)
    }

    /// Whether a descriptor is a listening socket (SO_ACCEPTCONN).
    package static func isListening(_ descriptor: Int32) -> Bool {
        var answer: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &answer, &length) == 0 && answer == 1
    }

    /// The path of a stream socket of AF_UNIX.
    ///
    /// - Returns: nil if it has none, or is something else.
    static func path(of descriptor: Int32) -> String? {
        var type: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0, type == SOCK_STREAM.rawValue else {
            return nil
        }
        return SocketAddress.path(of: descriptor)
    }

    /// Makes a descriptor close-on-exec and non-blocking.
    ///
    /// - Throws: ``SystemFault``.
    package static func prepare(_ descriptor: Int32) throws(SystemFault) {
        try check("fcntl", nil, fcntl(descriptor, F_SETFD, FD_CLOEXEC))
        let flags = fcntl(descriptor, F_GETFL)
        try check("fcntl", nil, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK))
    }
}

extension UnixListener {
    private static func makeSocket() throws(SystemFault) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        let number = errno
        guard descriptor >= 0 else { throw SystemFault("socket", number: number) }
        return descriptor
    }

    private static func check(_ call: String, _ path: String?, _ result: @autoclosure () -> Int32) throws(SystemFault) {
        let (result, number) = SystemCall.repeating(result)
        guard result != -1 else { throw SystemFault(call, number: number, path: path) }
    }

    /// In a folder where everybody may write, anybody could put a socket of their own in our place.
    private static func checkFolder(of path: String) throws(SystemFault) {
        let folder = FolderPath.containing(path)
        let descriptor = try SystemCall.open(folder, O_RDONLY | O_DIRECTORY)
        defer { SystemCall.close(descriptor) }
        let mode = try SystemCall.status(descriptor, path: folder).st_mode
        guard mode & S_IWOTH == 0 || mode & S_ISVTX != 0 else {
            throw SystemFault(refusing: .unsafeFolder, path: folder)
        }
    }

    /// Only a refused connection proves that nobody listens.
    private static func removeStale(_ path: String, _ address: SocketAddress) throws(SystemFault) {
        guard let status = try SystemCall.status(ofPath: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SystemFault(refusing: .notSocket, path: path) }
        let probe = try makeSocket()
        defer { SystemCall.close(probe) }
        let (result, number) = SystemCall.repeating { unsafe address.withPointer { unsafe connect(probe, $0, $1) } }
        // EAGAIN is a full backlog: somebody listens and is busy.
        if result == 0 || number == EAGAIN { throw SystemFault(refusing: .inUse, path: path) }
        guard number == ECONNREFUSED else { throw SystemFault("connect", number: number, path: path) }
        try SystemCall.remove(path)
    }

    private static func identity(of path: String) throws(SystemFault) -> FileIdentity? {
        try SystemCall.status(ofPath: path).map { FileIdentity(device: UInt64($0.st_dev), inode: UInt64($0.st_ino)) }
    }
}
