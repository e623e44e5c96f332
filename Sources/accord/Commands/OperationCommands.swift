import AccordInterface
import ArgumentParser
import StrictJSON

/// Operation plans.
struct OperationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "op",
        abstract: "Plan an operation with other agencies, and take it through.",
        discussion: """
            A plan is proposed, each agency that takes part answers, counsel reviews it, safeguards are recorded and victim
            services advised; the lead asks, a second person authorises. `accord op show` tells what is missing. An amendment
            voids all that was said of the plan before.
            """,
        subcommands: [
            Propose.self, Amend.self, Safeguards.self, SignOff.self, Advise.self, Acknowledge.self, Approve.self,
            Condition.self, Decline.self, AcceptTerms.self, Review.self, Ask.self, Authorise.self, SendBack.self,
            Cancel.self, Start.self, Complete.self, Abort.self, Arrests.self, AfterAction.self, List.self, Show.self,
        ]
    )

    struct Propose: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "propose",
            abstract: "Propose an operation.",
            discussion: """
                Example: accord op propose ALDER --site "Car wash: 0.1000,0.1000" --agency MPD-VT --agency SPO-OC
                --authority "judicial-warrant, Superior Court, 2031-04-01" --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z
                """
        )
        static let method = Method.Operation.propose
        @OptionGroup var name: CaseArgument
        @OptionGroup var plan: PlanOptions
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = try plan.json()
            parameters["case"] = name.json
            parameters["purposes"] = parameters["purposes"] ?? ["CRIM_INVEST"]
            for (option, key) in [
                ("site", "sites"), ("authority", "authorities"), ("agency", "agencies"), ("from", "startsAt"),
                ("until", "endsAt"),
            ] where parameters[key] == nil {
                throw Failure.input("A plan needs --\(option). Nothing was recorded.")
            }
            return parameters
        }
    }

    struct Amend: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "amend",
            abstract: "Change a plan: all agencies are asked anew.",
            discussion:
                "Example: accord op amend ALDER OP-1 --from 2031-03-07T14:00Z --reason \"Another agency is near.\""
        )
        static let method = Method.Operation.amend
        @OptionGroup var item: WorkArgument
        @OptionGroup var plan: PlanOptions
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json(try plan.json())
            parameters["reason"] = try reason.json()
            return parameters
        }
    }

    struct Safeguards: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "safeguards",
            abstract: "Record how people are protected.",
            discussion:
                "Example: accord op safeguards Alder OP-1 --children planned --medical planned --language planned --counsel planned"
        )
        static let method = Method.Operation.recordSafeguards
        private static let words = ["planned", "not-needed"]
        @OptionGroup var item: WorkArgument
        @Option(help: "For children and those who care for them.", completion: .list(words)) var children: String
        @Option(help: "Interpreters.", completion: .list(words)) var language: String
        @Option(help: "Access to counsel.", completion: .list(words)) var counsel: String
        @Option(help: "Medical care.", completion: .list(words)) var medical: String
        @Flag(help: "A school, a hospital, a place of worship or the like: a supervisor signs it off.")
        var protectedLocation = false
        @Option(help: "More about it: text, @FILE, or - to read it.") var note: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json([
                "children": .string(children), "languageAccess": .string(language), "counselAccess": .string(counsel),
                "medical": .string(medical), "protectedLocation": .bool(protectedLocation),
            ])
            parameters["note"] = try note.map { try $0.json() }
            return parameters
        }
    }

    struct SignOff: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "sign-off",
            abstract: "Sign off an operation at a protected location."
        )
        static let method = Method.Operation.signOffLocation
        @OptionGroup var item: WorkArgument
        @OptionGroup var revision: RevisionOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["revision": revision.json]) }
    }

    struct Advise: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "advise",
            abstract: "Tell victim services what they need to prepare, and no more.",
            discussion: """
                Whole days, about how many people, genders, languages, and whether there may be minors: there is no word for a
                place or an hour.
                Example: accord op advise ALDER OP-1 --from 2031-03-07 --until 2031-03-08 --people 12 --gender female
                --language es --language th --minors
                """
        )
        static let method = Method.Operation.adviseVictimServices
        @OptionGroup var item: WorkArgument
        @Option(help: "The first day, such as 2031-03-07, or 2d from now.") var from: Moment
        @Option(help: "The last day.") var until: Moment
        @Option(help: "About how many people may need help.") var people: Int64
        @Option(help: "female, male or other; again for more.", completion: .list(["female", "male", "other"]))
        var gender: [String]
        @Option(help: "Code of ISO 639, such as es; again for more.") var language: [String]
        @Flag(help: "There may be minors.") var minors = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            let now = Clock.microseconds
            guard let first = from.wholeDay(now: now), let last = until.wholeDay(now: now) else {
                throw Failure.input(
                    "--from and --until are days, such as 2031-03-07 or 2d: no hour is told. Nothing was recorded."
                )
            }
            let day: Int64 = 86_400_000_000
            return item.json([
                "windowStart": .integer(first * day), "windowEnd": .integer((last + 1) * day),
                "people": .integer(people), "genders": .array(gender.map(JSONValue.string)),
                "languages": .array(language.map(JSONValue.string)),
                "minorsLikely": .bool(minors),
            ])
        }
    }

    struct Acknowledge: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Say, for victim services, that the advisory was received."
        )
        static let method = Method.Operation.acknowledgeAdvisory
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct Approve: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: "Approve a plan for your agency, as you read it.",
            discussion: "Example: accord op approve ALDER OP-1 --revision 1"
        )
        static let method = Method.Operation.approve
        @OptionGroup var item: WorkArgument
        @OptionGroup var revision: RevisionOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["revision": revision.json]) }
    }

    struct Condition: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "condition",
            abstract: "Approve a plan for your agency on terms.",
            discussion: """
                no-civil-immigration: no such purpose, and no agency with that mission. other: as --text says, and the lead
                takes note.
                Example: accord op condition ALDER OP-1 --revision 1 --term no-civil-immigration
                """
        )
        static let method = Method.Operation.setConditions
        @OptionGroup var item: WorkArgument
        @OptionGroup var revision: RevisionOption
        @Option(help: "Again for more.", completion: .list(["no-civil-immigration", "other"])) var term: [String]
        @Option(help: "The terms in words: text, @FILE, or - to read it.") var text: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json(["revision": revision.json, "terms": .array(term.map(JSONValue.string))])
            parameters["text"] = try text.map { try $0.json() }
            return parameters
        }
    }

    struct Decline: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline",
            abstract: "Decline a plan for your agency."
        )
        static let method = Method.Operation.decline
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct AcceptTerms: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "accept-terms",
            abstract: "Take note, as lead, of an agency's terms."
        )
        static let method = Method.Operation.acceptTerms
        @OptionGroup var item: WorkArgument
        @Argument(help: "The agency.") var agency: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["agency": .string(agency)]) }
    }

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Review a plan as counsel.",
            discussion: "Example: accord op review ALDER OP-1 --revision 1 --verdict cleared"
        )
        static let method = Method.Operation.review
        @OptionGroup var item: WorkArgument
        @OptionGroup var revision: RevisionOption
        @Option(help: "cleared, or objected with --text.", completion: .list(["cleared", "objected"]))
        var verdict: String
        @Option(help: "Why: text, @FILE, or - to read it.") var text: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json(["revision": revision.json, "verdict": .string(verdict)])
            parameters["text"] = try text.map { try $0.json() }
            return parameters
        }
    }

    struct Ask: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "ask",
            abstract: "Ask, as lead, that a plan be authorised.",
            discussion: "It is refused as long as anything is missing, and the refusal names all of it."
        )
        static let method = Method.Operation.askAuthorisation
        @OptionGroup var item: WorkArgument
        @Option(help: "The entry in RISSafe, Case Explorer or SAFETNet, beside what is submitted here.")
        var externalRef: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json()
            parameters["externalDeconRef"] = externalRef.map(JSONValue.string)
            return parameters
        }
    }

    struct Authorise: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "authorise",
            abstract: "Authorise a plan as the second person, as you read it.",
            discussion: "Example: accord op authorise ALDER OP-1 --revision 2"
        )
        static let method = Method.Operation.authorise
        @OptionGroup var item: WorkArgument
        @OptionGroup var revision: RevisionOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["revision": revision.json]) }
    }

    struct SendBack: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "send-back",
            abstract: "Send a plan back as the second person."
        )
        static let method = Method.Operation.sendBack
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct Cancel: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "cancel",
            abstract: "Call an operation off before it starts."
        )
        static let method = Method.Operation.cancel
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct Start: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "start",
            abstract: "Say that an operation has started."
        )
        static let method = Method.Operation.start
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct Complete: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "complete",
            abstract: "Say that an operation is completed."
        )
        static let method = Method.Operation.complete
        @OptionGroup var item: WorkArgument
        @Argument(help: "What came of it; @FILE reads it, - the standard input.") var text: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json()
            parameters["text"] = try text.map { try $0.json() }
            return parameters
        }
    }

    struct Abort: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "abort",
            abstract: "Say that an operation was broken off."
        )
        static let method = Method.Operation.abort
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct Arrests: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "arrests",
            abstract: "Count the arrests of an operation that is over, also if there were none.",
            discussion: "Example: accord op arrests ALDER OP-1 --total 3 --immigration 0"
        )
        static let method = Method.Operation.countArrests
        @OptionGroup var item: WorkArgument
        @Option(help: "All arrests.") var total: Int64
        @Option(help: "Those for purposes of immigration enforcement.") var immigration: Int64
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["total": .integer(total), "forImmigrationEnforcement": .integer(immigration)])
        }
    }

    struct AfterAction: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "after-action",
            abstract: "Record what an operation taught."
        )
        static let method = Method.Operation.recordAfterAction
        @OptionGroup var item: WorkArgument
        @Argument(help: "The text; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["text": .string(try text.text(atMost: Limits.textBytes))])
        }
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the operation plans of a case."
        )
        static let workflow = "op"
        static let nothing = "There are no operation plans that you may see."
        static let columns: [Column] = [
            .text("ITEM", "id"), .state("STATE", "state"), .text("FROM", "agency"),
            Column(title: "STARTS") { Cell(text: ($0["facts"]?.object ?? [:]).time("startsAt", .minutes)) },
            Column(title: "AGENCIES", wraps: true) {
                Cell(text: ($0["facts"]?.object ?? [:]).texts("agencies").joined(separator: ", "))
            },
            Column(title: "MISSING", isNumber: true) { Cell(text: $0["missing"]?.array.map { "\($0.count)" } ?? "") },
            .time("DUE", "dueAt"),
        ]
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a plan: what each agency said of which revision, and what is missing."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions

        static func details(_ facts: JSONObject) -> (shown: [(label: String, values: [String])], names: Set<String>) {
            let revision = facts["revision"]?.integer ?? 1
            let answers = facts.objects("answers").map { answer in
                let isVoid = answer["revision"]?.integer == revision ? "" : ", void"
                let terms = answer.texts("terms").joined(separator: ", ")
                return "\(answer.text("agency")): \(answer.text("decision"))\(terms.isEmpty ? "" : " (\(terms))"), "
                    + "revision \(answer["revision"]?.integer ?? 0)\(isVoid), by \(answer.text("member"))"
            }
            let authorities = facts.objects("authorities").map { authority in
                [
                    authority.text("kind"), authority.text("court"), authority.text("docket"),
                    authority.time("expiresAt", .minutes),
                ]
                .filter { !$0.isEmpty }.joined(separator: ", ")
            }
            return ([("answers", answers), ("authorities", authorities)], ["answers", "authorities"])
        }
    }
}

