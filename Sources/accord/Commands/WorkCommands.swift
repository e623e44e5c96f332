import AccordInterface
import ArgumentParser
import StrictJSON

/// A piece of shared work that a command is about, such as T-1 or Q-3.
struct WorkArgument: ItemArgument {
    @OptionGroup var name: CaseArgument
    @Argument(help: ArgumentHelp("Which: such as T-1, t1 or 1.", valueName: "item"))
    var item: String

    var names: JSONObject { ["case": name.json, "item": .string(item)] }
}

/// Lists the pieces of work of one workflow; which one is declared by the command.
protocol WorkList: ListVerb {
    static var workflow: String { get }
    var name: CaseArgument { get }
    var read: ReadOptions { get }
}

extension WorkList {
    static var method: Method { .Work.list }
    static var member: String { "item" }
    static var columns: [Column] {
        [
            .text("ITEM", "id"), .state("STATE", "state"), .text("FROM", "agency"),
            Column(title: "TO") { Cell(text: ($0["facts"]?.object ?? [:]).text("to")) },
            .time("SINCE", "openedAt"), .time("DUE", "dueAt"),
        ]
    }
    var common: CommonOptions { read.common }
    func parameters() throws -> JSONObject {
        read.parameters(["case": name.json, "workflow": .string(Self.workflow)])
    }

    /// What there is, and how many there are of what is not shown.
    func perform(on page: inout Page) throws {
        var connection = try Connection.open(common)
        var listing = Listing(columns: Self.columns, remarks: Self.remarks)
        var counts: [JSONObject] = []
        let isJSON = common.json
        try connection.stream(Self.method, try parameters()) { reply in
            if isJSON {
                if !reply.members.isEmpty { page.json(reply) }
            } else if let item = reply["item"]?.object {
                listing.add(item, to: &page)
            } else if let count = reply["count"]?.object {
                counts.append(count)
            }
            return true
        }
        guard !isJSON else { return }
        let isCounted = !counts.isEmpty
        listing.end(on: &page, nothing: isCounted ? "You are told how many there are, and no more." : Self.nothing)
        for count in counts { page.line("\(count["items"]?.integer ?? 0) \(count.text("state"))") }
    }
}

/// Shows a piece of work and the steps that were taken.
protocol WorkShow: ShowVerb {
    var item: WorkArgument { get }
    var read: ReadOptions { get }
    /// Facts that are shown in another way than by their names and values.
    static func details(_ facts: JSONObject) -> (shown: [(label: String, values: [String])], names: Set<String>)
}

extension WorkShow {
    static var method: Method { .Work.get }
    var common: CommonOptions { read.common }
    func parameters() throws -> JSONObject { read.parameters(item.json()) }

    static func details(_ facts: JSONObject) -> (shown: [(label: String, values: [String])], names: Set<String>) {
        ([], [])
    }

    func show(_ reply: JSONObject, on page: inout Page) {
        let found = reply["item"]?.object ?? [:]
        let facts = found["facts"]?.object ?? [:]
        var details = Details()
        details.add("item", found.text("id"), .bold)
        details.add("state", found.text("state"), .ofState(found.text("state")))
        details.add("by", "\(found.text("member")) (\(found.text("agency")))")
        details.add("since", found.time("openedAt"))
        details.add("due", found.time("dueAt"))
        let (shown, names) = Self.details(facts)
        for (label, values) in shown { details.add(label, values) }
        for (name, value) in facts.members where !names.contains(name) {
            details.add(WorkWords.words(name), WorkWords.text(value, name))
        }
        details.add("missing", found.texts("missing"))
        details.add("also open", found.texts("open"))
        page.lines(details.lines(width: page.terminal.width))
        for step in reply.objects("steps") { page.step(step, nobody: "by itself", showsFacts: false) }
    }
}

