/// The kinds of event that acts lead to, as far as one kind tells its act: what a rule for signatures states, so that whoever has the
/// record, and not these rules, can tell an unsigned line where a signature was asked for.
extension SigningRule {
    /// By the acts' names; steps of workflows are in their tables.
    static let kinds: [String: [String]] = [
        "agency.register": ["agency.registered"], "agency.update": ["agency.updated"],
        "agency.propose-successor": ["agency.succession_proposed"],
        "agency.accept-succession": ["agency.succeeded_by"],
        "agency.decline-succession": ["agency.succession_declined"],
        "agreement.record": ["agreement.recorded"], "agreement.renew": ["agreement.renewed"],
        "agreement.terminate": ["agreement.terminated"], "member.enrol": ["user.enrolled"],
        "member.add-key": ["user.key_added"], "member.revoke-key": ["user.key_revoked"],
        "member.grant": ["user.role_granted"], "member.revoke": ["user.role_revoked"],
        "member.disable": ["user.disabled"], "member.review": ["user.review_certified"],
        "member.unlock": ["user.unlocked"], "calendar.record": ["calendar.recorded"],
        "case.draft": ["case.drafted"], "case.propose": ["case.proposed"],
        "case.approve": ["case.opened", "case.reopened"],
        "case.decline": ["case.declined", "case.reopening_declined"], "case.abandon": ["case.abandoned"],
        "case.suspend": ["case.suspended"], "case.resume": ["case.resumed"],
        "case.refer": ["case.referred_to_prosecutor"], "case.prosecute": ["case.prosecution_started"],
        "case.outcome": ["case.prosecution_outcome"], "case.transfer": ["case.lead_transfer_proposed"],
        "case.accept-lead": ["case.lead_transferred"], "case.decline-lead": ["case.lead_transfer_declined"],
        "case.amend": ["case.amendment_proposed"], "case.approve-amendment": ["case.predicate_amended"],
        "case.decline-amendment": ["case.amendment_declined"], "case.consent": ["case.amendment_consented"],
        "case.close": ["case.closed"], "case.reopen": ["case.reopening_proposed"], "case.review": ["case.reviewed"],
        "case.invite": ["case.agency_invited"], "case.join": ["case.agency_joined"],
        "case.refuse": ["case.agency_declined"], "case.withdraw": ["case.agency_withdrawn"],
        "case.assign": ["case.member_assigned"], "case.unassign": ["case.member_removed"],
        "case.link": ["case.link_proposed", "case.linked"], "case.unlink": ["case.unlinked"],
        "entry.record": ["entry.recorded"], "entry.correct": ["entry.corrected"],
        "entry.withdraw": ["entry.withdrawn"], "entry.acknowledge": ["entry.acknowledged"],
        "entry.handling": ["entry.handling_changed"], "dissemination.release": ["dissemination.recorded"],
        "dissemination.request": ["dissemination.permission_requested"],
        "dissemination.grant": ["dissemination.permission_granted", "dissemination.recorded"],
        "dissemination.refuse": ["dissemination.permission_refused"],
        "breakglass.invoke": ["breakglass.invoked"], "breakglass.review": ["breakglass.reviewed"],
        "inbox.acknowledge": ["notice.acknowledged"], "retention.review": ["retention.reviewed"],
        "hold.place": ["legal.hold_placed"], "hold.lift": ["legal.hold_lifted"],
        "order.record": ["court_order.received"], "purge.propose": ["purge.proposed"],
        "purge.approve": ["purge.approved"], "purge.decline": ["purge.declined"],
        "purge.certify": ["purge.certified"], "entry.seal": ["record.sealed"], "case.seal": ["record.sealed"],
        "entry.unseal": ["record.unsealed"], "case.unseal": ["record.unsealed"],
        "policy.propose": ["jurisdiction_policy.proposed"], "policy.activate": ["jurisdiction_policy.activated"],
        "policy.retire": ["jurisdiction_policy.retired", "jurisdiction_policy.retirement_proposed"],
        "policy.require-signature": ["policy.signature_required", "policy.signature_lifted"],
        "report.certify": ["report.certified"], "report.publish": ["report.published"],
        "decon.submit-event": ["decon.event_submitted"], "decon.amend-event": ["decon.event_amended"],
        "decon.cancel-event": ["decon.event_cancelled"], "decon.complete-event": ["decon.event_completed"],
        "decon.exigent": ["decon.exigent_declared"],
        "decon.concur": ["decon.exigency_confirmed", "decon.exigency_disputed"],
        "decon.submit-target": ["decon.target_submitted"], "decon.validate-target": ["decon.target_validated"],
        "decon.withdraw-target": ["decon.target_withdrawn"], "decon.acknowledge": ["decon.acknowledged"],
        "decon.resolve": ["decon.resolved"],
    ].merging(Workflows.kinds) { $1 }

    /// Kinds that say nothing of their act.
    private static let untold: Set<String> = ["restricted"]

    /// The kinds of event that none but acts which the rule is for lead to.
    var kinds: [String] {
        func isFor(_ name: String) -> Bool {
            act.map { $0 == name || ($0 == Self.legalEffect && Self.actsOfLegalEffect.contains(name)) } ?? true
        }
        let (own, others) = (Self.kinds.filter { isFor($0.key) }, Self.kinds.filter { !isFor($0.key) })
        return Set(own.values.joined()).subtracting(others.values.joined()).subtracting(Self.untold).sorted()
    }
}
