import AccordInterface
import ArgumentParser
import StrictJSON

/// Members, their keys and roles.
struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Enrol members, give and end roles, keep their keys.",
        subcommands: [
            List.self, Enrol.self, Grant.self, Revoke.self, Disable.self, Review.self, AddKey.self, RevokeKey.self,
            Unlock.self,
        ]
    )

    struct Enrol: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "enrol",
            abstract: "Enrol a member of an agency, without any role yet.",
            discussion: """
                Example: accord member enrol agent.mpd1 --agency MPD-VT --uid 2001 --public-key id_ed25519.pub
                A member is known by a role handle, never by a person's name.
                """,
            aliases: ["enroll"]
        )
        static let method = Method.Registry.enrolMember
        @Argument(help: "A role handle, such as agent.mpd1.") var id: String
        @Option(help: "The agency.") var agency: String
        @Option(name: .customLong("uid"), help: "A numeric user id on this host; may be given more than once.")
        var uids: [UInt32] = []
        @Option(
            name: .customLong("public-key"),
            help: ArgumentHelp("An SSH public key; may be given more than once.", valueName: "file or line"),
            completion: .file(extensions: ["pub"])
        )
        var keys: [String] = []
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            [
                "id": .string(id), "agency": .string(agency), "uids": .array(uids.map { .integer(Int64($0)) }),
                "keys": .array(try keys.map { .string(try PublicKeyInput.line($0)) }),
            ]
        }
    }

    struct Grant: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "grant",
            abstract: "Give a member a role, within a scope and until a day.",
            discussion: """
                Example: accord member grant agent.mpd1 contributor --scope agency --until 180d
                An administrator names the first liaison or oversight of an agency; who holds the role names further ones.
                """
        )
        static let method = Method.Registry.grantRole
        @Argument(help: "The member.") var member: String
        @Argument(help: "The role.", completion: .list(Words.roles)) var role: String
        @Option(help: "system, agency, or the number of a case.", completion: .list(["agency", "system"]))
        var scope = "agency"
        @Option(help: "When it ends: 2031-12-31 (that day included), or 180d from now. Without an end it is refused.")
        var until: Moment?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["member": .string(member), "role": .string(role), "scope": .string(scope)]
            parameters["expiresAt"] = until.map { .integer($0.end(now: Clock.microseconds)) }
            return parameters
        }
    }

    struct Revoke: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "End a role before its time.",
            discussion: "Example: accord member revoke agent.mpd1 G-4 --reason \"left the unit\""
        )
        static let method = Method.Registry.revokeRole
        @Argument(help: "The member.") var member: String
        @Argument(help: "The grant, such as G-4.") var grant: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["member": .string(member), "grant": .string(grant), "reason": try reason.json()]
        }
    }

    struct Disable: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Disable a member; live sessions end at once."
        )
        static let method = Method.Registry.disableMember
        @Argument(help: "The member.") var member: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["member": .string(member), "reason": try reason.json()] }
    }

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Say that a member still needs access; it is due once a year."
        )
        static let method = Method.Registry.reviewMember
        @Argument(help: "The member.") var member: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["member": .string(member), "reason": try reason.json()] }
    }

    struct Unlock: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "unlock",
            abstract: "Take proofs again from an account that had five bad ones.",
            discussion: "Example: accord member unlock 2001 --reason \"tried the wrong card; seen in person\""
        )
        static let method = Method.Registry.unlockAccount
        @Argument(help: "The numeric user id, as oversight's or your inbox names it.") var uid: UInt32
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["uid": .integer(Int64(uid)), "reason": try reason.json()] }
    }

    struct AddKey: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "add-key",
            abstract: "Enrol a further SSH key of a member.",
            discussion: """
                Example: accord member add-key agent.mpd1 id_ed25519.pub
                By the member, or a liaison of the agency; by an administrator until the member's first role.
                """
        )
        static let method = Method.Registry.addKey
        @Argument(help: "The member.") var member: String
        @Argument(
            help: ArgumentHelp("The public key: a file or the line itself.", valueName: "public-key"),
            completion: .file(extensions: ["pub"])
        )
        var publicKey: String
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["member": .string(member), "key": .string(try PublicKeyInput.line(publicKey))]
        }
    }

    struct RevokeKey: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "revoke-key",
            abstract: "Revoke an SSH key; sessions proved with it end.",
            discussion: "Example: accord member revoke-key agent.mpd1 SHA256:… --reason \"card lost\""
        )
        static let method = Method.Registry.revokeKey
        @Argument(help: "The member.") var member: String
        @Argument(help: "The fingerprint, as 'accord member list' shows it.") var fingerprint: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["member": .string(member), "fingerprint": .string(fingerprint), "reason": try reason.json()]
        }
    }

    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the members of your agency and their roles."
        )
        static let method = Method.Registry.listMembers
        static let member = "member"
        static let nothing = "No member that you may see."
        static let columns: [Column] = [
            .text("MEMBER", "id"), .text("AGENCY", "agency"), .state("STATE", "state"), .texts("UID", "uids"),
            Column(title: "GRANTS", wraps: true) { member in
                Cell(text: member.objects("grants").map(\.grantText).joined(separator: ", "))
            },
            .texts("KEYS", "keys"),
        ]
        @OptionGroup var common: CommonOptions
    }
}

extension JSONObject {
    /// A grant in words, such as `G-4 contributor (agency) until 2031-12-31`.
    var grantText: String {
        "\(text("id")) \(text("role")) (\(text("scope"))) until \(time("expiresAt").prefix(10))"
    }
}
