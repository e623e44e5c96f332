package import Policy
package import StrictJSON

/// What happened, in the past tense; one event is one line of the record.
package struct Event: Hashable, Sendable {
    /// Such as `entry.recorded` (domain.md 6.7).
    package var kind: String
    /// The case, or the registry.
    package var caseID: CaseID
    package var agency: AgencyID?
    package var member: MemberID?
    /// The role in which the member acted.
    package var role: Role?
    package var purpose: Purpose?
    package var body: EventBody
    /// Of an export of a case: what its bundle holds, as the room of the record writes it.
    ///
    /// No rule decides it.
    package var holds: JSONObject?

    package init(
        kind: String,
        caseID: CaseID,
        agency: AgencyID?,
        member: MemberID?,
        role: Role?,
        purpose: Purpose?,
        body: EventBody,
        holds: JSONObject? = nil
    ) {
        self.kind = kind
        self.caseID = caseID
        self.agency = agency
        self.member = member
        self.role = role
        self.purpose = purpose
        self.body = body
        self.holds = holds
    }

    /// What the daemon does by itself: no member did it, and for no agency.
    package init(ofDaemon kind: String, in stream: CaseID = .system, purpose: Purpose? = nil, _ body: EventBody) {
        self.init(kind: kind, caseID: stream, agency: nil, member: nil, role: nil, purpose: purpose, body: body)
    }

    /// Whether it tells of a reading or a refusal, which changes nothing.
    package var isAccess: Bool {
        if case .access = body { true } else { false }
    }

    /// The kind, also where the record calls it `restricted`.
    package var saidKind: String {
        switch body {
        case .work(let done): done.kind
        case .clock(let clock): clock.kind.row.event
        default: kind
        }
    }

    /// What the act made, as people call it: `E-3`, `D-2`, `R-1`, `G-7`.
    package var item: String? {
        switch body {
        case .entryRecorded(let entry), .submitted(_, let entry): Reference.entryName(entry.number)
        case .entryWithdrawn(let number, _), .entryAcknowledged(let number), .handlingChanged(let number, _, _, _):
            "E-\(number)"
        case .permissionRequested(let request): "R-\(request.number)"
        case .permissionDecided(let number, _, _): "R-\(number)"
        case .disseminated(let dissemination): "D-\(dissemination.number)"
        case .emergencyReviewed(let number, _, _): "D-\(number)"
        case .roleGranted(_, let grant): grant.id
        case .access(_, let item, _): item
        case .removal(let removal): removal.item
        case .work(let done), .docket(let done): done.item
        case .deconfliction(let done): done.item
        case .clock(let clock): clock.item.isEmpty ? nil : clock.item
        case .jurisdiction(let policy): policy.item
        case .report(let done): done.item
        case .noticeAcknowledged(let name): name
        default: nil
        }
    }

    /// Whose live sessions end with this event.
    package var endsSessionsOf: SessionHolders? {
        switch body {
        case .keyRevoked(let member, _, _), .memberDisabled(let member, _), .roleRevoked(let member, _, _):
            .member(member)
        case .succession(.succeeded(let agency, _)): .membersOf(agency)
        default: nil
        }
    }
}

/// Those whose live sessions an event ends.
package enum SessionHolders: Hashable, Sendable {
    case member(MemberID)
    /// Everybody of an agency that another one succeeded.
    case membersOf(AgencyID)
}

