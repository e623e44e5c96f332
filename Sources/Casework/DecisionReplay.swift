package import Cryptography
import Policy
import StrictJSON

/// A line of the record as a replay takes it.
package struct ReplayedLine: Sendable {
    /// Position in the whole record.
    package var seq: UInt64
    package var place: StreamPosition
    package var event: Event
    /// Who spoke: a key's fingerprint, `uid:N` or `system`.
    package var by: String
    /// False for a refusal.
    package var isAccepted: Bool
    package var isSigned: Bool
    /// Whether it was decided under the rules that decide again.
    package var isOfTheseRules: Bool
    /// The rule that it says an emergency overrode.
    package var overridden: String?

    package init(
        seq: UInt64,
        place: StreamPosition,
        event: Event,
        by: String,
        isAccepted: Bool,
        isSigned: Bool,
        isOfTheseRules: Bool,
        overridden: String? = nil
    ) {
        self.seq = seq
        self.place = place
        self.event = event
        self.by = by
        self.isAccepted = isAccepted
        self.isSigned = isSigned
        self.isOfTheseRules = isOfTheseRules
        self.overridden = overridden
    }
}

/// What a replay says of a line.
package enum Judgement: Hashable, Sendable {
    /// The rules give this line again, and let it name these earlier ones.
    case agreed([LineReference])
    /// A refusal: what was asked is not on the record, so that there is nothing to decide.
    case refusal
    /// It was decided under rules of another version.
    case otherRules
    /// No act is known here that leads to events of this kind.
    case unknown
    case differs(Difference)

    /// A line that the rules do not give.
    package struct Difference: Hashable, Sendable {
        package enum Finding: String, Hashable, Sendable, CaseIterable {
            /// The rules refuse what the line says was accepted.
            case notAllowed = "not-allowed"
            /// The rules let it happen, and record something else.
            case decidedOtherwise = "decided-otherwise"
            /// It stands there in the daemon's name, or as a refusal, and neither would say that.
            case notAnAct = "not-an-act"
            /// What is recorded with an act, such as the notices of a purge, is not there.
            case noticeMissing = "notice-missing"
            /// It names other lines than those that it rests on.
            case referencesDiffer = "references-differ"
            /// From here on other rules are named, and nothing says that they were put in force.
            case rulesChanged = "rules-changed-unsaid"
            /// An export states something else of its bundle than its reader's rights made of it.
            case exportMisstated = "export-misstated"
        }

        package var finding: Finding
        /// The rule that refuses; nil where none does.
        package var rule: String?
        /// One sentence for people, without content.
        package var message: String

        package init(_ finding: Finding, rule: String? = nil, _ message: String) {
            self.finding = finding
            self.rule = rule
            self.message = message
        }
    }
}

