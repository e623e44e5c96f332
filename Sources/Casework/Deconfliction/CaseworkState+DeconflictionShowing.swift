import Deconfliction
package import Policy
package import StrictJSON

/// What is shown of submissions and conflicts: to whose they are, and no more of the other side than it was told.
extension CaseworkState {
    /// Whether a member may deal with a submission: of his agency, in a role that deconflicts, and within its case.
    func mayHandle(_ submission: Int64, _ member: Member, _ now: UTCTime) -> Bool {
        let event = deconfliction.events[submission]
        let target = deconfliction.targets[submission]
        guard (event?.agency ?? target?.agency) == member.agency, !member.isDisabled else { return false }
        let roles = member.roles(in: nil, now)
        guard !roles.isDisjoint(with: [.lead, .contributor, .liaison]) else { return false }
        guard let caseID = event?.caseID ?? target?.caseID, !roles.contains(.liaison) else { return true }
        return mayKnow(caseID, member.id, now: now) || (event?.member ?? target?.member) == member.id
    }

    /// The side of a conflict for which a member speaks; nil if there is none that was told.
    ///
    /// Where one agency is both, the side that has not said anything yet.
    ///
    /// What is silent is the control official's to know and to disclose (domain.md 6.9).
    func side(of conflict: Conflict, for member: Member, _ now: UTCTime) -> Conflict.Party? {
        guard mayKnow(conflict, member, now) else { return nil }
        let own = conflict.parties.filter { $0.isTold && mayHandle($0.submission, member, now) }
        return own.first { $0.acknowledgedAt == nil } ?? own.first { $0.outcome == nil } ?? own.first
    }

    private func mayKnow(_ conflict: Conflict, _ member: Member, _ now: UTCTime) -> Bool {
        !conflict.isSilent || !member.roles(in: nil, now).isDisjoint(with: [.liaison, .lead])
    }

    /// A submission, a conflict or a declaration that a member names (`type Submission`, `type Conflict`); nil if there is
    /// none, or none that he may know of.
    package func deconfliction(named text: String, for id: MemberID, now: UTCTime) -> JSONObject? {
        guard let member = members[id], let (letter, number) = Reference.deconfliction(text) else { return nil }
        switch letter {
        case "V":
            guard let event = deconfliction.events[number], mayHandle(number, member, now) else { return nil }
            return ["submission": .object(json(event, for: member, now))]
        case "I":
            guard let target = deconfliction.targets[number], mayHandle(number, member, now) else { return nil }
            return ["submission": .object(json(target, for: member, now))]
        case "X":
            guard let conflict = deconfliction.conflicts[number], let party = side(of: conflict, for: member, now)
            else { return nil }
            return ["conflict": .object(json(conflict, party, now))]
        default: return nil
        }
    }

    private func json(_ event: EventSubmission, for member: Member, _ now: UTCTime) -> JSONObject {
        .present([
            ("id", .string(event.name)), ("kind", .string("event")), ("state", .string(event.state.rawValue)),
            ("by", .string(event.member.text)), ("submittedAt", JSONValue.time(event.submittedAt)),
            ("comparedAt", JSONValue.time(event.comparedAt)), ("case", caseName(event.caseID, member, now)),
            ("contact", .string(event.terms.contact)), ("conflicts", conflictNames(of: event.number, member, now)),
            ("type", .string(event.terms.work.rawValue)), ("operation", event.terms.operation.map { .string($0) }),
            ("externalRef", event.terms.externalRef.map { .string($0) }),
            ("points", event.place?.points.map { .strings($0) }),
            ("radius", event.place?.radius.map { .integer($0) }), ("start", event.place?.start.map(JSONValue.time)),
            ("end", event.place?.end.map(JSONValue.time)), ("buffer", event.place?.buffer.map { .integer($0) }),
            ("tolerance", event.place?.tolerance.map { .integer($0) }),
        ])
    }

