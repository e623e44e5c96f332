import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON

/// Agreements.
struct AgreementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement",
        abstract: "Record the agreements (MOU) under which agencies share.",
        subcommands: [List.self, Record.self, Renew.self, Terminate.self]
    )

    struct Record: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Record an executed agreement.",
            discussion: """
                Example: accord agreement record MOU-31-01 --party FIB-TT --party MPD-VT --allow CRIM_INVEST \
                --cap H2 --until 2032-12-31 --document mou-31-01.pdf
                The document stays with you: only its SHA-256 is recorded.
                """
        )
        static let method = Method.Registry.recordAgreement
        @Argument(help: "Its identifier, such as MOU-31-01.") var id: String
        @Option(name: .customLong("party"), help: "An agency; may be given more than once.") var parties: [String]
        @Option(
            name: .customLong("allow"),
            help: ArgumentHelp("A purpose it allows; may be given more than once.", valueName: "code"),
            completion: .list(Words.purposes)
        )
        var purposes: [String]
        @Option(help: "The strictest handling shared under it.", completion: .list(Words.handlings)) var cap = "H2"
        @Option(help: "The agency whose liaison may open cases as second person beside the lead agency's own.")
        var designee: String?
        @Option(help: "When it begins. Default: now.") var from: Moment?
        @Option(help: "When it ends: 2032-12-31 (that day included), or 90d from now.") var until: Moment
        @Option(
            help: ArgumentHelp("The signed document, or its SHA-256.", valueName: "file or hex"),
            completion: .file()
        )
        var document: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            let now = Clock.microseconds
            var agreement: JSONObject = [
                "id": .string(id), "parties": .array(parties.map(JSONValue.string)),
                "purposes": .array(purposes.map(JSONValue.string)), "handlingCap": .string(cap),
                "startsAt": .integer(from?.beginning(now: now) ?? now), "endsAt": .integer(until.end(now: now)),
            ]
            agreement["designee"] = designee.map(JSONValue.string)
            if let document { agreement["document"] = .string(try Self.digest(of: document)) }
            return ["agreement": .object(agreement)]
        }

        private static func digest(of document: String) throws(Failure) -> String {
            if let digest = Digest(hex: document) { return digest.hex }
            return Digest.sha256(try InputFile.read(document, atMost: 256 << 20)).hex
        }
    }

    struct Renew: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "renew",
            abstract: "Move the end of an agreement.",
            discussion: "Example: accord agreement renew MOU-31-01 --until 2033-12-31"
        )
        static let method = Method.Registry.renewAgreement
        @Argument(help: "The agreement.") var id: String
        @Option(help: "When it ends now: a date (that day included), or 1y from now.") var until: Moment
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["id": .string(id), "endsAt": .integer(until.end(now: Clock.microseconds))]
        }
    }

    struct Terminate: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "terminate", abstract: "End an agreement at once.")
        static let method = Method.Registry.terminateAgreement
        @Argument(help: "The agreement.") var id: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["id": .string(id), "reason": try reason.json()] }
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the agreements.")
        static let method = Method.Registry.listAgreements
        static let member = "agreement"
        static let nothing = "No agreement that you may see is recorded."
        static let columns: [Column] = [
            .text("AGREEMENT", "id"), .state("STATE", "state"), .texts("PARTIES", "parties"),
            .texts("PURPOSES", "purposes"), .text("CAP", "handlingCap"), .text("DESIGNEE", "designee"),
            .day("FROM", "startsAt"), .day("UNTIL", "endsAt"),
        ]
        @OptionGroup var common: CommonOptions
    }
}
