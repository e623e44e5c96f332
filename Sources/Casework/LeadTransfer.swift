import Policy

/// A case goes to another lead, who accepts it himself; what agencies contributed stays theirs (domain.md 6.7.3).
extension Gate {
    mutating func transferLead(_ name: String, _ id: MemberID, _ reason: String) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        try require("P05", standing.isCaseLead, "The asker leads the case.", ask: "Ask the lead of the case.")
        try require("L02", file.state != .closed, "The case is not closed.")
        try require(
            "L01",
            file.state.isWorked || file.state == .suspended,
            "The case was opened.",
            message: "The case is \(file.state.rawValue): it goes to another lead once it is open."
        )
        try require("P08", id != member.id, "The asker does not hand it to himself.")
        guard let successor = state.members[id], mayLead(successor, file) else {
            throw .malformed(
                field: "member",
                "a member who is assigned to the case, with the role of lead, of an agency that takes part in it"
            )
        }
        let purpose = try casePurpose(file, standing)
        return event(
            "case.lead_transfer_proposed",
            file.id,
            .lead,
            purpose,
            .leadTransfer(id, successor.agency, reason: reason)
        )
    }

    /// Who is to lead the case accepts or declines; who proposed it may take it back.
    mutating func answerTransfer(_ name: String, isAccepted: Bool, _ reason: String?) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        try require("L02", file.state != .closed, "The case is not closed.")
        let isSuccessor = file.successor == member.id
        try require(
            "P05",
            isSuccessor || (!isAccepted && standing.isCaseLead),
            "The asker is who is to lead the case, or takes his own proposal back.",
            ask: "Ask the lead of the case."
        )
        try require(
            "L01",
            file.successor != nil,
            "It is proposed.",
            message: "Nobody is proposed to lead the case."
        )
        let purpose = try purpose(file.purpose)
        guard isAccepted else {
            return event(
                "case.lead_transfer_declined",
                file.id,
                .lead,
                purpose,
                .leadTransfer(file.successor ?? member.id, member.agency, reason: reason)
            )
        }
        try require(
            "P02",
            mayLead(member, file),
            "The asker holds the role of lead, and his agency takes part under the live agreement of the case."
        )
        return event(
            "case.lead_transferred",
            file.id,
            .lead,
            purpose,
            .leadTransfer(member.id, member.agency, reason: nil)
        )
    }

    /// Whether somebody could lead the case: one who is assigned, so that nothing is told of members who are not.
    private func mayLead(_ successor: Member, _ file: CaseFile) -> Bool {
        let standing = state.standing(of: successor, in: file, now)
        let takesPart = standing.participant?.mode == .participation || standing.participant?.mode == .lead
        let isParty = state.agreements[file.agreement].map { $0.isLive(now) && $0.parties.contains(successor.agency) }
        return !successor.isDisabled && standing.isAssigned && standing.roles.contains(.lead) && standing.isJoined
            && takesPart
            && isParty ?? false
    }
}

extension CaseworkState {
    mutating func evolve(transferTo id: MemberID, _ agency: AgencyID, _ event: Event) {
        guard let index = cases.index(forKey: event.caseID) else { return }
        guard event.kind == "case.lead_transferred" else {
            let isProposed = event.kind == "case.lead_transfer_proposed"
            cases.values[index].successor = isProposed ? id : nil
            cases.values[index].predecessor = isProposed ? event.member : nil
            return
        }
        let former = cases.values[index].leadAgency
        cases.values[index].participants[former]?.mode = .participation
        cases.values[index].participants[agency]?.mode = .lead
        cases.values[index].leadAgency = agency
        // Within one agency, its lead would go on to be one.
        if former == agency, let predecessor = cases.values[index].predecessor {
            cases.values[index].assignments[predecessor] = nil
        }
        cases.values[index].assignments[id] = agency
        cases.values[index].successor = nil
        cases.values[index].predecessor = nil
    }
}
