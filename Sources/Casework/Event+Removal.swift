import Policy
import StrictJSON

extension RemovalEvent {
    /// The facts, and the texts that are parts of their own.
    var parts: (details: JSONObject, texts: [(String, String?)]) {
        switch self {
        case .reviewed(let records, let decision, let until, let explanation):
            (
                records.record(
                    with: .present([
                        ("decision", .string(decision.rawValue)), ("until", until.map { .integer($0.milliseconds) }),
                    ])
                ), [("explanation", explanation)]
            )
        case .holdPlaced(let number, let records, let reason):
            (records.record(with: ["hold": .integer(number)]), [("reason", reason)])
        case .holdLifted(let number, let reason): (["hold": .integer(number)], [("reason", reason)])
        case .orderReceived(let number, let records, let terms):
            (
                records.record(with: terms.record.with([("order", .integer(number))])), []
            )
        case .purgeProposed(let number, let records, let order, let reason):
            (
                records.record(
                    with: .present([("purge", .integer(number)), ("order", order.map { .integer($0) })])
                ), [("reason", reason)]
            )
        case .purgeApproved(let number), .purged(let number), .certified(let number):
            (["purge": .integer(number)], [])
        case .purgeDeclined(let number, let reason): (["purge": .integer(number)], [("reason", reason)])
        case .noticeSent(let purge, let dissemination, let recipient):
            (
                .present([
                    ("purge", .integer(purge)), ("dissemination", dissemination.map { .integer($0) }),
                    ("recipient", .string(recipient.text)),
                ]), []
            )
        case .sealed(let records, let order), .unsealed(let records, let order):
            (records.record(with: ["order": .integer(order)]), [])
        }
    }

    /// Reads the event back; nil if the kind is none of these.
    init?(_ kind: String, _ details: Fields, _ text: (String) -> String?) throws(EventFault) {
        func needed(_ name: String) throws(EventFault) -> String {
            guard let found = text(name) else { throw EventFault(message: "the part \(name) is missing") }
            return found
        }
        func time(_ key: String) throws(EventFault) -> UTCTime? {
            details.object[key] == nil ? nil : try details.time(key)
        }
        switch kind {
        case "retention.reviewed":
            self = .reviewed(
                try details.removables(),
                try details.word("decision") { RetentionDecision(rawValue: $0) },
                until: try time("until"),
                explanation: try needed("explanation")
            )
        case "legal.hold_placed":
            self = .holdPlaced(try details.ordinal("hold"), try details.removables(), reason: try needed("reason"))
        case "legal.hold_lifted": self = .holdLifted(try details.ordinal("hold"), reason: try needed("reason"))
        case "court_order.received":
            self = .orderReceived(try details.ordinal("order"), try details.removables(), try OrderTerms(details))
        case "purge.proposed":
            self = .purgeProposed(
                try details.ordinal("purge"),
                try details.removables(),
                order: details.optionalInteger("order"),
                reason: try needed("reason")
            )
        case "purge.approved": self = .purgeApproved(try details.ordinal("purge"))
        case "purge.declined": self = .purgeDeclined(try details.ordinal("purge"), reason: text("reason"))
        case "purge.notice_sent":
            self = .noticeSent(
                purge: try details.ordinal("purge"),
                dissemination: details.object["dissemination"] == nil ? nil : try details.ordinal("dissemination"),
                try details.word("recipient") { AgencyID($0) }
            )
        case "record.purged": self = .purged(try details.ordinal("purge"))
        case "purge.certified": self = .certified(try details.ordinal("purge"))
        case "record.sealed": self = .sealed(try details.removables(), order: try details.ordinal("order"))
        case "record.unsealed": self = .unsealed(try details.removables(), order: try details.ordinal("order"))
        default: return nil
        }
    }
}

extension OrderTerms {
    var record: JSONObject {
        .present([
            ("kind", .string(kind.rawValue)), ("court", .string(court)), ("docket", .string(docket)),
            ("effective_at", .integer(effectiveAt.milliseconds)),
            ("appeal_until", appealUntil.map { .integer($0.milliseconds) }),
            ("permitted", permitted.isEmpty ? nil : .strings(permitted.map(\.text))),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        kind = try fields.word("kind") { OrderKind(rawValue: $0) }
        court = try fields.string("court")
        docket = try fields.string("docket")
        effectiveAt = try fields.time("effective_at")
        appealUntil = fields.object["appeal_until"] == nil ? nil : try fields.time("appeal_until")
        if fields.object["permitted"] != nil { permitted = try fields.words("permitted") { MemberID($0) } }
    }
}

extension JSONValue {
    static func integers(_ list: some Sequence<Int64>) -> JSONValue { .array(list.map { .integer($0) }) }
}

extension JSONObject {
    /// With further members.
    func with(_ members: [(String, JSONValue)]) -> JSONObject {
        var object = self
        for (key, value) in members { object[key] = value }
        return object
    }
}
