import AccordInterface
import ArgumentParser
import Glibc
import StrictJSON

/// Entries of a case.
struct EntryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entry",
        abstract: "Record, read, correct, withdraw and seal entries.",
        discussion: "Nothing is ever changed: a correction and a withdrawal are added to what they concern.",
        subcommands: [
            Add.self, List.self, Show.self, Correct.self, Withdraw.self, Acknowledge.self, Handling.self,
            Seal.self, Unseal.self,
        ]
    )
}

/// The entry that a command is about.
struct EntryArgument: ParsableArguments {
    @OptionGroup var name: CaseArgument
    @Argument(help: ArgumentHelp("The entry: E-3, e3 or 3.", valueName: "entry"))
    var entry: String

    /// The parameters that name it, and others.
    func json(_ others: JSONObject = [:]) -> JSONObject {
        var parameters: JSONObject = ["case": name.json, "entry": .string(entry)]
        for (key, value) in others.members { parameters[key] = value }
        return parameters
    }
}

/// The words of an entry: given, read, or written in an editor.
struct EntryText: ParsableArguments {
    @Argument(help: ArgumentHelp("The text; - reads it; without it your editor opens.", valueName: "text"))
    var text: String?

    @Option(help: ArgumentHelp("Read the text from a file.", valueName: "file"), completion: .file())
    var file: String?

    func validate() throws {
        if text != nil, file != nil { throw ValidationError("Give the text or --file, not both.") }
    }

    /// Finds the text and hands it on.
    ///
    /// What was written in an editor is kept if that fails.
    func delivering(_ deliver: (String) throws -> Void) throws {
        let limit = Limits.textBytes
        if let file {
            try deliver(try TextInput.file(file, atMost: limit))
        } else if let text, text != "-" {
            try deliver(try TextInput.checked(text, atMost: limit, from: "The text"))
        } else if text == nil, isatty(STDIN_FILENO) == 1 {
            try Editor.text(atMost: limit, deliver: deliver)
        } else {
            try deliver(try TextInput.standardInput(atMost: limit))
        }
    }
}

extension EntryCommand {
    struct Add: Verb {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Record an entry.",
            discussion: """
                Example: accord entry add ALDER "Two vans seen at the loading dock at 21:40."
                Without a text your editor opens (VISUAL, EDITOR, else vi).
                """
        )

        @OptionGroup var name: CaseArgument
        @OptionGroup var text: EntryText
        @Option(help: "What it is.", completion: .list(Words.kinds)) var kind = "report"
        @Option(help: "H0, H1 or H2. Default: H0.", completion: .list(Words.handlings)) var handling: String?
        @Option(help: "CASE, OPS, LEGAL or OVERSIGHT. Default: CASE.", completion: .list(Words.compartments))
        var compartment: String?
        @Flag(name: .customLong("ack"), help: "Ask the members of the case to acknowledge it.") var acknowledge = false
        @OptionGroup var act: ActOptions
        var common: CommonOptions { act.common }

        func perform(on page: inout Page) throws {
            try text.delivering { text in
                var parameters: JSONObject = ["case": name.json, "kind": .string(kind), "text": .string(text)]
                parameters["handling"] = handling.map(JSONValue.string)
                parameters["compartment"] = compartment.map(JSONValue.string)
                if acknowledge { parameters["acknowledge"] = true }
                try act.perform(.Entry.record, parameters, on: &page)
            }
        }
    }

    struct Correct: Verb {
        static let configuration = CommandConfiguration(
            commandName: "correct",
            abstract: "Add an entry that supersedes another of your agency.",
            discussion: "Example: accord entry correct ALDER E-2 \"It was 5 March.\" --reason \"wrong date\""
        )
        @OptionGroup var entry: EntryArgument
        @OptionGroup var text: EntryText
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        var common: CommonOptions { act.common }

        func perform(on page: inout Page) throws {
            let reason = try reason.json()
            try text.delivering { text in
                try act.perform(
                    .Entry.correct,
                    entry.json(["text": .string(text), "reason": reason]),
                    on: &page
                )
            }
        }
    }

    struct Withdraw: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Withdraw an entry of your agency."
        )
        static let method = Method.Entry.withdraw
        @OptionGroup var entry: EntryArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { entry.json(["reason": try reason.json()]) }
    }

    struct Acknowledge: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Say that you have taken note of an entry."
        )
        static let method = Method.Entry.acknowledge
        @OptionGroup var entry: EntryArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { entry.json() }
    }

    struct Handling: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "handling",
            abstract: "Change the handling code of an entry of your agency.",
            discussion: "Example: accord entry handling ALDER E-1 H2 --reason \"source at risk\""
        )
        static let method = Method.Entry.changeHandling
        @OptionGroup var entry: EntryArgument
        @Argument(help: "H0, H1 or H2.", completion: .list(Words.handlings)) var handling: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            entry.json(["handling": .string(handling), "reason": try reason.json()])
        }
    }
}
