import AccordInterface
import ArgumentParser
import StrictJSON

/// Which entries, and which shared work, an act of retention or removal is about.
struct EntriesArgument: ParsableArguments {
    @OptionGroup var name: CaseArgument
    @Argument(help: ArgumentHelp("Entries: E-3, e3 or 3; or shared work: S-1, Q-2.", valueName: "entry"))
    var entries: [String]

    /// The parameters that name them, and others.
    func json(_ others: JSONObject = [:]) -> JSONObject {
        var parameters: JSONObject = ["case": name.json, "entries": .array(entries.map(JSONValue.string))]
        for (key, value) in others.members { parameters[key] = value }
        return parameters
    }
}

/// The purge that a command is about.
struct PurgeArgument: ParsableArguments {
    @OptionGroup var name: CaseArgument
    @Argument(help: ArgumentHelp("The purge: P-1, p1 or 1.", valueName: "purge"))
    var purge: String

    var json: JSONObject { ["case": name.json, "purge": .string(purge)] }
}

/// Retention reviews.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Review whether entries and shared work are kept.",
        subcommands: [Review.self]
    )

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Record a retention review (28 CFR 23.20(h)).",
            discussion: """
                What is retained is reviewed again within five years. A review that decides for a purge is the authority \
                to propose it.
                Example: accord retention review ALDER E-3 --decision retain --until 1y --reason "still needed"
                """
        )
        static let method = Method.Removal.review
        @OptionGroup var entries: EntriesArgument
        @Option(help: "retain or purge.", completion: .list(["retain", "purge"])) var decision: String
        @Option(help: "When they are reviewed again: 2032-12-31, or 1y from now.") var until: Moment?
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = entries.json(["decision": .string(decision), "explanation": try reason.json()])
            parameters["until"] = until.map { .integer($0.end(now: Clock.microseconds)) }
            return parameters
        }
    }
}

/// Legal holds.
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep entries from being purged, for counsel of the case.",
        subcommands: [Place.self, Lift.self]
    )

    struct Place: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "place",
            abstract: "Place a legal hold on entries, or on all of the case.",
            discussion: "Example: accord hold place BIRCH --reason \"trial of 9 June\""
        )
        static let method = Method.Removal.placeHold
        @OptionGroup var name: CaseArgument
        @Argument(help: ArgumentHelp("The entries or shared work; none for all of the case.", valueName: "entry"))
        var entries: [String] = []
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "entries": .array(entries.map(JSONValue.string)), "reason": try reason.json()]
        }
    }

    struct Lift: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "lift", abstract: "Lift a legal hold.")
        static let method = Method.Removal.liftHold
        @OptionGroup var name: CaseArgument
        @Argument(help: "The hold: L-1, l1 or 1.") var hold: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "hold": .string(hold), "reason": try reason.json()]
        }
    }
}

/// Court orders.
struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Record court orders about entries and shared work, for counsel of the case.",
        subcommands: [Record.self]
    )

    static let kinds = ["expunge", "seal", "suppress", "protective", "unseal"]

    struct Record: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Record what a court ordered.",
            discussion: """
                Nothing is carried out before the time for an appeal has ended. From its receipt on a suppression bars \
                reading and giving, as a seal does; a protective order bars giving, reading outside the case, and export.
                Example: accord order record BIRCH S-9 --kind expunge --court "Superior Court" --docket 31-CV-7 \
                --appeal-until 2031-05-01
                """
        )
        static let method = Method.Removal.recordOrder
        @OptionGroup var name: CaseArgument
        @Argument(help: ArgumentHelp("The entries: E-3, e3 or 3; none with --whole-case.", valueName: "entry"))
        var entries: [String] = []
        @Flag(help: "All of the case is sealed, or unsealed.") var wholeCase = false
        @Option(
            help: ArgumentHelp(
                "With --whole-case: a member who goes on reading it; may be given several times.",
                valueName: "member"
            )
        )
        var permit: [String] = []
        @Option(help: "What is ordered.", completion: .list(OrderCommand.kinds)) var kind: String
        @Option(help: "The court.") var court: String
        @Option(help: "Its number there.") var docket: String
        @Option(help: "When it takes effect. Default: now.") var effective: Moment?
        @Option(help: "The last day on which it can be appealed.") var appealUntil: Moment?
        @OptionGroup var act: ActOptions

        func validate() throws {
            guard entries.isEmpty == wholeCase else {
                throw ValidationError("Name the entries, or say --whole-case.")
            }
        }

        func parameters() throws -> JSONObject {
            let now = Clock.microseconds
            var parameters: JSONObject = [
                "case": name.json, "entries": .array(entries.map(JSONValue.string)), "kind": .string(kind),
                "court": .string(court), "docket": .string(docket),
                "effectiveAt": .integer(effective?.beginning(now: now) ?? now),
            ]
            if !permit.isEmpty { parameters["permitted"] = .array(permit.map(JSONValue.string)) }
            parameters["appealUntil"] = appealUntil.map { .integer($0.end(now: now)) }
            return parameters
        }
    }
}

