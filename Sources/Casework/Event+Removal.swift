import Policy
import StrictJSON

extension RemovalEvent {
    /// The facts, and the texts that are parts of their own.
    var parts: (details: JSONObject, texts: [(String, String?)]) {
        switch self {
        case .reviewed(let entries, let decision, let until, let explanation):
            (
                .present([
                    ("entries", .integers(entries)), ("decision", .string(decision.rawValue)),
                    ("until", until.map { .integer($0.milliseconds) }),
                ]), [("explanation", explanation)]
            )
        case .holdPlaced(let number, let entries, let reason):
            (["hold": .integer(number), "entries": .integers(entries)], [("reason", reason)])
        case .holdLifted(let number, let reason): (["hold": .integer(number)], [("reason", reason)])
        case .orderReceived(let number, let entries, let terms):
            (
                terms.record.with([("order", .integer(number)), ("entries", .integers(entries))]), []
            )
        case .purgeProposed(let number, let entries, let order, let reason):
            (
                .present([
                    ("purge", .integer(number)), ("entries", .integers(entries)),
                    ("order", order.map { .integer($0) }),
                ]), [("reason", reason)]
            )
        case .purgeApproved(let number), .purged(let number), .certified(let number):
            (["purge": .integer(number)], [])
        case .purgeDeclined(let number, let reason): (["purge": .integer(number)], [("reason", reason)])
        case .noticeSent(let purge, let dissemination, let recipient):
            (
                [
                    "purge": .integer(purge), "dissemination": .integer(dissemination),
                    "recipient": .string(recipient.text),
                ], []
            )
        case .sealed(let entries, let order), .unsealed(let entries, let order):
            (["entries": .integers(entries), "order": .integer(order)], [])
        }
    }

    /// Reads the event back; nil if the kind is none of these.
    init?(_ kind: String, _ details: Fields, _ text: (String) -> String?) throws(EventFault) {
        func entries() throws(EventFault) -> [Int64] {
            let numbers = try details.integers("entries")
            guard numbers.allSatisfy({ (1...Fields.highestOrdinal).contains($0) }) else {
                throw EventFault(message: "entries counts nothing")
            }
            return numbers
        }
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
                try entries(),
                try details.word("decision") { RetentionDecision(rawValue: $0) },
                until: try time("until"),
                explanation: try needed("explanation")
            )
        case "legal.hold_placed":
            self = .holdPlaced(try details.ordinal("hold"), try entries(), reason: try needed("reason"))
        case "legal.hold_lifted": self = .holdLifted(try details.ordinal("hold"), reason: try needed("reason"))
        case "court_order.received":
            self = .orderReceived(try details.ordinal("order"), try entries(), try OrderTerms(details))
        case "purge.proposed":
            self = .purgeProposed(
                try details.ordinal("purge"),
                try entries(),
                order: details.optionalInteger("order"),
                reason: try needed("reason")
            )
        case "purge.approved": self = .purgeApproved(try details.ordinal("purge"))
        case "purge.declined": self = .purgeDeclined(try details.ordinal("purge"), reason: text("reason"))
        case "purge.notice_sent":
            self = .noticeSent(
                purge: try details.ordinal("purge"),
                dissemination: try details.ordinal("dissemination"),
                try details.word("recipient") { AgencyID($0) }
            )
        case "record.purged": self = .purged(try details.ordinal("purge"))
        case "purge.certified": self = .certified(try details.ordinal("purge"))
        case "record.sealed": self = .sealed(try entries(), order: try details.ordinal("order"))
        case "record.unsealed": self = .unsealed(try entries(), order: try details.ordinal("order"))
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
