import Cryptography
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

@testable import Casework
@testable import CaseworkModel
@testable import Coordination

/// What a simulation found, and may not have.
struct Violation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A call as its caller knows it.
struct AskedCall {
    let name: String
    let uid: UInt32
    let method: String
    let act: Act
    /// The number under which it may be repeated; nil if it may not.
    let request: String?
    let purpose: Purpose?
    let seen: Int64?
    var isOver = false
}

/// Follows the record and what leaves the daemon, and judges both: each decision by the independent model of the rules, each
/// answer by the line that it rests on, each watch by what its reader may know.
struct SimulationModel {
    /// Clocks of clients count calls, so that each line says which call it comes of.
    static let firstTag: UInt64 = 4_000_000_000

    struct Line {
        let recorded: RecordedEvent
        let tag: UInt64?
    }

    /// A subscriber, by what he was sent.
    struct Watcher {
        let member: MemberID
        let caseID: CaseID?
        let after: Int64
        var sent: [CaseID: [Int64]] = [:]
        /// Entries that he could not know of at some time, and a time when he could not know of the case.
        var excused: Set<Int64> = []
        var wasShutOut = false
    }

    /// After all lines, and after those of which somebody was told that they are recorded.
    private(set) var decided = Oracle()
    private(set) var told = Oracle()
    private var toldCount = 0
    /// The daemon's own state, made from the lines alone.
    private(set) var state = CaseworkState()
    private(set) var lines: [Line] = []
    private var byLeaf: [String: Int] = [:]
    private var byTag: [UInt64: Int] = [:]
    private var byRequest: [String: Int] = [:]
    private var streams: [CaseID: [Int]] = [:]
    private var texts: [CaseID: [Int64: String]] = [:]
    private(set) var calls: [UInt64: AskedCall] = [:]
    private var tags: [CallID: UInt64] = [:]
    private var callIDs: [UInt64: CallID] = [:]
    private var gone: Set<ConnectionID> = []
    private(set) var watchers: [CallID: Watcher] = [:]
    private var refusals: [UInt32: Int] = [:]
    private var frontier = MerkleFrontier()
    private var roots: [UInt64: Digest] = [:]
    /// Whether something went wrong with the disk in this life of the daemon, or it is being stopped.
    var mayFail = false
    private(set) var decisions = 0
    private(set) var allowed = 0
    /// How many events watchers were told of.
    private(set) var events = 0

    // MARK: Asking

    mutating func ask(_ call: AskedCall, _ tag: UInt64) { calls[tag] = call }

    mutating func begin(_ call: Call) {
        guard let at = call.parameters["context"]?.object?["at"]?.integer else { return }
        let tag = UInt64(at / 1_000_000) - Self.firstTag
        tags[call.id] = tag
        callIDs[tag] = call.id
    }

    // MARK: The record

    /// A line became durable.
    mutating func follow(_ stored: StoredLine) throws {
        let recorded = try RecordedEvent(parsing: stored)
        let said = try LogLine(parsing: stored.bytes).statement
        guard recorded.seq == UInt64(lines.count) else {
            throw Violation("line \(recorded.seq) comes after \(lines.count)")
        }
        guard recorded.recordedAt >= lines.last?.recorded.recordedAt ?? 0 else {
            throw Violation("line \(recorded.seq) is older than the one before it")
        }
        let tag = said.at >= Self.firstTag ? said.at - Self.firstTag : nil
        decided.now = UTCTime(milliseconds: recorded.recordedAt)
        // Of a call, or of a reading whose reader lost his rights before he had it.
        if recorded.outcome == .denied, recorded.by.hasPrefix("uid:"), let uid = UInt32(recorded.by.dropFirst(4)) {
            refusals[uid, default: 0] += 1
        }
        if let tag, let call = calls[tag] { try judge(call, recorded, tag) }
        if recorded.outcome == .accepted, let call = tag.flatMap({ calls[$0] }), !call.act.isReading,
            let request = call.request
        {
            let key = recorded.by + request
            guard byRequest[key] == nil else { throw Violation("request \(request) was carried out twice") }
            byRequest[key] = lines.count
        }
        decided.follow(recorded.event, at: recorded.place)
        state.evolve(recorded.event, at: recorded.place)
        if case .entryRecorded(let entry) = recorded.event.body {
            for bytes in stored.parts {
                let part = try Part(parsing: bytes)
                if part.name == "text" { texts[recorded.event.caseID, default: [:]][entry.number] = part.value.string }
            }
        }
        byLeaf[recorded.leaf.hex] = lines.count
        if let tag, byTag[tag] == nil { byTag[tag] = lines.count }
        streams[recorded.event.caseID, default: []].append(lines.count)
        lines.append(Line(recorded: recorded, tag: tag))
        frontier.append(recorded.leaf)
        roots[frontier.size] = frontier.root
        if recorded.outcome == .accepted, !recorded.event.kind.hasPrefix("access.") {
            for call in watchers.keys { excuse(call) }
        }
    }

