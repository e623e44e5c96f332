import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON

/// What is made out of the record for others.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make reports out of the record: statutory ones, registers, a timeline, counts for the public.",
        discussion: """
            A report is made from the record up to a signed checkpoint, and comes out the same, byte for byte, whenever it is \
            made again --at the same number of lines. Its format and digest are on the record before you are given it.
            """,
        subcommands: [
            TaskForces.self, Detainers.self, Dissemination.self, Digest.self, Timeline.self, Transparency.self,
            List.self, Certify.self, Publish.self,
        ]
    )

    struct TaskForces: ReportVerb {
        static let configuration = CommandConfiguration(
            commandName: "jtf-annual",
            abstract: "Joint task forces of a year: purpose, agencies, arrests, and those for immigration enforcement.",
            discussion: """
                For the liaison of the agency that an agreement designates, of any agency for the cases in which it takes part, \
                and for oversight.
                Example: accord report jtf-annual --year 2031 --format html -o jtf-2031.html
                """
        )
        @OptionGroup var period: ReportPeriod
        @OptionGroup var form: ReportForm
        func parameters() throws -> JSONObject { try period.parameters }
    }

    struct Detainers: ReportVerb {
        static let configuration = CommandConfiguration(
            commandName: "il-805-25",
            abstract:
                "Requests for custody that an agency received, and how each was answered; nil where there was none.",
            discussion: """
                For the agency's liaison, and for oversight. Nobody's name, pseudonym or number is in it.
                Example: accord report il-805-25 --year 2031 --format csv -o 805-25.csv
                """
        )
        @OptionGroup var whose: ReportAgency
        @OptionGroup var period: ReportPeriod
        @OptionGroup var form: ReportForm
        func parameters() throws -> JSONObject { whose.adding(to: try period.parameters) }
    }

    struct Dissemination: ReportVerb {
        static let configuration = CommandConfiguration(
            commandName: "dissemination",
            abstract: "Who was given what, when and why, over all cases.",
            discussion: """
                For a liaison what his agency contributed, gave or was given; for oversight all.
                Example: accord report dissemination --from 2031-03-01 --until 2031-03-31
                """
        )
        @OptionGroup var whose: ReportAgency
        @OptionGroup var period: ReportPeriod
        @OptionGroup var form: ReportForm
        func parameters() throws -> JSONObject { whose.adding(to: try period.parameters) }
    }

    struct Digest: ReportVerb {
        static let configuration = CommandConfiguration(
            commandName: "oversight-digest",
            abstract: "Refusals, emergencies, exports, releases and deadlines that passed, in numbers; for oversight.",
            discussion: "Example: accord report oversight-digest --from 2031-03-03 --until 2031-03-09"
        )
        @OptionGroup var period: ReportPeriod
        @OptionGroup var form: ReportForm
        func parameters() throws -> JSONObject { try period.parameters }
    }

    struct Timeline: ReportVerb {
        static let configuration = CommandConfiguration(
            commandName: "timeline",
            abstract: "What happened in one case: who did what, when; without what was said.",
            discussion: """
                For the lead of the case, counsel in it, and oversight.
                Example: accord report timeline Alder --format html -o alder-timeline.html
                """
        )
        @Argument(help: "The case: its number, its code word, or the beginning of one.") var caseName: String
        @OptionGroup var period: ReportPeriod
        @OptionGroup var form: ReportForm

        func parameters() throws -> JSONObject {
            var parameters = try period.parameters
            parameters["case"] = .string(caseName)
            return parameters
        }
    }

    struct Transparency: ReportVerb {
        static let configuration = CommandConfiguration(
            commandName: "transparency",
            abstract: "Counts of a year, for the public; small counts of victims and complaints are kept back.",
            discussion: """
                For the liaison of the agency that an agreement designates, and for oversight. It takes a whole year.
                Example: accord report transparency --year 2031 --format html -o transparency-2031.html
                """
        )
        @OptionGroup var period: ReportPeriod
        @OptionGroup var form: ReportForm

        func parameters() throws -> JSONObject { try period.parameters }

        func validate() throws {
            if period.year == nil { throw ValidationError("Counts for the public are of a whole year: give --year.") }
        }
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show which reports were made, from how much of the record, and who answers for them.",
            discussion: "Those of your agency for a liaison, your own, and all that are public; for oversight all."
        )
        static let method = Method.Report.list
        static let member = "report"
        static let nothing = "No reports were made that you may know of."
        static let columns: [Column] = [
            .text("ITEM", "item"), .text("REPORT", "report"), .text("OF", "agency"), .day("FROM", "from"),
            .day("UNTIL", "until"), .text("FORM", "format"), .number("AT", "size"), .number("ROWS", "rows"),
            .text("BY", "madeBy"), .time("MADE", "madeAt"), .text("CERTIFIED", "certifiedBy"),
            .flag("NIL", "isNil", "nil"), .day("PUBLIC", "publishedAt"), .text("SHA-256", "digest", wraps: true),
        ]
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters([:]) }
    }

    struct Certify: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "certify",
            abstract: "Answer for a statutory report of your agency; one without rows becomes a nil certificate.",
            discussion: "Example: accord report certify A-3"
        )
        static let method = Method.Report.certify
        @Argument(help: "The report, such as A-3.") var item: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["item": .string(item)] }
    }

    struct Publish: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "publish",
            abstract: "Record that a certified report was made public: all members see it in the list from then on.",
            discussion: "Example: accord report publish A-3"
        )
        static let method = Method.Report.publish
        @Argument(help: "The report, such as A-3.") var item: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["item": .string(item)] }
    }
}

