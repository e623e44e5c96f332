import AccordInterface
import ArgumentParser
import Cryptography

/// The load: how many durable updates a daemon takes, beside what SQLite itself takes on the same disk.
@main
struct AccordLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accord-load",
        abstract: "Measure Accord, beside the floor that this machine sets.",
        discussion: """
            Updates are entries of a case that the caller's user id may write to. They stay in the record: use a \
            deployment made for it.
            """,
        version: Release.version,
        subcommands: [
            RunCommand.self, SmokeCommand.self, InfoCommand.self, StreamCommand.self, WatchersCommand.self,
            VerifyCommand.self, BundleCommand.self, ProveCommand.self, DeconflictCommand.self, AbsenceCommand.self,
        ]
    )
}

/// The daemon and the case that a load goes to.
struct TargetOptions: ParsableArguments {
    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String

    @Option(
        name: .customLong("case"),
        parsing: .upToNextOption,
        help: "The case, by its number or a unique beginning of its title; of several each connection takes one."
    )
    var cases: [String]

    @Option(help: "Bytes of each update's text.")
    var bytes = 200

    func validate() throws {
        guard !cases.isEmpty else { throw ValidationError("There is no case.") }
        guard (1...Limits.textBytes).contains(bytes) else {
            throw ValidationError("A text has 1 to \(Limits.textBytes) bytes.")
        }
    }

    func plan(connections: Int, depth: Int, updates: Int, author: Ed25519PrivateKey? = nil) -> LoadPlan {
        LoadPlan(
            socket: socket,
            cases: cases,
            connections: connections,
            depth: depth,
            updates: updates,
            bytes: bytes,
            author: author
        )
    }
}