    private mutating func judge(_ call: AskedCall, _ recorded: RecordedEvent, _ tag: UInt64) throws {
        let isAccepted = recorded.outcome != .denied
        if case .watch(let request) = call.act {
            if isAccepted { letIn(call, request, tag) }
            return
        }
        if recorded.rule == "P24" { return }
        let member = decided.people.first { !$0.value.isDisabled && $0.value.uids.contains(call.uid) }?.key
        let expected = member.map { decided.allows($0, call.act, call.purpose, call.seen) } ?? false
        decisions += 1
        allowed += expected ? 1 : 0
        guard expected == isAccepted else {
            throw Violation(
                """
                line \(recorded.seq), call \(tag): \(call.name) \(call.act): the model says \(expected), the record \
                \(recorded.rule ?? "accepted")
                """
            )
        }
    }

    private mutating func letIn(_ asked: AskedCall, _ request: WatchRequest, _ tag: UInt64) {
        guard let call = callIDs[tag], !gone.contains(call.connection),
            let member = decided.people.first(where: { $0.value.uids.contains(asked.uid) })?.key
        else { return }
        let named = request.positions?.first
        watchers[call] = Watcher(
            member: member,
            caseID: named.flatMap { named in decided.folders.values.first { $0.title == named.name }?.id },
            after: named?.after ?? .max
        )
        excuse(call)
    }

    /// Notes what a watcher cannot be told now, when he might have been.
    private mutating func excuse(_ call: CallID) {
        guard let watcher = watchers[call], let caseID = watcher.caseID, let folder = decided.folders[caseID] else {
            return
        }
        guard decided.knows(watcher.member, folder) else {
            watchers[call]?.wasShutOut = true
            return
        }
        for number in folder.items.keys where !sees(decided, watcher.member, folder, number) {
            watchers[call]?.excused.insert(number)
        }
    }

    private func sees(_ oracle: Oracle, _ member: MemberID, _ folder: Oracle.Folder, _ number: Int64) -> Bool {
        guard let place = oracle.place(member, folder), let item = folder.items[number] else { return false }
        return oracle.sight(place, folder, item) > 0
    }

    // MARK: What leaves

    /// Something leaves the daemon.
    mutating func judge(_ reply: Reply, to call: CallID) throws {
        guard let tag = tags[call], let asked = calls[tag] else { return }
        let answer = Answer(reply)
        func violated(_ what: String) -> Violation {
            Violation("call \(tag), \(asked.name) \(asked.method): \(what)")
        }
        guard !asked.isOver else { throw violated("answered again after its end") }
        if answer.isLast { calls[tag]?.isOver = true }
        if answer.isUnavailable {
            watchers[call] = nil
            guard mayFail else { throw violated("unavailable, and nothing was wrong") }
            // It may have been refused in a batch that was not written, and is counted then.
            refusals[asked.uid, default: 0] += 1
            return
        }
        if answer.error != nil {
            watchers[call] = nil
            return try judge(refusal: answer, asked, tag)
        }
        if let leaf = answer.leaf {
            guard let index = byLeaf[leaf] else { throw violated("a receipt for what is not durable") }
            let line = lines[index]
            guard line.recorded.outcome == .accepted else { throw violated("a receipt for a refusal") }
            if line.tag != tag {
                let first = line.tag.flatMap { calls[$0] }
                guard first?.request != nil, first?.request == asked.request, answer.isDuplicate == true else {
                    throw violated("the receipt of another call, \(line.tag ?? 0)")
                }
            }
            hear(through: index)
            return
        }
        guard let index = byTag[tag], lines[index].recorded.outcome == .accepted else {
            throw violated("shown before it was on the record that it is")
        }
        try judge(shown: answer.parameters, asked, call, violated)
        if answer.isLast { watchers[call] = nil }
    }

    private func judge(refusal answer: Answer, _ asked: AskedCall, _ tag: UInt64) throws {
        guard let index = byTag[tag] else {
            // Who is refused too often is only counted, and a call by an unknown connection has no clock of its own.
            // So is what was refused in a batch that was not written, to somebody who had hung up before he could be told.
            let unheard = calls.count { tag, call in call.uid == asked.uid && !call.isOver && byTag[tag] == nil }
            let isCounted = refusals[asked.uid, default: 0] + unheard >= 60
            guard isCounted || answer.code == "E-IDLE" || answer.parameters["rule"]?.string == "P24" else {
                throw Violation(
                    "call \(tag), \(asked.name) \(asked.method): refused, \(answer.code ?? answer.error ?? "-"), without a line"
                )
            }
            return
        }
        let line = lines[index].recorded
        guard line.outcome == .denied else {
            // What was allowed may end when rights do; an act that was accepted is not refused.
            guard asked.act.isReading else {
                throw Violation("call \(tag), \(asked.name) \(asked.method): refused, and its line says accepted")
            }
            return
        }
        let outward = line.rule.map { RuleTable.outward($0) }
        guard outward == answer.parameters["rule"]?.string else {
            throw Violation(
                "call \(tag): refused by \(answer.parameters["rule"]?.string ?? "-"), recorded as \(line.rule ?? "-")"
            )
        }
    }

