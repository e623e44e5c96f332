package import Policy
package import StrictJSON

/// What a member is shown of cases, tasks and events: always through the one standing that decides everything else.
extension CaseworkState {
    /// Cases that the member may know of, in order of their identifiers.
    package func visibleCases(_ id: MemberID, now: UTCTime) -> [CaseFile] {
        guard let member = members[id] else { return [] }
        return candidates(for: member, now).compactMap { cases[$0] }
            .filter { standing(of: member, in: $0, now).mayKnow($0) }
            .sorted { $0.id < $1.id }
    }

    /// The case as the interface shows it (`type Case`).
    package func json(_ file: CaseFile, for id: MemberID, inFull: Bool, now: UTCTime) -> JSONObject {
        var object: JSONObject = [
            "number": .string(file.number), "id": .string(file.id.hex), "title": .string(file.title),
            "state": .string(file.removals.caseSeal == nil ? file.state.rawValue : "sealed"),
            "leadAgency": .string(file.leadAgency.text),
            "primaryPurpose": .string(file.primaryPurpose.rawValue), "purpose": .string(file.purpose.rawValue),
            "offences": .strings(file.offences), "agreement": .string(file.agreement.text),
            "position": .integer(file.position), "updatedAt": .integer(file.updatedAt.milliseconds * 1_000),
        ]
        guard inFull, let member = members[id], standing(of: member, in: file, now).mayKnowParticulars(file) else {
            return object
        }
        // The factual basis is content: oversight sees that there is one.
        if !standing(of: member, in: file, now).isOversight { object["predicate"] = .string(file.predicate) }
        object["participants"] = .array(
            file.participants.values.sorted { $0.agency < $1.agency }.map { part in
                .object(
                    .present([
                        ("agency", .string(part.agency.text)), ("mode", .string(part.mode.rawValue)),
                        ("state", .string(part.standing.rawValue)), ("agreement", .string(part.agreement.text)),
                        ("conditions", part.conditions.map { .string($0) }),
                    ])
                )
            }
        )
        for (key, value) in amendmentJSON(file, standing(of: member, in: file, now)) { object[key] = value }
        if !file.outcomes.isEmpty { object["outcomes"] = .array(file.outcomes.map { .object($0.record) }) }
        let links = links(of: file, standing(of: member, in: file, now))
        if !links.isEmpty { object["links"] = .array(links.map { .object($0) }) }
        object["assignments"] = .array(
            file.assignments.sorted { $0.key < $1.key }.map { member, agency in
                ["member": .string(member.text), "agency": .string(agency.text)]
            }
        )
        return object
    }

    /// Agencies, as far as a member sees them: all are told, for every one may have to be called.
    package func visibleAgencies() -> [JSONObject] {
        agencies.values.sorted { $0.id < $1.id }.map { agency in
            var object = agency.json
            object["successor"] = successions.successors[agency.id].map { .string($0.text) }
            return object
        }
    }

    /// Agreements to which the member's agency is a party; all for administrators and oversight.
    package func visibleAgreements(_ id: MemberID, now: UTCTime) -> [Agreement] {
        guard let member = members[id] else { return [] }
        let seesAll = !member.roles(in: nil, now).isDisjoint(with: [.administrator, .oversight])
        return agreements.values.filter { seesAll || $0.parties.contains(member.agency) }.sorted { $0.id < $1.id }
    }

    /// The members of the member's agency; all for administrators and oversight.
    package func visibleMembers(_ id: MemberID, now: UTCTime) -> [Member] {
        guard let member = members[id] else { return [] }
        let seesAll = !member.roles(in: nil, now).isDisjoint(with: [.administrator, .oversight])
        return members.values.filter { seesAll || $0.agency == member.agency }.sorted { $0.id < $1.id }
    }

    /// A member as the interface shows it (`type Member`).
    package func json(_ member: Member, for id: MemberID, now: UTCTime) -> JSONObject {
        [
            "id": .string(member.id.text), "agency": .string(member.agency.text),
            "uids": .array(member.uids.map { .integer(Int64($0)) }), "keys": .strings(member.keys),
            "grants": .array(member.grants.map { .object(json($0, for: id, now: now)) }),
            "state": .string(member.isDisabled ? "disabled" : isLocked(member) ? "locked" : "active"),
        ]
    }

