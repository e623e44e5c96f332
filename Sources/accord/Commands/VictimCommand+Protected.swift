import AccordInterface
import ArgumentParser
import StrictJSON

/// What 8 USC 1367 protects: nobody but who deals with it learns that there is anything.
extension VictimCommand {
    /// A reference, and the agencies that may be told.
    struct MatterArguments: ParsableArguments {
        @OptionGroup var name: CaseArgument
        @Argument(help: "The reference, such as V-7F3A.") var victim: String
        @Option(name: .customLong("recipient"), help: "An agency that may be told; may be repeated.")
        var recipients: [String] = []

        var json: JSONObject {
            var parameters: JSONObject = ["case": name.json, "victim": .string(victim)]
            if !recipients.isEmpty { parameters["recipients"] = .array(recipients.map(JSONValue.string)) }
            return parameters
        }
    }

    struct Flag: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "flag",
            abstract: "Flag that 8 USC 1367 protects somebody.",
            discussion: """
                Who flags it reads nothing of it. Example: accord victim flag ALDER V-7F3A --recipient MPD-VT
                """
        )
        static let method = Method.ProtectedVictim.flag
        @OptionGroup var matter: MatterArguments
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { matter.json }
    }

    static let exceptions = [
        "law-enforcement-purpose", "judicial-review", "waiver", "benefit-eligibility", "national-security",
        "prior-certification",
    ]

    struct Recipient: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "recipient",
            abstract: "List an agency as one that may be told, and under which exception of 8 USC 1367(b).",
            discussion: "Example: accord victim recipient ALDER W-48291374 MPD-VT law-enforcement-purpose"
        )
        static let method = Method.ProtectedVictim.addRecipient
        @OptionGroup var item: WorkArgument
        @Argument(help: "The agency.") var agency: String
        @Argument(help: "The exception.", completion: .list(VictimCommand.exceptions)) var exception: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["recipient": .string(agency), "exception": .string(exception)])
        }
    }

    struct Presence: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "presence",
            abstract: "Continued Presence: ask for it, and say what came of it.",
            subcommands: [Request.self, Grant.self, Decline.self]
        )

        struct Request: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "request",
                abstract: "Say that Continued Presence is asked for."
            )
            static let method = Method.ProtectedVictim.requestPresence
            @OptionGroup var matter: MatterArguments
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { matter.json }
        }

        struct Grant: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "grant",
                abstract: "Say that it was granted or renewed, and until when.",
                discussion: "Example: accord victim presence grant ALDER W-48291374 --until 2033-03-10"
            )
            static let method = Method.ProtectedVictim.grantPresence
            @OptionGroup var item: WorkArgument
            @Option(help: "Its end: 2033-03-10, or 730d from now.") var until: Moment
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                item.json(["until": .integer(until.end(now: Clock.microseconds))])
            }
        }

        struct Decline: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "decline",
                abstract: "Say that it was declined."
            )
            static let method = Method.ProtectedVictim.declinePresence
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }
    }

    struct Certification: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "certification",
            abstract: "Ask an agency to certify, and answer.",
            subcommands: [Request.self, Decide.self]
        )

        static let reasons = ["not-a-victim-of-listed-crime", "not-helpful", "no-jurisdiction", "incomplete"]

        struct Request: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "request",
                abstract: "Ask a listed recipient to certify.",
                discussion: """
                    It answers within 30 days, or within those that its own policy sets (certificationDays).
                    Example: accord victim certification request ALDER W-48291374 MPD-VT
                    """
            )
            static let method = Method.ProtectedVictim.requestCertification
            @OptionGroup var item: WorkArgument
            @Argument(help: "The agency.") var agency: String
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { item.json(["to": .string(agency)]) }
        }

        struct Decide: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "decide",
                abstract: "Sign, or decline for one of the reasons there are.",
                discussion: "Example: accord victim certification decide ALDER W-48291374 declined --reason incomplete"
            )
            static let method = Method.ProtectedVictim.decideCertification
            @OptionGroup var item: WorkArgument
            @Argument(help: "signed or declined.", completion: .list(["signed", "declined"])) var decision: String
            @Option(help: "Why it is declined.", completion: .list(Certification.reasons)) var reason: String?
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                var parameters = item.json(["decision": .string(decision)])
                parameters["reason"] = reason.map(JSONValue.string)
                return parameters
            }
        }
    }

    struct Incident: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "incident",
            abstract:
                "Report that something protected by 8 USC 1367 was disclosed; oversight takes it up within the hour.",
            subcommands: [Report.self, Acknowledge.self]
        )

        struct Report: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "report",
                abstract: "Report it to oversight. Nobody else is told.",
                discussion: "Example: accord victim incident report ALDER \"A list was mailed to a wrong desk.\""
            )
            static let method = Method.ProtectedVictim.reportIncident
            @OptionGroup var name: CaseArgument
            @Argument(help: "What happened, without who it is about; @FILE reads it, - the standard input.")
            var text: TextArgument
            @Option(help: "When it was discovered. Default: now.") var discovered: Moment?
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                var parameters: JSONObject = ["case": name.json, "text": try text.json()]
                parameters["discoveredAt"] = discovered.map { .integer($0.beginning(now: Clock.microseconds)) }
                return parameters
            }
        }

        struct Acknowledge: ItemVerb {
            static let configuration = CommandConfiguration(commandName: "ack", abstract: "Take it up, as oversight.")
            static let method = Method.ProtectedVictim.acknowledgeIncident
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }
    }

    struct Protected: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "protected",
            abstract: "Read what 8 USC 1367 protects, if you deal with it, and remove it by law.",
            subcommands: [List.self, Show.self, Order.self, Review.self, Purge.self]
        )

        struct List: WorkList {
            static let configuration = CommandConfiguration(commandName: "list", abstract: "List what is open to you.")
            static let workflow = "v1367"
            static let nothing = "There is nothing that is open to you."
            @OptionGroup var name: CaseArgument
            @OptionGroup var read: ReadOptions
        }

        struct Show: WorkShow {
            static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what is open to you.")
            @OptionGroup var item: WorkArgument
            @OptionGroup var read: ReadOptions
        }
    }
}
