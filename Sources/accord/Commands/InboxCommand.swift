import AccordInterface
import ArgumentParser
import StrictJSON

/// What waits for the caller.
struct InboxCommand: ListVerb {
    static let configuration = CommandConfiguration(
        commandName: "inbox",
        abstract: "Show what waits for you, and the command that answers it."
    )
    static let method = Method.Feed.inbox
    static let member = "task"
    static let nothing = "Nothing waits for you."
    static let columns: [Column] = [
        .text("CASE", "case"), .text("ITEM", "item"), .time("SINCE", "since"), .text("WHAT", "summary", wraps: true),
    ]

    static func remark(_ task: JSONObject) -> Shown? {
        task.text("command").isEmpty ? nil : "  \(task.text("command"), .dim)"
    }

    @OptionGroup var read: ReadOptions
    var common: CommonOptions { read.common }
    func parameters() throws -> JSONObject { read.parameters([:]) }
}
