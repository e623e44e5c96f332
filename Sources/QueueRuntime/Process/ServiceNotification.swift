import Glibc

/// Tells the service manager how far the process is (sd_notify(3)).
package enum ServiceNotification {
    /// Whether anybody wants to be told.
    package static var isAsked: Bool { value(of: "NOTIFY_SOCKET") != nil }

    /// Within what time the service manager wants `WATCHDOG=1` again and again (sd_watchdog_enabled(3)); nil if it does not.
    package static var watchdog: Duration? { watchdog(environment: value(of:), process: getpid()) }

    /// Sends a state such as `READY=1` to the socket of `NOTIFY_SOCKET`, if there is one.
    ///
    /// - Parameters:
    ///   - state: what is said.
    ///   - waiting: whether it waits for room where the service manager is slow.
    /// - Returns: whether it was sent; that nobody asked for it is no fault.
    @discardableResult
    package static func send(_ state: String, waiting: Bool = true) -> Bool {
        guard let name = value(of: "NOTIFY_SOCKET") else { return false }
        return send(state, to: name, waiting: waiting)
    }

    /// Says that the configuration is being read again; `READY=1` follows when that is done.
    package static func sendReloading() {
        // The time lets the service manager tell this reload from one that it asked for later.
        send("RELOADING=1\nMONOTONIC_USEC=\(MonotonicTime.now.nanoseconds / 1_000)")
    }

    static func send(_ state: String, to name: String, waiting: Bool = true) -> Bool {
        guard let socket = try? DatagramSocket(to: name) else { return false }
        return socket.send(Array(state.utf8), waiting: waiting)
    }

    static func watchdog(environment: (String) -> String?, process: Int32) -> Duration? {
        guard let span = environment("WATCHDOG_USEC").flatMap({ Int64($0) }), span > 0 else { return nil }
        // The variables are inherited: another process may be meant.
        guard let meant = environment("WATCHDOG_PID") else { return .microseconds(span) }
        return Int32(meant) == process ? .microseconds(span) : nil
    }

    private static func value(of variable: String) -> String? {
        unsafe getenv(variable).map { unsafe String(cString: $0) }
    }
}
