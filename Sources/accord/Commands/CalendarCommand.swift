import AccordInterface
import ArgumentParser
import StrictJSON

/// Which days are no business days.
struct CalendarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Which days are no business days.",
        subcommands: [Record.self, Show.self]
    )

    struct Record: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Record a calendar of holidays: it counts for what begins to run from now on.",
            discussion: """
                Saturdays and Sundays are never business days. The days are those of one place: say by how many minutes
                it is ahead of UTC, and when its clocks are put forward or back. Whoever holds people, and oversight, is told.
                Example: accord calendar record US-2031-1 --minutes-east=-300 --clocks 2031-03-09T07:00Z=-240 \
                  --clocks 2031-11-02T06:00Z=-300 --holiday 2031-05-26 --holiday 2031-06-19
                """
        )
        static let method = Method.Registry.recordCalendar
        @Argument(help: "The name of this version.") var version: String
        @Option(name: .customLong("holiday"), help: ArgumentHelp("May be given more than once.", valueName: "date"))
        var holidays: [String] = []
        @Option(help: ArgumentHelp("By how many minutes its place is ahead of UTC.", valueName: "minutes"))
        var minutesEast: Int64 = 0
        @Option(
            name: .customLong("clocks"),
            help: ArgumentHelp(
                "When its clocks are put forward or back, and by how many minutes they are ahead of UTC then. May be given more than once.",
                valueName: "time=minutes"
            )
        )
        var clocks: [ClockChange] = []
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "calendar": [
                    "version": .string(version), "minutesEast": .integer(minutesEast),
                    "holidays": .array(holidays.map(JSONValue.string)),
                    "clockChanges": .array(clocks.map(\.json)),
                ]
            ]
        }
    }

    /// Such as `2031-03-09T07:00Z=-240`.
    struct ClockChange: ExpressibleByArgument {
        let json: JSONValue

        init?(argument: String) {
            let halves = argument.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, let moment = Moment(argument: String(halves[0])), let minutes = Int64(halves[1])
            else {
                return nil
            }
            json = ["at": .integer(moment.beginning(now: Clock.microseconds)), "minutesEast": .integer(minutes)]
        }
    }

    struct Show: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show the calendar in force, and who recorded it.",
            discussion: "Example: accord calendar show"
        )
        static let method = Method.Registry.getCalendar
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters([:]) }

        func show(_ reply: JSONObject, on page: inout Page) {
            let calendar = reply["calendar"]?.object ?? [:]
            let version = calendar.text("version")
            var details = Details()
            details.add(
                "calendar",
                version.isEmpty ? "none: Saturdays and Sundays alone are no business days" : version,
                .bold
            )
            details.add("recorded", reply.time("since"))
            details.add("by", reply.text("by"))
            details.add("minutes east", "\(calendar["minutesEast"]?.integer ?? 0)")
            for change in calendar.objects("clockChanges") {
                details.add("clocks", "\(change.time("at")): \(change["minutesEast"]?.integer ?? 0) minutes east")
            }
            details.add("holidays", calendar.texts("holidays").joined(separator: ", "))
            page.lines(details.lines(width: page.terminal.width))
        }
    }
}
