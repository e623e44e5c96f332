package import Policy

/// What a court ordered about a record (domain.md 2.11).
package enum OrderKind: String, Hashable, Sendable, CaseIterable {
    case expunge
    case seal
    case suppress
    case protective
    case unseal

    /// Suppression and protection hold from their receipt on, whatever day they name; the others wait until nobody can appeal any
    /// more, and until somebody carries them out (domain.md 6.6).
    package var holdsAtReceipt: Bool { self == .suppress || self == .protective }
}

/// How a retention review ends (28 CFR 23.20(h)).
package enum RetentionDecision: String, Hashable, Sendable, CaseIterable {
    case retain
    case purge
}

/// What an order says.
package struct OrderTerms: Hashable, Sendable {
    package var kind: OrderKind
    package var court: String
    package var docket: String
    package var effectiveAt: UTCTime
    /// Nil where there is no appeal.
    package var appealUntil: UTCTime?
    /// Who may go on reading a case that is sealed under it.
    package var permitted: [MemberID] = []

    /// From when on it may be carried out.
    package var executableFrom: UTCTime {
        guard !kind.holdsAtReceipt, let appealUntil else { return effectiveAt }
        return max(effectiveAt, appealUntil)
    }
}

/// An order as it was received.
package struct CourtOrder: Hashable, Sendable {
    package var number: Int64
    package var terms: OrderTerms
    /// None are all of the case.
    package var records: [Removable]
    package var by: MemberID
    package var at: UTCTime
    /// Position in the case of the line that records it.
    var line: Int64
    /// Whether all of it has been carried out; of one that holds at its receipt, whether it was lifted.
    var isExecuted = false
    /// Who took note of it, where it holds at once, or seals the case.
    var notedBy: Set<MemberID> = []

    var id: String { "C-\(number)" }
}

/// The newest retention review of an entry.
package struct RetentionReview: Hashable, Sendable {
    package var decision: RetentionDecision
    /// When it is to be reviewed again; nil where it is to be purged.
    package var until: UTCTime?
    package var by: MemberID
    var line: Int64
}

/// A legal hold: what it names is not purged while it stands; none named is all of the case.
package struct LegalHold: Hashable, Sendable {
    package var number: Int64
    package var records: [Removable]
    package var by: MemberID
    package var at: UTCTime
    package var isLifted: Bool

    var id: String { "L-\(number)" }

    func keeps(_ what: Removable) -> Bool { !isLifted && (records.isEmpty || records.contains(what)) }
}

/// A notice to an agency that was given what is purged.
package struct PurgeNotice: Hashable, Sendable {
    /// The number of the line in the dissemination register; nil of shared work, which its parties and readers had without one, and of a copy
    /// of the case.
    package var dissemination: Int64?
    package var recipient: AgencyID
    package var sentAt: UTCTime
    package var certifiedAt: UTCTime?
    /// Position in the case of the line that records it.
    var line: Int64

    /// What it is called beside the purge, such as `D-2`.
    package var name: String { dissemination.map { "D-\($0)" } ?? recipient.text }

    /// What the clock of its certification runs for.
    func item(of purge: Int64) -> String { "P-\(purge)/\(name)" }

    /// When the recipient has to have certified (domain.md 6.11).
    package var dueAt: UTCTime { sentAt.adding(days: 30) }
}

/// A purge, from its proposal to the destruction and what recipients certified.
package struct Purge: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case proposed
        case declined
        /// A second person approved: from here on nobody reads it, and its bytes are being destroyed.
        case approved
        /// The bytes are destroyed.
        case purged
    }

    package var number: Int64
    package var records: [Removable]
    /// The order under which; nil where a retention review decided it.
    package var order: Int64?
    package var proposer: MemberID
    package var proposerAgency: AgencyID
    package var proposerRole: Role
    package var at: UTCTime
    package var state: State
    package var approver: MemberID?
    package var notices: [PurgeNotice] = []
    /// Position of the proposal's line.
    var line: Int64
    /// Position of the approval's line, once there is one.
    package var approvalLine: Int64?
    /// Positions of the lines whose texts are to be destroyed.
    var lines: [Int64]

    package var id: String { "P-\(number)" }

    /// Such as `P-1 under court order C-1`.
    package var words: String { id + (order.map { " under court order C-\($0)" } ?? " after a retention review") }
}

