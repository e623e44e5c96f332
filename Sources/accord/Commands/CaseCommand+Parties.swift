import AccordInterface
import ArgumentParser
import StrictJSON

extension CaseCommand {
    struct Invite: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "invite",
            abstract: "Invite an agency.",
            discussion: "Example: accord case invite ALDER MPD-VT --mode participation"
        )
        static let method = Method.Case.invite
        @OptionGroup var name: CaseArgument
        @Argument(help: "The agency.") var agency: String
        @Option(help: "How much it takes part.", completion: .list(Words.modes)) var mode: String
        @Option(help: ArgumentHelp("Default: the agreement of the case.", valueName: "id")) var agreement: String?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["case": name.json, "agency": .string(agency), "mode": .string(mode)]
            parameters["agreement"] = agreement.map(JSONValue.string)
            return parameters
        }
    }

    struct Join: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "join",
            abstract: "Accept an invitation for your agency."
        )
        static let method = Method.Case.join
        @OptionGroup var name: CaseArgument
        @Option(help: ArgumentHelp("What your agency sets as a condition: text, @FILE or -.", valueName: "text"))
        var conditions: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["case": name.json]
            if let conditions {
                parameters["conditions"] = try conditions.json()
            }
            return parameters
        }
    }

    struct Refuse: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "refuse",
            abstract: "Decline an invitation for your agency."
        )
        static let method = Method.Case.declineInvitation
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Withdraw: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Take your agency out of a case; its entries stay its own."
        )
        static let method = Method.Case.withdraw
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Assign: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "assign",
            abstract: "Assign a member of your agency to a case.",
            discussion: "Example: accord case assign ALDER agent.mpd1"
        )
        static let method = Method.Case.assign
        @OptionGroup var name: CaseArgument
        @Argument(help: "The member.") var member: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "member": .string(member)] }
    }

    struct Unassign: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "unassign", abstract: "Take a member off a case.")
        static let method = Method.Case.unassign
        @OptionGroup var name: CaseArgument
        @Argument(help: "The member.") var member: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "member": .string(member), "reason": try reason.json()]
        }
    }

    struct Link: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "link",
            abstract: "Agree to link this case with another, whose lead has to agree, too.",
            discussion: """
                The other lead is told the number of this case and the agency that leads it. Whether there is another case \
                you are told when its lead agrees. Leads and liaisons of both then know number and code word of the other.
                Example: accord case link ALDER TF-2031-000022
                """
        )
        static let method = Method.Case.link
        @OptionGroup var name: CaseArgument
        @Argument(help: "The whole number of the other case.") var other: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "other": .string(other.uppercased())] }
    }

    struct Unlink: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "unlink",
            abstract: "End a link, take back a proposal, or decline another's, who is not told."
        )
        static let method = Method.Case.unlink
        @OptionGroup var name: CaseArgument
        @Argument(help: "The whole number of the other case.") var other: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "other": .string(other.uppercased()), "reason": try reason.json()]
        }
    }

    struct Transfer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "transfer",
            abstract: "Hand the case to another lead, who accepts it himself.",
            discussion: "Example: accord case transfer BIRCH lead.fib --reason \"the network is theirs\""
        )
        static let method = Method.Case.transferLead
        @OptionGroup var name: CaseArgument
        @Argument(help: "The member who is to lead the case.") var member: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "member": .string(member), "reason": try reason.json()]
        }
    }

    struct AcceptLead: WriteVerb {
        static let configuration = CommandConfiguration(commandName: "accept-lead", abstract: "Accept to lead a case.")
        static let method = Method.Case.acceptLead
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct DeclineLead: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline-lead",
            abstract: "Decline to lead a case, or take that proposal back."
        )
        static let method = Method.Case.declineLead
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }
}
