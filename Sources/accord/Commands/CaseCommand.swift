import AccordInterface
import ArgumentParser
import StrictJSON

/// Cases.
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "Open cases, invite agencies, assign members.",
        discussion: "A case is named by its number, its code word, or the beginning of one.",
        subcommands: [
            List.self, Show.self, Draft.self, Propose.self, Approve.self, Decline.self, Abandon.self, Suspend.self,
            Resume.self,
            Refer.self, Prosecute.self, Outcome.self, Transfer.self, AcceptLead.self, DeclineLead.self,
            Close.self, Reopen.self, Review.self, Invite.self, Join.self, Refuse.self, Withdraw.self, Assign.self,
            Unassign.self,
            Link.self, Unlink.self, Seal.self, Unseal.self, Amend.self, ApproveAmendment.self, DeclineAmendment.self,
            Consent.self, Templates.self,
        ]
    )
}

/// The case that a command is about.
struct CaseArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("Number or code word of the case.", valueName: "case"))
    var name: String

    var json: JSONValue { .string(name) }
}

/// Why, in words, for the record.
struct ReasonOption: ParsableArguments {
    @Option(help: ArgumentHelp("Why, for the record: text, @FILE, or - to read it.", valueName: "text"))
    var reason: TextArgument

    func json() throws(Failure) -> JSONValue { try reason.json() }
}

extension CaseCommand {
    struct Draft: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "draft",
            abstract: "Draft a case.",
            discussion: """
                Nobody but the leads of your agency sees a draft.
                Example: accord case draft --title ALDER --offence "18 USC 1591" --primary-purpose \
                trafficking-criminal --agreement MOU-31-01 --predicate @basis.txt
                """
        )
        static let method = Method.Case.draft

        @Option(help: "A code word, never a person's name.") var title: String
        @Option(
            name: [.customLong("offence"), .customLong("offense")],
            help: "A statute; may be given more than once."
        )
        var offences: [String] = []
        @Option(help: "What the case is for.", completion: .list(Words.primaryPurposes)) var primaryPurpose: String?
        @Option(help: "A kind of crime, for what is not given of the two: 'accord case templates'.")
        var template: Template?
        @Option(help: ArgumentHelp("The factual basis, without names of victims: text, @FILE or -.", valueName: "text"))
        var predicate: TextArgument
        @Option(help: ArgumentHelp("The agreement it is worked under.", valueName: "id")) var agreement: String
        @OptionGroup var act: ActOptions

        func validate() throws {
            guard template != nil || (!offences.isEmpty && primaryPurpose != nil) else {
                throw ValidationError("Name the offences and what the case is for, or a template.")
            }
        }

        func parameters() throws -> JSONObject {
            let statutes = offences.isEmpty ? template?.offences ?? [] : offences
            return [
                "title": .string(title), "offences": .array(statutes.map(JSONValue.string)),
                "primaryPurpose": .string(primaryPurpose ?? template?.primaryPurpose ?? ""),
                "predicate": try predicate.json(),
                "agreement": .string(agreement),
            ]
        }
    }

    struct Propose: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "propose",
            abstract: "Propose a draft; a second person approves."
        )
        static let method = Method.Case.propose
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct Approve: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: "Approve what another person proposed: the case opens."
        )
        static let method = Method.Case.approve
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct Decline: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline",
            abstract: "Decline what another person proposed."
        )
        static let method = Method.Case.decline
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Abandon: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "abandon",
            abstract: "Give up a case that was not opened; it stays on record."
        )
        static let method = Method.Case.abandon
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Suspend: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "suspend",
            abstract: "Suspend a case: no entries, no releases."
        )
        static let method = Method.Case.suspend
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Refer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "refer",
            abstract: "Refer a case to the prosecutor, who is counsel in it; 'case resume' takes it back."
        )
        static let method = Method.Case.refer
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Prosecute: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "prosecute",
            abstract: "Counsel: start the prosecution of a referred case."
        )
        static let method = Method.Case.prosecute
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct Outcome: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "outcome",
            abstract: "Counsel: say how a charge ended.",
            discussion: "Example: accord case outcome ALDER \"18 USC 1591\" acquitted"
        )
        static let method = Method.Case.recordOutcome
        @OptionGroup var name: CaseArgument
        @Argument(help: "The charge, as a statute.") var charge: String
        @Argument(help: "How it ended.", completion: .list(Words.dispositions)) var disposition: String
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "charge": .string(charge), "disposition": .string(disposition)]
        }
    }

    struct Resume: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Resume a suspended case, or take a referred one back."
        )
        static let method = Method.Case.resume
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct Close: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Close a case: from then on it can only be read."
        )
        static let method = Method.Case.close
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Say that you reviewed the case; it is due every 90 days."
        )
        static let method = Method.Case.review
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Reopen: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "reopen",
            abstract: "Propose to reopen a closed case; a second person approves."
        )
        static let method = Method.Case.proposeReopening
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }
}
