import Policy

/// A case's life, and who takes part in it.
extension Gate {
    mutating func draft(_ proposal: CaseProposal) throws(Refusal) -> Decision {
        try Text.check(proposal.predicate, field: "predicate", limit: Text.reasonLimit)
        let roles = member.roles(in: nil, now)
        try require("P05", roles.contains(.lead), "The asker holds the role of lead.")
        let agreement = state.agreements[proposal.agreement]
        try require(
            "P02",
            agreement.map { $0.isLive(now) && $0.parties.contains(member.agency) } ?? false,
            "The agreement is live and the asker's agency is a party."
        )
        let purpose = try purpose(.criminalInvestigation)
        try require(
            "P03",
            (agreement?.purposes.contains(.criminalInvestigation) ?? false) && purpose == .criminalInvestigation,
            "The agreement allows criminal investigation."
        )
        let digits = String(command.minted.digits)
        let number = "TF-\(now.year)-" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
        let isFree = state.casesByNumber[number] == nil && state.cases[command.minted.caseID] == nil
        try require(
            "V03",
            isFree && command.minted.caseID != .system,
            "The number and the id that were drawn are free.",
            message: "Try again."
        )
        return event(
            "case.drafted",
            command.minted.caseID,
            .lead,
            purpose,
            .caseDrafted(
                CaseDraft(
                    number: number,
                    title: proposal.title,
                    offences: proposal.offences,
                    primaryPurpose: proposal.primaryPurpose,
                    predicate: proposal.predicate,
                    agreement: proposal.agreement,
                    leadAgency: member.agency
                )
            )
        )
    }

