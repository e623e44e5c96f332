import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON

/// Discovery.
struct DiscoveryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discovery",
        abstract: "Decide what the defence is given, entry by entry, and hand it over with a log of what is withheld.",
        discussion: """
            What may favour the defence is flagged by whoever is assigned to the case. A flag is answered by counsel, never \
            unset, and keeps the case open until then.
            """,
        subcommands: [
            Open.self, List.self, Review.self, Produce.self, Close.self, Flag.self, Answer.self, Unset.self, Flags.self,
            Raise.self, Permit.self, Object.self, Conflicts.self, Show.self,
        ]
    )

    struct Open: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "open",
            abstract: "Open discovery in a case that is referred to you."
        )
        static let method = Method.Discovery.open
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List every entry there is, H1 and H2 too, with its originator and what was decided about it."
        )
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func perform(on page: inout Page) throws {
            var connection = try Connection.open(common)
            var decisions: [String: String] = [:]
            let asked = read.parameters(["case": name.json, "workflow": "discovery"])
            try connection.stream(.Work.list, asked) { reply in
                for review in (reply["item"]?.object?["facts"]?.object ?? [:]).objects("reviews") {
                    let basis = review.text("basis")
                    decisions[review.text("entry")] = review.text("decision") + (basis.isEmpty ? "" : ": \(basis)")
                }
                return true
            }
            var listing = Listing(columns: Self.columns, remarks: { _ in [] })
            let isJSON = common.json
            try connection.stream(.Entry.list, read.parameters(["case": name.json])) { reply in
                guard var entry = reply["entry"]?.object else { return true }
                entry["decision"] = .string(decisions[entry.text("id")] ?? "")
                if isJSON { page.json(["entry": .object(entry)]) } else { listing.add(entry, to: &page) }
                return true
            }
            if !isJSON { listing.end(on: &page, nothing: "There are no entries.") }
        }

        private static let columns: [Column] = [
            .text("ENTRY", "id"), Column(title: "ORIGINATOR") { Cell(text: $0.originator) },
            .text("HANDLING", "handling"),
            .text("COMPARTMENT", "compartment"), .text("STATE", "state"), .text("DECISION", "decision"),
        ]
    }

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Decide about an entry; the last word counts.",
            discussion: """
                Examples: accord discovery review ALDER DY-1 E-2 --decision produce
                accord discovery review ALDER DY-1 E-3 --decision withhold --basis source-protection
                accord discovery review ALDER DY-1 E-4 --decision redact --basis victim-protection --text @redacted.txt
                """
        )
        static let method = Method.Discovery.review
        static let decisions = ["produce", "redact", "withhold"]
        static let bases = [
            "work-product", "privilege", "originator-objects", "victim-protection", "source-protection",
            "safety-of-person", "grand-jury", "sealed-by-court", "not-discoverable",
        ]
        @OptionGroup var item: WorkArgument
        @Argument(help: "Which entry, such as E-2.") var entry: String
        @Option(help: "What is done with it.", completion: .list(Review.decisions)) var decision: String
        @Option(help: "Why it is not produced as it is.", completion: .list(Review.bases)) var basis: String?
        @Option(help: ArgumentHelp("More about it, or what is produced instead: text, @FILE, or -.", valueName: "text"))
        var text: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json(["entry": .string(entry), "decision": .string(decision)])
            parameters["basis"] = basis.map(JSONValue.string)
            parameters["text"] = try text.map { .string(try $0.text(atMost: Limits.textBytes)) }
            return parameters
        }
    }

    struct Produce: Verb {
        static let configuration = CommandConfiguration(
            commandName: "produce",
            abstract: "Make the file for the defence, with numbered items and a log of what is withheld.",
            discussion: """
                Its digest is on the record before the file is there. Each entry was decided about before, and the originator of \
                each H1 entry was asked.
                Example: accord discovery produce ALDER DY-1 --output alder-discovery.txt
                """
        )
        @OptionGroup var item: WorkArgument
        @Option(help: "The file to make; it must not exist.", completion: .file()) var output: String
        @OptionGroup var act: ActOptions
        var common: CommonOptions { act.common }

        func perform(on page: inout Page) throws {
            var file = try NewFile(output)
            var connection = try Connection.open(common)
            let reply = try connection.call(.Work.get, act.read.parameters(item.json()))
            var produced = Production(of: reply)
            for name in produced.asked {
                let entry = try connection.call(
                    .Entry.get,
                    act.read.parameters(["case": item.name.json, "entry": .string(name)])
                )
                produced.add(entry["entry"]?.object ?? [:])
            }
            let bytes = Array(produced.text.utf8)
            try file.append(bytes)
            try act.perform(
                .Discovery.produce,
                item.json([
                    "digest": .string(Digest.sha256(bytes).hex), "produced": .integer(Int64(produced.items.count)),
                    "withheld": .integer(Int64(produced.withheld.count)),
                ]),
                on: &page
            )
            try file.keep()
            if !common.json {
                page.line("\(output): \(produced.items.count) items, \(produced.withheld.count) withheld")
            }
        }
    }

    struct Close: ReasonedVerb {
        static let configuration = CommandConfiguration(commandName: "close", abstract: "Close discovery.")
        static let method = Method.Discovery.close
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct Flag: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "flag",
            abstract: "Say that something may favour the defence.",
            discussion: "Example: accord discovery flag ALDER --entry E-2 \"The wrong date concerns the alibi.\""
        )
        static let method = Method.Favourable.flag
        @OptionGroup var name: CaseArgument
        @Option(help: "The entry that it is about, such as E-2.") var entry: String?
        @Argument(help: "What; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["case": name.json, "text": try text.json()]
            parameters["entry"] = entry.map(JSONValue.string)
            return parameters
        }
    }

    struct Answer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "answer",
            abstract: "Answer a flag, as counsel of the case."
        )
        static let method = Method.Favourable.answer
        static let answers = ["disclosed", "disclosed-before", "not-favourable", "cumulative"]
        @OptionGroup var item: WorkArgument
        @Argument(help: "The answer.", completion: .list(Answer.answers)) var answer: String
        @Argument(help: "Why; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            item.json(["answer": .string(answer), "text": try text.json()])
        }
    }

    struct Unset: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "unset",
            abstract: "Is always refused: a flag is answered, and never unset."
        )
        static let method = Method.Favourable.unset
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct Flags: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "flags",
            abstract: "List what may favour the defence."
        )
        static let workflow = "favourable"
        static let nothing = "There are no flags that you may see."
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Raise: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "raise",
            abstract: "Ask the originator of an H1 entry whether it may go into proceedings; he has 14 days."
        )
        static let method = Method.HandlingConflict.raise
        @OptionGroup var entry: EntryArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { entry.json() }
    }

    struct Permit: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "permit",
            abstract: "Let an H1 entry of your agency go into proceedings, as its liaison."
        )
        static let method = Method.HandlingConflict.permit
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct Object: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "object",
            abstract: "Object to it; the court may decide."
        )
        static let method = Method.HandlingConflict.object
        @OptionGroup var item: WorkArgument
        @Argument(help: "Why; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["text": try text.json()]) }
    }

    struct Conflicts: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "conflicts",
            abstract: "List the H1 entries whose originators were asked."
        )
        static let workflow = "handling-conflict"
        static let nothing = "There are no conflicts that you may see."
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show discovery, a flag or a conflict: DY-1, FV-1 or HC-1."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}

