import Policy

/// What waits for a member about agencies' own policies.
extension CaseworkState {
    /// Counsel is told of each version that a liaison proposed: until it is put in force, or retired, the agency's law does not bind
    /// what is shared here.
    func policyTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        guard !jurisdiction.isEmpty, member.roles(in: nil, now).contains(.legal) else { return [] }
        return jurisdiction.inOrder.compactMap { file in
            let bundle = file.bundle
            if let retirer = file.retirer, file.state == .activated, retirer != member.id, file.proposer != member.id,
                isCounsel(member, of: bundle.agency, now)
            {
                return InboxTask(
                    kind: "policy",
                    caseNumber: "",
                    item: bundle.reference.description,
                    fromAgency: bundle.agency.text,
                    since: file.proposedAt,
                    summary:
                        "\(retirer) proposes that \(bundle.reference) of \(bundle.agency) be retired: it is in force until you do.",
                    command: "accord policy retire \(bundle.agency) \(bundle.reference) --reason WHY"
                )
            }
            guard file.state == .proposed, file.proposer != member.id, bundle.expiresAt.map({ now < $0 }) ?? true,
                isCounsel(member, of: bundle.agency, now)
            else { return nil }
            return InboxTask(
                kind: "policy",
                caseNumber: "",
                item: bundle.reference.description,
                fromAgency: bundle.agency.text,
                since: file.proposedAt,
                summary: "\(file.proposer) proposes \(bundle.reference) as policy of \(bundle.agency).",
                command:
                    "accord policy activate \(bundle.agency) \(bundle.reference)\naccord policy retire \(bundle.agency) \(bundle.reference) --reason WHY"
            )
        }
    }
}
