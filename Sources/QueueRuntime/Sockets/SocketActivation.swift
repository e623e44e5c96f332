import CLinux
import Glibc

/// Sockets that whoever started the process has opened for it (sd_listen_fds(3)).
package struct SocketActivation: Sendable {
    /// One socket.
    package struct Socket: Hashable, Sendable {
        package let descriptor: Int32
        /// Its name from `LISTEN_FDNAMES`; nil if it has none.
        package let name: String?
        /// True if it listens, false if it is one connection already (`exec:`, `Accept=yes`).
        package let isListening: Bool
        /// Its path; nil if it has none, or is no stream socket of AF_UNIX.
        package let path: String?

        package init(descriptor: Int32, name: String?, isListening: Bool, path: String?) {
            self.descriptor = descriptor
            self.name = name
            self.isListening = isListening
            self.path = path
        }
    }

    private static let firstDescriptor: Int32 = 3
    private static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"]

    /// The sockets in order, without descriptors that turned out not to be open.
    package let sockets: [Socket]
    /// How many were announced.
    package let announced: Int

    package init(sockets: [Socket], announced: Int) {
        self.sockets = sockets
        self.announced = announced
    }

    /// Takes the sockets over: close-on-exec, non-blocking, and the variables removed so that no child takes them too.
    ///
    /// To be called once, before threads are started, because it changes the environment. A variable meant for another
    /// process means that there are none.
    package static func take() -> SocketActivation {
        let activation = SocketActivation(environment: value(of:), process: getpid())
        for variable in variables { _ = unsafe unsetenv(variable) }
        return activation
    }

    init(environment: (String) -> String?, process: Int32) {
        guard environment("LISTEN_PID").flatMap({ Int32($0) }) == process,
            let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...1_024).contains(count),
            Self.isOurs(environment("LISTEN_PIDFDID"))
        else {
            sockets = []
            announced = 0
            return
        }
        announced = Int(count)
        let names = environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        sockets = (0..<count).compactMap { index in
            let descriptor = Self.firstDescriptor + index
            guard (try? UnixListener.prepare(descriptor)) != nil else { return nil }
            return Socket(
                descriptor: descriptor,
                name: Int(index) < names.count ? String(names[Int(index)]) : nil,
                isListening: UnixListener.isListening(descriptor),
                path: UnixListener.path(of: descriptor)
            )
        }
    }

    /// A pid may have been reused; the id of a pidfd never is.
    ///
    /// Kernels without it leave the pid to decide.
    private static func isOurs(_ identifier: String?) -> Bool {
        guard let identifier, let wanted = UInt64(identifier) else { return true }
        let own = clinux_own_pidfd_id()
        return own == 0 || own == wanted
    }

    private static func value(of variable: String) -> String? {
        guard let value = unsafe getenv(variable) else { return nil }
        return unsafe String(cString: value)
    }
}
