import Glibc
import QueueRuntime
import StrictJSON

/// A peer that sends whatever a test wants, and waits for a reply up to a minute: longer than any machine is slow.
final class RawPeer {
    struct Unreachable: Error {
        let number: Int32
    }

    private(set) var descriptor: Int32
    private var received: [UInt8] = []

    /// A peer that is not connected yet.
    init() {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    convenience init(_ path: String) throws {
        self.init()
        try connect(path)
    }

    func connect(_ path: String) throws {
        let address = try SocketAddress(path: path)
        let descriptor = descriptor
        let (result, number) = SystemCall.repeating {
            unsafe address.withPointer { unsafe Glibc.connect(descriptor, $0, $1) }
        }
        guard result == 0 else { throw Unreachable(number: number) }
    }

    deinit {
        close()
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    func shutdownWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Sends all of it; false if the server has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor,
                    $0.baseAddress?.advanced(by: done),
                    $0.count - done,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends a text with descriptors beside it (SCM_RIGHTS, unix(7)), or without where the kernel does not let them pass.
    func send(_ text: String, passing descriptors: [Int32]) {
        var bytes = Array(text.utf8)
        // A cmsghdr and the descriptors, of which an even number needs no padding.
        let length = MemoryLayout<cmsghdr>.size + descriptors.count * MemoryLayout<Int32>.size
        var control = [UInt8](repeating: 0, count: length)
        let sent = unsafe control.withUnsafeMutableBytes { control in
            var header = cmsghdr()
            (header.cmsg_len, header.cmsg_level, header.cmsg_type) = (length, SOL_SOCKET, Int32(SCM_RIGHTS))
            unsafe control.storeBytes(of: header, as: cmsghdr.self)
            for (place, descriptor) in descriptors.enumerated() {
                let offset = MemoryLayout<cmsghdr>.size + place * MemoryLayout<Int32>.size
                unsafe control.storeBytes(of: descriptor, toByteOffset: offset, as: Int32.self)
            }
            return unsafe bytes.withUnsafeMutableBytes { bytes in
                var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return unsafe withUnsafeMutablePointer(to: &part) { part in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = part
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    return unsafe sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
                }
            }
        }
        if sent < 0 { send(text) }
    }

    /// Reads at most so many bytes; nil if nothing came in time, empty at the end.
    func read(atMost count: Int = 65_536) -> [UInt8]? {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let (ready, _) = SystemCall.repeating { unsafe poll(&wanted, 1, 60_000) }
        guard ready == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: count)
        let length = unsafe Glibc.read(descriptor, &buffer, count)
        return Array(buffer.prefix(max(0, length)))
    }

    /// The next message, nil at the end or if none came in time.
    func message() -> JSONObject? {
        var scanned = 0
        while true {
            if let end = received[scanned...].firstIndex(of: 0) {
                let message = Array(received[..<end])
                received.removeFirst(end + 1)
                return try? JSONValue(parsing: message, limits: .wire).object
            }
            scanned = received.count
            guard let more = read(), !more.isEmpty else { return nil }
            received += more
        }
    }

    /// All that comes until the server closes; nil if it does not.
    func messagesUntilEnd() -> [JSONObject]? {
        var messages: [JSONObject] = []
        while let message = message() { messages.append(message) }
        guard let rest = read(), rest.isEmpty else { return nil }
        return messages
    }
}
