import AccordInterface
import ArgumentParser
import StrictJSON

/// Agencies.
struct AgencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agency",
        abstract: "Register agencies and their components.",
        subcommands: [List.self, Register.self, Update.self]
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

    struct List: ListVerb {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the agencies.")
        static let method = Method.Registry.listAgencies
        static let member = "agency"
        static let nothing = "No agency is registered."
        static let columns: [Column] = [
            .text("AGENCY", "id"), .text("NAME", "name", wraps: true), .text("LEVEL", "level"),
            .texts("MISSIONS", "missions"), .text("CONTACT", "contact", wraps: true),
            .flag("KEY", "keyRequired", "required"),
        ]
        @OptionGroup var common: CommonOptions
    }
}
