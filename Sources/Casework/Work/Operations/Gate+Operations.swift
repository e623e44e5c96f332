import Policy
import StrictJSON

extension OperationPlan {
    /// Hours before the operation begins until which it is submitted to deconfliction (domain.md 6.11).
    static let noticeHours: Int64 = 2
    /// Longest and furthest that deconfliction takes (domain.md 6.9).
    static let longestDays: Int64 = 14
    static let furthestDays: Int64 = 90
}

/// What a plan must be before it is recorded, and who answers for what.
extension Gate {
    mutating func propose(_ check: WorkCheck) throws(Refusal) {
        try require(
            "P05",
            check.standing.writingRole(.operations) != nil,
            "The asker writes to the compartment OPS.",
            ask: "Ask the lead of the case."
        )
        try possible(OperationPlan(facts: check.act.facts), check, maker: check.standing.agency)
    }

    mutating func amend(_ check: WorkCheck) throws(Refusal) {
        guard !check.act.facts.isEmpty || check.act.parts.keys.contains(where: { $0 != "reason" }) else {
            throw .malformed(field: "reason", "given with what is to change: nothing was")
        }
        var facts = check.item?.facts ?? [:]
        for (key, value) in check.act.facts.members { facts[key] = value }
        try possible(OperationPlan(facts: facts), check, maker: check.item?.agency ?? check.standing.agency)
    }

    private mutating func possible(_ plan: OperationPlan, _ check: WorkCheck, maker: AgencyID) throws(Refusal) {
        try exigencyTold(check)
        try window(plan)
        for (index, authority) in plan.authorities.enumerated() {
            try complete(authority, "authorities[\(index)]")
        }
        guard maker == check.file.leadAgency || plan.agencies.contains(maker) else {
            throw .malformed(field: "agencies", "with \(maker) among them: its liaison answers for it, too")
        }
        for agency in plan.agencies { try takesPart(agency, check.file) }
        try purposes(plan, check.file)
        try require(
            "P16",
            plan.isExigent || plan.startsAt >= now.adding(hours: OperationPlan.noticeHours),
            "It begins in two hours or later, or is exigent."
        )
    }

    /// Exigency is told with its reason, or not at all.
    private func exigencyTold(_ check: WorkCheck) throws(Refusal) {
        let isExigent = check.act.facts["exigent"]?.bool ?? false
        guard isExigent == (check.act.parts["exigency"] != nil) else {
            throw .malformed(
                field: "exigency",
                "given where “exigent” is, and only there: it says why there is no time"
            )
        }
    }

    private func window(_ plan: OperationPlan) throws(Refusal) {
        guard plan.startsAt < plan.endsAt, plan.endsAt <= plan.startsAt.adding(days: OperationPlan.longestDays) else {
            throw .malformed(field: "endsAt", "after the start, and at most \(OperationPlan.longestDays) days")
        }
        guard plan.endsAt > now else { throw .malformed(field: "endsAt", "in the future") }
        guard plan.startsAt <= now.adding(days: OperationPlan.furthestDays) else {
            throw .malformed(field: "startsAt", "at most \(OperationPlan.furthestDays) days ahead")
        }
    }

    private func complete(_ authority: OperationPlan.Authority, _ field: String) throws(Refusal) {
        switch authority.kind {
        case "consent", "exigent-circumstances": return
        case "administrative-warrant": break
        default:
            guard authority.court != nil else {
                throw .malformed(field: "\(field).court", "given: it says which court")
            }
        }
        guard authority.expiresAt != nil else {
            throw .malformed(field: "\(field).expiresAt", "given: it says until when it can be carried out")
        }
    }

    /// An agency is in the case so that it may take part in operations.
    private mutating func takesPart(_ agency: AgencyID, _ file: CaseFile) throws(Refusal) {
        let participant = file.participants[agency]
        try require(
            "L01",
            participant?.standing == .joined,
            "\(agency) has joined the case.",
            message: "\(agency) has not joined this case.",
            ask: "`accord case show` names the agencies that did."
        )
        try require(
            "L01",
            participant?.mode == .lead || participant?.mode == .participation,
            "\(agency) takes part in more than information.",
            message: "\(agency) is in this case for \(participant?.mode.rawValue ?? "nothing") alone.",
            ask: "Ask a liaison of \(agency): the mode is set by an invitation."
        )
    }

