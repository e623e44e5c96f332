import AccordInterface
import ArgumentParser
import StrictJSON

/// Agencies.
struct AgencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agency",
        abstract: "Register agencies and their components.",
        subcommands: [
            List.self, Register.self, Update.self, ProposeSuccessor.self, AcceptSuccession.self, DeclineSuccession.self,
        ]
    )

    struct Register: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "register",
            abstract: "Register an agency.",
            discussion: """
                Example: accord agency register MPD-VT --name "Metro Police, Vice and Trafficking" --level municipal \
                --mission criminal --contact "watch desk, extension 4400"
                """
        )
        static let method = Method.Registry.registerAgency
        @Argument(help: "Its identifier, such as MPD-VT.") var id: String
        @Option(help: "Its name.") var name: String
        @Option(help: "Of what level it is.", completion: .list(Words.levels)) var level: String
        @Option(
            name: .customLong("mission"),
            help: "What it is for; may be given more than once.",
            completion: .list(Words.missions)
        )
        var missions: [String]
        @Option(help: "Where its control official or watch desk is reached: a desk, never a private number.")
        var contact: String
        @Flag(help: "Its members must prove an SSH key.") var keyRequired = false
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "agency": [
                    "id": .string(id), "name": .string(name), "level": .string(level),
                    "missions": .array(missions.map(JSONValue.string)), "contact": .string(contact),
                    "keyRequired": .bool(keyRequired),
                ]
            ]
        }
    }

    struct Update: Verb {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Change what is recorded of an agency; what is not given stays.",
            discussion: "Example: accord agency update MPD-VT --key-required"
        )
        @Argument(help: "Its identifier.") var id: String
        @Option(help: "Its name.") var name: String?
        @Option(help: "Of what level it is.", completion: .list(Words.levels)) var level: String?
        @Option(
            name: .customLong("mission"),
            help: "What it is for; may be given more than once, and replaces all.",
            completion: .list(Words.missions)
        )
        var missions: [String] = []
        @Option(help: "Where its control official or watch desk is reached.") var contact: String?
        @Flag(inversion: .prefixedNo, help: "Its members must prove an SSH key.") var keyRequired: Bool?
        @OptionGroup var act: ActOptions
        var common: CommonOptions { act.common }

        func perform(on page: inout Page) throws {
            var agency = try present()
            if let name { agency["name"] = .string(name) }
            if let level { agency["level"] = .string(level) }
            if !missions.isEmpty { agency["missions"] = .array(missions.map(JSONValue.string)) }
            if let contact { agency["contact"] = .string(contact) }
            if let keyRequired { agency["keyRequired"] = .bool(keyRequired) }
            try act.perform(.Registry.updateAgency, ["agency": .object(agency)], on: &page)
        }

        private func present() throws -> JSONObject {
            var connection = try Connection.open(common)
            var found: JSONObject?
            try connection.stream(.Registry.listAgencies) { reply in
                guard let agency = reply["agency"]?.object, agency.text("id") == id else { return true }
                found = agency
                return true
            }
            guard let found else {
                throw Failure.input("No agency \(id) is registered.", ask: "See them with: accord agency list")
            }
            return found
        }
    }

    struct ProposeSuccessor: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "propose-successor",
            abstract: "Liaison: propose the agency that is to follow yours, in all its cases and agreements.",
            discussion: """
                What it contributed is the successor's to permit from then on; its members' access ends, its policy does not pass \
                over, and nothing that is kept of victims does. Example: accord agency propose-successor MPD-OC \
                --reason "ordinance 31-7"
                """
        )
        static let method = Method.Registry.proposeSuccessor
        @Argument(help: "The agency that is to follow, with the same missions.") var successor: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["successor": .string(successor), "reason": try reason.json()] }
    }

    struct AcceptSuccession: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "accept-succession",
            abstract: "Liaison of the successor: take an agency's place in its cases and agreements."
        )
        static let method = Method.Registry.acceptSuccession
        @Argument(help: "The agency that ends.") var agency: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["agency": .string(agency)] }
    }

    struct DeclineSuccession: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "decline-succession",
            abstract: "Decline to follow an agency, or take back what your agency proposed."
        )
        static let method = Method.Registry.declineSuccession
        @Argument(help: "The agency of which it was proposed.") var agency: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["agency": .string(agency), "reason": try reason.json()] }
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the agencies.")
        static let method = Method.Registry.listAgencies
        static let member = "agency"
        static let nothing = "No agency is registered."
        static let columns: [Column] = [
            .text("AGENCY", "id"), .text("NAME", "name", wraps: true), .text("LEVEL", "level"),
            .texts("MISSIONS", "missions"), .text("CONTACT", "contact", wraps: true),
            .flag("KEY", "keyRequired", "required"), .text("FOLLOWED BY", "successor"),
        ]
        @OptionGroup var common: CommonOptions
    }
}
