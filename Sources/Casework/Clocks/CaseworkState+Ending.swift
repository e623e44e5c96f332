import Policy

/// By which command a clock is ended in time, for whoever may type it: nobody is sent into a refusal.
extension CaseworkState {
    /// The commands, one a line; empty for who may type none.
    func command(for clock: Clock, _ id: MemberID, _ now: UTCTime) -> String {
        let row = clock.kind.row
        guard !row.command.isEmpty, let member = members[id], mayEnd(clock, row.by, member, now) else { return "" }
        if clock.kind == .courtOrder { return execution(of: clock, member, now) ?? "" }
        if clock.kind == .annualReport { return nextStep(of: clock) }
        let grant = grant(of: clock)
        return Self.filled(
            row.command,
            [
                "CASE": file(ofStream: clock.stream)?.number, "ITEM": clock.whole, "ROLE": grant?.role.rawValue,
                "SCOPE": grant.flatMap { scopeText($0.scope) },
            ]
        )
    }

    /// A command with what is known put in for its words in capitals.
    static func filled(_ command: String, _ words: [String: String?]) -> String {
        command.split(separator: "\n").map { line in
            line.split(separator: " ").map { (words[String($0)] ?? nil) ?? String($0) }.joined(separator: " ")
        }
        .joined(separator: "\n")
    }

    private func mayEnd(_ clock: Clock, _ by: Ender, _ member: Member, _ now: UTCTime) -> Bool {
        let owes = parties(of: clock).contains(member.agency)
        let roles = member.roles(in: nil, now)
        guard clock.stream != .system, !clock.kind.isDeconfliction else {
            switch by {
            case .administrator: return roles.contains(.administrator)
            // Nobody reviews himself, nor grants himself a role.
            case .liaison: return clock.whole != member.id.text && owes && roles.contains(.liaison) && mayGrant(clock)
            case .registrar:
                return clock.whole != member.id.text
                    && (roles.contains(.administrator) || (owes && roles.contains(.liaison)))
            case .owing: return owes && !roles.isDisjoint(with: [.lead, .contributor, .liaison])
            case .concerned: return !roles.contains(.oversight) || owes
            case .oversight: return roles.contains(.oversight)
            case .step, .lead, .duty: return false
            }
        }
        // Who is told of it may look at what it runs for.
        if let item = docket.item(in: clock.stream) { return sees(item, member, now) }
        guard let file = file(ofStream: clock.stream) else { return false }
        let standing = standing(of: member, in: file, now)
        switch by {
        case .step(let verb): return mayTake(verb, clock.item, in: file, standing)
        case .lead: return standing.isCaseLead && CaseLifecycle.row(.review, from: file) != nil
        case .duty:
            let what = clock.kind == .retention ? Removable(clock.item) : nil
            return standing.hasDuty || what.map { !duties(of: standing, for: [$0], in: file).isEmpty } ?? false
        case .oversight: return standing.isOversight
        case .concerned: return !standing.isOversight
        case .liaison: return owes && standing.isLiaison
        case .administrator, .owing, .registrar: return false
        }
    }

    /// Whether somebody may take a step of an item as he sees it.
    private func mayTake(_ verb: String, _ name: String, in file: CaseFile, _ standing: Standing) -> Bool {
        guard let whole = Workflows.item(name, in: file.work), let workflow = Workflows.named(whole.workflow),
            let step = workflow.steps.first(where: { $0.verb == verb }), standing.mayKnow(whole, in: file),
            file.state.isWorked || (workflow.goesOnWhileSuspended && file.state != .closed) || step.goesOnWhenClosed
        else { return false }
        let item = standing.shown(whole)
        return step.from.contains(item.state)
            && step.by.contains { $0.role(standing, item.facts, maker: item.agency, by: item.member) != nil }
    }

    /// Whether a member answers an inquiry about custody that runs out, though he is in the case for nothing else.
    func answersCustody(_ clock: Clock, _ member: Member, _ now: UTCTime) -> Bool {
        guard clock.kind == .custodyAnswer, let file = file(ofStream: clock.stream),
            let item = Workflows.item(clock.item, in: file.work)
        else { return false }
        let standing = standing(of: member, in: file, now)
        return standing.isAskedOutright(item) && standing.visibility(of: item, in: file) == .content
            && mayTake("answer", clock.item, in: file, standing)
    }

    /// How an order is carried out, as the inbox has it; `accord purge list` for who cannot do it alone.
    private func execution(of clock: Clock, _ member: Member, _ now: UTCTime) -> String? {
        guard let file = file(ofStream: clock.stream) else { return nil }
        var found: String?
        let standing = standing(of: member, in: file, now)
        eachRemovalTask(in: file, for: member, standing, now) { kind, item, _, _, _, command in
            if kind == "order", item == clock.item { found = command }
        }
        return found ?? "accord purge list \(file.number)"
    }

    private func grant(of clock: Clock) -> Grant? {
        let number = clock.item.split(separator: "/").last.flatMap { Reference.number(String($0), letter: "G") }
        return MemberID(clock.whole).flatMap { members[$0] }?.grants.first { $0.number == number }
    }

    /// What a liaison may grant again, where a role ends; true of other clocks.
    private func mayGrant(_ clock: Clock) -> Bool {
        grant(of: clock).map { Gate.liaisonGrants.contains($0.role) || $0.role == .liaison } ?? true
    }

    private func scopeText(_ scope: Grant.Scope) -> String? {
        switch scope {
        case .system: "system"
        case .agency: "agency"
        case .caseFile(let id): number(of: id)
        }
    }
}