/// The facts of an event.
///
/// Each separately removable text is a part of its own; everything else is the part `details`. An event is handed on often and
/// changed never, so that its facts lie in one place.
package indirect enum EventBody: Hashable, Sendable {
    /// What the daemon itself has to say: started, stopped, restored, a session proved.
    case system(JSONObject)
    case agency(Agency)
    /// proposed, declined, succeeded
    case succession(SuccessionEvent)
    case agreementRecorded(Agreement)
    case agreementRenewed(AgreementID, endsAt: UTCTime)
    case agreementTerminated(AgreementID, reason: String)
    case memberEnrolled(Member)
    case keyAdded(MemberID, fingerprint: String, line: String)
    case keyRevoked(MemberID, fingerprint: String, reason: String)
    case roleGranted(MemberID, Grant)
    case roleRevoked(MemberID, grant: Int64, reason: String)
    case memberDisabled(MemberID, reason: String)
    case memberReviewed(MemberID, reason: String)
    case calendarRecorded(BusinessCalendar)
    /// locked, unlocked: an account of the host.
    case lock(uid: UInt32, isLocked: Bool, reason: String?)
    /// required, lifted
    case signing(SigningRule, reason: String)
    case caseDrafted(CaseDraft)
    /// proposed, opened, declined, suspended, resumed, referred_to_prosecutor, prosecution_started, closed, reopening_proposed, reopened, reopening_declined
    case caseMoved(reason: String?)
    case prosecutionOutcome(ProsecutionOutcome)
    /// lead_transfer_proposed, lead_transfer_declined, lead_transferred
    case leadTransfer(MemberID, AgencyID, reason: String?)
    /// amendment_proposed, predicate_amended, amendment_declined, amendment_consented
    case amendment(AmendmentEvent)
    case agencyInvited(AgencyID, CooperationMode, AgreementID)
    /// joined, declined, withdrawn
    case agencyAnswered(AgencyID, text: String?)
    case memberAssigned(MemberID, AgencyID)
    case memberRemoved(MemberID, reason: String)
    /// link_proposed, linked, unlinked; the number of the other case.
    case caseLink(String, reason: String?)
    case entryRecorded(EntryRecord)
    /// Something written to oversight about a case. It stands in a stream of its own, under a word that says nothing, so that
    /// neither its lines nor a gap in the case's numbers and positions tell of it (domain.md 6.4).
    case submitted(CaseID, EntryRecord)
    case entryWithdrawn(Int64, reason: String)
    case entryAcknowledged(Int64)
    case handlingChanged(Int64, from: Handling, to: Handling, reason: String)
    case permissionRequested(PermissionRequest)
    case permissionDecided(Int64, isGranted: Bool, reason: String?)
    case disseminated(Dissemination)
    /// Of the emergency release with this number in the register.
    case emergencyReviewed(Int64, EmergencyFinding, note: String)
    case removal(RemovalEvent)
    case work(WorkEvent)
    case deconfliction(DeconflictionEvent)
    /// A step about what stands before oversight and in no case: in a stream of its own, under a word that says nothing.
    case docket(WorkEvent)
    /// A clock ran out.
    case clock(Clock)
    case jurisdiction(JurisdictionEvent)
    /// made, certified, published
    case report(ReportEvent)
    /// Somebody took note of what has run out.
    case noticeAcknowledged(String)
    /// A reading, or a refusal with its code.
    case access(act: String, item: String?, code: String?)
}

/// How a case begins.
package struct CaseDraft: Hashable, Sendable {
    package var number: String
    package var title: String
    package var offences: [String]
    package var primaryPurpose: PrimaryPurpose
    package var predicate: String
    package var agreement: AgreementID
    package var leadAgency: AgencyID
}

/// A new entry, or one that corrects another.
package struct EntryRecord: Hashable, Sendable {
    package var number: Int64
    package var kind: EntryKind
    package var handling: Handling
    package var compartment: Compartment
    package var asksAcknowledgement: Bool
    package var supersedes: Int64?
    package var text: String
    package var reason: String?
}

/// A question to the originator, whether an entry may go to an agency.
package struct PermissionRequest: Hashable, Sendable {
    package var number: Int64
    package var entry: Int64
    package var origin: AgencyID
    package var recipient: AgencyID
    package var reason: String
}

/// A line of the dissemination register (28 CFR 23.20(g)).
package struct Dissemination: Hashable, Sendable {
    package var number: Int64
    package var entry: Int64
    package var origin: AgencyID
    package var recipient: AgencyID
    package var handling: Handling
    package var permission: Int64?
    /// For how long it opens the entry, where it is an emergency release; nil where it has no end.
    package var emergencyHours: Int64? = nil
    /// The rules of the originator's own policy that an emergency overrides, by their citations; nil where none stands against it.
    package var overrides: String? = nil
    package var reason: String
}
