import Policy

/// Which duty a clock runs for; the table of domain.md 6.11.
package enum ClockKind: String, Hashable, Sendable, CaseIterable {
    case taskDue = "task"
    case requestAnswer = "rfi"
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
}

/// A row of the table of clocks.
package struct ClockRow: Sendable {
    /// Such as `rfi.overdue`: what is recorded, once, when it runs out.
    package let event: String
    /// In words: what is due.
    package let duty: String
    package let citation: String
}

extension ClockKind {
    package var row: ClockRow {
        switch self {
        case .taskDue: ClockRow(event: "task.overdue", duty: "The task is to be done.", citation: "domain.md 6.6")
        case .requestAnswer:
            ClockRow(
                event: "rfi.overdue",
                duty: "The request for information is to be answered.",
                citation: "Directive (EU) 2023/977 article 5; domain.md 6.11"
            )
        case .subjectValidation:
            ClockRow(
                event: "subject.validation_overdue",
                duty: "Whether the suspicion of the subject still holds is to be validated.",
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        case .subjectTerm:
            ClockRow(
                event: "subject.dropped",
                duty: "The subject is dropped five years after it was registered.",
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        case .emergencyEnd:
            ClockRow(
                event: "breakglass.expired",
                duty: "The emergency release opens the entry no longer.",
                citation: "28 CFR 23.20(f); domain.md 6.11"
            )
        case .emergencyReview:
            ClockRow(
                event: "breakglass.review_overdue",
                duty: "Oversight is to review the emergency release.",
                citation: "28 CFR 23.20(f); domain.md 6.11"
            )
        case .custodyAnswer:
            ClockRow(
                event: "custody.lapsed",
                duty: "No authority recorded: request lapsed.",
                citation: "8 CFR 287.7(d); domain.md 2.10, 6.11"
            )
        case .custodyPersonNotice:
            ClockRow(
                event: "custody.subject_notice_overdue",
                duty: "The person is to be told of the request, with a copy of it.",
                citation: "Cal. Gov. Code 7283.1(b); domain.md 6.11"
            )
        case .custodyCounselNotice:
            ClockRow(
                event: "custody.counsel_notice_overdue",
                duty: "The person's attorney or designee is to be told of the request.",
                citation: "Cal. Gov. Code 7283.1(b); domain.md 6.11"
            )
        case .operationDeconfliction:
            ClockRow(
                event: "op.deconfliction_overdue",
                duty: "The operation is to be submitted to deconfliction, two hours before it begins.",
                citation: "domain.md 2.9 and 6.11"
            )
        case .operationAuthority:
            ClockRow(
                event: "op.authority_ended",
                duty: "The first of the operation's authorities ends: the plan is to be amended or cancelled.",
                citation: "domain.md 4.2"
            )
        case .conflictContact:
            ClockRow(
                event: "decon.unresolved",
                duty: "The two sides of the conflict are to have spoken.",
                citation: "Pennsylvania State Police AR 7-18; domain.md 6.11"
            )
        case .exigentSubmission:
            ClockRow(
                event: "decon.submission_overdue",
                duty: "What was declared exigent is to be submitted.",
                citation: "New Jersey AG Directive 2016-1; domain.md 6.11"
            )
        case .targetValidity:
            ClockRow(
                event: "decon.target_lapsed",
                duty: "The target is to be validated or withdrawn; until then it matches nothing.",
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        }
    }

    /// True if its running out does what is to be done, such as the end of a custody request: nothing is overdue then.
    var isMoment: Bool { [.custodyAnswer, .subjectTerm, .emergencyEnd].contains(self) }

    /// The kind whose running out an event is.
    static func recorded(as event: String) -> ClockKind? { allCases.first { $0.row.event == event } }
}
