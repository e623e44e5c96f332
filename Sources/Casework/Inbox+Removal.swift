import Policy

/// What waits for a member about retention and removal.
extension CaseworkState {
    /// Hands over kind, item, who it comes from, since when, what it says and the command that answers it.
    func eachRemovalTask(
        in file: CaseFile,
        for member: Member,
        _ standing: Standing,
        _ now: UTCTime,
        _ add: (String, String?, AgencyID, UTCTime, String, String) -> Void
    ) {
        let all = file.removals
        for purge in all.purges where purge.state == .approved || purge.state == .purged {
            for notice in purge.notices where notice.certifiedAt == nil {
                if standing.isLiaison, notice.recipient == member.agency {
                    add(
                        "purge-notice",
                        purge.id,
                        // Who gave it; the agency that leads the case may be unknown to the recipient.
                        file.releases.first { $0.number == notice.dissemination }?.from ?? file.leadAgency,
                        notice.sentAt,
                        "What \(member.agency) was given as D-\(notice.dissemination) is purged: destroy your copies, and certify it until \(notice.dueAt).",
                        "accord purge certify \(file.number) \(purge.id)"
                    )
                }
            }
        }
        for purge in all.purges where purge.state == .proposed && purge.proposer != member.id {
            let isOwn = purge.entries.allSatisfy { file.facts($0).flatMap { origin(of: $0) } == member.agency }
            let isLegal = standing.isCounsel && purge.proposerRole != .legal
            let isKeeper =
                standing.isLiaison && standing.participant != nil && isOwn && purge.proposerRole != .liaison
            guard standing.mayKnow(file), isLegal || isKeeper else { continue }
            add(
                "purge-approval",
                purge.id,
                purge.proposerAgency,
                purge.at,
                "\(purge.proposer) proposes to purge \(purge.entries.map { "E-\($0)" }.joined(separator: ", ")): \(purge.words).",
                "accord purge approve \(file.number) \(purge.id)"
            )
        }
        guard standing.hasDuty else { return }
        for order in all.orders where order.terms.kind == .expunge && order.terms.executableFrom <= now {
            let proposed = Set(all.purges.filter { $0.state == .proposed }.flatMap(\.entries))
            let rest = order.entries.filter { all.purged[$0] == nil && !proposed.contains($0) }
            guard !rest.isEmpty else { continue }
            let names = rest.map { "E-\($0)" }
            add(
                "order",
                "C-\(order.number)",
                file.leadAgency,
                order.terms.executableFrom,
                "The court order C-\(order.number) can be carried out: \(names.joined(separator: ", ")).",
                "accord purge propose \(file.number) \(names.joined(separator: " ")) --order C-\(order.number)"
            )
        }
    }
}
