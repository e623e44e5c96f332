import AccordInterface
import ArgumentParser
import StrictJSON

/// What stands before oversight and a command is about, such as CM-48291374.
struct DocketArgument: ItemArgument {
    @Argument(help: ArgumentHelp("Which: such as CM-48291374; the list shows them.", valueName: "item"))
    var item: String

    var names: JSONObject { ["item": .string(item)] }
}

/// Lists what stands before oversight, of one kind.
protocol DocketList: ListVerb {
    static var workflow: String { get }
    /// The fact that tells one from another.
    static var telling: (title: String, fact: String) { get }
    var read: ReadOptions { get }
}

extension DocketList {
    static var method: Method { .Docket.list }
    static var member: String { "item" }
    static var columns: [Column] {
        let telling = telling
        return [
            .text("ITEM", "id"), .state("STATE", "state"),
            Column(title: telling.title) { Cell(text: ($0["facts"]?.object ?? [:]).text(telling.fact)) },
            .time("SINCE", "openedAt"), .time("DUE", "dueAt"),
        ]
    }
    var common: CommonOptions { read.common }
    func parameters() throws -> JSONObject { read.parameters(["workflow": .string(Self.workflow)]) }
}

/// Shows what stands before oversight, and its steps.
protocol DocketShow: ShowVerb {
    var item: DocketArgument { get }
    var read: ReadOptions { get }
}

extension DocketShow {
    static var method: Method { .Docket.get }
    var common: CommonOptions { read.common }
    func parameters() throws -> JSONObject { read.parameters(item.json()) }

    func show(_ reply: JSONObject, on page: inout Page) {
        let found = reply["item"]?.object ?? [:]
        var details = Details()
        details.add("item", found.text("id"), .bold)
        details.add("state", found.text("state"), .ofState(found.text("state")))
        details.add(
            "by",
            found.text("member").isEmpty ? "not shown" : "\(found.text("member")) (\(found.text("agency")))"
        )
        details.add("since", found.time("openedAt"))
        details.add("due", found.time("dueAt"))
        for (name, value) in found["facts"]?.object?.members ?? [] {
            details.add(WorkWords.words(name), WorkWords.text(value, name))
        }
        page.lines(details.lines(width: page.terminal.width))
        for step in reply.objects("steps") { page.step(step, nobody: "", showsFacts: true) }
    }
}

/// What somebody writes to oversight.
struct Submission: ParsableArguments {
    @Argument(help: "What happened; @FILE reads it, - the standard input; without it your editor opens.")
    var text: TextArgument
    @Option(help: ArgumentHelp("A member whom it is about, who will not see it.", valueName: "member")) var named:
        String?
    @Option(help: ArgumentHelp("What it is about, such as the number of a case.", valueName: "name")) var about: String?
    @Flag(
        help: ArgumentHelp(
            "Show nobody who wrote it.",
            discussion: """
                As every line, the record's own names your account to oversight, who reads all lines. Who wants no line of \
                his own tells an oversight officer, who files for him.
                """
        )
    )
    var anonymous = false

    func json(_ others: JSONObject) throws -> JSONObject {
        var parameters = others
        parameters["text"] = .string(try text.text(atMost: Limits.textBytes))
        parameters["named"] = named.map(JSONValue.string)
        parameters["about"] = about.map(JSONValue.string)
        if anonymous { parameters["anonymous"] = true }
        return parameters
    }
}

/// A body that acknowledges.
struct BodyOption: ParsableArguments {
    @Option(help: ArgumentHelp("Which of the bodies to which it was routed.", valueName: "body")) var body: String
    @Option(help: ArgumentHelp("The body's own reference.", valueName: "name")) var reference: String?

    func json(_ item: DocketArgument) -> JSONObject {
        var parameters = item.json(["body": .string(body)])
        parameters["reference"] = reference.map(JSONValue.string)
        return parameters
    }
}