/// Of when a report is.
struct ReportPeriod: ParsableArguments {
    @Option(help: ArgumentHelp("A whole year, such as 2031.", valueName: "year")) var year: Int64?
    @Option(help: ArgumentHelp("The first day, or a moment in UTC.", valueName: "date")) var from: Moment?
    @Option(help: ArgumentHelp("The last day, which is in it, or a moment which is not.", valueName: "date"))
    var until: Moment?

    func validate() throws {
        if year != nil, from != nil || until != nil { throw ValidationError("Give --year, or --from and --until.") }
        if let year, !(1970...9_998).contains(year) { throw ValidationError("A year is from 1970 to 9998.") }
    }

    var parameters: JSONObject {
        get throws {
            var parameters: JSONObject = [:]
            if let year {
                let first = CalendarDay.days(year: year, month: 1, day: 1) ?? 0
                let next = CalendarDay.days(year: year + 1, month: 1, day: 1) ?? 0
                parameters["from"] = .integer(first * 86_400 * 1_000_000)
                parameters["until"] = .integer(next * 86_400 * 1_000_000)
                return parameters
            }
            let now = Clock.microseconds
            parameters["from"] = from.map { .integer($0.beginning(now: now)) }
            parameters["until"] = until.map { until in
                // The end is not in the period: the second after the day's last.
                if case .day = until {
                    .integer(until.end(now: now) + 1_000_000)
                } else {
                    .integer(until.end(now: now))
                }
            }
            return parameters
        }
    }
}

/// Whose rows a report has.
struct ReportAgency: ParsableArguments {
    @Option(help: ArgumentHelp("For oversight: of this agency alone.", valueName: "agency")) var agency: String?

    func adding(to parameters: JSONObject) -> JSONObject {
        var parameters = parameters
        parameters["agency"] = agency.map(JSONValue.string)
        return parameters
    }
}

/// In which form, from how much of the record, and where to.
struct ReportForm: ParsableArguments {
    @Option(
        help: ArgumentHelp("text, json, csv or html. Default: text.", valueName: "form"),
        completion: .list(["text", "json", "csv", "html"])
    )
    var format = "text"

    @Option(
        help: ArgumentHelp(
            "From so many lines of the record: a number at which a checkpoint was signed. Default: all there are.",
            valueName: "lines"
        )
    )
    var at: Int64?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A new file. Default: the standard output.", valueName: "file"),
        completion: .file()
    )
    var output: String?

    @OptionGroup var read: ReadOptions
}

/// A verb that makes a report: its name on the command line is its name in the interface.
protocol ReportVerb: Verb {
    var form: ReportForm { get }
    func parameters() throws -> JSONObject
}

extension ReportVerb {
    var common: CommonOptions { form.read.common }

    func perform(on page: inout Page) throws {
        var parameters = try parameters()
        parameters["report"] = Self.configuration.commandName.map(JSONValue.string)
        parameters["format"] = .string(form.format)
        parameters["at"] = form.at.map(JSONValue.integer)
        var connection = try Connection.open(common)
        // What cannot be written is known before the report is on the record.
        var file: NewFile? = try form.output.map { (path) throws(Failure) in try NewFile(path) }
        var bytes: [UInt8] = []
        var last: JSONObject = [:]
        try connection.stream(.Report.make, form.read.parameters(parameters), patience: .seconds(600)) { reply in
            guard let data = reply["data"]?.string else {
                last = reply
                return true
            }
            guard let piece = Base64.decode(data) else { throw AuditCommand.Export.broken("a piece is not Base64") }
            if file == nil { bytes += piece } else { try file?.append(piece) }
            return true
        }
        let digest = file?.digest ?? Cryptography.Digest.sha256(bytes)
        guard digest.hex == last.text("digest") else { throw AuditCommand.Export.broken("its digest is another") }
        try file?.keep()
        if common.json {
            var object = last
            object["file"] = form.output.map(JSONValue.string)
            object["text"] = form.output == nil ? .string(String(decoding: bytes, as: UTF8.self)) : nil
            return page.json(object)
        }
        let size = last["size"]?.integer ?? 0
        guard let output = form.output else {
            guard page.terminal.isTerminal else { return page.bytes(bytes) }
            let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
            for line in VisibleText.lines(text).dropLast() { page.line("\(line)") }
            return
        }
        page.line("\(output, .bold)  \(last.text("item"))  from \(size) lines  SHA-256 \(digest.hex)")
        page.line("The same again: --at \(size) --format \(form.format)")
    }
}