    private func json(_ target: TargetSubmission, for member: Member, _ now: UTCTime) -> JSONObject {
        let isLapsed = target.terms.validUntil <= now
        let isOld = target.epoch != deconfliction.epoch
        let word =
            target.state == .withdrawn ? "withdrawn" : isLapsed ? "lapsed" : isOld ? "superseded-key" : "active"
        return .present([
            ("id", .string(target.name)), ("kind", .string("target")), ("state", .string(word)),
            ("by", .string(target.member.text)), ("submittedAt", JSONValue.time(target.submittedAt)),
            ("comparedAt", JSONValue.time(target.submittedAt)), ("case", caseName(target.caseID, member, now)),
            ("contact", .string(target.terms.contact)), ("conflicts", conflictNames(of: target.number, member, now)),
            ("type", .string(target.terms.kind.rawValue)), ("level", .string(target.terms.level.rawValue)),
            ("activity", .string(target.terms.activity.rawValue)), ("subject", .string(target.terms.subject)),
            ("subjectRole", .string(target.terms.role.rawValue)),
            ("validUntil", JSONValue.time(target.terms.validUntil)),
        ])
    }

    private func caseName(_ caseID: CaseID?, _ member: Member, _ now: UTCTime) -> JSONValue? {
        caseID.flatMap { mayKnow($0, member.id, now: now) ? number(of: $0) : nil }.map { .string($0) }
    }

    private func conflictNames(of submission: Int64, _ member: Member, _ now: UTCTime) -> JSONValue {
        .strings(
            deconfliction.conflicts(of: submission)
                .filter { ($0.party(submission)?.isTold ?? false) && mayKnow($0, member, now) }.map(\.name)
        )
    }

    private func json(_ conflict: Conflict, _ party: Conflict.Party, _ now: UTCTime) -> JSONObject {
        let others = conflict.others(than: party.submission)
        let submission = conflict.kind == .event ? "V-\(party.submission)" : "I-\(party.submission)"
        var object = conflict.told(party)
        for (key, value): (String, JSONValue?) in [
            ("state", .string(conflict.state(for: party, now))), ("submission", .string(submission)),
            ("raisedAt", JSONValue.time(conflict.raisedAt)),
            ("acknowledgedAt", party.acknowledgedAt.map(JSONValue.time)),
            ("otherAcknowledgedAt", others.compactMap(\.acknowledgedAt).first.map(JSONValue.time)),
            ("outcome", party.outcome.map { .string($0.rawValue) }),
            ("otherOutcome", others.compactMap(\.outcome).first.map { .string($0.rawValue) }),
        ] {
            if let value { object[key] = value }
        }
        return object
    }
}

extension Deconflictions {
    /// What goes with the receipt of a submission: what it concerns, as far as its side may know.
    ///
    /// - Returns: Nil for what compares nothing.
    package func found(by event: Event) -> JSONValue? {
        guard case .deconfliction(let done) = event.body, let number = done.compared else { return nil }
        let all = conflicts(of: number).filter { $0.withdrawnAt == nil && $0.resolvedAt == nil }
        return .array(
            all.compactMap { conflict in
                guard let party = conflict.party(number), party.isTold else { return nil }
                return .object(conflict.told(party))
            }
        )
    }
}

extension Conflict {
    /// What a side is told of the other (`type Finding`).
    fileprivate func told(_ party: Party) -> JSONObject {
        .present([
            ("conflict", .string(name)), ("kind", .string(isLink ? "link" : kind.rawValue)),
            ("severity", severity.map { .string($0.rawValue) }),
            ("agency", party.other.map { .string($0.text) }), ("contact", .string(party.contact)),
            ("codeWord", party.title.map { .string($0) }), ("contactBy", party.contactBy.map(JSONValue.time)),
        ])
    }
}

extension JSONValue {
    /// Microseconds, as the interfaces have it.
    fileprivate static func time(_ time: UTCTime) -> JSONValue { .integer(time.milliseconds * 1_000) }
}
