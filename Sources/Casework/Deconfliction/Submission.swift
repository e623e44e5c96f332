package import Cryptography
package import Deconfliction
package import Policy

/// What kind of work is planned; a closed list, for nobody else is told it and nothing hangs on it but the owner's own list.
package enum PlannedWork: String, Hashable, Sendable, CaseIterable {
    case searchWarrant = "search-warrant"
    case arrestWarrant = "arrest-warrant"
    case surveillance
    case controlledBuy = "controlled-buy"
    case undercoverMeeting = "undercover-meeting"
    case knockAndTalk = "knock-and-talk"
    case vehicleStop = "vehicle-stop"
    case jointOperation = "joint-operation"
    case other
}

/// What a submission of a planned event says beside where and when (domain.md 6.2, DeconEvent).
package struct EventTerms: Hashable, Sendable {
    package var work: PlannedWork
    /// The desk that the other side calls; on the wire empty for the agency's own.
    package var contact: String
    /// The plan that it is for, such as `OP-1`.
    package var operation: String?
    /// The entry made in RISSafe, Case Explorer or SAFETNet, which this does not replace (domain.md 2.9).
    package var externalRef: String?
    /// Whether the other side may be told which agency it is; it is told so only if both may be named.
    package var namesAgency: Bool
}

/// Where and when, as it was said; what an amendment leaves as it was is nil.
///
/// It is a part of its own in the record, so that it can be removed there.
package struct PlaceAndTime: Hashable, Sendable {
    /// Such as `0.1045,-179.999`: as they were written, so that who signs them sees what he wrote.
    package var points: [String]?
    /// Metres.
    package var radius: Int64?
    package var start: UTCTime?
    package var end: UTCTime?
    /// Minutes before and after.
    package var buffer: Int64?
    /// Metres that are allowed for inaccurate places.
    package var tolerance: Int64?

    /// Bounds beside those of the pure room.
    package static let tolerances: ClosedRange<Int64> = 0...1_000

    /// What holds after an amendment.
    func amended(by change: PlaceAndTime) -> PlaceAndTime {
        PlaceAndTime(
            points: change.points ?? points,
            radius: change.radius ?? radius,
            start: change.start ?? start,
            end: change.end ?? end,
            buffer: change.buffer ?? buffer,
            tolerance: change.tolerance ?? tolerance
        )
    }

    /// Whether a place with so many metres around it lies within one of these, and hours within these.
    func covers(_ site: Point, _ metres: Int64, from first: UTCTime, until last: UTCTime) -> Bool {
        guard let points, let radius, let start, let end, start <= first, last <= end else { return false }
        let reach = Double(radius + (tolerance ?? 0))
        // A metre for what haversine leaves at the same place written with other digits.
        return points.compactMap { Point($0) }.contains { $0.distance(to: site) + Double(metres) <= reach + 1 }
    }

    /// As the index takes it; nil if something of it is missing, because it was removed, or is no place.
    ///
    /// The allowance for inaccurate places is part of the event's own circle: so it counts for whoever comes later, too.
    func planned(_ number: Int64, caseID: CaseID?, widened: Bool = true) -> PlannedEvent? {
        guard let points, let radius, let start, let end, let buffer, let tolerance else { return nil }
        let places = points.compactMap { Point($0) }
        guard places.count == points.count else { return nil }
        return PlannedEvent(
            id: UInt64(bitPattern: number),
            caseMark: caseID.map(\.mark),
            points: places,
            radius: Double(widened ? radius + tolerance : radius),
            window: .init(start: start.milliseconds, end: end.milliseconds),
            buffer: buffer * 60_000
        )
    }
}

extension CaseID {
    fileprivate var mark: PlannedEvent.CaseMark {
        let halves = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return PlannedEvent.CaseMark(high: halves[0], low: halves[1])
    }

    /// The stream in which an agency's submissions and what it is told of others' are recorded: none of a case, so that the
    /// members of a case do not learn of them by numbers, and none that anybody else reads.
    package static func deconfliction(of agency: AgencyID) -> CaseID { derived("accord deconfliction \(agency.text)") }

    /// The stream that says of each submission of a target that it was screened, and not with what outcome.
    static let screening = derived("accord deconfliction")

