import Policy
import StrictJSON

/// The guard against retaliation (domain.md 2.13): what is done to the place of somebody whose complaint is open is told to
/// oversight, on the complaint's own line. Nobody else is told of it, nor that there is a complaint.
extension CaseworkState {
    /// What the daemon records of an act that the state has followed: one line for each complaint that it may answer.
    func retaliations(after event: Event) -> [Decision] {
        let concerned: MemberID
        let act: String
        switch event.body {
        case .memberRemoved(let id, _): (concerned, act) = (id, "case.unassign")
        case .roleRevoked(let id, _, _): (concerned, act) = (id, "member.revoke")
        case .memberDisabled(let id, _): (concerned, act) = (id, "member.disable")
        case .keyRevoked(let id, _, _): (concerned, act) = (id, "member.revoke-key")
        case .access("entry.read", let item?, nil): return readings(of: item, event)
        default: return []
        }
        guard let by = event.member, by != concerned else { return [] }
        return (docket.work.items["complaint"] ?? []).compactMap { item in
            guard item.member == concerned, item.state != "closed", let stream = docket.stream(of: item) else {
                return nil
            }
            return flag(item, stream, act, by, event)
        }
    }

    /// Somebody whom a complaint concerns reads what the complainant wrote: told once of each reader, for it may be his work.
    private func readings(of name: String, _ event: Event) -> [Decision] {
        let complaints = (docket.work.items["complaint"] ?? []).filter { $0.state != "closed" }
        guard !complaints.isEmpty, let by = event.member, let number = Reference.entry(name),
            let author = cases[event.caseID]?.facts(number).flatMap({ author(of: $0) }), author != by
        else { return [] }
        return complaints.compactMap { item in
            let isConcerned = item.word("named") == by.text || item.agency("agency") == event.agency
            let isKnown = item.facts["readers"]?.array?.contains { $0.string == by.text } ?? false
            guard item.member == author, isConcerned, !isKnown, let stream = docket.stream(of: item) else { return nil }
            return flag(item, stream, "entry.read", by, event)
        }
    }

    private func flag(_ item: WorkItem, _ stream: CaseID, _ act: String, _ by: MemberID, _ event: Event) -> Decision {
        let facts = JSONObject.present([
            ("act", .string(act)), ("by", .string(by.text)), ("case", number(of: event.caseID).map { .string($0) }),
        ])
        let done = WorkEvent(
            kind: "complaint.retaliation_flagged",
            number: item.number,
            facts: facts,
            parts: [:]
        )
        return Decision(event: Event(ofDaemon: "restricted", in: stream, .docket(done)))
    }
}
