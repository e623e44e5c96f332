import Policy

extension ClockKind {
    /// The clocks that run for victims (domain.md 2.5, 6.11).
    var victimRow: ClockRow {
        switch self {
        case .victimConsent:
            ClockRow(
                event: "victim.consent_lapsed",
                duty: "The consent has ended: nothing is read under it any more.",
                concerned: [.victimServices],
                citation: "28 CFR 94.115; domain.md 6.11",
                isMoment: true
            )
        case .presenceRenewal:
            ClockRow(
                event: "victim.cp_renewal_due",
                duty: "Continued Presence ends in 90 days: it is to be renewed.",
                concerned: [.victimServices],
                command: "accord victim presence grant CASE ITEM --until DATE",
                by: .step("grant-presence"),
                citation: "22 USC 7105(c)(3); domain.md 6.11"
            )
        case .presenceEnd:
            ClockRow(
                event: "victim.cp_expired",
                duty: "Continued Presence has ended.",
                concerned: [.victimServices],
                citation: "22 USC 7105(c)(3); domain.md 2.5",
                isMoment: true
            )
        case .certification:
            ClockRow(
                event: "victim.certification_overdue",
                duty: "The certification is to be signed or declined.",
                concerned: [.liaison, .victimServices],
                command: "accord victim certification decide CASE ITEM DECISION",
                by: .step("decide-certification"),
                citation: "the certifying agency's policy; domain.md 2.5, 6.11"
            )
        case .protectedIncident:
            ClockRow(
                event: "v1367.incident_overdue",
                duty: "Oversight is to take up that something protected was disclosed.",
                concerned: [.oversight],
                command: "accord victim incident ack CASE ITEM",
                by: .step("acknowledge-incident"),
                citation: "8 USC 1367(c); domain.md 6.11"
            )
        case .protectedOrder:
            ClockRow(
                event: "v1367.order_overdue",
                duty: "The court order about something protected is to be carried out.",
                concerned: [.victimServices, .counsel],
                command: "accord victim protected list CASE",
                citation: "domain.md 2.11, 6.11"
            )
        case .protectedReview:
            ClockRow(
                event: "v1367.review_due",
                duty: "Whether it is kept is to be reviewed.",
                concerned: [.victimServices],
                command: "accord victim protected review CASE ITEM DECISION --reason WHY",
                by: .step("review"),
                citation: "28 CFR 23.20(h)"
            )
        case .protectedCertification:
            ClockRow(
                event: "v1367.purge_certification_overdue",
                duty: "That copies of what was purged are destroyed is to be certified.",
                concerned: [.liaison],
                command: "accord victim protected purge certify CASE ITEM",
                by: .step("certify-purge"),
                citation: "28 CFR 23.20(h); domain.md 6.11"
            )
        default:
            ClockRow(
                event: "victim.minor_notice_overdue",
                duty: "The notice about a minor who may be a victim of trafficking is to be filed.",
                concerned: [.lead, .victimServices, .oversight],
                command: "accord victim minor-notice CASE ITEM REFERENCE",
                by: .step("minor-notice"),
                citation: "22 USC 7105(b)(1)(G); domain.md 6.11",
                concernsUnnamed: true
            )
        }
    }
}
