import AccordInterface
import ArgumentParser
import StrictJSON

/// Emergency releases.
struct BreakGlassCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breakglass",
        abstract: "Give an entry at once, because life is in danger; oversight reviews it.",
        subcommands: [Invoke.self, Review.self]
    )

    struct Invoke: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "invoke",
            abstract: "Give an entry to one agency for two hours at most, without the permissions that it would take.",
            discussion: """
                Originator, lead and oversight are told at once, and oversight reviews it within a day.
                Example: accord breakglass invoke BIRCH E-3 --to TCP-NAR --reason "people sealed in the container"
                """
        )
        static let method = Method.Dissemination.breakGlass
        @OptionGroup var entry: EntryArgument
        @Option(name: .customLong("to"), help: ArgumentHelp("The agency that is to have it.", valueName: "agency"))
        var agency: String
        @OptionGroup var reason: ReasonOption
        @Option(help: "For how many hours: 1 or 2.") var hours: Int64 = 2
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            entry.json(["agency": .string(agency), "reason": try reason.json(), "hours": .integer(hours)])
        }
    }

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Oversight: say how an emergency release is found.",
            discussion: """
                Example: accord breakglass review BIRCH D-2 --finding justified --note "the container was found in time"
                """
        )
        static let method = Method.Dissemination.reviewBreakGlass
        @OptionGroup var name: CaseArgument
        @Argument(help: "Its line in the register: D-2, d2 or 2.") var dissemination: String
        @Option(help: "justified or not-justified.", completion: .list(["justified", "not-justified"]))
        var finding: String
        @Option(help: ArgumentHelp("Why: text, @FILE, or - to read it.", valueName: "text")) var note: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "case": name.json, "dissemination": .string(dissemination), "finding": .string(finding),
                "note": try note.json(),
            ]
        }
    }
}
