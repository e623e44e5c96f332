import Policy

/// Who neither reads nor writes for ninety days is disabled a week later (CJIS Security Policy AC-2(3); domain.md 2.2 R-C10, 6.11).
///
/// In that week a liaison or an administrator disables him, or reviews him and says why he stays. Then the daemon does it, but for who is
/// the last that could let anybody in again: of administrators, and of oversight.
extension CaseworkState {
    /// Lets the time run anew of whoever an event is of: anything that he did, was shown or was refused.
    ///
    /// What stands under a word that says nothing counts for nothing here, so that nobody's clock tells of it. Whole days are
    /// counted, so that a day of work moves one clock once.
    mutating func noteActivity(_ event: Event, at now: UTCTime) {
        guard let id = event.member, event.kind != "restricted", members[id]?.isDisabled == false else { return }
        // That a program has his eyes is nothing that he did.
        if case .access(Self.hookAct, _?, nil) = event.body { return }
        let running = clocks.clock(.inactivity, .system, id.text)
        if running?.dueAt != ClockKind.inactive(since: now) { awaitActivity(of: id, from: now) }
    }

    mutating func awaitActivity(of id: MemberID, from now: UTCTime) {
        guard members[id]?.isDisabled == false else { return }
        stopAwaitingActivity(of: id)
        clocks.start(
            Clock(.inactivity, .system, id.text, startedAt: now, dueAt: ClockKind.inactive(since: now))
        )
    }

    mutating func stopAwaitingActivity(of id: MemberID) {
        clocks.stop(.inactivity, .system, id.text)
        clocks.stop(.inactiveAccount, .system, id.text)
    }

    /// Nobody saw to it within the week.
    func disablings(after clock: Clock, _ now: UTCTime) -> [Decision] {
        guard clock.kind == .inactiveAccount, let id = MemberID(clock.item), let member = members[id],
            !member.isDisabled
        else { return [] }
        let isLast = [Role.administrator, .oversight].contains { role in
            member.roles(in: nil, now).contains(role)
                && !members.values.contains { $0.id != id && !$0.isDisabled && $0.roles(in: nil, now).contains(role) }
        }
        guard !isLast else { return [] }
        let body = EventBody.memberDisabled(id, reason: "inactive-90d")
        return [Decision(event: Event(ofDaemon: "user.disabled", purpose: .administration, body))]
    }

    /// The ninety days are over: somebody has a week to see to it.
    mutating func awaitDisabling(after clock: Clock) {
        let due = clock.dueAt.adding(days: ClockKind.disablingDays)
        clocks.start(Clock(.inactiveAccount, .system, clock.item, startedAt: clock.dueAt, dueAt: due))
    }
}

extension ClockKind {
    /// In days (CJIS Security Policy AC-2(3); domain.md 6.11).
    private static let inactivityDays: Int64 = 90
    static let disablingDays: Int64 = 7

    /// When so many whole days are over in which nothing was done after this moment.
    static func inactive(since now: UTCTime) -> UTCTime {
        UTCTime(milliseconds: now.milliseconds - now.milliseconds % 86_400_000).adding(days: inactivityDays + 1)
    }

    var inactivityRow: ClockRow {
        switch self {
        case .inactivity:
            ClockRow(
                event: "user.inactive",
                duty: "The member has done nothing for 90 days.",
                concerned: [.liaison, .oversight, .administrator],
                citation: "CJIS Security Policy AC-2(3); domain.md 6.11",
                isMoment: true
            )
        default:
            ClockRow(
                event: "user.disabling_overdue",
                duty:
                    "The member has done nothing for 90 days: a week later the account is disabled, unless the member is reviewed.",
                concerned: [.liaison, .oversight, .administrator],
                command: "accord member disable ITEM --reason WHY\naccord member review ITEM --reason WHY",
                by: .registrar,
                citation: "CJIS Security Policy AC-2(3); domain.md 6.11"
            )
        }
    }
}
