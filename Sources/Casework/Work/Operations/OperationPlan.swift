import Deconfliction
import Policy
import StrictJSON

/// The facts of an operation plan, as rules read them (domain.md 6.2).
///
/// Where it will be is a part of its own in the record, and kept until it is over for what was submitted to deconfliction to be
/// compared with; it is shown to nobody from here.
struct OperationPlan {
    let facts: JSONObject

    /// What an agency, or counsel, said of the plan, and of which revision of it.
    struct Answer {
        let agency: AgencyID
        let decision: Decision
        let terms: [String]
        let revision: Int64
        let member: String
        let at: Int64
        /// Whether the lead took note of terms that no rule can judge.
        var isAccepted: Bool

        enum Decision: String {
            case approved
            case conditional
            case declined
        }
    }

    struct Authority {
        let kind: String
        let court: String?
        let expiresAt: UTCTime?
    }

    /// Counts its amendments, from 1: what was said of an earlier one does not count any more.
    var revision: Int64 { facts["revision"]?.integer ?? 1 }
    var startsAt: UTCTime { time("starts_at") ?? UTCTime(milliseconds: 0) }
    var endsAt: UTCTime { time("ends_at") ?? UTCTime(milliseconds: 0) }
    /// When it was proposed, or amended last.
    var revisedAt: UTCTime { time("revised_at") ?? UTCTime(milliseconds: 0) }
    /// Who proposed it, and who amended it, each with the last revision that is his.
    var authors: [(member: String, revision: Int64)] {
        (facts["authors"]?.array ?? []).compactMap { value in
            guard let member = value.object?["member"]?.string else { return nil }
            return (member, value.object?["revision"]?.integer ?? 0)
        }
    }
    var isExigent: Bool { facts["exigent"]?.bool ?? false }
    var purposes: [Purpose] { strings("purposes").compactMap { Purpose(rawValue: $0) } }
    /// Those whose liaisons answer; the agency that leads the case may be among them or not.
    var agencies: [AgencyID] { strings("agencies").compactMap { AgencyID($0) } }

    var authorities: [Authority] {
        (facts["authorities"]?.array ?? []).map { value in
            Authority(
                kind: value.object?["kind"]?.string ?? "",
                court: value.object?["court"]?.string,
                expiresAt: value.object?["expires_at"]?.integer.map { UTCTime(milliseconds: $0) }
            )
        }
    }

    /// Those under which the operation could not be finished.
    var expiringAuthorities: [Authority] { authorities.filter { $0.expiresAt.map { $0 < endsAt } ?? false } }

    /// Where it will be, each place with its radius in metres; nil where that is not known any more.
    var sites: [(point: Point, radius: Int64)]? {
        facts["sites"]?.array?.compactMap { value in
            guard let point = value.object?["point"]?.string.flatMap({ Point($0) }) else { return nil }
            return (point, value.object?["radius"]?.integer ?? 0)
        }
    }

    /// Until when it is to be submitted to deconfliction; nil where it cannot wait, or that hour is past.
    func submissionDue(_ now: UTCTime) -> UTCTime? {
        let due = startsAt.adding(hours: -Self.noticeHours)
        return isExigent || due <= now ? nil : due
    }

    // MARK: Answers

    /// What each agency said last, of whatever revision.
    var answers: [Answer] {
        (facts["answers"]?.array ?? []).compactMap { value in
            guard let object = value.object, let agency = object["agency"]?.string.flatMap({ AgencyID($0) }),
                let decision = object["decision"]?.string.flatMap({ Answer.Decision(rawValue: $0) })
            else { return nil }
            return Answer(
                agency: agency,
                decision: decision,
                terms: (object["terms"]?.array ?? []).compactMap(\.string),
                revision: object["revision"]?.integer ?? 0,
                member: object["member"]?.string ?? "",
                at: object["answered_at"]?.integer ?? 0,
                isAccepted: object["accepted"]?.bool ?? false
            )
        }
    }

    /// What an agency said of the plan as it is now; nil if nothing.
    func answer(of agency: AgencyID) -> Answer? {
        answers.first { $0.agency == agency && $0.revision == revision }
    }