/// Purges.
struct PurgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Destroy texts of entries or shared work by law: by two persons, on the record.",
        discussion: """
            A purge rests on a court order or a retention review. The lead, counsel or the originating agency's liaison \
            proposes it; counsel or that liaison, another person with another duty, approves it. From then on nobody \
            reads the entries, their bytes are destroyed, and every agency that was given one is told and certifies.
            """,
        subcommands: [Propose.self, Approve.self, Decline.self, Certify.self, List.self]
    )

    struct Propose: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "propose",
            abstract: "Propose a purge.",
            discussion: "Example: accord purge propose BIRCH E-9 --order C-1 --reason \"mistaken identity\""
        )
        static let method = Method.Removal.proposePurge
        @OptionGroup var entries: EntriesArgument
        @Option(help: ArgumentHelp("The court order; without it reviews have decided so.", valueName: "order"))
        var order: String?
        @Option(help: ArgumentHelp("Why, for the record: text, @FILE, or - to read it.", valueName: "text"))
        var reason: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            let usual = order.map { "Under the court order \($0)." } ?? "After the retention review."
            let text = try reason?.text(atMost: Limits.reasonBytes)
            var parameters = entries.json(["reason": .string(text ?? usual)])
            parameters["order"] = order.map(JSONValue.string)
            return parameters
        }
    }

    struct Approve: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: "Approve a purge as its second person; the texts are destroyed.",
            discussion: "Example: accord purge approve BIRCH P-1"
        )
        static let method = Method.Removal.approvePurge
        @OptionGroup var purge: PurgeArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { purge.json }
    }

    struct Decline: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline",
            abstract: "Decline a purge as its second person."
        )
        static let method = Method.Removal.declinePurge
        @OptionGroup var purge: PurgeArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = purge.json
            parameters["reason"] = try reason.json()
            return parameters
        }
    }

    struct Certify: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "certify",
            abstract: "Certify that your agency has destroyed its copies of what was purged."
        )
        static let method = Method.Removal.certifyPurge
        @OptionGroup var purge: PurgeArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { purge.json }
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show orders, holds, reviews, seals and purges of a case, and who has not certified."
        )
        static let method = Method.Removal.list
        static let member = "removal"
        static let nothing = "No order, hold, review, seal or purge that you may see."
        static let columns: [Column] = [
            .text("ID", "id"), .text("KIND", "kind"),
            Column(title: "ABOUT", wraps: true) { removal in
                let entries = removal.texts("entries").joined(separator: ", ")
                return Cell(text: entries.isEmpty ? "all" : entries)
            },
            .state("STATE", "state"), .text("BY", "by"), .text("APPROVED BY", "approvedBy"), .time("AT", "at"),
            .day("UNTIL", "until"), .text("UNDER", "authority"),
            Column(title: "NOT CERTIFIED", wraps: true) { removal in
                let open = removal.objects("notices").filter { $0["certifiedAt"]?.integer == nil }
                let words = open.map { notice in
                    "\(notice["agency"]?.string ?? "an agency") (due \(notice.time("dueAt").prefix(10)))"
                }
                return Cell(text: words.joined(separator: ", "))
            },
        ]
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(["case": name.json]) }
    }
}

extension CaseCommand {
    struct Seal: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "seal",
            abstract: "Seal all of a case under a court order that somebody else recorded.",
            discussion: """
                Nobody reads it until an order unseals it, but whom the order permits; its lead, its counsel and oversight know \
                that it is there. Example: accord case seal ALDER --order C-1
                """
        )
        static let method = Method.Removal.seal
        @OptionGroup var name: CaseArgument
        @Option(help: "The court order: C-1.") var order: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "entries": [], "order": .string(order)] }
    }

    struct Unseal: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "unseal",
            abstract: "Unseal a case under a court order that somebody else recorded."
        )
        static let method = Method.Removal.unseal
        @OptionGroup var name: CaseArgument
        @Option(help: "The court order: C-2.") var order: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "entries": [], "order": .string(order)] }
    }
}

extension EntryCommand {
    struct Seal: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "seal",
            abstract: "Seal entries or shared work under a court order that somebody else recorded.",
            discussion: "Nobody sees them until an order unseals them. Example: accord entry seal ALDER E-3 --order C-1"
        )
        static let method = Method.Removal.seal
        @OptionGroup var entries: EntriesArgument
        @Option(help: "The court order: C-1.") var order: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { entries.json(["order": .string(order)]) }
    }

    struct Unseal: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "unseal",
            abstract: "Unseal entries or shared work, or free them of a protective order, under another order."
        )
        static let method = Method.Removal.unseal
        @OptionGroup var entries: EntriesArgument
        @Option(help: "The court order: C-2.") var order: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { entries.json(["order": .string(order)]) }
    }
}
