import Policy
package import StrictJSON

/// Who put the calendar in force, and who took note of it: from then on custody lapses by it, and no second person is asked.
package struct CalendarNews: Hashable, Sendable {
    var since: UTCTime?
    var by: MemberID?
    private var noted: Set<MemberID> = []

    init() {}

    init(since: UTCTime, by: MemberID?) { (self.since, self.by) = (since, by) }

    /// What `accord inbox ack` calls it.
    static let item = "calendar"

    mutating func note(by member: MemberID) {
        if since != nil { noted.insert(member) }
    }

    func isNoted(by member: MemberID) -> Bool { noted.contains(member) || by == member }

    /// As the interface shows it, beside the calendar.
    package var shown: [(String, JSONValue)] {
        [("since", since.map { .integer($0.milliseconds * 1_000) }), ("by", by.map { .string($0.text) })].compactMap {
            key,
            value in
            value.map { (key, $0) }
        }
    }

    // MARK: Snapshot

    var record: JSONValue {
        .object(
            .present([
                ("since", since.map { .integer($0.milliseconds) }), ("by", by.map { .string($0.text) }),
                ("noted", .strings(noted.sorted().map(\.text))),
            ])
        )
    }

    /// Nil is a state that was kept by an earlier version: nobody is told of what was recorded before.
    init(_ value: JSONValue?) throws(EventFault) {
        guard let value else { return }
        let fields = try Fields(value)
        since = fields.object["since"] == nil ? nil : try fields.time("since")
        by = fields.optionalString("by").flatMap { MemberID($0) }
        noted = Set(try fields.words("noted") { MemberID($0) })
    }
}

extension CaseworkState {
    /// Whether somebody is told of a new calendar: oversight, and the liaisons of whoever holds people.
    func isToldOfCalendar(_ member: Member, _ now: UTCTime) -> Bool {
        guard calendarNews.since != nil, !calendarNews.isNoted(by: member.id) else { return false }
        let roles = member.roles(in: nil, now)
        return roles.contains(.oversight)
            || roles.contains(.liaison) && agencies[member.agency]?.missions.contains(.custody) ?? false
    }

    func calendarTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        guard let since = calendarNews.since, isToldOfCalendar(member, now) else { return [] }
        return [
            InboxTask(
                kind: "calendar",
                caseNumber: "",
                item: CalendarNews.item,
                fromAgency: calendarNews.by.flatMap { members[$0]?.agency.text } ?? "",
                since: since,
                summary:
                    "\(calendarNews.by?.text ?? "-") recorded calendar \(calendar.version): \(calendar.holidays.count) holidays. What is asked about custody lapses by it.",
                command: "accord calendar show\naccord inbox ack \(CalendarNews.item)"
            )
        ]
    }
}