/// Complaints.
struct ComplaintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complaint",
        abstract: "Complain to oversight about a unit; oversight routes, finds and answers.",
        discussion: """
            Nobody but oversight reads a complaint, or learns that there is one: not who leads a case, not the unit \
            concerned and not whoever is named, even if he is an oversight officer.
            """,
        subcommands: [
            File.self, Route.self, Acknowledge.self, Investigate.self, Refer.self, Find.self, Respond.self, Close.self,
            List.self, Show.self,
        ]
    )

    static let categories = [
        "use-of-force", "detention-conditions", "discrimination", "retaliation", "misuse-of-information",
        "unlawful-search", "treatment-of-victim", "denial-of-counsel", "conduct", "other",
    ]

    struct File: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "file",
            abstract: "Write a complaint to oversight.",
            discussion: """
                Example: accord complaint file --category use-of-force --unit MPD-VT --about TF-2031-482913 --anonymous \
                "Rough handling at site 2."
                """
        )
        static let method = Method.Complaint.file
        @Option(help: "What about.", completion: .list(ComplaintCommand.categories)) var category: String
        @Option(help: ArgumentHelp("The agency or unit that it is about.", valueName: "agency")) var unit: String
        @OptionGroup var submission: Submission
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            try submission.json(["category": .string(category), "agency": .string(unit)])
        }
    }

    struct Route: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "route",
            abstract: "Give it to the bodies of the deployment's table; each has 30 days to acknowledge."
        )
        static let method = Method.Complaint.route
        @OptionGroup var item: DocketArgument
        @OptionGroup var act: ActOptions
    }

    struct Acknowledge: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge",
            abstract: "Say that a body has it."
        )
        static let method = Method.Complaint.acknowledge
        @OptionGroup var item: DocketArgument
        @OptionGroup var body: BodyOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { body.json(item) }
    }

    struct Investigate: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "investigate",
            abstract: "Say that it is looked into."
        )
        static let method = Method.Complaint.investigate
        @OptionGroup var item: DocketArgument
        @Argument(help: "How; @FILE reads it, - the standard input.") var text: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json()
            parameters["text"] = try text.map { try $0.json() }
            return parameters
        }
    }

    struct Refer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "refer",
            abstract: "Give it to a body that looks into it instead."
        )
        static let method = Method.Complaint.refer
        @OptionGroup var item: DocketArgument
        @Option(help: ArgumentHelp("Which.", valueName: "body")) var body: String
        @Argument(help: "Why; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            item.json(["body": .string(body), "text": try text.json()])
        }
    }

    struct Find: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "find", abstract: "Say what was found.")
        static let method = Method.Complaint.find
        static let outcomes = ["substantiated", "unsubstantiated", "unfounded", "exonerated", "policy-failure"]
        @OptionGroup var item: DocketArgument
        @Argument(help: "The outcome.", completion: .list(Find.outcomes)) var outcome: String
        @Argument(help: "What was found; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            item.json(["outcome": .string(outcome), "text": try text.json()])
        }
    }

    struct Respond: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "respond",
            abstract: "Say what who complained was answered."
        )
        static let method = Method.Complaint.respond
        @OptionGroup var item: DocketArgument
        @Argument(help: "What; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["text": try text.json()]) }
    }

    struct Close: ReasonedVerb {
        static let configuration = CommandConfiguration(commandName: "close", abstract: "Close a complaint.")
        static let method = Method.Complaint.close
        @OptionGroup var item: DocketArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct List: DocketList {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Oversight: list complaints.")
        static let workflow = "complaint"
        static let telling = (title: "CATEGORY", fact: "category")
        static let nothing = "There are no complaints that you may see."
        @OptionGroup var read: ReadOptions
    }

    struct Show: DocketShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Oversight: show a complaint and what was done about it."
        )
        @OptionGroup var item: DocketArgument
        @OptionGroup var read: ReadOptions
    }
}

/// Incidents.
struct IncidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident",
        abstract: "Report to oversight what went wrong; who has to know is told within the hour.",
        subcommands: [Report.self, Route.self, Acknowledge.self, Close.self, List.self, Show.self]
    )

    static let categories = [
        "security", "disclosure", "disclosure-1367", "force-or-injury", "death", "technique", "retaliation-report",
        "other-incident",
    ]

    struct Report: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Report an incident.",
            discussion: """
                Example: accord incident report --category force-or-injury --unit MPD-VT --discovered \
                2031-03-21T14:30Z "A person was hurt at site 2."
                """
        )
        static let method = Method.Incident.report
        @Option(help: "What went wrong.", completion: .list(IncidentCommand.categories)) var category: String
        @Option(help: ArgumentHelp("The agency or unit that it is about.", valueName: "agency")) var unit: String?
        @Option(help: ArgumentHelp("When it was discovered. Default: now.", valueName: "time")) var discovered: Moment?
        @OptionGroup var submission: Submission
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = try submission.json(["category": .string(category)])
            parameters["agency"] = unit.map(JSONValue.string)
            parameters["discoveredAt"] = discovered.map { .integer($0.beginning(now: Clock.microseconds)) }
            return parameters
        }
    }

    struct Route: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "route",
            abstract: "Tell the bodies of the deployment's table: due within an hour of its discovery."
        )
        static let method = Method.Incident.route
        @OptionGroup var item: DocketArgument
        @OptionGroup var act: ActOptions
    }

    struct Acknowledge: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge",
            abstract: "Say that a body has it."
        )
        static let method = Method.Incident.acknowledge
        @OptionGroup var item: DocketArgument
        @OptionGroup var body: BodyOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { body.json(item) }
    }

    struct Close: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Say what was done about it."
        )
        static let method = Method.Incident.close
        @OptionGroup var item: DocketArgument
        @Argument(help: "What; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["text": try text.json()]) }
    }

    struct List: DocketList {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Oversight: list incidents.")
        static let workflow = "incident"
        static let telling = (title: "CATEGORY", fact: "category")
        static let nothing = "There are no incidents that you may see."
        @OptionGroup var read: ReadOptions
    }

    struct Show: DocketShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Oversight: show an incident and what was done about it."
        )
        @OptionGroup var item: DocketArgument
        @OptionGroup var read: ReadOptions
    }
}

