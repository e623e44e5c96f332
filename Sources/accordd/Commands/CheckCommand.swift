import ArgumentParser
import Coordination

/// `accordd check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verifies record, parts, keys and views in the state folder, while no daemon runs.",
        discussion: """
            The record is verified with the code that auditors run, and by SQLite; every part is opened; the views are made \
            anew beside and compared. Nothing is changed. Exit status 0: all of it is what was written; 78: it is not.
            """
    )

    @OptionGroup var options: SettingOptions

    @Flag(help: "Say how long each look took, in milliseconds.")
    var times = false

    func run() throws {
        try reporting {
            if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
            let findings = try Deployment.check(try options.load().settings)
            if times {
                for look in findings.looks { print("\(look.name)  \(look.duration / .milliseconds(1)) ms") }
            }
            guard findings.sentences.isEmpty else {
                let isOfViews = findings.sentences.allSatisfy { $0.hasPrefix("VIEWS") }
                throw Failure(
                    findings.sentences.joined(separator: "\n"),
                    advice: isOfViews
                        ? "The record is whole. Make the views anew with `accordd rebuild-views`, and find out who wrote them."
                        : "Do not serve this record. Keep the folder as it is, and tell oversight and the agencies.",
                    status: ExitStatus.configuration
                )
            }
            print("\(findings.lines) lines, their parts, the views and the kept state are what was written.")
        }
    }
}