/// All that concerns retention and removal in a case: rare, and so beside the entries.
package struct Removals: Hashable, Sendable {
    package var reviews: [Removable: RetentionReview] = [:]
    package var holds: [LegalHold] = []
    package var orders: [CourtOrder] = []
    package var purges: [Purge] = []
    /// What is sealed, and under which order.
    package var sealed: [Removable: Int64] = [:]
    /// What is under a protective order, and which: who has it keeps it, and nobody else is given it.
    package var protected: [Removable: Int64] = [:]
    /// The order under which all of the case is sealed; nil where it is not.
    package var caseSeal: Int64?
    /// What is purged, from the approval on, and by which purge.
    package var purged: [Removable: Int64] = [:]
    /// Agencies that exported the case, but for oversight, which is given no content: positions of the newest line that says so.
    var exports: [AgencyID: Int64] = [:]
    /// Lines that say something about an entry: withdrawals, changes of handling, requests for permission, releases.
    var remarks: [Int64: [Int64]] = [:]

    func isGone(_ what: Removable) -> Bool { purged[what] != nil || sealed[what] != nil }

    /// Whether the case is sealed from somebody: from all whom the order does not name.
    func isSealed(from member: MemberID) -> Bool {
        guard let caseSeal else { return false }
        return !(order(caseSeal)?.terms.permitted.contains(member) ?? false)
    }

    /// Suppression bars reading and giving as a seal does, protection giving alone (domain.md 2.11): from their receipt on.
    mutating func takeEffect(_ kind: OrderKind, _ records: [Removable], order: Int64) {
        for what in records where purged[what] == nil {
            switch kind {
            case .suppress: sealed[what] = order
            case .protective: protected[what] = order
            case .expunge, .seal, .unseal: break
            }
        }
    }

    /// Whether an order bars something of it until another lifts that.
    func isBarred(_ what: Removable) -> Bool { sealed[what] != nil || protected[what] != nil }

    /// Whether nothing of an order remains to be carried out, or nothing of it holds any more.
    private func isDone(_ order: CourtOrder) -> Bool {
        if order.records.isEmpty { return (caseSeal == nil) == (order.terms.kind == .unseal) }
        return switch order.terms.kind {
        case .expunge: order.records.allSatisfy { purge(purged[$0])?.state == .purged }
        case .seal: order.records.allSatisfy { isGone($0) }
        case .unseal, .suppress, .protective: order.records.allSatisfy { !isBarred($0) }
        }
    }

    /// Keeps in mind which orders have been carried out or lifted, whatever becomes of what they name later.
    mutating func noteExecuted() {
        for index in orders.indices where isDone(orders[index]) { orders[index].isExecuted = true }
    }

    mutating func note(_ name: String, by member: MemberID) {
        for index in orders.indices
        where orders[index].id == name && (orders[index].terms.kind.holdsAtReceipt || orders[index].number == caseSeal)
        {
            orders[index].notedBy.insert(member)
        }
    }

    /// How far an order has come (domain.md 6.6).
    func word(of order: CourtOrder, _ now: UTCTime) -> String {
        let holdsAtReceipt = order.terms.kind.holdsAtReceipt
        if order.isExecuted { return holdsAtReceipt ? "lifted" : "executed" }
        return !holdsAtReceipt && order.terms.executableFrom > now ? "appeal-wait" : "in-effect"
    }

    package func purge(_ number: Int64?) -> Purge? { number.flatMap { number in purges.first { $0.number == number } } }

    func order(_ number: Int64?) -> CourtOrder? { number.flatMap { number in orders.first { $0.number == number } } }
}

