package import Policy
package import StrictJSON

/// Which acts need their author's own signature: of whose members, in which role, and which acts.
package struct SigningRule: Hashable, Sendable {
    /// The word for all acts with legal effect.
    package static let legalEffect = "legal"

    /// Members of this agency; nil: of every agency.
    package var agency: AgencyID?
    /// Who acts in this role; nil: in any.
    package var role: Role?
    /// The name of an act, such as `case.approve`, or ``legalEffect``; nil: every act that changes something.
    package var act: String?

    package init(agency: AgencyID?, role: Role?, act: String?) {
        self.agency = agency
        self.role = role
        self.act = act
    }

    /// Acts that bind or release somebody in law: approvals, what agencies undertake, and what leaves them (domain.md 6.3;
    /// tlog.md 5.4).
    package static let actsOfLegalEffect: Set<String> = Set([
        "case.approve", "case.decline", "case.refer", "case.prosecute", "case.outcome", "case.transfer",
        "case.accept-lead", "case.decline-lead", "case.amend", "case.approve-amendment", "case.decline-amendment",
        "case.consent",
        "case.close", "case.join",
        "case.refuse", "case.withdraw", "agreement.record",
        "agency.propose-successor", "agency.accept-succession", "agency.decline-succession",
        "agreement.renew", "agreement.terminate", "dissemination.release", "dissemination.grant",
        "dissemination.refuse", "breakglass.invoke", "breakglass.review", "retention.review", "hold.place", "hold.lift",
        "order.record", "purge.propose", "purge.approve", "purge.decline", "purge.certify", "entry.seal",
        "entry.unseal", "case.seal", "case.unseal", "policy.propose", "policy.activate", "policy.retire",
        "report.certify", "report.publish",
    ]).union(Workflows.actsOfLegalEffect)

    /// All acts that change something.
    package static let acts: Set<String> = actsOfLegalEffect.union(Workflows.acts).union([
        "agency.register", "agency.update", "member.enrol", "member.add-key", "member.revoke-key", "member.grant",
        "member.revoke", "member.disable", "member.review", "member.unlock", "calendar.record", "case.review",
        "inbox.acknowledge", "case.draft", "case.propose", "case.abandon", "case.suspend", "case.resume", "case.reopen",
        "case.invite", "case.assign", "case.unassign", "case.link", "case.unlink", "entry.record", "entry.correct",
        "entry.withdraw",
        "entry.acknowledge", "entry.handling", "dissemination.request", "policy.require-signature",
        "decon.submit-event", "decon.amend-event", "decon.cancel-event", "decon.complete-event", "decon.exigent",
        "decon.concur",
        "decon.submit-target", "decon.validate-target", "decon.withdraw-target", "decon.acknowledge", "decon.resolve",
    ])

    /// Whether it asks for a signature on what was decided.
    func covers(_ event: Event, _ name: String) -> Bool {
        if let agency, event.agency != agency { return false }
        if let role, event.role != role { return false }
        return act.map { $0 == name || ($0 == Self.legalEffect && Self.actsOfLegalEffect.contains(name)) } ?? true
    }

    /// For lists and for the record.
    package var json: JSONObject {
        .present([
            ("agency", agency.map { .string($0.text) }), ("role", role.map { .string($0.rawValue) }),
            ("act", act.map { .string($0) }),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        agency = fields.optionalString("agency") == nil ? nil : try fields.word("agency") { AgencyID($0) }
        role = fields.optionalString("role") == nil ? nil : try fields.word("role") { Role(rawValue: $0) }
        act = fields.optionalString("act")
    }

    init(_ read: Parameters) throws(Refusal) {
        agency = read.optionalString("agency") == nil ? nil : try read.agencyID("agency")
        role = read.optionalString("role") == nil ? nil : try read.word("role", Role.self)
        act = read.optionalString("act")
        guard act.map({ $0 == Self.legalEffect || Self.acts.contains($0) }) ?? true else {
            throw .malformed(field: "rule.act", "legal, or an act that changes something, such as case.approve")
        }
    }

    /// In words: `MPD-VT, as liaison, case.approve`.
    var words: String {
        let whose = agency.map { "members of \($0)" } ?? "all members"
        return "\(whose)\(role.map { " as \($0.rawValue)" } ?? ""): \(act ?? "every act")"
    }
}

extension CaseworkState {
    /// The rules that ask for signatures, those for all first.
    package var signingRules: [SigningRule] { signing.sorted { $0.words < $1.words } }

    /// A rule by which the act needs its author's signature; nil if there is none.
    ///
    /// Whoever has no key yet cannot sign that he gets his first one.
    func signingRule(for event: Event, _ act: Act) -> SigningRule? {
        guard !signing.isEmpty, !act.isReading else { return nil }
        if case .addKey(let id, _, _) = act, id == event.member, members[id]?.keys.isEmpty ?? true { return nil }
        return signingRules.first { $0.covers(event, act.name) }
    }
}

extension Gate {
    /// Whose acts are to be signed: an agency's liaison says it of his agency, an administrator of all.
    ///
    /// He signs it himself, which shows that it can be done, and cannot be taken back by whoever has only his user id.
    mutating func require(_ rule: SigningRule, isRequired: Bool, reason: String) throws(Refusal) -> Decision {
        let purpose = try purpose(.administration)
        try notCivil()
        let roles = member.roles(in: nil, now)
        let role: Role = rule.agency == nil ? .administrator : .liaison
        try require(
            "P05",
            roles.contains(role) && (rule.agency == nil || rule.agency == member.agency),
            "The asker is an administrator for all agencies, or a liaison for his own.",
            ask: rule.agency == nil ? "Ask an administrator." : "Ask a liaison of that agency."
        )
        try require(
            "L01",
            state.signing.contains(rule) != isRequired,
            "It is not so already.",
            message: isRequired ? "That is asked for already." : "That is not asked for.",
            ask: "`accord policy signatures` tells what is asked for."
        )
        try require(
            "V08",
            command.isSigned,
            "Who asks others for signatures signs it.",
            message: "Who asks others for signatures, or no longer asks, signs that himself."
        )
        var decision = event(
            isRequired ? "policy.signature_required" : "policy.signature_lifted",
            .system,
            role,
            purpose,
            .signing(rule, reason: reason)
        )
        decision.needsSignature = true
        return decision
    }
}
