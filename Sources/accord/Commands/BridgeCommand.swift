import AccordInterface
import ArgumentParser
import Varlink

/// The far end of `--host ssh://…`: the login of a member who comes in from elsewhere.
struct BridgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridge",
        abstract: "Carry bytes between standard input and output and the daemon's socket.",
        discussion: """
            What accord --host starts on the daemon's host, and any client of Varlink's bridges may start: \
            varlink --bridge "ssh HOST accord bridge" info. It looks at nothing of what it carries.
            """
    )

    @Option(
        help: ArgumentHelp("Where the daemon listens.", discussion: "Else ACCORD_SOCKET, else \(SocketPath.standard)."),
        completion: .file()
    )
    var socket: String?

    func run() throws {
        let path = SocketPath.chosen(option: socket, environment: Environment[SocketPath.variable])
        do {
            try VarlinkBridge.run(path: path)
        } catch {
            let failure = Failure(error, at: .socket(path))
            var errors = Page(.standardError)
            errors.lines(failure.lines)
            errors.flush()
            throw ExitCode(failure.status)
        }
    }
}
