import ArgumentParser
import Coordination

/// `accordd rebuild-views`.
struct RebuildViewsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild-views",
        abstract: "Makes the views anew from the record, while no daemon runs.",
        discussion: "The record itself is only read. The daemon does the same by itself when it finds the views behind."
    )

    @OptionGroup var options: SettingOptions

    func run() throws {
        try reporting {
            if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
            let count = try Deployment.rebuildViews(try options.load().settings)
            print("The views were rebuilt from \(count) events.")
        }
    }
}
