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
        default: return []
        }
        guard let by = event.member, by != concerned else { return [] }
        return (docket.work.items["complaint"] ?? []).compactMap { item in
            guard item.member == concerned, item.state != "closed", let stream = docket.stream(of: item) else {
                return nil
            }
            let facts = JSONObject.present([
                ("act", .string(act)), ("by", .string(by.text)), ("case", number(of: event.caseID).map { .string($0) }),
            ])
            return Decision(
                event: Event(
                    kind: "restricted",
                    caseID: stream,
                    agency: nil,
                    member: nil,
                    role: nil,
                    purpose: nil,
                    body: .docket(
                        WorkEvent(
                            kind: "complaint.retaliation_flagged",
                            number: item.number,
                            facts: facts,
                            parts: [:]
                        )
                    )
                )
            )
        }
    }
}
