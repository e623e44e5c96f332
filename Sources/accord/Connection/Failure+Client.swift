import AccordInterface
import Glibc
import StrictJSON
import Varlink

extension Failure {
    /// What a fault of the connection means to its user.
    init(_ fault: ClientFault, at place: DaemonPlace) {
        switch fault.code {
        case .notRunning:
            self = .notRunning(socket: place.name)
        case .permission:
            self = .notPermitted(socket: place.name)
        case .timeout:
            self = .lost("The daemon did not answer in time.")
        case .closed:
            self = .lost(
                place.isRemote
                    ? "The line to \(place.name) ended before the daemon answered; what ssh said of it stands above."
                    : "The daemon closed the connection before it answered."
            )
        case .remote(let error, let parameters):
            self.init(error: error, parameters: parameters)
        case .protocolViolation:
            self.init(
                code: Failure.wireProtocol,
                message: "What answers at \(place.name) does not speak the protocol of accordd: \(fault.message)",
                ask:
                    "Compare 'accord --version' with 'accord status', and check \(place.isRemote ? "the account" : "the path of the socket").",
                status: ExitStatus.wireProtocol
            )
        }
    }

    /// What an error that the daemon sent says.
    init(error: String, parameters: JSONObject) {
        if Refused.isNamed(by: error) {
            self.init(
                code: parameters.text("code"),
                rule: parameters.text("rule"),
                citation: parameters.text("citation"),
                message: parameters.text("message"),
                ask: parameters.text("ask"),
                status: ExitStatus.refused
            )
        } else if Unavailable.isNamed(by: error) {
            // After a fault the daemon cannot say what became of an act: it may be on the disk.
            let isKnown = parameters.text("reason") != "failed"
            self.init(
                code: Failure.unavailable,
                message: "\(parameters.text("message")) (\(parameters.text("reason")))"
                    + (isKnown ? " Nothing was recorded." : ""),
                ask: "Repeat the command later; 'accord status' shows how the daemon is.",
                status: ExitStatus.temporary,
                isLost: !isKnown
            )
        } else {
            let detail = String(decoding: JSONLine.text(of: parameters), as: UTF8.self)
            self.init(
                code: Failure.wireProtocol,
                message: "The daemon answered \(error) \(detail)",
                ask: "Compare 'accord --version' with the version in 'accord status'.",
                status: ExitStatus.wireProtocol
            )
        }
    }

    static func notRunning(socket: String) -> Failure {
        Failure(
            code: notRunning,
            message: "Nobody listens at \(socket): the daemon is not running, or listens elsewhere.",
            ask: """
                Ask the administrator of this host to start it: accordd run --config /etc/accord/accord.yaml
                Another socket is named with --socket PATH or in \(SocketPath.variable).
                """,
            status: ExitStatus.notRunning
        )
    }

    static func notPermitted(socket: String) -> Failure {
        Failure(
            code: notPermitted,
            message: "User id \(getuid()) may not open \(socket).",
            ask: """
                Ask the administrator of this host to add you to \(group(of: socket)), then log in again.
                That opens the door only; being enrolled as a member is another step.
                """,
            status: ExitStatus.refused
        )
    }

    /// The group that may open a socket, in words; its name is there only if its folder may be searched.
    private static func group(of socket: String) -> String {
        var status = stat()
        guard unsafe stat(socket, &status) == 0, let entry = unsafe getgrgid(status.st_gid) else {
            return "the group of that socket (socket.group in the daemon's configuration)"
        }
        return unsafe "the group \(String(cString: entry.pointee.gr_name)), which may open it"
    }

    static func lost(_ message: String) -> Failure {
        Failure(
            code: lost,
            message: message,
            ask: "'accord status' shows how the daemon is.",
            status: ExitStatus.temporary,
            isLost: true
        )
    }

    /// For someone whom the daemon does not know: what an administrator or liaison needs to enrol them.
    func withEnrolmentHelp(fingerprint: String?) -> Failure {
        guard code == "E-NOT-ENROLLED" else { return self }
        var failure = self
        failure.ask += failure.ask.isEmpty ? "" : "\n"
        failure.ask += "Send them your user id on this host: \(getuid())"
        if let fingerprint { failure.ask += "\nand the public key with the fingerprint \(fingerprint)" }
        failure.ask +=
            fingerprint == nil ? "\nand, if your agency asks for it, your SSH public key (the .pub file)." : "."
        return failure
    }
}