/// The file for the defence.
struct Production {
    /// Entries that are asked for: those that are produced as they are.
    let asked: [String]
    private(set) var items: [(name: String, heading: String, text: String)] = []
    private(set) var withheld: [(name: String, basis: String)] = []
    private let heading: String

    /// What was decided, from the answer of Work.Get.
    init(of reply: JSONObject) {
        let item = reply["item"]?.object ?? [:]
        heading = "\(item.text("case")), \(item.text("id"))"
        let reviews = (item["facts"]?.object ?? [:]).objects("reviews")
            .sorted {
                (Self.number($0.text("entry")), $0.text("entry")) < (Self.number($1.text("entry")), $1.text("entry"))
            }
        asked = reviews.filter { $0.text("decision") == "produce" }.map { $0.text("entry") }
        withheld = reviews.filter { $0.text("decision") == "withhold" }.map { ($0.text("entry"), $0.text("basis")) }
        let steps = reply.objects("steps")
        items = reviews.filter { $0.text("decision") == "redact" }.map { review in
            let name = review.text("entry")
            let last = steps.last { ($0["facts"]?.object ?? [:]).text("entry") == name }
            return (name, "redacted: \(review.text("basis"))", (last?["texts"]?.object ?? [:]).text("text"))
        }
    }

    /// An entry as it is.
    mutating func add(_ entry: JSONObject) {
        let heading = "\(entry.originator), \(entry.text("author")), \(entry.time("recordedAt", .minutes))"
        items.append((entry.text("id"), heading, entry.text("text")))
    }

    /// Numbered items, each marked with the case, and then what is withheld.
    var text: String {
        var lines = ["Discovery of \(heading)", "Each page of it is for this case alone.", ""]
        let sorted = items.sorted { (Self.number($0.name), $0.name) < (Self.number($1.name), $1.name) }
        for (index, item) in sorted.enumerated() {
            lines += ["[\(heading), item \(Self.padded(index + 1))] \(item.name) (\(item.heading))", "", item.text, ""]
        }
        lines.append("Withheld: \(withheld.count)")
        for (name, basis) in withheld { lines.append("  \(name): \(basis)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func number(_ name: String) -> Int64 { Int64(name.drop { !$0.isNumber }) ?? 0 }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    }
}