/// A line of the same case that an event rests on, or whose texts it is about.
package struct LineReference: Hashable, Sendable {
    /// Position in the case.
    package var line: Int64
    /// Whether its separately removable parts are meant: all but the first, which says what the line did.
    package var isOfTexts: Bool

    package init(line: Int64, isOfTexts: Bool = false) {
        self.line = line
        self.isOfTexts = isOfTexts
    }
}

/// An act of retention, sealing or removal; `String` is what the asker calls an entry, a piece of work, an order, a hold or a purge.
package enum RemovalAct: Hashable, Sendable {
    case review([String], RetentionDecision, until: UTCTime?, explanation: String)
    case placeHold([String], reason: String)
    case liftHold(String, reason: String)
    case recordOrder([String], OrderTerms)
    case proposePurge([String], order: String?, reason: String)
    case decidePurge(String, isApproved: Bool, reason: String?)
    case certify(String)
    case seal([String], order: String)
    case unseal([String], order: String)
    case list

    package var name: String {
        switch self {
        case .review: "retention.review"
        case .placeHold: "hold.place"
        case .liftHold: "hold.lift"
        case .recordOrder: "order.record"
        case .proposePurge: "purge.propose"
        case .decidePurge(_, let isApproved, _): isApproved ? "purge.approve" : "purge.decline"
        case .certify: "purge.certify"
        case .seal(let entries, _): entries.isEmpty ? "case.seal" : "entry.seal"
        case .unseal(let entries, _): entries.isEmpty ? "case.unseal" : "entry.unseal"
        case .list: "purge.list"
        }
    }

    /// The order, hold or purge that it is about; nil where there is none.
    var item: String? {
        switch self {
        case .liftHold(let text, _): Reference.number(text, letter: "L").map { "L-\($0)" }
        case .decidePurge(let text, _, _), .certify(let text): Reference.number(text, letter: "P").map { "P-\($0)" }
        default: nil
        }
    }
}

/// What happened about retention, sealing or removal.
package enum RemovalEvent: Hashable, Sendable {
    case reviewed([Removable], RetentionDecision, until: UTCTime?, explanation: String)
    case holdPlaced(Int64, [Removable], reason: String)
    case holdLifted(Int64, reason: String)
    case orderReceived(Int64, [Removable], OrderTerms)
    case purgeProposed(Int64, [Removable], order: Int64?, reason: String)
    case purgeApproved(Int64)
    case purgeDeclined(Int64, reason: String?)
    case noticeSent(purge: Int64, dissemination: Int64?, AgencyID)
    /// The daemon has destroyed the bytes.
    case purged(Int64)
    case certified(Int64)
    case sealed([Removable], order: Int64)
    case unsealed([Removable], order: Int64)

    package var kind: String {
        switch self {
        case .reviewed: "retention.reviewed"
        case .holdPlaced: "legal.hold_placed"
        case .holdLifted: "legal.hold_lifted"
        case .orderReceived: "court_order.received"
        case .purgeProposed: "purge.proposed"
        case .purgeApproved: "purge.approved"
        case .purgeDeclined: "purge.declined"
        case .noticeSent: "purge.notice_sent"
        case .purged: "record.purged"
        case .certified: "purge.certified"
        case .sealed: "record.sealed"
        case .unsealed: "record.unsealed"
        }
    }

    var item: String? {
        switch self {
        case .holdPlaced(let number, _, _), .holdLifted(let number, _): "L-\(number)"
        case .orderReceived(let number, _, _): "C-\(number)"
        case .purgeProposed(let number, _, _, _), .purgeApproved(let number), .purgeDeclined(let number, _),
            .purged(let number), .certified(let number):
            "P-\(number)"
        case .noticeSent(let purge, let dissemination, _): dissemination.map { "D-\($0)" } ?? "P-\(purge)"
        case .reviewed(let records, _, _, _), .sealed(let records, _), .unsealed(let records, _):
            records.count == 1 ? records.first?.name : nil
        }
    }
}
