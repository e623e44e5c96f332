import Policy
import StrictJSON

/// Refusals that somebody has to look at: who tried what no role permits, or more than one person needs (domain.md 6.8); and that
/// somebody wrote past the daemon to what it shows.
///
/// They follow from the record like everything else. Of one member under one rule they are one alert with a count, so that however
/// often somebody tries, there is one line to read.
struct Alerts: Hashable, Sendable {
    /// All refusals of one member under one rule, or all that the host's own did.
    struct Alert: Hashable, Sendable {
        /// Nil for the host.
        let member: MemberID?
        let agency: AgencyID?
        let rule: String
        var act: String
        var count: Int64 = 0
        var last: UTCTime
        /// Of how many each has taken note who is to look.
        var noted: [MemberID: Int64] = [:]

        /// By what somebody takes note of all that there were up to now, such as `P09/admin.ops/3`.
        var name: String { "\(rule)/\(member?.text ?? Alerts.host)/\(count)" }

        func isNew(to reader: MemberID) -> Bool { noted[reader, default: 0] < count }
    }

    private struct Key: Hashable, Sendable {
        let member: MemberID?
        let rule: String
    }

    /// In the names of alerts, where others have a member and a rule.
    private static let host = "host"
    private static let views = "VIEWS"

    private var alerts: [Key: Alert] = [:]

    /// In one order everywhere.
    var all: [Alert] { alerts.values.sorted { ($0.member?.text ?? "", $0.rule) < ($1.member?.text ?? "", $1.rule) } }

    /// How many there are of which nobody has taken note.
    var openCount: Int64 { Int64(alerts.values.count { alert in !alert.noted.values.contains(alert.count) }) }

    /// Follows a refusal, if its rule is one of those that alert.
    mutating func follow(_ event: Event, at place: StreamPosition) {
        guard let rule = place.rule, RuleTable.row(rule).alertsOversight, let member = event.member,
            let agency = event.agency, case .access(let act, _, _) = event.body
        else { return }
        let key = Key(member: member, rule: rule)
        var alert = alerts[key] ?? Alert(member: member, agency: agency, rule: rule, act: act, last: place.recordedAt)
        alert.act = act
        alert.count += 1
        alert.last = place.recordedAt
        alerts[key] = alert
    }

    /// Follows that lists were found not to be what was written.
    mutating func followRemaking(at time: UTCTime) {
        let key = Key(member: nil, rule: Self.views)
        var alert = alerts[key] ?? Alert(member: nil, agency: nil, rule: key.rule, act: "views.remade", last: time)
        alert.count += 1
        alert.last = time
        alerts[key] = alert
    }

    /// The alert that a name means, and up to which refusal; nil if it is the name of something else.
    private func named(_ name: String) -> (key: Key, count: Int64)? {
        let words = name.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count == 3, let count = Int64(words[2]) else { return nil }
        let member = MemberID(String(words[1]))
        guard member != nil || words[1] == Self.host else { return nil }
        let key = Key(member: member, rule: String(words[0]))
        guard let alert = alerts[key], (1...alert.count).contains(count) else { return nil }
        return (key, count)
    }

    func alert(named name: String) -> Alert? { named(name).flatMap { alerts[$0.key] } }

    /// Keeps in mind that somebody took note of an alert.
    mutating func note(_ name: String, by reader: MemberID) {
        guard let (key, count) = named(name) else { return }
        let noted = alerts[key]?.noted[reader] ?? 0
        alerts[key]?.noted[reader] = max(count, noted)
    }
}

extension CaseworkState {
    /// How many alerts there are of which nobody has taken note.
    package var openAlertCount: Int64 { alerts.openCount }

    /// Oversight is told of every alert, and the liaisons of the member's agency of their own people; nobody is of himself.
    func concerns(_ alert: Alerts.Alert, _ member: Member, _ now: UTCTime) -> Bool {
        let roles = member.roles(in: nil, now)
        guard alert.member != member.id, alert.isNew(to: member.id) else { return false }
        return roles.contains(.oversight) || (roles.contains(.liaison) && alert.agency == member.agency)
    }

    /// What waits for a member about refusals that somebody has to look at: no word of what was asked for.
    func alertTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        alerts.all.filter { concerns($0, member, now) }.map { alert in
            let new = alert.count - alert.noted[member.id, default: 0]
            let times = new == 1 ? "was refused" : "was refused \(new) times"
            guard let who = alert.member, let agency = alert.agency else {
                return InboxTask(
                    kind: "alert",
                    caseNumber: "",
                    item: alert.name,
                    fromAgency: "",
                    since: alert.last,
                    summary:
                        "Lists were not what the record says \(new == 1 ? "once" : "\(new) times"): somebody wrote to views.db on the host. They were made anew.",
                    command: "accord inbox ack \(alert.name)"
                )
            }
            return InboxTask(
                kind: "alert",
                caseNumber: "",
                item: alert.name,
                fromAgency: agency.text,
                since: alert.last,
                summary:
                    "\(who) (\(agency)) \(times) under \(alert.rule), last “\(alert.act)”: `accord audit access` has each. The rule: \(RuleTable.row(alert.rule).test)",
                command: "accord inbox ack \(alert.name)"
            )
        }
    }
}

extension Alerts {
    /// What a snapshot of the state says of alerts.
    var record: JSONValue {
        .array(
            all.map { alert in
                [
                    "member": .string(alert.member?.text ?? ""), "agency": .string(alert.agency?.text ?? ""),
                    "rule": .string(alert.rule), "act": .string(alert.act), "count": .integer(alert.count),
                    "last": .integer(alert.last.milliseconds),
                    "noted": .array(
                        alert.noted.sorted { $0.key < $1.key }.map { reader, count in
                            ["by": .string(reader.text), "count": .integer(count)]
                        }
                    ),
                ]
            }
        )
    }

    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            let rule = try fields.string("rule")
            var alert = Alert(
                member: rule == Self.views ? nil : try fields.word("member") { MemberID($0) },
                agency: rule == Self.views ? nil : try fields.word("agency") { AgencyID($0) },
                rule: rule,
                act: try fields.string("act"),
                count: try fields.integer("count"),
                last: try fields.time("last")
            )
            for value in fields.object["noted"]?.array ?? [] {
                let noted = try Fields(value)
                let reader = try noted.word("by") { MemberID($0) }
                alert.noted[reader] = try noted.integer("count")
            }
            alerts[Key(member: alert.member, rule: alert.rule)] = alert
        }
    }
}
