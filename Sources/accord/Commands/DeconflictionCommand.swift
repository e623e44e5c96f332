import AccordInterface
import ArgumentParser
import StrictJSON

/// Planned events and targets, and what they concern.
struct DeconflictionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decon",
        abstract: "Deconflict planned events and targets with other agencies.",
        discussion: """
            Submitting is asking: there is no search and no list. What comes back is a point of contact, and the other side \
            is told at once. It does not replace RISSafe, Case Explorer or SAFETNet.
            """,
        subcommands: [Event.self, Target.self, Acknowledge.self, Resolve.self, Show.self]
    )

    /// What is compared, and how it is called.
    struct CaseOption: ParsableArguments {
        @Option(
            name: .customLong("case"),
            help: ArgumentHelp("The case that it is for; without it, it is the agency's own.", valueName: "case"),
            completion: CompletionKind.default
        )
        var name: String?

        var json: JSONValue? { name.map(JSONValue.string) }
    }

    /// Where and when.
    struct PlaceOptions: ParsableArguments {
        @Option(
            name: .customLong("at"),
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "A place: latitude,longitude in degrees, such as 0.1045,-179.999; up to 16 times.",
                valueName: "place"
            )
        )
        var points: [String] = []
        @Option(help: ArgumentHelp("Metres around each place. Default: 800.", valueName: "metres")) var radius: Int64?
        @Option(help: ArgumentHelp("When it begins: 2031-03-07T12:00Z.", valueName: "time")) var from: Moment?
        @Option(help: ArgumentHelp("When it ends: 2031-03-07T16:00Z.", valueName: "time")) var until: Moment?
        @Option(help: ArgumentHelp("Minutes that are kept free before and after. Default: 60.", valueName: "minutes"))
        var buffer: Int64?
        @Option(help: ArgumentHelp("Metres that are allowed for inaccurate places. Default: 0.", valueName: "metres"))
        var tolerance: Int64?
        @Option(help: ArgumentHelp("The declaration of exigency, if it is too late: U-48291374.", valueName: "id"))
        var exigent: String?

        var json: JSONObject {
            let now = Clock.microseconds
            var json: JSONObject = [:]
            if !points.isEmpty { json["points"] = .array(points.map(JSONValue.string)) }
            json["radius"] = radius.map(JSONValue.integer)
            json["start"] = from.map { .integer($0.beginning(now: now)) }
            json["end"] = until.map { .integer($0.beginning(now: now)) }
            json["buffer"] = buffer.map(JSONValue.integer)
            json["tolerance"] = tolerance.map(JSONValue.integer)
            json["exigent"] = exigent.map(JSONValue.string)
            return json
        }
    }

    struct Acknowledge: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Say that your side knows of a conflict.",
            discussion: "Example: accord decon ack X-48291374"
        )
        static let method = Method.Deconfliction.acknowledge
        @Argument(help: "The conflict: X-48291374.") var conflict: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["conflict": .string(conflict)] }
    }

    struct Resolve: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "resolve",
            abstract: "Say what your side does about a conflict, after the two have spoken.",
            discussion: """
                It is over when both sides have said so. The owner of a SILENT target lets the other know by any outcome but \
                contact-declined.
                Example: accord decon resolve X-48291374 --outcome joint
                """
        )
        static let method = Method.Deconfliction.resolve
        @Argument(help: "The conflict: X-48291374.") var conflict: String
        @Option(
            help: "What your side does.",
            completion: .list(["proceed", "joint", "delayed", "cancelled", "contact-declined"])
        )
        var outcome: String
        @Option(help: ArgumentHelp("A note for your own record: text, @FILE, or - to read it.", valueName: "text"))
        var note: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["conflict": .string(conflict), "outcome": .string(outcome)]
            parameters["note"] = try note.map { try $0.json() }
            return parameters
        }
    }

    struct Show: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a submission of your agency, or a conflict in which it is a side.",
            discussion: "Example: accord decon show X-48291374"
        )
        static let method = Method.Deconfliction.get
        @Argument(help: "V-48291374, I-48291374 or X-48291374.") var id: String
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(["id": .string(id)]) }

        func show(_ reply: JSONObject, on page: inout Page) {
            var details = Details()
            if let conflict = reply["conflict"]?.object {
                details.add("conflict", conflict.text("conflict"), .bold)
                details.add("state", conflict.text("state"))
                details.add("about", conflict.text("submission"))
                Found.add(conflict, to: &details)
                details.add("acknowledged", conflict.time("acknowledgedAt"))
                details.add("by the other", conflict.time("otherAcknowledgedAt"))
                details.add("outcome", conflict.text("outcome"))
                details.add("the other's", conflict.text("otherOutcome"))
            } else if let own = reply["submission"]?.object {
                details.add("submission", own.text("id"), .bold)
                details.add("state", own.text("state"))
                details.add("type", own.text("type"))
                for (label, key) in [("case", "case"), ("operation", "operation"), ("external", "externalRef")] {
                    details.add(label, own.text(key))
                }
                details.add("at", own.texts("points"))
                details.add("radius", own["radius"]?.integer.map { "\($0) m" } ?? "")
                details.add("from", own.time("start"))
                details.add("until", own.time("end"))
                for (label, key) in [
                    ("level", "level"), ("activity", "activity"), ("subject", "subject"), ("role", "subjectRole"),
                ] {
                    details.add(label, own.text(key))
                }
                details.add("valid until", own.time("validUntil"))
                details.add("contact", own.text("contact"))
                details.add("compared", own.time("comparedAt"))
                details.add("conflicts", own.texts("conflicts").joined(separator: ", "))
            }
            page.lines(details.lines(width: page.terminal.width))
        }
    }
}

