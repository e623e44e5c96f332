import AccordInterface
import ArgumentParser
import StrictJSON

/// Subjects of a case.
struct SubjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject",
        abstract: "Register who or what is suspected in a case, and on what basis.",
        discussion: """
            No text says who somebody is: identifiers are submitted to target deconfliction, and are nowhere else.
            """,
        subcommands: [Register.self, Document.self, Validate.self, Clear.self, List.self, Show.self]
    )

    static let kinds = ["business", "person", "vehicle", "vessel", "phone", "account", "place"]

    static let criminalities = [
        "trafficking", "smuggling", "labor-exploitation", "organised-crime", "narcotics", "firearms",
        "money-laundering", "document-fraud", "violent-crime", "other-felony",
    ]

    struct Register: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "register",
            abstract: "Register a subject with the suspicion and what it rests on.",
            discussion: """
                Example: accord subject register ALDER --kind business --criminality trafficking --entry E-1 \
                --lawfully-obtained
                """
        )
        static let method = Method.Subject.register
        @OptionGroup var name: CaseArgument
        @Option(help: "What it is.", completion: .list(SubjectCommand.kinds)) var kind: String
        @Option(help: "Of what it is suspected.", completion: .list(SubjectCommand.criminalities))
        var criminality: String
        @Option(help: "The entry on which the suspicion rests, such as E-1.") var entry: String?
        @Option(help: ArgumentHelp("The reasons for it: text, @FILE, or - to read it.", valueName: "text"))
        var basis: TextArgument?
        @Flag(help: "It is non-criminal identifying information, and labelled so.") var nonCriminal = false
        @Flag(help: "You attest: it was obtained lawfully, and is about conduct, not views or associations.")
        var lawfullyObtained = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "case": name.json, "kind": .string(kind), "criminality": .string(criminality),
            ]
            parameters["entry"] = entry.map(JSONValue.string)
            parameters["basis"] = try basis.map { try $0.json() }
            if nonCriminal { parameters["nonCriminal"] = true }
            if lawfullyObtained { parameters["lawfullyObtained"] = true }
            return parameters
        }
    }

    struct Document: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "document",
            abstract: "Document the suspicion, as another person than who registered it.",
            discussion: "Example: accord subject document ALDER S-1 \"Two complaints agree.\" --entry E-1"
        )
        static let method = Method.Subject.document
        @OptionGroup var item: WorkArgument
        @Argument(help: "What the suspicion rests on; @FILE reads it, - the standard input.") var text: TextArgument
        @Option(help: "The entry on which it rests, such as E-1.") var entry: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json(["text": try text.json()])
            parameters["entry"] = entry.map(JSONValue.string)
            return parameters
        }
    }

    struct Validate: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "validate",
            abstract: "Say why the suspicion still holds; due each year, and for five years at most."
        )
        static let method = Method.Subject.validate
        @OptionGroup var item: WorkArgument
        @Argument(help: "Why; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["text": try text.json()])
        }
    }

    struct Clear: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "clear",
            abstract: "Say that there is no suspicion any more."
        )
        static let method = Method.Subject.clear
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the subjects of a case.")
        static let method = Method.Work.list
        static let member = "item"
        static let nothing = "There are no subjects that you may see."
        static let columns: [Column] = [
            .text("ITEM", "id"), .state("STATE", "state"), fact("KIND", "kind"), fact("SUSPICION", "criminality"),
            fact("BASIS", "entry"), .text("FROM", "agency"), .time("SINCE", "openedAt"), .time("DUE", "dueAt"),
        ]
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject {
            read.parameters(["case": name.json, "workflow": "subject"])
        }

        private static func fact(_ title: String, _ name: String) -> Column {
            Column(title: title) { Cell(text: ($0["facts"]?.object ?? [:]).text(name)) }
        }
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a subject and what was said of it."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}
