import Cryptography
import Deconfliction
import Policy
import StrictJSON

extension DeconflictionEvent {
    /// The facts, and what can be removed apart from them: where and when, an identifier, reasons.
    var parts: (details: JSONObject, others: [(String, JSONValue?)]) {
        func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }
        switch self {
        case .eventSubmitted(let number, let terms, let place, let caseID, let exigency):
            return (
                .present(
                    [
                        ("event", .integer(number)), ("type", .string(terms.work.rawValue)),
                        ("contact", .string(terms.contact)), ("operation", text(terms.operation)),
                        ("external_ref", text(terms.externalRef)), ("names_agency", .bool(terms.namesAgency)),
                        ("case", text(caseID?.hex)), ("exigency", exigency.map { .integer($0) }),
                    ] + place.extent
                ), [("place", .object(place.record))]
            )
        case .eventAmended(let number, let place, let exigency, let reason):
            return (
                .present([("event", .integer(number)), ("exigency", exigency.map { .integer($0) })] + place.extent),
                [("place", .object(place.record)), ("reason", text(reason))]
            )
        case .eventCancelled(let number, let reason): return (["event": .integer(number)], [("reason", text(reason))])
        case .eventCompleted(let number): return (["event": .integer(number)], [])
        case .exigentDeclared(let number, let caseID, let operation, let reason, let approver):
            return (
                .present([
                    ("exigency", .integer(number)), ("case", text(caseID?.hex)), ("operation", text(operation)),
                    ("approver", .string(approver.text)),
                ]), [("reason", text(reason))]
            )
        case .concurred(let number, _, let note): return (["exigency": .integer(number)], [("note", text(note))])
        case .targetSubmitted(let number, let terms, let caseID, let digest, let epoch, let basis, let value, let other):
            return (
                terms.record.with(
                    [("target", .integer(number)), ("digest", .string(digest.hex)), ("epoch", .integer(epoch))]
                        + [("case", text(caseID?.hex))].compactMap { key, value in value.map { (key, $0) } }
                ),
                [
                    ("identifier", .object(.present([("value", .string(value)), ("qualifier", text(other))]))),
                    ("basis", text(basis)),
                ]
            )
        case .targetValidated(let number, let until, let basis):
            return (
                ["target": .integer(number), "valid_until": .integer(until.milliseconds)], [("basis", text(basis))]
            )
        case .targetWithdrawn(let number, let reason):
            return (["target": .integer(number)], [("reason", text(reason))])
        case .hitFound(let notice), .notified(let notice): return (notice.record, [])
        case .noticeWithdrawn(let number, let submission):
            return (["conflict": .integer(number), "submission": .integer(submission)], [])
        case .acknowledged(let number, let submission, let isOther):
            return (
                ["conflict": .integer(number), "submission": .integer(submission), "other": .bool(isOther)], []
            )
        case .resolved(let number, let submission, let outcome, let isFinal, let isOther, let note):
            return (
                [
                    "conflict": .integer(number), "submission": .integer(submission),
                    "outcome": .string(outcome.rawValue), "final": .bool(isFinal), "other": .bool(isOther),
                ], [("note", text(note))]
            )
        }
    }

    /// Reads the event back; nil if the kind is none of these.
    init?(_ kind: String, _ details: Fields, _ part: (String) -> JSONValue?) throws(EventFault) {
        func about() throws(EventFault) -> CaseID? {
            details.object["case"] == nil ? nil : try details.word("case") { CaseID(hex: $0) }
        }
        /// A text that may have been removed.
        func removable(_ name: String) -> String { part(name)?.string ?? "" }
        func place() throws(EventFault) -> PlaceAndTime { try PlaceAndTime(part("place"), extent: details) }
        func event() throws(EventFault) -> Int64 { try details.ordinal("event") }
        func target() throws(EventFault) -> Int64 { try details.ordinal("target") }
        func conflict() throws(EventFault) -> Int64 { try details.ordinal("conflict") }
        func exigency() throws(EventFault) -> Int64? {
            details.object["exigency"] == nil ? nil : try details.ordinal("exigency")
        }
        switch kind {
        case "decon.event_submitted":
            self = .eventSubmitted(
                try event(),
                EventTerms(
                    work: try details.word("type") { PlannedWork(rawValue: $0) },
                    contact: try details.string("contact"),
                    operation: details.optionalString("operation"),
                    externalRef: details.optionalString("external_ref"),
                    namesAgency: try details.bool("names_agency")
                ),
                try place(),
                caseID: try about(),
                exigency: try exigency()
            )
        case "decon.event_amended":
            self = .eventAmended(try event(), try place(), exigency: try exigency(), reason: removable("reason"))
        case "decon.event_cancelled": self = .eventCancelled(try event(), reason: removable("reason"))
        case "decon.event_completed": self = .eventCompleted(try event())
        case "decon.exigent_declared":
            self = .exigentDeclared(
                try details.ordinal("exigency"),
                caseID: try about(),
                operation: details.optionalString("operation"),
                reason: removable("reason"),
                approver: try details.word("approver") { MemberID($0) }
            )
        case "decon.exigency_confirmed", "decon.exigency_disputed":
            self = .concurred(
                try details.ordinal("exigency"),
                agrees: kind == "decon.exigency_confirmed",
                note: part("note")?.string
            )
        case "decon.target_submitted":
            self = .targetSubmitted(
                try target(),
                try TargetTerms(details),
                caseID: try about(),
                digest: try details.word("digest") { Digest(hex: $0) },
                epoch: try details.ordinal("epoch"),
                basis: removable("basis"),
                value: part("identifier")?.object?["value"]?.string ?? "",
                qualifier: part("identifier")?.object?["qualifier"]?.string
            )
        case "decon.target_validated":
            self = .targetValidated(try target(), until: try details.time("valid_until"), basis: removable("basis"))
        case "decon.target_withdrawn": self = .targetWithdrawn(try target(), reason: removable("reason"))
        case "decon.hit_found": self = .hitFound(try ConflictNotice(details))
        case "decon.notified": self = .notified(try ConflictNotice(details))
        case "decon.notice_withdrawn":
            self = .noticeWithdrawn(try conflict(), submission: try details.ordinal("submission"))
        case "decon.acknowledged":
            self = .acknowledged(
                try conflict(),
                submission: try details.ordinal("submission"),
                isOther: try details.bool("other")
            )
        case "decon.resolved":
            self = .resolved(
                try conflict(),
                submission: try details.ordinal("submission"),
                try details.word("outcome") { ConflictOutcome(rawValue: $0) },
                isFinal: try details.bool("final"),
                isOther: try details.bool("other"),
                note: part("note")?.string
            )
        default: return nil
        }
    }
}

