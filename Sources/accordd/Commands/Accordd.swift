import ArgumentParser
import Coordination
import Cryptography

/// Reads the command line and does what it says; ends the process if that fails.
nonisolated func runAccordd() {
    keepLibcryptoUntilExit()
    Accordd.main()
}

/// The daemon's program.
struct Accordd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accordd",
        abstract: "Keeps the record of joint cases and decides who may see what.",
        discussion: """
            Members reach it with 'accord'. Settings come from the configuration file, above it the environment \
            (ACCORD_SOCKET_PATH for socket.path, and so on), above it the flags.

            Exit status: 0 stopped as asked, 64 usage, 73 another daemon runs here or the folder is in use, 74 input or \
            output error, 77 permission, 78 configuration, or a record that must not be served.
            """,
        version: Deployment.buildVersion,
        subcommands: [
            RunCommand.self, InitCommand.self, CheckConfigCommand.self, CheckCommand.self, RebuildViewsCommand.self,
            RotateKeyCommand.self, RotatePepperCommand.self, BackupCommand.self, RestoreCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}
