import AccordInterface
import ArgumentParser
import StrictJSON

/// Releases to agencies outside a case.
struct DisseminationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dissemination",
        abstract: "Release entries to other agencies, with their originator's permission.",
        subcommands: [Release.self, Request.self, Grant.self, Refuse.self, List.self]
    )

    struct Release: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Give an entry to an agency outside the case.",
            discussion: """
                Example: accord dissemination release ALDER E-1 TCP-NAR --reason "same vehicle" \
                --purpose OFFICER_SAFETY
                """
        )
        static let method = Method.Dissemination.release
        @OptionGroup var target: ReleaseTarget
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { try target.json() }
    }

    struct Request: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "request",
            abstract: "Ask the originator for permission to release an entry to an agency.",
            discussion: "Example: accord dissemination request ALDER E-1 TCP-NAR --reason \"same vehicle\""
        )
        static let method = Method.Dissemination.requestPermission
        @OptionGroup var target: ReleaseTarget
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { try target.json() }
    }

    struct Grant: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "grant",
            abstract: "Permit a release of your agency's entry.",
            discussion: "Example: accord dissemination grant ALDER R-1"
        )
        static let method = Method.Dissemination.grantPermission
        @OptionGroup var name: CaseArgument
        @Argument(help: "The request: R-1, r1 or 1.") var permission: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json, "permission": .string(permission)] }
    }

    struct Refuse: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "refuse",
            abstract: "Refuse a release of your agency's entry."
        )
        static let method = Method.Dissemination.refusePermission
        @OptionGroup var name: CaseArgument
        @Argument(help: "The request: R-1, r1 or 1.") var permission: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["case": name.json, "permission": .string(permission), "reason": try reason.json()]
        }
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show the dissemination register of a case."
        )
        static let method = Method.Dissemination.list
        static let member = "dissemination"
        static let nothing = "No release that you may see."
        static let columns: [Column] = [
            .text("ID", "id"), .text("ENTRY", "entry"), .text("FROM", "fromAgency"),
            Column(title: "TO") { Cell(text: $0["toAgency"]?.string ?? "(withheld)") },
            .text("BY", "by"), .text("HANDLING", "handling"), .text("PURPOSE", "purpose"),
            .text("UNDER", "permission"), .text("MEANS", "means"), .time("RECORDED", "recordedAt"),
            .time("ENDS", "endsAt"), .text("FOUND", "finding"), .text("REASON", "reason", wraps: true),
        ]

        static func remarks(_ line: JSONObject) -> [Shown] {
            line.text("overrides").isEmpty ? [] : ["  overrides the originator's policy: \(line.text("overrides"))"]
        }

        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(["case": name.json]) }
    }
}

/// Which entry goes to whom, and why.
struct ReleaseTarget: ParsableArguments {
    @OptionGroup var entry: EntryArgument
    @Argument(help: "The agency that is to have it.") var agency: String
    @OptionGroup var reason: ReasonOption

    func json() throws(Failure) -> JSONObject {
        entry.json(["agency": .string(agency), "reason": try reason.json()])
    }
}
