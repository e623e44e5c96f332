package import Cryptography
package import Deconfliction
package import Policy

/// What one side of a conflict is told: of the other side no more than this (domain.md 6.9).
package struct ConflictNotice: Hashable, Sendable {
    package var conflict: Int64
    package var kind: Conflict.Kind
    package var isLink: Bool
    /// The own submission that it is about.
    package var submission: Int64
    /// The other agency; nil where the watch desk stands between.
    package var agency: AgencyID?
    package var contact: String
    /// The code word of the other side's case, if both are OPEN.
    package var title: String?
    package var severity: Encounter.Severity?
    /// By when the two have to have spoken, reckoned from the own plan alone.
    package var contactBy: UTCTime?
}

/// What happened about deconfliction.
package enum DeconflictionEvent: Hashable, Sendable {
    case eventSubmitted(Int64, EventTerms, PlaceAndTime, caseID: CaseID?, exigency: Int64?)
    case eventAmended(Int64, PlaceAndTime, exigency: Int64?, reason: String)
    case eventCancelled(Int64, reason: String)
    case eventCompleted(Int64)
    case exigentDeclared(Int64, caseID: CaseID?, operation: String?, reason: String, approver: MemberID)
    /// By whom the declaration names as who concurs.
    case concurred(Int64, agrees: Bool, note: String?)
    /// The value and its qualifier as they were written, or nil once that part is removed.
    case targetSubmitted(
        Int64,
        TargetTerms,
        caseID: CaseID?,
        digest: Digest,
        epoch: Int64,
        basis: String,
        value: String,
        qualifier: String?
    )
    case targetValidated(Int64, until: UTCTime, basis: String)
    case targetWithdrawn(Int64, reason: String)
    /// To who submitted.
    case hitFound(ConflictNotice)
    /// To the other side.
    case notified(ConflictNotice)
    /// It is no conflict any more: to a side.
    case noticeWithdrawn(Int64, submission: Int64)
    /// Of a side; `isOther` where it is told to the other one.
    case acknowledged(Int64, submission: Int64, isOther: Bool)
    /// Of a side; `isFinal` if it ends the conflict.
    case resolved(Int64, submission: Int64, ConflictOutcome, isFinal: Bool, isOther: Bool, note: String?)

    package var kind: String {
        switch self {
        case .eventSubmitted: "decon.event_submitted"
        case .eventAmended: "decon.event_amended"
        case .eventCancelled: "decon.event_cancelled"
        case .eventCompleted: "decon.event_completed"
        case .exigentDeclared: "decon.exigent_declared"
        case .concurred(_, let agrees, _): agrees ? "decon.exigency_confirmed" : "decon.exigency_disputed"
        case .targetSubmitted: "decon.target_submitted"
        case .targetValidated: "decon.target_validated"
        case .targetWithdrawn: "decon.target_withdrawn"
        case .hitFound: "decon.hit_found"
        case .notified: "decon.notified"
        case .noticeWithdrawn: "decon.notice_withdrawn"
        case .acknowledged: "decon.acknowledged"
        case .resolved: "decon.resolved"
        }
    }

    var item: String? {
        switch self {
        case .eventSubmitted(let number, _, _, _, _), .eventAmended(let number, _, _, _),
            .eventCancelled(let number, _), .eventCompleted(let number):
            "V-\(number)"
        case .exigentDeclared(let number, _, _, _, _), .concurred(let number, _, _): "U-\(number)"
        case .targetSubmitted(let number, _, _, _, _, _, _, _), .targetValidated(let number, _, _),
            .targetWithdrawn(let number, _):
            "I-\(number)"
        case .hitFound(let notice), .notified(let notice): "X-\(notice.conflict)"
        case .noticeWithdrawn(let number, _), .acknowledged(let number, _, _), .resolved(let number, _, _, _, _, _):
            "X-\(number)"
        }
    }

    /// The number that was drawn for it; nil where none was.
    var drawn: Int64? {
        switch self {
        case .eventSubmitted(let number, _, _, _, _), .exigentDeclared(let number, _, _, _, _),
            .targetSubmitted(let number, _, _, _, _, _, _, _):
            number
        default: nil
        }
    }

    /// The submission whose comparison the answer tells; nil where nothing was compared.
    var compared: Int64? {
        switch self {
        case .eventSubmitted(let number, _, _, _, _), .eventAmended(let number, _, _, _),
            .targetSubmitted(let number, _, _, _, _, _, _, _):
            number
        default: nil
        }
    }
}
