import Policy

/// Which duty a clock runs for; the table of domain.md 6.11.
package enum ClockKind: String, Hashable, Sendable, CaseIterable {
    case taskDue = "task"
    case requestAnswer = "rfi"
    case requestSoon = "rfi-soon"
    case subjectValidation = "subject"
    case subjectTerm = "subject-term"
    case emergencyEnd = "breakglass"
    case emergencyReview = "breakglass-review"
    case custodyAnswer = "custody"
    case custodyPersonNotice = "custody-person"
    case custodyCounselNotice = "custody-counsel"
    case operationDeconfliction = "op-decon"
    case operationAuthority = "op-authority"
    case conflictContact = "conflict"
    case exigentSubmission = "exigency"
    case targetValidity = "target"
    case eventEnd = "event-end"
    case targetScreening = "target-screening"
    case caseReview = "case-review"
    case purgeCertification = "purge-certification"
    case courtOrder = "court-order"
    case retention
    case agreementIn60Days = "agreement-60d"
    case agreementIn30Days = "agreement-30d"
    case agreementIn7Days = "agreement-7d"
    case agreementEnd = "agreement-end"
    case roleIn30Days = "role-30d"
    case roleIn7Days = "role-7d"
    case roleEnd = "role-end"
    case userReview = "user-review"
    case minorNotice = "minor-notice"
    case victimConsent = "victim-consent"
    case presenceRenewal = "presence-renewal"
    case presenceEnd = "presence-end"
    case certification
    case protectedIncident = "incident-1367"
    case protectedOrder = "order-1367"
    case protectedReview = "review-1367"
    case protectedCertification = "purge-1367"
    case complaintAcknowledgement = "complaint"
    case incidentNotice = "incident"
    case incidentAcknowledgement = "incident-acknowledgement"
    case inspectionEnd = "inspection"
    case findingResponse = "finding"
    case discoveryConflict = "discovery-conflict"
    case auditReview = "audit-review"
    case inactivity
    case inactiveAccount = "inactive-account"
    case annualReport = "annual-report"
}

/// Who is told of a clock while it runs, and when it has run out (domain.md 6.11, “on overdue”).
package enum Concerned: Hashable, Sendable, CaseIterable {
    /// Who leads the case.
    case lead
    /// Counsel in the case.
    case counsel
    case oversight
    /// Victim services in the case.
    case victimServices
    /// Liaisons of the agencies that owe it.
    case liaison
    /// Members of the agencies that owe it, as far as they are assigned to the case.
    case owing
    /// Members of the agency that made the item, as far as they are assigned to the case, and its liaisons.
    case asking
    /// Who runs the deployment: of the registry, and, at the watch desk, of conflicts about which nobody spoke.
    case administrator
}

/// Who may type the command that ends a clock in time.
package enum Ender: Hashable, Sendable {
    /// Whoever it concerns, but oversight, which does nothing in cases.
    case concerned
    /// Who may take this step of the item, such as `complete`.
    case step(String)
    /// Who leads the case.
    case lead
    /// Who answers for retention and removal in the case.
    case duty
    case oversight
    case administrator
    /// A liaison of an agency that owes it; nobody for himself.
    case liaison
    /// The same, and administrators.
    case registrar
    /// Members of the agencies that owe it.
    case owing
}

/// A row of the table of clocks.
package struct ClockRow: Sendable {
    /// Such as `rfi.overdue`: what is recorded, once, when it runs out.
    package let event: String
    /// In words: what is due.
    package let duty: String
    package let concerned: Set<Concerned>
    /// The commands that end it in time, one a line, in which `CASE` and `ITEM` stand for their names; empty where nothing does.
    package var command = ""
    var by = Ender.concerned
    package let citation: String
    /// True if its running out warns of what comes, and nobody is late.
    package var isWarning = false
    /// True if its running out does what is to be done, such as the end of a custody request: nothing is overdue then.
    package var isMoment = false
    /// Whether who is concerned and may not know of the item is told of it without its name.
    package var concernsUnnamed = false
}

extension ClockKind {
    package var row: ClockRow { Self.rows[self] ?? newRow }