extension PlaceAndTime {
    /// Where and when: the part that can be removed, with nothing in it that its author did not say.
    var record: JSONObject {
        .present([
            ("points", points.map { .strings($0) }), ("start", start.map { .integer($0.milliseconds) }),
            ("end", end.map { .integer($0.milliseconds) }),
        ])
    }

    /// How far around it, as said or as usual: this tells nothing of where and when.
    var extent: [(String, JSONValue?)] {
        [
            ("radius", radius.map { .integer($0) }), ("buffer", buffer.map { .integer($0) }),
            ("tolerance", tolerance.map { .integer($0) }),
        ]
    }

    /// Neither where nor when if the part was removed.
    init(_ value: JSONValue?, extent: Fields) throws(EventFault) {
        /// Bounded, so that nothing read back can overflow.
        func number(_ key: String) throws(EventFault) -> Int64? {
            guard let number = extent.optionalInteger(key) else { return nil }
            guard (0...1_000_000).contains(number) else { throw EventFault(message: "\(key) is out of bounds") }
            return number
        }
        radius = try number("radius")
        buffer = try number("buffer")
        tolerance = try number("tolerance")
        guard let value else { return }
        let fields = try Fields(value)
        func time(_ key: String) throws(EventFault) -> UTCTime? {
            fields.object[key] == nil ? nil : try fields.time(key)
        }
        points = fields.object["points"] == nil ? nil : try fields.strings("points")
        guard points?.allSatisfy({ Point($0) != nil }) ?? true else { throw EventFault(message: "points are none") }
        start = try time("start")
        end = try time("end")
    }
}

extension TargetTerms {
    var record: JSONObject {
        [
            "kind": .string(kind.rawValue), "level": .string(level.rawValue), "activity": .string(activity.rawValue),
            "subject": .string(subject), "subject_role": .string(role.rawValue), "contact": .string(contact),
            "valid_until": .integer(validUntil.milliseconds),
        ]
    }

    init(_ fields: Fields) throws(EventFault) {
        self.init(
            kind: try fields.word("kind") { Deconfliction.Identifier.Kind(rawValue: $0) },
            level: try fields.word("level") { ReleaseLevel(rawValue: $0) },
            activity: try fields.word("activity") { CriminalActivity(rawValue: $0) },
            subject: try fields.string("subject"),
            role: try fields.word("subject_role") { SubjectRole(rawValue: $0) },
            contact: try fields.string("contact"),
            validUntil: try fields.time("valid_until")
        )
    }
}

extension ConflictNotice {
    var record: JSONObject {
        .present([
            ("conflict", .integer(conflict)), ("kind", .string(kind.rawValue)), ("link", .bool(isLink)),
            ("submission", .integer(submission)), ("agency", agency.map { .string($0.text) }),
            ("contact", .string(contact)), ("title", title.map { .string($0) }),
            ("severity", severity.map { .string($0.rawValue) }),
            ("contact_by", contactBy.map { .integer($0.milliseconds) }),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        self.init(
            conflict: try fields.ordinal("conflict"),
            kind: try fields.word("kind") { Conflict.Kind(rawValue: $0) },
            isLink: try fields.bool("link"),
            submission: try fields.ordinal("submission"),
            agency: fields.object["agency"] == nil ? nil : try fields.word("agency") { AgencyID($0) },
            contact: try fields.string("contact"),
            title: fields.optionalString("title"),
            severity: fields.object["severity"] == nil
                ? nil : try fields.word("severity") { Encounter.Severity(rawValue: $0) },
            contactBy: fields.object["contact_by"] == nil ? nil : try fields.time("contact_by")
        )
    }
}
