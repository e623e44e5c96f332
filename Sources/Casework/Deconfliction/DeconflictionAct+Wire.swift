import Deconfliction
import Policy
import StrictJSON

extension Act {
    /// An act of `io.accord.Deconfliction`; nil for a method of another interface.
    static func deconflictionAct(_ method: String, _ read: Parameters) throws(Refusal) -> DeconflictionAct? {
        let event = read.string("event")
        let target = read.string("target")
        let conflict = read.string("conflict")
        switch method {
        case "io.accord.Deconfliction.SubmitEvent": return .submitEvent(try read.eventProposal())
        case "io.accord.Deconfliction.AmendEvent":
            let change = PlaceAndTime(
                points: try read.points(),
                radius: try read.radius(),
                start: try read.optionalTime("start"),
                end: try read.optionalTime("end"),
                buffer: try read.buffer(),
                tolerance: try read.tolerance()
            )
            return .amendEvent(
                event,
                change,
                exigency: read.optionalString("exigent"),
                reason: try read.reason("reason")
            )
        case "io.accord.Deconfliction.CancelEvent": return .cancelEvent(event, reason: try read.reason("reason"))
        case "io.accord.Deconfliction.CompleteEvent": return .completeEvent(event)
        case "io.accord.Deconfliction.DeclareExigent":
            return .declareExigent(
                caseName: read.optionalString("case"),
                operation: try read.optionalName("operation"),
                reason: try read.reason("reason"),
                approver: try read.memberID("approver")
            )
        case "io.accord.Deconfliction.Concur":
            guard let agrees = read.bool("agrees") else { throw .malformed(field: "agrees", "true or false") }
            return .concur(read.string("exigency"), agrees: agrees, note: try read.optionalReason("note"))
        case "io.accord.Deconfliction.SubmitTarget": return .submitTarget(try read.targetProposal())
        case "io.accord.Deconfliction.ValidateTarget":
            return .validateTarget(target, until: try read.optionalTime("until"), basis: try read.reason("basis"))
        case "io.accord.Deconfliction.WithdrawTarget":
            return .withdrawTarget(target, reason: try read.reason("reason"))
        case "io.accord.Deconfliction.Acknowledge": return .acknowledge(conflict)
        case "io.accord.Deconfliction.Resolve":
            return .resolve(
                conflict,
                try read.word("outcome", ConflictOutcome.self),
                note: try read.optionalReason("note")
            )
        case "io.accord.Deconfliction.Get": return .show(read.string("id"))
        default: return nil
        }
    }
}

extension Parameters {
    fileprivate func optionalName(_ key: String) throws(Refusal) -> String? {
        object[key]?.string == nil ? nil : try name(key)
    }

    fileprivate func eventProposal() throws(Refusal) -> EventProposal {
        guard let points = try points() else { throw .malformed(field: "points", Self.pointsExpected) }
        return EventProposal(
            caseName: optionalString("case"),
            terms: EventTerms(
                work: try word("type", PlannedWork.self),
                contact: try optionalName("contact") ?? "",
                operation: try optionalName("operation"),
                externalRef: try optionalName("externalRef"),
                namesAgency: bool("nameAgency") ?? true
            ),
            place: PlaceAndTime(
                points: points,
                radius: try radius() ?? Int64(PlannedEvent.Bounds.defaultRadius),
                start: try time("start"),
                end: try time("end"),
                buffer: try buffer() ?? PlannedEvent.Bounds.defaultBuffer / 60_000,
                tolerance: try tolerance() ?? 0
            ),
            exigency: optionalString("exigent")
        )
    }

    private static let pointsExpected =
        "1 to 16 places as latitude,longitude in degrees with at most seven digits after the point, such as 0.1045,-179.999"

    fileprivate func points() throws(Refusal) -> [String]? {
        guard object["points"]?.array != nil else { return nil }
        let texts = strings("points")
        guard PlannedEvent.Bounds.points.contains(texts.count), texts.allSatisfy({ Point($0) != nil }) else {
            throw .malformed(field: "points", Self.pointsExpected)
        }
        return texts
    }

    fileprivate func radius() throws(Refusal) -> Int64? {
        try bounded(
            "radius",
            Int64(PlannedEvent.Bounds.radius.lowerBound)...Int64(PlannedEvent.Bounds.radius.upperBound),
            "metres"
        )
    }

    fileprivate func buffer() throws(Refusal) -> Int64? {
        try bounded("buffer", 0...PlannedEvent.Bounds.buffer.upperBound / 60_000, "minutes")
    }

    fileprivate func tolerance() throws(Refusal) -> Int64? {
        try bounded("tolerance", PlaceAndTime.tolerances, "metres")
    }

    private func bounded(_ key: String, _ range: ClosedRange<Int64>, _ unit: String) throws(Refusal) -> Int64? {
        guard let number = integer(key) else { return nil }
        guard range.contains(number) else {
            throw .malformed(field: key, "from \(range.lowerBound) to \(range.upperBound) \(unit)")
        }
        return number
    }

    fileprivate func targetProposal() throws(Refusal) -> TargetProposal {
        TargetProposal(
            caseName: optionalString("case"),
            kind: try word("kind", Deconfliction.Identifier.Kind.self),
            values: strings("values"),
            qualifier: optionalString("qualifier"),
            level: optionalString("level") == nil ? .agencyOnly : try word("level", ReleaseLevel.self),
            activity: optionalString("activity") == nil ? nil : try word("activity", CriminalActivity.self),
            basis: try optionalReason("basis"),
            subject: try optionalName("subject"),
            role: optionalString("subjectRole") == nil ? .suspect : try word("subjectRole", SubjectRole.self),
            contact: try optionalName("contact"),
            validUntil: try optionalTime("until")
        )
    }
}
