import AccordInterface
import ArgumentParser
import Policy
import StrictJSON

/// The rules.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show the rules, and which of them decided; agencies' own policies.",
        subcommands: [
            Rules.self, Show.self, Explain.self, Test.self, Diff.self, Propose.self, Activate.self, Retire.self,
            Signatures.self, RequireSignature.self,
        ]
    )

    struct Rules: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "rules",
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
            commandName: "explain",
            abstract: "Explain your last refusal, or what would happen.",
            discussion: """
                Without an act: your last refusal on this host. With one: nothing is done, but the question is recorded.
                Example: accord policy explain dissemination.release --case ALDER --entry E-1 --agency TCP-NAR
                With an object: what an agency's own policy says. Example: accord policy explain --object participation \
                --purpose CIV_IMM --counterpart FRO-MB --instrument detainer
                """
        )
        static let method = Method.Policy.explain
        @Argument(help: "Such as entry.read.", completion: .list(Words.acts)) var act: String?
        @Option(name: .customLong("case"), help: ArgumentHelp("The case.", valueName: "case")) var caseName: String?
        @Option(help: "What the act is about: an entry, an item such as OP-1, a member, an agreement.")
        var entry: String?
        @Option(help: "The other agency.") var agency: String?
        @Option(help: "The compartment.", completion: .list(Words.compartments)) var compartment: String?
        @Option(help: "The handling code.", completion: .list(Words.handlings)) var handling: String?
        @Option(help: "Ask a policy about this.", completion: .list(JurisdictionObject.allCases.map(\.rawValue)))
        var object: String?
        @Option(help: "Whose policy. Default: your agency's.") var of: String?
        @Option(help: "The other agency that the policy is asked about.") var counterpart: String?
        @Option(
            help: "On what the other agency relies. Default: none.",
            completion: .list(Instrument.allCases.map(\.rawValue))
        )
        var instrument: String?
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func validate() throws {
            guard object == nil else {
                guard act == nil else { throw ValidationError("Ask about an act or about an object.") }
                guard read.purpose != nil else { throw ValidationError("With --object, give a --purpose.") }
                return
            }
            guard of == nil, counterpart == nil, instrument == nil else {
                throw ValidationError("--of, --counterpart and --instrument go with --object.")
            }
        }

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [:]
            if let object {
                var question: JSONObject = ["object": .string(object)]
                let named = [
                    "agency": of, "purpose": read.purpose, "counterpart": counterpart, "instrument": instrument,
                ]
                for (key, value) in named { question[key] = value.map(JSONValue.string) }
                return ["question": .object(question)]
            }
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
            let needs = reply.texts("requires")
            if !needs.isEmpty { page.line("It takes: \(needs.joined(separator: ", ")).") }
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

    struct Signatures: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "signatures",
            abstract: "List which acts need their author's own signature."
        )
        static let method = Method.Policy.listSignatureRules
        static let member = "rule"
        static let nothing = "No act needs a signature: whoever wants to signs with --sign."
        static let columns: [Column] = [
            Column(title: "AGENCY") { Cell(text: $0["agency"]?.string ?? "all") },
            Column(title: "ROLE") { Cell(text: $0["role"]?.string ?? "any") },
            Column(title: "ACT") { Cell(text: $0["act"]?.string ?? "every act") },
        ]
        @OptionGroup var common: CommonOptions
    }

    struct RequireSignature: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "require-signature",
            abstract: "Have acts signed by their authors: a liaison for the own agency, an administrator for all.",
            discussion: """
                The command is itself signed. Example, for all acts with legal effect, of all agencies:
                accord policy require-signature --act legal --reason "order of the board" --key ~/.ssh/id_ed25519.pub
                """
        )
        static let method = Method.Policy.requireSignature
        @Option(help: "Members of this agency: your own.") var agency: String?
        @Option(help: "Who acts in this role.", completion: .list(Words.roles)) var role: String?
        @Option(name: .customLong("act"), help: "Such as case.approve, or legal.", completion: .list(Words.signedActs))
        var actName: String?
        @Flag(help: "No longer ask for it.") var lift = false
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var rule: JSONObject = [:]
            rule["agency"] = agency.map(JSONValue.string)
            rule["role"] = role.map(JSONValue.string)
            rule["act"] = actName.map(JSONValue.string)
            return ["rule": .object(rule), "required": .bool(!lift), "reason": try reason.json()]
        }
    }
}
