package import Policy

/// What a report may say to who asked for it: as things stand when he asks, like any other reading.
///
/// What was sealed, or withheld by an agency's policy, since a report was made is not in it when it is made again.
package struct ReportGrant: Hashable, Sendable {
    /// Whose rows; nil: all.
    package var agency: AgencyID?
    /// Cases under these agreements are his to report of, for his agency is their designee; nil: all cases are.
    package var agreements: Set<AgreementID>?
    /// Agencies whose own policy keeps what they contributed out of the report, with the citation.
    package var withheld: [AgencyID: String] = [:]
    /// Cases that are sealed from him.
    package var sealedCases: Set<CaseID> = []
    /// What is sealed in the others, by its names, such as `E-3` or `K-482913`.
    package var sealedItems: [CaseID: Set<String>] = [:]

    package init(agency: AgencyID? = nil) { self.agency = agency }
}

/// Reports: who may make which, who answers for them, and who says that they are public (domain.md 2.13, 6.3).
extension Gate {
    mutating func decideReport(_ act: ReportAct) throws(Refusal) -> Decision {
        switch act {
        case .make(let order, let made): return try makeReport(order, made ?? .nothing)
        case .certify(let name):
            let file = try ownReport(name)
            try require(
                "L01",
                file.certifiedBy == nil,
                "It is not certified.",
                message: "\(file.item) is certified already.",
                ask: "`accord report list` tells how things stand."
            )
            return try report(.liaison, .certified(file.number, isNil: file.made.rows == 0))
        case .publish(let name):
            let file = try ownReport(name)
            try require(
                "L01",
                file.certifiedBy != nil && file.publishedAt == nil,
                "It is certified, and not published.",
                message: file.certifiedBy == nil
                    ? "\(file.item) is not certified: somebody answers for a report before it is public."
                    : "\(file.item) is published already.",
                ask: "`accord report list` tells how things stand."
            )
            return try report(.liaison, .published(file.number))
        case .list:
            try notCivil()
            try require(
                "P09",
                !member.roles(in: nil, now).contains(.administrator),
                "An administrator sees no reports."
            )
            return read(nil, .nothing)
        }
    }

    private mutating func report(_ role: Role, _ body: ReportEvent) throws(Refusal) -> Decision {
        try notCivil()
        return event(body.kind, .system, role, try purpose(.publicRecords), .report(body))
    }

    // MARK: Making

    private mutating func makeReport(_ order: ReportOrder, _ made: ReportMade) throws(Refusal) -> Decision {
        if order.name == .timeline { return try makeTimeline(order, made) }
        let roles = member.roles(in: nil, now)
        try require("P09", !roles.contains(.administrator), "An administrator sees no reports.")
        try notCivil()
        let isOversight = roles.contains(.oversight)
        let purpose = try purpose(order.name.purpose ?? .publicRecords)
        if order.name == .digest {
            try require("P05", isOversight, "The asker holds oversight.", ask: "Ask the oversight officer.")
        }
        let designated = state.agreements(designating: member.agency)
        try require(
            "P05",
            isOversight || roles.contains(.liaison),
            "The asker is a liaison, or oversees.",
            ask: "Ask your agency's liaison."
        )
        try require(
            "P05",
            isOversight || order.name != .transparency || !designated.isEmpty,
            "The asker's agency is the designee of an agreement, or he oversees.",
            ask: "Ask the liaison of the agency that your agreement designates: `accord agreement list`."
        )
        let agency = isOversight || order.name.isDesignees ? order.agency : member.agency
        try require(
            "P05",
            isOversight || order.agency == nil || order.agency == member.agency,
            "The report is of the asker's own agency.",
            ask: "Ask the liaison of \(order.agency ?? member.agency), or oversight."
        )
        var grant = ReportGrant(agency: agency)
        if !isOversight {
            // A liaison is the control official of his agency: what takes his word has it.
            try require(
                policyOf: member.agency,
                allows: .report,
                purpose,
                meeting: [.controlOfficialApproval]
            )
            if order.name == .taskForces {
                grant.agency = member.agency
                grant.agreements = designated
            }
            for file in state.cases.values {
                if file.removals.isSealed(from: member.id) { grant.sealedCases.insert(file.id) }
                let sealed = file.removals.sealed.keys.names
                if !sealed.isEmpty { grant.sealedItems[file.id] = Set(sealed) }
            }
        }
        // What goes out binds whoever makes it; what oversight looks through for itself does not go out.
        if order.name != .digest { grant.withheld = withheld(purpose) }
        return generated(order, grant, made, .system, isOversight ? .oversight : .liaison, purpose)
    }

