package import Policy
package import StrictJSON

/// What of an event reaches an audience.
package enum Notice: Hashable, Sendable {
    /// The line of the feed; no sentence where those of the audience would be shown different ones.
    case event(summary: String?)
    /// The line of the inbox that came with the event, as far as it is the same for all (`type Task`).
    case task(JSONObject)
}

extension CaseworkState {
    /// What of an event an audience is shown now: what each of its members would find in his feed, or new in his inbox.
    ///
    /// - Parameters:
    ///   - event: which is on the record.
    ///   - recordedAt: since when.
    ///   - audience: with whose eyes.
    ///   - now: when it is shown.
    /// - Returns: Nil if one of them would not find anything, or if there is nobody.
    package func notice(
        of event: Event,
        at recordedAt: UTCTime,
        to audience: Audience,
        now: UTCTime
    ) -> Notice? {
        let readers = members(of: audience, in: cases[event.caseID]?.id, now)
        var common: Notice?
        for reader in readers {
            guard let shown = notice(of: event, at: recordedAt, for: reader, now) else { return nil }
            guard let before = common else {
                common = shown
                continue
            }
            guard let both = before.common(with: shown) else { return nil }
            common = both
        }
        return common
    }

    private func notice(of event: Event, at recordedAt: UTCTime, for member: Member, _ now: UTCTime) -> Notice? {
        if let summary = feedSummary(event, for: member.id, now: now) { return .event(summary: summary) }
        return task(of: event, at: recordedAt, for: member, now).map { .task($0.json) }
    }

    /// The line that an event brought into the inbox of somebody who is not shown the event itself.
    ///
    /// A line that was there before is none of it: it would tell that something goes on.
    private func task(of event: Event, at recordedAt: UTCTime, for member: Member, _ now: UTCTime) -> InboxTask? {
        func began(_ names: Set<String>, in tasks: [InboxTask]) -> InboxTask? {
            tasks.first { $0.since == recordedAt && ($0.item.map(names.contains) ?? false) }
        }
        let item = Set([event.item].compactMap(\.self))
        switch event.body {
        case .clock(let clock) where clock.kind == .targetValidity:
            return began(item, in: deconflictionTasks(for: member, now))
        // Whose silent target is the same is told of it by its agency's own inbox, and by nothing else: that a program runs then is
        // seen by everybody on the host.
        case .clock(let clock) where clock.kind == .targetScreening: return nil
        // Nor that something runs of which nobody else is to know.
        case .clock where casesByStream[event.caseID] != nil: return nil
        case .clock(let clock):
            let name = name(of: clock, for: member.id, now)
            return unseen(by: member.id, in: event.caseID, named: name, now).first
                .map { task($0, for: member.id, now) }
        case .deconfliction(.hitFound), .deconfliction(.notified):
            guard event.caseID == .deconfliction(of: member.agency) else { return nil }
            // Each tells of something new, whenever the conflict itself began: the other side's line was the first.
            return deconflictionTasks(for: member, now).first { $0.item == event.item }
        case .jurisdiction: return began(item, in: policyTasks(for: member, now))
        case .disseminated(let line):
            return cases[event.caseID].flatMap { began(["E-\(line.entry)"], in: tasks(in: $0, for: member, now)) }
        case .removal(.noticeSent(let purge, _, _)):
            return cases[event.caseID].flatMap { began(["P-\(purge)"], in: tasks(in: $0, for: member, now)) }
        case .work: return cases[event.caseID].flatMap { began(item, in: tasks(in: $0, for: member, now)) }
        default: return nil
        }
    }
}

extension Notice {
    /// What two readers are both shown; nil if one sees an event, and the other something that waits.
    fileprivate func common(with other: Notice) -> Notice? {
        switch (self, other) {
        case (.event(let one), .event(let two)): .event(summary: one == two ? one : nil)
        case (.task(let one), .task(let two)):
            .task(JSONObject(one.members.filter { two[$0.key] == $0.value }.map { ($0.key, $0.value) }))
        default: nil
        }
    }
}
