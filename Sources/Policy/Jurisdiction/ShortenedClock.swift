import StrictJSON

/// A clock that an agency's own law may let run out sooner than is usual, and never later (domain.md 6.11).
///
/// What custody and certifications have is said apart: there a law counts business days, or more than is usual.
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

    /// What is usual.
    package var mostHours: Int64 {
        switch self {
        case .exigency: 4
        case .personNotice, .counselNotice: 24
        case .request: 7 * 24
        case .purgeCertification: 30 * 24
        case .caseReview: 90 * 24
        case .subject, .userReview: 365 * 24
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
