import Policy
import StrictJSON

/// Who had planned events compared of late, so that nobody feels for another's place and hours by moving his own (rule P21E).
///
/// Submitting is asking, and so is amending. Of one answer after the other a search is made: so both are counted by the hour, as
/// identifiers are, and by the day how often the same plan of another agency came into reach again, or left it. What counts is what was
/// told already, so that a refusal tells nothing.
struct Soundings: Hashable, Sendable {
    static let perHour = 20
    static let perPlan = 4

    /// When somebody had something compared, within the last hour.
    private var compared: [MemberID: [UTCTime]] = [:]
    /// When a plan that his agency had met came into reach of his again, or left it, within the last day.
    private var changed: [MemberID: [Change]] = [:]

    private struct Change: Hashable, Sendable {
        let plan: Int64
        let at: UTCTime
    }

    init() {}

    mutating func note(by member: MemberID, of plans: Set<Int64>, at now: UTCTime) {
        compared[member] = recent(member, now) + [now]
        let changes = self.changes(member, now) + plans.sorted().map { Change(plan: $0, at: now) }
        changed[member] = changes.isEmpty ? nil : changes
    }

    /// Whether somebody may have something compared once more: within the hour, and within the day for all plans that he met.
    func permits(_ member: MemberID, at now: UTCTime) -> (hour: Bool, day: Bool) {
        let most = Dictionary(grouping: changes(member, now), by: \.plan).values.map(\.count).max() ?? 0
        return (recent(member, now).count < Self.perHour, most < Self.perPlan)
    }

    private func recent(_ member: MemberID, _ now: UTCTime) -> [UTCTime] {
        (compared[member] ?? []).filter { $0.milliseconds > now.milliseconds - CaseworkState.hour }
    }

    private func changes(_ member: MemberID, _ now: UTCTime) -> [Change] {
        (changed[member] ?? []).filter { $0.at.milliseconds > now.milliseconds - CaseworkState.hour * 24 }
    }

    // MARK: Snapshot

    var record: JSONValue {
        .array(
            Set(compared.keys).union(changed.keys).sorted().map { member in
                [
                    "member": .string(member.text),
                    "compared": .integers((compared[member] ?? []).map(\.milliseconds)),
                    "plans": .integers((changed[member] ?? []).map(\.plan)),
                    "changed": .integers((changed[member] ?? []).map(\.at.milliseconds)),
                ]
            }
        )
    }

    /// Nil is a state that was kept by an earlier version: it knows of none.
    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            let member = try fields.word("member") { MemberID($0) }
            let compared = try fields.times("compared")
            let changes = zip(try fields.integers("plans"), try fields.times("changed")).map {
                Change(plan: $0, at: $1)
            }
            if !compared.isEmpty { self.compared[member] = compared }
            if !changes.isEmpty { changed[member] = changes }
        }
    }
}
