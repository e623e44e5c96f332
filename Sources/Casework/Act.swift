package import Policy

/// What a member asks the daemon to do or to show; text is kept as it came and judged when it is decided.
///
/// It is handed on often and changed never, so that what it says lies in one place.
package indirect enum Act: Hashable, Sendable {
    // Registry.
    case registerAgency(Agency)
    case updateAgency(Agency)
    case succession(SuccessionAct)
    case listAgencies
    case recordAgreement(Agreement)
    case renewAgreement(AgreementID, endsAt: UTCTime)
    case terminateAgreement(AgreementID, reason: String)
    case listAgreements
    case enrolMember(Member, keyLines: [String])
    case addKey(MemberID, fingerprint: String, line: String)
    case revokeKey(MemberID, fingerprint: String, reason: String)
    case grantRole(MemberID, Role, scope: String, expiresAt: UTCTime?)
    case revokeRole(MemberID, grant: String, reason: String)
    case disableMember(MemberID, reason: String)
    case reviewMember(MemberID, reason: String)
    /// The account of a user id.
    case unlockAccount(UInt32, reason: String)
    case recordCalendar(BusinessCalendar)
    case getCalendar
    case listMembers
    // Cases; `String` is what the asker calls the case.
    case draftCase(CaseProposal)
    case moveCase(String, CaseMove, reason: String?)
    case recordOutcome(String, ProsecutionOutcome)
    case transferLead(String, MemberID, reason: String)
    case answerTransfer(String, isAccepted: Bool, reason: String?)
    /// A changed predicate.
    case amendment(String, AmendmentAct)
    case inviteAgency(String, AgencyID, CooperationMode, AgreementID?)
    case joinCase(String, conditions: String?)
    case declineInvitation(String, reason: String)
    case withdrawAgency(String, reason: String)
    case assignMember(String, MemberID)
    case removeMember(String, MemberID, reason: String)
    /// The second `String` is the number of another case.
    case linkCase(String, String)
    case unlinkCase(String, String, reason: String)
    case listCases
    case getCase(String)
    // Entries; the second `String` is what the asker calls the entry.
    case recordEntry(String, EntryProposal)
    case correctEntry(String, String, text: String, reason: String)
    case withdrawEntry(String, String, reason: String)
    case acknowledgeEntry(String, String)
    case changeHandling(String, String, Handling, reason: String)
    case listEntries(String, after: Int64, limit: Int64)
    case getEntry(String, String)
    // Dissemination.
    case releaseEntry(String, String, AgencyID, reason: String)
    case requestPermission(String, String, AgencyID, reason: String)
    case decidePermission(String, String, isGranted: Bool, reason: String?)
    case listRegister(String)
    /// For so many hours.
    case breakGlass(String, String, AgencyID, hours: Int64, reason: String)
    case reviewEmergency(String, String, EmergencyFinding, note: String)
    /// Retention, sealing and removal.
    case removal(String, RemovalAct)
    /// Work that agencies share: tasks, requests for information, and the like.
    case work(String, WorkAct)
    case listWork(String, workflow: String?)
    case getWork(String, String)
    /// What stands before oversight, and in no case.
    case docket(WorkAct)
    case listDocket(workflow: String?)
    case getDocket(String)
    /// Agencies' own policies.
    case jurisdiction(JurisdictionAct)
    /// Planned events and targets, and their conflicts with those of others.
    case deconfliction(DeconflictionAct)
    // Feeds.
    case watch(WatchRequest)
    case inbox
    /// What is due, in one case or in all.
    case listDue(String?, isOverdueOnly: Bool)
    /// The first is the case, or nil for the registry; the second what has run out.
    case acknowledgeNotice(String?, String)
    /// Executables that are told of events.
    case hooks(HookAct)
    /// What is made out of the record for others.
    case report(ReportAct)
    // Policy and audit.
    case requireSignature(SigningRule, isRequired: Bool, reason: String)
    case explain(Hypothesis)
    case verify(known: [String])
    /// Decides again what was accepted.
    case replay
    case readLines(after: Int64, limit: Int64)
    case export(String?)
    /// Copies all of the record, sealed, into the folders of backups.
    case backUp
    /// `ours`: what anybody read of the asker's agency's information; `first`: only an agency's first reading of an entry.
    case listAccess(String?, limit: Int64, ours: Bool = false, first: Bool = false)
}

