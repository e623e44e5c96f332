import Policy

/// What waits for a member about agencies' own policies.
extension CaseworkState {
    /// Counsel is told of each version that a liaison proposed, or wants retired: until counsel decides, things stay as they are.
    func policyTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        guard !jurisdiction.isEmpty, member.roles(in: nil, now).contains(.legal) else { return [] }
        return jurisdiction.inOrder.compactMap { policyTask($0, for: member, now) }
    }

    private func policyTask(_ file: PolicyFile, for member: Member, _ now: UTCTime) -> InboxTask? {
        let (agency, reference) = (file.bundle.agency, file.bundle.reference)
        guard file.proposer != member.id, isCounsel(member, of: agency, now) else { return nil }
        func task(_ since: UTCTime, _ summary: String, _ commands: String...) -> InboxTask {
            InboxTask(
                kind: "policy",
                caseNumber: "",
                item: reference.description,
                fromAgency: agency.text,
                since: since,
                summary: summary,
                command: commands.joined(separator: "\n")
            )
        }
        let retire = "accord policy retire \(agency) \(reference) --reason WHY"
        switch (file.state, file.retirer) {
        case (.proposed, _) where file.bundle.expiresAt.map({ now < $0 }) ?? true:
            return task(
                file.proposedAt,
                "\(file.proposer) proposes \(reference) as policy of \(agency).",
                "accord policy activate \(agency) \(reference)",
                retire
            )
        case (.activated, let retirer?) where retirer != member.id:
            return task(
                file.retirementProposedAt ?? file.proposedAt,
                "\(retirer) proposes that \(reference) of \(agency) be retired: it is in force until you do.",
                retire
            )
        default: return nil
        }
    }
}