/// Inspections.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Oversight: read content under an authority, within a scope, until it ends.",
        discussion: """
            While an inspection is open, 'entry show', 'task show' and the like show its scope to officers of the body that \
            opened it. What was read is listed by 'inspect show', and nowhere else.
            """,
        subcommands: [Open.self, Close.self, List.self, Show.self]
    )

    struct Open: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "open",
            abstract: "Open an inspection.",
            discussion: """
                Example: accord inspect open --authority "Regional Oversight Act s.4" --until 30d --case ALDER \
                "Sampling of what policy refused."
                """
        )
        static let method = Method.Inspection.open
        @Option(help: ArgumentHelp("On what it rests, such as a statute.", valueName: "name")) var authority: String
        @Option(help: ArgumentHelp("Until when.", valueName: "time")) var until: Moment
        @Option(
            name: .customLong("case"),
            help: ArgumentHelp("Which case; may be repeated. Default: all.", valueName: "case")
        )
        var cases: [String] = []
        @Option(
            name: .customLong("agency"),
            help: ArgumentHelp("Whose contributions; may be repeated. Default: all.", valueName: "agency")
        )
        var agencies: [String] = []
        @Option(
            name: .customLong("kind"),
            help: ArgumentHelp("Which kind of entries; may be repeated. Default: all.", valueName: "kind"),
            completion: .list(Words.kinds)
        )
        var kinds: [String] = []
        @Flag(help: "The authority opens what there is of victims.") var victim = false
        @Flag(help: "The authority opens what 8 USC 1367 protects.") var v1367 = false
        @Flag(help: "The authority opens counsel's work product.") var legal = false
        @Argument(help: "What for; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "authority": .string(authority), "expiresAt": .integer(until.end(now: Clock.microseconds)),
                "text": try text.json(),
            ]
            for (name, list) in [("cases", cases), ("agencies", agencies), ("kinds", kinds)] where !list.isEmpty {
                parameters[name] = .array(list.map { .string($0) })
            }
            for (name, flag) in [("victim", victim), ("v1367", v1367), ("legal", legal)] where flag {
                parameters[name] = true
            }
            return parameters
        }
    }

    struct Close: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "close", abstract: "Close an inspection.")
        static let method = Method.Inspection.close
        @OptionGroup var item: DocketArgument
        @Argument(help: "How it ended; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["text": try text.json()]) }
    }

    struct List: DocketList {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List inspections.")
        static let workflow = "inspection"
        static let telling = (title: "AUTHORITY", fact: "authority")
        static let nothing = "There are no inspections that you may see."
        @OptionGroup var read: ReadOptions
    }

    struct Show: DocketShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show an inspection and what was read under it."
        )
        @OptionGroup var item: DocketArgument
        @OptionGroup var read: ReadOptions
    }
}

/// Findings.
struct FindingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finding",
        abstract: "Tell an agency what oversight found, and answer it.",
        subcommands: [Issue.self, Respond.self, Close.self, List.self, Show.self]
    )

    struct Issue: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "issue",
            abstract: "Oversight: tell an agency what was found; it answers within 30 days.",
            discussion:
                "Example: accord finding issue --to MPD-VT --source IS-48291374 \"Two refusals were not explained.\""
        )
        static let method = Method.Finding.issue
        @Option(name: .customLong("to"), help: ArgumentHelp("The agency that answers.", valueName: "agency"))
        var agency: String
        @Option(help: ArgumentHelp("From what it is, such as IS-48291374; the agency is not told.", valueName: "item"))
        var source: String?
        @Option(help: ArgumentHelp("A case, which is not closed before it is answered.", valueName: "case"))
        var about: String?
        @Argument(help: "What was found; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "to": .string(agency), "text": .string(try text.text(atMost: Limits.textBytes)),
            ]
            parameters["source"] = source.map(JSONValue.string)
            parameters["about"] = about.map(JSONValue.string)
            return parameters
        }
    }

    struct Respond: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "respond",
            abstract: "Answer a finding, as a liaison of the agency."
        )
        static let method = Method.Finding.respond
        @OptionGroup var item: DocketArgument
        @Argument(help: "The answer; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["text": .string(try text.text(atMost: Limits.textBytes))])
        }
    }

    struct Close: ReasonedVerb {
        static let configuration = CommandConfiguration(commandName: "close", abstract: "Oversight: close a finding.")
        static let method = Method.Finding.close
        @OptionGroup var item: DocketArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct List: DocketList {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List findings.")
        static let workflow = "finding"
        static let telling = (title: "TO", fact: "to")
        static let nothing = "There are no findings that you may see."
        @OptionGroup var read: ReadOptions
    }

    struct Show: DocketShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a finding and its answer."
        )
        @OptionGroup var item: DocketArgument
        @OptionGroup var read: ReadOptions
    }
}
