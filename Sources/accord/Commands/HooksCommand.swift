import AccordInterface
import ArgumentParser
import StrictJSON

/// Programs that the daemon tells of events.
struct HooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks",
        abstract: "Programs that the daemon tells of events, and the events that they did not take.",
        discussion: """
            For administrators. Which programs there are, and whose eyes each has, stands in the folder hooks.folder of the \
            daemon's configuration.
            """,
        subcommands: [List.self, Failed.self, Retry.self, Drop.self],
        defaultSubcommand: List.self
    )

    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show the hooks, whose eyes they have, and how they are; this is what hooks alone does."
        )
        static let method = Method.Hooks.list
        static let member = "hook"
        static let nothing = "There are no hooks."
        static let columns: [Column] = [
            .text("HOOK", "name"), .text("AUDIENCE", "audience"), .state("STATE", "state"), .number("BEHIND", "behind"),
            .number("FAILED", "failed"), .text("WHY", "reason", wraps: true),
        ]
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters([:]) }
    }

    struct Failed: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "failed",
            abstract: "Show the events that hooks did not take."
        )
        static let method = Method.Hooks.listFailed
        static let member = "delivery"
        static let nothing = "Every event was taken."
        static let columns: [Column] = [
            .text("HOOK", "hook"), .number("SEQUENCE", "sequence"), .text("KIND", "kind"), .number("TRIES", "tries"),
            .time("LAST", "at"), .text("REASON", "reason", wraps: true),
        ]

        static func remarks(_ delivery: JSONObject) -> [Shown] {
            let number = delivery["sequence"]?.integer.map(String.init) ?? ""
            return ["  \("accord hooks retry \(delivery.text("hook")) \(number)", .dim)"]
        }

        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters([:]) }
    }

    struct Retry: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Tell a hook again of an event that it did not take, if its audience may still see it.",
            discussion: "Example: accord hooks retry mail 1234"
        )
        static let method = Method.Hooks.retry
        @OptionGroup var delivery: DeliveryArguments
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(delivery.parameters) }
        func show(_ reply: JSONObject, on page: inout Page) { page.line("It is told again.") }
    }

    struct Drop: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "drop",
            abstract: "Let go of an event that a hook did not take; that you did is on record.",
            discussion: "Example: accord hooks drop mail 1234"
        )
        static let method = Method.Hooks.drop
        @OptionGroup var delivery: DeliveryArguments
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(delivery.parameters) }
        func show(_ reply: JSONObject, on page: inout Page) { page.line("It is not told any more.") }
    }
}

/// Which event of which hook.
struct DeliveryArguments: ParsableArguments {
    @Argument(help: "The name of the hook.") var hook: String
    @Argument(help: "The event, as accord hooks failed shows it under SEQUENCE.") var sequence: Int64

    var parameters: JSONObject { ["hook": .string(hook), "sequence": .integer(sequence)] }
}