extension Page {
    /// A step that was taken, and what was said in it.
    ///
    /// - Parameters:
    ///   - step: as the daemon shows it.
    ///   - nobody: what stands for a member where none is named.
    ///   - showsFacts: whether its facts are shown as well as its texts.
    mutating func step(_ step: JSONObject, nobody: Shown, showsFacts: Bool) {
        line()
        let by: Shown = step.text("member").isEmpty ? nobody : "\(step.text("member")) (\(step.text("agency")))"
        line("\(step.text("event"), .bold) \(step.time("at")) \(by)")
        if step["withheld"]?.bool ?? false { line("\("  kept back by the agency's own policy", .dim)") }
        for (name, value) in step["facts"]?.object?.members ?? [] where showsFacts {
            line("  \(WorkWords.words(name)): \(WorkWords.text(value, name))")
        }
        for (name, value) in step["texts"]?.object?.members ?? [] {
            quote(WorkWords.words(name), WorkWords.text(value, name))
        }
    }
}

/// Names and values of facts, as people read them.
enum WorkWords {
    /// `dueAt` reads as `due at`.
    static func words(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : String($1) }
    }

    static func text(_ value: JSONValue, _ name: String) -> String {
        if let text = value.string { return text }
        if let number = value.integer {
            let isTime = name.hasSuffix("At") || name.hasPrefix("window")
            return isTime ? UTCText.text(microseconds: number, .minutes) : String(number)
        }
        if let flag = value.bool { return flag ? "yes" : "no" }
        if let list = value.array { return list.map { text($0, name) }.joined(separator: "; ") }
        return (value.object?.members ?? []).map { "\(words($0.key)) \(text($0.value, $0.key))" }.joined(
            separator: ", "
        )
    }
}

/// Tasks.
struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task",
        abstract: "Give agencies of a case something to do, and say when it is done.",
        subcommands: [Assign.self, Update.self, Complete.self, Cancel.self, List.self, Show.self]
    )

    struct Assign: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "assign",
            abstract: "Give an agency of the case something to do.",
            discussion: "Example: accord task assign ALDER MPD-VT \"Canvass the car wash.\" --due 3d --blocking"
        )
        static let method = Method.Task.assign
        @OptionGroup var name: CaseArgument
        @Argument(help: "The agency that is to do it.") var agency: String
        @Argument(help: "What is to be done; @FILE reads it, - the standard input.") var need: TextArgument
        @Option(help: "Until when: 2031-03-09, 2031-03-09T18:00Z, or 3d from now.") var due: Moment
        @Flag(help: "The case cannot be closed before it is done.") var blocking = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "case": name.json, "to": .string(agency), "need": try need.json(),
                "dueAt": .integer(due.end(now: Clock.microseconds)),
            ]
            if blocking { parameters["blocking"] = true }
            return parameters
        }
    }

    struct Update: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "update", abstract: "Say how far it is.")
        static let method = Method.Task.update
        @OptionGroup var item: WorkArgument
        @Argument(help: "The text; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["text": try text.json()])
        }
    }

    struct Complete: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "complete", abstract: "Say that it is done.")
        static let method = Method.Task.complete
        @OptionGroup var item: WorkArgument
        @Argument(help: "What came of it; @FILE reads it, - the standard input.") var text: TextArgument?
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            var parameters = item.json()
            parameters["text"] = try text.map { try $0.json() }
            return parameters
        }
    }

    struct Cancel: ReasonedVerb {
        static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Take a task back.")
        static let method = Method.Task.cancel
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the tasks of a case.")
        static let workflow = "task"
        static let nothing = "There are no tasks that you may see."
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a task and what was said of it."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}

/// Requests for information.
struct RequestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rfi",
        abstract: "Ask another agency of the case for information, and answer.",
        subcommands: [
            Send.self, Acknowledge.self, Answer.self, Refuse.self, NeedAuthority.self, HoldNothing.self, Cancel.self,
            List.self, Show.self,
        ]
    )

    static let urgencies = ["urgent", "urgent-indirect", "normal"]

    struct Send: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "send",
            abstract: "Ask an agency of the case.",
            discussion: """
                The answer is due in 8 hours (urgent), 3 days (urgent-indirect) or 7 days (normal).
                Example: accord rfi send BIRCH SPO-OC "Was the van stopped on 5 March?" --urgency urgent
                """
        )
        static let method = Method.Request.send
        @OptionGroup var name: CaseArgument
        @Argument(help: "The agency that is asked.") var agency: String
        @Argument(help: "What is needed, and what for; @FILE reads it, - the standard input.") var need: TextArgument
        @Option(help: "How soon.", completion: .list(RequestCommand.urgencies)) var urgency = "normal"
        @Option(help: "The offence, such as \"8 USC 1324\".") var offence: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "case": name.json, "to": .string(agency), "need": try need.json(),
                "urgency": .string(urgency),
            ]
            parameters["offence"] = offence.map(JSONValue.string)
            return parameters
        }
    }

    struct Acknowledge: ItemVerb {
        static let configuration = CommandConfiguration(commandName: "ack", abstract: "Say that it was received.")
        static let method = Method.Request.acknowledge
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct Answer: Verb {
        static let configuration = CommandConfiguration(
            commandName: "answer",
            abstract: "Answer, in whole or in part.",
            discussion: "Example: accord rfi answer BIRCH Q-1 \"It was, at 21:10.\" --handling H2 --part"
        )
        @OptionGroup var item: WorkArgument
        @Argument(help: "The answer; @FILE reads it, - the standard input.") var text: TextArgument
        @Option(help: "H0, H1 or H2.", completion: .list(Words.handlings)) var handling = "H0"
        @Flag(help: "More is to come.") var part = false
        @OptionGroup var act: ActOptions
        var common: CommonOptions { act.common }

        func perform(on page: inout Page) throws {
            let parameters = item.json([
                "text": .string(try text.text(atMost: Limits.textBytes)), "handling": .string(handling),
            ])
            try act.perform(part ? .Request.answerInPart : .Request.answer, parameters, on: &page)
        }
    }

    struct Refuse: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "refuse",
            abstract: "Refuse to answer, for one of the reasons there are.",
            discussion: "Example: accord rfi refuse BIRCH Q-2 harm-to-investigation"
        )
        static let method = Method.Request.refuse
        @OptionGroup var item: WorkArgument
        @Argument(help: "The reason.", completion: .list(RequestCommand.refusals)) var reason: String
        @Argument(help: "More about it; @FILE reads it, - the standard input.") var text: TextArgument?
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            var parameters = item.json(["reason": .string(reason)])
            parameters["text"] = try text.map { try $0.json() }
            return parameters
        }
    }

    static let refusals = [
        "not-available", "judicial-authorisation-refused", "purpose-not-permitted", "harm-to-investigation",
        "safety-of-person", "disproportionate", "third-agency-permission-refused", "legal-prohibition",
    ]

    struct NeedAuthority: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "need-authority",
            abstract: "Say which authority of a court it takes."
        )
        static let method = Method.Request.needAuthority
        @OptionGroup var item: WorkArgument
        @Argument(help: "Which; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["text": try text.json()])
        }
    }

    struct HoldNothing: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "hold-nothing",
            abstract: "Say that your agency holds nothing on it."
        )
        static let method = Method.Request.holdNothing
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct Cancel: ReasonedVerb {
        static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Take a request back.")
        static let method = Method.Request.cancel
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the requests of a case.")
        static let workflow = "rfi"
        static let nothing = "There are no requests that you may see."
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a request and its answers."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}
