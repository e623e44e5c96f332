import Policy
import StrictJSON

extension OperationPlan {
    /// The rules that a plan passes before it is authorised, in their order.
    static let rules = ["P02", "P03", "P03J", "P15A", "P15L", "P15", "P16"]
}

extension OperationPlan {
    /// What a policy may require of an operation, as far as the plan has it for an agency.
    fileprivate func met(for agency: AgencyID) -> Set<JurisdictionCondition> {
        var met: Set<JurisdictionCondition> = []
        if authorities.contains(where: { $0.kind == "judicial-warrant" }) { met.insert(.judicialWarrant) }
        if answer(of: agency).map({ $0.decision != .declined }) ?? false { met.insert(.controlOfficialApproval) }
        return met
    }
}

extension OperationPlan.Authority {
    var words: String {
        "The \(kind) \(court.map { "of \($0) " } ?? "")ends on \(expiresAt?.minute ?? "-"), before the operation does."
    }
}

/// What is missing before a plan can be authorised: one function for each thing, and one list of all.
extension CaseworkState {
    func lacks(_ plan: OperationPlan, of item: String, in file: CaseFile, _ now: UTCTime) -> [WorkLack] {
        answerLacks(plan, in: file, now)
            + purposeLacks(plan, in: file, now)
            + reviewLacks(plan) + safeguardLacks(plan) + deconflictionLacks(plan, of: item, in: file, now)
            + advisoryLacks(plan)
    }

    /// Each agency approved the plan as it is, or set terms that hold.
    private func answerLacks(_ plan: OperationPlan, in file: CaseFile, _ now: UTCTime) -> [WorkLack] {
        plan.agencies.compactMap { agency in
            guard let participant = file.participants[agency], participant.standing == .joined else {
                return WorkLack(rule: "P15A", words: "\(agency) is not in the case any more.")
            }
            guard agreements[participant.agreement]?.isLive(now) ?? false else {
                return WorkLack(
                    rule: "P02",
                    words: "\(participant.agreement), under which \(agency) takes part, is not live."
                )
            }
            guard let answer = plan.answer(of: agency) else {
                return WorkLack(rule: "P15A", words: "\(agency) has not answered.")
            }
            switch answer.decision {
            case .approved: return nil
            case .declined: return WorkLack(rule: "P15A", words: "\(agency) declined.")
            case .conditional:
                let unmet = plan.unmet(answer, lead: file.leadAgency, agencies)
                guard !unmet.isEmpty else { return nil }
                return WorkLack(rule: "P15A", words: "\(agency) set terms: \(unmet.joined(separator: ", and ")).")
            }
        }
    }

    /// Purposes that an agreement does not have, or for which the policy of an agency concerned does not let it take part.
    ///
    /// Each agency is asked about each of the others (domain.md 2.7). While it is not binding, what a policy requires can still
    /// come, and a denial alone counts.
    func purposeLacks(
        _ plan: OperationPlan,
        in file: CaseFile,
        _ now: UTCTime,
        isBinding: Bool = true
    ) -> [WorkLack] {
        let agreed = [file.agreement] + plan.agencies.compactMap { file.participants[$0]?.agreement }
        let concerned = Set(plan.agencies + [file.leadAgency]).sorted()
        return plan.purposes.flatMap { purpose -> [WorkLack] in
            if let other = agreed.first(where: { !(agreements[$0]?.purposes.contains(purpose) ?? false) }) {
                return [WorkLack(rule: "P03", words: "\(purpose.rawValue) is no purpose of \(other).")]
            }
            return concerned.compactMap { policyLack(of: $0, plan, purpose, with: concerned, now, isBinding) }
        }
    }

