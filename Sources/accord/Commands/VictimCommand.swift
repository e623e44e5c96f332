import AccordInterface
import ArgumentParser
import StrictJSON

/// Victims, by references that say nothing of who they are.
struct VictimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "victim",
        abstract: "Care for victims by random references; who they are is recorded nowhere.",
        discussion: """
            There is no name here and no room for one: who a reference is stays with the provider. Services never depend on \
            whether somebody helps the case.
            """,
        subcommands: [
            Mint.self, Needs.self, Minor.self, MinorNotice.self, RightsNotice.self, Consent.self, Referral.self,
            Alert.self,
            Flag.self, Recipient.self, Presence.self, Certification.self, Incident.self, Protected.self, List.self,
            Show.self,
        ]
    )

    static let needs = [
        "shelter", "medical", "mental-health", "interpreter", "legal-representation", "safety-plan", "food/clothing",
        "childcare", "transport", "employment-rights", "repatriation-counselling", "other",
    ]

    struct NeedOptions: ParsableArguments {
        @Option(
            name: .customLong("need"),
            help: "What is needed; may be repeated.",
            completion: .list(VictimCommand.needs)
        )
        var needs: [String]
        var json: JSONValue { .array(needs.map(JSONValue.string)) }
    }

    /// The form that somebody was given, and in which language.
    struct FormOptions: ParsableArguments {
        @Option(help: "The form's version, such as 2031-01.") var form: String
        @Option(help: "Its language, such as es.") var language: String
    }

    struct Mint: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "mint",
            abstract: "Make a random reference, such as V-7F3A.",
            discussion: "Write down elsewhere, at the provider, for whom it stands."
        )
        static let method = Method.Victim.mint
        @OptionGroup var name: CaseArgument
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { ["case": name.json] }
    }

    struct Needs: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "needs",
            abstract: "Say what somebody needs.",
            discussion: "Example: accord victim needs ALDER V-7F3A --need shelter --need interpreter"
        )
        static let method = Method.Victim.recordNeeds
        @OptionGroup var item: WorkArgument
        @OptionGroup var needs: NeedOptions
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["needs": needs.json]) }
    }

    struct Minor: ItemVerb {
        static let configuration = CommandConfiguration(
            commandName: "minor",
            abstract: "Flag a minor: within 24 hours a notice is to be filed."
        )
        static let method = Method.Victim.flagMinor
        @OptionGroup var item: WorkArgument
        @OptionGroup var act: ActOptions
    }

    struct MinorNotice: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "minor-notice",
            abstract: "Say that the notice about a minor was filed.",
            discussion: "Example: accord victim minor-notice ALDER V-91C2 2031-04417"
        )
        static let method = Method.Victim.fileMinorNotice
        @OptionGroup var item: WorkArgument
        @Argument(help: "The notice's reference.") var reference: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["minorNotice": .string(reference)]) }
    }

    struct RightsNotice: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "rights-notice",
            abstract: "Say by which form somebody was told of a victim's rights.",
            discussion: "Example: accord victim rights-notice ALDER V-7F3A --form 2031-01 --language es"
        )
        static let method = Method.Victim.giveRightsNotice
        @OptionGroup var item: WorkArgument
        @OptionGroup var form: FormOptions
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["rightsNotice": .string(form.form), "language": .string(form.language)])
        }
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the references of a case, or tell how many there are."
        )
        static let workflow = "victim"
        static let nothing = "There are no references that you may see."
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show what is recorded of a reference."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}

// MARK: - Consents, referrals and alerts

