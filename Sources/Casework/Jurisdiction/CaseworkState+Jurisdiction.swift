package import Policy
package import StrictJSON

/// Agencies' own policies: what they say, who may know of them, and who decides about them.
extension CaseworkState {
    /// What an agency's own policy, as it is in force now, says of what it is asked.
    ///
    /// One question for every room: P03 asks it of data and of participation, custody inquiries ask it of answers and release dates,
    /// operations of participation, notices of deconfliction. What follows from a `require` is for the asker to see to:
    /// `answer.missing(conditionsThatAreMet)` is nil if nothing opens it, and empty if all is there.
    ///
    /// - Parameters:
    ///   - agency: whose policy: of who contributed the data, takes part, holds the person, or reports.
    ///   - object: what is asked about.
    ///   - purpose: for which.
    ///   - id: the other agency, if there is one.
    ///   - instrument: on what the other agency relies, where that matters.
    ///   - isAnswered: whether a holder answers what it is asked about custody, and does not ask itself.
    ///   - now: at which the question is judged.
    /// - Returns: the verdict, and the rules that decided.
    package func jurisdiction(
        of agency: AgencyID,
        _ object: JurisdictionObject,
        _ purpose: Purpose,
        counterpart id: AgencyID? = nil,
        instrument: Instrument = .absent,
        isAnswered: Bool = false,
        now: UTCTime
    ) -> JurisdictionAnswer {
        let counterpart = id.map { id in
            Counterpart(id: id, level: agencies[id]?.level ?? .service, missions: agencies[id]?.missions ?? [])
        }
        let question = JurisdictionQuestion(
            agency: agency,
            object: object,
            purpose: purpose,
            counterpart: counterpart,
            instrument: instrument
        )
        let bundles = jurisdiction.inForce(of: agency, now)
        return isAnswered ? question.ruling(under: bundles, now: now) : question.answer(under: bundles, now: now)
    }

    /// Hours of business days after which what a holder asks or is asked about custody lapses: 48, or fewer by its own policy.
    func custodyHours(of holder: AgencyID, _ now: UTCTime) -> Int64 {
        jurisdiction.inForce(of: holder, now).compactMap(\.custodyHours).min() ?? JurisdictionForm.mostCustodyHours
    }

    /// Days until an agency has signed or declined a certification: 30, or as many as its own policy sets.
    func certificationDays(of agency: AgencyID, _ now: UTCTime) -> Int64 {
        jurisdiction.inForce(of: agency, now).compactMap(\.certificationDays).min()
            ?? JurisdictionForm.usualCertificationDays
    }

    /// The originators whose policy does not let the asker's agency read what they contributed, unless conditions are met.
    private func closedOrigins(
        _ file: CaseFile,
        to agency: AgencyID,
        for purpose: Purpose,
        meeting met: Set<JurisdictionCondition> = [],
        _ now: UTCTime
    ) -> Set<AgencyID> {
        guard !jurisdiction.isEmpty else { return [] }
        return Set(
            file.participants.keys.filter { origin in
                guard origin != agency, jurisdiction.files[origin] != nil else { return false }
                let answer = self.jurisdiction(of: origin, .data, purpose, counterpart: agency, now: now)
                return !answer.isAllowed(meeting: met)
            }
        )
    }

    /// What an agency's policy says, and by which rules: a step for each that decided.
    ///
    /// - Returns: nil if nobody is enrolled as the asker.
    package func explain(
        _ question: JurisdictionHypothesis,
        by asker: Actor,
        now: UTCTime
    ) -> (answer: JurisdictionAnswer, steps: [Step])? {
        guard let agency = question.agency ?? member(by: asker.by)?.agency else { return nil }
        let answer = jurisdiction(
            of: agency,
            question.object,
            question.purpose,
            counterpart: question.counterpart,
            instrument: question.instrument,
            isAnswered: true,
            now: now
        )
        let isOpen = answer.isAllowed()
        guard !answer.fired.isEmpty else {
            let step = Step(
                rule: "P03",
                code: RuleTable.row("P03").code,
                fired: !isOpen,
                because: isOpen
                    ? "No rule of \(agency)'s policy speaks."
                    : "No rule of \(agency)'s policy speaks: until one does, civil immigration enforcement is denied."
            )
            return (answer, [step])
        }
        let steps = answer.fired.map { fired in
            let needs = JurisdictionCondition.inOrder(fired.rule.conditions).map(\.rawValue).joined(separator: ", ")
            let does = fired.rule.effect.rawValue + (needs.isEmpty ? "" : " \(needs)")
            return Step(
                rule: "P03J",
                code: RuleTable.row("P03J").code,
                fired: !isOpen,
                because:
                    "\(agency) \(fired.bundle) \(fired.rule.id): \(does). \(fired.rule.message) (\(fired.rule.citation))"
            )
        }
        return (answer, steps)
    }

    /// Who decides whether an agency's policy comes into force (domain.md 6.2): a member with the role legal of the agency itself.
    ///
    /// If the agency has none, one of an agency whose mission is prosecution and that a live agreement joins with it.
    func isCounsel(_ member: Member, of agency: AgencyID, _ now: UTCTime) -> Bool {
        guard member.roles(in: nil, now).contains(.legal) else { return false }
        guard member.agency != agency else { return true }
        guard agencies[member.agency]?.missions.contains(.prosecution) ?? false,
            !members.values.contains(where: { $0.agency == agency && $0.roles(in: nil, now).contains(.legal) })
        else { return false }
        return agreements.values.contains { $0.isLive(now) && $0.joins(agency, member.agency) }
    }

    /// What is in force, or was, is for every member to know; what is only proposed is for the agency, its counsel and oversight.
    func mayKnow(_ file: PolicyFile, _ member: Member, _ now: UTCTime) -> Bool {
        file.state == .activated || file.bundle.agency == member.agency
            || isCounsel(member, of: file.bundle.agency, now) || member.roles(in: nil, now).contains(.oversight)
    }

    /// The policies that a member may know of, of one agency or of all, in order.
    package func visiblePolicies(_ id: MemberID, of agency: AgencyID?, now: UTCTime) -> [JSONObject] {
        guard let member = members[id] else { return [] }
        var inForce: [AgencyID: Set<BundleReference>] = [:]
        for agency in jurisdiction.files.keys {
            inForce[agency] = Set(jurisdiction.inForce(of: agency, now).map(\.reference))
        }
        return jurisdiction.inOrder
            .filter { (agency == nil || $0.bundle.agency == agency) && mayKnow($0, member, now) }
            .map { file in
                let isInForce = inForce[file.bundle.agency]?.contains(file.bundle.reference) ?? false
                return file.json(now, isInForce: isInForce)
            }
    }

    /// What of a case may be seen, of entries and of what was said in shared work: header alone of what its originator's policy keeps
    /// from the asker's agency.
    func scope(_ standing: Standing, in file: CaseFile, for purpose: Purpose, _ now: UTCTime) -> EntryScope {
        var scope = standing.scope(file)
        scope.closed = closedOrigins(file, to: standing.agency, for: purpose, now)
        guard !scope.closed.isEmpty else { return scope.closed(for: file.unconsented) }
        let denied = closedOrigins(
            file,
            to: standing.agency,
            for: purpose,
            meeting: [.controlOfficialApproval],
            now
        )
        scope.openedByLiaison = scope.closed.subtracting(denied)
        return scope.closed(for: file.unconsented)
    }
}
