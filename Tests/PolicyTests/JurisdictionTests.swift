import Policy
import Testing

/// Rules are written as a line: effect, object, and what narrows it.
private func rule(
    _ effect: JurisdictionEffect,
    _ object: JurisdictionObject,
    _ purposes: Set<Purpose> = [],
    for counterpart: JurisdictionRule.Scope = JurisdictionRule.Scope(),
    with instruments: Set<Instrument> = [],
    needs conditions: Set<JurisdictionCondition> = [],
    from effectiveAt: String? = nil,
    until expiresAt: String? = nil,
    id: String = "r"
) -> JurisdictionRule {
    JurisdictionRule(
        id: id,
        effect: effect,
        object: object,
        purposes: purposes,
        counterpart: counterpart,
        instruments: instruments,
        conditions: conditions,
        citation: "Order 1",
        message: "Because.",
        effectiveAt: effectiveAt.flatMap { UTCTime(text: $0) },
        expiresAt: expiresAt.flatMap { UTCTime(text: $0) }
    )
}

@Suite("Jurisdiction policy: what the rules in force say")
struct JurisdictionTests {
    private let agency: AgencyID
    private let now: UTCTime
    private let removal: Counterpart

    init() throws {
        agency = try #require(AgencyID("MPD-VT"))
        now = try #require(UTCTime(text: "2031-03-03T09:00Z"))
        removal = Counterpart(
            id: try #require(AgencyID("FRO-MB")),
            level: .federal,
            missions: [.civilImmigration]
        )
    }

    private func bundle(
        _ rules: [JurisdictionRule],
        from: String = "2031-01-01",
        until: String? = nil,
        id: String = "state-limits-A",
        of agency: AgencyID? = nil
    ) throws -> JurisdictionBundle {
        JurisdictionBundle(
            agency: agency ?? self.agency,
            id: id,
            version: 1,
            title: "Limits",
            citations: ["Order 1"],
            effectiveAt: try #require(UTCTime(text: from)),
            expiresAt: until.flatMap { UTCTime(text: $0) },
            rules: rules
        )
    }

    private func ask(
        _ object: JurisdictionObject,
        _ purpose: Purpose,
        _ bundles: [JurisdictionBundle] = [],
        instrument: Instrument = .absent,
        counterpart: Counterpart? = nil
    ) -> JurisdictionAnswer {
        JurisdictionQuestion(
            agency: agency,
            object: object,
            purpose: purpose,
            counterpart: counterpart ?? removal,
            instrument: instrument
        ).evaluate(under: bundles, now: now)
    }

    // MARK: The default

    @Test func `an agency without a policy denies civil immigration enforcement and allows all else`() {
        for object in JurisdictionObject.allCases where object != .deconNotice {
            for purpose in Purpose.allCases {
                let answer = ask(object, purpose)
                #expect(answer.verdict == (purpose == .civilImmigration ? .deny : .allow), "\(object) \(purpose)")
                #expect(answer.fired.isEmpty)
            }
        }
    }

    @Test func `another agency's policy says nothing`() throws {
        let other = try #require(AgencyID("TCP-NAR"))
        let theirs = try bundle([rule(.deny, .data)], of: other)
        #expect(ask(.data, .criminalInvestigation, [theirs]).verdict == .allow)
    }

    // MARK: What overrides what

    @Test func `deny overrides require, and require overrides allow`() throws {
        let allow = rule(.allow, .data, id: "a")
        let require = rule(.require, .data, needs: [.consent], id: "b")
        let deny = rule(.deny, .data, id: "c")
        let purpose = Purpose.civilImmigration
        #expect(try ask(.data, purpose, [bundle([allow])]).verdict == .allow)
        #expect(try ask(.data, purpose, [bundle([allow, require])]).verdict == .require([.consent]))
        let all = try ask(.data, purpose, [bundle([allow, require, deny])])
        #expect(all.verdict == .deny)
        #expect(all.fired.map(\.rule.id) == ["c"])
    }

    @Test func `the strictest of several bundles counts`() throws {
        let open = try bundle([rule(.allow, .participation)], id: "state")
        let closed = try bundle([rule(.deny, .participation)], id: "city")
        let answer = ask(.participation, .criminalInvestigation, [open, closed])
        #expect(answer.verdict == .deny)
        #expect(answer.fired.map(\.bundle.description) == ["city/1"])
    }

    @Test func `what several rules require is required together`() throws {
        let rules = [
            rule(.require, .releaseDate, needs: [.judicialWarrant], id: "a"),
            rule(.require, .releaseDate, needs: [.counselNotice, .personNotice], id: "b"),
        ]
        let answer = try ask(.releaseDate, .custodyCoordination, [bundle(rules)])
        #expect(answer.verdict == .require([.judicialWarrant, .counselNotice, .personNotice]))
        #expect(answer.missing([.counselNotice]) == [.judicialWarrant, .personNotice])
        #expect(!answer.isAllowed(meeting: [.judicialWarrant]))
        #expect(answer.isAllowed(meeting: [.judicialWarrant, .counselNotice, .personNotice]))
    }

    @Test func `nothing opens what is denied`() {
        #expect(ask(.data, .civilImmigration).missing(Set(JurisdictionCondition.allCases)) == nil)
    }

