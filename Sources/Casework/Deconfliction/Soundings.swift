import Policy
import StrictJSON

/// Who had planned events compared of late, so that nobody feels for another's place and hours by moving his own (rule P21E).
///
/// Submitting is asking, and so is amending. Of one answer after the other a search is made: so both are counted by the hour, as
/// identifiers are, and by the day how often the same plan of another agency came into reach again, or left it: of each member, and of
/// all members of his agency together, lest colleagues take turns. Of these, what he first submitted near that plan is his own work and
/// not counted, and whoever has nothing to do with that plan goes on: a large agency is not held up by two of its members. What counts is
/// what was told already, so that a refusal tells nothing.
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
        /// For which agency he acted.
        let agency: AgencyID
        /// Whether it is counted together with those of his colleagues.
        let isMove: Bool
    }

    init() {}

    /// Counts a comparison.
    ///
    /// `isNew`: it was of an event that was submitted, and not moved.
    mutating func note(by member: MemberID, _ agency: AgencyID, of plans: Set<Int64>, isNew: Bool, at now: UTCTime) {
        compared[member] = recent(member, now) + [now]
        let earlier = changes(member, now)
        let changes = plans.sorted().map { plan in
            let isFirst = !earlier.contains { $0.plan == plan }
            return Change(plan: plan, at: now, agency: agency, isMove: !(isNew && isFirst))
        }
        changed[member] = earlier.isEmpty && changes.isEmpty ? nil : earlier + changes
    }

    /// Whether somebody may have something compared once more: within the hour, and within the day for all plans that he met, as far as
    /// he moved his own and as far as his agency did.
    func permits(_ member: MemberID, at now: UTCTime) -> (hour: Bool, day: Bool, together: Bool) {
        let own = Dictionary(grouping: changes(member, now), by: \.plan)
        let most = own.values.map(\.count).max() ?? 0
        let isHour = recent(member, now).count < Self.perHour
        guard !own.isEmpty else { return (isHour, true, true) }
        let agencies = Set(own.values.joined().map(\.agency))
        let moves = changed.keys.flatMap { changes($0, now) }
            .filter { $0.isMove && own[$0.plan] != nil && agencies.contains($0.agency) }
        let together = Dictionary(grouping: moves, by: \.plan).values.map(\.count).max() ?? 0
        return (isHour, most < Self.perPlan, together < Self.perPlan)
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
                let changes = changed[member] ?? []
                return [
                    "member": .string(member.text),
                    "compared": .integers((compared[member] ?? []).map(\.milliseconds)),
                    "plans": .integers(changes.map(\.plan)),
                    "changed": .integers(changes.map(\.at.milliseconds)),
                    "agencies": .strings(changes.map(\.agency.text)),
                    "moves": .integers(changes.map { $0.isMove ? 1 : 0 }),
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
            if !compared.isEmpty { self.compared[member] = compared }
            // A state that was kept before they were counted together knows of none.
            guard fields.object["moves"] != nil else { continue }
            let plans = try fields.integers("plans")
            let times = try fields.times("changed")
            let agencies = try fields.strings("agencies").map { AgencyID($0) }
            let moves = try fields.integers("moves")
            guard Set([plans.count, times.count, agencies.count, moves.count]).count == 1 else {
                throw EventFault(message: "soundings are not as many")
            }
            let changes = plans.indices.compactMap { place in
                agencies[place].map { agency in
                    Change(plan: plans[place], at: times[place], agency: agency, isMove: moves[place] != 0)
                }
            }
            if !changes.isEmpty { changed[member] = changes }
        }
    }
}