    /// Each purpose is one of the agreements of all who take part, and no policy of theirs denies it.
    private mutating func purposes(_ plan: OperationPlan, _ file: CaseFile) throws(Refusal) {
        let lacks = state.purposeLacks(plan, in: file, now, isBinding: false)
        for rule in ["P03", "P03J"] {
            let lack = lacks.first { $0.rule == rule }
            try require(
                rule,
                lack == nil,
                RuleTable.row(rule).test,
                message: lack?.words,
                citation: lack?.citation
            )
        }
    }

    /// The asker says which revision he has read, and it is the present one.
    mutating func seen(_ check: WorkCheck) throws(Refusal) {
        let revision = check.item?.plan.revision ?? 1
        try require(
            "P23",
            check.act.facts["revision"]?.integer == revision,
            "The revision that was read is the present one.",
            message: "The plan is at revision \(revision).",
            ask: "Read it again: `accord op show`."
        )
    }

    /// Somebody answers for his agency: for one that takes part, of what he has read, and not of what he wrote.
    mutating func answer(_ check: WorkCheck) throws(Refusal) {
        guard let item = check.item else { return }
        try require(
            "P05",
            item.plan.agencies.contains(check.standing.agency),
            "The asker's agency takes part.",
            ask: "Ask a liaison of an agency that takes part."
        )
        try notOwn(check, "approve")
        try seen(check)
    }

    /// Nobody decides about what he wrote: neither who proposed a plan, nor who amended it since.
    mutating func notOwn(_ check: WorkCheck, _ word: String) throws(Refusal) {
        try require(
            "P08",
            !(check.item?.isPlan(of: check.standing.member) ?? false),
            "Who wrote the plan, or a revision of it, does not \(word) it.",
            message: "Whoever wrote a plan, or a revision of it, does not \(word) it: a colleague does."
        )
    }

    mutating func review(_ check: WorkCheck) throws(Refusal) {
        guard let item = check.item else { return }
        try notOwn(check, "review")
        try seen(check)
        guard check.act.facts["verdict"]?.string == "cleared" else {
            guard check.act.parts["text"] != nil else {
                throw .malformed(field: "text", "given with an objection: it says why")
            }
            return
        }
        try require(
            "P15L",
            item.plan.expiringAuthorities.isEmpty,
            "Every authority holds until the operation ends.",
            message: item.plan.expiringAuthorities.map(\.words).joined(separator: " ")
        )
    }

    /// Whole days hold the operation and tell no hour of it.
    mutating func advise(_ check: WorkCheck) throws(Refusal) {
        let plan = OperationPlan(facts: check.act.facts)
        guard let window = plan.advised, let item = check.item else { return }
        let day: Int64 = 86_400_000
        let isWholeDays = [window.lowerBound, window.upperBound].allSatisfy { $0.milliseconds % day == 0 }
        guard isWholeDays, window.upperBound.milliseconds - window.lowerBound.milliseconds >= day else {
            throw .malformed(field: "windowEnd", "a day or more after windowStart, both at 00:00 UTC: no hour is told")
        }
        guard window.contains(item.plan.startsAt), window.contains(item.plan.endsAt) else {
            throw .malformed(field: "windowStart", "such that the window holds the operation")
        }
    }

    /// The operation begins within its window.
    mutating func inWindow(_ check: WorkCheck) throws(Refusal) {
        guard let plan = check.item?.plan else { return }
        try require(
            "L01",
            plan.startsAt <= now && now < plan.endsAt,
            "It is within the window.",
            message: now < plan.startsAt ? "The window has not begun." : "The window is over.",
            ask: "Amend the window: all agencies are asked anew."
        )
    }

    /// Refuses as long as anything is missing, and names all of it.
    mutating func ready(_ check: WorkCheck) throws(Refusal) {
        guard let item = check.item else { return }
        var facts = item.facts
        for (key, value) in check.act.facts.members { facts[key] = value }
        let lacks = state.lacks(OperationPlan(facts: facts), of: item.id, in: check.file, now).filter { $0.rule != nil }
        let all = lacks.map(\.words).joined(separator: " ")
        for rule in OperationPlan.rules {
            let lack = lacks.first { $0.rule == rule }
            try require(
                rule,
                lack == nil,
                RuleTable.row(rule).test,
                message: "\(item.id) cannot go on. \(all)",
                citation: lack?.citation
            )
        }
    }
}
