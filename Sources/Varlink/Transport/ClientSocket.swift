import Glibc
import QueueRuntime

/// The socket of a client: bytes with a deadline.
struct ClientSocket: ~Copyable {
    /// How long a listener with a full backlog is asked again.
    private static let connectPatience: Duration = .seconds(1)
    private static let pause: Int32 = 10

    /// The descriptor, which does not block; -1 once closed.
    private(set) var descriptor: Int32

    /// Connects to a socket file.
    ///
    /// - Throws: ``ClientFault``.
    init(path: String) throws(ClientFault) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw ClientFault(.closed, message: "There are no descriptors left.") }
        do throws(ClientFault) {
            try Self.connect(descriptor, path)
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Takes over a connected socket.
    init(connected descriptor: Int32) {
        try? UnixListener.prepare(descriptor)
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { SystemCall.close(descriptor) }
    }

    mutating func close() {
        if descriptor >= 0 { SystemCall.close(descriptor) }
        descriptor = -1
    }

    /// Writes all bytes, and reads what comes in meanwhile: a service that waits for its replies to be read reads nothing.
    ///
    /// - Throws: ``ClientFault``.
    func write(
        _ bytes: [UInt8],
        readingInto input: inout InputBuffer,
        until deadline: MonotonicTime?
    ) throws(ClientFault) {
        var done = 0
        while done < bytes.count {
            let (count, number) = unsafe bytes.withUnsafeBytes { buffer in
                SystemCall.repeating {
                    unsafe send(
                        descriptor,
                        buffer.baseAddress?.advanced(by: done),
                        buffer.count - done,
                        Int32(MSG_NOSIGNAL)
                    )
                }
            }
            if count >= 0 {
                done += count
            } else if number == EAGAIN {
                let ready = try wait(for: Int16(POLLOUT | POLLIN), until: deadline)
                if ready & Int16(POLLIN) != 0 { try read(into: &input, until: deadline) }
            } else {
                throw ClientFault(.closed)
            }
        }
    }

    /// Appends what has come in, and waits until there is something.
    ///
    /// - Throws: ``ClientFault``; `closed` at the end of the input.
    func read(into input: inout InputBuffer, until deadline: MonotonicTime?) throws(ClientFault) {
        while true {
            let (count, number) = unsafe withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
                let (count, number) = SystemCall.repeating {
                    unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                }
                if count > 0 { unsafe input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                return (count, number)
            }
            if count > 0 { return }
            guard count < 0, number == EAGAIN else { throw ClientFault(.closed) }
            _ = try wait(for: Int16(POLLIN), until: deadline)
        }
    }

    private func wait(for events: Int16, until deadline: MonotonicTime?) throws(ClientFault) -> Int16 {
        var wanted = pollfd(fd: descriptor, events: events, revents: 0)
        let (count, _) = SystemCall.repeating {
            // Computed anew after each interruption, so that signals do not make the wait longer.
            unsafe poll(&wanted, 1, Self.milliseconds(until: deadline))
        }
        guard count != 0 else { throw ClientFault(.timeout) }
        return wanted.revents
    }

    private static func milliseconds(until deadline: MonotonicTime?) -> Int32 {
        guard let deadline else { return -1 }
        let (seconds, attoseconds) = deadline.since(.now).components
        return Int32(clamping: seconds) > 2_000_000
            ? 2_000_000_000 : Int32(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

extension ClientSocket {
    private static func connect(_ descriptor: Int32, _ path: String) throws(ClientFault) {
        guard path.utf8.count > SocketAddress.maximumPathBytes else {
            return try connectOnce(descriptor, to: path, named: path)
        }
        // A path too long for an address is opened, and the kernel's name for the open file is short.
        let file: Int32
        do {
            file = try SystemCall.open(path, Self.pathOnly)
        } catch {
            throw ClientFault(error.code == .denied ? .permission : .notRunning)
        }
        defer { SystemCall.close(file) }
        try connectOnce(descriptor, to: "/proc/self/fd/\(file)", named: path)
    }

    /// `O_PATH`, which Glibc's module does not have; the same on all architectures that Swift runs on under Linux.
    private static let pathOnly: Int32 = 0o10000000

    private static func connectOnce(_ descriptor: Int32, to path: String, named name: String) throws(ClientFault) {
        let address: SocketAddress
        do {
            address = try SocketAddress(path: path)
        } catch {
            throw ClientFault(.notRunning, message: "\"\(name)\" is not the path of a socket.")
        }
        let begin = MonotonicTime.now
        while true {
            let (result, number) = SystemCall.repeating {
                unsafe address.withPointer { unsafe Glibc.connect(descriptor, $0, $1) }
            }
            if result == 0 { return }
            switch number {
            case EAGAIN where MonotonicTime.now.since(begin) < connectPatience: poll(nil, 0, pause)
            case EAGAIN: throw ClientFault(.timeout, message: "The service is too busy to take a connection.")
            case EACCES, EPERM:
                throw ClientFault(.permission, message: "The socket \(name) may not be used by this user.")
            case ENOENT, ENOTDIR: throw ClientFault(.notRunning, message: "There is no socket at \(name).")
            case ECONNREFUSED: throw ClientFault(.notRunning, message: "Nobody listens at \(name).")
            default: throw ClientFault(.notRunning, message: "\(name) cannot be connected to (errno \(number)).")
            }
        }
    }
}