    /// A grant as the interface shows it (`type Grant`).
    ///
    /// Its case is named to those who may know of it.
    package func json(_ grant: Grant, for id: MemberID, now: UTCTime) -> JSONObject {
        let scope =
            switch grant.scope {
            case .system: "system"
            case .agency: "agency"
            case .caseFile(let caseID): mayKnow(caseID, id, now: now) ? number(of: caseID) ?? "case" : "case"
            }
        return [
            "id": .string(grant.id), "role": .string(grant.role.rawValue), "scope": .string(scope),
            "expiresAt": .integer(grant.expiresAt.milliseconds * 1_000),
        ]
    }

    /// True if the member may know every recipient in a case: its lead and oversight.
    ///
    /// Others know of what their own agency gave, contributed or was given.
    package func seesAllRecipients(_ caseID: CaseID, _ id: MemberID, now: UTCTime) -> Bool {
        guard let file = cases[caseID], let member = members[id] else { return false }
        let standing = standing(of: member, in: file, now)
        return standing.mayKnowRecipient()
    }

    /// Those who took note of an entry and whom the member may not know of.
    package func hiddenAcknowledgers(of number: Int64, in caseID: CaseID, for id: MemberID, now: UTCTime) -> Set<String>
    {
        guard let file = cases[caseID], let member = members[id] else { return [] }
        let standing = standing(of: member, in: file, now)
        let hidden = (file.acknowledgements[number] ?? []).filter { other in
            !mayKnow(acknowledger: members[other]?.agency, of: number, in: file, standing)
        }
        return Set(hidden.map(\.text))
    }

    /// The case that a member means.
    package func caseID(named text: String, for id: MemberID, now: UTCTime) -> CaseID? {
        guard let member = members[id] else { return nil }
        return resolve(text, for: member, now) { standing(of: member, in: $0, now).mayKnow($0) }?.id
    }

    /// An event of a feed, as far as the member may see it; nil if he may not.
    package func feedSummary(_ event: Event, for id: MemberID, now: UTCTime) -> String? {
        feedReader(of: event.caseID, for: id, now: now).flatMap { feedSummary(event, for: $0) }
    }

    /// Who reads the events of a case, and as what, at one moment; nil if he may not know of the case.
    package func feedReader(of caseID: CaseID, for id: MemberID, now: UTCTime) -> FeedReader? {
        guard let file = cases[caseID], let member = members[id] else { return nil }
        let standing = standing(of: member, in: file, now)
        guard standing.mayKnow(file) else { return nil }
        return FeedReader(file: file, member: member, standing: standing, scope: standing.scope(file), now: now)
    }

