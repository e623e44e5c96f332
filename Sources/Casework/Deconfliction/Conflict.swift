package import Deconfliction
package import Policy

/// What both sides of a conflict agreed on when they spoke (domain.md 2.9).
package enum ConflictOutcome: String, Hashable, Sendable, CaseIterable {
    case proceed
    case joint
    case delayed
    case cancelled
    /// Of targets alone: this side does not want to be in touch (domain.md 6.6).
    case contactDeclined = "contact-declined"
}

/// Two submissions that concern each other: raised, notified, acknowledged by each side, resolved (domain.md 6.6).
package struct Conflict: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case event
        case target
    }

    /// One side, and what it was told of the other.
    package struct Party: Hashable, Sendable {
        package let submission: Int64
        package let agency: AgencyID
        /// False for who asked about a silent target.
        package var isTold = true
        /// Nil where the watch desk stands between the two.
        package var other: AgencyID?
        package var contact = ""
        package var title: String?
        package var contactBy: UTCTime?
        package var acknowledgedAt: UTCTime?
        package var outcome: ConflictOutcome?
    }

    package let number: Int64
    package let kind: Kind
    /// Two submissions of one case: for information, and nothing is to be done.
    package var isLink: Bool
    package var isSilent = false
    package var severity: Encounter.Severity?
    package var parties: [Party]
    package let raisedAt: UTCTime
    package var withdrawnAt: UTCTime?
    package var resolvedAt: UTCTime?

    package var name: String { "X-\(number)" }

    /// Whether something is still to be done about it.
    package var isOpen: Bool { !isLink && withdrawnAt == nil && resolvedAt == nil }

    func party(_ submission: Int64) -> Party? { parties.first { $0.submission == submission } }

    func others(than submission: Int64) -> [Party] { parties.filter { $0.submission != submission } }

    /// Where it stands, as a side sees it.
    func state(for party: Party, _ now: UTCTime) -> String {
        if isLink { return "information" }
        if withdrawnAt != nil { return "withdrawn" }
        if resolvedAt != nil { return "resolved" }
        if let due = party.contactBy, due <= now { return "expired-unresolved" }
        return parties.filter(\.isTold).allSatisfy { $0.acknowledgedAt != nil } ? "acknowledged" : "notified"
    }
}

/// Whether an operation has been deconflicted, for the rule that asks (P15).
package enum Clearance: Hashable, Sendable {
    /// Compared since, and nothing is open.
    case fresh
    /// Compared before the plan was changed, or delayed and not compared again.
    case stale
    /// These conflicts are not resolved, such as `X-48291374`.
    case conflictOpen([String])
    /// What was submitted for it is for other places, or for other hours.
    case elsewhere
    /// Nothing was submitted for it.
    case missing
}
