import CaseViews
import Casework
import Policy
import RecordStore
import StrictJSON
import Varlink

/// Lists that are unbounded: a page a step, so that a slow reader costs one page.
extension Sequencer {
    private static let pageSize = 256

    func entries(_ grant: ReadingGrant, _ after: Int64, _ limit: Int64) throws -> Payment {
        guard let caseID = grant.caseID, let number = state.number(of: caseID) else {
            return .refusal(Refusal(row: "P01"))
        }
        // What was written to oversight has numbers below zero, and only who may know of it begins there.
        let first = grant.scope.visibility(origin: nil, compartment: .oversight) == .none ? 0 : Int64.min
        return .reading(
            Self.entries(
                caseID,
                (number, state.successors),
                grant.scope,
                after: first,
                position: after,
                left: max(0, limit)
            )
        )
    }

    private static func entries(
        _ caseID: CaseID,
        _ names: (number: String, successors: [AgencyID: AgencyID]),
        _ scope: EntryScope,
        after: Int64,
        position: Int64,
        left: Int64
    ) -> ReadingTask {
        ReadingTask { shelf in
            let rows = try shelf.views.entries(of: caseID, after: after, limit: pageSize)
            var left = left
            var replies: [Reply] = []
            for row in rows where row.position > position && left > 0 && scope.visibility(of: row) != .none {
                let object = scope.parameters(of: row, caseNumber: names.number, names.successors)
                replies.append(.more(["entry": .object(object)]))
                left -= 1
            }
            guard rows.count == pageSize, left > 0, let last = rows.last else {
                return ReadingStep(replies + [.final([:])])
            }
            return ReadingStep(
                replies,
                next: entries(caseID, names, scope, after: last.number, position: position, left: left)
            )
        }
    }

    func entry(_ grant: ReadingGrant) throws -> Payment {
        guard let caseID = grant.caseID, let entry = grant.entry, let name = state.number(of: caseID) else {
            return .refusal(Refusal(row: "P04"))
        }
        let isInCase = state.mayKnow(caseID, grant.member, now: present)
        let hidden = state.hiddenAcknowledgers(of: entry, in: caseID, for: grant.member, now: present)
        let (scope, successors) = (grant.scope, state.successors)
        return .reading(
            ReadingTask { shelf in
                guard let row = try shelf.views.entry(entry, of: caseID) else {
                    return ReadingStep([.refused(Refusal(row: "P04"), interface: "io.accord.Entry")])
                }
                guard let text = try shelf.record.text("text", of: row.seq) else {
                    return .lost(row.seq, interface: "io.accord.Entry")
                }
                var object = row.parameters(caseNumber: name, successors)
                scope.leaveOutSealed(of: row, &object)
                if isInCase {
                    let members = try shelf.views.acknowledgements(of: entry, in: caseID).filter {
                        !hidden.contains($0)
                    }
                    object["acknowledgedBy"] = .array(members.map { .string($0) })
                } else {
                    // Who was given an entry is told that it was corrected, not what else there is in the case, nor how much.
                    object["position"] = -1
                    object["supersededBy"] = nil
                    object["supersedes"] = nil
                }
                object["text"] = .string(text)
                return ReadingStep([.final(["entry": .object(object)])])
            }
        )
    }

