import StrictJSON

/// A clock that an agency's own law may let run out sooner than is usual, and never later (domain.md 6.11).
///
/// What custody and certifications have is said apart: there a law counts business days, or more than is usual. Left out are clocks that are
/// no one agency's: two hours before an operation, for both sides plan by that; what a court or an agreement dates; what oversight
/// owes; renewals, which are counted back from an end that a statute sets; and those of the deployment, such as a session's.
package enum ShortenedClock: String, Hashable, Sendable, CaseIterable {
    /// A request for information that the agency is asked.
    case request = "rfi"
    case personNotice = "custody-person"
    case counselNotice = "custody-counsel"
    /// The submission of what was declared exigent.
    case exigency = "exigency"
    /// The validation of a subject that the agency registered.
    case subject = "subject"
    /// The review of a case that the agency leads.
    case caseReview = "case-review"
    case purgeCertification = "purge-certification"
    /// The review of the agency's own members.
    case userReview = "user-review"
    /// Contact with the other side of a conflict, from the notice on; never sooner than a quarter of an hour after it.
    case conflict
    /// How long a target that the agency submitted matches before it is validated.
    case target
    /// The notice about a minor whom the agency's victim services flagged.
    case minorNotice = "minor-notice"
    /// How long a consent lasts that the agency's victim services record.
    case consent
    /// The next review of what the agency contributed.
    case retention

    /// What is usual.
    package var mostHours: Int64 {
        switch self {
        case .exigency: 4
        case .personNotice, .counselNotice, .minorNotice: 24
        case .request: 7 * 24
        case .purgeCertification: 30 * 24
        // Nothing is planned further ahead.
        case .caseReview, .conflict: 90 * 24
        case .consent: 180 * 24
        case .subject, .target, .userReview: 365 * 24
        case .retention: 5 * 365 * 24
        }
    }

    /// As policies have it, in order.
    static func json(_ hours: [ShortenedClock: Int64]) -> JSONValue? {
        guard !hours.isEmpty else { return nil }
        return .array(
            allCases.compactMap { clock in
                hours[clock].map { ["clock": .string(clock.rawValue), "hours": .integer($0)] }
            }
        )
    }
}
