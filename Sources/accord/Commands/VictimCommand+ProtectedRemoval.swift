import AccordInterface
import ArgumentParser
import StrictJSON

/// What a court or a retention review removes of what 8 USC 1367 protects: apart from other orders and purges, for nobody else
/// learns of it.
extension VictimCommand.Protected {
    struct Order: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "order",
            abstract: "Record that a court ordered a protected matter expunged, as counsel of the case.",
            discussion: """
                It is taken whether or not there is such a matter. Victim services carry it out, and counsel approves.
                Example: accord victim protected order ALDER W-48291374 --court "Superior Court" --docket 31-CV-7
                """
        )
        static let method = Method.ProtectedVictim.recordOrder
        @OptionGroup var name: CaseArgument
        @Argument(help: "The matter, such as W-48291374.") var matter: String
        @Option(help: "The court.") var court: String
        @Option(help: "Its number there.") var docket: String
        @Option(help: "When it takes effect. Default: now.") var effective: Moment?
        @Option(help: "The last day on which it can be appealed.") var appealUntil: Moment?
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            let now = Clock.microseconds
            var parameters: JSONObject = [
                "case": name.json, "matter": .string(matter), "court": .string(court), "docket": .string(docket),
                "effectiveAt": .integer(effective?.beginning(now: now) ?? now),
            ]
            parameters["appealUntil"] = appealUntil.map { .integer($0.end(now: now)) }
            return parameters
        }
    }

    struct Review: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "review",
            abstract: "Review whether a protected matter is kept, as victim services.",
            discussion: """
                Example: accord victim protected review ALDER W-48291374 purge --reason "granted elsewhere"
                """
        )
        static let method = Method.ProtectedVictim.review
        @OptionGroup var item: WorkArgument
        @Argument(help: "retain or purge.", completion: .list(["retain", "purge"])) var decision: String
        @Option(help: "The next review, within five years, where it is retained: 2033-03-10, or 365d from now.")
        var until: Moment?
        @Option(help: "Why.") var reason: String
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            var parameters = item.json(["retention": .string(decision), "text": .string(reason)])
            parameters["nextReview"] = until.map { .integer($0.end(now: Clock.microseconds)) }
            return parameters
        }
    }

    struct Purge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "purge",
            abstract: "Destroy what is said of a protected matter, by two persons.",
            discussion: """
                It rests on an order or on a review. Victim services propose; counsel approves, or, where no court \
                ordered it, another of victim services. What remains is that there was a matter, and that it is purged.
                """,
            subcommands: [Propose.self, Approve.self, Decline.self, Certify.self]
        )

        struct Propose: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "propose",
                abstract: "Propose it, as victim services.",
                discussion: """
                    Example: accord victim protected purge propose ALDER W-48291374 --order W-57294013 \
                    --reason "the court's order"
                    """
            )
            static let method = Method.ProtectedVictim.proposePurge
            @OptionGroup var item: WorkArgument
            @Option(help: "The order, such as W-57294013; none after a review.") var order: String?
            @Option(help: "Why.") var reason: String
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject {
                var parameters = item.json(["text": .string(reason)])
                parameters["order"] = order.map(JSONValue.string)
                return parameters
            }
        }

        struct Approve: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "approve",
                abstract: "Approve it, as the second person: nobody reads it any more, its bytes are gone."
            )
            static let method = Method.ProtectedVictim.approvePurge
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }

        struct Decline: WriteVerb {
            static let configuration = CommandConfiguration(
                commandName: "decline",
                abstract: "Decline it, as the second person."
            )
            static let method = Method.ProtectedVictim.declinePurge
            @OptionGroup var item: WorkArgument
            @Option(help: "Why.") var reason: String
            @OptionGroup var act: ActOptions
            func parameters() throws -> JSONObject { item.json(["text": .string(reason)]) }
        }

        struct Certify: ItemVerb {
            static let configuration = CommandConfiguration(
                commandName: "certify",
                abstract: "Certify, as liaison of an agency that was asked to certify, that its copies are destroyed."
            )
            static let method = Method.ProtectedVictim.certifyPurge
            @OptionGroup var item: WorkArgument
            @OptionGroup var act: ActOptions
        }
    }
}