    /// What the policy of an agency has against its taking part; nil if nothing.
    private func policyLack(
        of agency: AgencyID,
        _ plan: OperationPlan,
        _ purpose: Purpose,
        with concerned: [AgencyID],
        _ now: UTCTime,
        _ isBinding: Bool
    ) -> WorkLack? {
        let others = concerned.filter { $0 != agency }.map { Optional($0) }
        let met = isBinding ? plan.met(for: agency) : nil
        for other in others.isEmpty ? [nil] : others {
            let answer = jurisdiction(of: agency, .participation, purpose, counterpart: other, now: now)
            let missing = answer.missing(met)
            guard missing != [] else { continue }
            guard !answer.fired.isEmpty else {
                let words = "No rule of \(agency)'s policy lets it take part for \(purpose.rawValue)."
                return WorkLack(rule: "P03", words: words)
            }
            return WorkLack(
                rule: "P03J",
                words: answer.words(of: agency, missing: missing),
                citation: answer.citations
            )
        }
        return nil
    }

    private func reviewLacks(_ plan: OperationPlan) -> [WorkLack] {
        let expiring = plan.expiringAuthorities.map { WorkLack(rule: "P15L", words: $0.words) }
        if plan.isObjectedTo { return expiring + [WorkLack(rule: "P15A", words: "Counsel objects.")] }
        return plan.isReviewed ? expiring : expiring + [WorkLack(rule: "P15A", words: "Counsel has not reviewed it.")]
    }

    private func safeguardLacks(_ plan: OperationPlan) -> [WorkLack] {
        guard plan.hasSafeguards else { return [WorkLack(rule: "P15A", words: "Safeguards are not recorded.")] }
        guard !plan.isProtectedLocation || plan.isSignedOff else {
            return [WorkLack(rule: "P15A", words: "A supervisor has not signed off the protected location.")]
        }
        return []
    }

    /// Deconfliction is newer than the plan, and nothing is open; in exigency it may follow (domain.md 2.9).
    private func deconflictionLacks(
        _ plan: OperationPlan,
        of item: String,
        in file: CaseFile,
        _ now: UTCTime
    ) -> [WorkLack] {
        let words: String
        // What was entered elsewhere is recorded with the plan, and takes the place of nothing here (domain.md 2.9).
        switch deconfliction.clearance(of: plan, item, in: file.id) {
        case .fresh: return []
        case .conflictOpen(let conflicts):
            let isExcused = isLate(plan, now) && deconfliction.isExigent(file.id, ref: item)
            let isSaid = deconfliction.hasSpoken(of: item, in: file.id, now)
            let open = "Not resolved: \(conflicts.joined(separator: ", "))."
            guard isExcused, isSaid else { return [WorkLack(rule: "P15", words: open)] }
            // The other side let the time run out; a commander concurs that it goes on all the same.
            return [WorkLack(rule: nil, words: open)]
        case .stale: words = "It was changed since it was submitted to deconfliction."
        case .elsewhere: words = "What was submitted to deconfliction does not cover all its places and hours."
        case .missing: words = "It was not submitted to deconfliction."
        }
        // Exigency excuses what can no longer be submitted in time, and nothing that can (rule P16).
        if plan.isExigent, isLate(plan, now) {
            guard !deconfliction.isExigent(file.id, ref: item) else { return [WorkLack(rule: nil, words: words)] }
            return [
                WorkLack(rule: "P16", words: words + " That it cannot wait is to be declared, with who approves it.")
            ]
        }
        guard !isLate(plan, now) else {
            return [
                WorkLack(
                    rule: "P16",
                    words: words + " It begins within two hours: put it off, or say why it cannot wait."
                )
            ]
        }
        return [WorkLack(rule: "P15", words: words)]
    }

    /// Whether it begins within two hours.
    private func isLate(_ plan: OperationPlan, _ now: UTCTime) -> Bool {
        plan.startsAt.adding(hours: -OperationPlan.noticeHours) <= now
    }

    private func advisoryLacks(_ plan: OperationPlan) -> [WorkLack] {
        guard !plan.isAdvised else { return [] }
        let isMoved = plan.advised != nil
        return [
            WorkLack(
                rule: nil,
                words: isMoved
                    ? "The operation was moved out of the window that victim services were told."
                    : "Victim services were not advised."
            )
        ]
    }
}