/// Decides again, line by line, what the record says was accepted: on the state before it, at its time, as its author.
///
/// A line agrees if its author could then have asked for something that the rules decide to be just this event. So a line that
/// somebody wrote past the rules, with all keys in his hands, is found by anybody who replays.
package struct DecisionReplay: Sendable {
    private var state = CaseworkState()
    /// What the daemon has to record next, for it belongs to what came before.
    private var owed: [Decision] = []
    private var founding = Founding()
    /// Streams of which a purge destroyed what was said: nothing there can be decided again.
    private var hollow: Set<CaseID> = []
    /// What the author of the line that was taken last was to be shown of its case, if it is an export that the rules give again.
    package private(set) var exported: PartsScope?

    /// Before the first line.
    package init() {}

    /// Takes the next line of the record.
    package mutating func take(_ line: ReplayedLine) -> Judgement {
        exported = nil
        let judgement = judge(line)
        state.evolve(line.event, at: line.place)
        if line.isOfTheseRules, line.isAccepted {
            owed += state.consequences(after: line.event, now: line.place.recordedAt)
        }
        return judgement
    }

    /// Under which rules the next line has to be: the table's, and what the agencies have put in force by now.
    package var rules: Digest { state.jurisdiction.digest }

    /// What is missing after the last line.
    package var missing: Judgement.Difference? { owed.isEmpty ? nil : Self.noticeMissing }

    private static let noticeMissing = Judgement.Difference(
        .noticeMissing,
        "What belongs to an act is not recorded with it, such as a notice of a purge, or what a side of a conflict is told."
    )

    private mutating func judge(_ line: ReplayedLine) -> Judgement {
        if let next = owed.first {
            guard line.event.says(next.event), line.isAccepted, line.by == "system" else {
                owed = []
                return .differs(Self.noticeMissing)
            }
            owed.removeFirst()
            return .agreed(next.references)
        }
        if case .work(let done) = line.event.body, done.isHollow { hollow.insert(line.event.caseID) }
        if hollow.contains(line.event.caseID) { return .agreed([]) }
        guard line.isAccepted else { return line.event.isRefusal ? .refusal : .differs(Self.noRefusal) }
        guard line.isOfTheseRules else {
            founding.end()
            return .otherRules
        }
        if case .system(let facts) = line.event.body { return daemon(line, says: !facts.members.isEmpty) }
        if line.by == "system" { return byTheDaemon(line) }
        founding.end()
        guard let act = Act(recorded: line.event, in: state) else {
            return line.event.isRefusal ? .differs(Self.noRefusal) : .unknown
        }
        return decide(act, line)
    }

    private static let noRefusal = Judgement.Difference(
        .notAnAct,
        "It is said to be refused, or to be a refusal, and is something else."
    )

    /// The purpose may have been stated or not: nobody knows from the line, and one of the two has to lead to it.
    private mutating func decide(_ act: Act, _ line: ReplayedLine) -> Judgement {
        var difference: Judgement.Difference?
        for purpose in [nil, line.event.purpose?.rawValue] {
            let decision = state.decide(
                Command(
                    actor: Actor(by: line.by),
                    act: act,
                    purpose: purpose,
                    expectedPosition: nil,
                    now: line.place.recordedAt,
                    minted: Minted(recorded: line.event),
                    isSigned: line.isSigned
                )
            )
            if let refusal = decision.refusal {
                difference =
                    difference
                    ?? Judgement.Difference(
                        .notAllowed,
                        rule: refusal.recordedRule,
                        "\(act.name): \(refusal.outward.message)"
                    )
            } else if line.event.says(decision.event), line.overridden == decision.overridden {
                if case .export = act { exported = decision.reading?.parts }
                return .agreed(decision.references)
            } else {
                let isOverridden = line.overridden == decision.overridden ? [] : ["outcome"]
                let others = (line.event.differences(from: decision.event) + isOverridden).joined(separator: ", ")
                difference = Judgement.Difference(
                    .decidedOtherwise,
                    "\(act.name): the rules record another \(others)."
                )
            }
        }
        return difference.map { .differs($0) } ?? .unknown
    }

    /// What no rule decides: that the daemon started and stopped, and that somebody proved a key.
    private mutating func daemon(_ line: ReplayedLine, says facts: Bool) -> Judgement {
        switch line.event.kind {
        case "session.opened":
            let member = state.member(by: line.by)
            guard let member, member.id == line.event.member, member.agency == line.event.agency, !facts else {
                return .differs(Judgement.Difference(.notAnAct, "A session is said to be that of another member."))
            }
            return .agreed([])
        case let kind where kind.hasPrefix("sys.") || kind == "access.denials_counted":
            guard line.by == "system" else {
                return .differs(Judgement.Difference(.notAnAct, "Somebody speaks in the daemon's name."))
            }
            if kind != "sys.genesis" { founding.end() }
            return .agreed([])
        default: return .unknown
        }
    }

    /// The first lines, a clock that ran out, whose eyes a hook has, an account that is locked, and the end of a purge; nothing else is the daemon's to do
    /// by itself.
    private mutating func byTheDaemon(_ line: ReplayedLine) -> Judgement {
        if founding.admits(line.event) { return .agreed([]) }
        if let due = state.dueClock(at: line.place.recordedAt) {
            let crossing = state.crossing(of: due)
            if line.event.says(crossing.event) { return .agreed(crossing.references) }
        }
        if line.event.kind == "access.read", case .access(CaseworkState.hookAct, _?, nil) = line.event.body,
            line.event.caseID == .system, line.event.role == nil, line.event.purpose == nil,
            line.event.member.map({ state.members[$0]?.agency == line.event.agency }) ?? (line.event.agency != nil)
        {
            return .agreed([])
        }
        if case .work = line.event.body,
            let purge = state.pendingPurges.first(where: { $0.isRestricted && $0.caseID == line.event.caseID }),
            let due = state.destruction(of: purge), line.event.says(due.event)
        {
            return .agreed([])
        }
        if case .lock(let uid, true, _) = line.event.body, !state.isLocked(uid),
            line.event.says(CaseworkState.locking(uid).event)
        {
            return .agreed([])
        }
        if case .removal(.purged(let number)) = line.event.body {
            let purge = PendingPurge(
                caseID: line.event.caseID,
                number: number,
                approvalLine: state.cases[line.event.caseID]?.removals.purge(number)?.approvalLine ?? 0
            )
            if let due = state.destruction(of: purge), line.event.says(due.event) {
                return .agreed([LineReference(line: purge.approvalLine)])
            }
        }
        return .differs(
            Judgement.Difference(.notAnAct, "It stands there in the daemon's name, which does not do that by itself.")
        )
    }
}

/// The lines with which a deployment begins: an agency, its administrator, his role, and no more.
private struct Founding: Sendable {
    private var next: [String]? = ["agency.registered", "user.enrolled", "user.role_granted"]

    mutating func end() { next = nil }

    mutating func admits(_ event: Event) -> Bool {
        guard next?.first == event.kind, event.caseID == .system, event.member == nil, event.agency == nil else {
            return false
        }
        switch event.body {
        case .memberEnrolled(let member):
            guard member.grants.isEmpty else { return false }
        case .roleGranted(_, let grant):
            guard grant.role == .administrator, grant.number == 1 else { return false }
        default: break
        }
        next?.removeFirst()
        return true
    }
}

extension Event {
    fileprivate var isRefusal: Bool {
        guard ["access.denied", "decon.query_denied", "policy.bundle_rejected"].contains(kind),
            case .access(_, _, let code) = body
        else { return false }
        return code != nil
    }

    /// Whether it says the same as an event that was decided, texts apart: what they say is nothing that rules decide, and some
    /// were destroyed by law.
    fileprivate func says(_ other: Event) -> Bool { differences(from: other).isEmpty }

    /// In what the two differ.
    fileprivate func differences(from other: Event) -> [String] {
        // What an export's bundle holds is compared with the bundle, by whoever verifies that.
        var (own, other) = (self, other)
        (own.holds, other.holds) = (nil, nil)
        let facts: [(String, Bool)] = [
            ("kind", kind == other.kind), ("case", caseID == other.caseID), ("agency", agency == other.agency),
            ("member", member == other.member), ("role", role == other.role), ("purpose", purpose == other.purpose),
            ("content", own.parts().first?.value == other.parts().first?.value),
        ]
        return facts.filter { !$0.1 }.map(\.0)
    }
}