    @Test func `of two answers the stricter counts, and what both require`() {
        let allow = JurisdictionAnswer(verdict: .allow)
        let deny = JurisdictionAnswer(verdict: .deny)
        let consent = JurisdictionAnswer(verdict: .require([.consent]))
        let notice = JurisdictionAnswer(verdict: .require([.counselNotice]))
        #expect(allow.stricter(allow) == allow)
        for (loose, strict) in [(allow, consent), (allow, deny), (consent, deny)] {
            #expect(loose.stricter(strict) == strict)
            #expect(strict.stricter(loose) == strict)
        }
        #expect(consent.stricter(notice).verdict == .require([.consent, .counselNotice]))
    }

    // MARK: What a rule meets

    @Test func `a rule meets its object, its purposes and its instruments alone`() throws {
        let narrow = rule(.deny, .custodyAnswer, [.custodyCoordination], with: [.detainer, .absent])
        let bundles = [try bundle([narrow])]
        #expect(ask(.custodyAnswer, .custodyCoordination, bundles, instrument: .detainer).verdict == .deny)
        #expect(ask(.custodyAnswer, .custodyCoordination, bundles).verdict == .deny)
        #expect(ask(.custodyAnswer, .custodyCoordination, bundles, instrument: .judicialWarrant).verdict == .allow)
        #expect(ask(.custodyAnswer, .officerSafety, bundles, instrument: .detainer).verdict == .allow)
        #expect(ask(.releaseDate, .custodyCoordination, bundles, instrument: .detainer).verdict == .allow)
    }

    @Test func `a rule meets a counterpart by agency, mission and level, all that it names`() throws {
        let scopes: [(JurisdictionRule.Scope, Bool)] = [
            (.init(), true), (.init(agencies: [removal.id]), true), (.init(agencies: [agency]), false),
            (.init(missions: [.criminal, .civilImmigration]), true), (.init(missions: [.criminal]), false),
            (.init(levels: [.federal]), true), (.init(levels: [.state]), false),
            (.init(missions: [.civilImmigration], levels: [.state]), false),
        ]
        for (scope, meets) in scopes {
            let answer = try ask(.data, .officerSafety, [bundle([rule(.deny, .data, for: scope)])])
            #expect((answer.verdict == .deny) == meets, "\(scope)")
        }
    }

    @Test func `a rule about certain counterparts does not meet a question without one`() throws {
        let question = JurisdictionQuestion(agency: agency, object: .report, purpose: .publicRecords)
        let narrow = try bundle([rule(.deny, .report, for: .init(levels: [.federal]))])
        let wide = try bundle([rule(.deny, .report)])
        #expect(question.evaluate(under: [narrow], now: now).verdict == .allow)
        #expect(question.evaluate(under: [wide], now: now).verdict == .deny)
    }

    @Test func `a bundle and a rule hold from their first moment until before their last`() throws {
        let deny = rule(.deny, .data)
        func verdict(_ bundle: JurisdictionBundle) -> JurisdictionAnswer.Verdict {
            ask(.data, .criminalInvestigation, [bundle]).verdict
        }
        #expect(try verdict(bundle([deny], from: "2031-03-03T09:00Z")) == .deny)
        #expect(try verdict(bundle([deny], from: "2031-03-03T09:01Z")) == .allow)
        #expect(try verdict(bundle([deny], until: "2031-03-03T09:00Z")) == .allow)
        #expect(try verdict(bundle([deny], until: "2031-03-03T09:01Z")) == .deny)
        #expect(try verdict(bundle([rule(.deny, .data, from: "2031-03-03T09:01Z")])) == .allow)
        #expect(try verdict(bundle([rule(.deny, .data, from: "2031-03-03T09:00Z")])) == .deny)
        #expect(try verdict(bundle([rule(.deny, .data, until: "2031-03-03T09:00Z")])) == .allow)
    }

    // MARK: Safety notices

    @Test func `no rule suppresses a deconfliction notice: the watch desk is the most that limits it`() throws {
        let limits: [JurisdictionRule] = [
            rule(.deny, .deconNotice), rule(.require, .deconNotice, needs: [.watchDesk]),
            rule(.require, .deconNotice, needs: Set(JurisdictionCondition.allCases)),
        ]
        for purpose in Purpose.allCases {
            for limit in limits {
                #expect(try ask(.deconNotice, purpose, [bundle([limit])]).verdict == .require([.watchDesk]))
            }
            #expect(try ask(.deconNotice, purpose, [bundle([rule(.allow, .deconNotice)])]).verdict == .allow)
        }
        #expect(ask(.deconNotice, .officerSafety).verdict == .allow)
        #expect(ask(.deconNotice, .civilImmigration).verdict == .require([.watchDesk]))
    }

    // MARK: Digest

    @Test func `the digest covers the agency, each word, each text and each time, and no order of words`() throws {
        let first = rule(.require, .data, [.discovery, .oversight], needs: [.consent, .counselNotice])
        let digest = try bundle([first]).digest
        var other = first
        other.purposes = [.oversight, .discovery]
        #expect(try bundle([other]).digest == digest)
        other.message = "Because!"
        #expect(try bundle([other]).digest != digest)
        #expect(try bundle([first], until: "2032-01-01").digest != digest)
        #expect(try bundle([first], of: removal.id).digest != digest)
        #expect(try bundle([first, rule(.deny, .report, id: "s")]).digest != digest)
    }

    @Test func `a version goes by its bundle's name and its number`() {
        #expect(BundleReference("state-limits-A/2")?.version == 2)
        #expect(BundleReference("state-limits-A/2")?.description == "state-limits-A/2")
        for text in [
            "state-limits-A", "/2", "a/2", "state/", "state/0", "state/1000000", "state/-1", "state/1/2", "é/1",
        ] {
            #expect(BundleReference(text) == nil, "\(text)")
        }
    }
}
