import AccordInterface
import ArgumentParser
import StrictJSON

/// Techniques that an agency used.
struct TechniqueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "technique",
        abstract: "Say that your agency used a technique, for counsel and oversight.",
        discussion: "Nothing of the kind is done here, and nothing that came of it is held: no face, plate or phone.",
        subcommands: [Disclose.self, Acknowledge.self, List.self, Show.self]
    )

    static let kinds = [
        "facial-recognition", "plate-reader", "cell-site-simulator", "location-records", "device-extraction",
        "social-media-monitoring", "data-analytics", "aerial-surveillance", "recording", "other",
    ]

    struct Disclose: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "disclose",
            abstract: "Disclose a technique and the authority under which it was used.",
            discussion: """
                Counsel of the case and oversight read it, and your agency; nobody else.
                Example: accord technique disclose ALDER facial-recognition "One still was compared, to no result." \
                --authority "Order 31-CV-12"
                """
        )
        static let method = Method.Technique.disclose
        @OptionGroup var name: CaseArgument
        @Argument(help: "What was used.", completion: .list(TechniqueCommand.kinds)) var kind: String
        @Argument(help: "What was done with it; @FILE reads it, - the standard input.") var text: TextArgument
        @Option(help: "Under which warrant, order or policy.") var authority: String
        @Option(help: "The entry that tells of it, such as E-1.") var entry: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "case": name.json, "kind": .string(kind), "authority": .string(authority), "text": try text.json(),
            ]
            parameters["entry"] = entry.map(JSONValue.string)
            return parameters
        }
    }

    struct Acknowledge: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Counsel: take note of what was disclosed."
        )
        static let method = Method.Technique.acknowledge
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the techniques that were disclosed to you."
        )
        static let workflow = "technique"
        static let nothing = "There is no technique that is disclosed to you."
        static var columns: [Column] {
            [
                .text("ITEM", "id"), .state("STATE", "state"), .text("AGENCY", "agency"),
                Column(title: "KIND") { Cell(text: ($0["facts"]?.object ?? [:]).text("kind")) },
                Column(title: "AUTHORITY", wraps: true) { Cell(text: ($0["facts"]?.object ?? [:]).text("authority")) },
                .time("SINCE", "openedAt"),
            ]
        }
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what was disclosed.")
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}
