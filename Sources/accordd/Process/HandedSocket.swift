import QueueRuntime

/// The members' socket, where the service manager made it and handed it over (`accordd.socket`).
enum HandedSocket {
    /// What the unit's `FileDescriptorName=` says.
    static let name = "varlink"

    /// The listener that was handed over; nil if none was, and the daemon makes its own.
    ///
    /// Anything else than the one socket that members are told of is refused: a daemon that serves somewhere else, or on one
    /// connection alone, would look as if it served.
    ///
    /// - Throws: ``Failure`` with what to set in the unit.
    static func listener(in activation: SocketActivation, at path: String) throws(Failure) -> UnixListener? {
        guard activation.announced > 0 else { return nil }
        guard activation.announced == 1, let socket = activation.sockets.first else {
            throw refused(
                "\(activation.announced) sockets were handed over, of which \(activation.sockets.count) are open.",
                "Hand over one: the members'."
            )
        }
        guard socket.name ?? name == name else {
            throw refused(
                "The socket is called \(LogLine.quoted(socket.name ?? "")).",
                "Set FileDescriptorName=\(name)."
            )
        }
        guard let own = socket.path, socket.isListening else {
            throw refused(
                "It is no listening stream socket with a path.",
                "Use ListenStream= with a path, and Accept=no."
            )
        }
        guard own == path else {
            throw refused(
                "The socket is \(LogLine.quoted(own)), but socket.path is \(LogLine.quoted(path)).",
                "Set ListenStream= and socket.path to the same path."
            )
        }
        do {
            return try UnixListener(inherited: socket.descriptor)
        } catch {
            throw refused("\(error)", "See systemctl status accordd.socket.")
        }
    }

    private static func refused(_ what: String, _ advice: String) -> Failure {
        Failure(
            "What the service manager handed over is not the members' socket. \(what)",
            advice: advice,
            status: ExitStatus.configuration
        )
    }
}
