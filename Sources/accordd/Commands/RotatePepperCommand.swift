import ArgumentParser
import Coordination

/// `accordd rotate-pepper`.
struct RotatePepperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-pepper",
        abstract: "Makes a new key of the target index, while no daemon runs.",
        discussion: """
            No digest of a target that was made with the key before matches any more: each owner is told in the inbox, and \
            submits again. The daemon records the change when it starts next.
            """
    )

    @OptionGroup var options: SettingOptions

    func run() throws {
        try reporting {
            if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
            let pepper = try Deployment.rotatePepper(try options.load().settings)
            print("Targets are indexed with the pepper \(pepper.epoch) in \(pepper.path).")
        }
    }
}
