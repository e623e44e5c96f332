import Policy

extension Act {
    /// An act on agencies, agreements and members that a question is about; nil for another act.
    ///
    /// `entry` names the member, the agreement or the grant; a role that is granted is that of a contributor.
    init?(registryHypothesis question: Hypothesis, now: UTCTime, in state: CaseworkState) {
        let text = question.entry ?? ""
        let member = MemberID(text)
        let agreement = AgreementID(text)
        let agency = question.agency.flatMap { AgencyID($0) }
        switch (question.act ?? "", member, agreement, agency) {
        case ("agency.register", _, _, let agency?), ("agency.update", _, _, let agency?):
            let known = state.agencies[agency]
            let stated = Agency(
                id: agency,
                name: known?.name ?? "-",
                level: known?.level ?? .municipal,
                missions: known?.missions ?? [.criminal],
                contact: known?.contact ?? "-",
                keyRequired: known?.keyRequired ?? false
            )
            self = question.act == "agency.register" ? .registerAgency(stated) : .updateAgency(stated)
        case ("agreement.record", _, let id?, let agency?):
            self = .recordAgreement(
                Agreement(
                    id: id,
                    parties: [agency],
                    purposes: [.criminalInvestigation],
                    handlingCap: .h0,
                    designee: nil,
                    startsAt: now,
                    endsAt: now.adding(days: 300),
                    document: nil
                )
            )
        case ("agreement.renew", _, let id?, _): self = .renewAgreement(id, endsAt: now.adding(days: 300))
        case ("agreement.terminate", _, let id?, _): self = .terminateAgreement(id, reason: "-")
        case ("agency.propose-successor", _, _, let agency?): self = .succession(.propose(agency, reason: "-"))
        case ("agency.accept-succession", _, _, let agency?): self = .succession(.accept(agency))
        case ("agency.decline-succession", _, _, let agency?): self = .succession(.decline(agency, reason: "-"))
        case ("member.enrol", let id?, _, let agency?):
            self = .enrolMember(Member(id: id, agency: agency, uids: [.max - 1], keys: []), keyLines: [])
        case ("member.add-key", let id?, _, _): self = .addKey(id, fingerprint: "-", line: "-")
        case ("member.revoke-key", let id?, _, _):
            self = .revokeKey(id, fingerprint: state.members[id]?.keys.first ?? "-", reason: "-")
        case ("member.grant", let id?, _, _):
            self = .grantRole(id, .contributor, scope: "agency", expiresAt: now.adding(days: 180))
        case ("member.revoke", let id?, _, _):
            self = .revokeRole(id, grant: state.members[id]?.grants.last?.id ?? "", reason: "-")
        case ("member.disable", let id?, _, _): self = .disableMember(id, reason: "-")
        case ("member.unlock", _, _, _):
            let uid = UInt32(text) ?? member.flatMap { state.members[$0]?.uids.first }
            self = .unlockAccount(uid ?? .max, reason: "-")
        case ("member.review", let id?, _, _): self = .reviewMember(id, reason: "-")
        default: return nil
        }
    }
}

extension RemovalAct {
    /// What a question about retention, sealing or removal is about; nil for another act.
    ///
    /// `entry` names the entry, the hold, the order or the purge.
    init?(hypothesis question: Hypothesis, now: UTCTime) {
        let text = question.entry ?? ""
        switch question.act {
        case "retention.review": self = .review([text], .purge, until: nil, explanation: "-")
        case "hold.place": self = .placeHold(text.isEmpty ? [] : [text], reason: "-")
        case "hold.lift": self = .liftHold(text, reason: "-")
        case "order.record":
            let terms = OrderTerms(kind: .expunge, court: "-", docket: "-", effectiveAt: now, appealUntil: nil)
            self = .recordOrder([text], terms)
        case "purge.propose": self = .proposePurge([text], order: nil, reason: "-")
        case "purge.approve": self = .decidePurge(text, isApproved: true, reason: nil)
        case "purge.decline": self = .decidePurge(text, isApproved: false, reason: "-")
        case "purge.certify": self = .certify(text)
        case "case.seal": self = .seal([], order: text)
        case "case.unseal": self = .unseal([], order: text)
        case "purge.list": self = .list
        default: return nil
        }
    }
}
