import AccordInterface
import ArgumentParser
import StrictJSON

/// Custody inquiries.
struct CustodyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custody",
        abstract: "Ask whether an agency takes custody, and record what one asks of you.",
        discussion: """
            An inquiry or a request that is not answered within 48 hours, without those of Saturdays, Sundays and \
            holidays, lapses. Nothing is extended or sent by itself. There is no name, status or nationality here: a \
            person is a booking pseudonym such as B-1.
            """,
        subcommands: [
            Inquire.self, Receive.self, Answer.self, NotifyPerson.self, NotifyCounsel.self, NotifyConsulate.self,
            Transfer.self, Release.self, Withdraw.self, List.self, Show.self,
        ]
    )

    static let instruments = [
        "judicial-warrant", "judicial-probable-cause", "administrative-warrant", "detainer", "none",
    ]
    static let answers = ["will-take", "will-not", "needs-instrument", "complying", "not-complying"]
    static let intents = ["complying", "not-complying"]
    static let reasons = ["judicial-warrant-known", "earlier-request", "joint-case", "release-due"]
    static let offences = [
        "trafficking", "smuggling", "violence", "sexual", "weapons", "drugs", "property", "fraud", "traffic",
        "public-order", "other",
    ]

    struct Inquire: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "inquire",
            abstract: "Ask an agency whether it takes custody of somebody whom you hold.",
            discussion: """
                The agency need not be in the case: it is shown this inquiry and nothing else.
                Example: accord custody inquire BIRCH FRO-MB B-2 --reason judicial-warrant-known --offence smuggling
                """
        )
        static let method = Method.Custody.inquire
        @OptionGroup var name: CaseArgument
        @Argument(help: "The agency that is asked.") var agency: String
        @Argument(help: "The booking, such as B-1.") var booking: String
        @Option(help: "Why you ask.", completion: .list(CustodyCommand.reasons)) var reason: String
        @Option(help: "For what the person is held.", completion: .list(CustodyCommand.offences)) var offence: String
        @Flag(help: "The person is not in custody.") var notInCustody = false
        @Option(help: "When the person would be released otherwise, from when the 48 hours count. Default: now.")
        var from: Moment?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "case": name.json, "to": .string(agency), "booking": .string(booking), "reason": .string(reason),
                "inCustody": .bool(!notInCustody), "offence": .string(offence),
            ]
            parameters["countsFrom"] = from.map { .integer($0.beginning(now: Clock.microseconds)) }
            return parameters
        }
    }

    struct Receive: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "receive",
            abstract: "Record a request about somebody whom you hold.",
            discussion: """
                The agency that asks is shown nothing of it. Person and counsel are to be told within 24 hours.
                Example: accord custody receive BIRCH FRO-MB B-1 hold --instrument detainer
                """
        )
        static let method = Method.Custody.receive
        @OptionGroup var name: CaseArgument
        @Argument(help: "The agency that asks.") var agency: String
        @Argument(help: "The booking, such as B-1.") var booking: String
        @Argument(help: "hold, transfer or release-date.", completion: .list(["hold", "transfer", "release-date"]))
        var asks: String
        @Option(help: "On what it relies.", completion: .list(CustodyCommand.instruments)) var instrument: String
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "case": name.json, "from": .string(agency), "booking": .string(booking), "asks": .string(asks),
                "instrument": .string(instrument),
            ]
        }
    }

    struct Answer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "answer",
            abstract: "Answer an inquiry or a request.",
            discussion: """
                To an inquiry: will-take, will-not or needs-instrument. To a request: complying or not-complying.
                Example: accord custody answer BIRCH K-48291374 will-take --instrument judicial-warrant
                """
        )
        static let method = Method.Custody.answer
        @OptionGroup var item: WorkArgument
        @Argument(help: "The answer.", completion: .list(CustodyCommand.answers)) var answer: String
        @Option(help: "On what it relies. Default: that of the request.", completion: .list(CustodyCommand.instruments))
        var instrument: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json(["answer": .string(answer)])
            parameters["instrument"] = instrument.map(JSONValue.string)
            return parameters
        }
    }

    struct NotifyPerson: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "notify-person",
            abstract: "Record that the person was told, with a copy of the request.",
            discussion:
                "Example: accord custody notify-person BIRCH K-48291374 not-complying --language es --form 2031-01"
        )
        static let method = Method.Custody.notifyPerson
        @OptionGroup var item: WorkArgument
        @Argument(help: "What the person was told that you will do.", completion: .list(CustodyCommand.intents))
        var intent: String
        @Option(help: "Language of the form, such as en or es.") var language: String
        @Option(help: "Version of the form, such as 2031-01.") var form: String
        @Flag(help: "No copy was given.") var noCopy = false
        @Flag(help: "The person agreed in writing.") var consent = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters = item.json([
                "personIntent": .string(intent), "copyGiven": .bool(!noCopy), "language": .string(language),
                "formVersion": .string(form),
            ])
            if consent { parameters["consentGiven"] = true }
            return parameters
        }
    }

    struct NotifyCounsel: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "notify-counsel",
            abstract: "Record that the person's attorney or designee was told.",
            discussion: "Example: accord custody notify-counsel BIRCH K-48291374 not-complying"
        )
        static let method = Method.Custody.notifyCounsel
        @OptionGroup var item: WorkArgument
        @Argument(help: "What they were told that you will do.", completion: .list(CustodyCommand.intents))
        var intent: String
        @Flag(help: "Somebody whom the person designated, and no attorney.") var designee = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            item.json(["counselIntent": .string(intent), "recipient": .string(designee ? "designee" : "attorney")])
        }
    }

    struct NotifyConsulate: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "notify-consulate",
            abstract: "Record consular notification; which consulate is not recorded.",
            discussion: "Example: accord custody notify-consulate BIRCH K-48291374 --offered --requested"
        )
        static let method = Method.Custody.notifyConsulate
        @OptionGroup var item: WorkArgument
        @Flag(help: "It was offered to the person.") var offered = false
        @Flag(help: "The person asked for it.") var requested = false
        @Flag(help: "It is owed whatever the person wishes.") var mandatory = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            item.json(["offered": .bool(offered), "requested": .bool(requested), "mandatory": .bool(mandatory)])
        }
    }

    struct Transfer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "transfer",
            abstract: "Record that custody changed hands.",
            discussion: "Example: accord custody transfer BIRCH K-48291374 judicial-warrant"
        )
        static let method = Method.Custody.transfer
        @OptionGroup var item: WorkArgument
        @Argument(help: "On what.", completion: .list(CustodyCommand.instruments)) var authority: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["authority": .string(authority)]) }
    }

    struct Release: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Record that the person was released."
        )
        static let method = Method.Custody.release
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct Withdraw: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Take an inquiry back, or record that a request was taken back."
        )
        static let method = Method.Custody.withdraw
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the custody inquiries of a case."
        )
        static let workflow = "custody"
        static let nothing = "There are no custody inquiries that you may see."
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a custody inquiry and its steps."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}