/// A write verb whose receipt comes with what was found.
protocol ComparingVerb: WriteVerb {}

extension ComparingVerb {
    func perform(on page: inout Page) throws {
        let reply = try act.send(Self.method, try parameters(), on: &page)
        guard !common.json else { return }
        let found = reply.objects("found")
        if found.isEmpty { page.line("No conflict that you are told of.") }
        for finding in found {
            var details = Details()
            details.add("conflict", finding.text("conflict"), .warning)
            Found.add(finding, to: &details)
            page.lines(details.lines(width: page.terminal.width))
        }
    }
}

/// What a submission concerns.
private enum Found {
    static func add(_ finding: JSONObject, to details: inout Details) {
        details.add("kind", finding.text("kind"))
        details.add("severity", finding.text("severity"))
        details.add("agency", finding.text("agency"))
        details.add("call", finding.text("contact"))
        details.add("code word", finding.text("codeWord"))
        details.add("contact by", finding.time("contactBy"))
    }
}

extension DeconflictionCommand {
    struct Event: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "event",
            abstract: "Submit planned events by place and time.",
            subcommands: [Submit.self, Amend.self, Cancel.self, Complete.self, Exigent.self, Concur.self]
        )

        static let types = [
            "search-warrant", "arrest-warrant", "surveillance", "controlled-buy", "undercover-meeting",
            "knock-and-talk", "vehicle-stop", "joint-operation", "other",
        ]

        struct Submit: ComparingVerb {
            static let configuration = CommandConfiguration(
                commandName: "submit",
                abstract: "Submit a planned event, at least two hours before it begins.",
                discussion: """
                    Example: accord decon event submit --case ALDER --type search-warrant --at 0.1,0.1 \
                    --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --operation OP-1
                    """
            )
            static let method = Method.Deconfliction.submitEvent
            @OptionGroup var name: CaseOption
            @Option(help: "What is planned; nobody else is told.", completion: .list(Event.types)) var type: String
            @OptionGroup var place: PlaceOptions
            @Option(help: "The desk that the other side calls. Default: your agency's.") var contact: String?
            @Option(help: "The plan that it is for, such as OP-1.") var operation: String?
            @Option(help: ArgumentHelp("The entry in RISSafe, Case Explorer or SAFETNet.", valueName: "reference"))
            var externalRef: String?
            @Flag(help: "Do not name your agency to the other side: the watch desk stands between, for both.")
            var hideAgency = false
            @OptionGroup var act: ActOptions

            func validate() throws {
                guard !place.points.isEmpty, place.from != nil, place.until != nil else {
                    throw ValidationError("Give --at, --from and --until.")
                }
            }

            func parameters() throws -> JSONObject {
                var parameters = place.json
                parameters["case"] = name.json
                parameters["type"] = .string(type)
                parameters["contact"] = contact.map(JSONValue.string)
                parameters["operation"] = operation.map(JSONValue.string)
                parameters["externalRef"] = externalRef.map(JSONValue.string)
                if hideAgency { parameters["nameAgency"] = false }
                return parameters
            }
        }

        struct Amend: ComparingVerb {
            static let configuration = CommandConfiguration(
                commandName: "amend",
                abstract: "Change where or when, and compare anew.",
                discussion: """
                    Example: accord decon event amend V-48291374 --from 2031-03-07T14:00Z --until 2031-03-07T18:00Z \
                    --reason "put off"
                    """
            )
            static let method = Method.Deconfliction.amendEvent
            @Argument(help: "The submission: V-48291374.") var event: String
            @OptionGroup var place: PlaceOptions
            @OptionGroup var reason: ReasonOption
            @OptionGroup var act: ActOptions

            func parameters() throws -> JSONObject {
                var parameters = place.json
                parameters["event"] = .string(event)
                parameters["reason"] = try reason.json()
                return parameters
            }
        }

        struct Cancel: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "cancel",
                abstract: "Cancel a planned event; what others were told is withdrawn."
            )
            static let method = Method.Deconfliction.cancelEvent
            @Argument(help: "The submission: V-48291374.") var event: String
            @OptionGroup var reason: ReasonOption
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { ["event": .string(event), "reason": try reason.json()] }
        }

        struct Complete: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "complete",
                abstract: "Say that an event is over; its place and time are sealed."
            )
            static let method = Method.Deconfliction.completeEvent
            @Argument(help: "The submission: V-48291374.") var event: String
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { ["event": .string(event)] }
        }

        struct Exigent: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "exigent",
                abstract: "Declare that there is no time to submit an event two hours before.",
                discussion: """
                    It is submitted within four hours all the same, with --exigent.
                    Example: accord decon event exigent --case BIRCH --approver liaison.spo --reason "the vessel is early"
                    """
            )
            static let method = Method.Deconfliction.declareExigent
            @OptionGroup var name: CaseOption
            @Option(help: "The plan that it is for, such as OP-2.") var operation: String?
            @Option(help: "The commander who concurs, such as liaison.spo; he is asked to say so himself.")
            var approver: String
            @OptionGroup var reason: ReasonOption
            @OptionGroup var act: ActOptions

            func parameters() throws -> JSONObject {
                var parameters: JSONObject = ["approver": .string(approver), "reason": try reason.json()]
                parameters["case"] = name.json
                parameters["operation"] = operation.map(JSONValue.string)
                return parameters
            }
        }

        struct Concur: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "concur",
                abstract: "Say that you concur with a declaration that names you, or dispute it.",
                discussion: """
                    Nothing is submitted or authorised any more with one that is disputed.
                    Example: accord decon event concur U-48291374
                    Example: accord decon event concur U-48291374 --dispute "nobody asked me"
                    """
            )
            static let method = Method.Deconfliction.concur
            @Argument(help: "The declaration: U-48291374.") var exigency: String
            @Option(help: ArgumentHelp("Why you do not concur: text, @FILE, or - to read it.", valueName: "text"))
            var dispute: TextArgument?
            @OptionGroup var act: ActOptions

            func parameters() throws -> JSONObject {
                var parameters: JSONObject = [
                    "exigency": .string(exigency), "agrees": .bool(dispute == nil),
                ]
                parameters["note"] = try dispute.map { try $0.json() }
                return parameters
            }
        }
    }

    struct Target: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "target",
            abstract: "Submit targets, one by one, each with its suspicion.",
            subcommands: [Submit.self, Validate.self, Withdraw.self]
        )

        static let kinds = [
            "phone", "plate", "vin", "imo", "container", "email", "iban", "account", "document", "handle",
            "organisation", "person",
        ]
        static let activities = [
            "trafficking", "smuggling", "labor-exploitation", "organised-crime", "narcotics", "firearms",
            "money-laundering", "document-fraud", "violent-crime", "other-felony",
        ]

        struct Submit: ComparingVerb {
            static let configuration = CommandConfiguration(
                commandName: "submit",
                abstract: "Submit an identifier.",
                discussion: """
                    Who submits the same later is told your agency and desk, or what --level says. A victim or a witness is \
                    never a target.
                    Example: accord decon target submit container CSQU3054383 --case BIRCH --activity smuggling \
                    --basis "seen at the dock, E-3" --subject E-3
                    """
            )
            static let method = Method.Deconfliction.submitTarget
            @Argument(help: "What it is.", completion: .list(Target.kinds)) var kind: String
            @Argument(help: ArgumentHelp("The identifier; one.", valueName: "identifier")) var values: [String]
            @OptionGroup var name: CaseOption
            @Option(help: "Issuer, bank, platform, register, or date of birth.") var qualifier: String?
            @Option(
                help: "What another agency is told. Default: AGENCY_ONLY.",
                completion: .list(["OPEN", "AGENCY_ONLY", "SILENT"])
            )
            var level: String?
            @Option(help: "The criminal activity that is suspected.", completion: .list(Target.activities))
            var activity: String?
            @Option(
                help: ArgumentHelp("On what the suspicion rests: text, @FILE, or - to read it.", valueName: "text")
            )
            var basis: TextArgument?
            @Option(help: "To what it refers: E-3 of the case, or a file of your agency.") var subject: String?
            @Option(
                help: "What the target is to the activity. Default: suspect.",
                completion: .list(["suspect", "instrument"])
            )
            var subjectRole: String?
            @Option(help: "The desk that the other side calls. Default: your agency's.") var contact: String?
            @Option(help: "Until when it is valid, within a year: 2031-12-31, or 180d.") var until: Moment?
            @OptionGroup var act: ActOptions

            func parameters() throws -> JSONObject {
                var parameters: JSONObject = [
                    "kind": .string(kind), "values": .array(values.map(JSONValue.string)),
                ]
                parameters["case"] = name.json
                for (key, value) in [
                    ("qualifier", qualifier), ("level", level), ("activity", activity), ("subject", subject),
                    ("subjectRole", subjectRole), ("contact", contact),
                ] {
                    parameters[key] = value.map(JSONValue.string)
                }
                parameters["basis"] = try basis.map { try $0.json() }
                parameters["until"] = until.map { .integer($0.end(now: Clock.microseconds)) }
                return parameters
            }
        }

        struct Validate: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "validate",
                abstract: "Keep a target for another year at most, after looking at the suspicion again."
            )
            static let method = Method.Deconfliction.validateTarget
            @Argument(help: "The submission: I-48291374.") var target: String
            @Option(
                help: ArgumentHelp("On what the suspicion rests now: text, @FILE, or - to read it.", valueName: "text")
            )
            var basis: TextArgument
            @Option(help: "Until when it is valid, within a year: 2031-12-31, or 180d.") var until: Moment?
            @OptionGroup var act: ActOptions

            func parameters() throws -> JSONObject {
                var parameters: JSONObject = [
                    "target": .string(target), "basis": try basis.json(),
                ]
                parameters["until"] = until.map { .integer($0.end(now: Clock.microseconds)) }
                return parameters
            }
        }

        struct Withdraw: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "withdraw",
                abstract: "Withdraw a target: it matches nothing any more."
            )
            static let method = Method.Deconfliction.withdrawTarget
            @Argument(help: "The submission: I-48291374.") var target: String
            @OptionGroup var reason: ReasonOption
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { ["target": .string(target), "reason": try reason.json()] }
        }
    }
}
