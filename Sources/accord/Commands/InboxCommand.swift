import AccordInterface
import ArgumentParser
import StrictJSON

/// What waits for the caller.
struct InboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbox",
        abstract: "Show what waits for you, and the command that answers it.",
        subcommands: [Show.self, Acknowledge.self],
        defaultSubcommand: Show.self
    )

    struct Show: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show what waits for you; this is what inbox alone does."
        )
        static let method = Method.Feed.inbox
        static let member = "task"
        static let nothing = "Nothing waits for you."
        static let columns: [Column] = [
            .text("CASE", "case"), .text("ITEM", "item"), .time("SINCE", "since"),
            .text("WHAT", "summary", wraps: true),
        ]

        static func remarks(_ task: JSONObject) -> [Shown] { task.commands }

        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters([:]) }
    }

    struct Acknowledge: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Take note of an alert, or of what is overdue: it leaves your inbox.",
            discussion: "What is overdue stays so until it is done. Example: accord inbox ack Q-3 --case ALDER"
        )
        static let method = Method.Feed.acknowledge
        @Argument(help: "What the inbox names under ITEM.") var item: String
        @Option(
            name: .customLong("case"),
            help: ArgumentHelp("Its case. Without one: of the registry.", valueName: "case")
        )
        var caseName: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["item": .string(item)]
            parameters["case"] = caseName.map(JSONValue.string)
            return parameters
        }
    }
}

extension JSONObject {
    /// The commands that an object of the daemon offers, to be copied.
    fileprivate var commands: [Shown] { text("command").split(separator: "\n").map { "  \(String($0), .dim)" } }
}

/// What is due, and when.
struct DueCommand: ListVerb {
    static let configuration = CommandConfiguration(
        commandName: "due",
        abstract: "Show what is due for you and what is overdue, and the command that does it."
    )
    static let method = Method.Feed.due
    static let member = "deadline"
    static let nothing = "Nothing is due for you."
    static let columns: [Column] = [
        .time("DUE", "dueAt"), .state("STATE", "state"), .text("CASE", "case"), .text("ITEM", "item"),
        .texts("OWED BY", "agencies"), .text("WHAT", "duty", wraps: true),
    ]

    static func remarks(_ deadline: JSONObject) -> [Shown] { deadline.commands }

    @Argument(help: ArgumentHelp("Only this case, by number or code word.", valueName: "case")) var name: String?
    @Flag(help: "Only what is overdue.") var overdue = false
    @OptionGroup var read: ReadOptions
    var common: CommonOptions { read.common }

    func parameters() throws -> JSONObject {
        var parameters: JSONObject = [:]
        parameters["case"] = name.map(JSONValue.string)
        if overdue { parameters["overdue"] = true }
        return read.parameters(parameters)
    }
}