    /// An event of a feed, as far as its reader may see it in this state; nil if he may not.
    package func feedSummary(_ event: Event, for reader: FeedReader) -> String? {
        guard event.caseID == reader.file.id, !event.kind.utf8.starts(with: "access.".utf8) else { return nil }
        let (file, member, standing, scope, now) = (
            reader.file, reader.member, reader.standing, reader.scope, reader.now
        )
        let id = member.id
        let who = "\(event.member?.text ?? "the daemon") (\(event.agency?.text ?? "-"))"
        func mayKnowOf(_ number: Int64) -> Bool {
            guard let facts = file.facts(number) else { return false }
            return scope.visibility(of: number, origin: origin(of: facts), compartment: facts.compartment) != .none
        }
        switch event.body {
        case .entryRecorded(let entry):
            guard mayKnowOf(entry.number) else { return nil }
            // What is sealed is not named by what corrects it.
            let corrected = entry.supersedes.flatMap { mayKnowOf($0) ? $0 : nil }
            let verb = corrected.map { "corrected E-\($0) by" } ?? "recorded"
            return "\(who) \(verb) E-\(entry.number), \(entry.handling.text), \(entry.compartment.text)."
        case .entryWithdrawn(let number, _): return mayKnowOf(number) ? "\(who) withdrew E-\(number)." : nil
        case .entryAcknowledged(let number):
            guard mayKnowOf(number), mayKnow(acknowledger: event.agency, of: number, in: file, standing) else {
                return nil
            }
            return "\(who) acknowledged E-\(number)."
        case .handlingChanged(let number, let from, let to, _):
            return mayKnowOf(number) ? "\(who) changed E-\(number) from \(from.text) to \(to.text)." : nil
        case .permissionRequested(let request):
            guard request.origin == member.agency || event.agency == member.agency || standing.isOversight,
                file.removals.sealed[.entry(request.entry)] == nil || standing.isOversight
            else { return nil }
            return "\(who) asked to give E-\(request.entry) to \(request.recipient)."
        case .permissionDecided(let number, let isGranted, _):
            guard let asked = file.permissions.first(where: { $0.number == number }),
                asked.origin == member.agency || asked.requesterAgency == member.agency || standing.isOversight,
                file.removals.sealed[.entry(asked.entry)] == nil || standing.isOversight
            else { return nil }
            return "\(who) \(isGranted ? "permitted" : "refused") R-\(number)."
        case .disseminated(let line):
            guard mayKnowOf(line.entry) else { return nil }
            let mayKnow = standing.mayKnowRecipient(line.origin, line.recipient, event.agency)
            let how = line.emergencyHours.map { ", as an emergency, for \($0) h" } ?? ""
            return "\(who) gave E-\(line.entry) to \(mayKnow ? line.recipient.text : "another agency")\(how)."
        case .emergencyReviewed(let number, let finding, _):
            guard let release = file.releases.first(where: { $0.number == number }), mayKnowOf(release.entry),
                standing.mayKnowRecipient(file.facts(release.entry).flatMap { origin(of: $0) }, release.from)
            else { return nil }
            return "\(who) found the emergency release \(release.id) \(finding.rawValue)."
        case .caseLink(let number, _): return feedSummary(link: number, event, who, file, standing)
        case .removal(let removal): return feedSummary(removal, who, file, standing)
        case .work(let done): return feedSummary(done, event, who, file, standing)
        case .leadTransfer(let successor, let agency, _):
            guard standing.mayKnowParticulars(file) else { return nil }
            return "\(who): \(event.kind.dropFirst("case.".count).replacing("_", with: " ")), \(successor) (\(agency))."
        case .amendment(let done):
            guard standing.mayKnowParticulars(file) else { return nil }
            return "\(who): \(done.kind.dropFirst("case.".count).replacing("_", with: " "))."
        case .prosecutionOutcome(let outcome):
            guard standing.mayKnowParticulars(file) else { return nil }
            return "\(who): \(outcome.charge) \(outcome.disposition.rawValue)."
        case .clock(let clock): return concerns(clock, id, now: now) ? sentence(about: clock, for: id, now) : nil
        case .noticeAcknowledged(let name):
            let mayKnow = event.member == id || standing.isCaseLead || standing.isOversight
            return mayKnow ? "\(who) took note that \(name) is overdue." : nil
        case .agencyInvited(let agency, let mode, _):
            guard standing.mayKnowParticulars(file) || agency == member.agency else { return nil }
            return "\(who) invited \(agency), \(mode.rawValue)."
        case .agencyAnswered(let agency, _):
            guard standing.mayKnowParticulars(file) || agency == member.agency else { return nil }
            return "\(agency) \(event.kind.dropFirst("case.agency_".count)): \(who)."
        case .memberAssigned(let assigned, _):
            return standing.mayKnowParticulars(file) ? "\(who) assigned \(assigned)." : nil
        case .memberRemoved(let removed, _):
            return standing.mayKnowParticulars(file) ? "\(who) removed \(removed)." : nil
        default:
            let words = event.kind.split(separator: ".")
            return "\(who): \(words.last?.replacing("_", with: " ") ?? "") (\(words.first ?? ""))."
        }
    }
}

/// Who reads the events of a case: what he is there, worked out once for many events.
///
/// It holds for the state and the moment that it was made of, and for no other.
package struct FeedReader: Sendable {
    let file: CaseFile
    let member: Member
    let standing: Standing
    let scope: EntryScope
    let now: UTCTime

    /// The number of the case.
    package var caseNumber: String { file.number }
    /// Whether his membership has ended.
    package var isDisabled: Bool { member.isDisabled }
}
