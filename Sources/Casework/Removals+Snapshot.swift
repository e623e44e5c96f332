import Policy
import StrictJSON

/// What a snapshot of the state says of retention and removal.
extension Removals {
    var record: JSONObject {
        var record: JSONObject = [
            "reviews": .array(
                reviews.sorted { $0.key < $1.key }.map { what, review in
                    .object(
                        .present([
                            ("what", .string(what.name)), ("decision", .string(review.decision.rawValue)),
                            ("until", review.until.map { .integer($0.milliseconds) }),
                            ("by", .string(review.by.text)), ("line", .integer(review.line)),
                        ])
                    )
                }
            ),
            "holds": .array(
                holds.map { hold in
                    .object(
                        hold.records.record(with: [
                            "number": .integer(hold.number), "by": .string(hold.by.text),
                            "at": .integer(hold.at.milliseconds), "lifted": .bool(hold.isLifted),
                        ])
                    )
                }
            ),
            "orders": .array(
                orders.map { order in
                    .object(
                        order.records.record(
                            with: order.terms.record.with([
                                ("number", .integer(order.number)), ("by", .string(order.by.text)),
                                ("at", .integer(order.at.milliseconds)), ("line", .integer(order.line)),
                                ("executed", .bool(order.isExecuted)),
                                ("noted_by", .strings(order.notedBy.sorted().map(\.text))),
                            ])
                        )
                    )
                }
            ),
            "purges": .array(purges.map { .object($0.record) }),
            "sealed": .strings(sealed.keys.sorted().names),
            "sealed_under": .integers(sealed.sorted { $0.key < $1.key }.map(\.value)),
            "protected": .strings(protected.keys.sorted().names),
            "protected_under": .integers(protected.sorted { $0.key < $1.key }.map(\.value)),
            "remarks": .array(
                remarks.sorted { $0.key < $1.key }.map { entry, lines in
                    ["entry": .integer(entry), "lines": .integers(lines)]
                }
            ),
        ]
        record["case_seal"] = caseSeal.map { .integer($0) }
        let exported = exports.sorted { $0.key < $1.key }
        record["exporters"] = .strings(exported.map(\.key.text))
        record["exported"] = .integers(exported.map(\.value))
        return record
    }

    init(_ fields: Fields) throws(EventFault) {
        caseSeal = fields.optionalInteger("case_seal")
        if fields.object["exporters"] != nil {
            for (text, line) in zip(try fields.strings("exporters"), try fields.integers("exported")) {
                guard let agency = AgencyID(text) else { throw EventFault(message: "exporters names no agency") }
                exports[agency] = line
            }
        }
        for value in fields.object["reviews"]?.array ?? [] {
            let review = try Fields(value)
            reviews[try review.removable("what")] = RetentionReview(
                decision: try review.word("decision") { RetentionDecision(rawValue: $0) },
                until: review.object["until"] == nil ? nil : try review.time("until"),
                by: try review.word("by") { MemberID($0) },
                line: try review.integer("line")
            )
        }
        for value in fields.object["holds"]?.array ?? [] {
            let hold = try Fields(value)
            holds.append(
                LegalHold(
                    number: try hold.ordinal("number"),
                    records: try hold.removables(),
                    by: try hold.word("by") { MemberID($0) },
                    at: try hold.time("at"),
                    isLifted: try hold.bool("lifted")
                )
            )
        }
        for value in fields.object["orders"]?.array ?? [] {
            let order = try Fields(value)
            orders.append(
                CourtOrder(
                    number: try order.ordinal("number"),
                    terms: try OrderTerms(order),
                    records: try order.removables(),
                    by: try order.word("by") { MemberID($0) },
                    at: try order.time("at"),
                    line: try order.integer("line"),
                    isExecuted: try order.bool("executed"),
                    notedBy: Set(try order.words("noted_by") { MemberID($0) })
                )
            )
        }
        for value in fields.object["purges"]?.array ?? [] {
            let purge = try Purge(Fields(value))
            purges.append(purge)
            if purge.approvalLine != nil { for what in purge.records { purged[what] = purge.number } }
        }
        for (what, order) in zip(try fields.words("sealed") { Removable($0) }, try fields.integers("sealed_under")) {
            sealed[what] = order
        }
        for (what, order) in zip(
            try fields.words("protected") { Removable($0) },
            try fields.integers("protected_under")
        ) {
            protected[what] = order
        }
        for value in fields.object["remarks"]?.array ?? [] {
            let remark = try Fields(value)
            remarks[try remark.integer("entry")] = try remark.integers("lines")
        }
    }
}

extension Purge {
    fileprivate var record: JSONObject {
        records.record(with: terms)
    }

    private var terms: JSONObject {
        .present([
            ("number", .integer(number)), ("order", order.map { .integer($0) }),
            ("proposer", .string(proposer.text)), ("proposer_agency", .string(proposerAgency.text)),
            ("proposer_role", .string(proposerRole.rawValue)), ("at", .integer(at.milliseconds)),
            ("state", .string(state.rawValue)), ("approver", approver.map { .string($0.text) }),
            ("line", .integer(line)), ("approval_line", approvalLine.map { .integer($0) }),
            ("lines", .integers(lines)),
            (
                "notices",
                .array(
                    notices.map { notice in
                        .object(
                            .present([
                                ("dissemination", notice.dissemination.map { .integer($0) }),
                                ("recipient", .string(notice.recipient.text)),
                                ("sent_at", .integer(notice.sentAt.milliseconds)),
                                ("certified_at", notice.certifiedAt.map { .integer($0.milliseconds) }),
                                ("line", .integer(notice.line)),
                            ])
                        )
                    }
                )
            ),
        ])
    }

    fileprivate init(_ fields: Fields) throws(EventFault) {
        number = try fields.ordinal("number")
        records = try fields.removables()
        order = fields.optionalInteger("order")
        proposer = try fields.word("proposer") { MemberID($0) }
        proposerAgency = try fields.word("proposer_agency") { AgencyID($0) }
        proposerRole = try fields.word("proposer_role") { Role(rawValue: $0) }
        at = try fields.time("at")
        state = try fields.word("state") { State(rawValue: $0) }
        approver = fields.optionalString("approver").flatMap { MemberID($0) }
        line = try fields.integer("line")
        approvalLine = fields.optionalInteger("approval_line")
        lines = try fields.integers("lines")
        for value in fields.object["notices"]?.array ?? [] {
            let notice = try Fields(value)
            notices.append(
                PurgeNotice(
                    dissemination: notice.optionalInteger("dissemination"),
                    recipient: try notice.word("recipient") { AgencyID($0) },
                    sentAt: try notice.time("sent_at"),
                    certifiedAt: notice.object["certified_at"] == nil ? nil : try notice.time("certified_at"),
                    line: try notice.integer("line")
                )
            )
        }
    }
}