/// What a draft says.
package struct CaseProposal: Hashable, Sendable {
    package var title: String
    package var offences: [String]
    package var primaryPurpose: PrimaryPurpose
    package var predicate: String
    package var agreement: AgreementID
}

/// What a new entry says.
package struct EntryProposal: Hashable, Sendable {
    package var kind: String
    package var text: String
    package var handling: Handling
    package var compartment: Compartment
    package var asksAcknowledgement: Bool
}

/// From where a watch goes on.
package struct WatchRequest: Hashable, Sendable {
    /// Nil follows all cases the member may see.
    package var positions: [(name: String, after: Int64)]?
    package var follows: Bool
    package var idleSeconds: Int64

    package static func == (left: WatchRequest, right: WatchRequest) -> Bool {
        left.follows == right.follows && left.idleSeconds == right.idleSeconds
            && left.positions?.map(\.name) == right.positions?.map(\.name)
            && left.positions?.map(\.after) == right.positions?.map(\.after)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(follows)
        hasher.combine(idleSeconds)
    }
}

/// A question about the policy.
package struct Hypothesis: Hashable, Sendable {
    /// Nil asks about the asker's last refusal.
    package var act: String?
    package var caseName: String?
    package var entry: String?
    package var agency: String?
    package var compartment: String?
    package var handling: String?
    /// Instead of an act: what an agency's own policy says.
    package var jurisdiction: JurisdictionHypothesis?
}

/// A step in a case's life.
package enum CaseMove: String, Hashable, Sendable, CaseIterable {
    case propose
    case approve
    case decline
    case abandon
    case suspend
    case resume
    case refer
    case prosecute
    case close
    case proposeReopening = "reopen"
    case review
}

extension Act {
    /// Such as `entry.record`: what refusals, readings and `policy explain` call it.
    package var name: String {
        switch self {
        case .registerAgency: "agency.register"
        case .updateAgency: "agency.update"
        case .succession(let act): act.name
        case .listAgencies: "agency.list"
        case .recordAgreement: "agreement.record"
        case .renewAgreement: "agreement.renew"
        case .terminateAgreement: "agreement.terminate"
        case .listAgreements: "agreement.list"
        case .enrolMember: "member.enrol"
        case .addKey: "member.add-key"
        case .revokeKey: "member.revoke-key"
        case .grantRole: "member.grant"
        case .revokeRole: "member.revoke"
        case .disableMember: "member.disable"
        case .reviewMember: "member.review"
        case .unlockAccount: "member.unlock"
        case .recordCalendar: "calendar.record"
        case .getCalendar: "calendar.show"
        case .listMembers: "member.list"
        case .draftCase: "case.draft"
        case .moveCase(_, let move, _): "case.\(move.rawValue)"
        case .recordOutcome: "case.outcome"
        case .transferLead: "case.transfer"
        case .answerTransfer(_, let isAccepted, _): isAccepted ? "case.accept-lead" : "case.decline-lead"
        case .amendment(_, let act): act.name
        case .inviteAgency: "case.invite"
        case .joinCase: "case.join"
        case .declineInvitation: "case.refuse"
        case .withdrawAgency: "case.withdraw"
        case .assignMember: "case.assign"
        case .removeMember: "case.unassign"
        case .linkCase: "case.link"
        case .unlinkCase: "case.unlink"
        case .listCases: "case.list"
        case .getCase: "case.show"
        case .recordEntry: "entry.record"
        case .correctEntry: "entry.correct"
        case .withdrawEntry: "entry.withdraw"
        case .acknowledgeEntry: "entry.acknowledge"
        case .changeHandling: "entry.handling"
        case .listEntries: "entry.list"
        case .getEntry: "entry.read"
        case .releaseEntry: "dissemination.release"
        case .requestPermission: "dissemination.request"
        case .decidePermission(_, _, let isGranted, _): isGranted ? "dissemination.grant" : "dissemination.refuse"
        case .listRegister: "dissemination.list"
        case .breakGlass: "breakglass.invoke"
        case .reviewEmergency: "breakglass.review"
        case .removal(_, let act): act.name
        case .work(_, let act): act.act
        case .listWork: "work.list"
        case .getWork: "work.read"
        case .docket(let act): act.act
        case .listDocket: "docket.list"
        case .getDocket: "docket.read"
        case .jurisdiction(let act): act.name
        case .deconfliction(let act): act.name
        case .watch: "watch"
        case .inbox: "inbox"
        case .listDue: "due"
        case .acknowledgeNotice: "inbox.acknowledge"
        case .hooks(let act): act.name
        case .report(let act): act.name
        case .requireSignature: "policy.require-signature"
        case .explain: "policy.explain"
        case .verify: "audit.verify"
        case .replay: "audit.replay"
        case .readLines: "audit.lines"
        case .export: "audit.export"
        case .backUp: "backup.make"
        case .listAccess: "audit.access"
        }
    }

