import AccordInterface
import ArgumentParser
import StrictJSON

extension CaseCommand {
    struct Amend: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "amend",
            abstract: "Propose another predicate; a second person approves, then each agency agrees anew.",
            discussion: """
                Until an agency has agreed, what it contributed is kept back from all others.
                Example: accord case amend ALDER --offence "18 USC 1956" --predicate @basis.txt --reason "money came up"
                """
        )
        static let method = Method.Case.amendPredicate
        @OptionGroup var name: CaseArgument
        @Option(
            name: [.customLong("offence"), .customLong("offense")],
            help: "A statute, of all that the case is about from then on; may be given more than once."
        )
        var offences: [String]
        @Option(help: ArgumentHelp("The factual basis, without names of victims: text, @FILE or -.", valueName: "text"))
        var predicate: TextArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "case": name.json, "offences": .array(offences.map(JSONValue.string)),
                "predicate": try predicate.json(), "reason": try reason.json(),
            ]
        }
    }

    struct ApproveAmendment: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "approve-amendment",
            abstract: "Put the predicate in force that another person proposed."
        )
        static let method = Method.Case.approveAmendment
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct DeclineAmendment: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline-amendment",
            abstract: "Decline the predicate that another person proposed."
        )
        static let method = Method.Case.declineAmendment
        @OptionGroup var name: CaseArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "reason": try reason.json()] }
    }

    struct Consent: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "consent",
            abstract: "Agree for your agency to the predicate as it is now."
        )
        static let method = Method.Case.consentToAmendment
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    /// What cases of one kind of crime begin with.
    struct Template: Hashable, ExpressibleByArgument {
        let name: String
        let primaryPurpose: String
        let offences: [String]
        /// What the predicate has to say.
        let basis: [String]
        /// What is done first, as commands after the case is opened.
        let first: [String]

        static let all = [
            Template(
                name: "sex-trafficking",
                primaryPurpose: "trafficking-criminal",
                offences: ["18 USC 1591"],
                basis: ["by force, fraud or coercion, or of a minor", "where, since when", "on what that rests"],
                first: [
                    "op advise CASE OP-1 … before anybody is met",
                    "decon target submit … for each number, plate and account",
                ]
            ),
            Template(
                name: "labor-trafficking",
                primaryPurpose: "trafficking-criminal",
                offences: ["18 USC 1589", "18 USC 1590"],
                basis: ["how labor is compelled", "which business, since when", "on what that rests"],
                first: [
                    "case invite CASE AGENCY --mode information, of who enforces wage and hour law",
                    "task assign CASE AGENCY \"Wage records.\" --due 14d",
                ]
            ),
            Template(
                name: "smuggling",
                primaryPurpose: "smuggling-criminal",
                offences: ["8 USC 1324"],
                basis: ["by which way and means", "for what gain", "on what that rests"],
                first: [
                    "decon target submit container … and of each vehicle and vessel",
                    "victim referral request CASE --need medical, where people may be in danger",
                ]
            ),
            Template(
                name: "labor-exploitation",
                primaryPurpose: "labor-exploitation",
                offences: ["18 USC 1351"],
                basis: ["what was promised, and what was paid", "which business, since when", "on what that rests"],
                first: ["case invite CASE AGENCY --mode information, of who enforces wage and hour law"]
            ),
            Template(
                name: "organised-crime",
                primaryPurpose: "organised-crime",
                offences: ["18 USC 1962"],
                basis: ["which enterprise", "which pattern of acts", "on what that rests"],
                first: ["decon target submit … for each number, plate and account"]
            ),
        ]

        init(name: String, primaryPurpose: String, offences: [String], basis: [String], first: [String]) {
            self.name = name
            self.primaryPurpose = primaryPurpose
            self.offences = offences
            self.basis = basis
            self.first = first
        }

        init?(argument: String) {
            guard let found = Self.all.first(where: { $0.name == argument }) else { return nil }
            self = found
        }

        static var allValueStrings: [String] { all.map(\.name) }
    }

    /// Which templates there are; needs no daemon.
    struct Templates: Verb {
        static let configuration = CommandConfiguration(
            commandName: "templates",
            abstract: "List what cases of a kind of crime begin with, for 'accord case draft --template'.",
            discussion:
                "A template only saves typing: the lead states the offences and the predicate, and answers for them."
        )
        @OptionGroup var common: CommonOptions

        func perform(on page: inout Page) throws {
            for template in Template.all {
                guard !common.json else {
                    page.json([
                        "name": .string(template.name), "primaryPurpose": .string(template.primaryPurpose),
                        "offences": .array(template.offences.map(JSONValue.string)),
                        "predicate": .array(template.basis.map(JSONValue.string)),
                        "first": .array(template.first.map(JSONValue.string)),
                    ])
                    continue
                }
                page.line("\(template.name, .bold)")
                page.line("  for        \(template.primaryPurpose)")
                page.line("  offences   \(template.offences.joined(separator: ", "))")
                page.line("  predicate  \(template.basis.joined(separator: "; "))")
                for line in template.first { page.line("  then       accord \(line)") }
            }
        }
    }
}