    /// A piece of shared work, with the texts of its steps from the record.
    func work(_ name: String, _ grant: ReadingGrant, _ now: UTCTime) -> Payment {
        guard let caseID = grant.caseID, let file = state.cases[caseID],
            let (shown, lines, kinds, words, stream) = state.work(
                name,
                of: file,
                grant.scope,
                for: grant.member,
                inspects: grant.inspects,
                now: now
            )
        else { return .refusal(Refusal(row: "P04")) }
        let scope = grant.scope
        let sealed = grant.inspects ? [] : state.sealedParts(of: name, in: file)
        let (isGone, isApart) = (state.isGone(name, in: file), stream != file.id)
        return .reading(
            ReadingTask { shelf in
                var lost: UInt64?
                let events = try lines.compactMap { try shelf.record.step(of: stream, at: $0) }
                // What was destroyed by law in a stream of its own is told by that stream alone.
                let absent = Set(events.filter { isApart && !isGone && !$0.isWhole }.map(\.event.seq))
                let destroyed = try RestrictedPurges.destroyed(absent, of: stream, in: shelf.record)
                let steps: [JSONValue] = events.compactMap { recorded, isThere in
                    let isWhole = isThere || isGone || destroyed[recorded.seq] != nil
                    let kind = recorded.event.saidKind
                    if let kinds, !kinds.contains(kind) { return nil }
                    let heard = words.visibility(ofStep: recorded.event)
                    guard heard != .none else { return nil }
                    var step: JSONObject = [
                        "event": .string(kind), "at": .integer(recorded.recordedAt * 1_000),
                        "agency": .string(recorded.event.agency?.text ?? ""),
                        "member": .string(recorded.event.member?.text ?? ""), "facts": [:], "texts": [:],
                    ]
                    switch recorded.event.body {
                    case .work where heard == .header: step["withheld"] = true
                    case .work(let done):
                        step["facts"] = .object(done.shownFacts(scope))
                        step["texts"] = .object(done.shownParts(without: sealed).telling(of: isWhole))
                        if !isWhole { lost = recorded.seq }
                    case .clock(let clock): step["texts"] = ["text": .string(clock.kind.row.duty)]
                    default: return nil
                    }
                    return .object(step)
                }
                var found = ReadingStep([.final(["item": .object(shown), "steps": .array(steps)])])
                found.lost = lost
                return found
            }
        )
    }

    /// What stands before oversight, with the texts of its steps from the record.
    func docket(_ name: String, _ grant: ReadingGrant, _ now: UTCTime) -> Payment {
        guard let (shown, stream, lines, hidesMaker, hidden) = state.docketItem(name, for: grant.member, now: now)
        else { return .refusal(Refusal(row: "P04")) }
        return .reading(
            ReadingTask { shelf in
                var lost: UInt64?
                let events = try lines.compactMap { try shelf.record.step(of: stream, at: $0) }
                let steps: [JSONValue] = events.enumerated().map { index, found in
                    let (recorded, isWhole) = found
                    var step: JSONObject = [
                        "event": .string(recorded.event.kind), "at": .integer(recorded.recordedAt * 1_000),
                        "facts": [:],
                        "texts": [:],
                    ]
                    if index > 0 || !hidesMaker {
                        step["agency"] = recorded.event.agency.map { .string($0.text) }
                        step["member"] = recorded.event.member.map { .string($0.text) }
                    }
                    switch recorded.event.body {
                    case .docket(let done):
                        step["event"] = .string(done.kind)
                        step["facts"] = .object(done.shownInDocket(without: hidden))
                        step["texts"] = .object(done.shownParts.telling(of: isWhole))
                        if !isWhole { lost = recorded.seq }
                    case .clock(let clock): step["texts"] = ["text": .string(clock.kind.row.duty)]
                    default: break
                    }
                    return .object(step)
                }
                var found = ReadingStep([.final(["item": .object(shown), "steps": .array(steps)])])
                found.lost = lost
                return found
            }
        )
    }

    func register(_ grant: ReadingGrant, _ now: UTCTime) throws -> Payment {
        guard let caseID = grant.caseID, let name = state.number(of: caseID),
            let agency = state.members[grant.member]?.agency.text
        else { return .refusal(Refusal(row: "P01")) }
        let seesAll = state.seesAllRecipients(caseID, grant.member, now: now)
        let scope = grant.scope
        let emergencies = state.emergencies(of: caseID)
        return .reading(
            Self.register(caseID, name, scope, emergencies, agency: agency, seesAll: seesAll, after: 0)
        )
    }

    private static func register(
        _ caseID: CaseID,
        _ name: String,
        _ scope: EntryScope,
        _ emergencies: [Int64: JSONObject],
        agency: String,
        seesAll: Bool,
        after: Int64
    ) -> ReadingTask {
        ReadingTask { shelf in
            let rows = try shelf.views.register(of: caseID, after: after, limit: pageSize)
            let entries = try shelf.views.entries(Set(rows.map(\.entry)), of: caseID)
            var replies: [Reply] = []
            for row in rows {
                guard let entry = entries[row.entry], scope.visibility(of: entry) != .none else { continue }
                let mayKnow = seesAll || [row.origin, row.fromAgency, row.toAgency].contains(agency)
                let reason = mayKnow ? try shelf.record.text("reason", of: row.seq) ?? "" : "Known to the originator."
                var object = row.parameters(caseNumber: name, reason: reason, showsRecipient: mayKnow)
                if mayKnow { for (key, value) in emergencies[row.number]?.members ?? [] { object[key] = value } }
                replies.append(.more(["dissemination": .object(object)]))
            }
            guard rows.count == pageSize, let last = rows.last else { return ReadingStep(replies + [.final([:])]) }
            return ReadingStep(
                replies,
                next: register(
                    caseID,
                    name,
                    scope,
                    emergencies,
                    agency: agency,
                    seesAll: seesAll,
                    after: last.number
                )
            )
        }
    }

