import AccordInterface
import ArgumentParser
import StrictJSON

/// Which days are no business days.
struct CalendarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Record which days are no business days.",
        subcommands: [Record.self]
    )

    struct Record: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Record a calendar of holidays: it counts for what begins to run from now on.",
            discussion: """
                Saturdays and Sundays are never business days. The days are those of one place: say by how many minutes
                it is ahead of UTC, and record another version where its clocks are put forward or back.
                Example: accord calendar record US-2031-1 --minutes-east=-300 --holiday 2031-05-26 --holiday 2031-06-19
                """
        )
        static let method = Method.Registry.recordCalendar
        @Argument(help: "The name of this version.") var version: String
        @Option(name: .customLong("holiday"), help: ArgumentHelp("May be given more than once.", valueName: "date"))
        var holidays: [String] = []
        @Option(help: ArgumentHelp("By how many minutes its place is ahead of UTC.", valueName: "minutes"))
        var minutesEast: Int64 = 0
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "calendar": [
                    "version": .string(version), "minutesEast": .integer(minutesEast),
                    "holidays": .array(holidays.map(JSONValue.string)),
                ]
            ]
        }
    }
}
