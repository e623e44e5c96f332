import AccordInterface
import ArgumentParser
import StrictJSON

extension AuditCommand {
    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Oversight: say what the readings and refusals of a week showed; due every seven days.",
            discussion: "Example: accord audit review --period 2031-W10 --finding \"Two refusals were looked into.\""
        )
        static let method = Method.AuditReview.record
        @Option(help: ArgumentHelp("Which week, such as 2031-W10.", valueName: "period")) var period: String
        @Option(help: ArgumentHelp("What was found: text, @FILE, or - to read it.", valueName: "text"))
        var finding: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["period": .string(period), "finding": .string(try finding.text(atMost: Limits.textBytes))]
        }
    }

    struct Reviews: DocketList {
        static let configuration = CommandConfiguration(commandName: "reviews", abstract: "Oversight: list reviews.")
        static let workflow = "audit-review"
        static let telling = (title: "PERIOD", fact: "period")
        static let nothing = "There are no reviews that you may see."
        @OptionGroup var read: ReadOptions
    }

    struct ShowReview: DocketShow {
        static let configuration = CommandConfiguration(
            commandName: "show-review",
            abstract: "Oversight: show a review and its finding."
        )
        @OptionGroup var item: DocketArgument
        @OptionGroup var read: ReadOptions
    }
}