    func accesses(_ grant: ReadingGrant, _ limit: Int64, first: Bool) -> ReadingTask {
        let member = state.members[grant.member]
        // A refusal is shown to whom it was given without telling whether the case exists.
        var numbers: [CaseID: String] = [:]
        // What oversight looked for in vain is no agency's business.
        let overseers = state.agencies.values.filter { $0.missions == [.oversight] }.map(\.id.text)
        for file in state.visibleCases(grant.member, now: present) { numbers[file.id] = file.number }
        let own = member.map { Set(state.names(of: $0.agency).map(\.text)) }
        return Self.accesses(
            AccessFilter(
                caseID: grant.caseID,
                agencies: grant.audience == .agency ? own : nil,
                member: grant.audience == .own ? member?.id.text : nil,
                origins: grant.audience == .information ? own : nil,
                isFirst: first,
                without: grant.audience == .information ? Set(overseers) : []
            ),
            AccessNames(cases: numbers, successors: state.successors),
            restricted: grant.audience == .own ? nil : state.restrictedStreams,
            isOversight: grant.audience == .all,
            after: -1,
            left: max(0, limit)
        )
    }

    private static func accesses(
        _ filter: AccessFilter,
        _ names: AccessNames,
        restricted: Set<CaseID>?,
        isOversight: Bool,
        after: Int64,
        left: Int64
    ) -> ReadingTask {
        ReadingTask { shelf in
            let count = Int(clamping: min(left, Int64(pageSize)))
            let rows = try shelf.views.accesses(filter, after: after, limit: count)
            let shown = rows.compactMap { row in
                // Of what nobody else is to know that it exists, oversight sees that it was read, and an agency nothing.
                guard let restricted, restricted.contains(row.caseID) || Workflows.tellsOfHidden(row.act, row.item)
                else {
                    return row
                }
                return isOversight ? row.withoutItem : nil
            }
            let replies: [Reply] = shown.map { row in
                .more(["access": .object(row.parameters(names, isOversight: isOversight))])
            }
            guard rows.count == count, count > 0, left > Int64(count), let last = rows.last else {
                return ReadingStep(replies + [.final([:])])
            }
            return ReadingStep(
                replies,
                next: accesses(
                    filter,
                    names,
                    restricted: restricted,
                    isOversight: isOversight,
                    after: Int64(clamping: last.seq),
                    left: left - Int64(count)
                )
            )
        }
    }

    static func lines(after: Int64, limit: Int64) -> ReadingTask {
        ReadingTask(.audit) { shelf in
            let count = Int(clamping: min(max(0, limit), Int64(pageSize)))
            let from = UInt64(clamping: max(-1, after) &+ 1)
            let page = count == 0 ? [] : try shelf.record.lines(from: from, limit: count)
            let replies: [Reply] = page.map { line in
                .more([
                    "position": .integer(Int64(clamping: line.seq)),
                    "line": .string(String(decoding: line.bytes, as: UTF8.self)),
                ])
            }
            guard page.count == count, count > 0, limit > Int64(count), let last = page.last else {
                return ReadingStep(replies + [.final([:])])
            }
            return ReadingStep(replies, next: lines(after: Int64(clamping: last.seq), limit: limit - Int64(count)))
        }
    }
}

extension JSONObject {
    /// The texts of a step, and that some of them are missing where nobody may have taken them.
    fileprivate func telling(of isWhole: Bool) -> JSONObject {
        guard !isWhole else { return self }
        var object = self
        object["missing"] = .string("A text is missing from the record, \(Reply.howItIsLost)")
        return object
    }
}