extension VictimCommand {
    struct Consent: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "consent",
            abstract: "Record what somebody agreed to in writing, and when it ends.",
            subcommands: [Record.self, Withdraw.self, Acknowledge.self, List.self, Show.self]
        )

        struct Record: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "record",
                abstract: "Record a consent: who is told what, and until when.",
                discussion: """
                    It ends within 180 days.
                    Example: accord victim consent record ALDER V-7F3A --scope needs --to SPS --until 180d \
                    --form 2031-01 --language es
                    """
            )
            static let method = Method.VictimConsent.record
            @OptionGroup var name: CaseArgument
            @Argument(help: "The reference, such as V-7F3A.") var victim: String
            @Option(
                help: "What is told: needs, or referral; may be repeated.",
                completion: .list(["needs", "referral"])
            )
            var scope: [String]
            @Option(name: .customLong("to"), help: "An agency that is told; may be repeated.") var recipients: [String]
            @Option(help: "Until when: 2031-09-03, or 180d from now.") var until: Moment
            @OptionGroup var form: FormOptions
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                [
                    "case": name.json, "victim": .string(victim), "scope": .array(scope.map(JSONValue.string)),
                    "recipients": .array(recipients.map(JSONValue.string)),
                    "expiresAt": .integer(until.end(now: Clock.microseconds)), "formVersion": .string(form.form),
                    "language": .string(form.language),
                ]
            }
        }

        struct Withdraw: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "withdraw",
                abstract: "Say that somebody withdrew a consent: nothing is read under it from now on."
            )
            static let method = Method.VictimConsent.withdraw
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct Acknowledge: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "ack",
                abstract: "Say that you know that a consent has ended."
            )
            static let method = Method.VictimConsent.acknowledge
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct List: WorkList {
            static let configuration = CommandConfiguration(
                commandName: "list",
                abstract: "List the consents of a case."
            )
            static let workflow = "consent"
            static let nothing = "There are no consents that you may see."
            @OptionGroup var name: CaseArgument
            @OptionGroup var read: ReadOptions
        }

        struct Show: WorkShow {
            static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a consent.")
            @OptionGroup var item: WorkArgument
            @OptionGroup var read: ReadOptions
        }
    }

    struct Referral: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "referral",
            abstract: "Ask for services for somebody, and say what comes of it.",
            subcommands: [
                Request.self, Agree.self, Send.self, Accept.self, Decline.self, NoCapacity.self, Complete.self,
                List.self,
                Show.self,
            ]
        )

        struct Request: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "request",
                abstract: "Ask victim services to refer somebody.",
                discussion: """
                    Whoever leads or contributes may ask, and is shown nothing of what comes of it.
                    Example: accord victim referral request ALDER --need shelter
                    """
            )
            static let method = Method.VictimReferral.request
            @OptionGroup var name: CaseArgument
            @OptionGroup var needs: NeedOptions
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { ["case": name.json, "needs": needs.json] }
        }

        struct Agree: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "consent",
                abstract: "Say for which reference it is, and under which consent.",
                discussion: "Example: accord victim referral consent ALDER VR-48291374 V-7F3A VC-48291374"
            )
            static let method = Method.VictimReferral.consent
            @OptionGroup var item: WorkArgument
            @Argument(help: "The reference, such as V-7F3A.") var victim: String
            @Argument(help: "The consent, such as VC-48291374.") var consent: String
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                item.json(["victim": .string(victim), "consent": .string(consent)])
            }
        }

        struct Send: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "send",
                abstract: "Send it to an agency that the consent names."
            )
            static let method = Method.VictimReferral.send
            @OptionGroup var item: WorkArgument
            @Argument(help: "The agency.") var agency: String
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { item.json(["to": .string(agency)]) }
        }

        struct Accept: ItemVerb {
            static let configuration = CommandConfiguration(commandName: "accept", abstract: "Take it on.")
            static let method = Method.VictimReferral.accept
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct Decline: ItemVerb {
            static let configuration = CommandConfiguration(commandName: "decline", abstract: "Decline it.")
            static let method = Method.VictimReferral.decline
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct NoCapacity: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "no-capacity",
                abstract: "Say that you have no room for it."
            )
            static let method = Method.VictimReferral.haveNoCapacity
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct Complete: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "complete",
                abstract: "Say that what was asked for was given."
            )
            static let method = Method.VictimReferral.complete
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct List: WorkList {
            static let configuration = CommandConfiguration(
                commandName: "list",
                abstract: "List the referrals of a case."
            )
            static let workflow = "referral"
            static let nothing = "There are no referrals that you may see."
            @OptionGroup var name: CaseArgument
            @OptionGroup var read: ReadOptions
        }

        struct Show: WorkShow {
            static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a referral.")
            @OptionGroup var item: WorkArgument
            @OptionGroup var read: ReadOptions
        }
    }

    struct Alert: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "alert",
            abstract: "Warn those in the case of what to be careful of, and never about whom.",
            subcommands: [Raise.self, Acknowledge.self, List.self, Show.self]
        )

        static let roles = ["lead", "contributor", "analyst", "legal", "victim-services", "liaison"]

        struct Raise: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "raise",
                abstract: "Warn who holds a role in the case.",
                discussion: """
                    A text with a name, an address, a number or a reference is refused.
                    Example: accord victim alert raise ALDER "Approach the second site unmarked." --to lead --to contributor
                    """
            )
            static let method = Method.VictimAlert.raise
            @OptionGroup var name: CaseArgument
            @Argument(help: "What to be careful of; @FILE reads it, - the standard input.") var text: TextArgument
            @Option(name: .customLong("to"), help: "A role; may be repeated.", completion: .list(Alert.roles))
            var roles: [String]
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                ["case": name.json, "roles": .array(roles.map(JSONValue.string)), "text": try text.json()]
            }
        }

        struct Acknowledge: ItemVerb {
            static let configuration = CommandConfiguration(commandName: "ack", abstract: "Say that you know of it.")
            static let method = Method.VictimAlert.acknowledge
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct List: WorkList {
            static let configuration = CommandConfiguration(commandName: "list", abstract: "List the alerts to you.")
            static let workflow = "alert"
            static let nothing = "There are no alerts to you."
            @OptionGroup var name: CaseArgument
            @OptionGroup var read: ReadOptions
        }

        struct Show: WorkShow {
            static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an alert.")
            @OptionGroup var item: WorkArgument
            @OptionGroup var read: ReadOptions
        }
    }
}
