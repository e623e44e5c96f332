import Cryptography
package import Deconfliction
package import Policy
import StrictJSON

/// Who acts.
package struct Actor: Hashable, Sendable {
    /// `uid:2001`, `SHA256:…` or `system`.
    package var by: String

    package init(by: String) { self.by = by }
}

/// Chance that an act may need, made outside.
package struct Minted: Sendable {
    package var caseID: CaseID
    /// Six digits for a case number.
    package var digits: UInt32
    /// The number of a submission or a declaration, where it was drawn before: in a replay.
    var number: Int64?
    /// The bodies to which something was routed, where it was routed before: in a replay.
    var bodies: [AgencyID]?
    /// What the index holds of a target, and of which pepper it is, where it was made before: in a replay.
    var indexed: (digest: Digest, epoch: Int64)?

    package init(caseID: CaseID, digits: UInt32) {
        self.caseID = caseID
        self.digits = digits % 1_000_000
    }
}

/// An act, by somebody, at a moment: everything a decision depends on beside the state.
package struct Command: Sendable {
    package var actor: Actor
    package var act: Act
    package var purpose: String?
    package var expectedPosition: Int64?
    package var now: UTCTime
    package var minted: Minted
    /// Whether the author's signature stands behind it, or is about to.
    package var isSigned: Bool
    /// With which identifiers of targets are made what the index holds.
    package var pepper: Pepper?
    /// Which bodies deal with what is written to oversight.
    package var routing: RoutingTable

    package init(
        actor: Actor,
        act: Act,
        purpose: String?,
        expectedPosition: Int64?,
        now: UTCTime,
        minted: Minted,
        isSigned: Bool = false,
        pepper: Pepper? = nil,
        routing: RoutingTable = .empty
    ) {
        self.actor = actor
        self.act = act
        self.purpose = purpose
        self.expectedPosition = expectedPosition
        self.now = now
        self.minted = minted
        self.isSigned = isSigned
        self.pepper = pepper
        self.routing = routing
    }
}

/// What was decided: always an event, for a refusal is recorded too.
package struct Decision: Sendable {
    package var event: Event
    package var refusal: Refusal?
    /// The rule that may have refused, and that an emergency overrides.
    package var overridden: String?
    /// The case and the entry that a reading is about, and what may be seen of it.
    package var reading: ReadingGrant?
    /// Earlier lines of the case that the event's line names.
    package var references: [LineReference] = []
    /// Whether policy does not take the act without its author's signature.
    package var needsSignature = false
    /// The case that the event is of, as its asker knew it; nil of an event that is of no case, or of one that comes into being.
    package var knownCase: KnownCase?

    package init(event: Event, refusal: Refusal? = nil, reading: ReadingGrant? = nil) {
        self.event = event
        self.refusal = refusal
        self.reading = reading
    }
}

/// A case as somebody knew it who acted in it.
package struct KnownCase: Sendable {
    let id: CaseID
    package let number: String
    /// Whether he may know that there is such a case, and how much is in it: who only answers a question may not.
    package let isOpen: Bool
}

/// What a reading may show.
package struct ReadingGrant: Sendable {
    package var member: MemberID
    package var caseID: CaseID?
    package var entry: Int64?
    package var scope: EntryScope
    /// Whose readings and refusals may be listed.
    package var audience: Audience
    /// Which parts of the lines of the case may be exported; nil where no export was asked for.
    package var parts: PartsScope?
    /// What a report may say; nil where none was asked for.
    package var report: ReportGrant?
    /// Whether content is read under an inspection.
    package var inspects = false

    package enum Audience: Hashable, Sendable {
        case own
        case agency
        /// Of whatever agency, as far as they concern what the asker's agency contributed.
        case information
        case all
    }
}

/// One decision under way: the asker, and the rules as they are passed.
struct Gate {
    let state: CaseworkState
    let command: Command
    /// Kept only if somebody wants to know why.
    var steps: [Step]?
    var member: Member
    /// The case that was looked for last.
    var knownCase: KnownCase?
    var now: UTCTime { command.now }

    /// Refuses unless the rule holds.
    mutating func require(
        _ row: String,
        _ holds: Bool,
        _ because: @autoclosure () -> String,
        message: String? = nil,
        citation: String? = nil,
        ask: String? = nil,
        recorded: String? = nil
    ) throws(Refusal) {
        if steps != nil {
            steps?.append(Step(rule: row, code: RuleTable.row(row).code, fired: !holds, because: because()))
        }
        guard holds else {
            throw Refusal(row: row, message: message, citation: citation, ask: ask, recorded: recorded)
        }
    }

    func file(_ id: CaseID) -> CaseFile? { state.cases[id] }
}