    private static func derived(_ text: String) -> CaseID {
        CaseID(bytes: Array(Digest.sha256(Array(text.utf8)).bytes.prefix(16))) ?? .system
    }
}

/// A planned event of an agency, as long as it is active with where and when.
package struct EventSubmission: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case planned
        case cancelled
        /// Over: where and when it was is sealed.
        case completed
    }

    package let number: Int64
    package let agency: AgencyID
    package let caseID: CaseID?
    package let member: MemberID
    package let terms: EventTerms
    /// Nil once it is over.
    package var place: PlaceAndTime?
    package var state = State.planned
    package let submittedAt: UTCTime
    /// When it was compared with all others last.
    package var comparedAt: UTCTime
    /// Whether nothing happened since for which it is to be compared anew.
    ///
    /// Its plan was not amended, nor was it said to be put off or called off. That follows from the order of lines, and not from their times, which stand still where a clock went back.
    package var isCompared = true
    /// Conflicts and links that came of it, also those that were withdrawn.
    package var conflicts: Set<Int64> = []

    package var name: String { "V-\(number)" }
}

/// A declaration that there is no time for a submission in time (domain.md 2.9).
package struct Exigency: Hashable, Sendable {
    package let number: Int64
    package let agency: AgencyID
    package let caseID: CaseID?
    package let operation: String?
    /// The commander who concurs.
    package let approver: MemberID
    package let at: UTCTime
    /// The submission that followed.
    package var submission: Int64?
    /// What whom it names as who concurs said himself; nil as long as he said nothing.
    package var isConfirmed: Bool?

    package var name: String { "U-\(number)" }
}

/// How much another agency is told when it asks about the same target (domain.md 6.8).
package enum ReleaseLevel: String, Hashable, Sendable, CaseIterable {
    /// Agency, code word of the case and point of contact.
    case open = "OPEN"
    /// Agency and point of contact.
    case agencyOnly = "AGENCY_ONLY"
    /// Nothing: the owner alone is told.
    case silent = "SILENT"
}

/// Of what a target is suspected (28 CFR 23.20(a), (c)); a closed list.
package enum CriminalActivity: String, Hashable, Sendable, CaseIterable {
    case trafficking
    case smuggling
    case laborExploitation = "labor-exploitation"
    case organisedCrime = "organised-crime"
    case narcotics
    case firearms
    case moneyLaundering = "money-laundering"
    case documentFraud = "document-fraud"
    case violentCrime = "violent-crime"
    case otherFelony = "other-felony"
}

/// What the target is to the suspected activity; a closed list, of which two words are refused (rule P12).
package enum SubjectRole: String, Hashable, Sendable, CaseIterable {
    case suspect
    /// A thing that is used for it.
    case instrument
    case victim
    case witness

    var isProtected: Bool { self == .victim || self == .witness }
}

/// What a submission of a target says, without the identifier and the basis of the suspicion.
package struct TargetTerms: Hashable, Sendable {
    package var kind: Deconfliction.Identifier.Kind
    package var level: ReleaseLevel
    package var activity: CriminalActivity
    /// To what the suspicion refers: `S-1` or `E-3` of the case, or a file of the agency.
    package var subject: String
    package var role: SubjectRole
    package var contact: String
    package var validUntil: UTCTime

    /// The number of the entry (E) or the subject (S) of the case to which the suspicion refers; nil if it refers to something
    /// else.
    func number(after letter: Character) -> Int64? {
        guard let first = subject.first, first.uppercased() == String(letter) else { return nil }
        return Reference.number(subject, letter: letter)
    }
}

/// A target of an agency: what the index holds of it is a keyed digest.
package struct TargetSubmission: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case active
        case withdrawn
    }

    package let number: Int64
    package let agency: AgencyID
    package let caseID: CaseID?
    package let member: MemberID
    package var terms: TargetTerms
    package let digest: Digest
    /// Of the pepper; a digest of an earlier one matches nothing.
    package let epoch: Int64
    package var state = State.active
    package let submittedAt: UTCTime
    /// Whether those who are silent about the same were told.
    package var isScreened = false
    package var conflicts: Set<Int64> = []

    package var name: String { "I-\(number)" }
}
