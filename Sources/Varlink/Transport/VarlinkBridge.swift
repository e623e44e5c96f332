import Dispatch
import Glibc
import QueueRuntime

/// Carries bytes between this process's standard input and output and a service's socket, and looks at none of them.
///
/// The far end of a line such as `ssh HOST accord bridge`: who speaks is then, for the service, the user of this process.
public enum VarlinkBridge {
    private static let bufferSize = 64 << 10

    /// Carries until the service closes the connection, or nobody takes what it says any more.
    ///
    /// The end of standard input is handed on: what was asked before is still answered.
    ///
    /// - Parameter path: of the socket.
    /// - Throws: ``ClientFault`` if it cannot be connected to.
    public static func run(path: String) throws(ClientFault) {
        SignalSources.ignoreFatalWrites()
        let socket = try ClientSocket(path: path)
        let descriptor = socket.descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        // A thread of its own, which may wait as long as nobody speaks.
        DispatchQueue(label: "varlink.bridge").async {
            carry(from: STDIN_FILENO, to: descriptor)
            shutdown(descriptor, Int32(SHUT_WR))
        }
        carry(from: descriptor, to: STDOUT_FILENO)
        withExtendedLifetime(socket) {}
    }

    /// Copies until the one end says no more or the other takes no more.
    private static func carry(from source: Int32, to sink: Int32) {
        var buffer = [UInt8](repeating: 0, count: bufferSize)
        while true {
            let (count, _) = SystemCall.repeating { unsafe read(source, &buffer, buffer.count) }
            guard count > 0 else { return }
            var done = 0
            while done < count {
                let (written, _) = unsafe buffer.withUnsafeBytes { bytes in
                    SystemCall.repeating {
                        unsafe write(sink, bytes.baseAddress?.advanced(by: done), count - done)
                    }
                }
                guard written > 0 else { return }
                done += written
            }
        }
    }
}
