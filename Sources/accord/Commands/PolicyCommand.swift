import AccordInterface
import ArgumentParser
import StrictJSON

/// The rules.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show the rules, and which of them decided.",
        subcommands: [Rules.self, Explain.self]
    )

    struct Rules: ListVerb {
        static let configuration = CommandConfiguration(
            abstract: "List the rules in the order in which they are applied."
        )
        static let method = Method.Policy.listRules
        static let member = "rule"
        static let nothing = "There is no rule."
        static let columns: [Column] = [
            .text("RULE", "id"), .text("CODE", "code"), .text("TEST", "test", wraps: true),
            .text("CITATION", "citation", wraps: true),
        ]
        @OptionGroup var common: CommonOptions
    }

    struct Explain: ShowVerb {
        static let configuration = CommandConfiguration(
            abstract: "Explain your last refusal, or what would happen.",
            discussion: """
                Without an act: your last refusal on this host. With one: nothing is done, but the question is recorded.
                Example: accord policy explain dissemination.release --case ALDER --entry E-1 --agency TCP-NAR
                """
        )
        static let method = Method.Policy.explain
        @Argument(help: "Such as entry.read.", completion: .list(Words.acts)) var act: String?
        @Option(name: .customLong("case"), help: ArgumentHelp("The case.", valueName: "case")) var caseName: String?
        @Option(help: "The entry.") var entry: String?
        @Option(help: "The other agency.") var agency: String?
        @Option(help: "The compartment.", completion: .list(Words.compartments)) var compartment: String?
        @Option(help: "The handling code.", completion: .list(Words.handlings)) var handling: String?
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [:]
            let named = [
                "act": act, "case": caseName, "entry": entry, "agency": agency, "compartment": compartment,
                "handling": handling,
            ]
            for (key, value) in named { parameters[key] = value.map(JSONValue.string) }
            return read.parameters(parameters)
        }

        func show(_ reply: JSONObject, on page: inout Page) {
            let allowed = reply["allowed"]?.bool == true
            // The rules are asked anew: what was refused may have been permitted since.
            let verdict = Shown(allowed ? act == nil ? "allowed by now" : "allowed" : "refused", allowed ? .good : .bad)
            page.line(
                "\(reply.text("act"), .bold)  \(verdict)  under policy \(String(reply.text("policy").prefix(12)))"
            )
            page.table(Self.columns, reply.objects("steps"))
        }

        private static let columns: [Column] = [
            .text("RULE", "rule"),
            Column(title: "") { step in
                step["fired"]?.bool == true ? Cell(text: "refuses", style: .bad) : Cell(text: "passes", style: .dim)
            },
            .text("CODE", "code"), .text("BECAUSE", "because", wraps: true),
        ]
    }
}
