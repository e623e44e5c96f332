import Glibc

/// A socket that sends datagrams to one path, such as that of the service manager or of its journal.
package final class DatagramSocket: Sendable {
    private let descriptor: Int32
    private let address: SocketAddress

    /// A socket for a path; nobody need listen there yet.
    ///
    /// - Throws: ``SystemFault``.
    package init(to path: String) throws(SystemFault) {
        address = try SocketAddress(path: path)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let number = errno
        guard descriptor >= 0 else { throw SystemFault("socket", number: number, path: path) }
    }

    deinit {
        SystemCall.close(descriptor)
    }

    /// Sends one datagram whole.
    ///
    /// - Parameters:
    ///   - bytes: what to send.
    ///   - waiting: whether to wait while the receiver's queue is full.
    /// - Returns: whether it was sent.
    package func send(_ bytes: [UInt8], waiting: Bool) -> Bool {
        let flags = Int32(MSG_NOSIGNAL) | (waiting ? 0 : Int32(MSG_DONTWAIT))
        let (sent, _) = SystemCall.repeating {
            unsafe address.withPointer { address, length in
                unsafe sendto(descriptor, bytes, bytes.count, flags, address, length)
            }
        }
        return sent == bytes.count
    }
}