    /// True if what it makes goes by a number that is drawn, in a stream of its own.
    package var drawsNumber: Bool {
        switch self {
        case .draftCase: true
        case .recordEntry(_, let proposal): proposal.compartment == .oversight
        case .deconfliction(let act): act.drawsNumber
        case .work(_, let act), .docket(let act): act.drawsNumber
        default: false
        }
    }

    /// True if its answer says what it was compared with.
    package var isComparing: Bool {
        switch self {
        case .deconfliction(.submitEvent), .deconfliction(.amendEvent), .deconfliction(.submitTarget): true
        default: false
        }
    }

    /// True if it changes nothing but the record of what was read.
    package var isReading: Bool {
        switch self {
        case .listAgencies, .listAgreements, .listMembers, .listCases, .getCase, .listEntries, .getEntry, .listRegister,
            .listWork, .getWork, .listDocket, .getDocket,
            .watch,
            .inbox, .listDue, .getCalendar, .hooks, .explain, .verify, .replay, .readLines, .export, .backUp,
            .listAccess:
            true
        case .removal(_, let act): act == .list
        case .jurisdiction(.list): true
        case .deconfliction(.show): true
        case .report(let act): act.isReading
        default: false
        }
    }

    /// The entry or the request that the act is about, such as `E-3`; nil where there is none, or none that could be.
    package var item: String? {
        switch self {
        case .correctEntry(_, let text, _, _), .withdrawEntry(_, let text, _), .acknowledgeEntry(_, let text),
            .changeHandling(_, let text, _, _), .getEntry(_, let text), .releaseEntry(_, let text, _, _),
            .requestPermission(_, let text, _, _), .breakGlass(_, let text, _, _, _):
            Reference.entry(text).map { Reference.entryName($0) }
        case .reviewEmergency(_, let text, _, _): Reference.number(text, letter: "D").map { "D-\($0)" }
        case .decidePermission(_, let text, _, _): Reference.number(text, letter: "R").map { "R-\($0)" }
        case .removal(_, let act): act.item
        case .work(_, let act), .docket(let act): act.item
        case .getWork(_, let text): Removable(text).flatMap { $0.entry == nil && !$0.isClosed ? $0.name : nil }
        case .getDocket(let name): Workflows.docketName(name)
        case .jurisdiction(let act): act.item
        case .deconfliction(let act): act.item
        case .acknowledgeNotice(_, let item): item
        case .hooks(let act): act.item
        case .report(let act): act.item
        default: nil
        }
    }

    /// Whether it takes a copy of what it may read out of the daemon (rule P29).
    package var isExport: Bool { if case .export = self { true } else { false } }

    /// What the asker calls the case; nil where there is none.
    package var caseName: String? {
        switch self {
        case .moveCase(let name, _, _), .recordOutcome(let name, _), .transferLead(let name, _, _),
            .answerTransfer(let name, _, _), .amendment(let name, _), .inviteAgency(let name, _, _, _),
            .joinCase(let name, _),
            .declineInvitation(let name, _), .withdrawAgency(let name, _), .assignMember(let name, _),
            .removeMember(let name, _, _), .linkCase(let name, _), .unlinkCase(let name, _, _), .getCase(let name),
            .recordEntry(let name, _),
            .correctEntry(let name, _, _, _), .withdrawEntry(let name, _, _), .acknowledgeEntry(let name, _),
            .changeHandling(let name, _, _, _), .listEntries(let name, _, _), .getEntry(let name, _),
            .releaseEntry(let name, _, _, _), .requestPermission(let name, _, _, _),
            .decidePermission(let name, _, _, _), .breakGlass(let name, _, _, _, _),
            .reviewEmergency(let name, _, _, _),
            .listRegister(let name), .removal(let name, _), .work(let name, _), .listWork(let name, _),
            .getWork(let name, _):
            name
        case .export(let name), .listAccess(let name, _, _, _), .listDue(let name, _), .acknowledgeNotice(let name, _):
            name
        case .explain(let question): question.caseName
        case .report(.make(let order, _)): order.caseName
        default: nil
        }
    }
}