    private mutating func makeTimeline(_ order: ReportOrder, _ made: ReportMade) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(order.caseName ?? "")
        let purpose = try casePurpose(file, standing)
        try require(
            "P05",
            standing.isOversight || standing.isCaseLead || standing.isCounsel,
            "The asker leads the case, is counsel in it, or oversees it.",
            ask: "Ask the lead of the case."
        )
        let role: Role = standing.isOversight ? .oversight : standing.isCaseLead ? .lead : .legal
        var decision = generated(order, ReportGrant(), made, file.id, role, purpose)
        decision.reading?.scope = scope(file, standing)
        decision.reading?.parts = PartsScope(standing, scope(file, standing), in: file, of: state)
        return decision
    }

    private func generated(
        _ order: ReportOrder,
        _ grant: ReportGrant,
        _ made: ReportMade,
        _ caseID: CaseID,
        _ role: Role,
        _ purpose: Purpose
    ) -> Decision {
        let file = ReportFile(
            number: state.reports.next,
            name: order.name,
            agency: grant.agency,
            from: order.from,
            until: order.until,
            format: order.format,
            made: made,
            withheld: grant.withheld.keys.sorted()
        )
        let body = ReportEvent.generated(file)
        var decision = event(body.kind, caseID, role, purpose, .report(body))
        decision.reading = ReadingGrant(
            member: member.id,
            caseID: caseID == .system ? nil : caseID,
            entry: nil,
            scope: .nothing,
            audience: .own
        )
        decision.reading?.report = grant
        return decision
    }

    /// Agencies whose own policy keeps what they contributed out of what another reports, each with its rules' citations.
    private func withheld(_ purpose: Purpose) -> [AgencyID: String] {
        var withheld: [AgencyID: String] = [:]
        for agency in state.jurisdiction.files.keys where agency != member.agency {
            let answer = jurisdiction(of: agency, .report, purpose, counterpart: member.agency)
            if !answer.isAllowed() { withheld[agency] = answer.citations }
        }
        // What an agency contributed that another followed is that one's.
        for (former, successor) in state.successors {
            withheld[former] = successor == member.agency ? nil : withheld[successor]
        }
        return withheld
    }

    // MARK: Answering for it

    /// A report that the asker's agency answers for: it made it, in a form that goes out.
    private mutating func ownReport(_ text: String) throws(Refusal) -> ReportFile {
        let roles = member.roles(in: nil, now)
        let number = Reference.number(text, letter: "A")
        guard let file = number.flatMap({ state.reports[$0] }), state.mayKnow(file, member, now) else {
            throw .malformed(field: "item", "a report of your agency: `accord report list`")
        }
        try require(
            "P05",
            roles.contains(.liaison) && file.makerAgency == member.agency && file.name.isStatutory,
            "The asker is a liaison of the agency that made it, and it is one that goes out.",
            ask:
                "Ask the liaison of \(file.makerAgency ?? member.agency); registers, digests and timelines stay inside."
        )
        try require(
            "P05",
            !file.name.isDesignees || !state.agreements(designating: member.agency).isEmpty,
            "The asker's agency is the designee of an agreement.",
            ask: "Ask the liaison of the agency that your agreement designates: `accord agreement list`."
        )
        return file
    }
}

extension CaseworkState {
    /// Agreements for which an agency speaks, whether or not they are live: what happened under them is reported after their end.
    func agreements(designating agency: AgencyID) -> Set<AgreementID> {
        Set(agreements.values.filter { $0.designee == agency }.map(\.id))
    }
}
