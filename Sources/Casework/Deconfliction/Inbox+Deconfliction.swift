import Policy

/// What waits for a member about conflicts, declarations and targets of his agency.
extension CaseworkState {
    func deconflictionTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        let (conflicts, targets) = deconfliction.concerns(of: member.agency)
        return conflicts.compactMap { task(about: $0, for: member, now) }
            + targets.compactMap { task(about: $0, for: member, now) }
            + deconfliction.exigencies.values.compactMap { task(about: $0, for: member, now) }
            + deskTasks(for: member, now)
    }

    /// Whom the watch desk puts through to each other, where a side was told to call it: points of contact, and nothing else of
    /// either plan (domain.md 6.9).
    private func deskTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        guard isAtWatchDesk(member, now) else { return [] }
        return deconfliction.conflicts.values.filter { conflict in
            conflict.isOpen && !conflict.isSilent && conflict.parties.contains { $0.isTold && $0.other == nil }
        }.map { conflict in
            let sides = conflict.parties.map { party in
                let contact =
                    deconfliction.events[party.submission]?.terms.contact
                    ?? deconfliction.targets[party.submission]?.terms.contact
                return "\(party.agency) (\(contact ?? agencies[party.agency]?.contact ?? ""))"
            }
            return InboxTask(
                kind: "decon-desk",
                caseNumber: "",
                item: conflict.name,
                fromAgency: conflict.parties.first?.agency.text ?? "",
                since: conflict.raisedAt,
                summary: "Whoever calls about \(conflict.name) is put through: \(sides.joined(separator: " and ")).",
                command: ""
            )
        }
    }

    /// Whom a declaration names as who concurs is asked; and its agency is told of a dispute, for a day.
    private func task(about declared: Exigency, for member: Member, _ now: UTCTime) -> InboxTask? {
        let isAsked = declared.isConfirmed == nil && declared.approver == member.id
        let isDisputed =
            declared.isConfirmed == false && declared.agency == member.agency && now < declared.at.adding(days: 1)
            && !member.roles(in: nil, now).isDisjoint(with: [.lead, .contributor, .liaison])
            && declared.caseID.map { mayKnow($0, member.id, now: now) } ?? true
        guard isAsked || isDisputed else { return nil }
        let work = declared.operation.map { "of \($0) " } ?? ""
        return InboxTask(
            kind: "decon-exigency",
            caseNumber: declared.caseID.flatMap { mayKnow($0, member.id, now: now) ? number(of: $0) : nil } ?? "",
            item: declared.name,
            fromAgency: isAsked ? declared.agency.text : members[declared.approver]?.agency.text ?? "",
            since: declared.at,
            summary: isAsked
                ? "\(declared.agency) declared \(work)that it cannot wait, and names you as who concurs: say so, or dispute it."
                : "\(declared.approver) disputes \(declared.name): declare anew with a commander who concurs.",
            command: isAsked
                ? "accord decon event concur \(declared.name)\naccord decon event concur \(declared.name) --dispute WHY"
                : "accord decon event exigent"
        )
    }

    private func task(about conflict: Conflict, for member: Member, _ now: UTCTime) -> InboxTask? {
        guard let party = side(of: conflict, for: member, now), party.outcome == nil else { return nil }
        let other = party.other?.text ?? "watch desk"
        let own = conflict.kind == .event ? "V-\(party.submission)" : "I-\(party.submission)"
        let call = "Call \(party.contact)" + (party.other.map { " (\($0))" } ?? "")
        let sentence: String
        var command = party.acknowledgedAt == nil ? "accord decon ack \(conflict.name)" : resolution(of: conflict)
        if conflict.isLink {
            guard party.acknowledgedAt == nil else { return nil }
            sentence = "\(other) has submitted for the same case what concerns \(own): for information."
        } else if conflict.isSilent {
            guard member.roles(in: nil, now).contains(.liaison) || member.roles(in: nil, now).contains(.lead) else {
                return nil
            }
            sentence =
                "\(other) submitted the same as \(own), which is SILENT, and was told nothing. \(call), or decline."
            command = resolution(of: conflict)
        } else if let due = party.contactBy, due <= now {
            sentence = "\(conflict.name) about \(own) is not resolved, and the time to be in touch is over. \(call)."
        } else if party.acknowledgedAt == nil {
            sentence = "\(own) is in conflict with what another agency submitted. \(call)."
        } else {
            sentence = "\(conflict.name) about \(own) waits for its outcome. \(call)."
        }
        return InboxTask(
            kind: conflict.isLink ? "decon-link" : "decon-conflict",
            caseNumber: caseNumber(of: party.submission, for: member, now),
            item: conflict.name,
            fromAgency: other,
            since: conflict.raisedAt,
            summary: sentence,
            command: command
        )
    }

    private func resolution(of conflict: Conflict) -> String {
        "accord decon resolve \(conflict.name) --outcome OUTCOME"
    }

    /// Who submitted a target that matches nothing any more is told so (rule P11).
    private func task(about target: TargetSubmission, for member: Member, _ now: UTCTime) -> InboxTask? {
        let isOld = target.epoch != deconfliction.epoch
        let isLapsed = target.terms.validUntil <= now
        guard isOld || isLapsed, mayHandle(target.number, member, now) else { return nil }
        return InboxTask(
            kind: "decon-target",
            caseNumber: caseNumber(of: target.number, for: member, now),
            item: target.name,
            fromAgency: member.agency.text,
            since: isLapsed ? target.terms.validUntil : target.submittedAt,
            summary: isOld
                ? "\(target.name) matches nothing: the key of the index was changed. Submit it again, and withdraw this one."
                : "\(target.name) matches nothing since \(target.terms.validUntil): validate or withdraw it.",
            command: isOld
                ? "accord decon target withdraw \(target.name) --reason \"submitted again\""
                : "accord decon target validate \(target.name) --basis WHY\naccord decon target withdraw \(target.name) --reason WHY"
        )
    }

    private func caseNumber(of submission: Int64, for member: Member, _ now: UTCTime) -> String {
        let caseID = deconfliction.events[submission]?.caseID ?? deconfliction.targets[submission]?.caseID
        return caseID.flatMap { mayKnow($0, member.id, now: now) ? number(of: $0) : nil } ?? ""
    }
}