    /// Who is against the plan as it is now, in words for its lead; nil if nobody.
    var against: String? {
        let declined = answers.filter { $0.revision == revision && $0.decision == .declined }
        var words = declined.filter { agencies.contains($0.agency) }.map { "\($0.agency) declined." }
        if isObjectedTo { words.append("Counsel objects.") }
        if facts["sent_back_revision"]?.integer == revision { words.append("It was sent back.") }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Whether an agency agreed to an earlier revision, and is not among those that take part now.
    func isLeftOut(_ agency: AgencyID) -> Bool {
        !agencies.contains(agency) && answers.contains { $0.agency == agency && $0.decision != .declined }
    }

    /// Whether counsel found nothing against the plan as it is now.
    var isReviewed: Bool { isReview("cleared") }
    var isObjectedTo: Bool { isReview("objected") }

    private func isReview(_ verdict: String) -> Bool {
        facts["verdict"]?.string == verdict && facts["reviewed_revision"]?.integer == revision
    }

    // MARK: Safeguards

    var hasSafeguards: Bool { facts["children"] != nil }
    var isProtectedLocation: Bool { facts["protected_location"]?.bool ?? false }
    var isSignedOff: Bool { facts["signed_off_revision"]?.integer == revision }

    /// The window that victim services were told; nil if none.
    var advised: ClosedRange<UTCTime>? {
        guard let start = time("window_start"), let end = time("window_end"), start <= end else { return nil }
        return start...end
    }

    /// Whether what victim services were told still holds the operation.
    var isAdvised: Bool { advised.map { $0.contains(startsAt) && $0.contains(endsAt) } ?? false }

    /// The agencies whose victim services took note.
    var informed: [AgencyID] { strings("informed").compactMap { AgencyID($0) } }

    // MARK: Terms

    /// Set by the agency, judged by a rule.
    static let noCivil = "no-civil-immigration"
    /// In words, which the lead takes note of.
    static let other = "other"

    /// Which terms of an answer do not hold, in words; who leads the case takes part, whether or not the plan names it.
    func unmet(_ answer: Answer, lead: AgencyID, _ agencies: [AgencyID: Agency]) -> [String] {
        var unmet: [String] = []
        if answer.terms.contains(Self.noCivil) {
            if purposes.contains(.civilImmigration) {
                unmet.append("the purposes hold \(Purpose.civilImmigration.rawValue)")
            }
            for other in Set(self.agencies + [lead]).sorted()
            where agencies[other]?.missions.contains(.civilImmigration) ?? false {
                unmet.append("\(other) takes part")
            }
        }
        if answer.terms.contains(Self.other), !answer.isAccepted {
            unmet.append("the lead has not taken note of its terms")
        }
        return unmet
    }

    private func time(_ key: String) -> UTCTime? { facts[key]?.integer.map { UTCTime(milliseconds: $0) } }

    private func strings(_ key: String) -> [String] { (facts[key]?.array ?? []).compactMap(\.string) }
}

extension OperationPlan.Answer {
    var record: JSONValue {
        [
            "agency": .string(agency.text), "decision": .string(decision.rawValue), "terms": .strings(terms),
            "revision": .integer(revision), "member": .string(member), "answered_at": .integer(at),
            "accepted": .bool(isAccepted),
        ]
    }
}

extension WorkItem {
    var plan: OperationPlan { OperationPlan(facts: facts) }

    /// Keeps what an agency says of the plan as it is now.
    mutating func keep(
        _ decision: OperationPlan.Answer.Decision,
        _ event: Event,
        terms: [String] = []
    ) {
        guard let agency = event.agency else { return }
        let answer = OperationPlan.Answer(
            agency: agency,
            decision: decision,
            terms: terms,
            revision: plan.revision,
            member: event.member?.text ?? "",
            at: changedAt.milliseconds,
            isAccepted: false
        )
        keep(plan.answers.filter { $0.agency != agency } + [answer])
    }

    mutating func keep(_ answers: [OperationPlan.Answer]) {
        facts["answers"] = .array(answers.sorted { $0.agency < $1.agency }.map(\.record))
    }

    /// Whether somebody wrote the plan, or a revision of it: nobody decides about his own work (rule P08).
    func isPlan(of member: MemberID) -> Bool {
        self.member == member || plan.authors.contains { $0.member == member.text }
    }

    /// Begins a revision: what was said of the one before counts no more.
    mutating func revise(_ revision: Int64, _ event: Event) {
        let author = event.member?.text ?? ""
        let authors = plan.authors.filter { $0.member != author } + [(author, revision)]
        facts["authors"] = .array(
            authors.map { ["member": .string($0.member), "revision": .integer($0.revision)] }
        )
        facts["revision"] = .integer(revision)
    }

    /// What is planned is another from now on: it is to be deconflicted again, too.
    mutating func amend(_ revision: Int64, _ done: WorkEvent, _ event: Event) {
        revise(revision, event)
        facts["revised_at"] = .integer(changedAt.milliseconds)
        facts["external_decon_ref"] = nil
        facts["sites"] = done.parts["sites"] ?? facts["sites"]
    }

    /// Keeps the safeguards.
    ///
    /// Others than were recorded before are those of a new revision, whatever was decided already.
    mutating func safeguard(_ done: WorkEvent, _ event: Event) {
        let isChange = plan.hasSafeguards && done.facts.members.contains { facts[$0.key] != $0.value }
        for (key, value) in done.facts.members { facts[key] = value }
        attribute(done, to: event)
        guard isChange else { return }
        revise(plan.revision + 1, event)
        state = "in-review"
    }
}