    /// Somebody was told that a line is recorded, and so everything before it is.
    private mutating func hear(through index: Int) {
        while toldCount <= index {
            let line = lines[toldCount].recorded
            told.now = UTCTime(milliseconds: line.recordedAt)
            told.follow(line.event, at: line.place)
            toldCount += 1
        }
    }

    /// What was there before anybody asked is known.
    mutating func hearAll() { hear(through: lines.count - 1) }

    /// Whether something is true at some time after the last line that somebody was told of.
    private func isTrue(_ question: (Oracle) -> Bool) -> Bool {
        if question(told) || question(decided) { return true }
        var between = told
        for line in lines[toldCount...] {
            between.now = UTCTime(milliseconds: line.recorded.recordedAt)
            between.follow(line.recorded.event, at: line.recorded.place)
            if question(between) { return true }
        }
        return false
    }

    private mutating func judge(
        shown: JSONObject,
        _ asked: AskedCall,
        _ call: CallID,
        _ violated: (String) -> Violation
    ) throws {
        guard let member = decided.people.first(where: { $0.value.uids.contains(asked.uid) })?.key else { return }
        switch asked.act {
        case .getEntry(let name, let text):
            guard let folder = decided.folders.values.first(where: { $0.title == name }),
                let number = Reference.entry(text)
            else { throw violated("an entry of no case") }
            guard isTrue({ oracle in oracle.folders[folder.id].map { oracle.reads(member, $0, number) } ?? false })
            else {
                throw violated("an entry is shown after the right to read it ended")
            }
            guard shown["entry"]?.object?["text"]?.string == texts[folder.id]?[number] else {
                throw violated("another text than was recorded")
            }
        case .listEntries(let name, _, _):
            guard let folder = decided.folders.values.first(where: { $0.title == name }) else { return }
            guard let number = shown["entry"]?.object?["id"]?.string.flatMap({ Reference.entry($0) }) else { return }
            guard isTrue({ oracle in oracle.folders[folder.id].map { sees(oracle, member, $0, number) } ?? false })
            else {
                throw violated("E-\(number) is listed after the right to know of it ended")
            }
        case .getCase(let name):
            guard let folder = decided.folders.values.first(where: { $0.title == name }) else { return }
            guard isTrue({ oracle in oracle.folders[folder.id].map { oracle.knows(member, $0) } ?? false }) else {
                throw violated("a case is shown after the right to know of it ended")
            }
        case .watch: try judge(watch: shown, member, call, violated)
        default: return
        }
    }

    private mutating func judge(
        watch shown: JSONObject,
        _ member: MemberID,
        _ call: CallID,
        _ violated: (String) -> Violation
    ) throws {
        guard let event = shown["event"]?.object else { return }
        let number = event["case"]?.string ?? ""
        guard let folder = decided.folders.values.first(where: { $0.number == number }),
            let position = event["position"]?.integer, let places = streams[folder.id],
            places.indices.contains(Int(position))
        else { throw violated("an event that is not durable") }
        let line = lines[places[Int(position)]].recorded
        guard line.outcome == .accepted, event["kind"]?.string == line.event.kind else {
            throw violated("event \(position) is not what was recorded")
        }
        if let last = watchers[call]?.sent[folder.id]?.last, last >= position {
            throw violated("event \(position) after \(last)")
        }
        if let after = watchers[call]?.after, after != .max, position <= after {
            throw violated("event \(position), though \(after) was known")
        }
        watchers[call]?.sent[folder.id, default: []].append(position)
        events += 1
        let isKnown = isTrue { oracle in
            guard let folder = oracle.folders[folder.id], oracle.knows(member, folder) else { return false }
            guard case .entryRecorded(let entry) = line.event.body else { return true }
            return sees(oracle, member, folder, entry.number)
        }
        guard isKnown else { throw violated("event \(position) is told after the right to know of it ended") }
    }

    // MARK: Ends

    mutating func ended(_ connection: ConnectionID) {
        gone.insert(connection)
        for call in watchers.keys where call.connection == connection { watchers[call] = nil }
    }

    /// What each live watcher should have been sent, once everything was taken.
    func checkWatchers() throws {
        for (call, watcher) in watchers {
            guard let caseID = watcher.caseID, !watcher.wasShutOut, let folder = decided.folders[caseID] else {
                continue
            }
            let sent = Set(watcher.sent[caseID] ?? [])
            for index in streams[caseID] ?? [] {
                let line = lines[index].recorded
                guard case .entryRecorded(let entry) = line.event.body, Int64(line.caseSeq) > watcher.after,
                    !watcher.excused.contains(entry.number), sees(decided, watcher.member, folder, entry.number)
                else { continue }
                guard sent.contains(Int64(line.caseSeq)) else {
                    throw Violation(
                        "\(watcher.member), watching \(call.connection.number): E-\(entry.number) was never told"
                    )
                }
            }
        }
    }

    /// Holds a signed checkpoint against the lines.
    func check(checkpoint note: String) throws {
        let rows = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard rows.count > 2, let size = UInt64(rows[1]), let root = roots[size], root.base64 == rows[2] else {
            throw Violation("a checkpoint that is not over these lines")
        }
    }
}
