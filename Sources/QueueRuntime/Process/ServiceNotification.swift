import Glibc

/// Tells the service manager how far the process is (sd_notify(3)).
package enum ServiceNotification {
    /// Sends a state such as `READY=1` to the socket of `NOTIFY_SOCKET`, if there is one.
    ///
    /// - Returns: whether it was sent; that nobody asked for it is no fault.
    @discardableResult
    package static func send(_ state: String) -> Bool {
        guard let name = unsafe getenv("NOTIFY_SOCKET") else { return false }
        return send(state, to: unsafe String(cString: name))
    }

    static func send(_ state: String, to name: String) -> Bool {
        guard let address = try? SocketAddress(path: name) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { SystemCall.close(descriptor) }
        let bytes = Array(state.utf8)
        let (sent, _) = SystemCall.repeating {
            unsafe address.withPointer { address, length in
                unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
        return sent == bytes.count
    }
}