    mutating func move(_ name: String, _ move: CaseMove, _ reason: String?) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        guard let row = CaseLifecycle.row(move, from: file) else {
            let isClosed = file.state == .closed
            try require(
                isClosed ? "L02" : "L01",
                false,
                "The step \(move.rawValue) leads from \(file.state.rawValue).",
                message: isClosed
                    ? nil : "The case is \(file.state.rawValue): “\(move.rawValue)” does not lead from there."
            )
            throw Refusal(row: "L01")
        }
        let role: Role
        switch row.by {
        case .lead:
            try require("P05", standing.isCaseLead, "The asker leads the case.", ask: "Ask the lead of the case.")
            role = .lead
        case .counsel:
            try require("P05", standing.isCounsel, "The asker is counsel of the case.", ask: "Ask counsel of the case.")
            role = .legal
        case .secondPerson:
            try require(
                "P08",
                file.proposer != member.id,
                "Who proposed does not approve.",
                message: "Whoever proposed does not decide: a second person does."
            )
            try require(
                "P05",
                standing.isSecondPerson,
                "The asker is a liaison of the lead agency or of the agreement's designee.",
                ask: "Ask a liaison of \(file.leadAgency)" + designee(file) + "."
            )
            role = .liaison
        }
        if row.to == .open || row.to == .proposed {
            try require(
                "P02",
                state.agreements[file.agreement]?.isLive(now) ?? false,
                "The agreement of the case is live."
            )
            try require(policyOf: file.leadAgency, allows: .participation, file.purpose, meeting: nil)
        }
        let purpose = try casePurpose(file, standing)
        if row.to == .closed { try noOpenDuty(file, standing) }
        if row.to == .referred { try counselAssigned(file) }
        return event(row.event, file.id, role, purpose, .caseMoved(reason: reason))
    }

    /// A case is not closed over what is still owed in it; who leads it may know all of that.
    private mutating func noOpenDuty(_ file: CaseFile, _ standing: Standing) throws(Refusal) {
        let conflicts = state.deconfliction.openConflicts(of: file.id).map { "\($0) (conflict)" }
        let open = state.openWork(of: file, for: standing) + conflicts + state.owedToOversight(in: file)
        try require(
            "P18",
            open.isEmpty,
            "Nothing is owed in the case any more.",
            message: "Still open: \(open.joined(separator: ", "))."
        )
    }

    private func designee(_ file: CaseFile) -> String {
        state.agreements[file.agreement]?.designee.map { " or of \($0)" } ?? ""
    }

    mutating func decideMembership() throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(command.act.caseName ?? "")
        try fresh(file)
        try require("L02", file.state != .closed, "The case is not closed.")
        let purpose = try membershipPurpose(file, standing)
        switch command.act {
        case .inviteAgency(_, let agency, let mode, let stated):
            return try invite(file, standing, agency, mode, stated ?? file.agreement, purpose)
        case .joinCase(_, let conditions):
            try liaison(standing)
            try invited(standing)
            try liveParticipation(file, standing)
            try participation(file, member.agency, standing.participant?.mode, meeting: [.controlOfficialApproval])
            return event(
                "case.agency_joined",
                file.id,
                .liaison,
                purpose,
                .agencyAnswered(member.agency, text: conditions)
            )
        case .declineInvitation(_, let reason):
            try liaison(standing)
            try invited(standing)
            return event(
                "case.agency_declined",
                file.id,
                .liaison,
                purpose,
                .agencyAnswered(member.agency, text: reason)
            )
        case .withdrawAgency(_, let reason):
            try liaison(standing)
            try require(
                "L01",
                standing.isJoined && !standing.isLeadAgency,
                "The agency has joined, and does not lead.",
                message: "Only an agency that joined can withdraw, and the lead agency cannot."
            )
            return event(
                "case.agency_withdrawn",
                file.id,
                .liaison,
                purpose,
                .agencyAnswered(member.agency, text: reason)
            )
        case .assignMember(_, let id):
            let role = try assigner(standing)
            try require(
                "L01",
                standing.isJoined,
                "The agency has joined.",
                message: "\(member.agency) has not joined this case."
            )
            let target = state.members[id]
            guard let target, target.agency == member.agency, !target.isDisabled,
                !target.roles(in: file.id, now).isDisjoint(with: Role.assignable)
            else {
                throw .malformed(field: "member", "an active member of your agency with a role that reaches the case")
            }
            try require(
                "L01",
                file.assignments[id] == nil,
                "The member is not assigned yet.",
                message: "\(id) is assigned already."
            )
            return event("case.member_assigned", file.id, role, purpose, .memberAssigned(id, member.agency))
        case .removeMember(_, let id, let reason):
            let role = try assigner(standing)
            guard file.assignments[id] == member.agency else {
                throw .malformed(field: "member", "a member of your agency who is assigned")
            }
            return event("case.member_removed", file.id, role, purpose, .memberRemoved(id, reason: reason))
        default: throw Refusal(row: "P05")
        }
    }

    private mutating func invited(_ standing: Standing) throws(Refusal) {
        try require(
            "L01",
            standing.participant?.standing == .invited,
            "The agency is invited.",
            message: "\(member.agency) has no invitation to this case that waits for an answer."
        )
    }

    /// Membership is decided about under the agreement of the case; an invited agency is not bound by a part it has not taken.
    private mutating func membershipPurpose(_ file: CaseFile, _ standing: Standing) throws(Refusal) -> Purpose {
        guard command.purpose != nil else { return file.purpose }
        return try casePurpose(file, standing)
    }

    private mutating func invite(
        _ file: CaseFile,
        _ standing: Standing,
        _ agency: AgencyID,
        _ mode: CooperationMode,
        _ agreement: AgreementID,
        _ purpose: Purpose
    ) throws(Refusal) -> Decision {
        try require("P05", standing.isCaseLead, "The asker leads the case.", ask: "Ask the lead of the case.")
        try require(
            "L01",
            file.state.isWorked || file.state == .suspended,
            "The case is open.",
            message: "The case is \(file.state.rawValue): agencies are invited once it is open."
        )
        guard mode != .lead else { throw .malformed(field: "mode", "participation, information or deconflict-only") }
        guard state.agencies[agency] != nil else {
            throw .malformed(field: "agency", "one that is registered: `accord agency list`")
        }
        let joins = state.agreements[agreement].map { $0.isLive(now) && $0.joins(file.leadAgency, agency) } ?? false
        try require(
            "P02",
            joins,
            "\(agreement) is live and joins \(file.leadAgency) and \(agency).",
            ask: "Name a live agreement with `--agreement`, or ask the administrator to record one."
        )
        // Who only deconflicts is in the case for the safety of officers, and asks for nothing that it is about.
        let purposes = mode == .deconflictOnly ? [file.purpose, .officerSafety] : [file.purpose]
        try require(
            "P03",
            purposes.contains { state.agreements[agreement]?.purposes.contains($0) ?? false },
            "\(agreement) allows the purpose of the case, or of deconfliction alone."
        )
        let isApproved = standing.isLiaison
        try participation(file, agency, mode, by: isApproved ? [.controlOfficialApproval] : [])
        let present = file.participants[agency]?.standing
        try require(
            "L01",
            present == nil || present == .declined || present == .withdrawn,
            "The agency is not invited or joined already.",
            message: "The agency is invited or has joined already."
        )
        return event("case.agency_invited", file.id, .lead, purpose, .agencyInvited(agency, mode, agreement))
    }

    /// An agency takes part, and the one that leads works with it, as the policies of both allow.
    ///
    /// Who only deconflicts does not take part. A condition is judged where it can be met: the lead agency's when it invites, the
    /// other's when it joins. `lead` is what the lead agency's policy may require and is there, `met` the same of the other's; nil
    /// where conditions are not judged now.
    mutating func participation(
        _ file: CaseFile,
        _ agency: AgencyID,
        _ mode: CooperationMode?,
        by lead: Set<JurisdictionCondition>? = nil,
        meeting met: Set<JurisdictionCondition>? = nil
    ) throws(Refusal) {
        guard mode != .deconflictOnly else { return }
        let object = JurisdictionObject.participation
        try require(policyOf: file.leadAgency, allows: object, file.purpose, counterpart: agency, meeting: lead)
        try require(policyOf: agency, allows: object, file.purpose, counterpart: file.leadAgency, meeting: met)
    }

    private mutating func liaison(_ standing: Standing) throws(Refusal) {
        try require(
            "P05",
            standing.isLiaison && standing.participant != nil,
            "The asker is a liaison of an agency in the case.",
            ask: "Ask your agency's liaison."
        )
    }

    private mutating func assigner(_ standing: Standing) throws(Refusal) -> Role {
        try require(
            "P05",
            (standing.isLiaison && standing.participant != nil) || standing.isCaseLead,
            "The asker is a liaison of the agency, or leads the case for the lead agency.",
            ask: "Ask your agency's liaison."
        )
        return standing.isLiaison ? .liaison : .lead
    }
}