/// The revision of a plan that was read.
struct RevisionOption: ParsableArguments {
    @Option(help: "The revision that you read, as `accord op show` has it.") var revision: Int64
    var json: JSONValue { .integer(revision) }
}

/// What a plan says; of an amendment, what is to change.
struct PlanOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where: \"NAME: LATITUDE,LONGITUDE\"; again for more.", valueName: "site"))
    var site: [SiteArgument] = []
    @Option(help: "Metres around each site.") var radius: Int64 = 800
    @Option(help: ArgumentHelp("\"KIND, COURT, UNTIL, DOCKET\"; again for more.", valueName: "authority"))
    var authority: [AuthorityArgument] = []
    @Option(help: "When it begins: 2031-03-07T12:00Z, or 3h from now.") var from: Moment?
    @Option(help: "When it ends.") var until: Moment?
    @Option(help: "An agency that takes part; again for more.") var agency: [String] = []
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("A purpose of the operation; again for more.", valueName: "purpose"),
        completion: .list(Words.purposes)
    )
    var purposes: [String] = []
    @Option(help: ArgumentHelp("It cannot wait, and why: text, @FILE, or - to read it.", valueName: "reason"))
    var exigent: TextArgument?

    func json() throws -> JSONObject {
        var parameters: JSONObject = [:]
        if !site.isEmpty { parameters["sites"] = .array(site.map { $0.json(radius) }) }
        if !authority.isEmpty { parameters["authorities"] = .array(authority.map(\.json)) }
        if !agency.isEmpty { parameters["agencies"] = .array(agency.map(JSONValue.string)) }
        if !purposes.isEmpty { parameters["purposes"] = .array(purposes.map(JSONValue.string)) }
        parameters["startsAt"] = from.map { .integer($0.beginning(now: Clock.microseconds)) }
        parameters["endsAt"] = until.map { .integer($0.end(now: Clock.microseconds)) }
        if let exigent {
            parameters["exigent"] = true
            parameters["exigency"] = try exigent.json()
        }
        return parameters
    }
}

