package import Policy

/// The life of a case as a table (domain.md 6.5): which step leads from where to where, under which event, by whom.
package enum CaseLifecycle {
    /// Who may take a step.
    package enum Authority: Hashable, Sendable {
        case lead
        /// A liaison of the lead agency, or of the agreement's designee, who did not propose it.
        case secondPerson
        case counsel
    }

    package struct Row: Hashable, Sendable {
        package let move: CaseMove
        package let from: CaseState
        /// Nil leaves the state.
        package let to: CaseState?
        package let event: String
        package let by: Authority
        /// Nil does not care whether reopening was proposed.
        package let awaitsReopening: Bool?
    }

    package static let rows: [Row] = [
        row(.propose, .draft, .proposed, "case.proposed", .lead),
        row(.propose, .declined, .proposed, "case.proposed", .lead),
        row(.approve, .proposed, .open, "case.opened", .secondPerson),
        row(.decline, .proposed, .declined, "case.declined", .secondPerson),
        row(.abandon, .draft, .abandoned, "case.abandoned", .lead),
        row(.abandon, .proposed, .abandoned, "case.abandoned", .lead),
        row(.abandon, .declined, .abandoned, "case.abandoned", .lead),
        row(.suspend, .open, .suspended, "case.suspended", .lead),
        row(.resume, .suspended, .open, "case.resumed", .lead),
        row(.refer, .open, .referred, "case.referred_to_prosecutor", .lead),
        row(.resume, .referred, .open, "case.resumed", .lead),
        row(.prosecute, .referred, .prosecuting, "case.prosecution_started", .counsel),
        row(.close, .referred, .closed, "case.closed", .lead),
        row(.close, .disposed, .closed, "case.closed", .lead),
        row(.close, .open, .closed, "case.closed", .lead),
        row(.close, .suspended, .closed, "case.closed", .lead),
        row(.review, .open, nil, "case.reviewed", .lead),
        row(.review, .suspended, nil, "case.reviewed", .lead),
        row(.review, .referred, nil, "case.reviewed", .lead),
        row(.review, .prosecuting, nil, "case.reviewed", .lead),
        row(.review, .disposed, nil, "case.reviewed", .lead),
        row(.proposeReopening, .closed, nil, "case.reopening_proposed", .lead, awaitsReopening: false),
        row(.approve, .closed, .open, "case.reopened", .secondPerson, awaitsReopening: true),
        row(.decline, .closed, nil, "case.reopening_declined", .secondPerson, awaitsReopening: true),
    ]

    private static func row(
        _ move: CaseMove,
        _ from: CaseState,
        _ to: CaseState?,
        _ event: String,
        _ by: Authority,
        awaitsReopening: Bool? = nil
    ) -> Row {
        Row(move: move, from: from, to: to, event: event, by: by, awaitsReopening: awaitsReopening)
    }

    package static func row(_ move: CaseMove, from file: CaseFile) -> Row? {
        rows.first { row in
            row.move == move && row.from == file.state
                && (row.awaitsReopening == nil || row.awaitsReopening == file.awaitsReopening)
        }
    }
}
