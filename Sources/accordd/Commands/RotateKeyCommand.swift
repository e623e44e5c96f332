import ArgumentParser
import Coordination

/// `accordd rotate-key`.
struct RotateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Seals the record with a new deployment key, while no daemon runs, and records that.",
        discussion: """
            No payload is touched. The old key opens nothing of the record any more; it still opens older copies of the \
            record's keys. Escrow the new key as the old one was, apart from every backup.
            """
    )

    @Option(
        help: ArgumentHelp(
            "Where the new key is written if record.deployment-key is 'credential'; no such file may exist.",
            valueName: "file"
        )
    )
    var to: String?

    @OptionGroup var options: SettingOptions

    func run() throws {
        try reporting {
            if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
            let rotation = try Deployment.rotateKey(try options.load().settings, to: to)
            print("The record is sealed with the deployment key \(rotation.to) in \(rotation.path).")
            print("The key before it was \(rotation.from).")
            if to != nil { print("Hand it over as the credential accord.deployment-key before the next start.") }
        }
    }
}