/// A site, such as `Car wash: 0.1000,0.1000`.
struct SiteArgument: ExpressibleByArgument, Equatable {
    let label: String
    let point: String

    init?(argument: String) {
        guard let colon = argument.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        label = Self.trimmed(argument[..<colon])
        point = Self.trimmed(argument[argument.index(after: colon)...]).filter { $0 != " " }
        guard !label.isEmpty, !point.isEmpty else { return nil }
    }

    func json(_ radius: Int64) -> JSONValue {
        ["label": .string(label), "point": .string(point), "radius": .integer(radius)]
    }

    static func trimmed(_ text: Substring) -> String {
        let start = text.firstIndex { $0 != " " } ?? text.endIndex
        let end = text.lastIndex { $0 != " " }.map { text.index(after: $0) } ?? start
        return start < end ? String(text[start..<end]) : ""
    }
}

/// An authority, such as `judicial-warrant, Superior Court, 2031-04-01, CR-31-117`: what reads as a time is until when it holds.
struct AuthorityArgument: ExpressibleByArgument, Equatable {
    let json: JSONValue

    init?(argument: String) {
        var words = argument.split(separator: ",").map { SiteArgument.trimmed($0) }
        guard let kind = words.first, !kind.isEmpty, words.allSatisfy({ !$0.isEmpty }) else { return nil }
        words.removeFirst()
        var object: JSONObject = ["kind": .string(kind)]
        for word in words {
            if object["expiresAt"] == nil, let moment = Moment(argument: word) {
                object["expiresAt"] = .integer(moment.end(now: Clock.microseconds))
            } else if object["court"] == nil {
                object["court"] = .string(word)
            } else if object["docket"] == nil {
                object["docket"] = .string(word)
            } else {
                return nil
            }
        }
        json = .object(object)
    }
}
