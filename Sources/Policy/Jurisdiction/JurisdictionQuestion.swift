/// The other agency in a question: a rule sees its level and missions, so that it need not name it.
package struct Counterpart: Hashable, Sendable {
    package var id: AgencyID
    package var level: AgencyLevel
    package var missions: Set<Mission>

    package init(id: AgencyID, level: AgencyLevel, missions: some Sequence<Mission>) {
        self.id = id
        self.level = level
        self.missions = Set(missions)
    }
}

/// What an agency's own policy is asked.
package struct JurisdictionQuestion: Hashable, Sendable {
    /// Whose policy: of the agency that contributed the data, takes part, or holds the person.
    package var agency: AgencyID
    package var object: JurisdictionObject
    package var purpose: Purpose
    /// Nil where nobody else is concerned.
    package var counterpart: Counterpart?
    package var instrument: Instrument

    package init(
        agency: AgencyID,
        object: JurisdictionObject,
        purpose: Purpose,
        counterpart: Counterpart? = nil,
        instrument: Instrument = .absent
    ) {
        self.agency = agency
        self.object = object
        self.purpose = purpose
        self.counterpart = counterpart
        self.instrument = instrument
    }
}

/// What an agency's policy says, and by which of its rules.
package struct JurisdictionAnswer: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case allow
        case deny
        /// Allowed once all of these are there.
        case require(Set<JurisdictionCondition>)
    }

    /// A rule that decided, and the bundle that it stands in.
    package struct Fired: Hashable, Sendable {
        package var bundle: BundleReference
        package var rule: JurisdictionRule
    }

    package var verdict: Verdict
    /// Empty where no rule met the question, so that the default decided.
    package var fired: [Fired]

    package init(verdict: Verdict, fired: [Fired] = []) {
        self.verdict = verdict
        self.fired = fired
    }

    /// Whether it may be done where these conditions are met, and no others.
    package func isAllowed(meeting conditions: Set<JurisdictionCondition> = []) -> Bool { missing(conditions) == [] }

    /// The stricter of two answers: deny overrides require, which overrides allow.
    ///
    /// What both require is required.
    package func stricter(_ other: JurisdictionAnswer) -> JurisdictionAnswer {
        switch (verdict, other.verdict) {
        case (.deny, _), (_, .allow): self
        case (_, .deny), (.allow, _): other
        case (.require(let one), .require(let another)):
            JurisdictionAnswer(verdict: .require(one.union(another)), fired: fired + other.fired)
        }
    }

    /// What is missing before it may be done, where these conditions are met, or all, if nil; nil where nothing opens it.
    package func missing(_ met: Set<JurisdictionCondition>?) -> Set<JurisdictionCondition>? {
        switch verdict {
        case .allow: []
        case .deny: nil
        case .require(let conditions): met.map { conditions.subtracting($0) } ?? []
        }
    }
}

extension JurisdictionQuestion {
    /// What the bundles of the agency that are in force say at a moment.
    ///
    /// Deny overrides require, which overrides allow. Where no rule meets the question, civil immigration enforcement is denied,
    /// until the agency states a policy, and everything else is allowed (domain.md 2.7, 6.8). A deconfliction notice is never
    /// suppressed, whatever the rules are: what would deny one limits it to the watch desk.
    ///
    /// - Parameters:
    ///   - bundles: activated and not retired; those of other agencies and other times say nothing.
    ///   - now: at which the question is judged.
    /// - Returns: the verdict, and the rules that decided it.
    package func evaluate(under bundles: some Sequence<JurisdictionBundle>, now: UTCTime) -> JurisdictionAnswer {
        var met: [JurisdictionAnswer.Fired] = []
        for bundle in bundles where bundle.agency == agency && bundle.isEffective(now) {
            for rule in bundle.rules where rule.isEffective(now) && rule.meets(self) {
                met.append(JurisdictionAnswer.Fired(bundle: bundle.reference, rule: rule))
            }
        }
        for effect in [JurisdictionEffect.deny, .require, .allow] {
            let fired = met.filter { $0.rule.effect == effect }
            guard !fired.isEmpty else { continue }
            return JurisdictionAnswer(verdict: verdict(effect, fired.map(\.rule)), fired: fired)
        }
        return JurisdictionAnswer(verdict: verdict(purpose == .civilImmigration ? .deny : .allow, []), fired: [])
    }

    /// What the policy of the agency says: ``evaluate(under:now:)``, and for data that goes to a component whose mission is civil
    /// immigration enforcement, the stricter of that and of what it says of that use.
    ///
    /// Such a component uses what it is given for that, whatever purpose is stated.
    ///
    /// - Parameters:
    ///   - bundles: activated and not retired.
    ///   - now: at which the question is judged.
    /// - Returns: the verdict, and the rules that decided it.
    package func answer(under bundles: some Sequence<JurisdictionBundle>, now: UTCTime) -> JurisdictionAnswer {
        let answer = evaluate(under: bundles, now: now)
        guard object == .data, counterpart?.missions.contains(.civilImmigration) ?? false,
            purpose != .civilImmigration
        else { return answer }
        var use = self
        use.purpose = .civilImmigration
        return answer.stricter(use.evaluate(under: bundles, now: now))
    }

    /// What binds a holder in what it answers about custody.
    ///
    /// It is ``answer(under:now:)``; and until its policy speaks of what civil immigration enforcement asks, nobody is handed to that, nor
    /// is it told when somebody is released, on less than a court's word (domain.md 2.7: what is not stated is denied).
    ///
    /// - Parameters:
    ///   - bundles: activated and not retired.
    ///   - now: at which the question is judged.
    /// - Returns: the verdict, and the rules that decided it; none where nothing was stated.
    package func ruling(under bundles: some Sequence<JurisdictionBundle>, now: UTCTime) -> JurisdictionAnswer {
        let answer = answer(under: bundles, now: now)
        guard answer.fired.isEmpty, object == .custodyAnswer || object == .releaseDate,
            counterpart?.missions.contains(.civilImmigration) ?? false, !instrument.isOfCourt
        else { return answer }
        return JurisdictionAnswer(verdict: .deny)
    }

    private func verdict(
        _ effect: JurisdictionEffect,
        _ rules: [JurisdictionRule]
    ) -> JurisdictionAnswer.Verdict {
        guard effect != .allow else { return .allow }
        guard object != .deconNotice else { return .require([.watchDesk]) }
        guard effect == .require else { return .deny }
        return .require(rules.reduce(into: []) { $0.formUnion($1.conditions) })
    }
}
