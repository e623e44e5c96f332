package import Policy
package import StrictJSON

/// Something that waits for a member (`type Task`).
package struct InboxTask: Hashable, Sendable {
    package var kind: String
    package var caseNumber: String
    package var item: String?
    package var fromAgency: String
    package var since: UTCTime
    package var summary: String
    /// The commands that answer it, one a line for each answer there is: none is favoured.
    package var command: String

    package var json: JSONObject {
        .present([
            ("kind", .string(kind)), ("case", .string(caseNumber)), ("item", item.map { .string($0) }),
            ("fromAgency", .string(fromAgency)), ("since", .integer(since.milliseconds * 1_000)),
            ("summary", .string(summary)), ("command", .string(command)),
        ])
    }
}

extension CaseworkState {
    /// What waits for the member, oldest first.
    package func inbox(_ id: MemberID, now: UTCTime) -> [InboxTask] {
        guard let member = members[id], !member.isDisabled else { return [] }
        let files = candidates(for: member, now).compactMap { cases[$0] }
        let ranOut = unseen(by: id, in: nil, now).map { task($0, for: id, now) }
        let ofCases = files.flatMap { tasks(in: $0, for: member, now) }
        let ofNoCase =
            deconflictionTasks(for: member, now) + policyTasks(for: member, now) + alertTasks(for: member, now)
            + docketTasks(for: member, now) + lockTasks(for: member, now)
            + successionTasks(for: member, now) + calendarTasks(for: member, now)
        return (ofCases + ofNoCase + ranOut).sorted {
            ($0.since, $0.caseNumber, $0.item ?? "") < ($1.since, $1.caseNumber, $1.item ?? "")
        }
    }

    func tasks(in file: CaseFile, for member: Member, _ now: UTCTime) -> [InboxTask] {
        let standing = standing(of: member, in: file, now)
        var tasks: [InboxTask] = []
        func add(
            _ kind: String,
            _ item: String?,
            _ from: AgencyID,
            _ since: UTCTime,
            _ summary: String,
            _ command: String
        ) {
            tasks.append(
                InboxTask(
                    kind: kind,
                    caseNumber: file.number,
                    item: item,
                    fromAgency: from.text,
                    since: since,
                    summary: summary,
                    command: command
                )
            )
        }
        if standing.isLiaison, let part = standing.participant, part.standing == .invited {
            add(
                "invitation",
                nil,
                file.leadAgency,
                part.since,
                "\(file.leadAgency) invites \(member.agency) into \(file.title), \(part.mode.rawValue), under \(part.agreement).",
                "accord case join \(file.number)\naccord case refuse \(file.number) --reason WHY"
            )
        }
        if standing.isSecondPerson, standing.mayKnow(file), file.state == .proposed || file.awaitsReopening {
            let what = file.state == .proposed ? "open" : "reopen"
            add(
                "approval",
                nil,
                file.leadAgency,
                file.updatedAt,
                "\(file.proposer?.text ?? "The lead") proposes to \(what) \(file.title).",
                "accord case approve \(file.number)\naccord case decline \(file.number) --reason WHY"
            )
        }
        if file.successor == member.id, file.state != .closed, standing.mayKnow(file) {
            add(
                "lead-transfer",
                nil,
                file.leadAgency,
                file.updatedAt,
                "\(file.predecessor?.text ?? "The lead") asks you to lead \(file.title).",
                "accord case accept-lead \(file.number)\naccord case decline-lead \(file.number) --reason WHY"
            )
        }
        eachAmendmentTask(in: file, standing, add)
        if standing.isCounsel, file.state == .referred {
            add(
                "referral",
                nil,
                file.leadAgency,
                file.updatedAt,
                "\(file.title) is referred to the prosecutor.",
                "accord case prosecute \(file.number)"
            )
        }
        if standing.isLiaison, !standing.isSealedFrom, file.state != .closed {
            for asked in file.permissions
            where !file.removals.isGone(.entry(asked.entry)) && asked.answer == .open && asked.origin == member.agency
                && asked.requester != member.id
            {
                add(
                    "permission",
                    "R-\(asked.number)",
                    asked.requesterAgency,
                    asked.since,
                    "\(asked.requester) asks to give E-\(asked.entry) to \(asked.recipient).",
                    "accord dissemination grant \(file.number) R-\(asked.number)\naccord dissemination refuse \(file.number) R-\(asked.number) --reason WHY"
                )
            }
        }
        for release in releases(of: file, to: member, now) {
            guard !(file.acknowledgements[release.entry]?.contains(member.id) ?? false) else { continue }
            add(
                "release",
                "E-\(release.entry)",
                release.from,
                release.at,
                "\(release.from) gave \(member.agency) E-\(release.entry)"
                    + (release.emergency.map { " as an emergency, for \($0.hours) h." } ?? "."),
                "accord entry show \(file.number) E-\(release.entry)"
            )
        }
        let scope = scope(standing, in: file, for: file.purpose, now)
        for (number, acknowledged) in file.acknowledgements
        where file.state != .closed && !acknowledged.contains(member.id) {
            guard let facts = file.facts(number), facts.asksAcknowledgement, facts.state == .current,
                standing.isAssigned, let origin = origin(of: facts),
                scope.visibility(of: number, origin: origin, compartment: facts.compartment) == .content
            else { continue }
            add(
                "acknowledgement",
                "E-\(number)",
                origin,
                file.updatedAt,
                "\(origin) asks that E-\(number) be acknowledged.",
                "accord entry ack \(file.number) E-\(number)"
            )
        }
        eachRemovalTask(in: file, for: member, standing, now, add)
        eachLinkTask(in: file, standing, add)
        eachEmergencyTask(in: file, standing, now, add)
        eachWorkTask(in: file, for: member, standing, now, add)
        return tasks
    }
}
