import Policy

extension Act {
    /// An act of `io.accord.Removal`; nil for a method of another interface.
    static func removalAct(_ method: String, _ read: Parameters) throws(Refusal) -> RemovalAct? {
        let entries = read.strings("entries")
        let purge = read.string("purge")
        switch method {
        case "io.accord.Removal.Review":
            return .review(
                entries,
                try read.word("decision", RetentionDecision.self),
                until: try read.optionalTime("until"),
                explanation: try read.reason("explanation")
            )
        case "io.accord.Removal.PlaceHold": return .placeHold(entries, reason: try read.reason("reason"))
        case "io.accord.Removal.LiftHold": return .liftHold(read.string("hold"), reason: try read.reason("reason"))
        case "io.accord.Removal.RecordOrder":
            let terms = OrderTerms(
                kind: try read.word("kind", OrderKind.self),
                court: try read.name("court"),
                docket: try read.name("docket"),
                effectiveAt: try read.time("effectiveAt"),
                appealUntil: try read.optionalTime("appealUntil"),
                permitted: try read.strings("permitted").map { (text) throws(Refusal) in
                    guard let id = MemberID(text) else {
                        throw .malformed(field: "permitted", "members by their handles, such as counsel.dao")
                    }
                    return id
                }
            )
            return .recordOrder(entries, terms)
        case "io.accord.Removal.ProposePurge":
            return .proposePurge(entries, order: read.optionalString("order"), reason: try read.reason("reason"))
        case "io.accord.Removal.ApprovePurge": return .decidePurge(purge, isApproved: true, reason: nil)
        case "io.accord.Removal.DeclinePurge":
            return .decidePurge(purge, isApproved: false, reason: try read.reason("reason"))
        case "io.accord.Removal.CertifyPurge": return .certify(purge)
        case "io.accord.Removal.Seal": return .seal(entries, order: read.string("order"))
        case "io.accord.Removal.Unseal": return .unseal(entries, order: read.string("order"))
        case "io.accord.Removal.List": return .list
        default: return nil
        }
    }
}