    private static let rows = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.newRow) })
    private static let byEvent = Dictionary(grouping: allCases, by: \.newRow.event)

    private var newRow: ClockRow {
        switch self {
        case .taskDue:
            ClockRow(
                event: "task.overdue",
                duty: "The task is to be done.",
                concerned: [.lead, .liaison, .owing, .asking],
                command: "accord task complete CASE ITEM",
                by: .step("complete"),
                citation: "domain.md 6.6"
            )
        case .requestAnswer:
            ClockRow(
                event: "rfi.overdue",
                duty: "The request for information is to be answered.",
                concerned: [.lead, .liaison, .owing, .asking],
                command: "accord rfi answer CASE ITEM TEXT\naccord rfi refuse CASE ITEM REASON",
                by: .step("answer"),
                citation: "Directive (EU) 2023/977 article 5; domain.md 6.11"
            )
        case .requestSoon:
            ClockRow(
                event: "rfi.due_soon",
                duty: "Three quarters of the time to answer the request for information are over.",
                concerned: [.liaison, .owing],
                command: "accord rfi answer CASE ITEM TEXT\naccord rfi refuse CASE ITEM REASON",
                by: .step("answer"),
                citation: "domain.md 6.6",
                isWarning: true
            )
        case .subjectValidation:
            ClockRow(
                event: "subject.validation_overdue",
                duty: "Whether the suspicion of the subject still holds is to be validated.",
                concerned: [.lead, .liaison, .owing],
                command: "accord subject validate CASE ITEM WHY",
                by: .step("validate"),
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        case .subjectTerm:
            ClockRow(
                event: "subject.dropped",
                duty: "The subject is dropped five years after it was registered.",
                concerned: [.lead, .liaison, .owing],
                citation: "28 CFR 23.20(h); domain.md 6.11",
                isMoment: true
            )
        case .emergencyEnd:
            ClockRow(
                event: "breakglass.expired",
                duty: "The emergency release opens the entry no longer.",
                concerned: [.lead, .liaison, .oversight],
                citation: "28 CFR 23.20(f); domain.md 6.11",
                isMoment: true
            )
        case .emergencyReview:
            ClockRow(
                event: "breakglass.review_overdue",
                duty: "Oversight is to review the emergency release.",
                concerned: [.lead, .liaison, .oversight],
                command: "accord breakglass review CASE ITEM --finding FINDING --note WHY",
                by: .oversight,
                citation: "28 CFR 23.20(f); domain.md 6.11"
            )
        case .custodyAnswer:
            ClockRow(
                event: "custody.lapsed",
                duty: "No authority recorded: request lapsed.",
                concerned: [.lead, .liaison, .owing, .oversight],
                command: "accord custody answer CASE ITEM ANSWER",
                by: .step("answer"),
                citation: "8 CFR 287.7(d); domain.md 2.10, 6.11",
                isMoment: true
            )
        case .custodyPersonNotice:
            ClockRow(
                event: "custody.subject_notice_overdue",
                duty: "The person is to be told of the request, with a copy of it.",
                concerned: [.liaison, .owing, .oversight],
                command: "accord custody notify-person CASE ITEM INTENT --language LANGUAGE --form FORM",
                by: .step("notify-person"),
                citation: "Cal. Gov. Code 7283.1(b); domain.md 6.11"
            )
        case .custodyCounselNotice:
            ClockRow(
                event: "custody.counsel_notice_overdue",
                duty: "The person's attorney or designee is to be told of the request.",
                concerned: [.liaison, .owing, .oversight],
                command: "accord custody notify-counsel CASE ITEM INTENT",
                by: .step("notify-counsel"),
                citation: "Cal. Gov. Code 7283.1(b); domain.md 6.11"
            )
        case .operationDeconfliction:
            ClockRow(
                event: "op.deconfliction_overdue",
                duty: "The operation is to be submitted to deconfliction, two hours before it begins.",
                concerned: [.lead, .liaison, .owing],
                command: "accord decon event submit --case CASE --operation ITEM",
                by: .step("amend"),
                citation: "domain.md 2.9 and 6.11"
            )
        case .operationAuthority:
            ClockRow(
                event: "op.authority_ended",
                duty: "The first of the operation's authorities ends: the plan is to be amended or cancelled.",
                concerned: [.lead, .counsel, .liaison],
                command: "accord op amend CASE ITEM --reason WHY",
                by: .step("amend"),
                citation: "domain.md 4.2"
            )
        case .conflictContact:
            ClockRow(
                event: "decon.unresolved",
                duty: "The two sides of the conflict are to have spoken.",
                concerned: [.lead, .liaison, .owing, .oversight, .administrator],
                command: "accord decon resolve ITEM --outcome OUTCOME",
                by: .owing,
                citation: "Pennsylvania State Police AR 7-18; domain.md 6.11"
            )
        case .exigentSubmission:
            ClockRow(
                event: "decon.submission_overdue",
                duty: "What was declared exigent is to be submitted.",
                concerned: [.lead, .liaison, .owing, .oversight],
                command: "accord decon event submit --exigent ITEM",
                by: .owing,
                citation: "New Jersey AG Directive 2016-1; domain.md 6.11"
            )
        case .targetValidity:
            ClockRow(
                event: "decon.target_lapsed",
                duty: "The target is to be validated or withdrawn; until then it matches nothing.",
                concerned: [.liaison, .owing],
                command: "accord decon target validate ITEM --basis WHY",
                by: .owing,
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        case .eventEnd:
            ClockRow(
                event: "decon.event_ended",
                duty: "The event was over a day ago: where and when it was is sealed.",
                concerned: [.liaison, .owing],
                citation: "domain.md 6.9",
                isMoment: true
            )
        case .targetScreening:
            // Nobody is told that it ran: whoever it found is told of a conflict.
            ClockRow(
                event: "decon.screened",
                duty: "Who is silent about the same target is told of it.",
                concerned: [],
                citation: "domain.md 6.9",
                isMoment: true
            )
        case .caseReview:
            ClockRow(
                event: "case.review_overdue",
                duty: "The case is to be reviewed.",
                concerned: [.lead, .oversight],
                command: "accord case review CASE --reason WHY",
                by: .lead,
                citation: "domain.md 6.11"
            )
        case .purgeCertification:
            ClockRow(
                event: "purge.certification_overdue",
                duty: "That copies of what was purged are destroyed is to be certified.",
                concerned: [.lead, .counsel, .liaison, .oversight],
                command: "accord purge certify CASE ITEM",
                by: .liaison,
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        case .courtOrder:
            ClockRow(
                event: "court_order.overdue",
                duty: "The court order is to be carried out.",
                concerned: [.lead, .counsel, .oversight],
                command: "accord purge list CASE",
                by: .duty,
                citation: "domain.md 2.11 and 6.11"
            )
        case .retention:
            ClockRow(
                event: "retention.review_due",
                duty: "Whether it is kept is to be reviewed.",
                concerned: [.lead, .counsel, .victimServices],
                command: "accord retention review CASE ITEM --decision DECISION --reason WHY",
                by: .duty,
                citation: "28 CFR 23.20(h)"
            )
        case .agreementIn60Days: Self.agreementEnding("60 days")
        case .agreementIn30Days: Self.agreementEnding("30 days")
        case .agreementIn7Days: Self.agreementEnding("7 days")
        case .agreementEnd:
            ClockRow(
                event: "agreement.expired",
                duty: "The agreement has ended: under it nothing is shared any more.",
                concerned: [.liaison, .oversight, .administrator],
                command: "accord agreement renew ITEM --until DATE",
                by: .administrator,
                citation: "domain.md 2.8 and 6.11",
                isWarning: true
            )
        case .roleIn30Days: Self.roleEnding("30 days")
        case .roleIn7Days: Self.roleEnding("7 days")
        case .roleEnd:
            ClockRow(
                event: "user.role_ended",
                duty: "The role ends.",
                concerned: [.liaison],
                citation: "CJIS Security Policy AC-2; domain.md 6.3",
                isMoment: true
            )
        case .userReview:
            ClockRow(
                event: "user.review_due",
                duty: "Whether the member still needs access is to be reviewed.",
                concerned: [.liaison, .oversight],
                command: "accord member review ITEM --reason WHY",
                by: .liaison,
                citation: "CJIS Security Policy AC-2; domain.md 6.11"
            )
        case .minorNotice, .victimConsent, .presenceRenewal, .presenceEnd, .certification, .protectedIncident,
            .protectedOrder, .protectedReview, .protectedCertification:
            victimRow
        case .complaintAcknowledgement:
            Self.restricted(
                "The body to which the complaint was routed is to acknowledge it.",
                "accord complaint show ITEM",
                "domain.md 2.13 and 6.11"
            )
        case .incidentNotice:
            Self.restricted(
                "Those whom the incident concerns are to be told within an hour.",
                "accord incident route ITEM",
                "CJIS Security Policy IR-6; domain.md 6.11"
            )
        case .incidentAcknowledgement:
            Self.restricted(
                "The body to which the incident was routed is to acknowledge it.",
                "accord incident show ITEM",
                "CJIS Security Policy IR-6; domain.md 6.11"
            )
        case .inspectionEnd:
            Self.restricted(
                "The inspection opens nothing any more.",
                "accord inspect close ITEM",
                "domain.md 2.13",
                isMoment: true
            )
        case .auditReview:
            ClockRow(
                event: "audit.review_overdue",
                duty: "Readings and refusals of the week are to be reviewed.",
                concerned: [.oversight],
                command: "accord audit review --period PERIOD --finding TEXT",
                by: .oversight,
                citation: "CJIS Security Policy AU-6; domain.md 6.11"
            )
        case .discoveryConflict:
            ClockRow(
                event: "discovery.conflict_overdue",
                duty: "Whether an H1 entry may be given to the defence is to be answered.",
                concerned: [.counsel, .liaison],
                command: "accord discovery permit CASE ITEM",
                by: .step("permit"),
                citation: "domain.md 2.12"
            )
        case .inactivity, .inactiveAccount: inactivityRow
        case .annualReport:
            ClockRow(
                event: "report.overdue",
                duty: "The report of the year is to be made, and certified.",
                concerned: [.liaison, .oversight],
                command: "accord report certify ITEM",
                by: .liaison,
                citation: "Cal. Gov. Code 7284.6(c); 5 ILCS 805/25; domain.md 6.11"
            )
        case .findingResponse:
            Self.restricted(
                "The finding of oversight is to be answered.",
                "accord finding show ITEM",
                "domain.md 2.13 and 6.7.7"
            )
        }
    }

    /// The kind of the line says nothing of what stands before oversight (domain.md 6.4).
    private static func restricted(
        _ duty: String,
        _ command: String,
        _ citation: String,
        isMoment: Bool = false
    ) -> ClockRow {
        ClockRow(
            event: "restricted",
            duty: duty,
            concerned: [.oversight, .liaison],
            command: command,
            citation: citation,
            isMoment: isMoment
        )
    }

    private static func agreementEnding(_ days: String) -> ClockRow {
        ClockRow(
            event: "agreement.ending",
            duty: "The agreement ends within \(days).",
            concerned: [.liaison, .oversight, .administrator],
            command: "accord agreement renew ITEM --until DATE",
            by: .administrator,
            citation: "domain.md 2.8 and 6.11",
            isWarning: true
        )
    }

    private static func roleEnding(_ days: String) -> ClockRow {
        ClockRow(
            event: "user.role_ending",
            duty: "The role ends within \(days).",
            concerned: [.liaison],
            command: "accord member grant ITEM ROLE --scope SCOPE --until DATE",
            by: .liaison,
            citation: "CJIS Security Policy AC-2; domain.md 6.11",
            isWarning: true
        )
    }

    var isMoment: Bool { row.isMoment }

    /// Whether it runs in an agency's own stream of submissions to deconfliction.
    var isDeconfliction: Bool { [.conflictContact, .exigentSubmission, .targetValidity, .eventEnd].contains(self) }

    /// The kinds whose running out an event is; none if it is another event.
    static func recorded(as event: String) -> [ClockKind] { byEvent[event] ?? [] }

    /// Warnings before an end, and the end: how many days before, the first to come first.
    static let agreementSteps: [(kind: ClockKind, days: Int64)] = [
        (.agreementIn60Days, 60), (.agreementIn30Days, 30), (.agreementIn7Days, 7), (.agreementEnd, 0),
    ]
    static let roleSteps: [(kind: ClockKind, days: Int64)] = [(.roleIn30Days, 30), (.roleIn7Days, 7), (.roleEnd, 0)]

    /// In days (domain.md 6.11).
    static let caseReviewDays: Int64 = 90
    static let userReviewDays: Int64 = 365
    static let auditReviewDays: Int64 = 7
    static let courtOrderDays: Int64 = 30
}
