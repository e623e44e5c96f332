import StrictJSON

/// What a line says that other lines are to follow, or that rests on others: of purges, releases, orders and deadlines.
final class DutyLine: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// What a purge or a seal rests on.
        case order = "court_order.received"
        case review = "retention.reviewed"
        case proposal = "purge.proposed"
        case approval = "purge.approved"
        case notice = "purge.notice_sent"
        case destruction = "record.purged"
        case certification = "purge.certified"
        case certificationOverdue = "purge.certification_overdue"
        /// A line of the dissemination register.
        case dissemination = "dissemination.recorded"
        /// Another line of it, which overrode a rule.
        case emergency = "breakglass.invoked"
        case emergencyEnd = "breakglass.expired"
        case emergencyReview = "breakglass.reviewed"
        case emergencyReviewOverdue = "breakglass.review_overdue"
        /// A reading that names a line: by somebody outside the case, under a release.
        case reading = "access.read"
        case seal = "record.sealed"
        case unseal = "record.unsealed"
        case caseOpened = "case.opened"
        case caseReopened = "case.reopened"
        case caseReviewed = "case.reviewed"
        case caseReviewOverdue = "case.review_overdue"
        case caseClosed = "case.closed"

        /// Spelled out once, by their lengths: each line is compared with those of its own.
        private static let spellings: [[(Kind, [UInt8])]] = (0...48).map { count in
            allCases.map { ($0, Array($0.rawValue.utf8)) }.filter { $0.1.count == count }
        }

        /// The kind that a line says to be; nil if it is none of these.
        init?(_ scan: borrowing LineScan) {
            let place = scan.layout.kind
            let found = Self.spellings[min(place.count, 48)].first { scan.isText($0.1, at: place) }
            guard let found else { return nil }
            self = found.0
        }
    }

    let kind: Kind
    let seq: UInt64
    /// Its place as findings name it.
    let number: UInt64
    let caseKey: CaseKey
    let recordedAt: Int64
    let member: String
    let role: String
    let references: [Statement.Reference]
    /// Of an order or a review: what it is, as far as the copy shows it.
    let terms: String

    /// In words: `the court order at line 5 (expunge, Superior Court, D-21)`.
    var words: String {
        let what = kind == .order ? "the court order" : "the retention review"
        return "\(what) at line \(number)\(terms.isEmpty ? "" : " (\(terms))")"
    }

    /// Whether it says that an agency was given something.
    var isInRegister: Bool { kind == .dissemination || kind == .emergency }

    /// Nil for a line of another kind, one that was refused, and a reading that names nothing.
    init?(_ scan: borrowing LineScan, _ evidence: borrowing LineEvidence, number: UInt64) {
        guard scan.outcome != .denied, let kind = Kind(scan), scan.outcome == .accepted || kind == .emergency,
            kind != .reading || scan.layout.references.count > 2, let line = try? LogLine(parsing: evidence.line)
        else { return nil }
        self.kind = kind
        seq = line.seq
        self.number = number
        caseKey = line.statement.caseKey
        recordedAt = line.recordedAt
        member = line.statement.member
        role = line.statement.role
        references = line.statement.references
        terms = kind == .order ? Self.terms(evidence.files(listedIn: line.statement.parts).details) : ""
    }

    /// What an order says of itself, where its details are in the copy.
    private static func terms(_ details: Part?) -> String {
        ["kind", "court", "docket"].compactMap { details?.value.object?[$0]?.string }.joined(separator: ", ")
    }
}
